"""The days of an event that its excess lies in: alarms begin late and end late, excesses do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from itsq_analysis.anomaly.explain.days import Holidays, day_grid, day_slots
from itsq_analysis.anomaly.explain.expectation import Expected, Window, expect, quantile
from itsq_analysis.anomaly.explain.explanation import Excess

EARLIER = 2  # days before the alarm that an excess may have begun
LONGEST = 14  # days
SHORTEST = 28  # days of history


def narrow(
    frame: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, peak: pd.Timestamp, *, up: bool, holidays: Holidays = None
) -> Excess | None:
    """The days around an event's peak that differ most from expectation.

    Args:
        frame: one series: ds (naive days, without gaps), y (counts).
        start, end, peak: of the event (`to_events`).
        up: whether it is an excess or a lack.
        holidays: as for `itsq_analysis.detect`.

    Returns:
        The excess, at most 14 days; None with fewer than four weeks before the first day looked at.

    >>> days = pd.date_range("2026-08-03", periods=70, freq="D")
    >>> frame = pd.DataFrame({"ds": days, "y": [10.0] * 63 + [10, 40, 45, 10, 10, 10, 10]})
    >>> found = narrow(frame, days[63], days[69], days[65], up=True)
    >>> (found.start == days[64], found.end == days[65], found.counted, round(found.expected))
    (True, True, 85.0, 20)
    """
    days = day_grid(pd.Timestamp(frame["ds"].min()), pd.Timestamp(frame["ds"].max()))
    y = frame.set_index("ds")["y"].reindex(days, fill_value=0).to_numpy(dtype=float)
    at = days.get_indexer(pd.DatetimeIndex([start, end, peak]).normalize().as_unit("us"))
    first, top = int(max(at[0] - EARLIER, at[2] - LONGEST + 1)), int(at[2])
    last = int(min(at[1], first + LONGEST - 1))
    if first < SHORTEST or (at < 0).any():
        return None
    followed = expect(y[:, None], day_slots(days, holidays), y, first)
    best: tuple[float, int, int, Window] | None = None
    for begin in range(first, top + 1):
        for finish in range(top, max(last, top) + 1):
            window = followed.window(begin, finish)
            merit = float(window.gain(up)[0])
            if best is None or merit > best[0] + 1e-9:
                best = (merit, begin, finish, window)
    return None if best is None else _excess(days, followed, *best[1:], up=up)


def _excess(days: pd.DatetimeIndex, followed: Expected, begin: int, finish: int, window: Window, *, up: bool) -> Excess:
    counted, mean, spread = (float(part[0]) for part in (window.counted, window.mean, window.spread))
    chance = float(np.clip(window.chance(up)[0], 0.0, 1.0))
    ends = counted - quantile(0.975, mean, spread), counted - quantile(0.025, mean, spread)
    by_day = (followed.counts - followed.mean)[begin : finish + 1, 0]
    return Excess(days[begin], days[finish], counted, mean, *ends, chance, tuple(by_day.tolist()))
