"""When a limit is reached: a distribution, read from simulated paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.capacity.history import STEPS, Array, Ints
from itsq_analysis.errors import ForecastError

EARLIEST, LIKELY, LATEST = 0.1, 0.5, 0.9
KINDS = {
    "crossed": "the level is already beyond the limit",
    "resets": "{count} resets in the history (the last one on {last:%Y-%m-%d}): they are taken to go on",
    "reset": "a reset on {last:%Y-%m-%d}: the level since then counts; that another follows is given three chances in ten",
    "cleaning_overdue": "resets were a habit, but the present cycle is longer and higher than any: none is expected to follow",
    "step": "a step of {size:+.4g} on {last:%Y-%m-%d}: the level since then counts",
    "bursts": "{count} days of bursts, no part of the level",
    "missing": "{share:.0%} of the history is missing",
    "stale": "no value in the last {steps} steps before {as_of:%Y-%m-%d}",
    "short": "only {known} values: the growth is little known",
}


@dataclass(frozen=True)
class Note:
    """What a reader of a crossing must know; `kind` is one of KINDS, `str()` says it in English.

    >>> str(Note("missing", {"share": 0.25}))
    '25% of the history is missing'
    """

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:  # noqa: D105 - the class says what it gives
        return KINDS[self.kind].format(**self.values)


@dataclass(frozen=True)
class ThresholdForecast:
    """When one series reaches its limit.

    Attributes:
        unique_id: the series.
        limit: the limit today, in the metric's unit.
        direction: "above" or "below".
        last: the last known value; None if there is none.
        as_of: the last step of the history.
        horizon: steps that were looked ahead.
        freq: "D" or "h".
        steps: of each path, the steps after `as_of` until the limit is reached, ascending; horizon + 1 = not within the horizon.
        quantiles: median, lo-80, hi-80 of the use at each coming step (3 × horizon).
        limits: the limit at each coming step.
        notes: what a reader must know.
    """

    unique_id: str
    limit: float
    direction: str
    last: float | None
    as_of: pd.Timestamp
    horizon: int
    freq: str
    steps: Ints
    quantiles: Array
    limits: Array
    notes: tuple[Note, ...] = ()

    @property
    def earliest(self) -> date | None:
        """By then the limit is reached with a probability of 10 %; None = less than that within the horizon."""
        return self.date_at(EARLIEST)

    @property
    def likely(self) -> date | None:
        """By then with 50 %."""
        return self.date_at(LIKELY)

    @property
    def latest(self) -> date | None:
        """By then with 90 %."""
        return self.date_at(LATEST)

    @property
    def probability(self) -> float:
        """That the limit is reached within the horizon."""
        return self._within(self.horizon)

    def probability_by(self, days: int) -> float:
        """That the limit is reached within so many days after the history.

        Raises:
            ForecastError: more days than were looked ahead.
        """
        steps = days * (24 if self.freq == "h" else 1)
        if not 0 <= steps <= self.horizon:
            raise ForecastError(
                f"days must lie within the horizon of {self.horizon} steps; found {days!r}; "
                "ask time_to_threshold for a longer horizon"
            )
        return self._within(steps)

    def _within(self, steps: int) -> float:
        return float((self.steps <= steps).mean())

    def step_at(self, probability: float) -> int | None:
        """The first step by which the limit is reached with a probability of at least that; None = not within the horizon."""
        if not 0 < probability <= 1:
            raise ForecastError(f"probability must be above 0 and at most 1; found {probability!r}; write 0.1 for 10 %")
        place = int(np.ceil(probability * len(self.steps) - 1e-9)) - 1
        step = int(self.steps[max(place, 0)])
        return step if step <= self.horizon else None

    def date_at(self, probability: float) -> date | None:
        """The day of `step_at`."""
        step = self.step_at(probability)
        return None if step is None else (self.as_of + step * STEPS[self.freq]).date()

    def fan(self) -> pd.DataFrame:
        """The use to be expected: `ds, median, lo-80, hi-80, probability` (reached by then), `limit`."""
        counts = np.bincount(np.minimum(self.steps, self.horizon + 1), minlength=self.horizon + 2)
        return pd.DataFrame(
            {
                "ds": pd.date_range(self.as_of + STEPS[self.freq], periods=self.horizon, freq=self.freq),
                "median": self.quantiles[0],
                "lo-80": self.quantiles[1],
                "hi-80": self.quantiles[2],
                "probability": np.cumsum(counts[1:-1]) / len(self.steps),
                "limit": self.limits,
            }
        )


class ThresholdForecasts(Mapping[str, ThresholdForecast]):
    """The crossing of each series, by its `unique_id`."""

    def __init__(self, crossings: Mapping[str, ThresholdForecast]) -> None:
        self._crossings = dict(crossings)

    def __getitem__(self, name: str) -> ThresholdForecast:
        """The crossing of one series."""
        try:
            return self._crossings[name]
        except KeyError:
            known = ", ".join(sorted(self._crossings)) or "none"
            raise KeyError(f"no crossing of {name!r}; there are {known}") from None

    def __iter__(self) -> Iterator[str]:
        """The names of the series."""
        return iter(self._crossings)

    def __len__(self) -> int:
        """How many series."""
        return len(self._crossings)

    def table(self) -> pd.DataFrame:
        """One row a series: `unique_id, last, limit, earliest, likely, latest` (None = not within the horizon), `probability`."""
        rows = [
            (
                forecast.unique_id,
                forecast.last,
                forecast.limit,
                forecast.earliest,
                forecast.likely,
                forecast.latest,
                forecast.probability,
            )
            for forecast in self.values()
        ]
        frame = pd.DataFrame(rows, columns=["unique_id", "last", "limit", "earliest", "likely", "latest", "probability"])
        dates = ["earliest", "likely", "latest"]
        return frame.astype(dict.fromkeys(dates, "object")).where(frame.notna(), None)


def risk(crossings: Mapping[str, ThresholdForecast], days: tuple[int, ...] = (30, 90, 180, 365)) -> pd.DataFrame:
    """The probability that each series reaches its limit within some numbers of days: `unique_id` and one column each."""
    rows = [(name, *(forecast.probability_by(number) for number in days)) for name, forecast in crossings.items()]
    return pd.DataFrame(rows, columns=["unique_id", *days])
