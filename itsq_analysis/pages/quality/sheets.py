"""The sheets of the workbook beside the page: its numbers and lists as cells, for readers who compute with them."""

from __future__ import annotations

from math import isnan
from typing import Any

from itsq_analysis.charts.labels import period as period_heading
from itsq_analysis.indicators.attainment import headline
from itsq_analysis.indicators.changes import failed_changes
from itsq_analysis.indicators.outages import outages_frame
from itsq_analysis.indicators.restated import Restated
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.appendix import standards
from itsq_analysis.page.cells import about_sheet, cell_rows, headings, in_unit, unit_word, yes
from itsq_analysis.page.context import PERIODS, ReportContext
from itsq_analysis.page.judgement import certainty, why
from itsq_analysis.page.spreadsheet import Cell, Column, Kind, Sheet
from itsq_analysis.pages.late_risk.tickets import risk_sheet
from itsq_analysis.pages.quality.actions import actions_sheet
from itsq_analysis.pages.quality.data_quality import quarantine_sheet
from itsq_analysis.pages.quality.exemptions import exemptions_sheet
from itsq_analysis.pages.quality.late_lists import late_sheet
from itsq_analysis.pages.quality.majors import majors_sheet
from itsq_analysis.pages.quality.recurring import recurring_sheet
from itsq_analysis.pages.quality.restated import printed_otherwise
from itsq_analysis.pages.quality.used import used_indicators
from itsq_analysis.pages.staffing.sheets import people_sheets

SCORECARD: dict[str, Kind] = {
    **{"indicator": "text", "unit": "text", "value": "number", "target": "number", "target_kind": "text", "status": "text"},
    **{"certainty": "text", "lower": "number", "upper": "number", "numerator": "count", "denominator": "count"},
    **{"count_n": "count", "exempted_before": "number", "status_before": "text", "previous": "number", "remark": "text"},
}


def workbook_sheets(context: ReportContext, found: Restated | None) -> list[Sheet]:
    """All sheets in order; `found` is what was restated, None without an earlier report."""
    return [
        _scorecard(context),
        _by_period(context),
        majors_sheet(context),
        _outages(context),
        _failed_changes(context),
        recurring_sheet(context),
        late_sheet(context),
        risk_sheet(context),
        exemptions_sheet(context),
        actions_sheet(context),
        *people_sheets(context),
        quarantine_sheet(context),
        *([_restated(context, found)] if found else []),
        _definitions(context, used_indicators(context.scope)),
        about_sheet(context),
    ]


def _texts(context: ReportContext, *keys: str) -> list[Column]:
    return headings(context, dict.fromkeys(keys, "text"))


def _amount(context: ReportContext, indicator: str, amount: float) -> Cell:
    """A number in its indicator's unit."""
    return in_unit(amount, context.workspace.definitions[indicator].unit)


def _unit(context: ReportContext, indicator: str) -> str:
    return unit_word(context, context.workspace.definitions[indicator].unit)


# numbers -------------------------------------------------------------------------------------------------------------


def _scorecard(context: ReportContext) -> Sheet:
    """The headline indicators, then every other agreed target: as the page tells them, and beside that before exemptions."""
    whole = [context.cube.value(name) for name in headline(context.scope)]
    values = list(dict.fromkeys([*whole, *agreed_targets(context.scope)]))
    return Sheet(context.term("scorecard"), headings(context, SCORECARD), [_judged(context, value) for value in values], fixed=1)


def _judged(context: ReportContext, value: Value) -> list[Any]:
    name = value.indicator
    remarks = [context.term("provisional")] if value.provisional and value.known else []
    remarks += [text for text in (why(context, value),) if text]
    before, previous = value.before or value, context.cube.course(value, 2)[0]
    return [
        context.plain.scoped(value),
        _unit(context, name),
        _amount(context, name, value.value),
        _amount(context, name, value.target),
        context.term(value.target_kind) if value.target_kind else None,
        context.term(value.status.replace(" ", "_")),
        certainty(context, value.certainty) if value.certainty else None,
        _amount(context, name, value.lower),
        _amount(context, name, value.upper),
        _counted(value.numerator),
        _counted(value.denominator),
        value.n,
        _amount(context, name, before.value),
        context.term(before.status.replace(" ", "_")),
        _amount(context, name, previous.value),
        context.listed(remarks),
    ]


def _counted(count: float) -> Cell:
    """A whole number as a count, another one with decimals."""
    return Cell(count, "count" if isnan(count) or count.is_integer() else "number")


def _by_period(context: ReportContext) -> Sheet:
    """One row an indicator, one column a period."""
    labels = [period.label for period in context.scope.history(PERIODS)]
    periods = [Column(period_heading(label, context.language), "number") for label in labels]
    rows = []
    for name in used_indicators(context.scope):
        course = context.cube.course(context.cube.value(name), PERIODS)
        rows.append([context.title(name), _unit(context, name), *(_amount(context, name, value.value) for value in course)])
    return Sheet(context.term("by_period"), [*_texts(context, "indicator", "unit"), *periods], rows, fixed=1)


def _restated(context: ReportContext, found: Restated) -> Sheet:
    kinds: dict[str, Kind] = {"indicator": "text", "month": "text", "before": "number", "now": "number", "remark": "text"}
    rows = [
        [
            context.plain.scoped(now),
            context.plain.period_label(now.period),
            _amount(context, now.indicator, before.value),
            _amount(context, now.indicator, now.value),
            context.term("provisional") if before.provisional else None,
        ]
        for now, before in printed_otherwise(context, found)
    ]
    empty = context.say("restated_none", n=context.number(found.shared))
    return Sheet(context.term("restated"), headings(context, kinds), rows, empty, fixed=1)


# lists ---------------------------------------------------------------------------------------------------------------


def _outages(context: ReportContext) -> Sheet:
    """Unplanned outages that touch the period."""
    kinds: dict[str, Kind] = {
        **{
            "number": "text",
            "service": "text",
            "major": "text",
            "started_at": "time",
            "detected_at": "time",
            "restored_at": "time",
        },
        **{"hours": "hours", "users_affected": "count", "user_hours": "number"},
        **{"incident": "text", "change": "text", "problem": "text", "cause": "text", "action": "text", "reviewed_on": "date"},
    }
    columns = headings(context, kinds, "outages")
    empty = context.say("outages_none" if context.has("outages") else "availability_no_data", period=context.period_name)
    return Sheet(
        context.term("outages"), columns, cell_rows(outages_frame(context.scope), kinds, major=yes(context)), empty, fixed=1
    )


def _failed_changes(context: ReportContext) -> Sheet:
    kinds: dict[str, Kind] = {"number": "text", "type": "text", "service": "text", "short_description": "text", "closed_at": "time"}
    columns = headings(context, kinds, "changes")
    empty = context.say("failed_none" if context.has("changes") else "changes_no_data", period=context.period_name)
    return Sheet(
        context.term("failed"), columns, cell_rows(failed_changes(context.scope), kinds, type=context.term), empty, fixed=1
    )


# words ---------------------------------------------------------------------------------------------------------------


def _definitions(context: ReportContext, used: list[str]) -> Sheet:
    columns = _texts(context, "indicator", "unit", "definition", "population", "method", "standard_ref")
    rows = []
    for name in used:
        indicator = context.workspace.definitions[name]
        rows.append(
            [
                indicator.title[context.language],
                _unit(context, name),
                indicator.meaning[context.language],
                indicator.population[context.language],
                indicator.interval[context.language],
                standards(context, indicator),
            ]
        )
    return Sheet(context.term("definitions"), columns, rows, fixed=1)
