"""The control chart of an indicator: its periods against their limits, and those that no quiet process would show."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from itsq_analysis.charts import line
from itsq_analysis.charts.labels import Unit
from itsq_analysis.errors import ReportError
from itsq_analysis.indicators.processes import control_course
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section, bullets
from itsq_analysis.periods import parse_period
from itsq_analysis.process import MOST, ControlChart, control_chart
from itsq_analysis.text import formats

UNITS: dict[str, Unit] = {"%": "share", "h": "hours", "score": "score"}


def control(context: ReportContext, indicator: str) -> tuple[Section, ControlChart]:
    """The control chart of an indicator over the complete periods up to the context's, as a section and as numbers.

    Raises:
        ReportError: there is no such indicator, or fewer than 12 complete periods.
    """
    if indicator not in context.workspace.catalogue:
        raise ReportError(f"an indicator must be of the catalogue; found {indicator!r}; see docs/indicators.md")
    kind, course = control_course(context.scope, indicator)
    unit = context.workspace.catalogue[indicator].unit
    ends = {"floor": -100.0 if unit == "points" else 0.0, "ceiling": 1.0 if unit == "%" else float("inf")}
    before = int(course["value"].iloc[:-1].notna().sum())  # the newest period is judged by those before it
    try:
        chart = control_chart(course, kind=kind, baseline=min(max(before, 1), MOST), **ends)
    except ValueError as error:
        raise ReportError(str(error)) from error
    starts_on = context.workspace.settings.period.month_starts_on
    periods = [parse_period(label, starts_on) for label in chart.frame["period"]]
    frame = chart.frame.assign(ds=pd.to_datetime([one.start for one in periods]), y=chart.frame["value"])
    told = [
        context.say(f"unusual_rule_{row['rule']}_{row['side']}", period=formats.period_label(period, context.language))
        for (_, row), period in zip(chart.frame.iterrows(), periods, strict=True)
        if row["rule"]
    ]
    title = context.title(indicator)
    answer = context.say("unusual_control", n=context.number(len(told)), periods=context.number(len(periods)))
    shown: Unit = "number" if kind == "rate" else UNITS.get(unit, "number")
    grain: Literal["D", "M"] = "M" if context.period.grain == "month" else "D"
    picture = line(frame, title=title, summary=answer, language=context.language, unit=shown, grain=grain, zero=False)
    return Section("control", title, answer, (picture, *([bullets(told, "notes")] if told else []))), chart
