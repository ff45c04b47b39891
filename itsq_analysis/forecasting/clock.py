"""Local times that the clock skips: in spring 02:00 to 03:00 is no time, and no step of a series."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from itsq_analysis.forecasting.panel import Bools, Ints, Panel

if TYPE_CHECKING:
    from itsq_analysis.forecasting.frame import Layout

FARTHEST = pd.Timedelta(hours=15)  # of a local clock from UTC
FEW = 0.5  # of the rows, at most, can be days without a midnight


def skipped(layout: Layout, panel: Panel, places: Ints) -> Bools:
    """Which places the clock of the frame's zone skips: all of their step is missing. Shape as `places`.

    A day whose midnight is skipped is still a day.
    """
    minutes = panel.grid.step.minutes
    if layout.zone is None or not minutes:
        return np.zeros(np.shape(places), dtype=bool)
    stamps = pd.DatetimeIndex(panel.grid.dates(places).ravel()).as_unit("us")
    there = localized(stamps, layout.zone).tz_localize(None)
    return np.asarray(there >= stamps + pd.Timedelta(minutes=minutes)).reshape(np.shape(places))


def with_skipped(layout: Layout, horizon: int) -> int:
    """Places ahead that hold `horizon` steps which are not skipped, for every series."""
    ahead = horizon
    while layout.zone is not None:
        fewest = min(int((~skipped(layout, panel, panel.future(ahead))).sum(axis=1).min()) for panel in layout.panels)
        if fewest >= horizon:
            break
        ahead += horizon - fewest
    return ahead


def real(layout: Layout, panel: Panel, horizon: int) -> Bools:
    """Which of the places that `with_skipped` counts are the next `horizon` steps, series × place."""
    there = ~skipped(layout, panel, panel.future(with_skipped(layout, horizon)))
    return np.asarray(there & (there.cumsum(axis=1) <= horizon))


def from_midnight(stamps: pd.DatetimeIndex, zone: tzinfo) -> pd.DatetimeIndex:
    """Naive local times of whole days, where a day that begins after a skipped midnight begins at midnight as the others do.

    Where other times of day are there too, nothing is moved.
    """
    days = stamps.normalize()
    later = np.asarray(stamps != days)
    if not later.any() or later.mean() > FEW:
        return stamps
    begins = localized(days[later].unique(), zone).tz_localize(None)
    return days if stamps[later].isin(begins).all() else stamps


def begins_at_a_change(stamps: pd.DatetimeIndex, steps: pd.DatetimeIndex, zone: tzinfo) -> Bools:
    """Which naive local times inside a step are where the clock was changed by a part of it (Lord Howe's hours, by 30 minutes).

    Args:
        stamps: naive local times.
        steps: the start of the step that each lies in.
        zone: of the frame.
    """
    after_skipped = np.asarray(localized(steps, zone).tz_localize(None) == stamps)
    ambiguous, before = (
        np.asarray(moments.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward").isna())
        for moments in (stamps, stamps - pd.Timedelta(minutes=1))
    )
    return np.asarray(after_skipped | (ambiguous & ~before))


def localized(stamps: pd.DatetimeIndex, zone: tzinfo) -> pd.DatetimeIndex:
    """Aware times: of the hour that the clock repeats the first, of one that it skips what comes after."""
    aware = stamps.tz_localize(zone, ambiguous=np.ones(len(stamps), dtype=bool), nonexistent="NaT")
    missing = stamps[np.asarray(aware.isna()) & np.asarray(stamps.notna())].unique()
    # pandas' "shift_forward" goes an hour ahead where only half an hour is skipped
    following = {stamp: _next(stamp, zone) for stamp in missing}
    return aware if not following else pd.DatetimeIndex(aware.where(aware.notna(), stamps.map(following)))


def _next(skipped: pd.Timestamp, zone: tzinfo) -> pd.Timestamp:
    """The first moment that the clock shows after a local time that it skips."""
    moments = pd.date_range(skipped - FARTHEST, skipped + FARTHEST, freq="min", tz="UTC").tz_convert(zone)
    return moments[int((moments.tz_localize(None) > skipped).argmax())]
