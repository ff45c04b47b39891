"""The agreed targets: value, target, this period's mark and the process's, comparisons, and how the last 13 periods went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from itsq_analysis.charts import sparkline
from itsq_analysis.charts.labels import chart_unit
from itsq_analysis.indicators.attainment import RECOMPUTED, attainment, closed_unresolved, headline
from itsq_analysis.indicators.completeness import complete
from itsq_analysis.indicators.pooled import pooled
from itsq_analysis.indicators.processes import days, per_day, process, rate, usual_range
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value, span
from itsq_analysis.page.context import FEW, PERIODS, URGENT, ReportContext
from itsq_analysis.page.judgement import consequence, judgement, target_cell, value_cell
from itsq_analysis.page.section import Part, Section, subheading, table
from itsq_analysis.pages.quality.comparisons import WHENS, amount, comparison_cells
from itsq_analysis.pages.quality.exemptions import exempted_note
from itsq_analysis.pages.quality.process_marks import process_mark
from itsq_analysis.text import formats

COLUMNS = {
    **{"indicator": "indicator", "value": "value", "judgement": "this_period", "target": "target", "process": "process"},
    **{"trend": "trend", "previous": "period_before", "last_year": "last_year", "year_to_date": "year_to_date"},
}
MISSED_FIRST = {"missed": 0, "not measurable": 1, "met": 2}


def scorecard(context: ReportContext) -> Section:
    """Every agreed target, the missed ones first and P1 and P2 as counts; the headline indicators without one apart."""
    whole = [context.cube.value(name) for name in headline(context.scope)]
    agreed = list(dict.fromkeys([*_urgent(context), *(value for value in whole if value.agreed), *agreed_targets(context.scope)]))
    agreed = sorted((value for value in agreed if value.agreed), key=lambda value: MISSED_FIRST.get(value.status, 2))
    apart = [value for value in (*_urgent(context), *whole) if value not in agreed]
    parts: list[Part] = [values_table(context, agreed)] if agreed else []
    if apart:
        parts += [subheading(context.term("without_target")), values_table(context, apart, target=False)]
    return context.section("scorecard", [*_answer(context, agreed), *_notes(context, [*agreed, *apart])], parts)


def values_table(context: ReportContext, values: Sequence[Value], *, target: bool = True, beside: bool = True) -> Part:
    """One row a value, with its course, target and usual range as a small picture; `beside` compares it with other periods."""
    hidden = (() if target else ("target", "judgement")) + (() if beside else WHENS)
    columns = {key: context.term(word) for key, word in COLUMNS.items() if key not in hidden}
    numeric = {"value", "target", "previous", "last_year", "year_to_date"}
    return table(columns, [_row(context, value, beside) for value in values], numeric=numeric)


def _urgent(context: ReportContext) -> list[Value]:
    """P1 and P2 of the share resolved in time, where it is a headline and there were any."""
    name = attainment(context.scope)
    if name not in headline(context.scope):
        return []
    return [value for value in context.cube.values(name, "priority") if value.member in URGENT and value.known]


def _row(context: ReportContext, value: Value, beside: bool) -> dict[str, str | Markup]:
    """One line, after approved exemptions."""
    counted = value.dimension == "priority" and value.member in URGENT
    others: dict[str, str | Markup] = {}
    if beside:
        others |= comparison_cells(context, value.indicator) if value.dimension is None else member_before(context, value)
    return {
        "indicator": _name(context, value),
        "value": _counted(context, value) if counted else counted_value(context, value),
        "target": target_cell(context, value),
        "judgement": judgement(context, value) + consequence(context, value) + exempted_note(context, value),
        "process": process_mark(context, value),
        "trend": small_course(context, value),
        **others,
    }


def _name(context: ReportContext, value: Value) -> str:
    if value.dimension == "priority" and value.indicator == attainment(context.scope):
        return context.say("scorecard_urgent", member=context.member("priority", value.member))
    return context.plain.scoped(value)


def counted_value(context: ReportContext, value: Value) -> Markup:
    """The value, and beneath it the count, or how many that is per day; a count is what it is."""
    indicator, basis = context.scope.catalogue[value.indicator], per_day(context.scope, value.indicator)
    facts = [context.of(value)] if value.known and indicator.unit != "count" and value.population >= FEW else []
    if basis and (daily := rate(context.scope, value)) == daily:
        facts.append(context.say(f"per_{basis}", rate=amount(context, value.indicator, daily)))
    if value.known and indicator.kind == "proportion" and value.population < FEW:
        facts += together(context, value)
    return _with_notes(value_cell(context, value), facts)


def _counted(context: ReportContext, value: Value) -> Markup:
    """A count of urgent incidents; of few ones with the last 12 periods together."""
    facts = together(context, value) if value.population < FEW else [context.shown(value)]
    return _with_notes(Markup("{}").format(context.of(value)), facts)


def _with_notes(value: Markup, facts: list[str]) -> Markup:
    """A value with smaller lines beneath it."""
    return value + Markup("").join(Markup(' <span class="note">{}</span>').format(fact) for fact in facts)


def member_before(context: ReportContext, value: Value) -> dict[str, str]:
    """A member's value of the period before; of P1 and P2 the count as it is: too few cases for more."""
    cells, before = dict.fromkeys(WHENS, formats.MISSING), context.cube.course(value, 2)[0]
    if before.known and complete(context.scope, "incidents", context.period.previous()):
        cells["previous"] = context.of(before) if value.dimension == "priority" else context.shown(before)
    return cells


