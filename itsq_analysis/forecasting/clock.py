"""Local times that the clock skips: in spring 02:00 to 03:00 is no time, and no step of a series."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from itsq_analysis.forecasting.panel import Bools, Ints, Panel

if TYPE_CHECKING:
    from itsq_analysis.forecasting.frame import Layout

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


def localized(stamps: pd.DatetimeIndex, zone: tzinfo) -> pd.DatetimeIndex:
    """Aware times: of the hour that the clock repeats the first, of one that it skips what comes after."""
    return stamps.tz_localize(zone, ambiguous=np.ones(len(stamps), dtype=bool), nonexistent="shift_forward")
