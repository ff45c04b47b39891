"""Exports written as markup: HTML tables (also saved as .xls), XML spreadsheets, XES event logs and lists of XML records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from itsq_analysis.errors import IngestError

HEAD = 2000  # characters by which markup is told
CASE, EVENT = "case:", "event"  # prefix of a trace's attributes, and the position of an event in it
SPREADSHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|table|style|body|div)\b", re.IGNORECASE | re.DOTALL)
_XML = re.compile(r"\s*<(?:\?xml\b|log\b|[A-Za-z_][\w.:-]*[\s>])")

Rows = list[list[str]]


def markup_of(path: Path) -> str:
    """ "html" or "xml" for a text that begins so, else ""."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.read(HEAD)
    if _HTML.match(head) or ("<table" in head.lower() and head.lstrip().startswith("<") and "<?xml" not in head[:100]):
        return "html"
    return "xml" if _XML.match(head) else ""


def read_html(path: Path, display: str) -> Rows:
    """The rows of the table with most cells; a cell over several columns or rows stands in each of them.

    Raises:
        IngestError: there is no table.
    """
    parser = _Tables()
    with path.open(encoding="utf-8-sig") as file:
        while block := file.read(1 << 20):
            parser.feed(block)
    parser.close()
    if not parser.tables:
        raise IngestError(f"an HTML export must hold a table; found none in {display}; is it a login page? export it again")
    rows = max(parser.tables, key=lambda table: sum(map(len, table)))
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


class _Tables(HTMLParser):
    """Tables of an HTML text as rows of cells."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Rows] = []
        self.open: list[Rows] = []
        self.cell: list[str] | None = None
        self.span = (1, 1)
        self.below: dict[tuple[int, int, int], str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.open.append([])
            self.tables.append(self.open[-1])
        elif tag == "tr" and self.open:
            self._end_cell()
            self.open[-1].append([])
        elif tag in ("td", "th") and self.open:
            self._end_cell()
            given = dict(attrs)
            self.span = (_number(given.get("colspan")), _number(given.get("rowspan")))
            self.cell = []
        elif tag in ("br", "p", "div") and self.cell:
            self.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self.open:
            self._end_cell()
            table = self.open.pop()
            table[:] = [row for row in table if row]
            if not table:
                self.tables[:] = [kept for kept in self.tables if kept is not table]

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def _end_cell(self) -> None:
        if self.cell is None or not self.open:
            return
        rows = self.open[-1] or [[]]
        if not self.open[-1]:
            self.open[-1].append(rows[0])
        number = len(rows) - 1
        text = " ".join("".join(self.cell).split())
        row = rows[-1]
        while (held := self.below.pop((id(rows), number, len(row)), None)) is not None:
            row.append(held)
        for _ in range(self.span[0]):
            for further in range(1, self.span[1]):
                self.below[id(rows), number + further, len(row)] = text
            row.append(text)
        self.cell = None


def _number(text: str | None) -> int:
    return max(1, min(int(text), 1000)) if text and text.strip().isdigit() else 1


def read_xml(path: Path, display: str) -> Rows | list[dict[str, Any]]:
    """Rows of an XML spreadsheet, or records: the events of an XES log, else the elements that repeat under the root.

    Raises:
        IngestError: the XML is damaged, or holds no records.
    """
    try:
        root = _root(path)
        if root.tag.startswith(SPREADSHEET):
            return _spreadsheet(root)
        if _local(root.tag) == "log":
            return list(_events(root))
        if _local(root.tag) == "html":
            return read_html(path, display)
        records = list(_records(root))
    except Xml.ParseError as error:
        raise IngestError(f"an XML export must be complete; found {display} damaged ({error}); export it again") from error
    if not records:
        raise IngestError(f"an XML export must hold records; found none in {display}; export it as CSV")
    return records


def _root(path: Path) -> Xml.Element:
    text = path.read_text(encoding="utf-8-sig")
    if "<!ENTITY" in text[: 1 << 16]:
        raise Xml.ParseError("entities are not read")
    return Xml.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314 - without a DTD nothing can expand


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _spreadsheet(root: Xml.Element) -> Rows:
    sheets = []
    for sheet in root.iter(f"{SPREADSHEET}Worksheet"):
        rows: Rows = []
        for row in sheet.iter(f"{SPREADSHEET}Row"):
            cells: list[str] = []
            for cell in row.iter(f"{SPREADSHEET}Cell"):
                place = cell.get(f"{SPREADSHEET}Index")
                cells += [""] * (int(place) - 1 - len(cells) if place and place.isdigit() else 0)
                cells.append("".join(cell.itertext()).strip())
            rows.append(cells)
        sheets.append(rows)
    rows = max(sheets, key=len, default=[])
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _events(root: Xml.Element) -> Iterator[dict[str, Any]]:
    """The events of an XES log in the order of each trace: `case:…`, the event's own attributes, and its position."""
    for trace in root:
        if _local(trace.tag) != "trace":
            continue
        case = {CASE + key: value for key, value in _attributes(trace)}
        for number, event in enumerate(part for part in trace if _local(part.tag) == "event"):
            yield case | dict(_attributes(event)) | {EVENT: str(number)}


def _attributes(element: Xml.Element) -> Iterator[tuple[str, str | None]]:
    for part in element:
        key = part.get("key")
        if key is not None and _local(part.tag) in ("string", "date", "int", "float", "boolean", "id"):
            yield key, part.get("value")


def _records(root: Xml.Element) -> Iterator[dict[str, Any]]:
    """The elements with children that repeat most on the first level where some do, each as name -> text."""
    level = [root]
    wanted: list[Xml.Element] = []
    while level and not wanted:
        children = [child for element in level for child in element]
        parents = [child for child in children if len(child)]
        counted = Counter(child.tag for child in parents)
        common = counted.most_common(1)
        if common and (common[0][1] > 1 or not any(len(part) for child in parents for part in child)):
            wanted = [child for child in parents if child.tag == common[0][0]]
        level = children
    for element in wanted:
        record: dict[str, Any] = dict(element.attrib)
        for child in element:
            text = " ".join("".join(child.itertext()).split())
            name = child.get("name") or _local(child.tag)
            record[name] = f"{record[name]}, {text}" if record.get(name) else text or None
            display = child.get("display_value")
            if display:
                record[name] = display
        yield record
