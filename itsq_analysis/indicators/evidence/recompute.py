"""A value from the rows behind it, and from nothing else: what anybody does with the exported file and a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from math import nan

import pandas as pd

from itsq_analysis.indicators.computed.resolve_time import median_survival
from itsq_analysis.indicators.indicator import Indicator


def recomputed(indicator: Indicator, rows: pd.DataFrame) -> float:
    """The value of an indicator from its rows (`Evidence.rows`), also after they went through a CSV file; NaN where nothing counts.

    >>> from itsq_analysis.indicators.catalogue import load_catalogue
    >>> rows = pd.DataFrame({"part": "reopen_rate", "counts": [True, True, False], "numerator": [1, 0, None], "denominator": 1})
    >>> recomputed(load_catalogue()["reopen_rate"], rows)
    0.5
    """
    counted = rows[rows["counts"].astype(bool)]
    if indicator.parts:
        first, second = (_sum(counted[counted["part"] == part]) for part in indicator.parts)
        if indicator.kind == "difference":
            return first - second
        return first / second * indicator.per if second else nan
    if indicator.function:
        return COMPUTED.get(indicator.function, _ratio)(counted)
    if indicator.kind in ("count", "stock", "sum"):
        return _sum(counted)
    if indicator.kind == "quantile":
        return float(counted["numerator"].quantile(indicator.quantile or 0.5))
    return _ratio(counted) * indicator.per


def _sum(rows: pd.DataFrame) -> float:
    return float(rows["numerator"].sum())


def _ratio(rows: pd.DataFrame) -> float:
    whole = float(rows["denominator"].sum())
    return _sum(rows) / whole if whole else nan


def _median(rows: pd.DataFrame) -> float:
    return float(rows["numerator"].median())


def _survival(rows: pd.DataFrame) -> float:
    return median_survival(rows["numerator"], rows["ended"].astype(bool))[0] if len(rows) else nan


COMPUTED: dict[str, Callable[[pd.DataFrame], float]] = {
    "contacts_offered": lambda rows: _sum(rows) if len(rows) else nan,
    "longest_outage": lambda rows: float(rows["numerator"].max()),
    "nps": lambda rows: 100 * _ratio(rows),
    "resolve_time_km_median": _survival,
    "restore_time_median": _median,
}  # of the others: sum of numerators ÷ sum of denominators
