"""What the periods before say about a value: process limits, runs, and headline indicators that have changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from itsq_analysis.indicators import Indicator
from itsq_analysis.indicators.attainment import headline
from itsq_analysis.page.context import ALPHA, ReportContext
from itsq_analysis.page.edges import thin_edges
from itsq_analysis.pages.quality.same_age import at_same_age
from itsq_analysis.periods import Period, history
from itsq_analysis.process import MOST, Kind, Process, judge_process
from itsq_analysis.tables import contract

# Single long outages rule these: no usual range holds for them, and every outage is told on its own.
SKEWED = frozenset({"outages", "services"})
STARTED = {"outages": "started_at", "services": "started_at", "problems": "opened_at"}  # where the contract names no month
LATEST = 1  # working days that may lie before a table's first row in a complete period


@dataclass(frozen=True)
class Change:
    """A value that its own past does not explain: its row of the value frame, and its process."""

    row: pd.Series
    process: Process


def process(context: ReportContext, row: pd.Series) -> Process:
    """The process of a value of the reporting period, whole or by member, from the complete periods before it.

    Counts are judged per day (see `exposure`): centre and limits are then rates, the target is divided by the period's days. A
    period that was not over is compared with nothing (reason "period_incomplete"), neither is one at which the extraction thins
    out ("thin"). A value that can still change is compared with earlier periods as they stood at the same age, or, where that
    cannot be told, with nothing ("provisional").
    """
    key = ("process", row["indicator"], _text(row["dimension"]), _text(row["member"]))
    if key not in context.kept:
        context.kept[key] = _judged(context, row)
    found: Process = context.kept[key]
    return found


def changed(context: ReportContext) -> list[Change]:
    """Headline indicators whose process signals now, the least likely first.

    Ten indicators are looked at every month: what is left has a chance of 5 % at most to hold even one false alarm (Holm 1979).
    Indicators of outages are not among them, because single long ones rule them.
    """
    if "changed" not in context.kept:
        rows = [
            row
            for _, row in context.values(headline(context.scope)).iterrows()
            if table_of(context, row["indicator"]) not in SKEWED
        ]
        judged = [Change(row, process(context, row)) for row in rows]
        tested = sorted((one for one in judged if one.process.periods), key=lambda one: one.process.chance)
        kept = []
        for place, one in enumerate(tested):
            if one.process.chance > ALPHA / (len(tested) - place):
                break
            kept.append(one)
        context.kept["changed"] = [one for one in kept if one.process.signal]
    return list(context.kept["changed"])


def complete_periods(context: ReportContext, table: str | None) -> list[Period]:
    """The whole periods among the 24 before the reporting one, oldest first."""
    return [one for one in history(context.period, MOST + 1)[:-1] if complete(context, table, one)]


def complete(context: ReportContext, table: str | None, period: Period) -> bool:
    """Whether a period was over, the table's data reach back to its start, and no month of it is a thin edge."""
    zone = context.workspace.settings.organisation.zone
    first = _first_day(context, table)
    if first is None or period.bounds(zone)[1] > context.moment:
        return False
    return _begun(context, period, first) and not any(one.start < period.end and period.start < one.end for one in thin(context))


def thin(context: ReportContext) -> set[Period]:
    """The months at which the extraction thins out."""
    if "thin" not in context.kept:
        context.kept["thin"] = {edge.period for edge in thin_edges(context)}
    found: set[Period] = context.kept["thin"]
    return found


def exposure(context: ReportContext, indicator: Indicator) -> str | None:
    """Which days a count of a period depends on: "working" or "calendar"; None for what is no count.

    Volumes come in working days, where all services of the report run around the clock in calendar days; so do unwanted events
    (major incidents, failed changes).
    """
    if indicator.kind != "count":
        return None
    settings = context.workspace.settings
    around = {one.id for one in settings.calendars if one.hours.strip().lower() == "7x24"}
    if indicator.better != "none" or settings.calendars[0].id in around:
        return "calendar"
    calendars = {one.service: one.calendar for one in settings.services}
    served = [calendars.get(name) for name in context.workspace.services]
    return "calendar" if served and all(one in around for one in served) else "working"


def per_day(context: ReportContext, indicator: Indicator) -> str | None:
    """By which days a volume is divided where it is told; None for unwanted events, which are told one by one, and all others."""
    return exposure(context, indicator) if indicator.better == "none" else None


def days(context: ReportContext, period: Period, basis: str) -> int:
    """Working or calendar days of a period."""
    return context.working_days(period) if basis == "working" else period.days


