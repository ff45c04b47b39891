"""The files beside the page: every number as cells, for readers who compute with them."""

from __future__ import annotations

import math
from typing import Any

from itsq_analysis.page import values_csv
from itsq_analysis.page.cells import about_sheet, definitions_sheet, headings
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Kind, Sheet
from itsq_analysis.pages.capacity.choices import choices
from itsq_analysis.pages.capacity.coverage import DEFINITIONS, reason
from itsq_analysis.pages.capacity.estate import Resource, resources
from itsq_analysis.pages.capacity.load import loads
from itsq_analysis.pages.capacity.orders import ends
from itsq_analysis.pages.capacity.outlook import outlook_of, outlooks, unmeasured
from itsq_analysis.pages.capacity.risk_map import HORIZONS
from itsq_analysis.pages.capacity.what_if import answers
from itsq_analysis.pages.capacity.words import named
from itsq_analysis.pages.staffing.sheets import people_sheets

WEEK = 7  # days from row to row of the forecasts
FIGURES: dict[str, Kind] = {
    **{"cap_key": "text", "cap_resource": "text", "cap_kind": "text", "service": "text", "owner": "text", "supplier": "text"},
    **{"cap_unit": "text", "cap_whole": "number", "chart_warning": "share", "chart_critical": "share", "cap_now": "share"},
    **{"cap_busy_hour": "share", "cap_peak": "share", "cap_after_loss": "share", "cap_hours": "count", "cap_coverage": "share"},
    **{"cap_earliest": "date", "cap_likely": "date", "cap_latest": "date", "cap_lead": "count", "cap_order_by_day": "date"},
    **{"cap_even_day": "date", "cap_risk_30": "share", "cap_risk_90": "share", "cap_risk_180": "share", "cap_risk_365": "share"},
    "remark": "text",
}


def figures(context: ReportContext) -> list[list[Any]]:
    """One row a resource, measured or not, in the order of FIGURES; days are dates, shares 0 to 1, missing is None."""
    load = {one.resource.key: one for one in loads(context)}
    silent = {one.resource.key: reason(context, one) for one in unmeasured(context)}
    rows = []
    for one in resources(context):
        found, used = outlook_of(context, one.key), load.get(one.key)
        crossing = found.crossing if found else None
        risks = [crossing.probability_by(days) if crossing else None for days in HORIZONS]
        after = used.after if used and used.after is not None and math.isfinite(used.after) else None
        rows.append(
            [
                *_facts(context, one),
                found.share if found else None,
                *((used.used.busy_hour, used.used.peak) if used else (None, None)),
                after,
                *((used.used.hours, used.coverage) if used else (None, None)),
                *((crossing.earliest, crossing.likely, crossing.latest) if crossing else (None, None, None)),
                one.lead_days,
                *((found.safe.by, found.even.by) if found else (None, None)),
                *risks,
                silent.get(one.key),
            ]
        )
    return rows


def _facts(context: ReportContext, one: Resource) -> list[Any]:
    kind = context.term(f"cap_kind_{one.kind}")
    whole = one.whole if one.counted else None
    return [one.key, named(context, one), kind, one.service, one.owner, one.supplier, one.unit, whole, one.warning, one.critical]


def sheets(context: ReportContext, tickets: ReportContext | None) -> list[Sheet]:
    """All sheets in order; those about people as of the tickets, where there are any."""
    empty = context.say("cap_nothing_to_judge")
    return [
        Sheet(context.term("cap_resources"), headings(context, FIGURES), figures(context), empty, fixed=2),
        _forecasts(context),
        _choices(context),
        _what_if(context),
        _ends(context),
        *(people_sheets(tickets) if tickets else []),
        definitions_sheet(context, "cap_def_", DEFINITIONS),
        about_sheet(context, moment="cap_metrics_as_of"),
    ]


def _forecasts(context: ReportContext) -> Sheet:
    """The fan of each resource, a row a week."""
    kinds: dict[str, Kind] = {"cap_resource": "text", "chart_day": "date"}
    kinds |= {"chart_median": "number", "chart_from": "number", "chart_to": "number", "cap_risk": "share", "cap_limit": "number"}
    rows = []
    for one in outlooks(context):
        fan = one.crossing.fan().iloc[WEEK - 1 :: WEEK]
        names = ("ds", "median", "lo-80", "hi-80", "probability", "limit")
        rows += [[named(context, one.resource), *cells] for cells in zip(*(fan[name] for name in names), strict=True)]
    return Sheet(context.term("cap_forecasts"), headings(context, kinds), rows, context.say("cap_nothing_to_judge"), fixed=1)


def _choices(context: ReportContext) -> Sheet:
    kinds: dict[str, Kind] = {"cap_resource": "text", "cap_kind": "text", "cap_option": "text", "cap_gain_size": "number"}
    kinds |= {"cap_unit": "text", "cap_price": "number", "cap_lead": "count", "cap_decide_by": "date", "cap_limit_then": "date"}
    kinds |= {"cap_months_gained": "number", "owner": "text", "remark": "text"}
    rows = [
        [
            *(
                named(context, one.resource),
                context.term(f"cap_option_{choice.option}"),
                choice.title,
                choice.size,
                one.resource.unit,
            ),
            *(choice.price, choice.lead_days, choice.by, choice.likely, choice.months, choice.owner, choice.note),
        ]
        for one in outlooks(context)
        if one.safe.by is not None
        for choice in choices(context, one)
    ]
    return Sheet(context.term("cap_options"), headings(context, kinds), rows, context.term("none"), fixed=1)


def _what_if(context: ReportContext) -> Sheet:
    """The days of every resource that a scenario touches: a row a scenario, first as planned."""
    kinds: dict[str, Kind] = {"cap_resource": "text", "cap_scenario": "text", "cap_earliest": "date", "cap_likely": "date"}
    kinds |= {"cap_latest": "date", "cap_risk_365": "share"}
    found = answers(context)
    rows = [
        [
            *(named(context, one.resource), context.term(f"cap_if_{name}" if name else "cap_as_planned")),
            *(row[column] for column in ("earliest", "likely", "latest", "probability")),
        ]
        for one in outlooks(context)
        for name, row in found.get(one.resource.key, {}).items()
    ]
    return Sheet(context.term("cap_what_if"), headings(context, kinds), rows, context.term("none"), fixed=2)


def _ends(context: ReportContext) -> Sheet:
    kinds: dict[str, Kind] = {"cap_resource": "text", "cap_kind": "text", "cap_end": "date", "cap_act_by": "date"}
    kinds |= {"cap_yearly": "number", "supplier": "text", "owner": "text"}
    rows = [
        [
            *(named(context, one.resource), context.term(f"cap_kind_{one.what}"), one.day, one.act),
            *(one.resource.yearly_cost, one.resource.supplier, one.resource.owner),
        ]
        for one in ends(context)
    ]
    return Sheet(context.term("cap_expiry"), headings(context, kinds), rows, context.term("none"), fixed=1)


def to_csv(context: ReportContext) -> bytes:
    """The figures of every resource as CSV: UTF-8 with a byte order mark, days as 2026-10-01, nothing where it is missing."""
    header = [key.removeprefix("cap_").removeprefix("chart_") for key in FIGURES]
    return values_csv.written(header, ([_cell(value) for value in row] for row in figures(context)))


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return values_csv.number(value)
    return values_csv.name(value) if value is None or isinstance(value, str) else str(value)
