"""Days of weeks: weekdays down, weeks across, the unusual ones filled, holidays named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from itsq_analysis.charts import labels
from itsq_analysis.charts.canvas import (
    Frame,
    Room,
    Rows,
    Spec,
    at,
    canvas,
    cells,
    centres,
    key_line,
    layer,
    require,
    scaled,
    stamp,
    table,
    texts,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import Language, clean, text_width, word
from itsq_analysis.charts.palette import colour
from itsq_analysis.errors import ItsqError
from itsq_analysis.tables.plain_text import is_missing
from itsq_analysis.text import term

if TYPE_CHECKING:
    import pandas as pd

STEP = 24.0
FOOT = 22.0
SIDES = ((1, "c1", "unusual more"), (-1, "c2", "unusual fewer"))


@dataclass(frozen=True)
class _Day:
    """One day: the week and weekday it lies in, by how much it was unusual (None: it was not), and what it is called."""

    at: date
    column: int
    row: int
    value: float | None
    holiday: str
    tip: str


@dataclass(frozen=True)
class _Grid:
    days: list[_Day]
    mondays: list[date]
    language: Language


def calendar_grid(frame: Frame, *, title: str, summary: str, language: Language = "en") -> Chart:
    """One cell per day: filled where it was unusual, with the difference in it; a holiday has a frame, another day a pale ground.

    `frame`: `ds` (days, each once), `value` (counted - expected on unusual days, else missing), optional `holiday` (its name, else
    missing) and `what` (what was unusual, shown on hovering and in the table). More than expected and fewer have a colour and a
    sign each. Raises ItsqError if a column lacks or a day occurs twice; no days give the "no data" picture.
    """
    rows = require(frame, "calendar", "ds", "value")
    twice = rows["ds"][rows["ds"].duplicated()]
    if len(twice):
        raise ItsqError(f"each day must occur once; found {twice.iloc[0]} twice; add them up first")
    grid = _grid(rows.sort_values("ds", ignore_index=True), language)
    told = [one for one in grid.days if one.value is not None or one.holiday]
    columns = {
        "day": [labels.day(one.at, language) for one in told],
        "difference": ["" if one.value is None else _signed(one.value) for one in told],
        "what": [one.tip for one in told],
    }
    return compose(
        lambda width: _design(grid, width),
        empty=not grid.days,
        title=title,
        summary=summary,
        language=language,
        data=table(columns, language),
    )


def _grid(rows: pd.DataFrame, language: Language) -> _Grid:
    days = [stamp(one).date() for one in rows["ds"]]
    if not days:
        return _Grid([], [], language)
    first = days[0] - timedelta(days=days[0].weekday())
    weeks = (days[-1] - first).days // 7 + 1
    holidays = _texts(rows, "holiday")
    found = [
        _Day(one, (one - first).days // 7, one.weekday(), value, holiday, what or holiday)
        for one, value, holiday, what in zip(days, cells(rows, "value"), holidays, _texts(rows, "what"), strict=True)
    ]
    return _Grid(found, [first + timedelta(days=7 * week) for week in range(weeks)], language)


def _texts(rows: pd.DataFrame, column: str) -> list[str]:
    if column not in rows:
        return [""] * len(rows)
    return [clean(one) if not is_missing(one) and one else "" for one in rows[column]]


def _signed(value: float) -> str:
    """A difference with its sign."""
    rounded = round(value)
    sign = "+" if rounded > 0 else "\N{MINUS SIGN}" if rounded < 0 else ""
    return f"{sign}{abs(rounded):,}"


def _design(grid: _Grid, width: float) -> Spec:
    names = [term(f"weekday_{day}", grid.language) for day in range(7)]
    left = max(text_width(name) for name in names) + 14
    plot = width - left - 4
    key = [
        (role, "square", word(text, grid.language))
        for sign, role, text in SIDES
        if any((one.value or 0) * sign > 0 for one in grid.days)
    ]
    key += [("muted", "frame", word("holiday", grid.language))] if any(one.holiday for one in grid.days) else []
    legend, above = key_line(key, width, left)
    marks: Rows = [{"x": -8.0, "y": (day + 0.5) * STEP, "text": name} for day, name in enumerate(names)]
    layers = [*legend, texts(marks, at("x"), at("y"), align="right"), *_cells(grid, plot), _weeks(grid, plot)]
    return canvas(width, 7 * STEP, Room(left, 4, above + 2, FOOT), layers)


def _cells(grid: _Grid, plot: float) -> list[Spec]:
    cell = plot / len(grid.mondays)
    filled: dict[str, Rows] = {"muted": [], "c1": [], "c2": []}
    inside: Rows = []
    for one in grid.days:
        if not one.value and not one.holiday:
            continue
        role = "muted" if not one.value else "c1" if one.value > 0 else "c2"
        tip = labels.day(one.at, grid.language) + (f": {one.tip}" if one.tip else "")
        filled[role].append(_box(one.column, one.row, one.row) | {"tip": tip})
        text = "" if not one.value else _signed(one.value)
        if text and text_width(text) <= cell - 1:
            inside.append({"x": one.column, "middle": (one.row + 0.5) * STEP, "text": text, "tip": tip})
    x, y = scaled("x", -0.5, len(grid.mondays) - 0.5), scaled("y", 0.0, 7 * STEP, (0.0, 7 * STEP))
    area = {"x": {**x, "field": "from"}, "x2": {"field": "to"}, "y": y, "y2": {"field": "foot"}}
    frame = {"color": colour("paper"), "stroke": colour("muted"), "strokeWidth": 1.2}
    looks: dict[str, Spec] = {"muted": frame, "c1": {"color": colour("c1")}, "c2": {"color": colour("c2")}}
    gaps: Rows = [{"left": 0.0, "right": plot, "y": day * STEP} for day in range(1, 7)]
    return [
        layer("rect", _weeks_as_boxes(grid), area, color=colour("line"), fillOpacity=0.5),
        layer("rule", gaps, {"x": at("left"), "x2": {"field": "right"}, "y": at("y")}, color=colour("paper"), strokeWidth=3),
        *(layer("rect", rows, area, **looks[role]) for role, rows in filled.items()),
        texts(inside, x, {**y, "field": "middle"}, "paper"),
    ]


def _box(column: int, first: int, last: int) -> dict[str, float]:
    """The corners of the cells of some days of a week, one below the other."""
    return {"x": column, "from": column - 0.46, "to": column + 0.46, "y": first * STEP + 1.5, "foot": (last + 1) * STEP - 1.5}


def _weeks_as_boxes(grid: _Grid) -> Rows:
    """The ground of every week, from its first day to its last; a third of the marks that single days would take."""
    rows: dict[int, list[int]] = {}
    for one in grid.days:
        rows.setdefault(one.column, []).append(one.row)
    return [_box(column, min(days), max(days)) for column, days in rows.items()]


def _weeks(grid: _Grid, plot: float) -> Spec:
    """The Mondays beneath the weeks that begin with them, as many as have room."""
    names = [labels.day(monday, grid.language) for monday in grid.mondays]
    middles = zip(names, centres(len(names), plot), strict=True)
    pixels = [min(middle, round(plot + 4 - text_width(name) / 2, 2)) for name, middle in middles]
    kept = labels.thin(names, pixels, gap=6)
    rows: Rows = [{"x": pixels[k], "y": 7 * STEP + 13.0, "text": names[k]} for k in kept]
    return texts(rows, at("x"), at("y"))
