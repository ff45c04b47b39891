"""A value with its interval for each member, against its target: half of the waits and nine tenths of them, by priority."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsq_analysis.charts.canvas import (
    PHONE,
    Frame,
    Numbers,
    Rows,
    Spec,
    along,
    cells,
    layer,
    members,
    nice_ticks,
    numbers,
    require,
    scaled,
    symbol,
    table,
    tick_texts,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import Language, Unit, number, text_width, word
from itsq_analysis.charts.lanes import Lanes, lanes
from itsq_analysis.charts.palette import colour

if TYPE_CHECKING:
    pass

STEP = 38.0
WIDE_RANGE = 30.0  # longest over shortest wait, beyond which a linear scale would hide the short ones
HOURS = (1 / 60, 5 / 60, 0.25, 1.0, 3.0, 10.0, 24.0, 72.0, 240.0, 720.0, 2400.0, 7200.0)


@dataclass(frozen=True)
class _Waits:
    members: list[str]
    value: Numbers
    lower: Numbers
    upper: Numbers
    target: Numbers
    names: tuple[str, str, str]
    unit: Unit
    language: Language

    def captions(self) -> list[str]:
        """Each row's numbers in words: "88.3% (81.4% – 97.5%)", or "2 h – 9 h" where the interval starts at the value."""
        said = []
        for value, lower, upper in zip(self.value, self.lower, self.upper, strict=True):
            text, low, high = (number(part, self.unit, self.language) for part in (value, lower, upper))
            if value is None or upper is None:
                said.append(text)
            else:
                said.append(f"{text} – {high}" if lower is None or lower == value else f"{text} ({low} – {high})")
        return said


def intervals(
    frame: Frame,
    *,
    title: str,
    summary: str,
    language: Language = "en",
    unit: Unit = "hours",
    value_name: str | None = None,
    interval_name: str | None = None,
    target_name: str | None = None,
) -> Chart:
    """One lane per member: a dot at `value`, a bar from `lower` to `upper`, a short upright line at `target`.

    `frame`: `member`, `value`, and optionally `lower`, `upper`, `target`, as in a value frame (for P50–P90 give the median as
    `value` and `lower`, the P90 as `upper`). `value_name`, `interval_name` and `target_name` say what dot, bar and
    upright line are. The scale starts at 0,
    for shares at a round number below the smallest; hours that differ more than thirtyfold stand on a logarithmic one. Raises
    ItsqError if a column lacks; no rows give the "no data" picture.
    """
    rows = require(frame, "intervals", "member", "value")
    given = {"value": value_name, "interval": interval_name, "target": target_name}
    dot, bar, mark = (name or word(key, language) for key, name in given.items())
    value, lower, upper, target = (cells(rows, column) for column in ("value", "lower", "upper", "target"))
    waits = _Waits(members(rows), value, lower, upper, target, (dot, bar, mark), unit, language)
    columns = {"name": waits.members, dot: numbers(value, unit, language)}
    for name, values in (("from", lower), ("to", upper), (mark, target)):
        if any(part is not None for part in values):
            columns[name] = numbers(values, unit, language)
    return compose(
        lambda width: _design(waits, width),
        empty=all(part is None for part in value),
        title=title,
        summary=summary,
        language=language,
        data=table(columns, language),
    )


def _design(waits: _Waits, width: float) -> Spec:
    ticks, logarithmic = _ticks(waits)
    names = tick_texts(ticks, waits.unit, waits.language)
    if logarithmic:
        names = [number(tick, "hours", waits.language).replace(".0 ", " ") for tick in ticks]
    captions = waits.captions() if width > PHONE else []
    lane = lanes(waits.members, width, STEP)
    right = max([text_width(names[-1]) / 2 + 6, *(text_width(caption) + 18 for caption in captions)])
    plot = width - lane.left - right
    places = [math.log(tick) for tick in ticks] if logarithmic else ticks
    x = scaled("x", ticks[0], ticks[-1])
    if logarithmic:
        x["scale"]["type"] = "log"
    marks = [*_marks(waits, lane, x), lane.beside(captions, plot + 16)]
    return lane.drawn(width, right, _key(waits), (along(places, places[0], places[-1], plot), names), marks)


def _ticks(waits: _Waits) -> tuple[list[float], bool]:
    """Round numbers that enclose all values, and whether they stand on a logarithmic scale."""
    seen = [part for part in (*waits.value, *waits.lower, *waits.upper, *waits.target) if part is not None]
    low, high = min(seen), max(seen)
    if waits.unit == "hours" and HOURS[0] <= low and high <= HOURS[-1] and high > WIDE_RANGE * low:
        first = max(place for place, tick in enumerate(HOURS) if tick <= low)
        last = min(place for place, tick in enumerate(HOURS) if tick >= high)
        return list(HOURS[first : last + 1]), True
    return nice_ticks(low if waits.unit == "share" else min(0.0, low), high, 4), False


def _key(waits: _Waits) -> list[tuple[str, str, str]]:
    entries = [("c1", "circle", waits.names[0])]
    entries += [("c1", "pale", waits.names[1])] if any(part is not None for part in waits.upper) else []
    return entries + ([("ink", "upright", waits.names[2])] if any(part is not None for part in waits.target) else [])


def _marks(waits: _Waits, lane: Lanes, x: Spec) -> list[Spec]:
    tips = [f"{member}: {caption}" for member, caption in zip(waits.members, waits.captions(), strict=True)]
    spans: Rows = [
        {**lane.span(place, 12), "x": lower, "end": upper, "tip": tips[place]}
        for place, (lower, upper) in enumerate(zip(waits.lower, waits.upper, strict=True))
        if lower is not None and upper is not None
    ]
    aims: Rows = [{**lane.span(place, 24), "x": aim} for place, aim in enumerate(waits.target) if aim is not None]
    dots: Rows = [
        {"y": lane.middle(place), "x": dot, "tip": tips[place]} for place, dot in enumerate(waits.value) if dot is not None
    ]
    upright = {"y": lane.y("y"), "y2": {"field": "foot"}}
    return [
        layer("rect", spans, {"x": x, "x2": {"field": "end"}, **upright}, color=colour("c1"), opacity=0.28),
        layer("rule", aims, {"x": x, **upright}, color=colour("ink"), strokeWidth=2),
        symbol(dots, x, lane.y("y"), "c1", "circle", size=70),
    ]
