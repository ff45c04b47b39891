"""People too few and too many by weekday and hour: signed numbers in cells, filled where too few, framed where too many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from itsq_analysis.charts.canvas import (
    LINE_HEIGHT,
    PHONE,
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
    members,
    repeated,
    require,
    scaled,
    table,
    texts,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import MISSING, Language, text_width, thin, wrapped
from itsq_analysis.charts.lanes import NEXT_LINE, Lanes
from itsq_analysis.charts.palette import colour
from itsq_analysis.errors import ItsqError

if TYPE_CHECKING:
    pass

STEP = 26.0
NARROWEST = 22.0  # px that a cell needs for its number; on a narrower canvas rows and columns change places
LONGEST = 120.0  # px of a row's name
HEAD = 40.0  # px that a column's name may take, however narrow the column
ONE_SIZE = 14  # columns up to which the picture for a phone serves everywhere
ENOUGH = "0"
FRAMED = 1.5  # too many, from which on a cell is framed
NOTHING = 0.5  # below, neither too few nor too many


@dataclass(frozen=True)
class _Grid:
    rows: list[str]
    columns: list[str]
    values: dict[tuple[str, str], float | None]
    names: tuple[str, str]
    language: Language

    def turned(self) -> _Grid:
        """Rows as columns."""
        values = {(column, row): value for (row, column), value in self.values.items()}
        return _Grid(self.columns, self.rows, values, self.names, self.language)

    def text(self, row: str, column: str) -> str:
        """What stands in a cell: "−2", "+3", "0" for enough, nothing where it is closed."""
        value = self.values.get((row, column))
        return "" if value is None else signed(value)


def signed(value: float) -> str:
    """A difference in whole people, with its sign; "0" where it is none.

    >>> signed(-2.2), signed(3.0), signed(0.3)
    ('−2', '+3', '0')
    """
    if abs(value) < NOTHING:
        return ENOUGH
    return f"{'−' if value < 0 else '+'}{max(1, round(abs(value)))}"


def gap_grid(frame: Frame, *, title: str, summary: str, language: Language = "en", names: tuple[str, str] = ("−", "+")) -> Chart:
    """One cell per member (weekday) and column (hour): people above (+) or below (−) the need.

    `frame`: `member`, `column`, `value` (below 0 = too few; missing = closed); both orders of first appearance. `names` say what
    filled (too few) and framed (two or more too many) cells are; enough and one more than that are left blank, closed is a dash.
    Up to 14 columns one picture serves desktop and phone; with more, rows and columns change places on a phone. Raises ItsqError
    if a column lacks or a pair occurs twice; no values give the "no data" picture.
    """
    rows = require(frame, "gap grid", "member", "column", "value")
    pairs = list(zip(members(rows), members(rows, "column"), strict=True))
    if twice := repeated(pairs):
        raise ItsqError(f"each member and column must occur once; found {twice[0]!r}, {twice[1]!r} twice; take their mean first")
    values = dict(zip(pairs, cells(rows, "value"), strict=True))
    lines, heads = list(dict.fromkeys(members(rows))), list(dict.fromkeys(members(rows, "column")))
    grid = _Grid(lines, heads, values, names, language)
    columns = {"name": lines} | {head: [grid.text(line, head) or MISSING for line in lines] for head in heads}
    empty = all(value is None for value in values.values())
    made = compose(
        lambda width: _design(grid, width),
        empty=empty,
        title=title,
        summary=summary,
        language=language,
        data=table(columns, language),
    )
    if empty or made.narrow is None or len(heads) > ONE_SIZE:
        return made
    return replace(made, spec=made.narrow, narrow=None)


def _lanes(names: Sequence[str]) -> Lanes:
    """A lane per row, high enough for the longest name's lines."""
    lines = tuple(wrapped(name, LONGEST) for name in names)
    return Lanes(lines, _left(names), STEP + NEXT_LINE * (max(map(len, lines)) - 1), above=False)


def _left(names: Sequence[str]) -> float:
    return round(min(max(text_width(name) for name in names), LONGEST) + 14, 1)


def _design(grid: _Grid, width: float) -> Spec:
    if width < PHONE and (width - _left(grid.rows) - 4) / len(grid.columns) < NARROWEST and len(grid.rows) < len(grid.columns):
        grid = grid.turned()
    lane = _lanes(grid.rows)
    plot = width - lane.left - 4
    entries = [("missed", "square", grid.names[0]), ("c1", "frame", grid.names[1])]
    heads, heads_height = _heads(grid, plot)
    key, key_height = key_line(entries, width, lane.left, heads_height)
    layers = [*key, heads, lane.labels(), *_cells(grid, lane, plot / len(grid.columns))]
    return canvas(width, lane.height, Room(lane.left, 4, key_height, 4), layers)


def _heads(grid: _Grid, plot: float) -> tuple[Spec, float]:
    """The columns' names, long ones in more lines, and the px that they take above the cells."""
    middles, room = centres(len(grid.columns), plot), max(plot / len(grid.columns) - 3, HEAD)
    names = [wrapped(name, room) for name in grid.columns]
    widest = [max(lines, key=text_width) for lines in names]
    rows: Rows = [
        {"x": min(middles[place], plot + 4 - text_width(widest[place]) / 2), "y": -14 - line * LINE_HEIGHT, "text": text}
        for place in thin(widest, middles, gap=2)
        for line, text in enumerate(reversed(names[place]))
    ]
    return texts(rows, at("x"), at("y")), 30 + LINE_HEIGHT * (max(map(len, names)) - 1)


def _cells(grid: _Grid, lane: Lanes, cell: float) -> list[Spec]:
    few: Rows = []
    many: Rows = []
    marks: dict[str, Rows] = {"muted": [], "ink": [], "paper": []}
    for place, row in enumerate(grid.rows):
        for column, head in enumerate(grid.columns):
            text, value = grid.text(row, head), grid.values.get((row, head))
            spot = {"x": column, "middle": lane.middle(place), "text": text}
            if value is None:
                marks["muted"].append(spot | {"text": MISSING})
            if value is None or -NOTHING < value < FRAMED:
                continue
            box = lane.span(place, STEP - 4) | {"from": column - 0.45, "to": column + 0.45, "tip": f"{row} {head}: {text}"}
            (few if value < 0 else many).append(box)
            if text_width(text) <= cell:
                marks["paper" if value < 0 else "ink"].append(spot)
    x = scaled("x", -0.5, len(grid.columns) - 0.5)
    area = {"x": {**x, "field": "from"}, "x2": {"field": "to"}, "y": lane.y("y"), "y2": {"field": "foot"}}
    written = [texts(rows, x, lane.y("middle"), role) for role, rows in marks.items()]
    return [
        layer("rect", few, area, color=colour("missed")),
        layer("rect", many, area, color=colour("paper"), stroke=colour("c1"), strokeWidth=1.2),
        *written,
    ]
