"""What the charts are composed of: a canvas of a stated size, layers, scales, hairlines, a key, and the cells of a frame.

Positions along an axis come from scales; `at(field)` places by px instead. Nothing is left to automatic layout, so room for every
text is made here from `labels.text_width`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from itsq_analysis.charts import labels
from itsq_analysis.charts.labels import FONT, SIZE, WORDS, Language, Unit, clean, number, text_width, thin, word, wrapped
from itsq_analysis.charts.palette import colour
from itsq_analysis.errors import ItsqError
from itsq_analysis.tables.plain_text import is_missing

if TYPE_CHECKING:
    import pandas as pd

Spec = dict[str, Any]
Rows = list[dict[str, Any]]
Numbers = list[float | None]
Frame: TypeAlias = "pd.DataFrame | Sequence[Mapping[str, Any]]"  # or its rows
LINE_HEIGHT = 18.0
PHONE = 500.0  # px: narrower canvases are laid out for a phone


@dataclass(frozen=True)
class Room:
    """Px around the plot area, for the texts that stand there."""

    left: float
    right: float
    top: float
    bottom: float


def require(frame: Frame, kind: str, *columns: str) -> pd.DataFrame:
    """A copy of the frame with a plain index, or an ItsqError that names the columns a chart lacks; no rows lack none."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        frame = pd.DataFrame(list(frame), columns=None if len(frame) else list(columns))
    lacking = [column for column in columns if column not in frame.columns]
    if lacking:
        raise ItsqError(
            f"a {kind} chart needs the columns {', '.join(columns)}; found {', '.join(map(str, frame.columns)) or 'none'}; "
            f"add {', '.join(lacking)}"
        )
    return frame.reset_index(drop=True)


def cells(frame: pd.DataFrame, column: str) -> Numbers:
    """A column's numbers, None where missing or where the whole (optional) column is.

    >>> import pandas as pd
    >>> cells(pd.DataFrame({"y": [1, None]}), "y"), cells(pd.DataFrame({"y": [1]}), "target")
    ([1.0, None], [None])
    """
    if column not in frame:
        return [None] * len(frame)
    return [None if is_missing(value) else float(value) for value in frame[column].tolist()]


def flags(frame: pd.DataFrame, column: str) -> list[bool]:
    """A column's yes and no; missing is no."""
    return [not is_missing(value) and bool(value) for value in frame[column].tolist()] if column in frame else [False] * len(frame)


def members(frame: pd.DataFrame, column: str = "member") -> list[str]:
    """A column's names as they may be drawn."""
    return [clean(value) for value in frame[column].tolist()]


def table(columns: Mapping[str, Sequence[str]], language: Language) -> pd.DataFrame:
    """The table beneath a picture: all values text; headings that are words of the charts in the report's language."""
    import pandas as pd

    heads = {name: word(name, language) if name.replace(" ", "_") in WORDS else name for name in columns}
    return pd.DataFrame({heads[name]: list(values) for name, values in columns.items()}, dtype="str")


def numbers(values: Sequence[float | None], unit: Unit, language: Language) -> list[str]:
    """Values printed for the table beneath a picture."""
    return [number(value, unit, language) for value in values]


def canvas(width: float, height: float, room: Room, layers: Sequence[Spec]) -> Spec:
    """A whole specification `width` px wide, whose plot area is `height` px high; layers without rows are left out."""
    left, right, top, bottom = (round(px, 1) for px in (room.left, room.right, room.top, room.bottom))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "autosize": {"type": "none"},
        "width": round(width - left - right, 1),
        "height": height,
        "padding": {"left": left, "right": right, "top": top, "bottom": bottom},
        "view": {"stroke": None},
        "config": {"font": FONT},
        "layer": [layer for layer in layers if layer["data"]["values"]],
    }


def layer(mark: str, rows: Rows, encoding: Spec, **style: Any) -> Spec:
    """One layer with its own rows; a field `tip` in them becomes the text shown on hovering."""
    tip = bool(rows) and "tip" in rows[0]
    hover = {"tooltip": {"field": "tip", "type": "nominal"}, "description": {"field": "tip", "type": "nominal"}} if tip else {}
    return {"data": {"values": rows}, "mark": {"type": mark, "aria": tip, **style}, "encoding": {**encoding, **hover}}


