"""Conclusion: which agreed targets were kept, what stands out, and whether the data can be trusted."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from itsq_analysis.narrative import clauses, formats
from itsq_analysis.sections.differences import worse_members
from itsq_analysis.sections.edges import thin_edges
from itsq_analysis.sections.judgement import certainty, why
from itsq_analysis.sections.majors import are_marked, majors, outages, told
from itsq_analysis.sections.missed import missed_targets, scoped_title
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Section, bullets
from itsq_analysis.sections.targets import agreed

MAJORS_TOLD = 5


def verdict(scene: Scene) -> Section:
    """The first section: one sentence over the agreed targets, then what must be known."""
    judged = agreed(scene)
    sentences = [
        *warnings(scene),
        *missed_targets(scene, judged[judged["status"] == "missed"]),
        *_unmeasured(scene, judged[judged["status"] == "not measurable"]),
        *_where(scene),
        *_majors(scene),
        *_demand(scene),
        *_refused(scene),
    ]
    return Section("verdict", scene.term("verdict"), _targets(scene, judged), (bullets(sentences),) if sentences else ())


def _targets(scene: Scene, judged: pd.DataFrame) -> str:
    """How many were met; of the missed ones, how many are certain."""
    if judged.empty:
        return scene.say("targets_none")
    count = judged["status"].value_counts()
    if count.get("met", 0) == len(judged):
        return scene.say("targets_all_met", n=len(judged), period=scene.period_name)
    rest = []
    if missed := int(count.get("missed", 0)):
        proven = judged.loc[judged["status"] == "missed", "certainty"].value_counts()
        words = [word for word in ("certain", "could be chance", "too few to tell") if word in proven]
        how = [scene.say("targets_how", count=proven[word], certainty=certainty(scene, word)) for word in words]
        rest.append(scene.say("targets_missed", n=missed, how=clauses(how, scene.language)))
    if unmeasured := int(count.get("not measurable", 0)):
        rest.append(scene.say("targets_unmeasured", n=unmeasured))
    facts = {"met": int(count.get("met", 0)), "n": len(judged), "period": scene.period_name}
    return scene.say("targets", **facts, rest=clauses(rest, scene.language))


def _unmeasured(scene: Scene, rows: pd.DataFrame) -> Iterator[str]:
    items = [scene.say("not_measured_item", title=scoped_title(scene, row), reason=why(scene, row)) for _, row in rows.iterrows()]
    if items:
        yield scene.say("not_measured", list=clauses(items, scene.language))


def _where(scene: Scene) -> Iterator[str]:
    """Where the late incidents lay, if one group or service has far more of them than its share."""
    late = [one for one in worse_members(scene).worse if one.row["indicator"].startswith("sla_resolution")]
    if late:
        row = late[0].row
        total = scene.now([row["indicator"]])[row["indicator"]]
        yield scene.say(
            "late_where_service" if row["dimension"] == "service" else "late_where",
            late=scene.number(row["denominator"] - row["numerator"]),
            all=scene.number(total["denominator"] - total["numerator"]),
            member=scene.named(row["dimension"], row["member"]),
            value=scene.shown(row),
            rest=formats.percent(late[0].rest),
        )


def _majors(scene: Scene) -> Iterator[str]:
    """Major incidents one by one, the longest first."""
    found = majors(scene)
    if found:
        items = [told(scene, one) for one in found[:MAJORS_TOLD]]
        if len(found) > MAJORS_TOLD:
            items.append(scene.say("majors_more", n=len(found) - MAJORS_TOLD))
        yield scene.say("majors", n=len(found), list=clauses(items, scene.language))
    elif not are_marked(scene):
        yield scene.say("majors_unmarked")
    elif scene.now(["incidents_opened"])["incidents_opened"]["value"] > 0 or not outages(scene).empty:
        yield scene.say("majors_none")


def _demand(scene: Scene) -> Iterator[str]:
    ids = ("incidents_opened", "incidents_resolved", "incident_backlog")
    flow = scene.values(ids, history=2)
    opened, resolved, backlog = (flow[flow["indicator"] == name]["value"].tolist() for name in ids)
    days, days_before = scene.working_days(scene.period), scene.working_days(scene.period.previous())
    if not opened[-1] > 0:
        yield scene.say("no_incidents", period=scene.period_name)
        return
    facts = {"n": scene.number(opened[-1]), "resolved": scene.number(resolved[-1]), "after": scene.number(backlog[-1])}
    if opened[-1] == 1 or not days:
        yield scene.say("demand_plain", **facts)
        return
    facts |= {"rate": scene.number(opened[-1] / days, 1), "days": str(days)}
    if not opened[0] > 0 or not days_before:
        yield scene.say("demand_first", **facts)
        return
    previous = scene.number(opened[0] / days_before, 1)
    yield scene.say("demand_before", **facts, previous_rate=previous, before=scene.number(backlog[0]))


def warnings(scene: Scene) -> Iterator[str]:
    """Why the period's numbers are not the last word: it was not over, or the extraction thins out in it."""
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
