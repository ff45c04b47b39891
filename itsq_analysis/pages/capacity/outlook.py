"""When each measured resource reaches its limit, and by when more must be ordered: worked out once for a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

from itsq_analysis.capacity import Change, Crossing, OrderBy, order_by, time_to_threshold
from itsq_analysis.capacity.threshold import FEWEST
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.capacity.estate import Resource, last_whole_day, options, planned_events, resources

YEAR = 365
SILENT = 28  # days without a value after which a resource counts as not heard from
RISKS = (0.1, 0.5)
LATELY = 90  # days
DAYS_IN_A_ROW = 2  # of what is used at once: a single full day is no lack of capacity


@dataclass(frozen=True)
class Outlook:
    """What is known of one resource's use, and expected.

    Attributes:
        daily: `ds, y` of its whole days, used, in the metric's unit: the day's highest value of what fills up, else its busy hour.
        crossing: when the critical line is reached, planned changes included.
        safe, even: the last day to order with a risk of being late of 10 % and of 50 %.
        changes: planned changes that the forecast reckons with.
    """

    resource: Resource
    daily: pd.DataFrame
    crossing: Crossing
    safe: OrderBy
    even: OrderBy
    changes: tuple[Change, ...]

    @property
    def share(self) -> float:
        """The last known value as a share of the whole."""
        return float("nan") if self.crossing.last is None else self.crossing.last / self.resource.whole

    @property
    def expected(self) -> bool:
        """Whether the limit is reached already, or more likely than not within 12 months."""
        return self.crossed or self.crossing.likely is not None

    @property
    def crossed(self) -> bool:
        """Whether it is beyond its limit: on the last known day, and of what is used at once on the last two."""
        newest = self.daily["y"].tail(1 if self.resource.fills else DAYS_IN_A_ROW)
        return bool((newest >= self.resource.limit).all())

    @property
    def days_beyond(self) -> int:
        """Days beyond the limit, of the last known 90."""
        return int((self.daily["y"].tail(LATELY) >= self.resource.limit).sum())

    @property
    def recurring(self) -> bool:
        """Whether it has been beyond its limit of late and was reset each time, as with a leak and restarts."""
        return any(note.kind == "resets" for note in self.crossing.notes) and 0 < self.days_beyond < LATELY

    def ahead(self) -> pd.DataFrame:
        """`ds, median, lower, upper` of each coming day: shares of its capacity then, extensions on their way included."""
        fan = self.crossing.fan()
        whole = fan["limit"] / self.resource.critical
        columns = {"median": "median", "lower": "lo-80", "upper": "hi-80"}
        return pd.DataFrame({"ds": fan["ds"]} | {name: fan[column] / whole for name, column in columns.items()})


@dataclass(frozen=True)
class Unmeasured:
    """A resource of which nothing can be said, and why: "no_metric", "no_values", "silent" or "short"."""

    resource: Resource
    reason: str
    last: date | None = None


def outlooks(context: ReportContext) -> list[Outlook]:
    """The resources that are measured, the one to be ordered first at the head; behind them what is reset again and again."""
    return list(_worked_out(context)[0])


def unmeasured(context: ReportContext) -> list[Unmeasured]:
    """Resources that ought to be measured or to have an end, and are not: named in the report, never counted as fine."""
    return list(_worked_out(context)[1])


def outlook_of(context: ReportContext, key: str) -> Outlook | None:
    """The outlook of one resource; None where it is not measured."""
    return next((one for one in _worked_out(context)[0] if one.resource.key == key), None)


def daily_values(context: ReportContext, end: date) -> dict[str, pd.DataFrame]:
    """Resource -> `ds, y`: what was used on each whole day up to `end`, in the metric's unit."""
    if "capacity daily" not in context.kept:
        found: dict[str, pd.DataFrame] = {}
        register = {one.key: one for one in resources(context) if not one.energy}
        for how in ("max", "p95"):
            wanted = {key: one for key, one in register.items() if one.fills == (how == "max")}
            found |= _used(context, wanted, "D", how)
        context.kept["capacity daily"] = found
    kept: dict[str, pd.DataFrame] = context.kept["capacity daily"]
    last = pd.Timestamp(end)
    return {key: rows for key, frame in kept.items() if not (rows := frame[frame["ds"] <= last]).empty}


def hourly_values(context: ReportContext, days: int) -> dict[str, pd.DataFrame]:
    """Resource -> `ds, y`: the mean of each hour of the last days, used, in the metric's unit."""
    if "capacity hourly" not in context.kept:
        register = {one.key: one for one in resources(context) if not one.energy}
        context.kept["capacity hourly"] = _used(context, register, "h", "mean")
    kept: dict[str, pd.DataFrame] = context.kept["capacity hourly"]
    first = pd.Timestamp(last_whole_day(context) - timedelta(days=days - 1))
    stop = pd.Timestamp(last_whole_day(context) + timedelta(days=1))
    cut = {}
    for key, frame in kept.items():
        local = frame["ds"].dt.tz_localize(None) if frame["ds"].dt.tz is not None else frame["ds"]
        rows = frame[(local >= first) & (local < stop)]
        if not rows.empty:
            cut[key] = rows
    return cut


def _used(
    context: ReportContext, wanted: Mapping[str, Resource], freq: Literal["D", "h"], how: Literal["max", "p95", "mean"]
) -> dict[str, pd.DataFrame]:
    """By resource what was used in each step that is over; a step without a value has no row."""
    if not wanted:
        return {}
    frame = context.workspace.metric_series(list(wanted), freq=freq, how=how, as_of=context.moment)
    groups = frame[frame["y"].notna()].groupby("unique_id", sort=True)
    return {str(key): rows[["ds", "y"]].reset_index(drop=True) for key, rows in groups if str(key) in wanted}


