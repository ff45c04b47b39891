"""Charts to explore in a notebook: hover for a value, click a name in the legend to see it alone, drag below to choose a stretch.

Unlike the charts of a report these are laid out by Vega-Lite itself, and have no static form for a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from itsq_analysis.charts.chart import VEGA_LITE_MIME, png
from itsq_analysis.charts.labels import FONT, Language, clean, word
from itsq_analysis.charts.palette import LIGHT, SERIES

if TYPE_CHECKING:
    import pandas as pd

Spec = dict[str, Any]
WIDTH, HEIGHT, OVERVIEW = 680, 260, 40  # px
FEWEST = 8  # moments from which an overview to choose from is worth its room
MANY = 60  # moments beyond which points at rest would hide their line
DIMMED = 0.08  # opacity of what the legend has not chosen


@dataclass(frozen=True, eq=False)
class Plot:
    """A chart that answers: it displays in JupyterLab, Notebook and VS Code.

    Attributes:
        spec: the Vega-Lite 5 specification; with altair, `altair.Chart.from_dict(plot.spec)` goes on from it.
        data: what is drawn, one row a point.
        summary: one sentence that says what the chart shows.

    >>> import pandas as pd
    >>> points = pd.DataFrame({"series": "E-mail", "ds": pd.to_datetime(["2026-09-01", "2026-10-01"]), "y": [0.9, 0.95]})
    >>> sorted(interactive(Layers(points), title="On time", summary="Rising.", unit="share")._repr_mimebundle_())
    ['application/vnd.vegalite.v5+json', 'text/plain']
    """

    spec: Spec
    data: pd.DataFrame
    summary: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Spec:  # noqa: ARG002 (IPython's signature)
        """Never text/html, which would hide the interactive form."""
        return {VEGA_LITE_MIME: self.spec, "text/plain": self.summary}

    def png(self, scale: float = 2.0) -> bytes:
        """The picture as it first appears, for mail and slides."""
        return png(self.spec, scale)


@dataclass(frozen=True, eq=False)
class Layers:
    """What is drawn. Every frame has `series` and `ds` (naive days or moments); missing numbers are not drawn.

    Attributes:
        points: with `y`: a line of points, which tell about themselves when the mouse is near; no line joins those whose `known` is
            False.
        tips: columns of `points` that are told -> how they are headed; the texts stand as they are.
        bands: frames with `lower` and `upper`, the widest first, and what they are.
        middle: with `y`: a thin dashed line, and what it is.
        levels: name -> a level across the whole.
        marks: with `y` and `text`: single points that stand out, and what they are.
        days: upright lines at single moments, with `text`, and what they are.
        together: whether bands, middle and marks are shown from the beginning; else only those of the chosen series.
    """

    points: pd.DataFrame
    tips: Mapping[str, str] = field(default_factory=dict)
    bands: tuple[tuple[str, pd.DataFrame], ...] = ()
    middle: tuple[str, pd.DataFrame] | None = None
    levels: Mapping[str, float] = field(default_factory=dict)
    marks: tuple[str, pd.DataFrame] | None = None
    days: tuple[str, pd.DataFrame] | None = None
    together: bool = True


def interactive(
    layers: Layers, *, title: str, summary: str, language: Language = "en", unit: str = "number", monthly: bool = False
) -> Plot:
    """A chart to explore.

    Args:
        layers: what is drawn.
        title: above it.
        summary: one sentence that says what it shows.
        language: of its own words.
        unit: "share" has an axis in per cent, "hours" one that says so.
        monthly: whether the axis needs no days.
    """
    names = [*dict.fromkeys(layers.points["series"])]
    when = "%Y-%m" if monthly else "%Y-%m-%d"
    x: Spec = {
        "field": "t",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {"title": None, "format": when, "labelOverlap": True},
    }
    scale: Spec = {"domain": names} | (
        {"range": [LIGHT[role] for role in SERIES[: len(names)]]} if len(names) <= len(SERIES) else {}
    )
    heading = word("chosen", language) if len(names) > 1 else None
    colour: Spec = {"field": "series", "type": "nominal", "scale": scale, "legend": None}
    if heading:
        colour["legend"] = {"title": heading, "labelLimit": 220, "symbolOpacity": 1, "symbolType": "stroke", "symbolStrokeWidth": 3}
    overview = layers.points["ds"].nunique() >= FEWEST
    detail = {**x, "scale": {"type": "utc", "domain": {"param": "brush"}}} if overview else x
    drawn: Spec = {"width": WIDTH, "height": HEIGHT, "layer": _layers(layers, detail, colour, language, unit)}
    below: Spec = {
        "width": WIDTH,
        "height": OVERVIEW,
        "data": {"values": _rows(layers.points, "y")},
        "mark": {"type": "line", "strokeWidth": 1},
        "params": [{"name": "brush", "select": {"type": "interval", "encodings": ["x"]}}],
        "encoding": {
            "x": {**x, "axis": {**x["axis"], "title": word("drag", language)}},
            "y": {"field": "y", "type": "quantitative", "scale": {"zero": False}, "axis": None},
            "color": colour,
        },
    }
    spec: Spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": clean(summary),
        "title": {"text": clean(title), "anchor": "start", "color": LIGHT["ink"], "fontSize": 15},
        "background": LIGHT["paper"],
        "config": {
            "font": FONT,
            "axis": {
                "labelColor": LIGHT["muted"],
                "titleColor": LIGHT["muted"],
                "gridColor": LIGHT["line"],
                "titleFontWeight": 400,
            },
            "view": {"stroke": None},
        },
        **({"vconcat": [drawn, below]} if overview else drawn),
    }
    return Plot(spec, layers.points.reset_index(drop=True), clean(summary))


def _layers(layers: Layers, x: Spec, colour: Spec, language: Language, unit: str) -> list[Spec]:
    """Bands below, then levels, lines, points, and what stands out."""
    axis = {"share": {"format": ".0%", "title": None}, "hours": {"title": "h" if language == "en" else "小时"}}.get(
        unit, {"title": None}
    )
    y: Spec = {"field": "y", "type": "quantitative", "scale": {"zero": False}, "axis": axis}
    chosen = [] if layers.together else [{"filter": {"param": "member", "empty": False}}]
    fade = {"condition": {"param": "member", "value": 1}, "value": DIMMED}
    made = []
    for name, band in layers.bands:
        bounds = {"x": x, "y": {**y, "field": "lower"}, "y2": {"field": "upper"}, "color": colour, "detail": {"field": "series"}}
        mark = {"type": "area", "opacity": 0.16, "description": name}
        made.append(_layer(_rows(band, "lower", "upper"), mark, bounds, chosen))
    for level in _levels(layers.levels):
        made.append(_layer([level], {"type": "rule", "strokeDash": [5, 3], "color": LIGHT["muted"]}, {"y": {**y, "field": "y"}}))
        text = {"type": "text", "align": "left", "dx": 4, "dy": -6, "color": LIGHT["muted"]}
        made.append(_layer([level], text, {"x": {"value": 0}, "y": y, "text": {"field": "text"}}))
    if layers.days:
        rule = {"type": "rule", "color": LIGHT["c2"], "strokeDash": [2, 3], "strokeWidth": 1.5}
        made.append(_layer(_rows(layers.days[1], "text"), rule, {"x": x, "tooltip": [_tip("text", layers.days[0])]}))
    if layers.middle:
        line = {"type": "line", "strokeDash": [5, 3], "strokeWidth": 1.2, "opacity": 0.8}
        dashed: Spec = {"x": x, "y": y, "color": colour, "detail": {"field": "series"}}
        made.append(_layer(_rows(layers.middle[1], "y"), line, dashed, chosen))
    points = _rows(layers.points, "y")
    line = {"type": "line", "strokeWidth": 2}
    legend = {"name": "member", "select": {"type": "point", "fields": ["series"]}, "bind": "legend"}
    joined = [point for point in points if point.get("known", True)]
    made.append({**_layer(joined, line, {"x": x, "y": y, "color": colour, "opacity": fade}), "params": [legend]})
    made.append(_hovered(layers, points, x, y, colour))
    if layers.marks:
        encoding: Spec = {"x": x, "y": y, "tooltip": [_tip("text", layers.marks[0])]}
        diamond = {"type": "point", "shape": "diamond", "size": 110, "filled": True, "color": LIGHT["missed"], "opacity": 1}
        made.append(_layer(_rows(layers.marks[1], "y", "text"), diamond, encoding, chosen))
    return [layer for layer in made if layer["data"]["values"]]


def _hovered(layers: Layers, points: list[Spec], x: Spec, y: Spec, colour: Spec) -> Spec:
    """The points: the one nearest to the mouse grows and tells about itself, of the chosen series."""
    hover = {"name": "hover", "select": {"type": "point", "on": "mouseover", "clear": "mouseout", "nearest": True}}
    resting = 22 if layers.points["ds"].nunique() <= MANY else 3
    size = {"condition": {"param": "hover", "value": 110, "empty": False}, "value": resting}
    tips = [_tip(column, heading) for column, heading in layers.tips.items()]
    encoding = {"x": x, "y": y, "color": colour, "size": size, "tooltip": tips}
    chosen = [{"filter": {"param": "member"}}]
    return {**_layer(points, {"type": "point", "filled": True, "opacity": 1}, encoding, chosen), "params": [hover]}


def _layer(rows: list[Spec], mark: Spec, encoding: Spec, chosen: list[Spec] | None = None) -> Spec:
    """One layer; what lies outside the stretch that was chosen is cut off."""
    transform = {"transform": chosen} if chosen else {}
    return {"data": {"values": rows}, **transform, "mark": {**mark, "clip": True}, "encoding": encoding}


def _tip(column: str, heading: str) -> Spec:
    return {"field": column, "type": "nominal", "title": heading}


def _levels(levels: Mapping[str, float]) -> list[Spec]:
    return [{"y": float(level), "text": clean(name)} for name, level in levels.items()]


def _rows(frame: pd.DataFrame, *needed: str) -> list[Spec]:
    """Rows as JSON values; moments as texts that every zone reads alike, those without a needed number left out."""
    import pandas as pd

    known = frame.dropna(subset=[*needed])
    moments = pd.to_datetime(known["ds"]).dt.tz_localize(None).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = known.drop(columns="ds").assign(t=moments.to_numpy()).to_dict("records")
    return [{str(key): clean(cell) if isinstance(cell, str) else _number(cell) for key, cell in row.items()} for row in rows]


def _number(cell: Any) -> Any:
    """A number as JSON knows it; what is missing is null."""
    if cell is None or cell != cell:
        return None
    return cell.item() if hasattr(cell, "item") else cell
