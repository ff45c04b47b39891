"""When which service was down in a period: outages, major incidents, planned maintenance."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from itsq_analysis.charts import labels
from itsq_analysis.charts.canvas import (
    Frame,
    Rows,
    Spec,
    at,
    iso,
    layer,
    members,
    milliseconds,
    require,
    stamp,
    symbol,
    table,
    texts,
    timed,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import MISSING, Language, clean, duration, text_width, word
from itsq_analysis.charts.lanes import Axis, Lanes, lanes
from itsq_analysis.charts.palette import colour
from itsq_analysis.errors import ItsqError
from itsq_analysis.tables.plain_text import is_missing

if TYPE_CHECKING:
    import pandas as pd

STEP = 34.0
RIGHT = 22  # px kept free after the plot
SHORTEST = 4.0  # px that even a minute is drawn wide
KINDS = {"outage": ("missed", "square"), "major": ("missed", "diamond"), "maintenance": ("muted", "frame")}


@dataclass(frozen=True)
class _Stop:
    service: str
    kind: str
    begin: float  # local wall time, ms
    over: float | None
    length: str
    tip: str


def timeline(frame: Frame, *, start: date, end: date, timezone: str, title: str, summary: str, language: Language = "en") -> Chart:
    """One lane per service over the local days from `start` to `end` (exclusive), a bar for each time it was not available.

    `frame`: `service`, `start`, `end` (zone-aware moments, shown in `timezone`; a missing end is "not yet over") and `kind`
    ("outage"; "major", an outage of a major incident, with a diamond; "maintenance"); optionally `label` (a ticket number). Bars
    are cut at the period's edges and at least 4 px wide; the duration is the whole one. Raises ItsqError if a column lacks, a
    start is missing, a time has no zone or a kind is not known; no rows give the "no data" picture.
    """
    rows = require(frame, "timeline", "service", "start", "end", "kind")
    stops = [_stop(row, timezone, language) for row in rows.assign(service=members(rows, "service")).to_dict("records")]
    return compose(
        lambda width: _design(stops, (start, end), language, width),
        empty=not stops,
        title=title,
        summary=summary,
        language=language,
        data=table(
            {
                "name": [stop.service for stop in stops],
                "kind": [word(stop.kind, language) for stop in stops],
                "start": [_written(stop.begin) for stop in stops],
                "end": [_written(stop.over) for stop in stops],
                "duration": [stop.length for stop in stops],
            },
            language,
        ),
    )


def _stop(row: Mapping[Hashable, Any], timezone: str, language: Language) -> _Stop:
    kind, service = str(row["kind"]), str(row["service"])
    if kind not in KINDS:
        raise ItsqError(f"a timeline's kind must be one of {', '.join(KINDS)}; found {kind!r} for {service!r}; map it first")
    begin, over = (_moment(row[edge], edge, service) for edge in ("start", "end"))
    if begin is None:
        raise ItsqError(f"a timeline needs the start of every row; found none for {service!r}; leave the row out")
    length = word("ongoing", language) if over is None else duration((over - begin).total_seconds() / 3600, language)
    named = clean(row.get("label"))
    said = [part for part in (named, word(kind, language), length) if part != MISSING]
    start, stop = _local(begin, timezone), None if over is None else _local(over, timezone)
    return _Stop(service, kind, start, stop, length, f"{service}: {', '.join(said)}")


def _local(moment: pd.Timestamp, timezone: str) -> float:
    return milliseconds(moment.tz_convert(timezone).tz_localize(None))


def _moment(value: Any, edge: str, service: str) -> pd.Timestamp | None:
    if is_missing(value):
        return None
    moment = stamp(value)
    if moment.tzinfo is None:
        raise ItsqError(f"a timeline's times must carry a zone; found {moment} as {edge!r} of {service!r}; localise it first")
    return moment


def _written(moment: float | None) -> str:
    return MISSING if moment is None else iso(moment)[:16].replace("T", " ")


def _design(stops: list[_Stop], days: tuple[date, date], language: Language, width: float) -> Spec:
    services = list(dict.fromkeys(stop.service for stop in stops))
    lane = lanes(services, width, STEP)
    plot = width - lane.left - RIGHT
    low, high = milliseconds(days[0]), milliseconds(days[1])
    present = {stop.kind for stop in stops}
    key = [(*look, word(kind, language)) for kind, look in KINDS.items() if kind in present]
    drawn = [_bar(stop, services.index(stop.service), lane, (low, high), plot) for stop in stops]
    x = timed("t", low, high)
    area = {"x": x, "x2": {"field": "end"}, "y": lane.y("y"), "y2": {"field": "foot"}}
    unplanned = [row for row in drawn if row["kind"] != "maintenance"]
    major: Rows = [{key: row[key] for key in ("t", "middle", "tip")} for row in drawn if row["kind"] == "major"]
    planned = [row for row in drawn if row["kind"] == "maintenance"]
    marks = [
        layer("rect", planned, area, color=colour("paper"), stroke=colour("muted"), strokeWidth=1.2),
        layer("rect", unplanned, area, color=colour("missed")),
        symbol(major, x, lane.y("middle"), "missed", "diamond", 90),
        texts(_lengths(unplanned, plot), at("x"), lane.y("middle"), align="left"),
    ]
    return lane.drawn(width, RIGHT, key, _days(days, plot, language), marks)


def _bar(stop: _Stop, place: int, lane: Lanes, edges: tuple[float, float], plot: float) -> dict[str, object]:
    shortest = SHORTEST * (edges[1] - edges[0]) / plot
    begin = min(max(stop.begin, edges[0]), edges[1] - shortest)
    over = max(min(edges[1] if stop.over is None else stop.over, edges[1]), begin + shortest)
    left, right = ((moment - edges[0]) / (edges[1] - edges[0]) * plot for moment in (begin, over))
    spot = {"middle": lane.middle(place), "left": left, "right": right, **lane.span(place, 20)}
    return {**spot, "t": iso(begin), "end": iso(over), "kind": stop.kind, "text": stop.length, "tip": stop.tip}


def _days(days: tuple[date, date], plot: float, language: Language) -> Axis:
    """The beginning of every seventh day (of every day of a short span)."""
    every = [days[0] + timedelta(days=day) for day in range((days[1] - days[0]).days)]
    wanted = every[::7] if len(every) > 10 else every
    pixels = [plot * (value - days[0]).days / len(every) for value in wanted]
    return pixels, [labels.day(value, language) for value in wanted]


def _lengths(rows: Rows, plot: float) -> Rows:
    """Durations beside their bars, right or left, only where no bar and no other text of the same lane stands in the way."""
    taken = [(row["middle"], row["left"] - 6, row["right"] + 6) for row in rows]
    placed: Rows = []
    for row in rows:
        room, gap = text_width(row["text"]), 12 if row["kind"] == "major" else 8
        for start in (row["right"] + gap, row["left"] - gap - room):
            stop = start + room
            free = all(lane != row["middle"] or left >= stop or right <= start for lane, left, right in taken)
            if start >= 0 and stop <= plot + 20 and free:
                placed.append({"x": start, "middle": row["middle"], "text": row["text"]})
                taken.append((row["middle"], start - 4, stop + 4))
                break
    return placed
