"""The control chart of an indicator's periods: limits of those before the newest, by the kind and unit of its values."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from itsq_analysis.errors import ReportError
from itsq_analysis.periods import parse_period
from itsq_analysis.process import MOST, ControlChart, Kind, control_chart


def control_of(course: pd.DataFrame, kind: Kind, unit: str, month_starts_on: int = 1) -> ControlChart:
    """The control chart of complete periods, whose newest is judged by those before it.

    Args:
        course: period, value, n; oldest first.
        kind: of the limits.
        unit: of the indicator: "%" ends at 1, "points" begins at -100.
        month_starts_on: as in itsq.toml.

    Returns:
        Its frame has besides `ds` (first day of the period) and `y` (the value), as a line is drawn.

    Raises:
        ReportError: fewer than 12 complete periods.
    """
    before = int(course["value"].iloc[:-1].notna().sum())
    ends = {"floor": -100.0 if unit == "points" else 0.0, "ceiling": 1.0 if unit == "%" else float("inf")}
    try:
        chart = control_chart(course, kind=kind, baseline=min(max(before, 1), MOST), **ends)
    except ValueError as error:
        raise ReportError(str(error)) from error
    days = [parse_period(label, month_starts_on).start for label in chart.frame["period"]]
    return replace(chart, frame=chart.frame.assign(ds=pd.to_datetime(days), y=chart.frame["value"]))
