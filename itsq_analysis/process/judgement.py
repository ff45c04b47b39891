"""Whether a process keeps its target, and whether its newest value says that it has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor, inf, nan, sqrt
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from itsq_analysis.process.exact import binomial, hypergeometric
from itsq_analysis.process.limits import REACH, Floats, Kind, Limits, limits_of, scaled
from itsq_analysis.process.runs import Run, Side, run_of

FEWEST, MOST = 12, 24  # complete periods before, from which limits are made
FREEDOM = 0.62  # degrees of freedom of a mean moving range of two, per range (Wheeler, Advanced Topics in SPC)
ASKED = 0.05
RARE = 0.01  # a count outside its usual range is as rare by its exact chance; with few cases the limits alone cry too often
MANY = 100  # cases of the scarcer kind in a period: from there on what lies beyond three standard deviations is rare
CLOSE = 1e-6  # of a case
NO_RUN = Run(0, None, 1.0)
Word = Literal["keeps", "keeps missing", "hit and miss"]
Reason = Literal["no_value", "few_periods", "no_target", ""]


@dataclass(frozen=True)
class Process:
    """What the periods before say about a value.

    Attributes:
        word: "keeps" the target (range wholly on its good side), "keeps missing" it (wholly on the bad one), "hit and miss" (it
            lies inside); None for a `reason`: no_target, few_periods (fewer than 12 complete ones before) or no_value.
        centre: of the limits; NaN without limits.
        lower, upper: the usual range of a value with this n: the limits, and of counts also what is not rarer than 1 in 100; NaN
            without limits.
        sigma: a third of the way from the centre to the farther limit, in the value's unit.
        periods: complete ones before that were used.
        signal: the value lies outside the usual range, or is at least the 7th in a row on one side.
        outside: the value lies outside the usual range; a signal without it is a run.
        direction: of the signal.
        since: label of the period in which it began: that of the value, or the first of the run.
        run: how many values in a row lie on this side of the centre, this one included.
        chance: of a value so far out, or so long a run, while nothing changes (two-sided); 1 without limits. It allows for limits
            made of few periods; compare it with others after Holm or Bonferroni.
    """

    word: Word | None
    reason: str = ""
    centre: float = nan
    lower: float = nan
    upper: float = nan
    sigma: float = nan
    periods: int = 0
    signal: bool = False
    outside: bool = False
    direction: Side | None = None
    since: str | None = None
    run: int = 0
    chance: float = 1.0


def judge_process(
    past: pd.DataFrame,
    now: pd.Series,
    *,
    target: float | None,
    better: str,
    kind: Kind,
    floor: float = -inf,
    ceiling: float = inf,
) -> Process:
    """Judge a value by the periods before it.

    Args:
        past: complete periods before, oldest first; columns period (label), value, and for proportions and rates n (cases, or
            exposure). Rows without a value, and those with n = 0, are left out; the newest 24 are used.
        now: the same fields of the value to be judged, which must be of a complete period too.
        target: in the value's unit; None or NaN where there is none.
        better: "higher", "lower" or "none" (then no target counts).
        kind: see `limits_of`; a stock has no runs, since its neighbours are mostly the same cases.
        floor, ceiling: what the value cannot be below or above.

    >>> past = pd.DataFrame({"period": [f"2025-{m:02}" for m in range(1, 13)], "value": [10, 12] * 6})
    >>> now = pd.Series({"period": "2026-01", "value": 20.0})
    >>> found = judge_process(past, now, target=18, better="lower", kind="individuals")
    >>> found.word, round(found.upper, 2), found.signal, found.direction, found.since
    ('keeps', 16.32, True, 'up', '2026-01')
    """
    course = _course(past, now, counted=kind in ("proportion", "rate"))
    if course.before < FEWEST:
        return Process(None, "few_periods", periods=course.before)
    sizes = course.sizes[:-1] if course.counted else None
    limits = limits_of(kind, course.values[:-1], sizes, course.size, floor, ceiling)
    lower, upper = _usual(course, limits, kind, floor, ceiling) if course.counted else (limits.lower, limits.upper)
    word, reason = _word(lower, upper, target, better)
    sigma = max(limits.upper - limits.centre, limits.centre - limits.lower) / REACH
    process = Process(word, reason, limits.centre, lower, upper, sigma, limits.periods)
    if not course.known:
        return replace(process, reason=reason or "no_value")
    if kind == "skewed":
        # Its runs tell nothing: most periods lie on the side of the many small values.
        roots = scaled([course.values[-1], limits.centre], floor, ceiling)
        return _signalled(process, course, NO_RUN, limits, kind, distance=float(abs(roots[0] - roots[1])))
    run = NO_RUN if kind == "stock" else run_of(course.values, limits.centre, kind, course.sizes if course.counted else None)
    return _signalled(process, course, run, limits, kind, distance=float(abs(course.values[-1] - limits.centre)))


@dataclass(frozen=True)
class _Course:
    """The periods that are used and, last, the one to be judged: labels, values and sizes (NaN where nothing is counted)."""

    periods: list[str]
    values: Floats
    sizes: Floats
    counted: bool

    @property
    def before(self) -> int:
        return len(self.periods) - 1

    @property
    def known(self) -> bool:
        return not (np.isnan(self.values[-1]) or (self.counted and not self.sizes[-1] > 0))

    @property
    def size(self) -> float:
        """Cases of the value to be judged; where it has none those of a usual period, so that there is a range all the same."""
        return float(self.sizes[-1] if self.sizes[-1] > 0 else np.median(self.sizes[:-1])) if self.counted else nan


def _course(past: pd.DataFrame, now: pd.Series, *, counted: bool) -> _Course:
    """The newest 24 known periods before, and the one to be judged."""
    values = past["value"].to_numpy(dtype=float)
    sizes = past["n"].to_numpy(dtype=float) if counted else np.full(len(values), nan)
    known = ~np.isnan(values) & ((sizes > 0) if counted else True)
    kept = np.flatnonzero(known)[-MOST:]
    size = float(now["n"]) if counted and pd.notna(now["n"]) else nan
    value = float(now["value"]) if pd.notna(now["value"]) else nan
    labels = [str(label) for label in past["period"].to_numpy()[kept]] + [str(now["period"])]
    return _Course(labels, np.append(values[kept], value), np.append(sizes[kept], size), counted)


def _usual(course: _Course, limits: Limits, kind: Kind, floor: float, ceiling: float) -> tuple[float, float]:
    """The limits of a count, as wide as what is not `RARE`: few periods make them uncertain, and few cases jump."""
    from scipy.special import stdtrit

    reach = float(stdtrit(FREEDOM * (limits.periods - 1), 1 - RARE / 2)) * limits.sigma * sqrt(1 + 1 / limits.periods)
    lowest, highest = max(floor, 0.0), min(ceiling, 1.0 if kind == "proportion" else inf)
    lower = max(lowest, min(limits.lower, limits.centre - reach))
    upper = min(highest, max(limits.upper, limits.centre + reach))
    scarcer = min(limits.centre, 1 - limits.centre) if kind == "proportion" else limits.centre
    if scarcer * course.size > MANY:
        return lower, upper
    return -_reached(course, kind, -1, -lower, -lowest), _reached(course, kind, 1, upper, highest)


def _reached(course: _Course, kind: Kind, side: int, limit: float, end: float) -> float:
    """The farthest of the counts from a limit on that are not `RARE`, one by one up to the end; all × side (1 up, -1 down)."""
    count = floor(limit * course.size + CLOSE) + 1
    before, sizes = course.values[:-1], np.append(course.sizes[:-1], course.size)
    while count / course.size <= end and tail_chance(np.append(before, side * count / course.size), sizes, kind) > RARE:
        limit, count = count / course.size, count + 1
    return limit


def _word(lower: float, upper: float, target: float | None, better: str) -> tuple[Word | None, Reason]:
    if target is None or np.isnan(target) or better not in ("higher", "lower"):
        return None, "no_target"
    good, bad = (lower >= target, upper < target)
    if better == "lower":
        good, bad = (upper <= target, lower > target)
    return ("keeps" if good else "keeps missing" if bad else "hit and miss"), ""


def _signalled(process: Process, course: _Course, run: Run, limits: Limits, kind: Kind, *, distance: float) -> Process:
    """The process with what its newest value signals: limits before runs, the rarer of both for the chance.

    `distance` from the centre is in the unit of `limits.sigma`.
    """
    value, far = float(course.values[-1]), _student(distance, limits)
    # The exact chance of few cases is asked for where the normal curve calls them rare.
    chance = max(far, tail_chance(course.values, course.sizes, kind)) if course.counted and far < ASKED else far
    close = CLOSE / course.sizes[-1] if course.counted else 0.0  # a count divided and multiplied again
    outside = value > process.upper + close or value < process.lower - close
    judged = replace(process, run=run.length, chance=min(1.0, 2 * min(chance, run.chance)))
    if not outside and not run.signal:
        return judged
    side: Side = ("up" if value > limits.centre else "down") if outside else (run.side or "up")
    since = course.periods[-run.length] if run.signal and run.side == side else course.periods[-1]
    return replace(judged, signal=True, outside=outside, direction=side, since=since)


def _student(distance: float, limits: Limits) -> float:
    """How likely a value so far from the centre is, two-sided: Student's t, since centre and spread are themselves estimates."""
    from scipy.special import stdtr

    if limits.sigma == 0:
        return float(distance == 0)
    scores = distance / (limits.sigma * sqrt(1 + 1 / limits.periods))
    return float(2 * stdtr(FREEDOM * (limits.periods - 1), -scores))


def tail_chance(values: ArrayLike, sizes: ArrayLike, kind: Kind) -> float:
    """How likely the last of several counts is, given how many there were in all: two-sided, exact.

    Its share of all is hypergeometric (proportion) or binomial (rate); no centre has to be known.

    Args:
        values: shares or rates, oldest first.
        sizes: cases or exposure of each.
        kind: "proportion" or "rate".
    """
    n = np.asarray(sizes, dtype=float)
    counts = np.round(np.asarray(values, dtype=float) * n)
    now, total = counts[-1], counts.sum()
    if kind == "rate":
        share = n[-1] / n.sum()
        at_most, at_least = binomial(now, total, share), binomial(total - now, total, 1 - share)
    else:
        n = np.round(n)
        possible, chances = hypergeometric(n.sum(), total, n[-1])
        at_most, at_least = chances[possible <= now].sum(), chances[possible >= now].sum()
    return float(min(1.0, 2 * min(at_most, at_least)))
