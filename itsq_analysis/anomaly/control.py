"""The control chart of an indicator: limits of the periods before the newest, by the kind and unit of its values."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from itsq_analysis.errors import ReportError
from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.processes import control_course
from itsq_analysis.periods import parse_period
from itsq_analysis.process import MOST, ControlChart, control_chart


@fact
def control(scope: Scope, indicator: str) -> ControlChart:
    """The complete periods of an indicator up to the scope's, the newest judged by those before it.

    Its frame has besides `ds` (first day of the period) and `y` (the value), as a line is drawn.

    Raises:
        ReportError: there is no such indicator, or fewer than 12 complete periods.
    """
    if indicator not in scope.catalogue:
        raise ReportError(f"an indicator must be of the catalogue; found {indicator!r}; see docs/indicators.md")
    unit = scope.catalogue[indicator].unit
    kind, course = control_course(scope, indicator)
    before = int(course["value"].iloc[:-1].notna().sum())
    ends = {"floor": -100.0 if unit == "points" else 0.0, "ceiling": 1.0 if unit == "%" else float("inf")}
    try:
        chart = control_chart(course, kind=kind, baseline=min(max(before, 1), MOST), **ends)
    except ValueError as error:
        raise ReportError(str(error)) from error
    days = [parse_period(label, scope.settings.period.month_starts_on).start for label in chart.frame["period"]]
    return replace(chart, frame=chart.frame.assign(ds=pd.to_datetime(days), y=chart.frame["value"]))
