"""Whether an improvement worked: its indicator after it was done, against what the months before it let expect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan, sqrt
from statistics import fmean, stdev
from typing import Any, Literal

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.completeness import complete, counted_table
from itsq_analysis.indicators.cube import PERIODS, cube
from itsq_analysis.indicators.processes import rate
from itsq_analysis.indicators.query import dimensions_of
from itsq_analysis.indicators.registers import day, indicator_id, text

BEFORE, LEAST, AFTER = 12, 6, 6  # periods before at most and at least, and after at most
COLUMNS = (
    *("number", "title", "owner", "indicator", "service", "done_on", "due_on", "stated", "verdict"),
    *("expected", "actual", "lower", "upper", "periods"),
)
Verdict = Literal["worked", "no_effect", "worse", "too_early", "unmeasured"]


@dataclass(frozen=True)
class Counterfactual:
    """The mean of some periods against the one that the periods before them let expect.

    Attributes:
        expected, actual: means per period; counts per day.
        lower, upper: 95 % interval of the difference, actual less expected.
    """

    expected: float
    actual: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Improvement:
    """One row of the register of improvements, and what became of its indicator.

    Attributes:
        number, title, owner: of the register.
        indicator: its id; what the register says where nothing is called so.
        service: it is about; "" is all.
        done_on: None while it is open.
        due_on: None where none is agreed.
        stated: what the register says came of it; "" where it says nothing.
        verdict: "worked", "no_effect" (no visible effect) and "worse" by the interval; "too_early": no whole period since;
            "unmeasured": no such indicator, no direction is better, or fewer than six periods before.
        effect: None where nothing can be compared.
        periods: whole ones since it was done.
    """

    number: str
    title: str
    owner: str
    indicator: str
    service: str
    done_on: date | None
    due_on: date | None
    stated: str
    verdict: Verdict
    effect: Counterfactual | None
    periods: int


@fact
def improvements(scope: Scope, since: date | None = None) -> tuple[Improvement, ...]:
    """The improvements done from a day on (None: all done in the 25 periods known), the last done first.

    The effect is told up to the scope's period, whose grain also cuts the time before: of reports over months it is months.
    """
    first = since or scope.history(PERIODS)[0].start
    rows = scope.query("SELECT * FROM improvements WHERE done_on IS NOT NULL ORDER BY done_on DESC, number").to_dict("records")
    done = [(row, day(row["done_on"])) for row in rows]
    return tuple(_improvement(scope, row, on) for row, on in done if on is not None and first <= on <= scope.today)


def improvements_frame(scope: Scope) -> pd.DataFrame:
    """The improvements as a frame; see `Workspace.improvements`."""
    rows = []
    for one in improvements(scope):
        named = {key: value for key, value in vars(one).items() if key not in ("effect", "periods")}
        rows.append(named | (vars(one.effect) if one.effect else {}) | {"periods": one.periods})
    return pd.DataFrame(rows, columns=COLUMNS)


def counterfactual(before: Sequence[float], after: Sequence[float]) -> Counterfactual:
    """The mean of the values after, against the mean of those before, with the interval of a prediction (Student's t).

    The mean of k coming values of a steady process lies around the mean of n earlier ones with s·√(1/n + 1/k) (Hahn and Meeker,
    Statistical Intervals, 1991). A process that moved before would have moved on: nothing is said of that; see `trend`.

    >>> told = counterfactual([0.90, 0.91, 0.89, 0.90, 0.91, 0.89], [0.95, 0.96])
    >>> round(told.expected, 3), round(told.actual, 3), told.lower > 0
    (0.9, 0.955, True)
    """
    from scipy.special import stdtrit  # here: a page whose facts are kept loads no models

    expected, actual, n = fmean(before), fmean(after), len(before)
    reach = float(stdtrit(n - 1, 0.975)) * stdev(before) * sqrt(1 / n + 1 / len(after))
    return Counterfactual(expected, actual, actual - expected - reach, actual - expected + reach)


def verdict(better: str, effect: Counterfactual) -> Verdict:
    """Worked where the whole interval lies on the better side."""
    if effect.lower <= 0 <= effect.upper:
        return "no_effect"
    return "worked" if (effect.lower > 0) == (better == "higher") else "worse"


def _improvement(scope: Scope, row: Mapping[Any, Any], done_on: date) -> Improvement:
    written = text(row["indicator"])
    name = indicator_id(scope, written)
    judged, effect, periods = _judged(scope, name, text(row["service"]), done_on) if name else ("unmeasured", None, 0)
    columns = {key: text(row[key]) for key in ("number", "title", "owner", "service")}
    stated, due = text(row["result"]), day(row["due_on"])
    return Improvement(
        **columns,
        indicator=name or written,
        done_on=done_on,
        due_on=due,
        stated=stated,
        verdict=judged,
        effect=effect,
        periods=periods,
    )


def _judged(scope: Scope, name: str, service: str, done_on: date) -> tuple[Verdict, Counterfactual | None, int]:
    """The periods before the one in which it was done, against the whole ones after it; its own period is neither."""
    indicator = scope.catalogue[name]
    if indicator.better == "none" and indicator.kind != "count":
        return "unmeasured", None, 0
    known = dimensions_of(indicator, scope.catalogue)
    dimension = "service" if service and "service" in known else None
    whole = [one for one in scope.history(PERIODS) if complete(scope, counted_table(scope, name), one)]
    values = {one.label: rate(scope, cube(scope).value(name, dimension, service if dimension else None, one)) for one in whole}
    before = [values[one.label] for one in whole if one.end <= done_on and not isnan(values[one.label])][-BEFORE:]
    after = [values[one.label] for one in whole if one.start > done_on and not isnan(values[one.label])][:AFTER]
    if not after:
        return "too_early", None, 0
    if len(before) < LEAST:
        return "unmeasured", None, len(after)
    effect = counterfactual(before, after)
    if effect.lower == effect.upper:  # nothing moved before: how far chance moves it is not known
        return "unmeasured", None, len(after)
    better = indicator.better if indicator.better != "none" else "lower"  # a volume that an improvement names is to fall
    return verdict(better, effect), effect, len(after)
