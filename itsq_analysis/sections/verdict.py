"""Conclusion: which agreed targets were kept, what stands out, and whether the data can be trusted."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from itsq_analysis.narrative import formats
from itsq_analysis.sections.edges import thin_edges
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Section, bullets

TOLD = 5  # missed targets that are told one by one
SURE = ("certain", "could be chance", "too few to tell")


def verdict(scene: Scene) -> Section:
    """The first section: one sentence over the agreed targets, then what must be known."""
    judged = agreed(scene)
    sentences = [*_warnings(scene), *_missed(scene, judged), *_majors(scene), *_demand(scene), *_refused(scene)]
    return Section("verdict", scene.term("verdict"), _targets(scene, judged), (bullets(sentences),))


def agreed(scene: Scene) -> pd.DataFrame:
    """The reporting period's row of every agreed target, whole or of one member."""
    targets = [target for target in scene.workspace.settings.targets if target.kind == "agreed"]
    by_dimension: dict[str | None, list[str]] = {}
    for target in targets:
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
    sentence = "targets_all_met" if met == len(judged) else "targets"
    return scene.say(sentence, met=met, total=len(judged), missed=missed, unmeasured=unmeasured, period=scene.period_name)


def _missed(scene: Scene, judged: pd.DataFrame) -> Iterator[str]:
    """Missed targets, the certain ones first, then by the number of cases behind them."""
    missed = judged[judged["status"] == "missed"].copy()
    missed["order"] = missed["certainty"].map({name: place for place, name in enumerate(SURE)}).fillna(len(SURE))
    missed["distance"] = (missed["value"] - missed["target"]).abs() * missed["certainty_n"]
    for _, row in missed.sort_values(["order", "distance"], ascending=[True, False]).head(TOLD).iterrows():
        yield missed_sentence(scene, row)


def missed_sentence(scene: Scene, row: pd.Series) -> str:
    """A missed target in words that go as far as its interval does."""
    title = scene.title(row["indicator"])
    if pd.notna(row["dimension"]):
        title = scene.say("scoped", title=title, member=scene.member(row["dimension"], row["member"]))
    facts = {"title": title, "value": scene.shown(row), "of": scene.of(row), "target": scene.shown(row, "target")}
    if row["certainty"] == "too few to tell":
        return scene.say("missed_few", **facts, together=_together(scene, row))
    bounds = {"lower": scene.shown(row, "lower"), "upper": scene.shown(row, "upper")}
    return scene.say("missed_certain" if row["certainty"] == "certain" else "missed_chance", **facts, **bounds)


def _together(scene: Scene, row: pd.Series) -> str:
    """The last 12 periods of a small population as one count."""
    by = None if pd.isna(row["dimension"]) else row["dimension"]
    past = scene.values([row["indicator"]], by=by, history=12)
    if by is not None:
        past = past[past["member"] == row["member"]]
    if past["numerator"].isna().all():
        return scene.say("of_n", n=scene.number(past["n"].sum()))
    sums = past[["numerator", "denominator"]].sum()
    return scene.say("of_count", numerator=scene.number(sums["numerator"]), denominator=scene.number(sums["denominator"]))


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
        yield scene.say("majors_none")
        return
    told = outages if not outages.empty else tickets.assign(seconds=float("nan"), users_affected=float("nan"))
    hours = told["seconds"] / 3600
    lost = (hours * told["users_affected"]).sum(min_count=1)
    named = [f"{row['number']} ({row['service']})" for _, row in told.iterrows()]
    yield scene.say(
        "majors",
        n=len(told),
        time=formats.duration(hours.sum(min_count=1), scene.language),
        user_hours=scene.number(lost),
        list=(", " if scene.language == "en" else "、").join(named),
    )


def _demand(scene: Scene) -> Iterator[str]:
    flow = scene.values(["incidents_opened", "incidents_resolved", "incident_backlog"], history=2)
    opened, resolved, backlog = (flow[flow["indicator"] == name]["value"].tolist()
                                 for name in ("incidents_opened", "incidents_resolved", "incident_backlog"))  # fmt: skip
    days = scene.working_days(scene.period)
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
    days_before = scene.working_days(scene.period.previous())
    if not opened[0] or not days_before:
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
