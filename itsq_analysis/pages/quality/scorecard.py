"""The headline indicators: value, target, this period's mark and the process's, comparisons, and how the last 13 periods went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from itsq_analysis.charts import sparkline
from itsq_analysis.indicators.attainment import RECOMPUTED, attainment, closed_unresolved, headline
from itsq_analysis.indicators.completeness import complete
from itsq_analysis.indicators.pooled import pooled
from itsq_analysis.indicators.processes import days, per_day, process, rate, usual_range
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value, span
from itsq_analysis.page.context import FEW, PERIODS, URGENT, ReportContext, chart_unit
from itsq_analysis.page.judgement import indicator_table, interval_cell, judgement, target_cell, value_cell
from itsq_analysis.page.notes import notes_below
from itsq_analysis.page.section import Part, Section, paragraph, subheading, table
from itsq_analysis.pages.quality.comparisons import amount, comparison_lines
from itsq_analysis.pages.quality.exemptions import before_exemptions, exempted_at
from itsq_analysis.pages.quality.process_marks import process_mark
from itsq_analysis.process import FEWEST, MOST
from itsq_analysis.text import formats

COLUMNS = {
    **{"indicator": "indicator", "value": "value", "target": "target", "judgement": "this_period", "process": "process"},
    **{"beside": "beside", "trend": "trend"},
}


def scorecard(context: ReportContext) -> Section:
    """At most ten indicators, chosen in the workspace; P1 and P2 resolved in time stand before them, as counts."""
    whole = [context.cube.value(name) for name in headline(context.scope)]
    shown = [*_urgent(context), *whole]
    columns = {key: context.term(word) for key, word in COLUMNS.items()}
    drawn = table(columns, [_row(context, value) for value in shown], numeric={"value", "target"})
    notes = [paragraph(text) for text in (*_consequences(context, shown), *_notes(context, whole))]
    parts = (drawn, *notes_below(context, shown), *notes, *_other_targets(context, shown))
    return Section("scorecard", context.term("scorecard"), _answer(context, whole), parts)


def _urgent(context: ReportContext) -> list[Value]:
    """P1 and P2 of the share resolved in time, where it is a headline and there were any."""
    name = attainment(context.scope)
    if name not in headline(context.scope):
        return []
    return [value for value in context.cube.values(name, "priority") if value.member in URGENT and value.known]


def _other_targets(context: ReportContext, shown: Sequence[Value]) -> tuple[Part, ...]:
    """Every agreed target that is no headline."""
    others = [value for value in agreed_targets(context.scope) if value not in shown]
    return (subheading(context.term("other_targets")), indicator_table(context, others)) if others else ()


def _row(context: ReportContext, value: Value) -> dict[str, str | Markup]:
    """One line, after approved exemptions."""
    whole, exempt = value.dimension is None, exempted_at(context, value)
    return {
        "indicator": _name(context, value),
        "value": _value(context, value) if whole else _counted(context, value),
        "target": target_cell(context, value),
        "judgement": judgement(context, value) + (before_exemptions(context, exempt) if exempt else Markup("")),
        "process": process_mark(context, value),
        "beside": comparison_lines(context, value) if whole else _before(context, value),
        "trend": _sparkline(context, value),
    }


def _name(context: ReportContext, value: Value) -> str:
    if value.dimension is None:
        return context.title(value.indicator)
    return context.say("scorecard_urgent", member=context.member("priority", value.member))


def _value(context: ReportContext, value: Value) -> Markup:
    """The value, and beneath it the count and the 95 % interval, or how many that is per day; a count is what it is."""
    indicator, basis = context.scope.catalogue[value.indicator], per_day(context.scope, value.indicator)
    facts = [context.of(value)] if value.known and indicator.unit != "count" and value.population >= FEW else []
    if basis and (daily := rate(context.scope, value)) == daily:
        facts.append(context.say(f"per_{basis}", rate=amount(context, value.indicator, daily)))
    elif indicator.unit != "count" and (value.lower == value.lower or value.upper == value.upper):
        facts.append(interval_cell(context, value))
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


def _before(context: ReportContext, value: Value) -> Markup:
    """The count of the period before, as it is: too few cases for more."""
    before = context.cube.course(value, 2)[0]
    if not before.denominator > 0 or not complete(context.scope, "incidents", context.period.previous()):
        return Markup("{}").format(formats.MISSING)
    return Markup('<span class="note compared">{}</span>').format(context.say("compare_count", then=context.of(before)))


def together(context: ReportContext, value: Value) -> list[str]:
    """The last 12 periods of a small population as one count; nothing where there is one period only."""
    last = pooled(context.scope, value)
    return [context.say("scorecard_together", n=last.periods, together=context.of(last.value))] if last else []


def _consequences(context: ReportContext, values: Sequence[Value]) -> Iterator[str]:
    """What follows from a process that does not keep its target."""
    for word, sentence in (("keeps missing", "consequence_missing"), ("hit and miss", "consequence_hit")):
        names = [_name(context, value) for value in values if process(context.scope, value).word == word]
        if names:
            yield context.say(sentence, list=context.listed(names))


def _notes(context: ReportContext, whole: Sequence[Value]) -> Iterator[str]:
    """Which number stands for attainment, what is provisional, and how the usual range is made."""
    if RECOMPUTED in context.scope.settings.report.headline and attainment(context.scope) != RECOMPUTED:
        yield context.say("scorecard_flagged")
        if count := closed_unresolved(context.scope):
            yield context.say("scorecard_unresolved", n=context.number(count))
    if any(value.provisional and value.known for value in whole):
        yield context.say("provisional_note")
    if any(process(context.scope, value).periods >= FEWEST for value in whole):
        yield context.say("process_method", fewest=FEWEST, most=MOST)


def _answer(context: ReportContext, whole: Sequence[Value]) -> str:
    if not any(value.status in ("met", "missed") for value in whole):
        return context.say("scorecard_no_targets")
    certain = [value for value in whole if value.status == "missed" and value.certainty == "certain"]
    names = context.listed(context.title(value.indicator) for value in certain) or context.term("none")
    return context.say("scorecard", list=names)


def _sparkline(context: ReportContext, value: Value) -> Markup:
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
