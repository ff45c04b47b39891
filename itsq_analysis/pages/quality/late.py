"""Why were targets missed? Causes with owner and date, on what the hours of late incidents went, and the worst of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from itsq_analysis.charts import stacked_bars
from itsq_analysis.facts import Sentence
from itsq_analysis.indicators.attainment import RECOMPUTED
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.late import (
    GroupHours,
    LateIncident,
    hours_by_kind,
    hours_of,
    late_hours,
    late_incidents,
    longest_kinds,
    soon_late_until,
)
from itsq_analysis.indicators.missed_targets import missed_targets
from itsq_analysis.indicators.standouts import Standout, worse_members
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.notes import note_cell
from itsq_analysis.page.section import Part, Section, beside, bullets, lines, paragraph, subheading
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.quality.case_mix import case_mix_sentence
from itsq_analysis.pages.quality.exemptions import exemptions_answer
from itsq_analysis.text import formats

WORST = 5  # late incidents told one by one
LEAST = 0.05  # hours: a shorter stay is not told


def late_section(context: ReportContext) -> Section:
    """Every missed target with its cause, owner and date; late incidents by group and kind of time; the worst one by one.

    Without rules nobody knows which were late: missed targets are then the whole section.
    """
    ruled = any(rule.resolution for rule in context.scope.settings.sla)
    told = [*_answer(context)] if ruled else [context.say("late_unmeasured")]
    notes = [*filter(None, [case_mix_sentence(context)]), *(_notes(context) if ruled else []), *exemptions_answer(context)]
    listed = [bullets(notes)] if notes else []
    hours = beside(_picture(context), [*_worst(context), *listed]) if ruled else listed
    return context.section("missed_targets", told, (*_explained(context), *hours))


def _explained(context: ReportContext) -> list[Part]:
    """What the numbers of each missed target prove, and what people wrote about it, or that nobody did."""
    columns: list[Column[tuple[Value, Sentence]]] = [
        Column("indicator", lambda missed: context.wording.scoped(missed[0])),
        Column("missed_what", lambda missed: context.wording.sentence(missed[1])),
        Column("explanation", lambda missed: note_cell(context, missed[0])),
    ]
    missed = missed_targets(context.scope)
    return [html_table(context, context.wording, columns, missed, first=1)] if missed else []


def _answer(context: ReportContext) -> Iterator[str]:
    """Who is late more often than others; how many were late; who held most of the hours; on what they went."""
    value, late = cube(context.scope).value(RECOMPUTED), late_incidents(context.scope, "late")
    counted = value.before or value
    if not counted.known:
        yield context.say("late_nothing", period=context.period_name)
        return
    facts = {"total": context.number(counted.denominator), "period": context.period_name}
    if not late:
        yield context.say("late_none", **facts)
        return
    worse = [
        one for one in worse_members(context.scope).worse if (one.value.indicator, one.value.dimension) == (RECOMPUTED, "group")
    ]
    yield from (_stands_out(context, standout) for standout in worse[:1])
    yield context.say("late_count", n=context.number(len(late)), **facts)
    yield _most_hours(context, worse[0].value.member if worse else None)


def _most_hours(context: ReportContext, told: str | None) -> str:
    """The group that held incidents with most of the hours; of one that was told before, without its name."""
    groups = late_hours(context.scope)
    most, total = groups[0], sum(held.hours for held in groups)
    facts = {"hours": context.number(most.hours), "all": context.number(total), "n": context.number(len(most.incidents))}
    if told is not None and most.group == told:
        return context.say("late_hours_too", **facts)
    sentence = "late_hours" if len(groups) > 1 else "late_hours_only"
    return context.say(sentence, group=context.named("group", most.group), **facts) + _spent(context, "late_share", most)


def _stands_out(context: ReportContext, standout: Standout) -> str:
    """The group that is late more often than all others together by more than chance."""
    value, held = standout.value, hours_of(context.scope, standout.value.member)
    facts: dict[str, Any] = {"late": context.number(value.denominator - value.numerator), "n": context.number(value.denominator)}
    rest, group = formats.percent(1 - standout.rest), context.member("group", value.member)
    ending = context.say("late_held_none") if held is None else _spent(context, "late_mean", held)
    return context.say("late_stands_out", group=group, rest=rest, **facts) + ending


def _spent(context: ReportContext, sentence: str, held: GroupHours) -> str:
    """On what most of the hours of these incidents went, as the end of a sentence."""
    if not held.known:
        return context.say("late_spent_unknown")
    part = held.spent[held.most]
    facts = {"mean": context.number(held.known / held.logged, 1), "part": context.number(part / held.logged, 1)}
    share = formats.percent(part / held.known)
    return context.say(sentence, n=context.number(held.logged), kind=context.term(held.most), share=share, **facts)


def _picture(context: ReportContext) -> list[Part]:
    """Hours by group and kind, as far as there is a log."""
    frame = hours_by_kind(context.scope)
    if frame.empty:
        return []
    first = max((held for held in late_hours(context.scope) if held.known), key=lambda held: held.known)
    summary = context.say(
        "late_picture",
        group=context.named("group", first.group),
        hours=context.number(first.known),
        part=context.number(first.spent[first.most]),
        kind=context.term(first.most),
    )

    def named(group: Any) -> str:
        return context.say("late_other_groups", n=group) if isinstance(group, int) else context.member("group", group)

    drawn = frame.assign(member=[named(group) for group in frame["member"]], part=[context.term(part) for part in frame["part"]])
    return [stacked_bars(drawn, title=context.say("late_chart"), summary=summary, language=context.language, unit="hours")]


def _notes(context: ReportContext) -> Iterator[str]:
    """What the sums do not show: incidents without a log, and one incident that rules the longest bar."""
    groups = late_hours(context.scope)
    late = sum(len(held.incidents) for held in groups)
    unlogged = late - sum(held.logged for held in groups)
    if unlogged:
        yield context.say("late_unlogged" if unlogged < late else "late_unlogged_all", n=context.number(unlogged))
    for held in groups[:1]:
        if held.alone:
            facts = {"hours": context.number(held.alone.whole), "all": context.number(held.hours)}
            yield context.say("late_alone", number=held.alone.number, group=context.named("group", held.group), **facts)


def _worst(context: ReportContext) -> list[Part]:
    """The worst of those resolved late, P1 first, then by hours over the limit; how many are open and late, or soon will be."""
    late, still, soon = (late_incidents(context.scope, standing) for standing in ("late", "open", "soon"))
    if not (late or still or soon):
        return []
    moment = formats.minute(context.moment, context.language)
    until = formats.minute(soon_late_until(context.scope), context.language) if soon else ""
    counts = {"n": context.number(len(late)), "open": context.number(len(still)), "soon": context.number(len(soon))}
    where = context.say(
        "late_where" if soon else "late_where_now", sheet=context.term("late"), moment=moment, until=until, **counts
    )
    listed = [subheading(context.say("late_list", n=min(len(late), WORST))), _table(context, late[:WORST])] if late else []
    return [*listed, paragraph(where)]


def _table(context: ReportContext, incidents: tuple[LateIncident, ...]) -> Part:
    def named(incident: LateIncident) -> Markup:
        """Number and priority; service, group and supplier as far as they are known."""
        about = (context.called(incident.service or ""), context.member("group", incident.group), incident.supplier)
        return lines(context.listed((incident.number, context.member("priority", incident.priority))), *filter(None, about))

    def spent(incident: LateIncident) -> str:
        """The two longest kinds of time."""
        told = [f"{context.term(kind)} {context.number(hours, 1)}" for kind, hours in longest_kinds(incident.spent, LEAST)]
        return context.listed(told[:2]) or formats.MISSING if incident.spent else context.term("not_measurable")

    columns: list[Column[LateIncident]] = [
        Column("number_priority", named),
        Column("over", lambda row: row.over, "hours", lambda row: row.over is not None and context.number(row.over, 1)),
        Column("spent_on", spent),
    ]
    return html_table(context, context.wording, columns, incidents)
