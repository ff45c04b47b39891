"""Services down, months across, minutes lost as shade: where the losses repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsq_analysis.charts import labels
from itsq_analysis.charts.canvas import (
    Frame,
    Room,
    Rows,
    Spec,
    canvas,
    cells,
    centres,
    layer,
    members,
    numbers,
    period_axis,
    repeated,
    require,
    scaled,
    table,
    texts,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import MISSING, Language, Unit, number, text_width
from itsq_analysis.charts.lanes import Lanes, lanes
from itsq_analysis.charts.palette import colour
from itsq_analysis.errors import ItsqError

if TYPE_CHECKING:
    pass

STEP = 26.0
SHADES = (0.16, 0.34, 0.74, 0.95)  # of the colour, so that a number in the cell stays readable


@dataclass(frozen=True)
class _Grid:
    members: list[str]
    periods: list[str]
    values: dict[tuple[str, str], float | None]
    unit: Unit
    language: Language


def heat_grid(frame: Frame, *, title: str, summary: str, language: Language = "en", unit: Unit = "minutes") -> Chart:
    """One cell per member and period, darker for more; 0 is a small dot, a missing value a dash.

    `frame`: `member`, `period` (labels; columns in the order of first appearance), `value` (≥ 0). Shades are four equal steps of
    rank among the values above 0, so one disaster does not bleach the rest. Numbers that fit stand in their cells. Raises
    ItsqError if a column lacks or a pair occurs twice; no values give the "no data" picture.
    """
    rows = require(frame, "heat grid", "member", "period", "value")
    pairs = list(zip(members(rows), members(rows, "period"), strict=True))
    if twice := repeated(pairs):
        raise ItsqError(f"each member and period must occur once; found {twice[0]!r}, {twice[1]!r} twice; add them up first")
    values = dict(zip(pairs, cells(rows, "value"), strict=True))
    names, periods = list(dict.fromkeys(members(rows))), list(dict.fromkeys(members(rows, "period")))
    grid = _Grid(names, periods, values, unit, language)
    columns = {"name": names}
    for label in periods:
        columns[labels.period(label, language)] = numbers([values.get((name, label)) for name in names], unit, language)
    return compose(
        lambda width: _design(grid, width),
        empty=all(value is None for value in values.values()),
        title=title,
        summary=summary,
        language=language,
        data=table(columns, language),
    )


def shades(values: list[float]) -> dict[float, float]:
    """The opacity of each value above 0, by quarter of rank.

    >>> shades([0.0, 5.0, 90.0, 30.0, 1000.0])
    {5.0: 0.16, 30.0: 0.34, 90.0: 0.74, 1000.0: 0.95}
    """
    above = sorted({value for value in values if value > 0})
    return {value: SHADES[(place * len(SHADES)) // len(above)] for place, value in enumerate(above)}


def _design(grid: _Grid, width: float) -> Spec:
    lane = lanes(grid.members, width, STEP)
    left = 4.0 if lane.above else lane.left
    lane = Lanes(lane.names, left, lane.step, lane.above)
    plot = width - left - 4
    heads = period_axis(grid.periods, centres(len(grid.periods), plot), -14.0, -30.0, grid.language, gap=6)
    layers = [heads, lane.labels(), *_cells(grid, lane, plot / len(grid.periods))]
    return canvas(width, lane.height, Room(left, 4, 42, 4), layers)


def _cells(grid: _Grid, lane: Lanes, cell: float) -> list[Spec]:
    shade = shades([value for value in grid.values.values() if value is not None])
    filled: Rows = []
    marks: dict[str, Rows] = {"muted": [], "ink": [], "paper": []}
    for place, member in enumerate(grid.members):
        for column, label in enumerate(grid.periods):
            value = grid.values.get((member, label))
            tip = f"{member}, {labels.period(label, grid.language)}: {number(value, grid.unit, grid.language)}"
            spot = {"x": column, "middle": lane.middle(place), "tip": tip}
            if not value:
                marks["muted"].append(spot | {"text": MISSING if value is None else "·"})
                continue
            filled.append(spot | lane.span(place, STEP - 3) | {"from": column - 0.46, "to": column + 0.46, "shade": shade[value]})
            text = f"{value:,.0f}"
            if text_width(text) <= cell - 3:
                marks["paper" if shade[value] > 0.5 else "ink"].append(spot | {"text": text})
    x = scaled("x", -0.5, len(grid.periods) - 0.5)
    opacity = {"field": "shade", "type": "quantitative", "scale": None}
    area = {"x": {**x, "field": "from"}, "x2": {"field": "to"}, "y": lane.y("y"), "y2": {"field": "foot"}, "fillOpacity": opacity}
    inside = [texts(rows, x, lane.y("middle"), role) for role, rows in marks.items()]
    return [layer("rect", filled, area, color=colour("c1")), *inside]
