"""Conclusion: which agreed targets were kept, what stands out, and whether the data can be trusted."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from itsq_analysis.narrative import formats
from itsq_analysis.sections.differences import worse_members
from itsq_analysis.sections.edges import thin_edges
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Section, bullets

TOLD = 5  # targets missed for certain that are told one by one
URGENT = ("1", "2")  # priorities that are never drowned in a total


def verdict(scene: Scene) -> Section:
    """The first section: one sentence over the agreed targets, then what must be known."""
    judged = agreed(scene)
    sentences = [*_warnings(scene), *_missed(scene, judged), *_where(scene), *_majors(scene), *_demand(scene), *_refused(scene)]
    return Section("verdict", scene.term("verdict"), _targets(scene, judged), (bullets(sentences),))


def agreed(scene: Scene) -> pd.DataFrame:
    """The reporting period's row of every agreed target, whole or of one member."""
    by_dimension: dict[str | None, list[str]] = {}
    for target in scene.workspace.settings.targets:
        if target.kind == "agreed":
            by_dimension.setdefault(next(iter(target.scope), None), []).append(target.indicator)
    frames = [scene.values(dict.fromkeys(ids), by=dimension) for dimension, ids in by_dimension.items()]
    if not frames:
        return scene.values(["incidents_opened"]).iloc[:0]
    found = pd.concat(frames, ignore_index=True)
    return found[found["target_kind"] == "agreed"].reset_index(drop=True)


def _targets(scene: Scene, judged: pd.DataFrame) -> str:
    if judged.empty:
        return scene.say("targets_none")
    count = judged["status"].value_counts()
    met, missed, unmeasured = (int(count.get(status, 0)) for status in ("met", "missed", "not measurable"))
    sentence = "targets_all_met" if met == len(judged) else "targets" if unmeasured else "targets_measured"
    return scene.say(sentence, met=met, total=len(judged), missed=missed, unmeasured=unmeasured, period=scene.period_name)


def _missed(scene: Scene, judged: pd.DataFrame) -> Iterator[str]:
    """Missed targets: those of P1 and P2 first, then the certain ones one by one, then what could be chance together."""
    missed = judged[judged["status"] == "missed"].copy()
    missed["size"] = (missed["value"] - missed["target"]).abs() * missed["certainty_n"]
    missed = missed.sort_values("size", ascending=False, kind="stable")
    urgent = (missed["dimension"] == "priority") & missed["member"].isin(URGENT) & (missed["certainty"] != "could be chance")
    for _, row in missed[urgent].iterrows():
        yield _missed_alone(scene, row)
    rest = missed[~urgent]
    for _, row in rest[rest["certainty"] == "certain"].head(TOLD).iterrows():
        yield _missed_alone(scene, row)
    for _, row in rest[rest["certainty"] == "too few to tell"].iterrows():
        yield _missed_alone(scene, row)
    items = [
        scene.say("missed_chance_item", **_facts(scene, row)) for _, row in rest[rest["certainty"] == "could be chance"].iterrows()
    ]
    if items:
        yield scene.say("missed_chance", list=("; " if scene.language == "en" else "\N{FULLWIDTH SEMICOLON}").join(items))


def _facts(scene: Scene, row: pd.Series) -> dict[str, str]:
    title = scene.title(row["indicator"])
    if pd.notna(row["dimension"]):
        title = scene.say("scoped", title=title, member=scene.member(row["dimension"], row["member"]))
    return {"title": title, "value": scene.shown(row), "of": scene.of(row), "target": scene.shown(row, "target")}


def _missed_alone(scene: Scene, row: pd.Series) -> str:
    """A missed target in words that go as far as its interval does."""
    if row["certainty"] == "certain":
        bounds = {"lower": scene.shown(row, "lower"), "upper": scene.shown(row, "upper")}
        return scene.say("missed_certain", **_facts(scene, row), **bounds)
    return scene.say("missed_few", **_facts(scene, row), together=_together(scene, row))


def _together(scene: Scene, row: pd.Series) -> str:
    """The last 12 periods of a small population as one count."""
    by = None if pd.isna(row["dimension"]) else row["dimension"]
    past = scene.values([row["indicator"]], by=by, history=12)
    if by is not None:
        past = past[past["member"] == row["member"]]
    sums = past[["numerator", "denominator", "n"]].sum(min_count=1)
    return scene.of(pd.concat([row[["indicator"]], sums]))


