"""What an earlier report said otherwise: values of periods that both contain, before and now."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from itsq_analysis.indicators.cube import Row, value_of
from itsq_analysis.indicators.value import Value

KEY = ["indicator", "start", "end", "dimension", "member"]
SAME = 1e-9  # relative; the files hold 12 digits


@dataclass(frozen=True)
class Restated:
    """This report's values beside those of an earlier one.

    Attributes:
        label: of the earlier report's period.
        shared: how many values both contain.
        changed: now and before, the whole organisation first, newest periods first. What was before carries today's target.
    """

    label: str
    shared: int
    changed: tuple[tuple[Value, Value], ...]


def restated(now: pd.DataFrame, earlier: pd.DataFrame, label: str) -> Restated:
    """Compare two value frames as their files hold them (see `page.values_csv`).

    Args:
        now: this report's; texts are "" where they are missing.
        earlier: of the report before, likewise.
        label: of the earlier report's period.
    """
    both = now.merge(earlier.drop_duplicates(KEY), on=KEY, suffixes=("", "_before"))
    moved = both[~np.isclose(both["value"], both["value_before"], rtol=SAME, atol=0, equal_nan=True)]
    moved = moved.assign(part=moved["dimension"] != "").sort_values(["part", "start"], ascending=[True, False], kind="stable")
    return Restated(label, len(both), tuple(_pair(row) for row in moved.replace({"": None}).to_dict("records")))


def _pair(row: Row) -> tuple[Value, Value]:
    value = value_of({name: cell for name, cell in row.items() if name != "value_before"})
    names = ("value", "numerator", "denominator", "n")
    share, numerator, denominator, n = (float(row[f"{name}_before"]) for name in names)
    provisional = bool(row["provisional_before"])
    return value, replace(value, value=share, numerator=numerator, denominator=denominator, n=n, provisional=provisional)
