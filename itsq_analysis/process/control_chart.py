"""A control chart: all periods of an indicator against limits, and which of them are signals by stated rules."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan

import numpy as np
import pandas as pd

from itsq_analysis.process.judgement import FEWEST, MOST
from itsq_analysis.process.limits import Kind, limits_of
from itsq_analysis.process.runs import run_of

RULES = {
    "outside": "one value outside the limits (3 sigmas: mean and 2.66 mean moving ranges, or Laney's p' and u')",
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
    values = course["value"].to_numpy(dtype=float)
    sizes = course["n"].to_numpy(dtype=float) if counted else np.full(len(values), nan)
    known = np.flatnonzero(~np.isnan(values) & ((sizes > 0) if counted else True))
    made_of = known[: baseline or MOST]
    if len(made_of) < FEWEST:
        raise ValueError(f"a control chart needs {FEWEST} periods to make its limits of; found {len(made_of)}; give more history")
    frame = pd.DataFrame({"period": course["period"].to_numpy(), "value": values, "n": sizes})
    frame[["centre", "lower", "upper"]] = nan
    frame["rule"], frame["side"] = "", ""
    frame["baseline"] = np.isin(np.arange(len(frame)), made_of)
    past = sizes[made_of] if counted else None
    for place, at in enumerate(known.tolist()):
        limits = limits_of(kind, values[made_of], past, sizes[at], floor, ceiling)
        frame.loc[at, ["centre", "lower", "upper"]] = limits.centre, limits.lower, limits.upper
        until = known[: place + 1]
        rule, side = _rule(kind, values[until], sizes[until] if counted else None, limits.lower, limits.upper, limits.centre)
        frame.loc[at, ["rule", "side"]] = rule, side
    return ControlChart(frame, kind, RULES if kind not in ("stock", "skewed") else {"outside": RULES["outside"]})


def _rule(kind: Kind, values: np.ndarray, sizes: np.ndarray | None, lower: float, upper: float, centre: float) -> tuple[str, str]:
    """The rule that the newest value breaks, and its side."""
    value = float(values[-1])
    if not lower <= value <= upper:
        return "outside", "up" if value > upper else "down"
    if kind in ("stock", "skewed"):
        return "", ""
    run = run_of(values, centre, kind, sizes)
    return ("run", str(run.side)) if run.signal else ("", "")
