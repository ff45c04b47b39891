"""The control chart of an indicator: its periods against their limits, and those that no quiet process would show."""

from __future__ import annotations

from itsq_analysis.anomaly.control import control as control_of
from itsq_analysis.charts import line
from itsq_analysis.charts.labels import Unit
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section, bullets
from itsq_analysis.periods import parse_period
from itsq_analysis.text import formats

UNITS: dict[str, Unit] = {"%": "share", "h": "hours", "score": "score"}


def control(context: ReportContext, indicator: str) -> Section:
    """The control chart of an indicator as a section."""
    chart = control_of(context.scope, indicator)
    starts_on = context.workspace.settings.period.month_starts_on
    signals = [
        context.say(
            f"unusual_rule_{row['rule']}_{row['side']}",
            period=formats.period_label(parse_period(row["period"], starts_on), context.language),
        )
        for _, row in chart.signals.iterrows()
    ]
    title = context.title(indicator)
    answer = context.say("unusual_control", n=context.number(len(signals)), periods=context.number(len(chart.frame)))
    unit = "number" if chart.kind == "rate" else UNITS.get(context.workspace.definitions[indicator].unit, "number")
    grain = context.period.grain == "month"
    picture = line(
        chart.frame, title=title, summary=answer, language=context.language, unit=unit, grain="M" if grain else "D", zero=False
    )
    return Section("control", title, answer, (picture, *([bullets(signals, "notes")] if signals else [])))
