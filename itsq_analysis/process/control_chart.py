"""A control chart: all periods of an indicator against limits, and which of them are signals by stated rules."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan

import numpy as np
import pandas as pd

from itsq_analysis.process.judgement import FEWEST, MOST, RARE, tail_chance
from itsq_analysis.process.limits import Floats, Kind, Limits, limits_of
from itsq_analysis.process.runs import run_of

RULES = {
    "outside": "one value outside the limits (3 sigmas: mean and 2.66 mean moving ranges, or Laney's p' and u'); a count of cases "
    "must besides be rarer than 1 in 100 by its exact chance",
    "run": "seven or more values in a row on one side of the centre, as rare as seven of a coin",
}


@dataclass(frozen=True)
class ControlChart:
    """The periods of an indicator with their limits.

    Attributes:
        frame: period, value, n, centre, lower, upper, rule ("outside", "run" or ""), side ("up", "down" or ""), baseline
            (whether the limits are made of this period); oldest first.
        kind: of the limits.
        rules: rule -> what it says, of all rules that were looked at.
    """

    frame: pd.DataFrame
    kind: Kind
    rules: dict[str, str]

    @property
    def signals(self) -> pd.DataFrame:
        """The periods that no quiet process would show."""
        return self.frame[self.frame["rule"] != ""].reset_index(drop=True)


def control_chart(
    course: pd.DataFrame, *, kind: Kind, baseline: int | None = None, floor: float = -inf, ceiling: float = inf
) -> ControlChart:
    """The control chart of an indicator's periods.

    Individuals (XmR) for values; p' and u' (Laney) for proportions and rates, whose limits know the n of each period.

    Args:
        course: oldest first; columns period, value and, for proportions and rates, n. Periods without a value stay, unjudged.
        kind: see `limits_of`; a stock and a skewed value have no runs.
        baseline: limits are made of the first so many known periods; None takes 24, or all where fewer are known.
        floor, ceiling: what a value cannot be below or above.

    Raises:
        ValueError: fewer than 12 known periods to make limits of.

    >>> course = pd.DataFrame({"period": range(14), "value": [10.0, 12.0] * 6 + [11.0, 30.0]})
    >>> control_chart(course, kind="individuals", baseline=12).signals[["period", "rule", "side"]].values.tolist()
    [[13, 'outside', 'up']]
    """
    counted = kind in ("proportion", "rate")
    if counted and "n" not in course:
        raise ValueError(f"a {kind} must have n, the cases or exposure of each period; found {', '.join(course.columns)}; add n")
    values = course["value"].to_numpy(dtype=float)
    sizes = course["n"].to_numpy(dtype=float) if counted else np.full(len(values), nan)
    known = np.flatnonzero(~np.isnan(values) & ((sizes > 0) if counted else True))
    made_of = known[: baseline or MOST]
    if len(made_of) < FEWEST:
        raise ValueError(
            f"a control chart needs {FEWEST} periods to make its limits of; found {len(made_of)} of {len(known)} known; "
            "give more history, or a longer baseline"
        )
    frame = pd.DataFrame({"period": course["period"].to_numpy(), "value": values, "n": sizes})
    frame[["centre", "lower", "upper"]] = nan
    frame["rule"], frame["side"] = "", ""
    frame["baseline"] = np.isin(np.arange(len(frame)), made_of)
    past = sizes[made_of] if counted else None
    for place, at in enumerate(known.tolist()):
        limits = limits_of(kind, values[made_of], past, sizes[at], floor, ceiling)
        frame.loc[at, ["centre", "lower", "upper"]] = limits.centre, limits.lower, limits.upper
        others = [*made_of[made_of != at], at]
        if _outside(kind, limits, values[others], sizes[others]):
            frame.loc[at, ["rule", "side"]] = "outside", "up" if values[at] > limits.upper else "down"
        elif kind not in ("stock", "skewed"):
            until = known[: place + 1]
            run = run_of(values[until], limits.centre, kind, sizes[until] if counted else None)
            if run.signal:
                frame.loc[at, ["rule", "side"]] = "run", str(run.side)
    return ControlChart(frame, kind, RULES if kind not in ("stock", "skewed") else {"outside": RULES["outside"]})


def _outside(kind: Kind, limits: Limits, values: Floats, sizes: Floats) -> bool:
    """Whether the last of some values lies outside its limits; few cases must be rare by their exact chance too."""
    if limits.lower <= values[-1] <= limits.upper:
        return False
    return kind not in ("proportion", "rate") or tail_chance(values, sizes, kind) <= RARE
