"""The quality report on paper: Chromium's PDF, read back page by page.

Marks of a few letters are put into the opened page where a picture begins and ends, into heads and rows of tables; the text of each
printed page tells which of them came to stand together.
"""

import io
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from itsq_analysis.reports.run import run_report
from tests.browser import page_checks as checks
from tests.browser.test_first_screen import HEIGHT

pytestmark = pytest.mark.browser

NINE = 9  # printed pages
SCREENS = 22  # of a phone

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
  const folds = [...document.querySelectorAll('main details.data')];
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


def squeezed(text: str) -> str:
    """A text without white space, and with Chinese characters and ligatures as they are typed: a PDF has other ones."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("\u6236", "\u6237")


def where(pages: list[str], pattern: str) -> dict[str, list[int]]:
    """On which pages each mark stands."""
    found: dict[str, list[int]] = {}
    for place, text in enumerate(pages):
        for mark in re.findall(pattern, text):
            found.setdefault(mark, []).append(place)
    return found


def test_it_prints_whole_pictures_and_rows_and_no_folds(pages: tuple[list[str], list[int]]) -> None:
    texts, (figures, tables, folds) = pages
    begin, end = where(texts, r"FB(\d+)X"), where(texts, r"FE(\d+)X")
    assert len(begin) == len(end) == figures >= 10
    assert [figure for figure in begin if begin[figure] != end[figure]] == []
    heads, rows = where(texts, r"TH(\d+)X"), where(texts, r"TB(\d+)R\d+X")
    assert len(heads) == tables >= 10
    assert {table: sorted(set(places)) for table, places in rows.items()} == {
        table: sorted(set(places)) for table, places in heads.items() if table in rows
    }
    first, last = where(texts, r"TB(\d+R\d+)X"), where(texts, r"TE(\d+R\d+)X")
    assert [row for row in first if first[row] != last[row]] == []
    assert folds > 0 == len(where(texts, r"DD(\d+)X"))


def test_every_page_has_its_number_and_every_section_is_one(quality_page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(quality_page) as seen:
        topics = seen.page.locator("main .topic").all_inner_texts()
        texts = printed(seen)
    assert [place for place, text in enumerate(texts, 1) if f"{place} / {len(texts)}" not in text] == []
    assert len(topics) == len(texts) == NINE + 1  # and the appendix
    assert [place for place, topic in enumerate(topics) if squeezed(topic) not in squeezed(texts[place])] == []


def check_short(file: Path, most: int, open_page: Callable[..., Any]) -> None:
    """So many printed pages before the appendix, so many phone screens, a mail's size, and no request."""
    assert file.stat().st_size <= checks.LARGEST
    with open_page(file, width=checks.PHONE) as phone, open_page(file) as seen:
        assert phone.page.evaluate("() => document.documentElement.scrollHeight") <= SCREENS * HEIGHT
        last = squeezed(seen.page.locator("main .topic").all_inner_texts()[-1])
        texts = [squeezed(text) for text in printed(seen)]
        assert (phone.requests, seen.requests) == ([], [])
    appendix = next(place for place, text in enumerate(texts) if place and last in text)  # page 1 lists it in the contents
    assert appendix <= most


def test_the_quality_report_is_nine_pages_and_22_screens_long(quality_page: Path, open_page: Callable[..., Any]) -> None:
    check_short(quality_page, NINE, open_page)


def test_the_capacity_report_is_eight_pages_long(capacity_page: Path, open_page: Callable[..., Any]) -> None:
    check_short(capacity_page, 8, open_page)


def test_the_forecast_report_is_seven_pages_long(forecast_page: Path, open_page: Callable[..., Any]) -> None:
    check_short(forecast_page, 7, open_page)


def test_the_service_review_is_two_pages_long(demo: Path, tmp_path: Path, open_page: Callable[..., Any]) -> None:
    asked = {"services": ["仓储管理 WMS"], "period": "2026-10"}
    check_short(run_report("service", demo, asked, out=tmp_path), 2, open_page)


def test_the_daily_report_is_one_page_and_four_screens_long(demo: Path, tmp_path: Path, open_page: Callable[..., Any]) -> None:
    file = run_report("daily", demo, {}, out=tmp_path)
    with open_page(file, width=checks.PHONE) as phone, open_page(file) as seen:
        assert phone.page.evaluate("() => document.documentElement.scrollHeight") <= 4 * HEIGHT
        assert len(printed(seen)) == 1
        assert (phone.requests, seen.requests) == ([], [])


def test_ten_indicators_fit_two_phone_screens_and_open_with_a_tap(quality_page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(quality_page, width=checks.PHONE) as seen:
        rows = seen.page.locator("section[aria-labelledby=scorecard] table").first.locator("tbody tr")
        first, tenth = rows.nth(0).bounding_box(), rows.nth(9).bounding_box()
        assert tenth["y"] + tenth["height"] - first["y"] <= 2 * HEIGHT
        more = rows.nth(0).locator("td.more")
        assert not more.first.is_visible()
        rows.nth(0).locator("summary").click()
        assert more.first.is_visible()
