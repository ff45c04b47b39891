"""Conclusion: the first screen, and below it what else must be known of the period."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from itsq_analysis.indicators.exempted import exempted
from itsq_analysis.page.brief import brief_member, commas
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.edges import thin_edges
from itsq_analysis.page.first_screen import FirstScreen, block
from itsq_analysis.page.judgement import why
from itsq_analysis.page.section import Part, Section, bullets, subheading
from itsq_analysis.pages.quality.decisions import decisions
from itsq_analysis.pages.quality.exemptions import turned_by_exemptions
from itsq_analysis.pages.quality.findings import every_finding
from itsq_analysis.pages.quality.majors import are_marked, majors
from itsq_analysis.pages.quality.missed import missed_targets, scoped_title
from itsq_analysis.pages.quality.targets import agreed
from itsq_analysis.text import clauses, formats

IDS = ("incidents_opened", "incidents_resolved", "incident_backlog", "incidents_ended")


def verdict(context: ReportContext) -> Section:
    """The first screen: one sentence over the agreed targets, decisions, findings, major incidents; then more about the period."""
    judged = agreed(context)
    answer = _targets(context, judged)
    screen = block(context, answer, decisions(context), every_finding(context), _majors_line(context))
    return FirstScreen("verdict", context.term("verdict"), answer, _more(context, judged), screen)


def _more(context: ReportContext, judged: pd.DataFrame) -> tuple[Part, ...]:
    """What does not fit a first screen: every missed target as far as its numbers go, and what was not measured."""
    sentences = [
        *warnings(context),
        *missed_targets(context, judged[judged["status"] == "missed"]),
        *filter(None, [turned_by_exemptions(context)]),
        *_unmeasured(context, judged[judged["status"] == "not measurable"]),
        *_demand(context),
        *_refused(context),
    ]
    return (subheading(context.say("period_more")), bullets(sentences)) if sentences else ()


def _targets(context: ReportContext, judged: pd.DataFrame) -> str:
    """How many were met, missed (of these for certain), and not measurable."""
    if judged.empty:
        return context.say("first_none")
    count = judged["status"].value_counts()
    met, missed, unmeasured = (int(count.get(word, 0)) for word in ("met", "missed", "not measurable"))
    turned = sum(exemption.value.turned for exemption in exempted(context.scope))
    after = context.aside(context.say("first_exempted", count=turned)) if turned else ""
    if met == len(judged):
        return context.say("first_all_met", n=len(judged), exempted=after)
    certain = int(((judged["status"] == "missed") & (judged["certainty"] == "certain")).sum())
    rest = []
    if missed:
        rest.append(context.say("first_missed_certain" if certain else "first_missed", n=str(missed), certain=certain))
    if unmeasured:
        rest.append(context.say("first_unmeasured", n=str(unmeasured)))
    return context.say("first_targets", met=met, n=len(judged), exempted=after, rest=commas(context, rest))


def _majors_line(context: ReportContext) -> str:
    """Major incidents in one line: how many, time lost, users, and which service if it was one."""
    found = majors(context)
    if not found:
        return context.say("first_majors_none" if are_marked(context) else "first_majors_unmarked")
    facts = []
    services = list(dict.fromkeys(one.service for one in found if one.service))
    if len(services) == 1:
        facts.append(brief_member(context, "service", services[0]).strip())
    hours = [one.hours for one in found if one.hours is not None]
    if hours:
        facts.append(context.say("first_majors_time", time=formats.duration(sum(hours), context.language)))
    users = [one.users for one in found if one.users is not None]
    if users:
        facts.append(context.say("first_majors_users", n=context.number(sum(users))))
    told = context.say("first_majors_facts", list=commas(context, facts)) if facts else ""
    return context.say("first_majors", n=str(len(found)), facts=told)


def _unmeasured(context: ReportContext, rows: pd.DataFrame) -> Iterator[str]:
    items = [
        context.say("not_measured_item", title=scoped_title(context, row), reason=why(context, row)) for _, row in rows.iterrows()
    ]
    if items:
        yield context.say("not_measured", list=clauses(items, context.language))


def _demand(context: ReportContext) -> Iterator[str]:
    flow = context.values(IDS, history=2)
    opened, resolved, backlog, ended = (flow[flow["indicator"] == name]["value"].tolist() for name in IDS)
    days, days_before = context.working_days(context.period), context.working_days(context.period.previous())
    if not opened[-1] > 0:
        yield context.say("no_incidents", period=context.period_name)
        return
    facts = {"n": context.number(opened[-1]), "resolved": context.number(resolved[-1]), "after": context.number(backlog[-1])}
    if opened[-1] == 1 or not days:
        yield context.say("demand_plain", **facts)
        return
    facts |= {"rate": context.number(opened[-1] / days, 1), "days": str(days)}
    if not opened[0] > 0 or not days_before:
        yield context.say("demand_first", **facts)
        return
    previous = context.number(opened[0] / days_before, 1)
    rest = ended[-1] - resolved[-1]
    other = context.say("demand_other", n=context.number(rest)) if rest > 0 else ""
    yield context.say("demand_before", **facts, previous_rate=previous, before=context.number(backlog[0]), other=other)


def warnings(context: ReportContext) -> Iterator[str]:
    """Why the period's numbers are not the last word: it was not over, or the extraction thins out in it."""
    zone = context.workspace.settings.organisation.zone
    if context.period.bounds(zone)[1] > context.moment:
        yield context.say("incomplete", as_of=formats.minute(context.moment, context.language))
    for edge in thin_edges(context):
        if edge.period == context.period:
            yield context.say(
                "thin", rate=context.number(edge.rate, 1), usual=context.number(edge.usual, 1), period=context.period_name
            )


def _refused(context: ReportContext) -> Iterator[str]:
    files = context.workspace.snapshot.files
    refused = sum(entry["quarantined"] for entry in files)
    if refused:
        yield context.say("refused_rows", n=context.number(refused), read=context.number(sum(entry["read"] for entry in files)))
