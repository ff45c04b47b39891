"""The results of a computed indicator: one row per period and member."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from math import nan

import numpy as np
import numpy.typing as npt
import pandas as pd

from itsq_analysis.indicators.computed_scope import ComputedScope, microseconds
from itsq_analysis.indicators.intervals import wilson

Key = tuple[int, str | None]  # index of the period, member of the dimension


@dataclass(frozen=True)
class Result:
    """A value with the counts it rests on and its 95 % interval; what is missing is NaN.

    `reason` says why there is no value or, beside a value, what had to be left out: codes, `code=count` where counted,
    joined with "; ".
    """

    value: float = nan
    numerator: float = nan
    denominator: float = nan
    n: int = 0
    lower: float = nan
    upper: float = nan
    reason: str | None = None


EMPTY = Result(denominator=0, reason="empty_population")  # nothing was there to be measured
NOTHING = (EMPTY.reason, "no_outages")
COLUMNS = ("period", "member", *Result.__dataclass_fields__)


Computed = Callable[[ComputedScope], pd.DataFrame]


def over(table: str, time: str | None = None) -> Callable[[Computed], Computed]:
    """Mark an indicator as one over rows of this table, placed in periods by `time`.

    By a dimension that the table lacks its frame is empty. Where nothing was there to be measured, the reason becomes
    that of `absent`, if there is one.
    """

    def mark(indicator: Computed) -> Computed:
        @wraps(indicator)
        def measured(scope: ComputedScope) -> pd.DataFrame:
            if not scope.measures(table):
                return results(scope, {}, EMPTY)
            frame = indicator(scope)
            if time:
                cause = frame["period"].map(dict(enumerate(absent(scope, table, time))))
                frame["reason"] = frame["reason"].where(~frame["reason"].isin(NOTHING) | cause.isna(), cause)
            return frame

        return measured

    return mark


def absent(scope: ComputedScope, table: str, time: str) -> list[str | None]:
    """Why a table says nothing about each period: it is empty, or its first moment in `time` is later; None where it does."""
    sql = f'SELECT count(*), epoch_us(min("{time}")) FROM "{table}"'
    rows, first = scope.once(("absent", table, time), lambda: scope.connection.sql(sql).fetchall()[0])
    if not rows:
        return ["no_data_table"] * len(scope.periods)
    return ["before_data" if first is not None and microseconds(end) <= first else None for end in scope.ends]


def results(scope: ComputedScope, measured: Mapping[Key, Result], otherwise: Result) -> pd.DataFrame:
    """The frame of COLUMNS: every period × every member seen in any of them, `otherwise` where nothing was measured.

    Without a dimension there is one row per period, member None. A member that is not known is None too.
    """
    members = {None} if scope.dimension is None else {member for _, member in measured}
    ordered = sorted(members, key=lambda member: (member is None, member or ""))
    places = [(period, member) for period in range(len(scope.periods)) for member in ordered]
    cells = [measured.get(place, otherwise) for place in places]
    columns = {"period": [period for period, _ in places], "member": [member for _, member in places]}
    columns |= {name: [getattr(result, name) for result in cells] for name in COLUMNS[2:]}
    frame = pd.DataFrame({name: pd.Series(column, dtype="object") for name, column in columns.items()})
    numbers = dict.fromkeys(("value", "numerator", "denominator", "lower", "upper"), "float64")
    return frame.astype({"period": "int64", "n": "int64"} | numbers)


def notes(**counts: int) -> str | None:
    """The reason beside a value: what was left out, and how many.

    >>> notes(no_users=2, no_service_calendar=0)
    'no_users=2'
    """
    return joined(*(f"{code}={count}" for code, count in counts.items() if count))


def joined(*reasons: str | None) -> str | None:
    """Several reasons as one text; None where there is none.

    >>> joined("median_not_reached", None, "no_resolution_time=3")
    'median_not_reached; no_resolution_time=3'
    """
    return "; ".join(filter(None, reasons)) or None


def limits(pair: tuple[npt.ArrayLike, npt.ArrayLike]) -> tuple[float, float]:
    """The limits of one value as plain numbers."""
    lower, upper = (float(np.asarray(limit)) for limit in pair)
    return lower, upper


def share(part: int, whole: int, reason: str | None) -> Result:
    """A share with its Wilson interval; there is no share of nothing."""
    if not whole:
        return Result(numerator=part, denominator=0, reason=reason or EMPTY.reason)
    return Result(part / whole, part, whole, whole, *limits(wilson(part, whole)), reason)