def _worked_out(context: ReportContext) -> tuple[list[Outlook], list[Unmeasured]]:
    if "outlooks" not in context.kept:
        context.kept["outlooks"] = _work_out(context)
    kept: tuple[list[Outlook], list[Unmeasured]] = context.kept["outlooks"]
    return kept


def _work_out(context: ReportContext) -> tuple[list[Outlook], list[Unmeasured]]:
    last = last_whole_day(context)
    daily = daily_values(context, last)
    silent, chosen = [], []
    for one in resources(context):
        reason = _unusable(one, daily.get(one.key), last)
        if reason is None:
            chosen.append(one)
        elif not one.energy and (one.metric or not (one.ends or one.in_use is not None)):
            days = daily.get(one.key)
            silent.append(Unmeasured(one, reason, None if days is None else days["ds"].max().date()))
    changes = planned_changes(context)
    crossings = forecasts(context, chosen, daily, changes, last)
    found = []
    for one in chosen:
        safe, even = order_by(crossings[one.key], one.lead_days, RISKS)
        found.append(Outlook(one, daily[one.key], crossings[one.key], safe, even, changes[one.key]))
    return sorted(found, key=_urgency), silent


def _unusable(one: Resource, days: pd.DataFrame | None, last: date) -> str | None:
    """Why no forecast can be made; None where one can."""
    if days is None:
        return "no_values" if one.metric else "no_metric"
    if (last - days["ds"].max().date()).days > SILENT:
        return "silent"
    return "short" if len(days) < FEWEST else None


def _urgency(one: Outlook) -> tuple[bool, date, date, float, str]:
    """What has come back again and again stands behind what is new; then by the day to order."""
    never = date.max
    return (one.recurring, one.safe.by or never, one.crossing.likely or never, -one.crossing.probability, one.resource.name)


def forecasts(
    context: ReportContext,
    chosen: list[Resource],
    daily: Mapping[str, pd.DataFrame],
    changes: Mapping[str, tuple[Change, ...]],
    last: date,
    horizon: int = YEAR,
) -> dict[str, Crossing]:
    """When each of the resources reaches its limit, as known at the end of the day `last`."""
    found: dict[str, Crossing] = {}
    for fills in (True, False):
        part = [one for one in chosen if one.fills == fills]
        if part:
            crossings = time_to_threshold(
                long_frame(daily, part, last),
                {one.key: one.limit for one in part},
                horizon=horizon,
                changes={one.key: changes.get(one.key, ()) for one in part},
                holidays=context.workspace.special_days,
                as_of=last,
                **manner(part[0]),
            )
            found |= {key: crossings[key] for key in crossings}
    return found


def manner(one: Resource) -> dict[str, Any]:
    """How such a resource is forecast: what fills up grows with demand, what is used at once follows it."""
    return {"demand": "growth"} if one.fills else {"demand": "level", "in_a_row": DAYS_IN_A_ROW}


def long_frame(daily: Mapping[str, pd.DataFrame], part: list[Resource], last: date) -> pd.DataFrame:
    """The daily values of some resources as one long frame, up to the end of the day `last`."""
    frames = [daily[one.key].assign(unique_id=one.key) for one in part]
    frame = pd.concat(frames, ignore_index=True)[["unique_id", "ds", "y"]]
    return frame[frame["ds"] <= pd.Timestamp(last)]


def planned_changes(context: ReportContext) -> dict[str, tuple[Change, ...]]:
    """Resource -> what is planned: events of its service, and options that were chosen and are not done yet."""
    last = last_whole_day(context)
    events = planned_events(context)
    events = events[events["growth"].notna()]
    chosen = options(context, decided=True)
    chosen = chosen[(chosen["outcome"] == "chosen") & chosen["size"].notna()]
    found = {}
    for one in resources(context):
        mine = events[events["service"].isna() | (events["service"] == one.service)]
        planned = [change for row in mine.to_dict("records") if (change := _event(row, last)) is not None]
        bought = _bought(one, chosen[chosen["resource"] == one.key], last)
        found[one.key] = (*planned, *bought)
    return found


def _event(row: Mapping[Any, Any], last: date) -> Change | None:
    """A planned event: more demand while it lasts; of one that has begun, only its end is still to come."""
    growth, name = float(row["growth"]), str(row["event"] if pd.notna(row["event"]) else row["driver"])
    on, until = pd.Timestamp(row["date"]).date(), None if pd.isna(row["until"]) else pd.Timestamp(row["until"]).date()
    if on > last:
        return Change(on, growth=growth, name=name, until=until)
    if until is None or until < last or growth <= -1:
        return None
    return Change(until + timedelta(days=1), growth=1 / (1 + growth) - 1, name=name)


def _bought(one: Resource, chosen: pd.DataFrame, last: date) -> list[Change]:
    """The options that were chosen and are not done yet, each on the day on which it was promised; extensions add up.

    An option whose promised day has passed is no longer reckoned with.
    """
    lead = pd.to_timedelta(chosen["lead_time_days"].fillna(one.lead_days).astype(float), unit="D")
    chosen = chosen.assign(on=pd.to_datetime(chosen["decided_on"]) + lead).sort_values("on", kind="stable")
    limit, found = one.limit, []
    for row in chosen[chosen["done_on"].isna() & (chosen["on"] > pd.Timestamp(last))].to_dict("records"):
        on, size, name = row["on"].date(), float(row["size"]), str(row["title"])
        if row["option"] == "extend":
            limit += one.critical * size
            found.append(Change(on, limit=limit, name=name))
        else:
            found.append(Change(on, add=-size, name=name))
    return found
