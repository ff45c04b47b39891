"""How good a distribution of the time to threshold was.

The truth is T = min(step of the first value at or beyond the limit, H + 1) with H the horizon: H + 1 says "not within the horizon".
A method's quantiles are put in the same scale (None = H + 1), so that the pinball loss at 10, 50 and 90 % is proper for the
quantiles of T. It is in steps, the mean over the three levels and over all cases.

Coverage of the 80 % interval: with T in whole steps and a lump at H + 1, "q10 <= T <= q90" holds for all cases that never cross and
were never said to. The share that is counted is therefore that of the probability integral transform: of the stretch
[F(T - 1), F(T)] the part that lies between 0.1 and 0.9. It is 80 % for a method whose F is right, whatever the lumps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Case:
    """One origin of one series: the history that may be seen, the limit, and what came."""

    series: str
    kind: str
    seen: Array
    limit: float
    truth: int
    horizon: int


def first_beyond(future: Array, limit: float) -> int:
    """1 for the first step; len + 1 if there is none."""
    beyond = future >= limit
    return int(beyond.argmax()) + 1 if beyond.any() else len(future) + 1


def pinball(quantiles: tuple[float, ...], truth: float) -> float:
    """Mean over the levels, in steps."""
    return float(np.mean([max(p * (truth - q), (p - 1) * (truth - q)) for p, q in zip(LEVELS, quantiles, strict=True)]))


def quantiles_of(reached: Array) -> tuple[float, ...]:
    """From the probability that the limit is reached by each step (horizon values, not falling)."""
    return tuple(float(np.argmax(reached >= p - 1e-9) + 1) if reached[-1] >= p - 1e-9 else float(len(reached) + 1) for p in LEVELS)


def covered(reached: Array, truth: int) -> float:
    """The part of [F(T - 1), F(T)] that lies between 0.1 and 0.9; 1 or 0 where it is a point."""
    whole = np.concatenate([[0.0], reached, [1.0]])
    low, high = float(whole[truth - 1]), float(whole[truth])
    if high - low < 1e-12:
        return float(0.1 <= low <= 0.9)
    return max(0.0, min(high, 0.9) - max(low, 0.1)) / (high - low)


def difference(ours: pd.Series, other: pd.Series, units: Sequence[str], draws: int = 10_000) -> str:
    """How much less is lost than by another, with a 95 % interval: percentiles of a bootstrap that draws whole units.

    >>> difference(pd.Series([1.0, 3.0]), pd.Series([2.0, 6.0]), ["a", "b"])
    'Against the best peer: +50.0 % (95 % interval +50.0 to +50.0 %, bootstrap over 2 disks or columns).'
    """
    sums = pd.DataFrame({"ours": ours.to_numpy(), "other": other.to_numpy()}).groupby(list(units)).sum().to_numpy()
    drawn = sums[np.random.default_rng(0).integers(0, len(sums), (draws, len(sums)))].sum(axis=1)
    drawn = drawn[drawn[:, 1] > 0]  # of few units some draws have nothing to compare with
    low, high = 100 * np.quantile(1 - drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    skill = 100 * (1 - ours.sum() / other.sum())
    interval = f"95 % interval {low:+.1f} to {high:+.1f} %, bootstrap over {len(sums)} disks or columns"
    return f"Against the best peer: {skill:+.1f} % ({interval})."
