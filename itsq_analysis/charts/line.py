"""A daily or monthly series as a line, with its usual range, its target, and the holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Literal

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
    flags,
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
from itsq_analysis.charts.labels import Language, Unit, number, text_width, thin, word
from itsq_analysis.charts.palette import colour
from itsq_analysis.tables.plain_text import is_missing

if TYPE_CHECKING:
    import pandas as pd

DAY = 86_400_000.0  # ms
HEIGHT = 170.0


@dataclass(frozen=True)
class _Series:
    days: list[date]
    values: Numbers
    lower: Numbers
    upper: Numbers
    holiday: list[str]
    weekend: list[bool]
    unusual: list[bool]
    provisional: list[bool]
    grain: Literal["D", "M"]
    unit: Unit
    target: float | None
    zero: bool
    band_name: str
    language: Language

    def name(self, place: int) -> str:
        """A point's day or month in words."""
        value = self.days[place]
        return labels.day(value, self.language) if self.grain == "D" else labels.period(f"{value:%Y-%m}", self.language)

    @property
    def last(self) -> int:
        """Where the last known value is."""
        return max(place for place, value in enumerate(self.values) if value is not None)


def line(
    frame: Frame,
    *,
    title: str,
    summary: str,
    language: Language = "en",
    unit: Unit = "count",
    grain: Literal["D", "M"] = "D",
    target: float | None = None,
    zero: bool = True,
    band_name: str | None = None,
) -> Chart:
    """A series over time, the last value written beside it.

    `frame`: `ds` (naive local days, oldest first; months by their first day), `y` (missing values break the line), optionally
    `lower` and `upper` (the band; `band_name` says what it is), `holiday` (its name, missing on ordinary days; shaded), `weekend`
    (bool; shaded more lightly), `unusual` (bool; marked, each run with its highest value) and `provisional` (bool; hollow). `zero`
    starts the scale at 0. Raises ItsqError if a column lacks; no values give the "no data"
    picture.
    """
    rows = require(frame, "line", "ds", "y")
    holidays = rows["holiday"].tolist() if "holiday" in rows else [None] * len(rows)
    series = _Series(
        days=[stamp(moment).date() for moment in rows["ds"]],
        values=cells(rows, "y"),
        lower=cells(rows, "lower"),
        upper=cells(rows, "upper"),
        holiday=["" if is_missing(name) else labels.clean(name) for name in holidays],
        weekend=flags(rows, "weekend"),
        unusual=flags(rows, "unusual"),
        provisional=flags(rows, "provisional"),
        grain=grain,
        unit=unit,
        target=target,
        zero=zero,
        band_name=band_name or word("range", language),
        language=language,
    )
    return compose(
        lambda width: _design(series, width),
        empty=all(value is None for value in series.values),
        title=title,
        summary=summary,
        language=language,
        data=_table(series),
    )


def _table(series: _Series) -> pd.DataFrame:
    unit, language = series.unit, series.language
    columns = {
        "day" if series.grain == "D" else "period": [series.name(place) for place in range(len(series.days))],
        "value": numbers(series.values, unit, language),
    }
    if any(value is not None for value in series.lower + series.upper):
        columns |= {"from": numbers(series.lower, unit, language), "to": numbers(series.upper, unit, language)}
    if any(series.holiday):
        columns["holiday"] = series.holiday
    if any(series.unusual):
        columns["unusual"] = [word("unusual", language) if unusual else "" for unusual in series.unusual]
    return table(columns, language)


def _design(series: _Series, width: float) -> Spec:
    unit, language, last = series.unit, series.language, series.last
    seen = [v for v in [*series.values, *series.lower, *series.upper, series.target] if v is not None]
    ticks = nice_ticks(min(0.0, *seen) if series.zero else min(seen), max(seen))
    tick_names = tick_texts(ticks, unit, language)
    end_name = number(series.values[last], unit, language)
    target_name = "" if series.target is None else f"{word('target', language)} {tick_texts([series.target], unit, language)[0]}"
    left, right = max(map(text_width, tick_names)) + 10, max(text_width(end_name), text_width(target_name)) + 14
    lift = 24.0 if any(series.holiday) else 12.0
    key, key_height = key_line(_key(series), width, left, lift)
    plot = width - left - right
    half = DAY / 2 if series.grain == "D" else 15 * DAY
    moments = [milliseconds(value) for value in series.days]
    low, high = moments[0] - half, moments[-1] + half
    pixels = along(moments, low, high, plot)
    x, y = timed("t", low, high), scaled("y", ticks[0], ticks[-1])
    points: Rows = [
        {"t": iso(moment), "y": value, "tip": f"{series.name(place)}: {number(value, unit, language)}"}
        for place, (moment, value) in enumerate(zip(moments, series.values, strict=True))
    ]
    end: Rows = [{"t": points[last]["t"], "y": points[last]["y"], "text": end_name}]
    layers = [
        *key,
        *_shades(series, x, moments, half),
        _holiday_names(series, pixels),
        *level_lines(ticks, tick_names, y, plot),
        _time_ticks(series, pixels),
        _band(series, x, y, moments),
        *_target(series, y, plot, ticks, target_name),
        layer("line", [{"t": p["t"], "y": p["y"]} for p in points], {"x": x, "y": y}, color=colour("c1"), strokeWidth=2),
        *_dots(series, points, pixels, x, y),
        texts(end, x, y, "ink", align="left", dx=9, fontWeight=600),
    ]
    return canvas(width, HEIGHT, Room(left, right, key_height or lift, 24 if series.grain == "D" else 40), layers)