def scaled(field: str, low: float, high: float, pixels: Sequence[float] | None = None) -> Spec:
    """A number on a scale from low to high, optionally over a part of the plot area."""
    scale: Spec = {"domain": [low, high], "nice": False, "zero": False}
    if pixels is not None:
        scale["range"] = list(pixels)
    return {"field": field, "type": "quantitative", "scale": scale, "axis": None}


def timed(field: str, low: float, high: float) -> Spec:
    """A moment (ISO text in UTC) on a scale from low to high (milliseconds since 1970)."""
    return {"field": field, "type": "temporal", "scale": {"type": "utc", "domain": [low, high], "nice": False}, "axis": None}


def at(field: str) -> Spec:
    """A position in px of the plot area."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def milliseconds(moment: Any) -> float:
    """A naive moment or day as the scale counts it: milliseconds since 1970, read as if UTC."""
    return float(stamp(moment).tz_localize("UTC").timestamp() * 1000)


def stamp(moment: Any) -> pd.Timestamp:
    """A moment or day of a frame, of whatever type it is."""
    import pandas as pd  # here, because a page is drawn from specifications, without frames

    return pd.Timestamp(moment)


def repeated(names: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The first pair that occurs a second time.

    >>> repeated([("a", "x"), ("b", "x"), ("a", "x")])
    ('a', 'x')
    """
    seen = set[tuple[str, str]]()
    for pair in names:
        if pair in seen:
            return pair
        seen.add(pair)
    return None


def iso(moment: float) -> str:
    """Milliseconds since 1970 as the text that every time zone reads alike.

    >>> iso(milliseconds("2026-10-05"))
    '2026-10-05T00:00:00Z'
    """
    return f"{datetime.fromtimestamp(moment / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def texts(rows: Rows, x: Spec, y: Spec, role: str = "muted", **style: Any) -> Spec:
    """Text marks: field `text` at x, y."""
    look = {"fontSize": SIZE, "limit": 0, "baseline": "middle", "align": "center", "color": colour(role), **style}
    return layer("text", rows, {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}}, **look)


def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """About `count` round numbers that enclose low to high, at 1, 2, 2.5 or 5 times a power of ten.

    >>> nice_ticks(0, 87), nice_ticks(0.88, 1.0), nice_ticks(0, 0)
    ([0.0, 25.0, 50.0, 75.0, 100.0], [0.85, 0.9, 0.95, 1.0], [0.0, 1.0])
    """
    if not high > low:
        return [float(low), float(low) + 1.0]
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * place, 12) for place in range(first, last + 1)]


def tick_texts(ticks: Sequence[float], unit: Unit, language: Language) -> list[str]:
    """Ticks as short texts: shares without needless decimals, hours in hours.

    >>> tick_texts([0.9, 0.95, 1.0], "share", "en"), tick_texts([0, 2.5, 5], "hours", "zh")
    (['90%', '95%', '100%'], ['0', '2.5 小时', '5 小时'])
    """
    if unit == "share":
        whole = all(abs(tick * 100 - round(tick * 100)) < 1e-6 for tick in ticks)
        return [f"{tick * 100:.{0 if whole else 1}f}%" for tick in ticks]
    suffix = {"hours": (" h", " 小时"), "minutes": (" min", " 分")}.get(unit, ("", ""))[language == "zh"]
    return [f"{tick:,.10g}{suffix}" if tick else "0" for tick in ticks]


def level_lines(ticks: Sequence[float], names: Sequence[str], y: Spec, width: float) -> list[Spec]:
    """Horizontal hairlines over the plot width, their names to the left."""
    rows: Rows = [
        {y["field"]: tick, "text": name, "left": 0.0, "right": width, "x": -8.0} for tick, name in zip(ticks, names, strict=True)
    ]
    return [
        layer("rule", rows, {"x": at("left"), "x2": {"field": "right"}, "y": y}, color=colour("line"), strokeWidth=1),
        texts(rows, at("x"), y, align="right"),
    ]


def upright_lines(pixels: Sequence[float], names: Sequence[str], height: float) -> list[Spec]:
    """Vertical hairlines over the plot height, their names below where they do not touch."""
    rows: Rows = [{"x": x, "top": 0.0, "bottom": height} for x in pixels]
    named: Rows = [{"x": pixels[k], "y": height + 14, "text": names[k]} for k in thin(names, pixels)]
    return [
        layer("rule", rows, {"x": at("x"), "y": at("top"), "y2": {"field": "bottom"}}, color=colour("line"), strokeWidth=1),
        texts(named, at("x"), at("y")),
    ]


