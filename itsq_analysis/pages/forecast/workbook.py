"""The files beside the page: every number as cells, for readers who compute with them."""

from __future__ import annotations

from datetime import date

from itsq_analysis.forecasting.outlook import ALL, ForecastOutlook
from itsq_analysis.forecasting.statements import name_of
from itsq_analysis.forecasting.track_record import Expectation, TrackRecord
from itsq_analysis.page import values_csv
from itsq_analysis.page.cells import about_sheet, definitions_sheet, headings
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Column, Kind, Sheet
from itsq_analysis.pages.forecast.appendix import DEFINITIONS
from itsq_analysis.pages.staffing.sheets import people_sheets


def sheets(context: ReportContext, outlook: ForecastOutlook, record: TrackRecord) -> list[Sheet]:
    """All sheets in order."""
    return [
        _sums(context, outlook),
        _days(context, outlook),
        *people_sheets(context),
        _record(context, outlook, record),
        definitions_sheet(context, "fc_def_", DEFINITIONS),
        about_sheet(context, period="fc_days", fc_table=outlook.asked.table),
    ]


def _ranges(context: ReportContext, outlook: ForecastOutlook) -> list[Column]:
    sides = [(side, level) for level in outlook.asked.levels for side in ("from", "to")]
    return [Column(context.say(f"fc_column_{side}", level=f"{level:g}%"), "count") for side, level in sides]


def _limits(outlook: ForecastOutlook, row: Expectation) -> list[float]:
    return [limit for level in outlook.asked.levels for limit in row.range(level)]


def _last(row: Expectation) -> date:
    return date.fromordinal(row.end.toordinal() - 1)


def _sums(context: ReportContext, outlook: ForecastOutlook) -> Sheet:
    kinds: dict[str, Kind] = {"fc_series": "text", "fc_first": "date", "fc_last": "date", "fc_mean": "number", "fc_median": "count"}
    columns = [*headings(context, kinds), *_ranges(context, outlook)]
    columns.append(Column(context.say("fc_column_before", horizon=outlook.asked.horizon), "count"))
    rows = []
    for series in outlook.series:
        name = context.wording.part(name_of(outlook, series))
        for row in (row for row in outlook.totals if row.series == series):
            before = outlook.before(series) if row.span == ALL else None
            rows.append([name, row.start, _last(row), row.mean, row.median, *_limits(outlook, row), before])
    return Sheet(context.term("fc_weeks"), columns, rows, fixed=1)


def _days(context: ReportContext, outlook: ForecastOutlook) -> Sheet:
    columns = headings(context, {"fc_series": "text", "fc_day": "date", "fc_mean": "number", "fc_median": "count"})
    rows = [
        [context.wording.part(name_of(outlook, series)), day.start, day.mean, day.median, *_limits(outlook, day)]
        for series in outlook.series
        for day in outlook.days_of(series)
    ]
    return Sheet(context.term("fc_by_day"), [*columns, *_ranges(context, outlook)], rows, fixed=2)


def _record(context: ReportContext, outlook: ForecastOutlook, record: TrackRecord) -> Sheet:
    kinds: dict[str, Kind] = {"fc_made": "date", "fc_first": "date", "fc_last": "date", "fc_forecast": "count"}
    columns = [*headings(context, kinds), *_ranges(context, outlook)]
    columns += headings(context, {"fc_came": "count", "fc_naive": "count", "fc_source": "text"})
    rows = []
    for row in record.rows:
        source = context.term("fc_kept" if row.told else "fc_again")
        rows.append([row.made, row.start, _last(row), row.median, *_limits(outlook, row), row.came, row.naive, source])
    return Sheet(context.term("fc_record"), columns, rows, context.say("fc_trust_none"))


def to_csv(outlook: ForecastOutlook) -> bytes:
    """Sums and days of every series as CSV: UTF-8 with a byte order mark, days as 2026-11-03, nothing where it is missing."""
    names = ["mean", "median", *(f"{side}-{level:g}" for level in outlook.asked.levels for side in ("lo", "hi"))]

    def cells(row: Expectation) -> list[object]:
        numbers = [values_csv.number(number) for number in (row.mean, row.median, *_limits(outlook, row))]
        return [values_csv.name(row.series), row.span, row.start, row.end, *numbers]

    return values_csv.written(
        ["unique_id", "span", "start", "end", *names], [cells(row) for row in (*outlook.totals, *outlook.by_day)]
    )
