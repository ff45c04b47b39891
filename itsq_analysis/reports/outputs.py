"""What of an executed notebook is shown in a report: no code, no stderr, no trace of the run, nothing that leaves the page.

Shown are our charts (drawn here from their specifications), others' Vega-Lite with a static SVG, HTML without scripts or outside
addresses, pictures, Markdown and text. All else is left out and said so, never silently: the caller logs `Shown.left_out`.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any

from itsq_analysis.charts.chart import CHART_MIME as CHART_DATA
from itsq_analysis.charts.chart import VEGA_LITE_MIME as VEGA_LITE
from itsq_analysis.charts.chart import pictures

REPORT = "application/vnd.itsq.report+json"
SVG = "image/svg+xml"
NOTEBOOK_ONLY = "notebook-only"  # tag of a cell that speaks to the analyst, not to the reader
PICTURES = ("image/png", "image/jpeg", SVG)
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # `<Axes at 0x7f…>`: says nothing, and differs from run to run
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


@dataclass
class Shown:
    """The part of an executed notebook that a page shows.

    Attributes:
        cells: Markdown cells, and code cells without source whose outputs are display_data holding a chart (`SVG`, one sentence,
            and of ours `CHART_DATA`: title, data, and the SVG for a phone), or the report's header (`REPORT`), or `text/html`
            alone. No metadata but a cell's tags; cells tagged `notebook-only` are left out.
        header: the report's own data (title, period, language …), merged from outputs of type `REPORT`.
        left_out: a sentence for every output that is not shown, in the order of the notebook.
    """

    cells: list[dict[str, Any]] = field(default_factory=list)
    header: dict[str, Any] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def shown(notebook: Mapping[str, Any]) -> Shown:
    """What a report shows of an executed nbformat 4 notebook; the notebook itself is not changed."""
    result = Shown()
    heading = ""
    for number, cell in enumerate(notebook["cells"], start=1):
        if NOTEBOOK_ONLY in cell["metadata"].get("tags", []):
            continue
        place = {"id": f"cell-{number}", "metadata": {"tags": list(cell["metadata"].get("tags", []))}}
        if cell["cell_type"] == "markdown":
            heading = (HEADING.findall(cell["source"]) or [heading])[-1]
            result.cells.append({"cell_type": "markdown", "source": cell["source"], **place})
        elif cell["cell_type"] == "code":
            outputs = [one for output in cell["outputs"] for one in _output(output, number, heading, result)]
            result.cells.append({"cell_type": "code", "source": "", "execution_count": None, "outputs": outputs, **place})
    return result


def _output(output: Mapping[str, Any], number: int, heading: str, result: Shown) -> Iterator[dict[str, Any]]:
    """One output as the page shows it: none or one of the forms that `Shown.cells` promises."""
    if output["output_type"] == "stream":
        if output["name"] == "stdout":
            yield _display({"text/html": _preformatted(output["text"])})
        return
    if output["output_type"] == "error":
        result.left_out.append(f"cell {number}: an error that the notebook allows ({output['ename']})")
        return
    data = output["data"]
    if REPORT in data:
        result.header.update(data[REPORT])
        yield _display({REPORT: data[REPORT]})
    elif CHART_DATA in data:
        drawn = pictures(data[CHART_DATA])
        chart = {**data[CHART_DATA], "narrow": drawn.get("narrow")}
        yield _display({SVG: drawn["wide"], CHART_DATA: chart, "text/plain": data.get("text/plain", "")})
    elif VEGA_LITE in data and SVG in data:
        yield _display({kind: data[kind] for kind in (SVG, "text/plain") if kind in data})
    else:
        form, reasons = _readable(data, output.get("metadata", {}), heading)
        if form:
            yield _display({"text/html": form})
        elif reasons:
            result.left_out.append(f"cell {number}: an output ({', '.join(data)}): {'; '.join(reasons)}")


def _readable(data: Mapping[str, Any], metadata: Mapping[str, Any], heading: str) -> tuple[str, list[str]]:
    """The best form of a foreign output as HTML that is safe in the page, else "" and why each form was refused."""
    reasons = []
    if "text/html" in data:
        if not (found := dangers(data["text/html"])):
            return data["text/html"], []
        reasons.append(f"its HTML holds {', '.join(found)}")
    for kind in PICTURES:
        if kind in data:
            return _picture(kind, data[kind], _alternative(kind, data, metadata, heading)), []
    if "text/markdown" in data:
        from nbconvert.filters import markdown2html

        html = str(markdown2html(data["text/markdown"]))
        if not (found := dangers(html)):
            return html, []
        reasons.append(f"its Markdown holds {', '.join(found)}")
    text = data.get("text/plain", "")
    if set(data) == {"text/plain"} and not ADDRESS.search(text):
        return _preformatted(text), []
    return "", reasons or ["no form of it can be shown in a page without scripts"]


def _alternative(kind: str, data: Mapping[str, Any], metadata: Mapping[str, Any], heading: str) -> str:
    """A picture's text alternative: the notebook's own, else the output's text, else the heading above it."""
    stated = (metadata.get(kind) or {}).get("alt") or metadata.get("alt")
    text = data.get("text/plain", "")
    return str(stated or ("" if text.startswith("<") else text.strip()) or heading or "Figure")


