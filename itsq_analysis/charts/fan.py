"""What a resource has used and may use: the past as a line, the forecast as a fan, limits across it, days to act upright."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from itsq_analysis.charts import labels
from itsq_analysis.charts.canvas import (
    Frame,
    Numbers,
    Room,
    Rows,
    Spec,
    along,
    at,
    canvas,
    cells,
    iso,
    key_line,
    layer,
    level_lines,
    milliseconds,
    nice_ticks,
    numbers,
    period_axis,
    require,
    scaled,
    stamp,
    symbol,
    table,
    texts,
    tick_texts,
    timed,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import Language, Unit, number, text_width, word
from itsq_analysis.charts.palette import colour
from itsq_analysis.errors import ItsqError

if TYPE_CHECKING:
    import pandas as pd

HEIGHT = 190.0
ABOVE = 1.2  # the scale ends at so many times the highest limit; what a fan says above it is not drawn
SHAPES = ("diamond", "hollow", "circle")
LINE = 15.0  # px between the names of two limits


@dataclass(frozen=True)
class _Fan:
    days: list[date]
    known: Numbers
    median: Numbers
    lower: Numbers
    upper: Numbers
    limits: Mapping[str, float]
    marks: Mapping[str, date]
    band_name: str
    unit: Unit
    language: Language


def fan(
    frame: Frame,
    *,
    title: str,
    summary: str,
    language: Language = "en",
    unit: Unit = "share",
    limits: Mapping[str, float] | None = None,
    marks: Mapping[str, date] | None = None,
    band_name: str | None = None,
) -> Chart:
    """One series up to today and its forecast after that.

    `frame`: `ds` (naive local days, oldest first), `y` (missing in the future), `median`, `lower` and `upper` (missing in the
    past). `limits`: name -> level, the one that counts first (drawn solid, the others dashed). `marks`: at most three days with
    what they are, in the order diamond, ring, dot; a day outside the frame stands in the key alone. `band_name` says what the fan
    is. The scale starts at 0. Raises ItsqError if a column lacks or there are more marks; no values give the "no data" picture.
    """
    rows = require(frame, "fan", "ds", "y", "median", "lower", "upper")
    chosen = dict(marks or {})
    if len(chosen) > len(SHAPES):
        raise ItsqError(f"a fan can mark at most {len(SHAPES)} days; found {len(chosen)}; leave the later ones to the table")
    known, median, lower, upper = (cells(rows, column) for column in ("y", "median", "lower", "upper"))
    found = _Fan(
        [stamp(moment).date() for moment in rows["ds"]],
        known,
        median,
        lower,
        upper,
        {labels.clean(name): level for name, level in (limits or {}).items()},
        {labels.clean(name): day for name, day in chosen.items()},
        band_name or word("range", language),
        unit,
        language,
    )
    return compose(
        lambda width: _design(found, width),
        empty=all(value is None for value in [*found.known, *found.median]),
        title=title,
        summary=summary,
        language=language,
        data=_table(found),
    )


def _table(fan: _Fan) -> pd.DataFrame:
    columns: dict[str, Sequence[str]] = {"day": [f"{day:%Y-%m-%d}" for day in fan.days]}
    parts = {"value": fan.known, "median": fan.median, "from": fan.lower, "to": fan.upper}
    columns |= {name: numbers(values, fan.unit, fan.language) for name, values in parts.items()}
    return table(columns, fan.language)


def _design(fan: _Fan, width: float) -> Spec:
    known = [value for value in fan.known if value is not None]
    top = max([*known, *(level * ABOVE for level in fan.limits.values())] or [value or 0.0 for value in fan.upper])
    ticks = [tick for tick in nice_ticks(0.0, top) if tick <= top * 1.02]
    tick_names = tick_texts(ticks, fan.unit, fan.language)
    named = [f"{name} {tick_texts([level], fan.unit, fan.language)[0]}" for name, level in fan.limits.items()]
    left = max(map(text_width, tick_names)) + 10
    beside = width >= 500  # px: on a phone the limits are named in the key
    right = max(map(text_width, named), default=0.0) + 16 if beside else 16.0  # half a month's name
    key, key_height = key_line(_key(fan, [] if beside else named), width, left, 14)
    plot = width - left - right
    moments = [milliseconds(day) for day in fan.days]
    low, high = moments[0], max(moments[-1], moments[0] + 1)
    x, y = timed("t", low, high), scaled("y", 0.0, top)
    layers = [
        *key,
        *level_lines(ticks, tick_names, y, plot),
        _months(fan, along(moments, low, high, plot)),
        *_future(fan, moments, x, y, top),
        *_limits(fan, y, plot, named if beside else [], top),
        *_past(fan, moments, x, y),
        *_marks(fan, x, low, high),
    ]
    return canvas(width, HEIGHT, Room(left, right, key_height or 12, 40), layers)


def _key(fan: _Fan, named: Sequence[str]) -> list[tuple[str, str, str]]:
    entries = [("c1", "pale", fan.band_name)] if any(value is not None for value in fan.upper) else []
    entries += [("missed" if place == 0 else "muted", "stroke", name) for place, name in enumerate(named)]
    days = [f"{name} {labels.day(day, fan.language)}" for name, day in fan.marks.items()]
    return entries + [("ink", shape, text) for shape, text in zip(SHAPES, days, strict=False)]


def _months(fan: _Fan, pixels: list[float]) -> Spec:
    """The first of each month, with the year beneath the first name and January."""
    places = [place for place, day in enumerate(fan.days) if place and f"{day:%Y%m}" != f"{fan.days[place - 1]:%Y%m}"] or [0]
    months = [f"{fan.days[place]:%Y-%m}" for place in places]
    return period_axis(months, [pixels[place] for place in places], HEIGHT + 14, HEIGHT + 30, fan.language)


def _past(fan: _Fan, moments: list[float], x: Spec, y: Spec) -> list[Spec]:
    known = [(moment, value) for moment, value in zip(moments, fan.known, strict=True) if value is not None]
    points: Rows = [{"t": iso(moment), "y": value} for moment, value in known]
    tips: Rows = [
        {"t": iso(moment), "y": value, "tip": f"{labels.day(day, fan.language)}: {number(value, fan.unit, fan.language)}"}
        for moment, value, day in zip(moments, fan.known, fan.days, strict=True)
        if value is not None
    ][-1:]
    return [
        layer("line", points, {"x": x, "y": y}, color=colour("c1"), strokeWidth=2),
        symbol(tips, x, y, "c1", "circle", size=40),
    ]


def _future(fan: _Fan, moments: list[float], x: Spec, y: Spec, top: float) -> list[Spec]:
    band: Rows = [
        {"t": iso(moment), "low": min(max(low, 0.0), top), "high": min(high, top)}
        for moment, low, high in zip(moments, fan.lower, fan.upper, strict=True)
        if low is not None and high is not None
    ]
    known = [(moment, value) for moment, value in zip(moments, fan.median, strict=True) if value is not None]
    inside = next((place for place, (_, value) in enumerate(known) if value > top), len(known))
    middle: Rows = [{"t": iso(moment), "y": value} for moment, value in known[:inside]]
    bounds = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}
    return [
        layer("area", band, bounds, color=colour("c1"), opacity=0.2),
        layer("line", middle, {"x": x, "y": y}, color=colour("c1"), strokeWidth=1.6, strokeDash=[6, 3]),
    ]


def _limits(fan: _Fan, y: Spec, plot: float, named: Sequence[str], top: float) -> list[Spec]:
    """Lines across, their names at the right and apart from each other."""
    levels = list(fan.limits.values())
    rows: Rows = [{"left": 0.0, "right": plot, "y": level, "tip": name} for name, level in fan.limits.items()]
    line = {"x": at("left"), "x2": {"field": "right"}, "y": y}
    pixels: list[float] = []
    for level in levels:
        pixel = HEIGHT * (1 - level / top)
        while any(abs(pixel - other) < LINE for other in pixels):
            pixel += 1.0 if level < levels[0] else -1.0
        pixels.append(pixel)
    beside: Rows = [{"x": plot + 8, "y": pixel, "text": name} for pixel, name in zip(pixels, named, strict=False)]
    return [
        layer("rule", rows[:1], line, color=colour("missed"), strokeWidth=1.6),
        layer("rule", rows[1:], line, color=colour("muted"), strokeWidth=1.2, strokeDash=[5, 3]),
        texts(beside, at("x"), at("y"), align="left"),
    ]


def _marks(fan: _Fan, x: Spec, low: float, high: float) -> list[Spec]:
    layers = []
    for shape, (name, day) in zip(SHAPES, fan.marks.items(), strict=False):
        moment = milliseconds(day)
        rows: Rows = [{"t": iso(moment), "top": 0.0, "bottom": HEIGHT}] if low <= moment <= high else []
        spots: Rows = [{"t": row["t"], "y": HEIGHT, "tip": f"{name}: {labels.day(day, fan.language)}"} for row in rows]
        upright = {"x": x, "y": at("top"), "y2": {"field": "bottom"}}
        layers.append(layer("rule", rows, upright, color=colour("ink"), strokeWidth=1, strokeDash=[2, 3]))
        layers.append(symbol(spots, x, at("y"), "ink", shape, size=56))
    return layers
