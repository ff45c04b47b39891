"""The chart object: interactive in JupyterLab, static SVG in the report, a sentence wherever pictures do not reach.

A notebook's output holds the specifications; the report's SVG is drawn from them when its page is laid out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from itsq_analysis.charts.canvas import Rows, at, no_data, texts
from itsq_analysis.charts.labels import Language, clean, wrapped
from itsq_analysis.charts.palette import concrete
from itsq_analysis.charts.svg import draw

if TYPE_CHECKING:
    import pandas as pd

WIDE, NARROW = 720.0, 360.0  # design widths in px: a desktop or paper column, and a phone
VEGA_LITE_MIME = "application/vnd.vegalite.v5+json"  # the only Vega-Lite type that JupyterLab 4.6 shows
CHART_MIME = "application/vnd.itsq.chart+json"  # what the report's template adds to the picture
TITLE_ROOM, TITLE_SIZE = 30.0, 15.0
VEGA_LITE = "5.8"  # the oldest that vl-convert carries; JupyterLab draws with 5.6
SCALE = 2.0  # 1,440 px: sharp on a slide


@dataclass(frozen=True, eq=False)
class Chart:
    """One picture with its text alternative and its data.

    `spec` is a Vega-Lite 5.6 specification for the wide picture, `narrow` the same for a phone (None: one size serves both);
    colours are tokens such as `var(--c1)`. `summary` is one sentence that says what the picture shows, in `language`. `data` is
    the table beneath the picture, ready to print: headings and values are text.

    >>> import pandas as pd
    >>> from itsq_analysis.charts import sparkline
    >>> frame = pd.DataFrame({"period": ["2026-09", "2026-10"], "value": [0.9, 0.95]})
    >>> chart = sparkline(frame, title="On time", summary="Rising.")
    >>> sorted(chart._repr_mimebundle_())[1:]
    ['application/vnd.vegalite.v5+json', 'text/plain']
    """

    spec: dict[str, Any]
    summary: str
    data: pd.DataFrame
    title: str = ""
    language: Language = "en"
    narrow: dict[str, Any] | None = None

    def svg(self, width: Literal["wide", "narrow"] = "wide") -> str:
        """The static picture, without its title: role=img, title and description inside, colours as CSS variables.

        The wide one says a mark's value when it is hovered over; on a phone the table beneath does. The same chart gives the same
        bytes in every process, time zone and language, with or without Chinese fonts.
        """
        return pictures(self._extra())["narrow" if width == "narrow" and self.narrow is not None else "wide"]

    def png(self, scale: float = SCALE) -> bytes:
        """The picture with its title on white, for mail and slides. Text is drawn with the machine's fonts."""
        return png(self._titled(), scale)

    def _titled(self) -> dict[str, Any]:
        """The specification for JupyterLab: concrete colours, a white ground, and the title above the picture."""
        spec: dict[str, Any] = concrete(self.spec)
        spec["background"] = "#ffffff"
        if not self.title:
            return spec
        padding = spec["padding"]
        room = spec["width"] + padding["left"] + padding["right"]
        lines = wrapped(self.title, room, TITLE_SIZE)
        rows: Rows = [
            {"x": -padding["left"], "y": -padding["top"] - TITLE_ROOM * (place + 0.5), "text": line}
            for place, line in enumerate(reversed(lines))
        ]
        heading = texts(rows, at("x"), at("y"), "ink", align="left", fontSize=TITLE_SIZE, fontWeight=600)
        top = padding["top"] + TITLE_ROOM * len(lines)
        return {
            **spec,
            "layer": [*spec["layer"], concrete(heading)],
            "padding": {**padding, "top": top},
            "description": self.summary,
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 (IPython's signature)
        """Everything a front end may want; never text/html, which would hide the interactive form."""
        return {VEGA_LITE_MIME: self._titled(), CHART_MIME: self._extra(), "text/plain": self.summary}

    def _extra(self) -> dict[str, Any]:
        """What the report's page is laid out from: the two specifications, the texts, the data."""
        return {
            "title": self.title,
            "summary": self.summary,
            "language": self.language,
            "columns": list(self.data.columns),
            "rows": self.data.to_numpy().tolist(),
            "wide": self.spec,
            "narrow": self.narrow,
        }


def pictures(chart: Mapping[str, Any]) -> dict[str, str]:
    """The SVG of a chart as a notebook's output holds it (`CHART_MIME`): "wide", and "narrow" where it has one.

    Raises:
        ItsqError: a mark, symbol or scale that the charts do not use.
    """
    drawn = {"wide": draw(chart["wide"], chart["title"], chart["summary"])}
    if chart["narrow"] is not None:
        drawn["narrow"] = draw(chart["narrow"], chart["title"], chart["summary"], hover=False)
    return drawn


def png(spec: Mapping[str, Any], scale: float = SCALE, margin: float = 0.0) -> bytes:
    """A specification with concrete colours, as JupyterLab is given it, drawn as PNG; `margin` px are added around it."""
    import vl_convert  # here, because it starts a JavaScript engine, which only pictures for mail and slides need

    padding = spec.get("padding", 0)
    sides = padding if isinstance(padding, Mapping) else dict.fromkeys(("left", "right", "top", "bottom"), padding)
    wider = {**spec, "padding": {side: room + margin for side, room in sides.items()}}
    image: bytes = vl_convert.vegalite_to_png(wider, vl_version=VEGA_LITE, scale=scale, allowed_base_urls=[])
    return image


def compose(
    design: Callable[[float], dict[str, Any]], *, empty: bool, title: str, summary: str, language: Language, data: pd.DataFrame
) -> Chart:
    """A chart from a function that lays it out at a given width (px), called once for each of the two widths.

    Where there is nothing to draw (`empty`), it is not called: both pictures say "no data".
    """
    wide, narrow = (no_data(width, language) if empty else design(width) for width in (WIDE, NARROW))
    return Chart(
        spec=wide,
        narrow=narrow,
        summary=clean(summary),
        data=data,
        title=clean(title),
        language=language,
    )
