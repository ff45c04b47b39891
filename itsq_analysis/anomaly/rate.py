"""The alarm rate: how often a series that is well would raise an alarm as strong as this one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from itsq_analysis.anomaly.windows import Array, largest_before

STEPS = np.geomspace(0.4, 1.0, 21)  # excesses at which earlier rows are counted
LEVELS = np.geomspace(1.0, 1e4, 17)  # excesses at which earlier alarms are counted
SEEN = 1000  # rows among which they are counted, the newest: before that many, everything is a record
TAIL_ROWS = 200.0  # rows of a series' own past that weigh as much as what the tail of alarms says below its beginning
WIDEST = 0.7  # logarithm of the largest excess that a past alarm counts with: one disaster does not excuse the next


@dataclass(frozen=True)
class Prior:
    """What is believed of a series before it has shown anything.

    Attributes:
        rest: rows of one event.
        rate: alarms per row that reach an excess of 1.
        rate_rows: rows of a series' own past that weigh as much as that.
        shape: of the tail beyond, P(alarm > u) = u ** -shape.
        shape_alarms: own alarms that weigh as much as that.
        untried: rows in which new records are still common.
        bend: how much faster than that a light tail falls: the shape is raised by bend × shape².
        margin: alarms that were counted on simulated series ÷ those expected.
    """

    rest: int
    rate: float
    rate_rows: float
    shape: float
    shape_alarms: float
    untried: float = 0.0
    bend: float = 0.0
    margin: float = 1.0


METRIC = Prior(rest=100, rate=0.003, rate_rows=3000, shape=12, shape_alarms=10, untried=1000, bend=0.03, margin=0.6)  # simulated
DAILY = Prior(rest=3, rate=0.027, rate_rows=50, shape=0.6, shape_alarms=10, margin=0.7)


@dataclass(frozen=True)
class Rate:
    """Expected alarms of a series that is well: `frequency` per row at an excess of 1, falling as excess ** -`shape`."""

    frequency: Array
    shape: Array

    def log_of(self, excess: Array) -> Array:
        """Natural logarithm of the expected number of alarms per row that are at least as strong."""
        return np.asarray(np.log(self.frequency) - self.shape * np.log(np.maximum(excess, 1e-9)))

    def excess_at(self, per_row: float) -> Array:
        """The excess that is reached so many times per row."""
        return np.asarray(np.exp((np.log(self.frequency) - np.log(per_row)) / self.shape))


def learn(excess: Array, prior: Prior) -> Rate:
    """The rate at each row, from the series' own earlier alarms and the prior (gamma and Pareto conjugates).

    A series that often bursts is given a longer leash; what it showed at this row or later is not used.

    Args:
        excess: series × row.
        prior: see there.

    >>> calm = np.zeros((1, 4000)); calm[0, 3500] = 2.0
    >>> float(learn(calm, METRIC).log_of(calm)[0, 3500].round(2))  # about one row in a hundred million
    -18.41
    """
    before = np.maximum(largest_before(excess, prior.rest), 1.0)  # an event counts once, with its largest row
    record = excess > before
    grown = np.minimum(np.log(np.maximum(excess, 1.0)), WIDEST) - np.minimum(np.log(before), WIDEST)
    tail = _earlier(np.where(record, grown, 0.0))
    count = _earlier((record & (before <= 1.0)).astype(float))
    rows = np.arange(excess.shape[1], dtype=float)[None, :]
    new = np.maximum(1.0, prior.untried / np.maximum(rows, 1.0))
    frequency = (count + prior.rate * prior.rate_rows) / (rows + prior.rate_rows) * new * prior.margin
    shape = (count + prior.shape_alarms) / (tail + prior.shape_alarms / prior.shape)
    return Rate(frequency, shape * (1.0 + prior.bend * shape))


def repeated(excess: Array, log_rate: Array, rest: int) -> Array:
    """Log of the rates, of alarms not less than the series has itself shown: what came every fortnight is not rare.

    >>> fortnight = np.tile([0.0] * 13 + [9.0], (1, 30))
    >>> float(np.exp(repeated(fortnight, np.full(fortnight.shape, -9.0), 3))[0, -1].round(2))  # 29 in 419 days before, one excused
    0.07
    """
    result = log_rate.copy()
    before = largest_before(excess, rest)
    rows = np.arange(excess.shape[1], dtype=float)[None, :]
    for step, above in pairwise([*LEVELS[excess.max(initial=0.0) >= LEVELS].tolist(), np.inf]):
        reached = _earlier(((excess >= step) & (before < step)).astype(float))
        here = (excess >= step) & (excess < above) & (reached > 1)
        shown = np.log(np.maximum(reached - 1, 1e-9) / np.maximum(rows, 1.0))
        result[here] = np.maximum(result, shown)[here]
    return result


def ordinary(rate: Rate, excess: Array) -> Array:
    """Log of the rates of values, those below an excess of 1 by how often the series itself has lately reached as much.

    The tail of alarms says nothing of what lies below its beginning: what comes every weekend is common, whatever the tail says.

    >>> every_tenth = np.tile([0.0] * 9 + [0.9], (1, 100))
    >>> tail = Rate(np.full(every_tenth.shape, 0.002), np.full(every_tenth.shape, 12.0))
    >>> [float(np.exp(one)[0, 999].round(3)) for one in (tail.log_of(every_tenth), ordinary(tail, every_tenth))]
    [0.007, 0.084]
    """
    by_tail = rate.log_of(excess)
    rows = np.minimum(np.arange(excess.shape[1], dtype=float), SEEN)[None, :]
    result = by_tail.copy()
    for step, above in pairwise(STEPS.tolist()):
        total = _earlier((excess >= step).astype(float))
        reached = total.copy()
        reached[:, SEEN:] -= total[:, :-SEEN]
        here = (excess >= step) & (excess < above)
        seen = np.log((reached + TAIL_ROWS * np.exp(by_tail)) / (rows + TAIL_ROWS))
        result[here] = np.maximum(seen, np.log(rate.frequency))[here]
    return result


def score(log_rates: Array, per_month: float) -> Array:
    """Rates per row as scores in 0–1: 0.5 is once in a month, 0.9 once in nine, 0.1 nine times in one.

    >>> score(np.log(np.array([[1 / 8640, 1 / 86400]])), 8640.0).round(3)
    array([[0.5  , 0.909]])
    """
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(log_rates, -40, 20)) * per_month))


def threshold(alarms_per_month: float) -> float:
    """The score that a series that is well reaches so many times a month.

    >>> threshold(1.0), round(threshold(0.25), 2)
    (0.5, 0.8)
    """
    return 1.0 / (1.0 + alarms_per_month)


def _earlier(values: Array) -> Array:
    """Sum over all earlier rows."""
    return np.asarray(np.cumsum(values, axis=1) - values)
