"""A report as slides: verdict, scorecard and each picture under its conclusion, texts and tables native.

Made of the executed notebook's outputs, as the page is. The same notebook gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from itsq_analysis.charts.chart import CHART_MIME, VEGA_LITE_MIME, png
from itsq_analysis.errors import ReportError
from itsq_analysis.reports.outputs import REPORT
from itsq_analysis.text import term
from itsq_analysis.text.marks import plain

SLIDES = ".pptx"
WIDTH, HEIGHT, EDGE = 13.333, 7.5, 0.6  # inches: 16:9
INK, MUTED, LINE = "1C2430", "5A6472", "D9DEE5"
LATIN, HAN = "Calibri", "Microsoft YaHei"
ROWS, COLUMNS = 14, 5  # of a table on a slide
WRITTEN = (1980, 1, 1, 0, 0, 0)
VOID = frozenset({"br", "img", "hr", "path", "rect", "circle", "line"})
SKIPPED = ("svg", "style", "script")


@dataclass
class _Texts(HTMLParser):
    """What slides take from a piece of our HTML: texts by the class or tag that holds them, and table rows."""

    found: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self._names = {"h2", "topic", "lead", "what", "terms", "rule", "majors", "li", "th", "td"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a text where a tag or class is one of those that are taken."""
        if tag in VOID:
            return
        css = (dict(attrs).get("class") or "").split()
        name = next((one for one in (*css, tag) if one in self._names), "note" if "note" in css else tag)
        self._open.append(name)
        if tag == "tr":
            self.rows.append([])
        if name in ("th", "td"):
            self.rows[-1].append("")
        elif name in self._names:
            self.found.append((name, ""))

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        if self._open and tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Add a text to what is open; smaller lines of a cell and drawings are left out."""
        if any(name in SKIPPED or name == "note" for name in self._open) or not data.strip():
            return
        if self.rows and self.rows[-1] and any(name in ("th", "td") for name in self._open):
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {data.strip()}".strip()
            return
        taken = [name for name in self._open if name in self._names]
        place = next((k for k in range(len(self.found) - 1, -1, -1) if taken and self.found[k][0] == taken[-1]), None)
        if place is not None:
            between = " · " if taken[-1] == "terms" and self.found[place][1] else " "
            self.found[place] = (taken[-1], f"{self.found[place][1]}{between}{data.strip()}".strip())

    def texts(self, name: str) -> list[str]:
        """The texts of a class or tag, in order."""
        return [text for kind, text in self.found if kind == name and text]


def slides(notebook: Mapping[str, Any]) -> bytes:
    """The slides of an executed notebook as a PPTX file.

    Raises:
        ReportError: python-pptx is not installed.
    """
    deck = _Deck(_header(notebook))
    for topic, html, chart in _outputs(notebook):
        if chart is not None:
            deck.picture(topic, chart)
            continue
        read = _Texts()
        read.feed(html)
        if "<!--opening-->" in html:
            deck.opening(read)
        elif topic and topic.scorecard and read.rows and not deck.scored:
            deck.table(topic, read.rows)
    return deck.content()


def check() -> None:
    """Raises ReportError where python-pptx is not installed: before minutes are spent."""
    try:
        import pptx  # noqa: F401
    except ImportError:
        raise ReportError("--slides needs the library python-pptx; found it not installed; run: pip install python-pptx") from None


@dataclass(frozen=True)
class _Topic:
    title: str
    conclusion: str
    scorecard: bool


def _header(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """The report's own data: title, period, language."""
    header: dict[str, Any] = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            header |= output.get("data", {}).get(REPORT, {})
    return header


def _outputs(notebook: Mapping[str, Any]) -> Iterator[tuple[_Topic | None, str, Mapping[str, Any] | None]]:
    """Each output with the section it stands in: its HTML, or its chart."""
    topic: _Topic | None = None
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if VEGA_LITE_MIME in data and CHART_MIME in data:
                yield topic, "", {**data[CHART_MIME], "spec": data[VEGA_LITE_MIME]}
            elif html := "".join(data.get("text/html", "")):
                if heading := re.search(r'<h2 id="([a-z_]+)">', html):
                    read = _Texts()
                    read.feed(html)
                    topic = _Topic("".join(read.texts("topic")[:1]), "".join(read.texts("h2")[:1]), heading[1] == "scorecard")
                yield topic, html, None