def along(values: Sequence[float], low: float, high: float, width: float) -> list[float]:
    """Where values lie, in px, on a scale from low to high.

    >>> along([0, 25, 50], 0, 50, 200)
    [0.0, 100.0, 200.0]
    """
    return [round(width * (value - low) / (high - low), 2) for value in values]


def centres(count: int, width: float) -> list[float]:
    """The middles, in px, of so many equal columns over the plot width.

    >>> centres(2, 200)
    [50.0, 150.0]
    """
    return along(range(count), -0.5, count - 0.5, width)


def period_axis(
    periods: Sequence[str], pixels: Sequence[float], y: float, year_y: float, language: Language, gap: float = 10.0
) -> Spec:
    """Period labels without their year at height `y`, where they do not touch; at `year_y` the first's year and each new one."""
    names = [labels.short_period(period, language) for period in periods]
    kept = thin(names, pixels, gap)
    rows: Rows = [{"x": pixels[k], "y": y, "text": names[k]} for k in kept]
    rows += [{"x": pixels[k], "y": year_y, "text": periods[k][:4]} for k in labels.year_marks(periods, kept)]
    return texts(rows, at("x"), at("y"))


def key_line(entries: Sequence[tuple[str, str, str]], width: float, left: float, lift: float = 8.0) -> tuple[list[Spec], float]:
    """A key above the plot: (role, shape, text) each, in as many lines as it needs; returns its layers and its height.

    It starts at the canvas' left edge, `left` px before the plot, and ends `lift` px above it. Shapes: see `symbol`.
    """
    x, line, placed = 0.0, 0, []
    for role, shape, text in entries:
        lines = wrapped(text, width - 24)
        if x and x + 18 + max(map(text_width, lines)) > width:
            x, line = 0.0, line + 1
        placed.append((role, shape, lines, x - left, line))
        x, line = x + 18 + max(map(text_width, lines)) + 16, line + len(lines) - 1
    height = (line + 1) * LINE_HEIGHT + lift if placed else 0.0
    layers = []
    for role, shape, lines, start, row in placed:
        y = (row + 0.5) * LINE_HEIGHT - height
        layers.append(symbol([{"x": start + 6, "y": y}], at("x"), at("y"), role, shape))
        rows: Rows = [{"x": start + 18, "y": y + place * LINE_HEIGHT, "text": text} for place, text in enumerate(lines)]
        layers.append(texts(rows, at("x"), at("y"), align="left"))
    return layers, height


def symbol(rows: Rows, x: Spec, y: Spec, role: str, shape: str = "circle", size: float = 60) -> Spec:
    """Points of a named shape: square, pale (square), frame, stroke, circle, hollow, diamond, upright (a short line)."""
    tone, paper = colour(role), colour("paper")
    looks: dict[str, Spec] = {
        "square": {"shape": "square", "fill": tone, "size": 100},
        "pale": {"shape": "square", "fill": tone, "fillOpacity": 0.28, "size": 100},
        "frame": {"shape": "square", "fill": paper, "stroke": tone, "strokeWidth": 1.2, "size": 90},
        "stroke": {"shape": "stroke", "stroke": tone, "strokeWidth": 2.5, "size": 150},
        "circle": {"shape": "circle", "fill": tone, "size": size},
        "hollow": {"shape": "circle", "fill": paper, "stroke": tone, "strokeWidth": 1.8, "size": size},
        "diamond": {"shape": "diamond", "fill": tone, "size": size * 1.6},
        "upright": {"shape": "M0,-1V1", "stroke": tone, "strokeWidth": 2, "size": 150},
    }
    return layer("point", rows, {"x": x, "y": y}, filled=False, opacity=1, **({"strokeWidth": 0} | looks[shape]))


def no_data(width: float, language: Language) -> Spec:
    """The picture of an empty frame: it says so."""
    row = {"x": width / 2, "y": 40.0, "text": word("no data", language)}
    return canvas(width, 80.0, Room(0, 0, 0, 0), [texts([row], at("x"), at("y"))])
