"""Shares of groups of very different size against the limits of chance: who really differs, and who is merely small.

Source of the method: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24
(2005), 1185–1202: exact binomial limits, interpolated between neighbouring counts; here
both tails alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from itsq_analysis.charts.canvas import (
    PHONE,
    Frame,
    Room,
    Rows,
    Spec,
    along,
    at,
    canvas,
    cells,
    key_line,
    layer,
    level_lines,
    members,
    nice_ticks,
    numbers,
    require,
    scaled,
    symbol,
    table,
    texts,
    tick_texts,
    upright_lines,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import Language, number, text_width, word
from itsq_analysis.charts.palette import colour
from itsq_analysis.errors import ItsqError
from itsq_analysis.process.exact import binomial, binomial_quantile

if TYPE_CHECKING:
    pass

HEIGHT = 230.0
LINE = 16.0  # of a name
INNER, OUTER = (0.025, 0.975), (0.001, 0.999)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Groups:
    names: list[str]
    count: Floats  # denominators
    share: Floats
    outside: list[bool]  # beyond the outer limits
    centre: float
    language: Language


def funnel(frame: Frame, *, title: str, summary: str, language: Language = "en", centre: float | None = None) -> Chart:
    """Each member's share against its number of cases, with the 95 % and 99.8 % limits around `centre` (default: all together).

    `frame`: `member`, `numerator`, `denominator` (counts). Members beyond the 99.8 % limits are diamonds, with their names where
    there is room for them; nobody is ranked. Members without cases are left out of the picture, not of the table. Raises ItsqError
    if a column lacks or a numerator is not between 0 and its denominator; no cases at all give the "no data" picture.
    """
    rows = require(frame, "funnel", "member", "numerator", "denominator")
    names = members(rows)
    tops, bases = ([value or 0.0 for value in cells(rows, column)] for column in ("numerator", "denominator"))
    for name, top, base in zip(names, tops, bases, strict=True):
        if not 0 <= top <= base:
            raise ItsqError(f"a share needs 0 ≤ numerator ≤ denominator; found {top:g} of {base:g} for {name!r}; check the counts")
    shares = [top / base if base else None for top, base in zip(tops, bases, strict=True)]
    data = table({"name": names, "share": numbers(shares, "share", language), "count": numbers(bases, "count", language)}, language)
    used = [place for place, base in enumerate(bases) if base]
    middle = sum(tops) / (sum(bases) or 1.0) if centre is None else centre
    count = np.array([bases[place] for place in used], dtype=np.float64)
    share = np.array([shares[place] for place in used], dtype=np.float64)
    low, high = limits(middle, count, OUTER)
    outside = [bool(far) for far in (share < low) | (share > high)]
    groups = _Groups([names[place] for place in used], count, share, outside, middle, language)
    return compose(lambda width: _design(groups, width), empty=not used, title=title, summary=summary, language=language, data=data)


def limits(centre: float, count: Floats, levels: tuple[float, float]) -> tuple[Floats, Floats]:
    """Lower and upper limit of a share of `count` (whole) cases whose true value is `centre`: exact binomial, interpolated.

    >>> low, high = limits(0.5, np.array([10.0, 1000.0]), (0.025, 0.975))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.132, 0.469], [0.868, 0.531])
    """
    found = []
    for level, rate in ((levels[0], centre), (1 - levels[1], 1 - centre)):  # the upper tail is the lower one of the complement
        r = binomial_quantile(level, count, rate)
        reached, before = binomial(r, count, rate), binomial(r - 1, count, rate)
        part = np.divide(reached - level, reached - before, out=np.zeros_like(reached), where=reached > before)
        found.append(np.clip((r - part) / count, 0.0, 1.0))
    return found[0], 1.0 - found[1]


def _design(groups: _Groups, width: float) -> Spec:
    language, largest = groups.language, float(groups.count.max())
    usual = np.array([float(np.quantile(groups.count, 0.25, method="lower"))])
    near = limits(groups.centre, usual, OUTER)
    seen = [*groups.share.tolist(), float(near[0][0]), float(near[1][0])]
    ticks = [tick for tick in nice_ticks(min(seen), max(seen), 4) if tick <= 1]
    across = nice_ticks(0.0, largest, 3 if width < PHONE else 5)
    names, sizes = tick_texts(ticks, "share", language), tick_texts(across, "count", language)
    centre_name = f"{word('overall', language)} {number(groups.centre, 'share', language)}"
    left, right = max(map(text_width, names)) + 10, text_width(centre_name) + 14
    key, top = key_line(
        [("c5", "stroke", word("limits", language)), ("missed", "diamond", word("outside", language))], width, left, 18
    )
    x, y = scaled("x", 0.0, across[-1]), scaled("y", ticks[0], max(ticks[-1], *seen))
    plot = width - left - right
    level: Rows = [{"left": 0.0, "right": plot, "y": groups.centre, "text": centre_name}]
    axis: Rows = [{"x": plot, "y": HEIGHT + 32, "text": word("count", language)}]
    layers = [
        *key,
        *level_lines(ticks, names, y, plot),
        *upright_lines(along(across, 0.0, across[-1], plot), sizes, HEIGHT),
        *_curves(groups.centre, largest, x, y),
        layer("rule", level, {"x": at("left"), "x2": {"field": "right"}, "y": y}, color=colour("muted")),
        texts(level, at("right"), y, align="left", dx=9),
        texts(axis, at("x"), at("y"), align="right"),
        *_members(groups, x, y, plot / across[-1], plot),
    ]
    return canvas(width, HEIGHT, Room(left, right, top, 42), layers)


def _curves(centre: float, largest: float, x: Spec, y: Spec) -> list[Spec]:
    """The four limits; what would leave the picture is left out."""
    sizes = np.unique(np.geomspace(min(4.0, largest), largest, 48).round())
    low, high = y["scale"]["domain"]
    layers = []
    for levels, dash in ((INNER, [4, 3]), (OUTER, [1, 0])):
        for side in limits(centre, sizes, levels):
            kept = [(float(size), float(value)) for size, value in zip(sizes, side, strict=True)]
            rows: Rows = [{"x": size, "y": value if low <= value <= high else None} for size, value in kept]
            layers.append(layer("line", rows, {"x": x, "y": y}, color=colour("c5"), strokeDash=dash, strokeWidth=1.2))
    return layers


def _members(groups: _Groups, x: Spec, y: Spec, px: float, plot: float) -> list[Spec]:
    inside: Rows = []
    outside: Rows = []
    for name, count, share, out in zip(groups.names, groups.count.tolist(), groups.share.tolist(), groups.outside, strict=True):
        point = {"x": count, "y": share, "tip": f"{name}: {number(share, 'share', groups.language)} ({count:,.0f})"}
        (outside if out else inside).append(point)
    return [symbol(inside, x, y, "c1"), symbol(outside, x, y, "missed", "diamond", 60), *_names(groups, y, px, plot)]


def _names(groups: _Groups, y: Spec, px: float, plot: float) -> list[Spec]:
    """Names of members outside, the farthest from the middle first; one without room of its own is left to the table."""
    low, high = y["scale"]["domain"]
    placed: list[tuple[float, float, float]] = []  # left, right, height above the foot
    drawn = []
    for place in sorted(np.flatnonzero(groups.outside), key=lambda one: -abs(groups.share[one] - groups.centre)):
        share, name = float(groups.share[place]), groups.names[place]
        half, foot = text_width(name) / 2, (share - low) / (high - low) * HEIGHT
        centre = min(max(float(groups.count[place]) * px, half), plot - half)
        dy = -13 if share > groups.centre or foot < 24 else 14
        box = (centre - half, centre + half, foot - dy)
        if 2 * half > plot or any(box[0] < right and left < box[1] and abs(box[2] - above) < LINE for left, right, above in placed):
            continue
        placed.append(box)
        spot: Rows = [{"x": centre, "y": share, "text": name}]
        drawn.append(texts(spot, at("x"), y, "ink", dy=dy))
    return drawn
