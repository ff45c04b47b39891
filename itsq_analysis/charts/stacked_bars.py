"""Parts of a whole for each member: hours by who held the ticket, shares by kind of waiting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsq_analysis.charts.canvas import (
    Frame,
    Rows,
    Spec,
    along,
    at,
    cells,
    layer,
    members,
    nice_ticks,
    numbers,
    require,
    scaled,
    table,
    texts,
    tick_texts,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import MISSING, Language, Unit, text_width
from itsq_analysis.charts.lanes import Lanes, lanes
from itsq_analysis.charts.palette import SERIES, colour
from itsq_analysis.errors import ItsqError

if TYPE_CHECKING:
    pass

STEP = 34.0


@dataclass(frozen=True)
class _Parts:
    values: dict[str, dict[str, float]]  # member -> part -> value
    names: list[str]  # of the parts
    unit: Unit
    shares: bool
    language: Language

    @property
    def totals(self) -> list[float]:
        """Each member's whole."""
        return [sum(parts.values()) for parts in self.values.values()]


def stacked_bars(
    frame: Frame, *, title: str, summary: str, language: Language = "en", unit: Unit = "count", shares: bool = False
) -> Chart:
    """One bar per member, made of its parts from left to right, in the order of the frame.

    `frame`: `member`, `part`, `value` (≥ 0; missing counts as nothing), one row for each pair, at most five different parts: join
    the small ones first. `shares` draws every bar to 100 % of its member. Raises ItsqError if a column lacks, a pair occurs
    twice, a value is negative or there are more than five parts; no rows give the "no data" picture.
    """
    rows = require(frame, "stacked bars", "member", "part", "value")
    names = list(dict.fromkeys(members(rows, "part")))
    values: dict[str, dict[str, float]] = {member: {} for member in members(rows)}
    for member, part, value in zip(members(rows), members(rows, "part"), cells(rows, "value"), strict=True):
        _check(value, part, member, part in values[member])
        values[member][part] = value or 0.0
    if len(names) > len(SERIES):
        raise ItsqError(f"a stacked bar can show at most {len(SERIES)} parts; found {len(names)}; join the small ones into one")
    parts = _Parts(values, names, unit, shares, language)
    columns = {"name": list(values)} | {name: _told([p.get(name) for p in values.values()], unit, language) for name in names}
    return compose(
        lambda width: _design(parts, width),
        empty=not any(parts.totals),
        title=title,
        summary=summary,
        language=language,
        data=table(columns | {"total": _told(parts.totals, unit, language)}, language),
    )


def _told(values: Sequence[float | None], unit: Unit, language: Language) -> list[str]:
    """Values in words; hours stay hours, as on the axis: of working hours 24 are no day."""
    if unit != "hours":
        return numbers(values, unit, language)
    return [
        MISSING if value is None else tick_texts([round(value, 0 if value >= 10 else 1)], unit, language)[0] for value in values
    ]


def _check(value: float | None, part: str, member: str, twice: bool) -> None:
    if twice:
        raise ItsqError(f"each member and part must occur once; found {member!r}, {part!r} twice; add them up first")
    if value is not None and value < 0:
        raise ItsqError(f"parts of a whole must not be negative; found {value:g} for {member!r}, {part!r}; use diverging bars")


def _design(parts: _Parts, width: float) -> Spec:
    totals = parts.totals
    most = 1.0 if parts.shares else max(totals)
    ticks = [tick for tick in nice_ticks(0.0, most, 4) if tick <= most]
    names = tick_texts(ticks, "share" if parts.shares else parts.unit, parts.language)
    ends = _told(totals, parts.unit, parts.language)
    lane = lanes(list(parts.values), width, STEP)
    right = max(max(map(text_width, ends)) + 12, text_width(names[-1]) / 2 + 4)
    key = [(role, "square", name) for role, name in zip(SERIES, parts.names, strict=False)]
    plot = width - lane.left - right
    lengths = along([float(total > 0) if parts.shares else total for total in totals], 0.0, most, plot)
    beside: Rows = [{"x": lengths[place] + 8, "y": lane.middle(place), "text": end} for place, end in enumerate(ends)]
    marks = [*_pieces(parts, lane, scaled("x", 0.0, most)), texts(beside, at("x"), lane.y("y"), "ink", align="left")]
    return lane.drawn(width, right, key, (along(ticks, 0.0, most, plot), names), marks)


def _pieces(parts: _Parts, lane: Lanes, x: Spec) -> list[Spec]:
    drawn: dict[str, Rows] = {name: [] for name in parts.names}
    for place, (member, values) in enumerate(parts.values.items()):
        whole = sum(values.values()) if parts.shares else 1.0
        start = 0.0
        for name in parts.names:
            value = values.get(name, 0.0)
            if value:
                tip = f"{member}, {name}: {_told([value], parts.unit, parts.language)[0]}"
                drawn[name].append({**lane.span(place, 20), "x": start, "end": start + value / whole, "tip": tip})
                start += value / whole
    area = {"x": x, "x2": {"field": "end"}, "y": lane.y("y"), "y2": {"field": "foot"}}
    return [
        layer("rect", drawn[name], area, color=colour(role), stroke=colour("paper"), strokeWidth=1)
        for role, name in zip(SERIES, parts.names, strict=False)
    ]
