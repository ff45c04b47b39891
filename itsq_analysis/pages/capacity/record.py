"""Were we right, was it done? Earlier decisions with their outcome, and earlier forecasts against what came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from markupsafe import Markup

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, folded, paragraph, subheading, table
from itsq_analysis.pages.capacity.estate import Resource, last_whole_day, options, resources, today
from itsq_analysis.pages.capacity.outlook import daily_values, forecasts, outlooks
from itsq_analysis.pages.capacity.words import named, percent
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

BACK = (30, 90)  # days before the report's day at which a forecast is made again
FEWEST = 60  # days that must have been known then
BAND = 0.8
EXACT = 1e-6  # of the whole
WEEK = 7
DECISIONS = 10
CLOSE = 3  # days around the report's day in which the truth may have been measured


@dataclass(frozen=True)
class Check:
    """What was to be expected for the report's day, as known some days before, and what came; shares of the whole.

    Attributes:
        held, of: days of the last week whose value lay in the 80 % range of their day, of those that are known.
    """

    resource: Resource
    days: int
    made: date
    median: float
    lower: float
    upper: float
    truth: float
    held: int
    of: int


def checks(context: ReportContext) -> list[Check]:
    """Every measured resource with enough history, 30 and 90 days back."""
    if "capacity checks" not in context.kept:
        context.kept["capacity checks"] = [one for days in BACK for one in _checks(context, days)]
    return list(context.kept["capacity checks"])


def _checks(context: ReportContext, days: int) -> list[Check]:
    last = last_whole_day(context)
    made = last - timedelta(days=days)
    daily = daily_values(context, last)
    chosen = []
    for one in (found.resource for found in outlooks(context)):
        rows = daily[one.key]
        before = rows[rows["ds"] <= pd.Timestamp(made)]
        recent = not before.empty and (made - before["ds"].max().date()).days <= CLOSE
        if len(before) >= FEWEST and recent and (last - rows["ds"].max().date()).days == 0:
            chosen.append(one)
    found = forecasts(context, chosen, daily, {}, made, horizon=days) if chosen else {}
    checked = []
    for one in chosen:
        both = found[one.key].fan().tail(WEEK).merge(daily[one.key], on="ds")
        near = EXACT * one.whole
        held = int(((both["lo-80"] - near <= both["y"]) & (both["y"] <= both["hi-80"] + near)).sum())
        last_day = both.iloc[-1]
        median, lower, upper, truth = (float(last_day[name]) / one.whole for name in ("median", "lo-80", "hi-80", "y"))
        checked.append(Check(one, days, made, median, lower, upper, truth, held, len(both)))
    return checked


def record(context: ReportContext) -> Section:
    """Decisions of the past, and forecasts made again as of earlier days."""
    title = context.term("cap_record")
    decided, found = options(context, decided=True), checks(context)
    if decided.empty and not found:
        return Section("record", title, context.say("cap_record_none"))
    told = [_held(context, found)] if found else []
    late = _late(context, decided)
    told.append(
        context.say("cap_record_decided", n=len(decided), late=len(late))
        if len(decided)
        else context.say("cap_record_no_decisions")
    )
    parts: list[Part] = []
    if not decided.empty:
        parts += [subheading(context.term("cap_decisions_past")), *_decisions(context, decided)]
    if found:
        parts += [subheading(context.term("cap_forecasts_past")), paragraph(_marked(context, found)), _forecasts(context, found)]
    return Section("record", title, sentences(told, context.language), tuple(parts))


def _held(context: ReportContext, found: list[Check]) -> str:
    """How many daily values lay in their ranges, and how long before those were foretold."""
    days = sorted({one.days for one in found})
    facts = {"n": sum(one.held for one in found), "of": sum(one.of for one in found), "band": percent(BAND)}
    return context.say("cap_record_held", **facts) if len(days) > 1 else context.say("cap_record_held_days", days=days[0], **facts)


def _late(context: ReportContext, decided: pd.DataFrame) -> pd.DataFrame:
    """Chosen options that ought to have helped by now and have not."""
    open_ = decided[(decided["outcome"] == "chosen") & decided["done_on"].isna()]
    due = [_due(context, row) for row in open_.to_dict("records")]
    return open_[[day < today(context) for day in due]]


def _due(context: ReportContext, row: Mapping[Any, Any]) -> date:
    """The day on which a chosen option was promised to help."""
    lead = next((one.lead_days for one in resources(context) if one.key == row["resource"]), 0)
    days = lead if pd.isna(row["lead_time_days"]) else int(row["lead_time_days"])
    return pd.Timestamp(row["decided_on"]).date() + timedelta(days=days)


def _decisions(context: ReportContext, decided: pd.DataFrame) -> list[Part]:
    """A table of decisions, those first that are due and not done, then the newest; what is left is folded."""
    keys = ("cap_decided_on", "cap_resource", "cap_option", "cap_outcome", "cap_done_on", "cap_effect")
    names = {one.key: named(context, one) for one in resources(context)}
    late = set(_late(context, decided).index)
    rows: list[dict[str, str | Markup]] = []
    for place, row in [*decided[decided.index.isin(late)].iterrows(), *decided[~decided.index.isin(late)].iterrows()]:
        done = formats.MISSING if pd.isna(row["done_on"]) else formats.day(row["done_on"], context.language)
        if place in late:
            done = context.say("cap_late", day=formats.day(_due(context, row.to_dict()), context.language))
        rows.append(
            {
                "cap_decided_on": formats.day(row["decided_on"], context.language),
                "cap_resource": names[row["resource"]],
                "cap_option": context.term(f"cap_option_{row['option']}") + context.aside(str(row["title"])),
                "cap_outcome": formats.MISSING if pd.isna(row["outcome"]) else context.term(f"cap_outcome_{row['outcome']}"),
                "cap_done_on": done,
                "cap_effect": formats.MISSING if pd.isna(row["effect"]) else str(row["effect"]),
            }
        )
    columns = {key: context.term(key) for key in keys}
    shown, rest = rows[:DECISIONS], rows[DECISIONS:]
    return [
        table(columns, shown),
        *([folded(context.say("cap_decisions_fold", n=len(rest)), table(columns, rest))] if rest else []),
    ]


def _marked(context: ReportContext, found: list[Check]) -> str:
    made = {one.days: one.made for one in found}
    days = context.listed(formats.day(made[number], context.language) for number in sorted(made))
    return context.say("cap_recomputed", list=days, day=formats.day(last_whole_day(context), context.language))


def _forecasts(context: ReportContext, found: list[Check]) -> Part:
    keys = ("cap_resource", "cap_made_before", "cap_expected", "cap_came", "cap_held")
    rows = [
        {
            "cap_resource": named(context, one.resource),
            "cap_made_before": context.say("cap_days", n=one.days),
            "cap_expected": f"{percent(one.median)}{context.aside(f'{percent(one.lower)}–{percent(one.upper)}')}",
            "cap_came": percent(one.truth),
            "cap_held": context.say("cap_held_of", n=one.held, of=one.of),
        }
        for one in found
    ]
    return folded(context.say("cap_forecasts_fold", n=len(rows)), table({key: context.term(key) for key in keys}, rows))
