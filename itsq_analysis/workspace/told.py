"""Frames that show themselves in a notebook as a page shows them; everything else of them is pandas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Self

import pandas as pd
from markupsafe import Markup

from itsq_analysis.charts.palette import LIGHT
from itsq_analysis.indicators.cube import value_of
from itsq_analysis.indicators.query import Catalogue
from itsq_analysis.indicators.values import COLUMNS
from itsq_analysis.tables.plain_text import clean, is_missing
from itsq_analysis.text import formats
from itsq_analysis.text.status import SHAPES, judged
from itsq_analysis.text.wording import Wording

MOST = 60  # rows that are shown
AMOUNTS = ("value", "before", "now", "lower", "upper", "target")  # columns in the unit of their row's indicator
CHANGES = ("difference", "mix", "performance", "contribution")  # the same, with a sign; of shares in points
MOVES = {
    "better": ("▲", "met"),
    "worse": ("▼", "missed"),
    "changed": ("◆", "c1"),
    "chance": ("○", "muted"),
    "not compared": ("–", "muted"),
}
Cell = tuple[str, str]  # text, colour
Cells = Callable[[Any], Cell]


class Told(pd.DataFrame):
    """A frame with words for its cells: numbers in their unit to the right, statuses with shape and colour.

    What pandas makes of it, such as `frame.query(...)`, shows itself alike; `pd.DataFrame(frame)` is the plain frame.

    Attributes:
        wording: how cells are said; None shows it as pandas does.
        caption: what stands above this frame alone.
    """

    _metadata = ["wording"]  # noqa: RUF012 - pandas' name for what goes on to derived frames
    wording: Wording | None = None
    caption: str = ""

    @property
    def _constructor(self) -> type[Self]:
        return type(self)

    def _repr_html_(self) -> str:
        if self.wording is None:
            plain: str = pd.DataFrame(self).to_html(max_rows=MOST)
            return plain
        return html_of(self, self.wording, self.caption)

    def __repr__(self) -> str:
        """The caption, then the frame as pandas writes it."""
        return "\n".join(filter(None, (self.caption, super().__repr__())))


def told(frame: pd.DataFrame, wording: Wording, caption: str = "") -> Told:
    """A frame that shows itself as a page does."""
    shown = Told(frame)
    shown.attrs = frame.attrs
    shown.wording, shown.caption = wording, caption
    return shown


def html_of(frame: pd.DataFrame, wording: Wording, caption: str) -> str:
    """The table of a notebook. Text comes from exports and is escaped; styles stand at the cells, since a notebook has no sheet."""
    whole = {*COLUMNS} <= {*frame.columns}
    head, rows = _values(frame.head(MOST), wording) if whole else _cells(frame.head(MOST), wording)
    numeric = [all(cell[1] == "number" or not cell[0] for cell in column) for column in zip(*rows, strict=True)] or [False] * len(
        head
    )
    title = Markup('<caption style="text-align:left">{}</caption>').format(caption) if caption else Markup("")
    heads = Markup("").join(_cell("th", name, "number" if number else "text") for name, number in zip(head, numeric, strict=True))
    body = Markup("").join(Markup("<tr>{}</tr>").format(Markup("").join(_cell("td", *cell) for cell in row)) for row in rows)
    columns = f"{len(frame):,} × {len(frame.columns)}: {', '.join(map(str, frame.columns))}" if whole or len(frame) > MOST else ""
    foot = Markup('<p style="color:{};font-size:smaller">{}</p>').format(LIGHT["muted"], columns) if columns else Markup("")
    return str(Markup("<table>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}").format(title, heads, body, foot))


def _cell(tag: str, text: str, kind: str) -> Markup:
    """One cell; `kind` is "number", "text" or a role of the palette."""
    align = "right" if kind == "number" else "left"
    colour = f";color:{LIGHT[kind]}" if kind in LIGHT else ""
    figures = ";font-variant-numeric:tabular-nums;white-space:nowrap" if kind == "number" else ""
    return Markup('<{} style="text-align:{}{}{}">{}</{}>').format(tag, align, colour, figures, text, tag)


def _values(frame: pd.DataFrame, wording: Wording) -> tuple[list[str], list[list[Cell]]]:
    """A value frame as a scorecard: what belongs together stands in one cell."""
    parted = frame["dimension"].notna().any()
    head = ["indicator", "period", *(["member"] if parted else []), "value", "lower – upper", "n", "target", "status, certainty"]
    rows = []
    for record in frame.to_dict("records"):
        value = value_of(record)
        member = [(wording.member(str(value.dimension), value.member), "text")] if parted else []
        between = "" if is_missing(value.lower) else f"{wording.shown(value, 'lower')} – {wording.shown(value, 'upper')}"
        rows.append(
            [
                (wording.title(value.indicator), "text"),
                (wording.period_label(value.period), "text"),
                *member,
                (wording.shown(value), "number"),
                (between, "number"),
                (wording.of(value), "number"),
                ("" if is_missing(value.target) else wording.target(value), "number"),
                status_cell(value, wording),
            ]
        )
    return head, rows


def status_cell(value: Any, wording: Wording) -> Cell:
    """A value's status in shape, words and colour; strong colour only where the interval leaves no doubt."""
    strong = value.status in ("met", "missed") and value.certainty == "certain"
    return f"{SHAPES[value.status]} {judged(value, wording)}", value.status if strong else "text"


def _cells(frame: pd.DataFrame, wording: Wording) -> tuple[list[str], list[list[Cell]]]:
    records = frame.reset_index(drop=isinstance(frame.index, pd.RangeIndex) or frame.index.name is None).to_dict("records")
    head = [str(key) for key in records[0]] if records else [str(name) for name in frame.columns]
    return head, [[_said(str(key), cell, record, wording) for key, cell in record.items()] for record in records]


def _said(column: str, cell: Any, record: Mapping[Any, Any], wording: Wording) -> Cell:
    """One cell in words, by its column and its type."""
    catalogue: Catalogue = wording.catalogue
    if is_missing(cell):
        return "", "number" if column in (*AMOUNTS, *CHANGES) else "text"
    indicator = catalogue.get(str(record.get("indicator")))
    if column == "indicator" and indicator is not None:
        return wording.title(indicator.id), "text"
    if column == "moved":
        return f"{MOVES[cell][0]} {cell}", MOVES[cell][1]
    if isinstance(cell, float) and column in (*AMOUNTS, *CHANGES):
        unit = indicator.unit if indicator else "number"
        return (_signed(cell, unit, wording) if column in CHANGES else formats.value(cell, unit, wording.language)), "number"
    if column == "chance" and isinstance(cell, float):
        return ("< 0.001" if cell < 0.001 else f"{cell:.3f}"), "number"
    if column == "member" and record.get("dimension"):
        indent = "\N{NO-BREAK SPACE}" * 4 * (int(record.get("depth", 1)) - 1)
        return indent + wording.member(str(record["dimension"]), cell), "text"
    if isinstance(cell, bool):
        return str(cell), "text"
    if isinstance(cell, int | float):
        return (f"{cell:,.0f}" if float(cell).is_integer() else f"{cell:,.4g}"), "number"
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m-%d %H:%M}", "text"
    if isinstance(cell, date):
        return cell.isoformat(), "text"
    return wording.called(clean(str(cell))) if cell != "" else "", "text"


def _signed(amount: float, unit: str, wording: Wording) -> str:
    """A difference with its sign; of shares in points."""
    size = f"{100 * abs(amount):.1f} pp" if unit == "%" else formats.value(abs(amount), unit, wording.language)
    return ("+" if amount > 0 else "−" if amount < 0 else "") + size
