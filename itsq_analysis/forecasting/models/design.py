"""The columns of the calendar regression: made once, shared by fits of every length and origin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itsq_analysis.forecasting.panel import Array, Panel
from itsq_analysis.forecasting.steps import DAY, WEEK

FLATTENS = 0.3  # of the history's length: so far ahead the trend goes on
HALF_LIFE = 1.5  # years


@dataclass(frozen=True)
class Basis:
    """Columns by a clock whose 0 is the last known step: constant, clock, slots of the season, waves of the year.

    A fit's own columns are these times its `turn`: the trend is a share of its length; slots and waves may be those of a clock that
    ends later, so that fits of several origins mean the same by them.
    """

    season: int
    waves: int
    per_year: float

    @property
    def width(self) -> int:
        """Number of columns."""
        return 2 + (self.season if self.season > 1 else 0) + 2 * self.waves

    def columns(self, first: int, last: int) -> Array:
        """Rows from one time of the clock to another, time × columns."""
        clock = np.arange(first, last + 1)
        columns = [np.ones(len(clock)), clock.astype(float)]
        # One column a slot, kept apart from the constant by their ridge: the same whichever slot comes first.
        columns += [(clock % self.season == slot).astype(float) for slot in range(self.season)] if self.season > 1 else []
        angle = 2 * np.pi * clock / max(self.per_year, 1.0)
        for wave in range(1, self.waves + 1):
            columns += [np.sin(wave * angle), np.cos(wave * angle)]
        return np.stack(columns, axis=1)

    def turn(self, length: int, offset: int = 0) -> Array:
        """Columns × own columns of a fit of so many steps, whose slots and waves are those of a clock that ends `offset` later."""
        turn = np.zeros((self.width, self.width))
        turn[0, 0], turn[1, 1] = 1.0, 1.0 / max(length, 1)
        slots = self.season if self.season > 1 else 0
        for slot in range(slots):
            turn[2 + (slot + offset) % self.season, 2 + slot] = 1.0
        for wave in range(1, self.waves + 1):
            angle = 2 * np.pi * wave * offset / max(self.per_year, 1.0)
            at = slots + 2 * wave
            turn[at : at + 2, at : at + 2] = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
        return turn

    def forget(self, length: int) -> Array:
        """The weight of each of so many steps, the last one 1."""
        return np.asarray(
            0.5 ** (np.arange(length - 1, -1, -1) / (HALF_LIFE * self.per_year)) if self.per_year else np.ones(length)
        )


def told_by(columns: Array, clock: Array, coefficients: Array, lengths: Array) -> Array:
    """What coefficients of a basis tell, series × time; ahead the trend flattens by each series' length."""
    flatter = np.minimum(clock, FLATTENS * lengths[:, None]) - clock
    return np.asarray(coefficients @ columns.T + coefficients[:, 1:2] * flatter)


def season_of(panel: Panel, length: int) -> int:
    """The season that has a column a slot: the shortest of which so long a history has two; 1 for none."""
    return min((season for season in panel.seasons if 1 < season <= 12 and length >= 2 * season), default=1)


def steps_per_year(panel: Panel) -> float:
    """Steps in a year; 0 where a step is shorter than a day or the grid is not one of time."""
    step = panel.grid.step
    if step.months:
        return 12 / step.months
    if step.minutes < DAY:
        return 0.0
    share = len(panel.grid.open) / 7 if panel.grid.open and step.minutes < WEEK else 1.0
    return 365.25 * DAY / step.minutes * share


class Products:
    """Products of a design's columns, for information matrices under many weights."""

    def __init__(self, design: Array) -> None:
        self.first, self.second = np.triu_indices(design.shape[1])
        self.width = design.shape[1]
        self.products = design[:, self.first] * design[:, self.second]

    def weighted(self, weights: Array) -> Array:
        """Sums over time, series × columns × columns; weights: series × time."""
        flat = weights @ self.products
        matrix = np.empty((len(weights), self.width, self.width))
        matrix[:, self.first, self.second] = flat
        matrix[:, self.second, self.first] = flat
        return matrix
