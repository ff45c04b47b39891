"""Why were targets missed? Late incidents: who held them when their time ran out, and on what their hours went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from itsq_analysis.charts import stacked_bars
from itsq_analysis.indicators.attainment import RECOMPUTED
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.late import GroupHours, hours_by_kind, hours_of, late_hours, late_incidents
from itsq_analysis.indicators.standouts import Standout, worse_members
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.columns import Declared, declared_table
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import judgement
from itsq_analysis.page.notes import note_cell
from itsq_analysis.page.section import Html, Part, Section, lines, nested, paragraph, subheading
from itsq_analysis.pages.quality.case_mix import case_mix_sentence
from itsq_analysis.pages.quality.exemptions import exemption_parts
from itsq_analysis.pages.quality.late_lists import kinds_table, late_list, open_lists
from itsq_analysis.pages.quality.service_levels import service_levels
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences


def late_section(context: ReportContext) -> Section:
    """Late incidents by group and kind of time, missed targets explained, the worst one by one, those still open; attainment.

    Without rules nobody knows which were late; what is known of attainment is then the whole section.
    """
    id_, title, exempt = "missed_targets", context.term("missed_targets"), exemption_parts(context)
    mix = case_mix_sentence(context)
    explained = [*_explained(context), *([paragraph(mix, "finding")] if mix else [])]
    if not any(rule.resolution for rule in context.scope.settings.sla):
        levels = service_levels(context)
        return Section(id_, title, levels.answer, (*levels.parts, *explained, paragraph(context.say("late_unmeasured")), *exempt))
    picture = _picture(context)
    parts = [*picture, *map(paragraph, _notes(context)), *explained, *late_list(context), *open_lists(context)]
    if any(late_incidents(context.scope, standing) for standing in ("late", "open", "soon")):
        parts += [kinds_table(context), paragraph(context.say("late_method"))]
    levels = service_levels(context, drawn=not picture and bool(late_incidents(context.scope, "late")))
    return Section(
        id_, title, sentences(_answer(context), context.language), (*parts, *nested(replace(levels, answer="")), *exempt)
    )


def _explained(context: ReportContext) -> list[Html]:
    """Every missed agreed target with what people wrote about it, or that nobody did."""
    missed = [value for value in agreed_targets(context.scope) if value.missed]
    columns: list[Declared[Value]] = [
        Declared("indicator", context.wording.scoped),
        Declared("value", lambda value: lines(context.measured(value), *_before_exemptions(context, value))),
        Declared("target", lambda value: value.target, "number", context.wording.target),
        Declared("judgement", lambda value: judgement(context, value)),
        Declared("explanation", lambda value: note_cell(context, value)),
    ]
    return [subheading(context.say("missed_list")), declared_table(context, columns, missed)] if missed else []


def _before_exemptions(context: ReportContext, value: Value) -> Iterator[str]:
    """What it was before exemptions, where they make another value of it."""
    if value.before is not None:
        yield context.say("labelled", label=context.term("exempted_before"), text=context.measured(value.before))


def _answer(context: ReportContext) -> Iterator[str]:
    """How many were late; who is late more often than others; who held most of the hours; on what they went."""
    value, late = cube(context.scope).value(RECOMPUTED), late_incidents(context.scope, "late")
    counted = value.before or value
    if not counted.known:
        yield context.say("late_nothing", period=context.period_name)
        return
    facts = {"total": context.number(counted.denominator), "period": context.period_name}
    if not late:
        yield context.say("late_none", **facts)
        return
    yield context.say("late_count", n=context.number(len(late)), **facts)
    exempted = (counted.denominator - counted.numerator) - (value.denominator - value.numerator)
    if exempted > 0:
        yield context.say("late_exempted", n=int(exempted))
    worse = [
        one for one in worse_members(context.scope).worse if (one.value.indicator, one.value.dimension) == (RECOMPUTED, "group")
    ]
    yield from (_stands_out(context, standout) for standout in worse[:1])
    yield _most_hours(context, worse[0].value.member if worse else None)


def _place(value: Value) -> tuple[str, str | None]:
    return value.indicator, value.dimension


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
    rest, group = formats.percent(1 - standout.rest), context.named("group", value.member)
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
