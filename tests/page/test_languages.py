"""The Chinese page of the demo organisation speaks Chinese, and the English one English, but for what the data themselves say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

import pytest

from itsq_analysis.charts import Chart
from itsq_analysis.page.appendix import SOFTWARE
from itsq_analysis.recurring.recurring import recurring
from itsq_analysis.tables import contracts
from itsq_analysis.text import Language
from itsq_analysis.text.marks import plain
from tests.page.loaded import Page

ALLOWED = {"SLA", "P1", "P2", "P3", "P4", "P5", "P90", "NPS", "Fisher", "Holm"}
# Names of standards, methods, encodings, time zones, calendars and parameters are the same in both languages.
IN_APPENDIX = {
    *("ISO/IEC", "GB/T", "SHA-256", "UTF-8", "BOM", "GB18030", "CN", "UTC", "Asia/Shanghai", "Mon-Fri", "Mon-Sun", "desk"),
    *("itsq", "post1", "Wilson", "Kaplan–Meier", "Fay–Feuer", "Brookmeyer–Crowley", "Bonett–Price", "Wald", "t", "A", "B", "Q4"),
    *("period", "services", "language", "zh", "as_of", "snapshot", "previous"),
}
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./–-]*")
HAN = "[\u4e00-\u9fff]"
MIXED = re.compile(rf"{HAN}\s?[,;:()!?]|[,;:()!?]\s?{HAN}")


@pytest.fixture(scope="module", params=["zh", "en"])
def page(request: pytest.FixtureRequest, demo_pages: dict[Language, Page]) -> tuple[Language, list[tuple[str, str]]]:
    """The language, and every text of the page without what the data say, with its section."""
    return request.param, list(own_words(demo_pages[request.param]))


def texts(page: Page) -> Iterator[tuple[str, str]]:
    """Every text that a reader sees or hears, with its section."""
    for name, section in page.sections.items():
        yield name, section.title
        yield name, plain(section.answer)
        yield name, plain(section.more)
        for part in section.parts:
            if isinstance(part, Chart):
                yield from ((name, text) for text in (part.title, part.summary, *part.data.columns))
                yield from ((name, str(cell)) for cell in part.data.to_numpy().ravel())
                # Hover titles join a name and a value in the chart's own way.
                yield from ((name, text) for text in re.findall(r"<text[^>]*>([^<>]+)<", part.svg()))
            else:
                markup = re.sub("<title>.*?</title>", "", plain(part.markup))
                yield from ((name, unescape(text)) for text in re.findall(r">([^<>]+)<", markup))
                yield from ((name, unescape(text)) for text in re.findall(r'(?:title|data-label)="([^"]*)"', markup))


def table_texts(page: Page, tables: Iterable[str]) -> set[str]:
    """The texts of some tables."""
    workspace, found = page.report.context.workspace, set()
    for name in tables:
        for column in contracts()[name].columns.values():
            if column.type == "text":
                found.update(workspace.rows(f'SELECT DISTINCT "{column.name}" AS text FROM "{name}"', {})["text"].dropna())
    return found


def names(page: Page) -> list[str]:
    """What may stand within a sentence of ours: names of registers, files and columns, offending values; the longest first."""
    found = table_texts(page, ["services", "groups", "outages", "notes", "exemptions", "resources"]) | set(SOFTWARE)
    found.update(
        name for cause in recurring(page.report.context.scope).causes for name in (cause.name, cause.name_en, cause.name_zh) if name
    )
    found.update(value[:60] for value in page.report.context.workspace.quarantine()["value"].dropna())
    for entry in page.report.context.workspace.snapshot.files:
        found.update([entry["file"], entry["sha256"], *entry["ignored_columns"]])
        found.update(value for values in entry["unmapped"].values() for value in values)
    return sorted((text for text in found if len(text) > 1), key=len, reverse=True)


def own_words(page: Page) -> Iterator[tuple[str, str]]:
    """The texts of the page without what the data say; a shortened name ends in an ellipsis."""
    own = names(page)
    whole = table_texts(page, ["incidents", "changes", "problems"])
    for section, text in dict.fromkeys(texts(page)):
        if text in whole or (text.endswith("…") and any(name.startswith(text[:-1].rstrip()) for name in own)):
            continue
        for name in own:
            text = text.replace(name, "\x00")
        yield section, re.sub(r"\b[A-Z]{3}\d{7,}\b|\b[0-9a-f]{16,}\b", "\x00", text)


def allowed(section: str) -> set[str]:
    """Latin words of a section's Chinese."""
    return ALLOWED | IN_APPENDIX if section == "appendix" else ALLOWED


def test_no_sentence_is_in_the_other_language(page: tuple[Language, list[tuple[str, str]]]) -> None:
    language, found = page
    if language == "en":
        foreign = {(section, text) for section, text in found if re.search(HAN, text)}
    else:
        words = {(section, word) for section, text in found for word in WORD.findall(text)}
        foreign = {(section, word) for section, word in words if word.rstrip(".-/–") not in allowed(section)}
    assert sorted(foreign) == []


def test_chinese_has_no_ascii_punctuation_beside_it(page: tuple[Language, list[tuple[str, str]]]) -> None:
    assert sorted((section, text) for section, text in page[1] if MIXED.search(text)) == []


def test_no_text_shows_how_it_was_made(page: tuple[Language, list[tuple[str, str]]]) -> None:
    leaks = re.compile(r"\bnan\b|\bNone\b|<NA>|\bNaT\b|\{\w*\}|\[\]|True|False")
    assert [(section, text) for section, text in page[1] if leaks.search(text)] == []
