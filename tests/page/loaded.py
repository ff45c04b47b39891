"""A small workspace on disk, loaded from CSV registers, and the sections of its report."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from html import unescape
from pathlib import Path

from itsq_analysis import open_workspace, quality_report
from itsq_analysis.page.section import Section
from itsq_analysis.pages.quality.report import QualityReport
from itsq_analysis.text import LANGUAGES, Language

SECTIONS = (
    *("verdict", "scorecard", "missed_targets", "availability", "demand", "speed", "changes", "users_voice", "actions"),
    "appendix",
)
ORGANISATION = '[organisation]\nname = "Test"\nlanguage = "en"\n'
INCIDENTS = (
    '[[source]]\nglob = "exports/*.csv"\nmapping = "register"\ntable = "incidents"\nextracted_at = 2026-11-20T00:00:00+08:00\n'
)
SOURCE = '[[source]]\nglob = "registers/{table}.csv"\nmapping = "register"\ntable = "{table}"\n'


def write(file: Path, rows: Sequence[dict[str, object]]) -> None:
    """A CSV with the columns of its first row; an extra field is written under no column."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(rows[0])
        writer.writerows([*row.values()] for row in rows)


def workspace(folder: Path, toml: str = "", **registers: Sequence[dict[str, object]]) -> Path:
    """A loaded workspace; `incidents` go into exports/, every other register has its own file."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = ORGANISATION + INCIDENTS + "".join(SOURCE.format(table=table) for table in registers if table != "incidents")
    (folder / "itsq.toml").write_text(sources + toml, encoding="utf-8")
    for table, rows in registers.items():
        write(folder / ("exports" if table == "incidents" else "registers") / f"{table}.csv", rows)
    open_workspace(folder).load()
    return folder


def incident(number: int, opened: str = "2026-10-12 09:00", hours: float | None = 2, **columns: object) -> dict[str, object]:
    """One incident as an export has it."""
    start = datetime.fromisoformat(opened) + timedelta(minutes=number)
    resolved = "" if hours is None else start + timedelta(hours=hours)
    facts = {"number": f"INC{number:04d}", "opened_at": start, "resolved_at": resolved, "closed_at": resolved}
    return facts | {"updated_at": resolved or start, "state": "closed" if resolved else "new", "priority": 3} | columns


def sections(report: QualityReport) -> dict[str, Section]:
    """Every section of a report by the name of its method."""
    return {name: getattr(report, name)() for name in SECTIONS}


@dataclass(frozen=True)
class Page:
    """A report that has been made: its sections by the name of their method, and the files beside it by ending."""

    report: QualityReport
    sections: dict[str, Section]
    files: dict[str, bytes]

    @property
    def html(self) -> str:
        """Everything that the page shows, but for its pictures."""
        return "\n".join(bundle.get("text/html", "") for section in self.sections.values() for bundle in section.bundles())

    @cached_property
    def printed(self) -> list[tuple[str, str]]:
        """Key and text of every printed number that leads to its fact, in the order of the page."""
        html = self.html
        numbers = [(key, unescape(text)) for key, text in re.findall('<data value="(k[0-9]+)">([^<]*)</data>', html)]
        assert len(numbers) == html.count("<data") > 0
        return numbers


def pages(folder: Path, period: str) -> dict[Language, Page]:
    """The quality report in every language, over the same facts."""
    opened = open_workspace(folder)
    reports = {language: quality_report(opened, period=period, language=language) for language in LANGUAGES}
    return {language: Page(report, sections(report), dict(report.files().contents)) for language, report in reports.items()}
