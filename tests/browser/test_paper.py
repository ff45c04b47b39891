"""The quality report on paper: Chromium's PDF, read back page by page.

Marks of a few letters are put into the opened page where a picture begins and ends, into heads and rows of tables; the text of each
printed page tells which of them came to stand together.
"""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

pytestmark = pytest.mark.browser

MARKED = """() => {
  const mark = (node, text, place) => {
    const made = document.createElement('span');
    made.textContent = ` ${text} `;
    made.style.font = '6px monospace';
    node[place](made);
  };
  const shown = [...document.querySelectorAll('figure')].filter(node => node.checkVisibility());
  shown.forEach((figure, i) => { mark(figure, `FB${i}X`, 'prepend'); mark(figure, `FE${i}X`, 'append'); });
  const tables = [...document.querySelectorAll('main table')].filter(node => node.checkVisibility());
  tables.forEach((table, i) => {
    mark(table.querySelector('thead th'), `TH${i}X`, 'append');
    [...table.tBodies].flatMap(body => [...body.rows]).forEach((row, j) => {
      mark(row.cells[0], `TB${i}R${j}X`, 'prepend');
      mark(row.cells[row.cells.length - 1], `TE${i}R${j}X`, 'append');
    });
  });
  const folds = [...document.querySelectorAll('main details:not(figure details, nav details)')];
  folds.forEach((fold, i) => mark(fold, `DD${i}X`, 'append'));
  return [shown.length, tables.length, folds.length];
}"""


def printed(seen: Any) -> list[str]:
    """The text of each page."""
    seen.page.emulate_media(media="print")
    pdf = seen.page.pdf(prefer_css_page_size=True, print_background=True)
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.fixture
def pages(quality_page: Path, open_page: Callable[..., Any]) -> tuple[list[str], list[int]]:
    """The text of every page of the marked report, and how many pictures, tables and folds it has."""
    with open_page(quality_page) as seen:
        seen.page.emulate_media(media="print")
        counts = seen.page.evaluate(MARKED)
        return printed(seen), counts


def where(pages: list[str], pattern: str) -> dict[str, list[int]]:
    """On which pages each mark stands."""
    found: dict[str, list[int]] = {}
    for place, text in enumerate(pages):
        for mark in re.findall(pattern, text):
            found.setdefault(mark, []).append(place)
    return found


def test_it_prints_whole_pictures_open_folds_and_the_heads_of_tables_on_every_page(pages: tuple[list[str], list[int]]) -> None:
    texts, (figures, tables, folds) = pages
    begin, end = where(texts, r"FB(\d+)X"), where(texts, r"FE(\d+)X")
    assert len(begin) == len(end) == figures >= 10
    assert [figure for figure in begin if begin[figure] != end[figure]] == []
    heads, rows = where(texts, r"TH(\d+)X"), where(texts, r"TB(\d+)R\d+X")
    assert len(heads) == tables >= 10
    assert {table: sorted(set(places)) for table, places in rows.items()} == {
        table: sorted(set(places)) for table, places in heads.items() if table in rows
    }
    assert any(len(places) > 1 for places in heads.values())
    first, last = where(texts, r"TB(\d+R\d+)X"), where(texts, r"TE(\d+R\d+)X")
    assert [row for row in first if first[row] != last[row]] == []
    assert len(where(texts, r"DD(\d+)X")) == folds > 0


def test_every_page_has_its_number(quality_page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(quality_page) as seen:
        texts = printed(seen)
    assert [place for place, text in enumerate(texts, 1) if f"{place} / {len(texts)}" not in text] == []
    assert 5 <= len(texts) <= 30
