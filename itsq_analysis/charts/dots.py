"""How full each resource is at its busiest, and after the loss of one member, against two limits."""

from __future__ import annotations

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
from itsq_analysis.charts.labels import Language, number, text_width, word
from itsq_analysis.charts.lanes import Lanes, lanes
from itsq_analysis.charts.palette import colour

if TYPE_CHECKING:
    pass

STEP = 32.0
MOST = 1.5  # of the whole: what lies beyond is drawn at the edge and written in words


@dataclass(frozen=True)
class _Loads:
    members: list[str]
    value: Numbers
    after: Numbers
    warning: Numbers
    critical: Numbers
    names: tuple[str, str]
    language: Language

    def caption(self, place: int) -> str:
        """The shares in words: "71.0% → 95.0%"."""
        said = [number(part, "share", self.language) for part in (self.value[place], self.after[place]) if part is not None]
        return " → ".join(said)


def dots(frame: Frame, *, title: str, summary: str, language: Language = "en", value_name: str, after_name: str) -> Chart:
    """One lane per member: a dot at `value`, a diamond at `after`, short upright lines at `warning` (pale) and `critical`.

    `frame`: `member`, `value` (a share, 1 is full), and optionally `after`, `warning`, `critical`. A mark that has passed the
    critical line is drawn in the colour of what is missed. The scale starts at 0. Raises ItsqError if a column lacks; no rows give
    the "no data" picture.
    """
    rows = require(frame, "dots", "member", "value")
    value, after, warning, critical = (cells(rows, column) for column in ("value", "after", "warning", "critical"))
    loads = _Loads(members(rows), value, after, warning, critical, (value_name, after_name), language)
    columns = {"name": loads.members, value_name: numbers(loads.value, "share", language)}
    for name, values in ((after_name, loads.after), ("warning", loads.warning), ("critical", loads.critical)):
        if any(part is not None for part in values):
            columns[name] = numbers(values, "share", language)
    return compose(
        lambda width: _design(loads, width),
        empty=all(part is None for part in loads.value),
        title=title,
        summary=summary,
        language=language,
        data=table(columns, language),
    )


def _design(loads: _Loads, width: float) -> Spec:
    every = [part for values in (loads.value, loads.after, loads.critical) for part in values if part is not None]
    top = min(max(1.0, *every), MOST)
    ticks = [tick for tick in nice_ticks(0.0, top, 4) if tick <= top]
    names = tick_texts(ticks, "share", loads.language)
    lane = lanes(loads.members, width, STEP)
    captions = [loads.caption(place) for place in range(len(loads.members))] if width > PHONE else []
    right = max([text_width(names[-1]) / 2 + 6, *(text_width(caption) + 22 for caption in captions)])
    plot = width - lane.left - right
    marks = [*_marks(loads, lane, scaled("x", 0.0, top), top), lane.beside(captions, plot + 18)]
    return lane.drawn(width, right, _key(loads), (along(ticks, 0.0, top, plot), names), marks)


def _key(loads: _Loads) -> list[tuple[str, str, str]]:
    entries = [("c1", "circle", loads.names[0])]
    entries += [("c1", "diamond", loads.names[1])] if any(part is not None for part in loads.after) else []
    for role, name, values in (("c5", "warning", loads.warning), ("ink", "critical", loads.critical)):
        entries += [(role, "upright", word(name, loads.language))] if any(part is not None for part in values) else []
    return entries


def _marks(loads: _Loads, lane: Lanes, x: Spec, top: float) -> list[Spec]:
    upright = {"y": lane.y("y"), "y2": {"field": "foot"}}
    layers = []
    for role, values in (("c5", loads.warning), ("ink", loads.critical)):
        rows: Rows = [{**lane.span(place, 20), "x": part} for place, part in enumerate(values) if part is not None and part <= top]
        layers.append(layer("rule", rows, {"x": x, **upright}, color=colour(role), strokeWidth=2))
    reach: Rows = [
        {"y": lane.middle(place), "x": min(first, top), "end": min(second, top)}
        for place, (first, second) in enumerate(zip(loads.value, loads.after, strict=True))
        if first is not None and second is not None
    ]
    layers.append(layer("rule", reach, {"x": x, "x2": {"field": "end"}, "y": lane.y("y")}, color=colour("c5"), strokeWidth=1))
    for shape, name, values in (("circle", loads.names[0], loads.value), ("diamond", loads.names[1], loads.after)):
        for role in ("c1", "missed"):
            spots: Rows = [
                {"y": lane.middle(place), "x": min(part, top), "tip": f"{loads.members[place]}: {name} {part:.1%}"}
                for place, part in enumerate(values)
                if part is not None and _passed(part, loads.critical[place]) == (role == "missed")
            ]
            layers.append(symbol(spots, x, lane.y("y"), role, shape, size=64))
    return layers


def _passed(value: float, critical: float | None) -> bool:
    return critical is not None and value >= critical
