"""Histories: many series as one array, each beginning in the first column and holding its known values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from itsq_analysis.forecasting.frame import Layout
from itsq_analysis.forecasting.panel import Panel
from itsq_analysis.forecasting.steps import DAY, WEEK

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
FEWEST = 20.0  # steps that the budget of a month is for, where thirty days are fewer


@dataclass(frozen=True)
class Histories:
    """Series side by side, left-aligned: what comes later can never move what came before.

    Attributes:
        ids: names of the series.
        y: series × known value; NaN after a series' last one.
        number: place of each value on the full grid of the step; meaningless where y is NaN.
        minutes: the step; 0 for whole numbers and for steps of months.
        seasons: season lengths in steps, shortest first; at most a day and a week.

    >>> Histories(np.array(["a"]), np.array([[1.0, 2.0]]), np.array([[7, 9]]), 1440, (7,)).length
    2
    """

    ids: npt.NDArray[Any]
    y: Array
    number: Ints
    minutes: int
    seasons: tuple[int, ...]
    _made: dict[str, Array] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def n(self) -> int:
        """Number of series."""
        return int(self.y.shape[0])

    @property
    def length(self) -> int:
        """Most known values of a series."""
        return int(self.y.shape[1])

    @property
    def counts(self) -> Ints:
        """Known values of each series."""
        return np.asarray((~np.isnan(self.y)).sum(axis=1))

    @property
    def per_month(self) -> float:
        """Steps in thirty days, at least 20: a budget of an alarm a month would flag every value of a monthly series."""
        return max(30 * DAY / self.minutes, FEWEST) if self.minutes else FEWEST

    def once(self, name: str, make: Callable[[], Array]) -> Array:
        """What several detectors need, made when it is first asked for."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def rows(self, chosen: Any) -> Histories:
        """Some of the series, without columns that none of them needs."""
        width = int(self.counts[chosen].max(initial=0))
        return Histories(self.ids[chosen], self.y[chosen, :width], self.number[chosen, :width], self.minutes, self.seasons)

    def until(self, end: int) -> Histories:
        """The first values of every series."""
        return Histories(self.ids, self.y[:, :end], self.number[:, :end], self.minutes, self.seasons)


def histories(layout: Layout) -> Histories:
    """The known values of every series of a checked frame, sorted by name."""
    ids = np.concatenate([panel.ids for panel in layout.panels])
    order = np.argsort(ids, kind="stable")
    values = [row for panel in layout.panels for row in _known(panel)]
    width = max((len(y_known) for y_known, _ in values), default=0)
    y = np.full((len(ids), width), np.nan)
    number = np.zeros((len(ids), width), dtype="int64")
    for place, source in enumerate(order):
        y_known, at = values[source]
        y[place, : len(y_known)] = y_known
        number[place, : len(y_known)] = at
    seasons = tuple(sorted({season for panel in layout.panels for season in panel.seasons}))
    minutes = 0 if layout.numbered else layout.step.minutes
    if minutes and any(panel.grid.open for panel in layout.panels):
        seasons = tuple(size // minutes for size in (DAY, WEEK) if size > minutes and size % minutes == 0)
    return Histories(ids[order], y, number, minutes, seasons)


def _known(panel: Panel) -> list[tuple[Array, Ints]]:
    """Known values of each series and their places on the full grid."""
    places = panel.past()
    return [(row[known], panel.grid.number(place[known])) for row, place, known in zip(panel.y, places, panel.known, strict=True)]
