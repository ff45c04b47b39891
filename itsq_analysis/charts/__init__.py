"""Charts: a frame in, one picture out (frame -> Chart), one kind per file.

Each function takes a tidy frame with the column names its docstring states, a title, a summary (the text alternative: one
sentence) and a language, and returns a `Chart`: interactive in JupyterLab, static SVG in the report.
"""

from itsq_analysis.charts.bars import bars
from itsq_analysis.charts.calendar_grid import calendar_grid
from itsq_analysis.charts.change_calendar import change_calendar
from itsq_analysis.charts.chart import Chart
from itsq_analysis.charts.deadlines import deadlines
from itsq_analysis.charts.diverging_bars import diverging_bars
from itsq_analysis.charts.dots import dots
from itsq_analysis.charts.fan import fan
from itsq_analysis.charts.funnel import funnel
from itsq_analysis.charts.gap_grid import gap_grid
from itsq_analysis.charts.heat_grid import heat_grid
from itsq_analysis.charts.intervals import intervals
from itsq_analysis.charts.line import line
from itsq_analysis.charts.ranges import ranges
from itsq_analysis.charts.risk_grid import risk_grid
from itsq_analysis.charts.sparkline import sparkline
from itsq_analysis.charts.stacked_bars import stacked_bars
from itsq_analysis.charts.timeline import timeline

__all__ = [
    "Chart",
    "bars",
    "calendar_grid",
    "change_calendar",
    "deadlines",
    "diverging_bars",
    "dots",
    "fan",
    "funnel",
    "gap_grid",
    "heat_grid",
    "intervals",
    "line",
    "ranges",
    "risk_grid",
    "sparkline",
    "stacked_bars",
    "timeline",
]
