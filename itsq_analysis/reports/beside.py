"""The files beside a page: NAME.values.csv, NAME.xlsx and NAME.facts.json, and on request its charts as NAME.charts.zip."""

from __future__ import annotations

import io
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from itsq_analysis.charts.chart import CHART_MIME, VEGA_LITE_MIME, png
from itsq_analysis.errors import ReportError
from itsq_analysis.page.files import FACTS, FILES_MIME, KEPT_MIME, VALUES, WORKBOOK, Kept

CHARTS = ".charts.zip"
OFFERED = (WORKBOOK, VALUES, FACTS)  # what a notebook may hand over; the charts are drawn from its outputs
KEPT_NAME = re.compile(r"[a-z][a-z0-9_-]{0,119}/\d{4}-\d{2}-\d{2}-[0-9a-f]{12}\.csv")
SECTION = re.compile(r'<h2 id="([a-z][a-z0-9_-]{0,59})">')
MARGIN = 16.0  # px around a picture
WRITTEN = (1980, 1, 1, 0, 0, 0)  # the date of every entry of a ZIP file, so that the same charts are the same bytes


def take_files(notebook: Mapping[str, Any]) -> tuple[dict[str, bytes], Kept]:
    """The files that an executed notebook hands over, by ending, and the forecasts to keep; their outputs are removed from it.

    Raises:
        ReportError: a file of another ending than `OFFERED`, or a kept forecast of another name than `itsq run` gives it.
    """
    taken: dict[str, bytes] = {}
    kept = Kept()
    for cell in notebook["cells"]:
        outputs = cell.get("outputs", [])
        for output in [one for one in outputs if FILES_MIME in one.get("data", {})]:
            packed = output["data"][FILES_MIME]
            if unknown := sorted(set(packed) - set(OFFERED)):
                raise ReportError(
                    f"a notebook may hand over {' and '.join(OFFERED)}; found {unknown[0][:60]!r}; show report.files() as it is"
                )
            taken |= _unpacked(packed)
            told = output["data"].get(KEPT_MIME, {"read": {}, "new": {}})
            kept.read |= told["read"]
            kept.new |= _unpacked(told["new"])
            outputs.remove(output)
    if strange := sorted(name for name in kept.new if not KEPT_NAME.fullmatch(name)):
        raise ReportError(f"a kept forecast has a name of its own; found {strange[0][:60]!r}; show report.files() as it is")
    return taken, kept


def _unpacked(packed: Mapping[str, str]) -> dict[str, bytes]:
    return {name: zlib.decompress(b64decode(content)) for name, content in packed.items()}


def charts(notebook: Mapping[str, Any]) -> bytes | None:
    """The charts of an executed notebook as PNG in a ZIP file, in reading order; None if it has none.

    A file is called after the section that its chart is in: speed.png, demand.png, demand-2.png. Ground white, title inside, text
    drawn with the machine's fonts.
    """
    buffer, count = io.BytesIO(), dict[str, int]()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:  # PNG is compressed already
        for section, data in _charts(notebook):
            count[section] = count.get(section, 0) + 1
            entry = ZipInfo(f"{section}.png" if count[section] == 1 else f"{section}-{count[section]}.png", WRITTEN)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, png(data[VEGA_LITE_MIME], margin=MARGIN))
    return buffer.getvalue() if count else None


def first_charts(notebook: Mapping[str, Any], count: int, scale: float) -> list[tuple[str, bytes]]:
    """The first charts of an executed notebook: the sentence that says what each shows, and the picture as PNG."""
    first = [*islice(_charts(notebook), count)]
    return [(data[CHART_MIME]["summary"], png(data[VEGA_LITE_MIME], scale, MARGIN)) for _, data in first]


def _charts(notebook: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Section and output of every chart of ours."""
    section = "chart"
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            headings = SECTION.findall("".join(data.get("text/html", "")))
            section = headings[-1] if headings else section
            if VEGA_LITE_MIME in data and CHART_MIME in data:
                yield section, data