def together(context: ReportContext, value: Value) -> list[str]:
    """The last 12 periods of a small population as one count; nothing where there is one period only."""
    last = pooled(context.scope, value)
    return [context.say("scorecard_together", n=last.periods, together=context.of(last.value))] if last else []


def _notes(context: ReportContext, values: Sequence[Value]) -> Iterator[str]:
    """What follows from a process that does not keep its target; which number stands for attainment."""
    for word, sentence in (("keeps missing", "consequence_missing"), ("hit and miss", "consequence_hit")):
        names = [_name(context, value) for value in values if process(context.scope, value).word == word]
        if names:
            yield context.say(sentence, n=str(len(names)), list=context.listed(names))
    if RECOMPUTED in context.scope.settings.report.headline and attainment(context.scope) != RECOMPUTED:
        yield context.say("scorecard_flagged")
        if count := closed_unresolved(context.scope):
            yield context.say("scorecard_unresolved", n=context.number(count))


def _answer(context: ReportContext, agreed: Sequence[Value]) -> Iterator[str]:
    """Which targets were missed for certain, then those that chance may explain."""
    if not any(value.status in ("met", "missed") for value in agreed):
        yield context.say("scorecard_no_targets")
        return
    missed = [value for value in agreed if value.status == "missed"]
    certain = [_name(context, value) for value in missed if value.certainty == "certain"]
    chance = [_name(context, value) for value in missed if value.certainty != "certain"]
    facts = {"n": len(missed), "of": len(agreed), "list": context.listed(certain), "rest": context.listed(chance)}
    if not missed:
        yield context.say("scorecard_met", n=len(agreed))
        return
    yield context.say("scorecard_certain" if certain else "scorecard_chance", **facts)
    if certain and chance:
        yield context.say("scorecard_rest", **facts)


def small_course(context: ReportContext, value: Value) -> Markup:
    """The last 13 periods with the target and the usual range; counts per day, what can still change hollow."""
    scope, course = context.scope, context.cube.course(value, PERIODS)
    basis, name = per_day(scope, value.indicator), _name(context, value)
    number = days(scope, span(value), basis) if basis else 1
    rates = [rate(scope, one) for one in course]
    ends = [context.term("none") if end != end else amount(context, value.indicator, end) for end in (rates[0], rates[-1])]
    low, high = usual_range(scope, value)
    drawn = sparkline(
        [{"period": one.period, "value": y, "provisional": one.provisional} for one, y in zip(course, rates, strict=True)],
        title=name,
        summary=context.say("sparkline_summary", title=name, n=len(course), first=ends[0], last=ends[1]),
        language=context.language,
        unit="score" if basis else chart_unit(scope.catalogue[value.indicator].unit),
        target=value.target / number if value.target == value.target and number else None,
        band=None if low != low else (low, high),
    )
    return Markup('<span class="sparkcell">{}</span>').format(Markup(drawn.svg()))  # noqa: S704 - our charts escape their texts
