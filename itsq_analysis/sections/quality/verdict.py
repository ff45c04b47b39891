"""Conclusion: the first screen, and below it what else must be known of the period."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from itsq_analysis.narrative import clauses, formats
from itsq_analysis.sections.brief import brief_member, commas
from itsq_analysis.sections.edges import thin_edges
from itsq_analysis.sections.first_screen import FirstScreen, block
from itsq_analysis.sections.judgement import why
from itsq_analysis.sections.quality.decisions import decisions
from itsq_analysis.sections.quality.exemptions import exempted, turned_by_exemptions
from itsq_analysis.sections.quality.findings import every_finding
from itsq_analysis.sections.quality.majors import are_marked, majors
from itsq_analysis.sections.quality.missed import missed_targets, scoped_title
from itsq_analysis.sections.quality.targets import agreed
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, bullets, subheading

IDS = ("incidents_opened", "incidents_resolved", "incident_backlog", "incidents_ended")


def verdict(scene: Scene) -> Section:
    """The first screen: one sentence over the agreed targets, decisions, findings, major incidents; then more about the period."""
    judged = agreed(scene)
    answer = _targets(scene, judged)
    screen = block(scene, answer, decisions(scene), every_finding(scene), _majors_line(scene))
    return FirstScreen("verdict", scene.term("verdict"), answer, _more(scene, judged), screen)


def _more(scene: Scene, judged: pd.DataFrame) -> tuple[Part, ...]:
    """What does not fit a first screen: every missed target as far as its numbers go, and what was not measured."""
    sentences = [
        *warnings(scene),
        *missed_targets(scene, judged[judged["status"] == "missed"]),
        *filter(None, [turned_by_exemptions(scene)]),
        *_unmeasured(scene, judged[judged["status"] == "not measurable"]),
        *_demand(scene),
        *_refused(scene),
    ]
    return (subheading(scene.say("period_more")), bullets(sentences)) if sentences else ()


def _targets(scene: Scene, judged: pd.DataFrame) -> str:
    """How many were met, missed (of these for certain), and not measurable."""
    if judged.empty:
        return scene.say("first_none")
    count = judged["status"].value_counts()
    met, missed, unmeasured = (int(count.get(word, 0)) for word in ("met", "missed", "not measurable"))
    turned = sum(one.turned for one in exempted(scene))
    after = scene.aside(scene.say("first_exempted", count=turned)) if turned else ""
    if met == len(judged):
        return scene.say("first_all_met", n=len(judged), exempted=after)
    certain = int(((judged["status"] == "missed") & (judged["certainty"] == "certain")).sum())
    rest = []
    if missed:
        rest.append(scene.say("first_missed_certain" if certain else "first_missed", n=str(missed), certain=certain))
    if unmeasured:
        rest.append(scene.say("first_unmeasured", n=str(unmeasured)))
    return scene.say("first_targets", met=met, n=len(judged), exempted=after, rest=commas(scene, rest))


def _majors_line(scene: Scene) -> str:
    """Major incidents in one line: how many, time lost, users, and which service if it was one."""
    found = majors(scene)
    if not found:
        return scene.say("first_majors_none" if are_marked(scene) else "first_majors_unmarked")
    facts = []
    services = list(dict.fromkeys(one.service for one in found if one.service))
    if len(services) == 1:
        facts.append(brief_member(scene, "service", services[0]).strip())
    hours = [one.hours for one in found if one.hours is not None]
    if hours:
        facts.append(scene.say("first_majors_time", time=formats.duration(sum(hours), scene.language)))
    users = [one.users for one in found if one.users is not None]
    if users:
        facts.append(scene.say("first_majors_users", n=scene.number(sum(users))))
    told = scene.say("first_majors_facts", list=commas(scene, facts)) if facts else ""
    return scene.say("first_majors", n=str(len(found)), facts=told)


def _unmeasured(scene: Scene, rows: pd.DataFrame) -> Iterator[str]:
    items = [scene.say("not_measured_item", title=scoped_title(scene, row), reason=why(scene, row)) for _, row in rows.iterrows()]
    if items:
        yield scene.say("not_measured", list=clauses(items, scene.language))


def _demand(scene: Scene) -> Iterator[str]:
    flow = scene.values(IDS, history=2)
    opened, resolved, backlog, ended = (flow[flow["indicator"] == name]["value"].tolist() for name in IDS)
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
    rest = ended[-1] - resolved[-1]
    other = scene.say("demand_other", n=scene.number(rest)) if rest > 0 else ""
    yield scene.say("demand_before", **facts, previous_rate=previous, before=scene.number(backlog[0]), other=other)


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
