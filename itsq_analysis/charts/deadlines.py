"""What ends when, and from when on it must be acted upon: a bar from the day to act to the end, a diamond at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from itsq_analysis.charts import labels
from itsq_analysis.charts.canvas import (
    PHONE,
    Frame,
    Rows,
    Spec,
    iso,
    layer,
    members,
    milliseconds,
    require,
    stamp,
    symbol,
    table,
    timed,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import Language, text_width
from itsq_analysis.charts.lanes import Axis, Lanes, lanes
from itsq_analysis.charts.palette import colour
from itsq_analysis.errors import ItsqError

if TYPE_CHECKING:
    pass

STEP = 28.0
SHORTEST = 3.0  # px


@dataclass(frozen=True)
class _Ends:
    members: list[str]
    act: list[date]
    end: list[date]
    span: tuple[date, date]
    names: tuple[str, str]
    language: Language


def deadlines(
    frame: Frame, *, start: date, end: date, title: str, summary: str, language: Language = "en", names: tuple[str, str]
) -> Chart:
    """One lane per row over the days from `start` to `end`, in the frame's order.

    `frame`: `member`, `act` (the day from which one must act) and `end` (the day of the end), naive local days. What lies outside
    the span is drawn at its edge and written with its year. `names` say what bar and diamond are. Raises ItsqError if a column
    lacks or a day is missing; no rows give the "no data" picture.
    """
    rows = require(frame, "deadlines", "member", "act", "end")
    if rows[["act", "end"]].isna().any(axis=None):
        raise ItsqError("deadlines need both days in every row; found a missing one; leave the row out")
    act, over = ([stamp(day).date() for day in rows[column]] for column in ("act", "end"))
    ends = _Ends(members(rows), act, over, (start, end), names, language)
    columns = {"name": ends.members, names[0]: [f"{day}" for day in act], names[1]: [f"{day}" for day in over]}
    return compose(
        lambda width: _design(ends, width),
        empty=not ends.members,
        title=title,
        summary=summary,
        language=language,
        data=table(columns, language),
    )


def _design(ends: _Ends, width: float) -> Spec:
    lane = lanes(ends.members, width, STEP)
    first, last = ends.span
    said = [labels.day(day, ends.language, year=not first <= day < last) for day in ends.end]
    right = max(map(text_width, said)) + 16
    plot = width - lane.left - right
    key = [("c1", "pale", ends.names[0]), ("c1", "diamond", ends.names[1])]
    low, high = milliseconds(first), milliseconds(last)
    x = timed("t", low, high)
    rows: Rows = [_bar(ends, place, lane, (low, high), plot) for place in range(len(ends.members))]
    spots: Rows = [{"t": row["end"], "y": row["middle"], "tip": row["tip"]} for row in rows]
    area = {"x": x, "x2": {"field": "end"}, "y": lane.y("y"), "y2": {"field": "foot"}}
    marks = [
        layer("rect", rows, area, color=colour("c1"), opacity=0.28),
        symbol(spots, x, lane.y("y"), "c1", "diamond", size=56),
        lane.beside(said, plot + 12),
    ]
    return lane.drawn(width, right, key, _months(ends, plot, width), marks)


def _bar(ends: _Ends, place: int, lane: Lanes, edges: tuple[float, float], plot: float) -> dict[str, object]:
    shortest = SHORTEST * (edges[1] - edges[0]) / plot
    over = min(max(milliseconds(ends.end[place]), edges[0] + shortest), edges[1])
    begin = min(max(milliseconds(ends.act[place]), edges[0]), over - shortest)
    tip = f"{ends.members[place]}: {ends.names[0]} {ends.act[place]}, {ends.names[1]} {ends.end[place]}"
    return {**lane.span(place, 12), "middle": lane.middle(place), "t": iso(begin), "end": iso(over), "tip": tip}


def _months(ends: _Ends, plot: float, width: float) -> Axis:
    """The first of every month (every second on a phone)."""
    first, last = ends.span
    every = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    days = [day for day in every if day.day == 1][:: 2 if width < PHONE else 1]
    pixels = [plot * (day - first).days / (last - first).days for day in days]
    return pixels, [labels.short_period(f"{day:%Y-%m}", ends.language) for day in days]
