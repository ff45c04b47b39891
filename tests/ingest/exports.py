"""The same made-up tickets as exports of many tools: their headers, words, dates and encodings, as their documents show them."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

MONTHS = {
    "de": ("Jan", "Feb", "Mär", "Apr", "Mai", "Jun"),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    "zh": ("一月", "二月", "三月", "四月", "五月", "六月"),
}


@dataclass(frozen=True)
class Ticket:
    """What is true: naive local times, the kind of state, the priority."""

    number: int
    opened: datetime
    resolved: datetime | None
    closed: datetime | None
    kind: str
    priority: int

    @property
    def is_open(self) -> bool:
        return self.kind in ("new", "active", "hold")


@dataclass(frozen=True)
class Tool:
    """How a tool writes: `columns` gives each header a field of a ticket, or a text that stands in every row.

    `states`: words of closed, resolved, canceled, hold, active, new; a kind without a word of its own is closed, or new.
    """

    file: str
    columns: dict[str, str]
    states: tuple[str | None, str | None, str | None, str | None, str | None, str | None]
    priorities: tuple[str, ...] = ("Critical", "High", "Medium", "Low")
    dates: str | Callable[[datetime], str] = "%Y-%m-%d %H:%M:%S"
    zone: str = "UTC"
    encoding: str = "utf-8"
    delimiter: str = ","
    key: str = "{:05}"
    missing: str = ""
    above: str = ""
    table: str = "incidents"
    only_end: bool = False  # the tool knows one end, the last
    answers: dict[str, str] = field(default_factory=dict)

    def tickets(self) -> list[Ticket]:
        """The tickets as far as this tool can tell of them."""
        known = dict(zip(("closed", "resolved", "canceled", "hold", "active", "new"), self.states, strict=True))
        found = []
        for one in _tickets(sum(map(ord, self.file))):
            ended = "closed" if known["closed"] else "resolved"
            kind = one.kind if known[one.kind] else ("new" if one.is_open else ended)
            end = one.closed or one.resolved
            resolved = end if self.only_end or (one.kind == "canceled" and kind == ended) else one.resolved
            found.append(Ticket(one.number, one.opened, resolved, end if self.only_end else one.closed, kind, one.priority))
        return found

    def write(self, folder: Path) -> Path:
        """Write the export."""
        path = folder / self.file
        rows = [[self._cell(ticket, text) for text in self.columns.values()] for ticket in self.tickets()]
        path.write_bytes(_written(path.suffix, self, rows))
        return path

    def _cell(self, ticket: Ticket, text: str) -> str:
        kinds = ("closed", "resolved", "canceled", "hold", "active", "new")
        end = ticket.resolved or ticket.closed
        values: dict[str, Any] = {
            "key": self.key.format(ticket.number),
            "opened": self._date(ticket.opened),
            "resolved": self._date(ticket.resolved),
            "closed": self._date(ticket.closed),
            "updated": self._date(ticket.closed or ticket.resolved or ticket.opened + timedelta(hours=1)),
            "state": self.states[kinds.index(ticket.kind)],
            "priority": self.priorities[ticket.priority - 1],
            "title": ("VPN gestört", "Imprimante", "打印机故障", "Mail")[ticket.number % 4] if self.encoding == "utf-8" else "Mail",
            "group": ("Service Desk", "Network")[ticket.number % 2],
            "day": f"{ticket.opened:%Y-%m-%d}",
            "clock": f"{ticket.opened:%H:%M:%S}",
            "end day": f"{end:%Y-%m-%d}" if end else "",
            "end clock": f"{end:%H:%M:%S}" if end else "",
        }
        return str(values.get(text, text))

    def _date(self, moment: datetime | None) -> str:
        if moment is None:
            return self.missing
        return moment.strftime(self.dates) if isinstance(self.dates, str) else self.dates(moment)


def _tickets(seed: int) -> list[Ticket]:
    chance = random.Random(seed)  # noqa: S311 - made-up tickets
    at = datetime(2026, 1, 5, 8)
    found = []
    for number in range(70):
        at += timedelta(minutes=chance.randint(10, 2400))
        spent = timedelta(minutes=int(chance.lognormvariate(6, 1.2)) + 1)
        [kind] = chance.choices(("closed", "resolved", "canceled", "hold", "active", "new"), (50, 20, 6, 8, 8, 8))
        resolved = at + spent if kind in ("closed", "resolved") else None
        closed = at + spent + timedelta(days=3) if kind == "closed" else at + spent if kind == "canceled" else None
        found.append(Ticket(number, at, resolved, closed, kind, chance.choices((1, 2, 3, 4), (5, 15, 50, 30))[0]))
    return found


def _written(suffix: str, tool: Tool, rows: list[list[str]]) -> bytes:
    headers = list(tool.columns)
    if suffix == ".json":
        return json.dumps({"total": len(rows), "issues": [_nested(dict(zip(headers, row, strict=True))) for row in rows]}).encode()
    if suffix == ".xls":
        cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (headers, *rows))
        return f"<html><table><tr><td>{tool.above}</td></tr></table><table border=1>{cells}</table></html>".encode(tool.encoding)
    if suffix == ".xlsx":
        return _workbook([[tool.above], [], headers, *rows, ["合计", str(len(rows))]])
    text = io.StringIO()
    csv.writer(text, delimiter=tool.delimiter, lineterminator="\r\n").writerows([headers, *rows])
    return (tool.above + text.getvalue()).encode(tool.encoding)


def _workbook(rows: list[list[str]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("报表")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return content.getvalue()


def _nested(record: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, text in record.items():
        *parents, name = path.split(".")
        inside = found
        for parent in parents:
            inside = inside.setdefault(parent, {})
        inside[name] = text or None
    return found


def named(language: str, clock: str = "%H:%M") -> Callable[[datetime], str]:
    """Jira's dates with the month in a language: 05/Mär/26 09:10."""
    return lambda at: f"{at.day:02}/{MONTHS[language][at.month - 1]}/{at:%y} {at.strftime(clock)}"


def half_days(at: datetime) -> str:
    """2026/1/5 下午 3:05."""
    return f"{at.year}/{at.month}/{at.day} {'上午' if at.hour < 12 else '下午'} {at.hour % 12 or 12}:{at:%M}"


def epoch(at: datetime) -> str:
    """Seconds since 1970."""
    return str(int(at.replace(tzinfo=UTC).timestamp()))