def _key(series: _Series) -> list[tuple[str, str, str]]:
    entries = []
    if any(value is not None for value in series.lower + series.upper):
        entries.append(("c1", "pale", series.band_name))
    if any(series.provisional):
        entries.append(("c1", "hollow", word("provisional", series.language)))
    if any(series.holiday):
        entries.append(("line", "square", word("holiday", series.language)))
    if any(series.weekend):
        entries.append(("line", "pale", word("weekend", series.language)))
    if any(series.unusual):
        entries.append(("missed", "circle", word("unusual", series.language)))
    return entries


def _shades(series: _Series, x: Spec, moments: list[float], half: float) -> list[Spec]:
    """Holidays, and more lightly weekends, over the whole height."""
    shades: dict[float, Rows] = {0.55: [], 0.28: []}
    for place, (moment, name, weekend) in enumerate(zip(moments, series.holiday, series.weekend, strict=True)):
        if name or weekend:
            day = {"t": iso(moment - half), "end": iso(moment + half), "top": 0.0, "bottom": HEIGHT}
            shades[0.55 if name else 0.28].append(day | {"tip": f"{series.name(place)}{': ' if name else ''}{name}"})
    area = {"x": x, "x2": {"field": "end"}, "y": at("top"), "y2": {"field": "bottom"}}
    return [layer("rect", rows, area, color=colour("line"), opacity=shade) for shade, rows in shades.items()]


def _holiday_names(series: _Series, pixels: list[float]) -> Spec:
    """Each run's name above it where it fits before the next."""
    names: Rows = []
    free = float("-inf")
    for name, run in groupby(range(len(pixels)), key=lambda place: series.holiday[place]):
        places = list(run)
        centre = (pixels[places[0]] + pixels[places[-1]]) / 2
        reach = text_width(name) / 2
        if name and centre - reach > max(free, 0) and centre + reach < pixels[-1]:
            names.append({"x": centre, "y": -9.0, "text": name})
            free = centre + reach + 6
    return texts(names, at("x"), at("y"))


def _time_ticks(series: _Series, pixels: list[float]) -> Spec:
    """Days 1, 8, 15, 22, 29 (over longer spans the first of each month); or months, the year beneath the first and January."""
    if series.grain == "M":
        months = [f"{value:%Y-%m}" for value in series.days]
        return period_axis(months, pixels, HEIGHT + 14, HEIGHT + 30, series.language)
    wanted = (1, 8, 15, 22, 29) if len(pixels) <= 62 else (1,)
    places = [place for place, value in enumerate(series.days) if value.day in wanted] or [0]
    names = [labels.day(series.days[place], series.language) for place in places]
    kept = thin(names, [pixels[place] for place in places])
    return texts([{"x": pixels[places[k]], "y": HEIGHT + 14, "text": names[k]} for k in kept], at("x"), at("y"))


def _band(series: _Series, x: Spec, y: Spec, moments: list[float]) -> Spec:
    bounds = zip(moments, series.lower, series.upper, strict=True)
    rows: Rows = [{"t": iso(moment), "low": low, "high": high} for moment, low, high in bounds]
    known = [row for row in rows if row["low"] is not None and row["high"] is not None]
    return layer("area", known, {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}, color=colour("c1"), opacity=0.16)


def _target(series: _Series, y: Spec, plot: float, ticks: list[float], name: str) -> list[Spec]:
    """A dashed line with its value at the right, moved away from the last value's text where they would touch."""
    end = series.values[series.last]
    if series.target is None or end is None:
        return []
    apart = (series.target - end) / (ticks[-1] - ticks[0]) * HEIGHT  # px above the last value
    away = 0.0 if abs(apart) >= 15 else (apart - 15 if apart >= 0 else apart + 15)
    row = [{"left": 0.0, "right": plot, "y": series.target, "text": name}]
    return [
        layer("rule", row, {"x": at("left"), "x2": {"field": "right"}, "y": y}, color=colour("muted"), strokeDash=[5, 3]),
        texts(row, at("right"), y, align="left", dx=9, dy=away),
    ]


def _dots(series: _Series, points: Rows, pixels: list[float], x: Spec, y: Spec) -> list[Spec]:
    """Months as dots; days only to be hovered over; the last value always, provisional ones hollow."""
    known = [place for place, point in enumerate(points) if point["y"] is not None]
    plain = [points[place] for place in known if not series.provisional[place]]
    end = points[series.last]
    shown = plain if series.grain == "M" else [point for point in plain if point is end]
    hovered = [] if series.grain == "M" else [point for point in plain if point is not end]
    open_ = [points[place] for place in known if series.provisional[place]]
    marked = [points[place] for place in known if series.unusual[place]]
    return [
        layer("point", hovered, {"x": x, "y": y}, filled=True, opacity=0, size=90, color=colour("c1")),
        symbol(shown, x, y, "c1", "circle", size=40),
        symbol(open_, x, y, "c1", "hollow", size=44),
        symbol(marked, x, y, "missed", "circle", size=40),
        texts(_heights(series, points, pixels), x, y, "missed", dy=-11, fontWeight=600),
    ]


def _heights(series: _Series, points: Rows, pixels: list[float]) -> Rows:
    """The value above the highest day of every run of unusual days; where two would touch, the higher one's."""
    runs = [list(run) for unusual, run in groupby(range(len(points)), key=lambda place: series.unusual[place]) if unusual]
    told: dict[int, str] = {}
    peaks = [max(run, key=lambda place: series.values[place] or 0.0) for run in runs]
    for place in sorted(peaks, key=lambda place: -(series.values[place] or 0.0)):
        text = number(series.values[place], series.unit, series.language)
        free = all(abs(pixels[place] - pixels[other]) >= text_width(text) + 8 for other in told)
        if free and place != series.last and series.values[place] is not None:
            told[place] = text
    return [points[place] | {"text": text} for place, text in told.items()]
