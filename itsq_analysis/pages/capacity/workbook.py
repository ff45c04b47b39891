"""The files beside the page: every number as cells, for readers who compute with them."""

from __future__ import annotations

from typing import Any

from itsq_analysis.capacity.figures import figures
from itsq_analysis.capacity.options import options
from itsq_analysis.capacity.orders import ends
from itsq_analysis.capacity.outlook import capacity_outlooks, what_if_outcomes
from itsq_analysis.facts.sentence import Term
from itsq_analysis.page import values_csv
from itsq_analysis.page.cells import about_sheet, definitions_sheet
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Sheet
from itsq_analysis.page.table import Column, sheet
from itsq_analysis.pages.capacity.coverage import DEFINITIONS
from itsq_analysis.pages.capacity.tables import ENDS, FIGURES, option_columns
from itsq_analysis.pages.capacity.words import wording
from itsq_analysis.pages.staffing.sheets import people_sheets

WEEK = 7  # days from row to row of the forecasts
FORECASTS: list[Column[Any]] = [
    Column("cap_resource", lambda row: row["name"]),
    Column("chart_day", lambda row: row["ds"], "date"),
    Column("chart_median", lambda row: row["median"], "number"),
    Column("chart_from", lambda row: row["lo-80"], "number"),
    Column("chart_to", lambda row: row["hi-80"], "number"),
    Column("cap_risk", lambda row: row["probability"], "share"),
    Column("cap_limit", lambda row: row["limit"], "number"),
]
WHAT_IF: list[Column[Any]] = [
    Column("cap_resource", lambda row: row[0]),
    Column("cap_scenario", lambda row: Term(f"cap_if_{row[1]}" if row[1] else "cap_as_planned")),
    Column("cap_earliest", lambda row: row[2].earliest, "date"),
    Column("cap_likely", lambda row: row[2].likely, "date"),
    Column("cap_latest", lambda row: row[2].latest, "date"),
    Column("cap_risk_365", lambda row: row[2].probability, "share"),
]


def sheets(context: ReportContext, tickets: ReportContext | None) -> list[Sheet]:
    """All sheets in order; those about people as of the tickets, where there are any."""
    scope, words = context.scope, wording(context)
    nothing, none, outlooks = context.say("cap_nothing_to_judge"), context.term("none"), capacity_outlooks(scope)
    weeks = [
        {"name": one.resource.label, **row}
        for one in outlooks
        for row in one.forecast.fan().iloc[WEEK - 1 :: WEEK].to_dict("records")
    ]
    chosen = [(one, option) for one in outlooks for option in options(scope).get(one.resource.key, ())]
    compared = what_if_outcomes(scope)
    outcomes = [
        (one.resource.label, scenario, outcome)
        for one in outlooks
        for scenario, outcome in compared.get(one.resource.key, {}).items()
    ]
    return [
        sheet(context, words, "cap_resources", list(FIGURES.values()), figures(scope), nothing, fixed=2),
        sheet(context, words, "cap_forecasts", FORECASTS, weeks, nothing),
        sheet(context, words, "cap_options", list(option_columns(context).values()), chosen, none),
        sheet(context, words, "cap_what_if", WHAT_IF, outcomes, none, fixed=2),
        sheet(context, words, "cap_expiry", list(ENDS.values()), ends(scope), none),
        *(people_sheets(tickets) if tickets else []),
        definitions_sheet(context, "cap_def_", DEFINITIONS),
        about_sheet(context, moment="cap_metrics_as_of"),
    ]


def to_csv(context: ReportContext) -> bytes:
    """The figures of every resource as CSV: UTF-8 with a byte order mark, days as 2026-10-01, nothing where it is missing."""
    header = [key.removeprefix("cap_").removeprefix("chart_") for key in FIGURES]
    rows = sheet(context, wording(context), "cap_resources", list(FIGURES.values()), figures(context.scope)).rows
    return values_csv.written(header, ([_cell(value) for value in row] for row in rows))


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return values_csv.number(value)
    return values_csv.name(value) if value is None or isinstance(value, str) else str(value)