def course(context: ReportContext, indicator: str, by: str | None = None) -> pd.DataFrame:
    """The value frame of the reporting period and the 24 before it; the headline indicators are asked for together."""
    frames: dict[str, pd.DataFrame] = context.kept.setdefault(("course", by), {})
    if indicator not in frames:
        ids = dict.fromkeys([indicator, *headline(context.scope)]) if by is None else [indicator]
        found = context.values([name for name in ids if name not in frames], by=by, history=MOST + 1)
        frames |= {str(name): part.reset_index(drop=True) for name, part in found.groupby("indicator")}
    return frames[indicator]


def member_course(context: ReportContext, row: pd.Series) -> pd.DataFrame:
    """The 25 periods of a row's indicator and member; a period in which nothing was known of it has no value."""
    by, member = _text(row["dimension"]), _text(row["member"])
    frame = course(context, row["indicator"], by)
    if by is not None:
        frame = frame[frame["member"].isna() if member is None else frame["member"] == member]
    labels = [one.label for one in history(context.period, MOST + 1)]
    return frame.set_index("period").reindex(labels).rename_axis("period").reset_index()


def charted(context: ReportContext, indicator: str) -> tuple[Kind, pd.DataFrame]:
    """For a control chart: the kind of limits, and period, value and n of the complete periods up to the reporting one.

    Counts are rates per day, as in `process`.
    """
    row = context.now([indicator])[indicator]
    kind, values = _course(context, context.workspace.catalogue[indicator], member_course(context, row))
    whole = [one.label for one in [*complete_periods(context, table_of(context, indicator)), context.period]]
    known = complete(context, table_of(context, indicator), context.period)
    kept = values["period"].isin(whole if known else whole[:-1])
    return kind, values[kept].reset_index(drop=True)


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def table_of(context: ReportContext, name: str) -> str | None:
    """The table that an indicator counts; of a ratio or difference that of its first part."""
    indicator = context.workspace.catalogue[name]
    tables = [context.workspace.catalogue[part].table for part in indicator.parts] or [indicator.table]
    return tables[0]


def _judged(context: ReportContext, row: pd.Series) -> Process:
    indicator = context.workspace.catalogue[row["indicator"]]
    if context.period.bounds(context.workspace.settings.organisation.zone)[1] > context.moment:
        return Process(None, "period_incomplete")
    if context.period in thin(context):
        return Process(None, "thin")
    values = member_course(context, row) if not row["provisional"] else at_same_age(context, row, MOST)
    if values is None:
        return Process(None, "provisional")
    kind, course = _course(context, indicator, values)
    periods = {one.label for one in complete_periods(context, table_of(context, row["indicator"]))}
    past = course[course["period"].isin(periods)]
    now = course.iloc[-1].copy()
    target = float(row["target"]) if row["target_kind"] == "agreed" else None
    if kind == "rate" and target is not None:
        target = target / float(now["n"]) if now["n"] > 0 else None
    floor, ceiling = (0.0 if indicator.unit != "points" else -100.0), (1.0 if indicator.unit == "%" else float("inf"))
    if indicator.kind == "difference":
        floor = float("-inf")
    return judge_process(past, now, target=target, better=indicator.better, kind=kind, floor=floor, ceiling=ceiling)


def _course(context: ReportContext, indicator: Indicator, values: pd.DataFrame) -> tuple[Kind, pd.DataFrame]:
    """The kind of limits, and period, value and n of the reporting period and the 24 before it, oldest first."""
    basis = exposure(context, indicator)
    if basis:
        counted = pd.Series(
            [days(context, one, basis) for one in history(context.period, MOST + 1)], index=values.index, dtype=float
        )
        rates = values["value"] / counted.where(counted > 0)
        return "rate", pd.DataFrame({"period": values["period"], "value": rates, "n": counted})
    kind: Kind = "individuals"
    if indicator.kind == "proportion":
        kind = "proportion"
    elif indicator.until:
        kind = "stock"
    elif indicator.kind == "computed" and indicator.table in SKEWED and indicator.id != "mtbf":
        kind = "skewed"
    return kind, pd.DataFrame({"period": values["period"], "value": values["value"], "n": values["denominator"]})


def _first_day(context: ReportContext, table: str | None) -> date | None:
    """The local day of a table's first row."""
    key = ("first day", table)
    if key not in context.kept:
        name = {"services": "outages"}.get(table or "incidents", table or "incidents")
        column = contract(name).month or STARTED[name]
        zone = context.workspace.settings.organisation.timezone
        found = context.query(f'SELECT min(("{column}" AT TIME ZONE $zone)::DATE) AS first FROM "{name}"', zone=zone)["first"].iloc[
            0
        ]
        context.kept[key] = None if pd.isna(found) else pd.Timestamp(found).date()
    day: date | None = context.kept[key]
    return day


def _begun(context: ReportContext, period: Period, first: date) -> bool:
    """Whether the data reach back to the period's first working days."""
    if first <= period.start:
        return True
    calendar = context.workspace.calendar(context.workspace.settings.calendars[0].id)
    return first < period.end and calendar.working_days(period.start, first) <= LATEST