class _Deck:
    """Slides, laid out by hand on blank ones: a small line of what it is about, the conclusion, and what shows it."""

    def __init__(self, header: Mapping[str, Any]) -> None:
        check()
        from pptx import Presentation
        from pptx.util import Inches

        self.header, self.scored = header, False
        self.file = Presentation()
        self.file.slide_width, self.file.slide_height = Inches(WIDTH), Inches(HEIGHT)
        properties = self.file.core_properties
        properties.title, properties.author = self._named(), str(header.get("organisation", ""))
        properties.created = properties.modified = datetime(2000, 1, 1)  # never the clock: the same notebook, the same bytes

    def _named(self) -> str:
        return " ".join(filter(None, (str(self.header.get("title", "")), str(self.header.get("period", "")))))

    def opening(self, read: _Texts) -> None:
        """The verdict, decisions as a table, findings."""
        slide = self._slide(self._named(), "".join(read.texts("h2")[:1]), size=30)
        top = 2.1
        cards = list(zip(read.texts("what"), read.texts("terms"), read.texts("rule"), strict=False))
        if cards:
            top = self._native(slide, [[term("decisions_needed", self._language), "", ""], *map(list, cards)], top, (5.0, 5.0, 2.1))
        told = [text for text in read.texts("li") if text not in read.texts("what")]
        self._text(slide, "\n".join([*(f"–  {text.rstrip(' →')}" for text in told), *read.texts("majors")]), top + 0.25, 2.6, 18)

    def table(self, topic: _Topic, rows: list[list[str]]) -> None:
        """The scorecard."""
        self.scored = True
        slide = self._slide(topic.title, topic.conclusion)
        self._native(slide, [row[:COLUMNS] for row in rows[:ROWS]], 1.75, (3.9, 1.7, 3.1, 1.2, 2.2), size=12)

    def picture(self, topic: _Topic | None, chart: Mapping[str, Any]) -> None:
        """A chart under what it concludes; its subject is drawn in it."""
        from pptx.util import Inches

        slide = self._slide(topic.title if topic else "", plain(str(chart["summary"])))
        image = png(chart["spec"], scale=2.0)
        drawn = slide.shapes.add_picture(io.BytesIO(image), Inches(EDGE), Inches(1.8))
        room = Inches(WIDTH - 2 * EDGE), Inches(HEIGHT - 1.8 - 0.6)
        scale = min(room[0] / drawn.width, room[1] / drawn.height)
        drawn.width, drawn.height = int(drawn.width * scale), int(drawn.height * scale)
        drawn._element.nvPicPr.cNvPr.set("descr", plain(str(chart["summary"])))  # the library has no call for it

    @property
    def _language(self) -> Any:
        return "zh" if self.header.get("language") == "zh" else "en"

    def _slide(self, topic: str, conclusion: str, size: int = 24) -> Any:
        slide = self.file.slides.add_slide(self.file.slide_layouts[5])  # a title alone: the outline lists it
        title = slide.shapes.title
        _place(title, 0.75, 1.0)
        _write(title.text_frame, conclusion, size, INK, bold=True)
        self._text(slide, topic, 0.35, 0.4, 13, MUTED)
        kept = (self.header.get("organisation"), self.header.get("data_as_of"), self.header.get("classification"))
        number = str(len(self.file.slides))
        self._text(slide, " · ".join([*(str(one) for one in kept if one), number]), HEIGHT - 0.5, 0.35, 10, MUTED)
        return slide

    def _text(self, slide: Any, text: str, top: float, height: float, size: int, colour: str = INK) -> None:
        from pptx.util import Inches

        box = slide.shapes.add_textbox(Inches(EDGE), Inches(top), Inches(WIDTH - 2 * EDGE), Inches(height))
        _write(box.text_frame, text, size, colour)

    def _native(self, slide: Any, rows: list[list[str]], top: float, widths: tuple[float, ...], size: int = 14) -> float:
        """A native table; returns where it ends."""
        from pptx.util import Inches

        step = min(0.55, (HEIGHT - top - 0.7) / len(rows))
        shape = slide.shapes.add_table(
            len(rows), len(widths), Inches(EDGE), Inches(top), Inches(sum(widths)), Inches(step * len(rows))
        )
        table = shape.table
        for place, width in enumerate(widths):
            table.columns[place].width = Inches(width)
        for line, row in enumerate(rows):
            table.rows[line].height = Inches(step)
            for place in range(len(widths)):
                cell = table.cell(line, place)
                cell.fill.solid()
                cell.fill.fore_color.rgb = _rgb("FFFFFF" if line else LINE)
                cell.margin_top = cell.margin_bottom = Inches(0.03)
                _write(cell.text_frame, row[place] if place < len(row) else "", size, INK, bold=not line or not place)
        return top + step * len(rows)

    def content(self) -> bytes:
        """The file, its entries dated alike."""
        raw, packed = io.BytesIO(), io.BytesIO()
        self.file.save(raw)
        with ZipFile(raw) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
            for name in source.namelist():
                entry = ZipInfo(name, WRITTEN)
                entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, ZIP_DEFLATED
                target.writestr(entry, source.read(name))
        return packed.getvalue()


def _rgb(colour: str) -> Any:
    from pptx.dml import color

    made: Any = color.RGBColor  # the library has types, but not here
    return made(*bytes.fromhex(colour))


def _place(shape: Any, top: float, height: float) -> None:
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = Inches(EDGE), Inches(top), Inches(WIDTH - 2 * EDGE), Inches(height)


def _write(frame: Any, text: str, size: int, colour: str, *, bold: bool = False) -> None:
    """Lines of text in one look, with a font for each script."""
    from pptx.enum.text import PP_ALIGN
    from pptx.oxml.ns import qn
    from pptx.util import Pt

    frame.word_wrap = True
    for place, line in enumerate(text.split("\n")):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text, font = line, run.font
        font.size, font.bold, font.name, font.color.rgb = Pt(size), bold, LATIN, _rgb(colour)
        han = run._r.get_or_add_rPr().makeelement(qn("a:ea"), {"typeface": HAN})  # the library knows Latin fonts only
        run._r.get_or_add_rPr().append(han)
