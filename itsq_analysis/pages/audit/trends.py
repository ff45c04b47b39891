"""How every indicator went: the year's value, thirteen months, and what changed beyond chance; then what has no value, and why."""

from __future__ import annotations

from markupsafe import Markup

from itsq_analysis.indicators.coverage import coverage
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.scorecard.changed import Change, changes
from itsq_analysis.indicators.standard import section_titles
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import judgement, target_cell
from itsq_analysis.page.section import Part, Section, bullets, subheading, table
from itsq_analysis.pages.quality.chapters import unmeasured
from itsq_analysis.pages.quality.scorecard import counted_value, small_course

COLUMNS = {
    "indicator": "indicator",
    "value": "value",
    "judgement": "audit_year",
    "trend": "trend",
    "change": "audit_change",
    "target": "target",
}


def trends(context: ReportContext, months: ReportContext) -> Section:
    """Every indicator that has a value in the year or in its last month, chapter by chapter."""
    moved = changes(months.scope)
    known = [value for value in _values(context) if value.known or _month(months, value).known]
    better = sum(any(change.better is True for change in moved.get(value.indicator, ())) for value in known)
    worse = sum(any(change.better is False for change in moved.get(value.indicator, ())) for value in known)
    told = [context.say("audit_trends", n=len(known), better=better, worse=worse, rest=len(known) - better - worse)]
    parts: list[Part] = []
    for number, title in section_titles().items():
        rows = [_row(context, months, value) for value in known if context.scope.catalogue[value.indicator].section == number]
        if rows:
            columns = {key: context.term(word) for key, word in COLUMNS.items()}
            parts += [subheading(f"{number} {title[context.language]}"), table(columns, rows, numeric={"value", "target"})]
    return context.section("audit_trends", told, parts)


def missing(context: ReportContext) -> Section:
    """What was not measurable in the year: by section, with the table or column that it needs, or the reason."""
    parts: list[Part] = []
    unknown = 0
    for one in coverage(context.scope):
        if one.unmeasured:
            unknown += len(one.unmeasured)
            parts.append(subheading(f"{one.section} {section_titles()[one.section][context.language]}"))
            parts.append(bullets([unmeasured(context, row.value) for row in one.unmeasured]))
    told = context.say("audit_missing", n=unknown) if unknown else context.say("audit_missing_none")
    return context.section("audit_missing", [told], parts)


def _values(context: ReportContext) -> list[Value]:
    return [row.value for one in coverage(context.scope) for row in one.scored]


def _month(months: ReportContext, value: Value) -> Value:
    return cube(months.scope).value(value.indicator)


def _row(context: ReportContext, months: ReportContext, value: Value) -> dict[str, str | Markup]:
    moved = changes(months.scope).get(value.indicator, ())
    return {
        "indicator": context.title(value.indicator),
        "value": counted_value(context, value) if value.known else context.shown(value),
        "judgement": judgement(context, value),
        "trend": small_course(months, _month(months, value)),
        "change": _change(months, moved[0]) if moved else "",
        "target": target_cell(context, value),
    }


def _change(months: ReportContext, change: Change) -> Markup:
    """Since when and in which direction; strong where it is for the better or the worse."""
    text = months.say(f"audit_{change.kind}_{change.direction}", since=months.wording.period_label(change.since))
    css = {True: "status-met certain", False: "status-missed certain"}.get(change.better) if change.better is not None else None
    return Markup('<span class="{}">{}</span>').format(css, text) if css else Markup("{}").format(text)
