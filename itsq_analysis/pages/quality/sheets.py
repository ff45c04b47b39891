"""The sheets of the workbook beside the page: its numbers and lists as cells, for readers who compute with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from itsq_analysis.charts.labels import period as period_heading
from itsq_analysis.indicators.changes import failed_changes
from itsq_analysis.indicators.outages import outages_frame
from itsq_analysis.indicators.restated import Restated
from itsq_analysis.page.appendix import standards
from itsq_analysis.page.cells import about_sheet, cell_rows, headings, in_unit, unit_word, yes
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import certainty, why
from itsq_analysis.page.spreadsheet import Cell, Column, Kind, Sheet
from itsq_analysis.pages.quality.actions import actions_sheet
from itsq_analysis.pages.quality.data_quality import quarantine_sheet
from itsq_analysis.pages.quality.exemptions import exemptions_sheet
from itsq_analysis.pages.quality.late_lists import late_sheet
from itsq_analysis.pages.quality.majors import majors_sheet
from itsq_analysis.pages.quality.restated import printed_otherwise
from itsq_analysis.pages.quality.targets import agreed
from itsq_analysis.pages.staffing.sheets import people_sheets

NUMBERS = ("value", "target", "lower", "upper", "previous")


def workbook_sheets(context: ReportContext, values: pd.DataFrame, found: Restated | None) -> list[Sheet]:
    """All sheets in order.

    Args:
        context: the report's subject.
        values: the report's values, as `report_values` gives them.
        found: what was restated; None without an earlier report.
    """
    return [
        _scorecard(context, values),
        _by_period(context, values),
        majors_sheet(context),
        _outages(context),
        _failed_changes(context),
        late_sheet(context),
        exemptions_sheet(context),
        actions_sheet(context),
        *people_sheets(context),
        quarantine_sheet(context),
        *([_restated(context, found)] if found else []),
        _definitions(context, list(dict.fromkeys(values["indicator"]))),
        about_sheet(context),
    ]


def _texts(context: ReportContext, *keys: str) -> list[Column]:
    return headings(context, dict.fromkeys(keys, "text"))


def _amount(context: ReportContext, indicator: str, value: Any) -> Cell:
    """A value in its indicator's unit."""
    return in_unit(value, context.workspace.catalogue[indicator].unit)


def _unit(context: ReportContext, indicator: str) -> str:
    return unit_word(context, context.workspace.catalogue[indicator].unit)


# numbers -------------------------------------------------------------------------------------------------------------


def _scorecard(context: ReportContext, values: pd.DataFrame) -> Sheet:
    """The headline indicators, then every other agreed target."""
    ids = list(context.workspace.settings.report.headline)
    whole = values[values["dimension"].isna()]
    rows = [(row, _before(context, whole, row)) for name in ids for row in _now(context, whole[whole["indicator"] == name])]
    rows += [(row, None) for _, row in agreed(context).iterrows() if pd.notna(row["dimension"]) or row["indicator"] not in ids]
    kinds: dict[str, Kind] = {
        **{"indicator": "text", "unit": "text", "value": "number", "target": "number", "target_kind": "text", "status": "text"},
        **{"certainty": "text", "lower": "number", "upper": "number", "numerator": "count", "denominator": "count"},
        **{"count_n": "count", "previous": "number", "remark": "text"},
    }
    judged = [_judged(context, row, before) for row, before in rows]
    return Sheet(context.term("scorecard"), headings(context, kinds), judged, fixed=1)


def _now(context: ReportContext, course: pd.DataFrame) -> Iterable[pd.Series]:
    return [row for _, row in course[course["period"] == context.period.label].iterrows()]


def _before(context: ReportContext, whole: pd.DataFrame, row: pd.Series) -> Any:
    """The value of the period before."""
    found = whole[(whole["indicator"] == row["indicator"]) & (whole["period"] == context.period.previous().label)]
    return None if found.empty else found["value"].iloc[0]


def _judged(context: ReportContext, row: pd.Series, before: Any) -> list[Any]:
    name = row["indicator"]
    amounts = {key: _amount(context, name, before if key == "previous" else row[key]) for key in NUMBERS}
    kind = row["target_kind"]
    provisional = pd.notna(row["provisional"]) and row["provisional"] and pd.notna(row["value"])
    remarks = ([context.term("provisional")] if provisional else []) + [text for text in (why(context, row),) if text]
    return [
        context.wording.scoped(row),
        _unit(context, name),
        amounts["value"],
        amounts["target"],
        context.term(kind) if pd.notna(kind) else None,
        context.term(row["status"].replace(" ", "_")),
        certainty(context, row["certainty"]) if pd.notna(row["certainty"]) else None,
        amounts["lower"],
        amounts["upper"],
        _counted(row["numerator"]),
        _counted(row["denominator"]),
        row["n"],
        amounts["previous"],
        context.listed(remarks),
    ]


def _counted(value: Any) -> Cell:
    """A whole number as a count, another one with decimals."""
    return Cell(value, "count" if pd.isna(value) or float(value).is_integer() else "number")


def _by_period(context: ReportContext, values: pd.DataFrame) -> Sheet:
    """One row an indicator, one column a period."""
    whole = values[values["dimension"].isna()]
    periods = list(dict.fromkeys(whole["period"]))
    columns = [
        *_texts(context, "indicator", "unit"),
        *(Column(period_heading(label, context.language), "number") for label in periods),
    ]
    rows = []
    for name, course in whole.groupby("indicator", sort=False):
        amounts = dict(zip(course["period"], course["value"], strict=True))
        cells = [_amount(context, str(name), amounts.get(label)) for label in periods]
        rows.append([context.title(str(name)), _unit(context, str(name)), *cells])
    return Sheet(context.term("by_period"), columns, rows, fixed=1)


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
        indicator = context.workspace.catalogue[name]
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
