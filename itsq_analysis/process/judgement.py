"""Whether a process keeps its target, and whether its newest value says that it has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, nan, sqrt
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import binom, hypergeom, t

from itsq_analysis.process.limits import Kind, Limits, limits_of, scaled
from itsq_analysis.process.runs import Run, Side, run_of

FEWEST, MOST = 12, 24  # complete periods before, from which limits are made
FREEDOM = 0.62  # degrees of freedom of a mean moving range of two, per range (Wheeler, Advanced Topics in SPC)
RARE = 0.01  # a count outside its limits must be as rare by its exact chance; with few cases the limits alone cry too often
NO_RUN = Run(0, None, 1.0)
Word = Literal["keeps", "keeps missing", "hit and miss"]
Reason = Literal["no_value", "few_periods", "no_target", ""]


@dataclass(frozen=True)
class Process:
    """What the periods before say about a value.

    Attributes:
        word: "keeps" the target (limits wholly on its good side), "keeps missing" it (wholly on the bad one), "hit and miss" (it
            lies between them); None for a `reason`: no_target, few_periods (fewer than 12 complete ones before) or no_value.
        centre, lower, upper: of the limits, for the value's own n; NaN without limits.
        periods: complete ones before that were used.
        signal: the value lies outside the limits (a count also by its exact chance), or is at least the 7th in a row on one side.
        outside: the value lies outside the limits; a signal without it is a run.
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
    counted = kind in ("proportion", "rate")
    used = _used(past, counted=counted)
    if len(used) < FEWEST:
        return Process(None, "few_periods", periods=len(used))
    size = float(now["n"]) if counted and pd.notna(now["n"]) and now["n"] > 0 else nan
    known = pd.notna(now["value"]) and not (counted and np.isnan(size))
    sizes = used["n"].to_numpy(dtype=float) if counted else None
    typical = float(used["n"].median()) if counted else nan
    limits = limits_of(kind, used["value"], sizes, typical if np.isnan(size) else size, floor, ceiling)
    word, reason = _word(limits, target, better)
    judged = {"centre": limits.centre, "lower": limits.lower, "upper": limits.upper, "periods": limits.periods}
    if not known:
        return Process(word, reason or "no_value", **judged)  # type: ignore[arg-type]
    told = pd.concat([used, now.to_frame().T], ignore_index=True)
    process = Process(word, reason, **judged)  # type: ignore[arg-type]
    if kind == "skewed":
        # Its runs tell nothing: most periods lie on the side of the many small values.
        return _signalled(process, told, NO_RUN, limits, distance=_root_distance(told, limits, floor, ceiling))
    distance = abs(float(now["value"]) - limits.centre)
    run = NO_RUN if kind == "stock" else _run(told, limits, kind)
    return _signalled(process, told, run, limits, distance=distance, rare=_tail(told, kind))


def _used(past: pd.DataFrame, *, counted: bool) -> pd.DataFrame:
    known = past["value"].notna()
    if counted:
        known &= past["n"].fillna(0) > 0
    return past[known].tail(MOST).reset_index(drop=True)


def _word(limits: Limits, target: float | None, better: str) -> tuple[Word | None, Reason]:
    if target is None or np.isnan(target) or better not in ("higher", "lower"):
        return None, "no_target"
    good, bad = (limits.lower >= target, limits.upper < target)
    if better == "lower":
        good, bad = (limits.upper <= target, limits.lower > target)
    return ("keeps" if good else "keeps missing" if bad else "hit and miss"), ""


def _run(told: pd.DataFrame, limits: Limits, kind: Kind) -> Run:
    sizes = told["n"].to_numpy(dtype=float) if kind in ("proportion", "rate") else None
    return run_of(told["value"].to_numpy(dtype=float), limits.centre, kind, sizes)


def _root_distance(told: pd.DataFrame, limits: Limits, floor: float, ceiling: float) -> float:
    """How far a skewed value lies from the centre, in the square roots by which it is judged."""
    now, centre = scaled([float(told["value"].iloc[-1]), limits.centre], floor, ceiling)
    return float(abs(now - centre))


def _signalled(process: Process, told: pd.DataFrame, run: Run, limits: Limits, *, distance: float, rare: float = 0.0) -> Process:
    """The process with what its newest value signals: limits before runs, the rarer of both for the chance.

    `distance` from the centre is in the unit of `limits.sigma`, `rare` the exact chance of a count.
    """
    now = told.iloc[-1]
    value = float(now["value"])
    outside = (value > limits.upper or value < limits.lower) and rare <= RARE
    chance = min(1.0, 2 * min(max(rare, _student(distance, limits)), run.chance))
    if not outside and not run.signal:
        return replace(process, run=run.length, chance=chance)
    side: Side = ("up" if value > limits.centre else "down") if outside else (run.side or "up")
    since = told.iloc[-run.length]["period"] if run.signal and run.side == side else now["period"]
    found = {"signal": True, "outside": outside, "direction": side, "since": str(since)}
    return replace(process, **found, run=run.length, chance=chance)  # type: ignore[arg-type]


def _student(distance: float, limits: Limits) -> float:
    """How likely a value so far from the centre is, two-sided: Student's t, since centre and spread are themselves estimates."""
    if limits.sigma == 0:
        return float(distance == 0)
    scaled_distance = distance / (limits.sigma * sqrt(1 + 1 / limits.periods))
    return float(2 * t.sf(scaled_distance, FREEDOM * (limits.periods - 1)))


def _tail(told: pd.DataFrame, kind: Kind) -> float:
    """The same from the counts alone, two-sided, exact for few cases; 0 for what is no count.

    Given how many there were in all, those of the newest period are hypergeometric (proportion) or binomial (rate): no centre has
    to be known.
    """
    if kind not in ("proportion", "rate"):
        return 0.0
    n = told["n"].to_numpy(dtype=float)
    counts = np.round(told["value"].to_numpy(dtype=float) * n)
    now, total = counts[-1], counts.sum()
    if kind == "rate":
        expected = binom(total, n[-1] / n.sum())
    else:
        sizes = np.round(n)
        expected = hypergeom(sizes.sum(), total, sizes[-1])
    return float(min(1.0, 2 * min(expected.sf(now - 1), expected.cdf(now))))
