"""Tickets opened and resolved in each period, with the backlog that is left as a line beneath."""

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
    at,
    canvas,
    cells,
    centres,
    key_line,
    layer,
    level_lines,
    nice_ticks,
    numbers,
    period_axis,
    require,
    scaled,
    symbol,
    table,
    texts,
    tick_texts,
)
from itsq_analysis.charts.chart import Chart, compose
from itsq_analysis.charts.labels import Language, Unit, number, text_width, word
from itsq_analysis.charts.palette import colour

if TYPE_CHECKING:
    pass

BARS, GAP, LINE = 130.0, 44.0, 70.0  # px: height of the bars, space for the backlog's name, height of its line


@dataclass(frozen=True)
class _Flow:
    labels: list[str]
    opened: Numbers
    resolved: Numbers
    backlog: Numbers
    names: tuple[str, str, str]
    unit: Unit
    language: Language

    @property
    def periods(self) -> list[str]:
        """The periods in words."""
        return [labels.period(label, self.language) for label in self.labels]


def bars(
    frame: Frame,
    *,
    title: str,
    summary: str,
    language: Language = "en",
    unit: Unit = "number",
    names: tuple[str, str, str] | None = None,
) -> Chart:
    """Two bars per period and a line under them over one time axis, each on its own scale from 0.

    `frame`: `period` (labels, oldest first), `opened`, `resolved` (usually per working day, so that months compare), optionally
    `backlog` (at the period's end; a count). `names` replaces the words for the three. Raises ItsqError if a column lacks; no
    rows give the "no data" picture.
    """
    rows = require(frame, "bars", "period", "opened", "resolved")
    said = names or (word("opened", language), word("resolved", language), word("backlog", language))
    flow = _Flow(
        [labels.clean(label) for label in rows["period"]],
        cells(rows, "opened"),
        cells(rows, "resolved"),
        cells(rows, "backlog"),
        said,
        unit,
        language,
    )
    columns = {
        "period": flow.periods,
        said[0]: numbers(flow.opened, unit, language),
        said[1]: numbers(flow.resolved, unit, language),
    }
    if any(value is not None for value in flow.backlog):
        columns[said[2]] = numbers(flow.backlog, "count", language)
    return compose(
        lambda width: _design(flow, width),
        empty=all(value is None for value in flow.opened + flow.resolved),
        title=title,
        summary=summary,
        language=language,
        data=table(columns, language),
    )


def _design(flow: _Flow, width: float) -> Spec:
    known = [value for value in flow.backlog if value is not None]
    most = max(value or 0.0 for value in flow.opened + flow.resolved) or 1.0
    ticks = [tick for tick in nice_ticks(0.0, most, 3) if tick <= most]
    tick_names = tick_texts(ticks, flow.unit, flow.language)
    below = nice_ticks(0.0, max(known), 2) if known else []
    below_names = tick_texts(below, "count", flow.language)
    left = max(map(text_width, tick_names + below_names)) + 10
    right = max(text_width(number(known[-1], "count", flow.language)) + 14, 20.0) if known else 20.0
    key, top = key_line([("c1", "square", flow.names[0]), ("c5", "square", flow.names[1])], width, left, 12)
    plot = width - left - right
    height = BARS + GAP + LINE if known else BARS
    layers = [
        *key,
        *level_lines(ticks, tick_names, scaled("y", 0.0, most, (BARS, 0.0)), plot),
        *_pairs(flow, scaled("y", 0.0, most, (BARS, 0.0))),
        period_axis(flow.labels, centres(len(flow.labels), plot), height + 14, height + 30, flow.language),
    ]
    if known:
        layers += _backlog(flow, below, below_names, left, plot)
    return {**canvas(width, height, Room(left, right, top, 40), layers), "resolve": {"scale": {"y": "independent"}}}


def _pairs(flow: _Flow, y: Spec) -> list[Spec]:
    x = scaled("x", -0.5, len(flow.labels) - 0.5)
    area = {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"field": "zero"}}
    layers = []
    for values, name, role, start in ((flow.opened, flow.names[0], "c1", -0.36), (flow.resolved, flow.names[1], "c5", 0.01)):
        drawn: Rows = [
            {"x": place + start, "end": place + start + 0.35, "y": value, "zero": 0.0}
            | {"tip": f"{period}: {name} {number(value, flow.unit, flow.language)}"}
            for place, (period, value) in enumerate(zip(flow.periods, values, strict=True))
            if value is not None
        ]
        layers.append(layer("rect", drawn, area, color=colour(role)))
    return layers


def _backlog(flow: _Flow, ticks: list[float], tick_names: list[str], left: float, plot: float) -> list[Spec]:
    top, name = BARS + GAP, flow.names[2]
    x, y = scaled("x", -0.5, len(flow.labels) - 0.5), scaled("y", 0.0, ticks[-1], (top + LINE, top))
    points: Rows = [
        {"x": place, "y": value, "tip": f"{period}: {name} {number(value, 'count', flow.language)}"}
        for place, (period, value) in enumerate(zip(flow.periods, flow.backlog, strict=True))
    ]
    known = [point for point in points if point["y"] is not None]
    end: Rows = [{**known[-1], "text": number(known[-1]["y"], "count", flow.language)}]
    heading: Rows = [{"x": 18 - left, "mark": 6 - left, "y": top - 20, "text": name}]
    return [
        symbol(heading, at("mark"), at("y"), "c3", "stroke"),
        texts(heading, at("x"), at("y"), align="left"),
        *level_lines(ticks, tick_names, y, plot),
        layer("line", [{"x": p["x"], "y": p["y"]} for p in points], {"x": x, "y": y}, color=colour("c3"), strokeWidth=2),
        symbol(known, x, y, "c3", "circle", size=36),
        texts(end, x, y, "ink", align="left", dx=9, fontWeight=600),
    ]
