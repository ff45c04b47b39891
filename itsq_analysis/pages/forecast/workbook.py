"""The files beside the page: every number as cells, for readers who compute with them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from itsq_analysis.page import values_csv
from itsq_analysis.page.cells import about_sheet, definitions_sheet, headings
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Column, Kind, Sheet
from itsq_analysis.pages.forecast.appendix import DEFINITIONS
from itsq_analysis.pages.forecast.outlook import Outlook
from itsq_analysis.pages.forecast.record import Record
from itsq_analysis.pages.forecast.words import name_of
from itsq_analysis.pages.staffing.sheets import people_sheets


def sheets(context: ReportContext, found: Outlook, record: Record) -> list[Sheet]:
    """All sheets in order."""
    return [
        _sums(context, found),
        _days(context, found),
        *people_sheets(context),
        _record(context, found, record),
        definitions_sheet(context, "fc_def_", DEFINITIONS),
        about_sheet(context, period="fc_days", fc_table=found.asked.table),
    ]


def _ranges(context: ReportContext, found: Outlook) -> list[Column]:
    sides = [(side, level) for level in found.asked.levels for side in ("from", "to")]
    return [Column(context.say(f"fc_column_{side}", level=f"{level:g}%"), "count") for side, level in sides]


def _reach(found: Outlook, row: Any) -> list[float]:
    return [float(row[f"{side}-{level:g}"]) for level in found.asked.levels for side in ("lo", "hi")]


def _sums(context: ReportContext, found: Outlook) -> Sheet:
    columns = headings(
        context, {"fc_series": "text", "fc_first": "date", "fc_last": "date", "fc_mean": "number", "fc_median": "count"}
    )
    rows = []
    for series in [found.whole, *found.members]:
        for row in found.sums[found.sums["unique_id"] == series].to_dict("records"):
            last = pd.Timestamp(row["end"]).date() - pd.Timedelta(days=1)
            facts = [name_of(context, found.asked, series), row["start"], last, float(row["mean"]), float(row["median"])]
            rows.append([*facts, *_reach(found, row), found.before(series) if row["span"] == "all" else None])
    columns += [*_ranges(context, found), Column(context.say("fc_column_before", horizon=found.asked.horizon), "count")]
    return Sheet(context.term("fc_weeks"), columns, rows, fixed=1)


def _days(context: ReportContext, found: Outlook) -> Sheet:
    columns = headings(context, {"fc_series": "text", "fc_day": "date", "fc_mean": "number", "fc_median": "count"})
    rows = []
    for series in [found.whole, *found.members]:
        for row in found.days[found.days["unique_id"] == series].to_dict("records"):
            facts = [name_of(context, found.asked, series), row["ds"].date(), float(row["mean"]), float(row["median"])]
            rows.append([*facts, *_reach(found, row)])
    return Sheet(context.term("fc_by_day"), [*columns, *_ranges(context, found)], rows, fixed=2)


def _record(context: ReportContext, found: Outlook, record: Record) -> Sheet:
    kinds: dict[str, Kind] = {"fc_made": "date", "fc_first": "date", "fc_last": "date", "fc_forecast": "count"}
    columns = [*headings(context, kinds), *_ranges(context, found)]
    columns += headings(context, {"fc_came": "count", "fc_naive": "count", "fc_source": "text"})
    rows = []
    for row in record.rows.to_dict("records"):
        facts = [row["made"], row["start"], pd.Timestamp(row["end"]).date() - pd.Timedelta(days=1), float(row["median"])]
        source = context.term("fc_kept" if row["kept"] else "fc_again")
        rows.append([*facts, *_reach(found, row), row["y"], row["naive"], source])
    return Sheet(context.term("fc_record"), columns, rows, context.say("fc_trust_none"))


def to_csv(found: Outlook) -> bytes:
    """Sums and days of every series as CSV: UTF-8 with a byte order mark, days as 2026-11-03, nothing where it is missing."""
    numbers = ["mean", "median", *(f"{side}-{level:g}" for level in found.asked.levels for side in ("lo", "hi"))]

    def told(row: dict[Any, Any], span: str, start: date, end: date) -> list[object]:
        return [values_csv.name(row["unique_id"]), span, start, end, *(values_csv.number(row[key]) for key in numbers)]

    rows = [told(row, row["span"], row["start"], row["end"]) for row in found.sums.to_dict("records")]
    rows += [told(row, "day", row["ds"].date(), row["ds"].date() + timedelta(days=1)) for row in found.days.to_dict("records")]
    return values_csv.written(["unique_id", "span", "start", "end", *numbers], rows)
