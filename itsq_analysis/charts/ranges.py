"""Forecast ranges beside what came: one upright bar per period, a dot for the truth, and the periods still to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsq_analysis.charts import labels
from itsq_analysis.charts.canvas import (
    Frame,
    Numbers,
    Room,
    Rows,
    Spec,
    canvas,
    cells,
    centres,
    key_line,
    layer,
    level_lines,
    members,
    nice_ticks,
    numbers,
    period_axis,
    require,
    scaled,
    symbol,
    table,
    tick_texts,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import Language, Unit, number, text_width, word
from itsq_analysis.charts.palette import colour

if TYPE_CHECKING:
    pass

HEIGHT = 170.0
HALF = 0.3  # of a bar's width, in steps


@dataclass(frozen=True)
class _Ranges:
    periods: list[str]
    came: Numbers
    median: Numbers
    lower: Numbers
    upper: Numbers
    names: tuple[str, str, str]
    unit: Unit
    language: Language

    def tip(self, place: int) -> str:
        """A period in words: its name, what came, the range."""
        low, high = (number(side[place], self.unit, self.language) for side in (self.lower, self.upper))
        came = number(self.came[place], self.unit, self.language)
        period = labels.period(self.periods[place], self.language)
        return f"{period}: {self.names[0]} {came}, {self.names[2]} {low} – {high}"

    def outside(self, place: int) -> bool:
        """Whether what came lies outside the range."""
        came, low, high = self.came[place], self.lower[place], self.upper[place]
        return came is not None and low is not None and high is not None and not low <= came <= high


def ranges(
    frame: Frame,
    *,
    title: str,
    summary: str,
    names: tuple[str, str, str],
    language: Language = "en",
    unit: Unit = "count",
) -> Chart:
    """One bar per period from the lower to the upper end of its forecast, a line across it at the forecast, a dot at what came.

    `frame`: `period` (labels, oldest first; months such as "2026-10" are written as such, other texts as they are), `y` (missing
    while it is to come), `median`, `lower`, `upper` (missing where nothing was forecast). A dot outside its range is hollow.
    `names` says what dot, line and bar are. The scale starts at 0. Raises ItsqError if a column lacks; no values give the "no data"
    picture.
    """
    rows = require(frame, "ranges", "period", "y", "median", "lower", "upper")
    came, median, lower, upper = (cells(rows, column) for column in ("y", "median", "lower", "upper"))
    dot, middle, bar = map(labels.clean, names)
    found = _Ranges(members(rows, "period"), came, median, lower, upper, (dot, middle, bar), unit, language)
    columns = {
        "period": [labels.period(one, language) for one in found.periods],
        dot: numbers(found.came, unit, language),
        middle: numbers(found.median, unit, language),
        word("from", language): numbers(found.lower, unit, language),
        word("to", language): numbers(found.upper, unit, language),
    }
    return compose(
        lambda width: _design(found, width),
        empty=all(value is None for value in [*found.came, *found.median]),
        title=title,
        summary=summary,
        language=language,
        data=table(columns, language),
    )


def _design(found: _Ranges, width: float) -> Spec:
    known = [value for side in (found.came, found.upper) for value in side if value is not None]
    top = max(known, default=1.0) or 1.0
    ticks = nice_ticks(0.0, top, 3)
    tick_names = tick_texts(ticks, found.unit, found.language)
    left = max(map(text_width, tick_names)) + 10
    entries = [("c1", "pale", found.names[2]), ("c1", "stroke", found.names[1]), ("ink", "circle", found.names[0])]
    if any(map(found.outside, range(len(found.periods)))):
        entries.append(("missed", "hollow", word("outside range", found.language)))
    key, key_height = key_line(entries, width, left, 14)
    plot = width - left - 12.0
    x, y = scaled("x", -0.5, len(found.periods) - 0.5), scaled("y", 0.0, ticks[-1])
    axis = period_axis(found.periods, centres(len(found.periods), plot), HEIGHT + 14, HEIGHT + 30, found.language)
    layers = [*key, *level_lines(ticks, tick_names, y, plot), axis, *_bars(found, x, y), *_dots(found, x, y)]
    return canvas(width, HEIGHT, Room(left, 12.0, key_height, 40), layers)


def _bars(found: _Ranges, x: Spec, y: Spec) -> list[Spec]:
    bars: Rows = []
    middles: Rows = []
    for place, (median, low, high) in enumerate(zip(found.median, found.lower, found.upper, strict=True)):
        sides = {"x": place - HALF, "end": place + HALF}
        if low is not None and high is not None:
            bars.append({**sides, "y": low, "top": high, "tip": found.tip(place)})
        if median is not None:
            middles.append({**sides, "y": median})
    return [
        layer("rect", bars, {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"field": "top"}}, color=colour("c1"), opacity=0.28),
        layer("rule", middles, {"x": x, "x2": {"field": "end"}, "y": y}, color=colour("c1"), strokeWidth=2.5),
    ]


def _dots(found: _Ranges, x: Spec, y: Spec) -> list[Spec]:
    rows = [{"x": place, "y": value, "tip": found.tip(place)} for place, value in enumerate(found.came) if value is not None]
    inside: Rows = [row for row in rows if not found.outside(int(str(row["x"])))]
    outside: Rows = [row for row in rows if found.outside(int(str(row["x"])))]
    return [symbol(inside, x, y, "ink", "circle", size=44), symbol(outside, x, y, "missed", "hollow", size=52)]
