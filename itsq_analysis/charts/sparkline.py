"""A line as small as a word: an indicator's last periods for a cell of the scorecard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsq_analysis.charts import labels
from itsq_analysis.charts.canvas import (
    Frame,
    Numbers,
    Room,
    Rows,
    Spec,
    at,
    canvas,
    cells,
    flags,
    layer,
    numbers,
    require,
    scaled,
    symbol,
    table,
)
from itsq_analysis.charts.chart import Chart
from itsq_analysis.charts.labels import Language, Unit
from itsq_analysis.charts.palette import colour

if TYPE_CHECKING:
    pass

WIDTH, HEIGHT, MARGIN = 120.0, 28.0, 5.0
ACROSS = {"x": at("left"), "x2": {"field": "right"}}


def sparkline(
    frame: Frame,
    *,
    title: str,
    summary: str,
    language: Language = "en",
    unit: Unit = "share",
    target: float | None = None,
    band: tuple[float, float] | None = None,
) -> Chart:
    """A value's course without axes: 120 × 28 px, one size for every page width.

    `frame`: `period` (labels, oldest first), `value` (missing values leave a gap), and optionally `provisional` (bool), as in a
    value frame. The last value is a dot, provisional ones are hollow. `target` is a thin line, `band` the process's usual range.
    No value at all gives a short dash. Raises ItsqError if a column lacks.
    """
    rows = require(frame, "sparkline", "period", "value")
    values = cells(rows, "value")
    names = [labels.period(label, language) for label in rows["period"]]
    printed = numbers(values, unit, language)
    points: Rows = [
        {"x": place, "y": value, "tip": f"{name}: {text}"}
        for place, (value, name, text) in enumerate(zip(values, names, printed, strict=True))
    ]
    return Chart(
        spec=_design(points, values, flags(rows, "provisional"), target, band),
        summary=labels.clean(summary),
        title=labels.clean(title),
        language=language,
        data=table({"period": names, "value": printed}, language),
    )


def _design(points: Rows, values: Numbers, provisional: list[bool], target: float | None, band: tuple[float, float] | None) -> Spec:
    known = [place for place, value in enumerate(values) if value is not None]
    room = Room(MARGIN, MARGIN, MARGIN, MARGIN)
    if not known:
        dash: Rows = [{"left": 0.0, "right": 12.0, "y": HEIGHT / 2 - MARGIN}]
        return canvas(WIDTH, HEIGHT - 2 * MARGIN, room, [layer("rule", dash, {**ACROSS, "y": at("y")}, color=colour("muted"))])
    seen = [value for value in (*values, target, *(band or ())) if value is not None]
    low, high = min(seen), max(seen)
    x = scaled("x", 0, max(len(values) - 1, 1))
    y = scaled("y", low, high) if high > low else scaled("y", low - 0.5, high + 0.5)
    course: Rows = [{"x": point["x"], "y": point["y"]} for point in points]
    open_ = [points[place] for place in known if provisional[place]]
    layers = [
        *_levels(y, target, band),
        layer("line", course, {"x": x, "y": y}, color=colour("c1"), strokeWidth=1.5),
        symbol([points[known[-1]]], x, y, "c1", "circle", size=28),
        symbol(open_, x, y, "c1", "hollow", size=26),
        layer("point", points, {"x": x, "y": y}, filled=True, opacity=0, size=80, color=colour("c1")),
    ]
    return canvas(WIDTH, HEIGHT - 2 * MARGIN, room, layers)


def _levels(y: Spec, target: float | None, band: tuple[float, float] | None) -> list[Spec]:
    """The usual range as a pale ground, the target as a dashed line."""
    edges = {"left": 0.0, "right": WIDTH - 2 * MARGIN}
    ground: Rows = [edges | {"low": band[0], "high": band[1]}] if band else []
    line: Rows = [edges | {"y": target}] if target is not None else []
    between = {"y": {**y, "field": "low"}, "y2": {"field": "high"}}
    return [
        layer("rect", ground, {**ACROSS, **between}, color=colour("c1"), opacity=0.13),
        layer("rule", line, {**ACROSS, "y": y}, color=colour("muted"), strokeDash=[3, 2], strokeWidth=1),
    ]
