"""Runs: values in a row on one side of the centre, which limits alone do not see.

Seven in a row come by chance at one period in 64 where both sides are equally likely (Wheeler asks for eight; seven is the rule of
Shewhart's followers in services). Where the centre does not halve the values, as with rare events of which most periods have none,
a run must also be rare by its own chance: at most twice as likely as seven of a fair coin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from itsq_analysis.process.exact import binomial, poisson
from itsq_analysis.process.limits import Kind

RUN = 7
SLACK = 2.0
Side = Literal["up", "down"]


@dataclass(frozen=True)
class Run:
    """The values in a row on one side that end with the newest: how many, on which side, and how likely by chance alone.

    `chance` is the probability of so long a run on either side while nothing changes.
    """

    length: int
    side: Side | None
    chance: float

    @property
    def signal(self) -> bool:
        """Long and rare enough to be told."""
        return self.length >= RUN and self.chance <= SLACK * 2 * 0.5**RUN


def run_of(values: ArrayLike, centre: float, kind: Kind = "individuals", n: ArrayLike | None = None) -> Run:
    """The run that ends with the newest value. A value on the centre ends a run.

    Args:
        values: oldest first, none missing.
        centre: of the limits.
        kind, n: as in `limits_of`; with n, each value's chance to lie on its side is binomial or Poisson, else one half.

    >>> run_of([1, 3, 3, 3], centre=2)
    Run(length=3, side='up', chance=0.25)
    >>> run_of([0] * 9, centre=0.1, kind="rate", n=[1] * 9).signal  # most periods have none
    False
    """
    signs = np.sign(np.asarray(values, dtype=float) - centre)
    if not len(signs) or signs[-1] == 0:
        return Run(0, None, 1.0)
    other = np.flatnonzero(signs != signs[-1])
    length = int(len(signs) - (other[-1] + 1 if len(other) else 0))
    up = bool(signs[-1] > 0)
    halves = np.full(length, 0.5)
    sides = halves if n is None else _sides(kind, centre, np.asarray(n, dtype=float)[-length:], up=up)
    # Both sides together: twice the chance of the less likely case is at least that of either.
    chance = float(min(1.0, 2 * np.prod(np.maximum(sides, halves))))
    return Run(length, "up" if up else "down", chance)


def _sides(kind: Kind, centre: float, n: NDArray[np.float64], *, up: bool) -> NDArray[np.float64]:
    """The chance of each value to lie above (or below) the centre while the process stays at it."""
    from scipy.special import pdtrc

    expected = centre * n
    if kind == "proportion":
        size = np.round(n)
        below = binomial(np.ceil(expected - 1e-9) - 1, size, centre)
        above = binomial(size - np.floor(expected + 1e-9) - 1, size, 1 - centre)
    else:
        below = poisson(np.ceil(expected - 1e-9) - 1, expected)
        above = pdtrc(np.floor(expected + 1e-9), expected)
    return np.asarray(above if up else below, dtype=float)
