"""Natural process limits: the range that a value keeps to while nothing changes, from the periods before it.

Sources: individuals and moving ranges (XmR) after Shewhart, as in Wheeler, Understanding Variation (2nd ed., 2000): mean ± 2.66 ×
mean moving range. Proportions: p′, Laney, Improved control charts for attributes, Quality Engineering 14:531-537 (2002): the
binomial limits of each n, widened by the spread between periods; rates likewise (u′). Laney's factor may also fall below 1; here
it does not, because with two dozen periods it would do so by chance alone half of the time, and independent cases never spread
less than the binomial says.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan, sqrt
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Kind = Literal["individuals", "stock", "skewed", "proportion", "rate"]
D2 = 1.128  # mean range of two values from a normal distribution, in standard deviations
REACH = 3.0  # limits lie so many standard deviations from the centre; 3 / D2 = 2.66 mean moving ranges


@dataclass(frozen=True)
class Limits:
    """Limits for one value, in the value's unit.

    Attributes:
        centre: mean of the past (of all cases together, for proportions and rates).
        lower, upper: three standard deviations from it, never beyond what the value can be.
        sigma: one standard deviation of a value with this n.
        widened: how much more the periods spread than their n explains (1 = no more); NaN for individuals.
        periods: how many periods they are made of.
    """

    centre: float
    lower: float
    upper: float
    sigma: float
    widened: float
    periods: int


def limits_of(
    kind: Kind,
    values: ArrayLike,
    n: ArrayLike | None = None,
    now: float = nan,
    floor: float = -inf,
    ceiling: float = inf,
) -> Limits:
    """The limits of the value that comes after `values`.

    Args:
        kind: individuals (a duration, a mean, any number), stock (a number of which most is the same as a period before),
            proportion (`n` are the cases) or rate (`n` is the exposure, such as working days; values are counts ÷ exposure).
            skewed is an individual of which single events make most, such as time lost: judged by the square root of its distance
            from `ceiling`, or from `floor` where there is no ceiling.
        values: of the periods before, oldest first, at least two, none missing.
        n: cases or exposure of each, for proportions and rates.
        now: cases or exposure of the value to be judged.
        floor, ceiling: what the value cannot fall below or exceed (0 and 1 for a proportion, 0 for a rate).

    Raises:
        ValueError: an unknown kind, fewer than two values, a proportion beyond 0 to 1, a proportion or rate without n, or an n
            that is not positive.

    >>> limits = limits_of("individuals", [10, 12, 11, 13])
    >>> round(limits.centre, 2), round(limits.lower, 2), round(limits.upper, 2)
    (11.5, 7.07, 15.93)
    >>> limits = limits_of("proportion", [0.5, 0.5, 0.5], n=[100, 100, 100], now=25)
    >>> round(limits.lower, 3), round(limits.upper, 3)
    (0.2, 0.8)
    """
    past = np.asarray(values, dtype=float)
    if len(past) < 2 or np.isnan(past).any():
        raise ValueError(f"limits must be made of two or more known values; found {len(past)}; ask for fewer missing periods")
    if kind not in get_args(Kind):
        raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}; found {kind!r}; use one of these")
    if kind == "skewed":
        return _skewed(past, floor, ceiling)
    if kind in ("individuals", "stock"):
        centre, widened = float(past.mean()), nan
        sigma = moving_sigma(past)
        # A stock drifts: neighbours are alike, and their ranges tell too little of how far it strays.
        sigma = max(sigma, float(past.std(ddof=1))) if kind == "stock" else sigma
    else:
        centre, sigma, widened = _counted(kind, past, n, now)
        floor, ceiling = max(floor, 0.0), min(ceiling, 1.0 if kind == "proportion" else inf)
    lower, upper = max(floor, centre - REACH * sigma), min(ceiling, centre + REACH * sigma)
    return Limits(centre, lower, upper, sigma, widened, len(past))


def scaled(values: ArrayLike, floor: float, ceiling: float) -> Floats:
    """Square roots of the distance from what a skewed value cannot exceed, or from what it cannot fall below.

    >>> scaled([0.75, 1.0], 0.0, 1.0).tolist(), scaled([0.0, 4.0], 0.0, inf).tolist()
    ([0.5, 0.0], [0.0, 2.0])
    """
    past = np.asarray(values, dtype=float)
    return np.sqrt(np.maximum(ceiling - past if ceiling < inf else past - floor, 0.0))


def _skewed(past: Floats, floor: float, ceiling: float) -> Limits:
    """Limits of the square roots, told as values again; `sigma` stays that of the roots."""
    roots = limits_of("individuals", scaled(past, floor, ceiling), floor=0.0)
    near, far, centre = roots.lower**2, roots.upper**2, roots.centre**2
    if ceiling < inf:
        return Limits(ceiling - centre, max(floor, ceiling - far), ceiling - near, roots.sigma, nan, len(past))
    return Limits(floor + centre, floor + near, floor + far, roots.sigma, nan, len(past))


def moving_sigma(values: Floats) -> float:
    """Standard deviation from the mean moving range: what differs from one value to the next, without slow drifts.

    >>> round(moving_sigma(np.array([1.0, 3.0, 2.0])), 3)
    1.33
    """
    return float(np.abs(np.diff(values)).mean() / D2)


def _counted(kind: Kind, past: Floats, n: ArrayLike | None, now: float) -> tuple[float, float, float]:
    """Centre, standard deviation at `now`, and the widening, for a proportion or a rate."""
    if n is None:
        raise ValueError(f"a {kind} must be given n, the cases or exposure of each value; found none; pass n and now")
    sizes = np.asarray(n, dtype=float)
    if not (sizes > 0).all() or not now > 0:
        raise ValueError("n must be positive for every value; found one that is not; leave out periods without cases")
    if (past < 0).any() or (kind == "proportion" and (past > 1).any()):
        most = ", nor above 1" if kind == "proportion" else ""
        raise ValueError(f"a {kind} must not be below 0{most}; found one; give shares, not per cent")
    centre = float((past * sizes).sum() / sizes.sum())
    single = centre * (1 - centre) if kind == "proportion" else centre
    if single <= 0:
        return centre, 0.0, 1.0
    scores = (past - centre) / np.sqrt(single / sizes)
    widened = max(1.0, moving_sigma(scores))
    return centre, widened * sqrt(single / now), widened
