"""The Chinese page of the demo organisation speaks Chinese, and the English one English, but for what the data themselves say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from itsq_analysis import QualityReport, quality_report
from itsq_analysis.charts import Chart
from itsq_analysis.narrative import Language
from itsq_analysis.sections.appendix import SOFTWARE
from itsq_analysis.tables import contracts
from tests.sections.loaded import sections

# Names of standards, methods, files, parameters, encodings and time zones are the same in both languages.
ALLOWED = {
    *("SLA", "P1", "P2", "P3", "P4", "P5", "P50", "P90", "NPS", "ISO/IEC", "GB/T", "SHA-256", "UTF-8", "BOM", "GB18030"),
    *("CN", "UTC", "Asia/Shanghai", "Mon-Fri", "5x8", "7x24", "itsq", "itsq.toml", "template", "outages", "post1"),
    *("Wilson", "Kaplan–Meier", "Fay–Feuer", "Brookmeyer–Crowley", "Bonett–Price", "Fisher", "Holm", "MOVER", "Zou–Donner"),
    *("Wald", "t", "period", "services", "language", "zh", "en", "as_of", "snapshot", "previous", "calendar", "n"),
}
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./–-]*")
HAN = "[\u4e00-\u9fff]"
MIXED = re.compile(rf"{HAN}\s?[,;:()!?]|[,;:()!?]\s?{HAN}")


@pytest.fixture(scope="module", params=["zh", "en"])
def report(request: pytest.FixtureRequest, demo: Path) -> QualityReport:
    return quality_report(demo, period="2026-10", language=request.param)


def texts(report: QualityReport) -> Iterator[tuple[str, str]]:
    """Every text that a reader sees or hears, with its section."""
    for name, section in sections(report).items():
        yield name, section.title
        yield name, section.answer
        for part in section.parts:
            if isinstance(part, Chart):
                yield from ((name, text) for text in (part.title, part.summary, *part.data.columns))
                yield from ((name, str(cell)) for cell in part.data.to_numpy().ravel())
                # Hover titles join a name and a value in the chart's own way.
                yield from ((name, text) for text in re.findall(r"<text[^>]*>([^<>]+)<", part.svg()))
            else:
                yield from ((name, unescape(text)) for text in re.findall(r">([^<>]+)<", str(part.markup)))
                yield from (
                    (name, unescape(text)) for text in re.findall(r'(?:title|aria-label|data-label)="([^"]*)"', part.markup)
                )


def data_values(report: QualityReport) -> list[str]:
    """Texts of the tables, of quarantine and of the files, the longest first."""
    workspace = report.scene.workspace
    found: set[str] = set(SOFTWARE)
    for name, contract in contracts().items():
        for column in contract.columns.values():
            if column.type == "text" and name != "state_log":
                rows = workspace.rows(
                    f'SELECT DISTINCT "{column.name}" AS text FROM "{name}" WHERE "{column.name}" IS NOT NULL', {}
                )
                found.update(rows["text"])
    found.update(value[:60] for value in workspace.quarantine()["value"].dropna())
    for entry in workspace.snapshot.files:
        found.update([entry["file"], entry["sha256"], *entry["ignored_columns"]])
        found.update(value for values in entry["unmapped"].values() for value in values)
    return sorted((text for text in found if len(text) > 1), key=len, reverse=True)


def own_words(report: QualityReport) -> list[tuple[str, str]]:
    """The texts of the page without what the data say; a shortened name ends in an ellipsis."""
    values = data_values(report)
    names = {value for value in values if len(value) < 120}
    found = []
    for section, text in texts(report):
        if text.endswith("…") and any(name.startswith(text[:-1].rstrip()) for name in names):
            continue
        for value in values:
            if value in text:
                text = text.replace(value, "\x00")
        found.append((section, text))
    return found


def language_of(report: QualityReport) -> Language:
    return report.scene.language


def test_no_sentence_is_in_the_other_language(report: QualityReport) -> None:
    if language_of(report) == "en":
        foreign = {(section, text) for section, text in own_words(report) if re.search(HAN, text)}
    else:
        strange = {(section, word) for section, text in own_words(report) for word in WORD.findall(text)}
        numbers = {entry["sha256"] for entry in report.scene.workspace.snapshot.files} | {report.scene.workspace.snapshot.hash[:16]}
        foreign = {
            (section, word)
            for section, word in strange
            if word.rstrip(".-/–") not in ALLOWED and not any(word in number for number in numbers)
        }
    assert sorted(foreign) == []


def test_chinese_has_no_ascii_punctuation_beside_it(report: QualityReport) -> None:
    assert sorted({(section, text) for section, text in own_words(report) if MIXED.search(text)}) == []


def test_no_text_shows_how_it_was_made(report: QualityReport) -> None:
    leaks = re.compile(r"\bnan\b|\bNone\b|<NA>|\bNaT\b|\{\w*\}|\[\]|True|False")
    assert [(section, text) for section, text in own_words(report) if leaks.search(text)] == []