def _picture(kind: str, content: str, alternative: str) -> str:
    coded = b64encode(content.encode("utf-8")).decode("ascii") if kind == SVG else "".join(content.split())
    source = escape(f"data:{kind};base64,{coded}", quote=True)
    words = escape(alternative, quote=True)
    return f'<figure class="chart"><figcaption>{words}</figcaption><img src="{source}" alt="{words}"></figure>'


def _preformatted(text: str) -> str:
    return f'<pre class="text">{escape(text.rstrip())}</pre>'


def _display(data: dict[str, Any]) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def dangers(html: str) -> list[str]:
    """What in a piece of HTML or a page would run a script or make the browser ask for something outside the page.

    >>> dangers('<p onclick="x()">a</p><script src="https://cdn.example/x.js"></script>')
    ["'onclick' on <p>", "'src' to https://cdn.example/x.js", '<script>']
    >>> dangers('<a href="https://example.org">a link is only followed when clicked</a><img src="data:image/png;base64,AA==">')
    []
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return sorted(reader.found)


class _Reader(HTMLParser):
    """Collects what `dangers` reports."""

    ADDRESSES = frozenset({"src", "srcset", "poster", "data", "background", "xlink:href", "href", "action", "formaction"})
    REFUSED = frozenset({"script", "iframe", "object", "embed", "base", "form", "frame", "applet", "link", "portal"})
    OUTSIDE_STYLE = re.compile(r"@import|url\(\s*['\"]?(?!data:|#)[^)]*|image-set\(|expression\(", re.IGNORECASE)

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check a tag and its attributes."""
        self._style = tag == "style"
        if tag in self.REFUSED:
            self.found.add(f"<{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    handle_startendtag = handle_starttag

    def _attribute(self, tag: str, name: str, value: str) -> None:
        address = "".join(value.split()).lower()
        if name.startswith("on") or (name == "http-equiv" and address == "refresh") or name == "srcdoc":
            self.found.add(f"{name!r} on <{tag}>")
        elif name in self.ADDRESSES:
            followed = tag in ("a", "area")
            inside = address.startswith(("#", "data:image/", "data:font/")) or not address
            if address.startswith(("javascript:", "vbscript:", "data:text")) or not (followed or inside):
                self.found.add(f"{name!r} to {value[:80]}")
        elif self.OUTSIDE_STYLE.search(value) and name in ("style", "fill", "stroke", "filter", "mask", "clip-path"):
            self.found.add(f"{name!r} to {value[:80]}")

    def handle_endtag(self, tag: str) -> None:
        """A style sheet ends."""
        if tag == "style":
            self._style = False

    def handle_data(self, data: str) -> None:
        """Check the text of a style sheet."""
        if self._style and (match := self.OUTSIDE_STYLE.search(data)):
            self.found.add(f"a style with {match.group()[:80]}")