def _where(scene: Scene) -> Iterator[str]:
    """Where the late incidents lay, if one group or service has far more of them than its share."""
    late = [one for one in worse_members(scene).worse if one.row["indicator"].startswith("sla_resolution")]
    if late:
        row = late[0].row
        total = scene.now([row["indicator"]])[row["indicator"]]
        yield scene.say(
            "late_where",
            late=scene.number(row["denominator"] - row["numerator"]),
            all=scene.number(total["denominator"] - total["numerator"]),
            member=scene.named(row["dimension"], row["member"]),
            value=scene.shown(row),
            rest=formats.percent(late[0].rest),
        )


def _majors(scene: Scene) -> Iterator[str]:
    """Major incidents: how many, the time and the user-hours they took."""
    if not scene.has("outages") and not scene.has("incidents"):
        return
    outages = scene.query(
        "SELECT number, service, users_affected, "
        "epoch(least(coalesce(restored_at, $end), $end)) - epoch(greatest(started_at, $start)) AS seconds FROM outages "
        "WHERE major AND kind = 'unplanned' AND started_at < $end AND coalesce(restored_at, $end) > $start ORDER BY started_at"
    )
    tickets = scene.query(
        "SELECT number, service FROM incidents WHERE major AND opened_at >= $start AND opened_at < $end ORDER BY opened_at"
    )
    if outages.empty and tickets.empty:
        yield scene.say("majors_none" if _majors_are_marked(scene) else "majors_unmarked")
        return
    told = tickets if outages.empty else outages
    named = [row["number"] if pd.isna(row["service"]) else f"{row['number']} ({row['service']})" for _, row in told.iterrows()]
    if outages.empty:
        yield scene.say("majors_tickets", n=len(told), list=scene.listed(named))
        return
    hours = outages["seconds"] / 3600
    lost = (hours * outages["users_affected"].astype(float)).sum(min_count=1)
    time = formats.duration(hours.sum(), scene.language)
    yield scene.say("majors", n=len(told), time=time, user_hours=scene.number(lost), list=scene.listed(named))


def _majors_are_marked(scene: Scene) -> bool:
    """Whether the data say of any ticket or outage that it is, or is not, a major incident; silence is not "none"."""
    found = scene.query(
        "SELECT EXISTS (SELECT 1 FROM incidents WHERE major IS NOT NULL) OR EXISTS (SELECT 1 FROM outages) AS marked"
    )
    return bool(found["marked"].iloc[0])


def _demand(scene: Scene) -> Iterator[str]:
    ids = ("incidents_opened", "incidents_resolved", "incident_backlog")
    flow = scene.values(ids, history=2)
    opened, resolved, backlog = (flow[flow["indicator"] == name]["value"].tolist() for name in ids)
    days, days_before = scene.working_days(scene.period), scene.working_days(scene.period.previous())
    if not opened[-1] or not days:
        yield scene.say("no_incidents", period=scene.period_name)
        return
    facts = {
        "opened": scene.number(opened[-1]),
        "resolved": scene.number(resolved[-1]),
        "rate": scene.number(opened[-1] / days, 1),
        "days": days,
        "after": scene.number(backlog[-1]),
    }
    if not opened[0] > 0 or not days_before:
        yield scene.say("demand_first", **facts)
        return
    yield scene.say("demand", **facts, previous_rate=scene.number(opened[0] / days_before, 1), before=scene.number(backlog[0]))


def _warnings(scene: Scene) -> Iterator[str]:
    zone = scene.workspace.settings.organisation.zone
    if scene.period.bounds(zone)[1] > scene.moment:
        yield scene.say("incomplete", as_of=formats.minute(scene.moment, scene.language))
    for edge in thin_edges(scene):
        if edge.period == scene.period:
            yield scene.say("thin", rate=scene.number(edge.rate, 1), usual=scene.number(edge.usual, 1), period=scene.period_name)


def _refused(scene: Scene) -> Iterator[str]:
    files = scene.workspace.snapshot.files
    refused = sum(entry["quarantined"] for entry in files)
    if refused:
        yield scene.say("refused_rows", n=scene.number(refused), read=scene.number(sum(entry["read"] for entry in files)))
