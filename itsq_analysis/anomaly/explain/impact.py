"""What came after one moment, such as the end of a change, against the forecast made of what lay before it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t as student

from itsq_analysis.anomaly.explain.days import WORKING, Holidays, Ints, day_grid, day_slots
from itsq_analysis.anomaly.explain.expectation import Array, expect, quantile, tail
from itsq_analysis.anomaly.explain.explanation import Impact
from itsq_analysis.errors import ForecastError

DAYS = 3
SHORTEST = 28  # days of history
BLOCKS = 5  # stretches before a moment, as long as the one after it, of which an interval can be made
HOURS_KNOWN = 40.0  # tickets whose hours weigh as much as an even spread over the day


def impact(moments: pd.Series, at: pd.Timestamp, *, until: pd.Timestamp, days: int = DAYS, holidays: Holidays = None) -> Impact:
    """Tickets after a moment against those to be expected.

    The rest of the moment's own day and `days` whole days after it are counted, up to `until` where the data end earlier. Expected
    is what the level, the week and the holidays of the days before the moment's day bring; of a part of a day the share of such
    days' tickets that came in those hours. A coincidence in time is not a proof.

    Args:
        moments: when tickets were opened (naive local time), of the service concerned; any order, also later ones.
        at: the moment.
        until: the data are known up to here.
        days: whole days after that of the moment.
        holidays: as for `itsq_analysis.detect`.

    Raises:
        ForecastError: fewer than four weeks of tickets before the moment, or the data end before it.

    >>> days = pd.date_range("2026-08-03", periods=60, freq="D")
    >>> steady = [day + pd.Timedelta(hours=hour) for day in days for hour in range(8, 18)]
    >>> wave = [pd.Timestamp("2026-09-22 09:00")] * 25
    >>> found = impact(pd.Series(steady + wave), pd.Timestamp("2026-09-21 20:00"), until=days[-1], days=3)
    >>> found.counted, round(found.expected), found.certain
    (55.0, 30, True)
    """
    at, until = pd.Timestamp(at), pd.Timestamp(until)
    _check(at, days, least=0)
    end = min(at.normalize() + pd.Timedelta(days=days + 1), until)
    known = moments[moments < end].dropna()
    first = known.min() if len(known) else at
    if (at - first).days < SHORTEST or until <= at:
        raise ForecastError(
            f"an impact needs {SHORTEST} days of tickets before the moment and data after it; found "
            f"{f'tickets from {first}' if len(known) else 'no ticket'} to {until} and the moment {at}; "
            "choose a later change, or load older tickets"
        )
    grid = day_grid(first.normalize() + pd.Timedelta(days=1), (end - pd.Timedelta(microseconds=1)).normalize())
    slots = day_slots(grid, holidays)
    counts = known.dt.normalize().value_counts().reindex(grid, fill_value=0).to_numpy(dtype=float)
    begin = int((at.normalize() - grid[0]).days)
    followed = expect(counts[:, None], slots, counts, begin)
    shares = _shares(known[known < at.normalize()], grid, slots, at, end)
    counted = float(((known >= at) & (known < end)).sum())
    mean = float((followed.mean[begin:, 0] * shares[begin:]).sum())
    spread = float(followed.spread(begin, len(grid) - begin)[0])
    chance = min(1.0, 2 * tail(counted, mean, spread, up=counted >= mean))
    return Impact(at, end, counted, mean, counted - quantile(0.975, mean, spread), counted - quantile(0.025, mean, spread), chance)


def _check(at: pd.Timestamp, days: int, least: int) -> None:
    """Refuse a moment that is none, and days that are not so many whole ones."""
    if pd.isna(at):
        raise ForecastError(f"an impact needs a moment; found {at}; give the time at which the change took effect")
    if isinstance(days, bool) or not isinstance(days, (int, np.integer)) or days < least:
        raise ForecastError(f"days must be a whole number, {least} or more; found {days!r}; give for example 3")


def _shares(before: pd.Series, grid: pd.DatetimeIndex, slots: Ints, at: pd.Timestamp, end: pd.Timestamp) -> Array:
    """Of every day, the share of its tickets that comes between the moment and the end: 1 of whole days."""
    shares = np.ones(len(grid))
    works = np.isin(slots, [*WORKING, 7, 9, 10, 11])
    place = grid.get_indexer(pd.DatetimeIndex(before.dt.normalize()).as_unit("us"))
    hours = (before - before.dt.normalize()).dt.total_seconds().to_numpy()[place >= 0] / 3600.0
    busy = works[place[place >= 0]]
    for day in {at.normalize(), end.normalize()}:
        at_day = int((day - grid[0]).days)
        low = _hour(at) if day == at.normalize() else 0.0
        high = _hour(end) if day == end.normalize() else 24.0
        if at_day >= len(grid) or (low, high) == (0.0, 24.0):
            continue
        alike = hours[busy == works[at_day]]
        inside = float(((alike >= low) & (alike < high)).sum())
        part = (inside + HOURS_KNOWN * (high - low) / 24.0) / (len(alike) + HOURS_KNOWN)
        shares[at_day] = part
    return shares


def _hour(moment: pd.Timestamp) -> float:
    return (moment - moment.normalize()).total_seconds() / 3600.0


def impact_on_values(frame: pd.DataFrame, at: pd.Timestamp, *, days: int = DAYS) -> Impact:
    """The mean of a metric after a moment against what such hours of the week had before.

    The means of as many steps, one after another, before the moment say what was to be expected: their mean, or, where that is
    surer (a disk that fills), the last of them and the mean of their changes. How far they lay from that makes the interval
    (Student's t): neighbouring values of a metric are alike, so a single value's spread would be far too narrow.

    Args:
        frame: ds (naive local time, at regular steps), y; missing values are left out.
        at: the moment.
        days: the steps of so many times 24 hours from the moment on; where the values end earlier, up to there, and the means
            before are of as many steps.

    Raises:
        ForecastError: values in fewer than five stretches of so many days before the moment, or none after it.

    >>> hours = pd.date_range("2026-08-01", periods=24 * 40, freq="h")
    >>> y = 50.0 + (hours.hour > 8) * 10 + (hours >= "2026-09-05") * 7
    >>> found = impact_on_values(pd.DataFrame({"ds": hours, "y": y}), pd.Timestamp("2026-09-05"))
    >>> round(found.excess, 2), found.certain
    (7.0, True)
    """
    at = pd.Timestamp(at)
    _check(at, days, least=1)
    known = frame.dropna(subset=["y"]).sort_values("ds", ignore_index=True)
    until = _end(known["ds"], at, days)
    before, after = known[known["ds"] < at], known[(known["ds"] >= at) & (known["ds"] < until)]
    length = (until - at) / pd.Timedelta(days=1)
    block = _blocks(before["ds"], at, length)
    before, block = before[block >= 0], block[block >= 0]
    if len(np.unique(block)) < BLOCKS or not len(after):
        raise ForecastError(
            f"an impact on a metric needs values in {BLOCKS} stretches of {length:.3g} days before the moment and some after it; "
            f"found {len(np.unique(block))} with values before and {len(after)} values after {at}; "
            "choose a later moment, or fewer days"
        )
    line = np.poly1d(np.polyfit(_days(before["ds"], at), before["y"], 1))  # a growth must not look like a course of the week
    course = (before["y"] - line(_days(before["ds"], at))).groupby(_slot(before["ds"])).mean()
    rest = before["y"] - _slot(before["ds"]).map(course)
    counted, expected = float(after["y"].mean()), float(_slot(after["ds"]).map(course).fillna(0.0).mean())
    moved, spread, freedom = _next(rest.groupby(block).mean().to_numpy(dtype=float)[::-1])
    expected, spread = expected + moved, max(spread, 1e-9 * max(abs(expected), 1e-9))
    reach = float(student.isf(0.025, freedom)) * spread
    difference = counted - expected
    chance = float(2 * student.sf(abs(difference) / spread, freedom))
    return Impact(at, until, counted, expected, float(difference - reach), float(difference + reach), chance)


def _end(ds: pd.Series, at: pd.Timestamp, days: int) -> pd.Timestamp:
    """So many days after the moment, or one step after the last value where that is earlier."""
    end = at + pd.Timedelta(days=days)
    if not len(ds) or ds.iloc[-1] < at:
        return end
    return min(end, ds.iloc[-1] + ds.diff().median()) if len(ds) > 1 else end


def _next(means: Array) -> tuple[float, float, int]:
    """What the mean after several, oldest first, is to be, how far it may lie from that, and from how many that is known."""
    count, changes = len(means), np.diff(means)
    around = float(means.std(ddof=1)) * np.sqrt(1 + 1 / count)
    onward = float(changes.std(ddof=1)) * np.sqrt(1 + 1 / (count - 1))
    if onward < around:
        return float(means[-1] + changes.mean()), onward, count - 2
    return float(means.mean()), around, count - 1


def _blocks(ds: pd.Series, at: pd.Timestamp, days: float) -> Ints:
    """In which stretch before a moment each value lies, 0 the last one; -1 in the oldest one where that is only a part."""
    stretch = np.ceil(-_days(ds, at) / days).astype("int64") - 1
    stretches, sizes = np.unique(stretch, return_counts=True)
    if len(sizes) and sizes[-1] < 0.9 * np.median(sizes):
        return np.where(stretch < stretches[-1], stretch, -1)
    return stretch


def _days(ds: pd.Series, at: pd.Timestamp) -> Array:
    """Days after a moment."""
    return np.asarray((ds - at).dt.total_seconds() / 86400.0)


def _slot(ds: pd.Series) -> pd.Series:
    """Hour of a working day or of a weekend's."""
    slots: pd.Series[int] = ds.dt.hour + 24 * (ds.dt.day_of_week >= 5).astype("int64")
    return slots
