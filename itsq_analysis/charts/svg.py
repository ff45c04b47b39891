"""A specification drawn as static SVG: the same bytes on every machine, small, and without anything that refers outside.

The charts use a small part of Vega-Lite, in which every size, scale and position is stated (`canvas`). That part is drawn here as
JupyterLab draws it, in milliseconds and without a JavaScript engine; `tests/charts/test_svg.py` compares it with vl-convert.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Any

from itsq_analysis.charts.labels import FONT, SIZE, clean
from itsq_analysis.charts.palette import LIGHT, TOKEN
from itsq_analysis.errors import ItsqError

Row = Mapping[str, Any]
Position = Callable[[Row], float | None]
Drawn = tuple[Row, str, str]  # the row, its element with what places it, the text inside
Points = list[tuple[float, float]]
ANCHOR = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}
STYLE = {  # property of a mark -> attribute of SVG, in the order in which they are written
    "fill": "fill", "fillOpacity": "fill-opacity", "stroke": "stroke", "strokeWidth": "stroke-width",
    "strokeDash": "stroke-dasharray", "fontSize": "font-size", "fontWeight": "font-weight", "opacity": "opacity",
}  # fmt: skip
DEFAULTS = {"fillOpacity": 1, "strokeWidth": 1, "fontSize": SIZE, "opacity": 1}


def draw(spec: Mapping[str, Any], title: str, summary: str, *, hover: bool = True) -> str:
    """The SVG text of a specification as `canvas` makes it, with title and description for screen readers.

    Without `hover` the marks have no titles of their own, which a finger cannot reach. Colours stay CSS variables (with the light
    palette's value as fallback); the background is transparent; coordinates are rounded to a tenth of a px.

    Raises:
        ItsqError: a mark, symbol or scale that the charts do not use.
    """
    size, room = (spec["width"], spec["height"]), spec["padding"]
    width, height = px(size[0] + room["left"] + room["right"]), px(size[1] + room["top"] + room["bottom"])
    marks = "".join(mark for layer in spec["layer"] for mark in _layer(layer, size, hover))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"'
        f' font-family="{FONT}" font-size="{SIZE:g}"><title>{_text(clean(title))}</title><desc>{_text(clean(summary))}</desc>'
        f'<g fill="none" stroke-miterlimit="10" transform="translate({px(room["left"])},{px(room["top"])})">{marks}</g></svg>'
    )


def px(length: float) -> str:
    """A length or position, rounded to a tenth of a px.

    >>> px(16.666), px(-0.01), px(720.0)
    ('16.7', '0', '720')
    """
    return f"{round(length, 1) + 0.0:g}"


def _text(words: object) -> str:
    return escape(str(words), quote=False)


def _layer(layer: Mapping[str, Any], size: tuple[float, float], hover: bool) -> Iterator[str]:
    """The elements of one layer, in the order of its rows."""
    mark, encoding = layer["mark"], layer["encoding"]
    marks = {"rect": _rects, "rule": _rules, "text": _texts, "point": _points, "line": _lines, "area": _areas}
    if mark["type"] not in marks:
        raise _unknown("mark", mark["type"], marks)
    x, x2, y, y2 = (_position(encoding, channel, size) for channel in ("x", "x2", "y", "y2"))
    shade = encoding.get("fillOpacity", {}).get("field")
    tip = encoding.get("tooltip", {}).get("field") if hover else None
    for row, element, words in marks[mark["type"]](mark, layer["data"]["values"], (x, x2, y, y2)):
        inside = words + (f"<title>{_text(row[tip])}</title>" if tip else "")
        look = _look({**mark, "fillOpacity": row[shade]} if shade else mark)
        yield f"<{element}{look}>{inside}</{element.partition(' ')[0]}>" if inside else f"<{element}{look}/>"


def _position(encoding: Mapping[str, Any], channel: str, size: tuple[float, float]) -> Position:
    """Where a row lies on a channel, in px of the plot area; None where its value is missing."""
    axis = encoding[channel[0]]
    field = encoding.get(channel, axis)["field"]
    if axis["scale"] is None:
        return lambda row: row.get(field)
    kind = axis["scale"].get("type", "linear")
    if kind not in SCALES:
        raise _unknown("scale", kind, SCALES)
    start, end = axis["scale"].get("range", (0.0, size[0]) if channel[0] == "x" else (size[1], 0.0))
    low, high = (math.log(bound) if kind == "log" else bound for bound in axis["scale"]["domain"])

    def scaled(row: Row) -> float | None:
        value = row.get(field)
        if value is None:
            return None
        share = (SCALES[kind](value) - low) / (high - low) if high != low else 0.5
        return start * (1 - share) + end * share  # type: ignore[no-any-return]

    return scaled


def _milliseconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp() * 1000


SCALES: dict[str, Callable[[Any], float]] = {"linear": float, "log": math.log, "utc": _milliseconds}


def _unknown(what: str, found: object, known: Iterable[str]) -> ItsqError:
    return ItsqError(f"a chart's {what} must be one of {', '.join(known)}; found {str(found)[:60]!r}; compose the chart of these")


def _look(mark: Mapping[str, Any]) -> str:
    """The attributes that colour a mark."""
    own = "stroke" if mark["type"] in ("line", "rule") else "fill"
    look = {own: mark["color"], **mark} if "color" in mark else dict(mark)
    if "stroke" not in look or look.get("strokeWidth") == 0:
        look = {name: value for name, value in look.items() if not name.startswith("stroke")}
    kept = {name: look[name] for name in STYLE if name in look and look[name] != DEFAULTS.get(name)}
    return "".join(f' {STYLE[name]}="{_attribute(value)}"' for name, value in kept.items())


def _attribute(value: object) -> str:
    """A colour variable with the light palette's value, for where the page's style sheet does not reach; a dash pattern.

    >>> _attribute("var(--c1)"), _attribute([5, 3]), _attribute(0.5)
    ('var(--c1,#05416e)', '5,3', '0.5')
    """
    if isinstance(value, list):
        return ",".join(f"{length:g}" for length in value)
    found = TOKEN.fullmatch(str(value))
    return f"var(--{found[1]},{LIGHT[found[1]]})" if found else escape(str(value))


def _placed(rows: Sequence[Row], positions: Sequence[Position]) -> Iterator[tuple[Row, list[float]]]:
    """The rows that have all their positions, with these."""
    for row in rows:
        places = [position(row) for position in positions]
        if None not in places:
            yield row, places  # type: ignore[misc]


def _rects(mark: Mapping[str, Any], rows: Sequence[Row], positions: Sequence[Position]) -> Iterator[Drawn]:  # noqa: ARG001
    for row, (x, x2, y, y2) in _placed(rows, positions):
        yield row, f'path d="{_box(min(x, x2), min(y, y2), abs(x2 - x), abs(y2 - y))}"', ""


def _box(left: float, top: float, width: float, height: float) -> str:
    return f"M{px(left)},{px(top)}h{px(width)}v{px(height)}h{px(-width)}Z"


def _rules(mark: Mapping[str, Any], rows: Sequence[Row], positions: Sequence[Position]) -> Iterator[Drawn]:  # noqa: ARG001
    for row, (x, x2, y, y2) in _placed(rows, positions):
        yield row, f'line x1="{px(x)}" y1="{px(y)}" x2="{px(x2)}" y2="{px(y2)}"', ""


def _texts(mark: Mapping[str, Any], rows: Sequence[Row], positions: Sequence[Position]) -> Iterator[Drawn]:
    """Texts, whose vertical middle lies at their position."""
    lift = math.floor(0.3 * mark["fontSize"] + 0.5)
    for row, (x, _, y, _) in _placed(rows, positions):
        left, foot = px(x + mark.get("dx", 0)), px(y + mark.get("dy", 0) + lift)
        yield row, f'text x="{left}" y="{foot}"{ANCHOR[mark["align"]]}', _text(row["text"]).strip()


def _points(mark: Mapping[str, Any], rows: Sequence[Row], positions: Sequence[Position]) -> Iterator[Drawn]:
    shape, radius = mark.get("shape", "circle"), math.sqrt(mark["size"]) / 2
    outline = "" if shape == "circle" else _symbol(shape, radius)
    for row, (x, _, y, _) in _placed(rows, positions):
        placed = f'path transform="translate({px(x)},{px(y)})" d="{outline}"'
        yield row, placed if outline else f'circle cx="{px(x)}" cy="{px(y)}" r="{px(radius)}"', ""


def _symbol(shape: str, radius: float) -> str:
    """The outline of a symbol other than a circle around its middle."""
    r, minus = px(radius), px(-radius)
    outlines = {
        "square": _box(-radius, -radius, 2 * radius, 2 * radius),
        "diamond": f"M{minus},0L0,{minus}L{r},0L0,{r}Z",
        "stroke": f"M{minus},0L{r},0",
        "M0,-1V1": f"M0,{minus}L0,{r}",
    }
    if shape not in outlines:
        raise _unknown("symbol", shape, ["circle", *outlines])
    return outlines[shape]


def _lines(mark: Mapping[str, Any], rows: Sequence[Row], positions: Sequence[Position]) -> Iterator[Drawn]:  # noqa: ARG001
    """One path, with a gap where a value is missing; a value between two gaps is a dot of no length."""
    x, _, y, _ = positions
    path = "".join(_path(run) + ("Z" if len(run) == 1 else "") for run in _runs(rows, x, y))
    if path:
        yield rows[0], f'path d="{path}"', ""


def _areas(mark: Mapping[str, Any], rows: Sequence[Row], positions: Sequence[Position]) -> Iterator[Drawn]:  # noqa: ARG001
    """One closed path between two courses."""
    x, _, y, y2 = positions
    known = [row for row in rows if None not in (x(row), y(row), y2(row))]
    there, back = ([run for course in (y, y2) for run in _runs(known, x, course)] + [[], []])[:2]
    if there:
        yield rows[0], f'path d="{_path(there)}{_path(back[::-1]).replace("M", "L", 1)}Z"', ""


def _runs(rows: Sequence[Row], x: Position, y: Position) -> Iterator[Points]:
    """Stretches of a course without a missing value."""
    places = [(x(row), y(row)) for row in rows]
    for missing, run in groupby(places, lambda place: None in place):
        if not missing:
            yield list(run)  # type: ignore[arg-type]


def _path(points: Points) -> str:
    return "M" + "L".join(f"{px(x)},{px(y)}" for x, y in points)
