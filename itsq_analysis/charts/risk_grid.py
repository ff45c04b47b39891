"""Which resource reaches its limit within how many days: a probability in each cell, its band as shade, word and number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsq_analysis.charts.canvas import (
    Frame,
    Room,
    Rows,
    Spec,
    at,
    canvas,
    cells,
    centres,
    key_line,
    layer,
    members,
    repeated,
    require,
    scaled,
    table,
    texts,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import MISSING, Language, word
from itsq_analysis.charts.lanes import Lanes, lanes
from itsq_analysis.charts.palette import colour
from itsq_analysis.errors import ItsqError

if TYPE_CHECKING:
    pass

STEP = 28.0
BANDS = ((0.9, "risk almost certain", 0.95), (0.5, "risk likely", 0.62), (0.1, "risk possible", 0.22))  # from, word, shade
FEW = 0.1  # below it a cell is a dot: one in ten is what a report takes for safe


@dataclass(frozen=True)
class _Risks:
    members: list[str]
    horizons: list[str]
    values: dict[tuple[str, str], float | None]
    language: Language


def risk_grid(frame: Frame, *, title: str, summary: str, language: Language = "en") -> Chart:
    """One lane per member and one column per horizon, shaded in three bands: possible (10 %), likely (50 %), almost certain (90 %).

    `frame`: `member`, `horizon` (in words; columns in the order of first appearance), `value` (probability 0-1; missing where
    nothing can be said: a dash). Below 10 % stands a dot. Raises ItsqError if a column lacks, a pair occurs twice or a value is no
    probability; no values give the "no data" picture.
    """
    rows = require(frame, "risk grid", "member", "horizon", "value")
    pairs = list(zip(members(rows), members(rows, "horizon"), strict=True))
    found = cells(rows, "value")
    if twice := repeated(pairs):
        raise ItsqError(f"each member and horizon must occur once; found {twice[0]!r}, {twice[1]!r} twice; keep one")
    for pair, value in zip(pairs, found, strict=True):
        if value is not None and not 0 <= value <= 1:
            raise ItsqError(f"a probability must lie between 0 and 1; found {value:g} for {pair[0]!r}; divide per cents by 100")
    names, horizons = list(dict.fromkeys(members(rows))), list(dict.fromkeys(members(rows, "horizon")))
    risks = _Risks(names, horizons, dict(zip(pairs, found, strict=True)), language)
    columns = {"name": names} | {one: [probability(risks.values.get((name, one))) for name in names] for one in horizons}
    return compose(
        lambda width: _design(risks, width),
        empty=all(value is None for value in found),
        title=title,
        summary=summary,
        language=language,
        data=table(columns, language),
    )


def probability(value: float | None) -> str:
    """A probability as the cells say it: simulated, so neither 0 nor 100 %.

    >>> [probability(value) for value in (None, 0.0, 0.004, 0.34, 0.997, 1.0)]
    ['–', '<1%', '<1%', '34%', '>99%', '>99%']
    """
    if value is None:
        return MISSING
    if value < 0.01:
        return "<1%"
    return ">99%" if value > 0.99 else f"{value:.0%}"


def band(value: float) -> tuple[str, float] | None:
    """The word and the shade of a probability; None below 10 %.

    >>> band(0.5), band(0.0999)
    (('risk likely', 0.62), None)
    """
    return next(((name, shade) for least, name, shade in BANDS if value >= least), None)


def _design(risks: _Risks, width: float) -> Spec:
    language = risks.language
    lane = lanes(risks.members, width, STEP)
    left = 4.0 if lane.above else lane.left
    lane = Lanes(lane.names, left, lane.step, lane.above)
    plot = width - left - 4
    key, key_height = _band_key(width, left, language)
    middles = centres(len(risks.horizons), plot)
    heads: Rows = [{"x": x, "y": -12.0, "text": name} for x, name in zip(middles, risks.horizons, strict=True)]
    layers = [*key, texts(heads, at("x"), at("y")), lane.labels(), *_cells(risks, lane)]
    return canvas(width, lane.height, Room(left, 4, key_height, 4), layers)


def _band_key(width: float, left: float, language: Language) -> tuple[list[Spec], float]:
    """The three bands in their shades; `key_line` has one shade, so squares of ours are laid over its own."""
    names = [word(name, language) for _, name, _ in reversed(BANDS)]
    layers, height = key_line([("line", "square", name) for name in names], width, left, 26)
    marks = [one for one in layers if one["mark"]["type"] == "point"]
    for mark, (_, _, shade) in zip(marks, reversed(BANDS), strict=True):
        mark["mark"] |= {"fill": colour("c1"), "fillOpacity": shade}
    return layers, height


def _cells(risks: _Risks, lane: Lanes) -> list[Spec]:
    filled: Rows = []
    marks: dict[str, Rows] = {"muted": [], "ink": [], "paper": []}
    for place, member in enumerate(risks.members):
        for column, horizon in enumerate(risks.horizons):
            value = risks.values.get((member, horizon))
            found = None if value is None else band(value)
            says = word(found[0], risks.language) if found else ""
            tip = f"{member}, {horizon}: {probability(value)} {says}".rstrip()
            spot = {"x": column, "middle": lane.middle(place), "tip": tip}
            if found is None:
                marks["muted"].append(spot | {"text": MISSING if value is None else "·"})
                continue
            filled.append(spot | lane.span(place, STEP - 3) | {"from": column - 0.46, "to": column + 0.46, "shade": found[1]})
            marks["paper" if found[1] > 0.5 else "ink"].append(spot | {"text": probability(value)})
    x = scaled("x", -0.5, len(risks.horizons) - 0.5)
    opacity = {"field": "shade", "type": "quantitative", "scale": None}
    area = {"x": {**x, "field": "from"}, "x2": {"field": "to"}, "y": lane.y("y"), "y2": {"field": "foot"}, "fillOpacity": opacity}
    inside = [texts(rows, x, lane.y("middle"), role) for role, rows in marks.items()]
    return [layer("rect", filled, area, color=colour("c1")), *inside]
