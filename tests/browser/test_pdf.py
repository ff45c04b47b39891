"""A page as PDF: text, bookmarks, page numbers, the same bytes twice."""

from __future__ import annotations

import os
import stat
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from itsq_analysis.errors import ReportError
from itsq_analysis.reports.pdf import find_browser, to_pdf
from itsq_analysis.reports.searchable import searchable
from tests.browser.chromium import executable, without_browser

STYLE = "@page { size: A4; @bottom-right { content: counter(page) ' / ' counter(pages); } } h2 { break-before: page; }"
PAGE = (
    f"<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>服务质量报告</title><style>{STYLE}</style>"
    "<h1>Service quality</h1><p>可用率 99.9% 一月 长 门 见 页</p><h2>Speed</h2><p>Second</p><h2>Changes</h2><p>Third</p></html>"
).encode()


@pytest.fixture(autouse=True)
def browser() -> None:
    if executable() is None:
        without_browser()


@pytest.mark.browser
def test_it_has_text_in_both_languages_bookmarks_and_page_numbers_and_the_same_bytes_twice() -> None:
    made = to_pdf(PAGE)
    assert to_pdf(PAGE) == made
    read = PdfReader(BytesIO(made))
    texts = [page.extract_text() for page in read.pages]
    assert len(texts) == 3
    assert "可用率 99.9% 一月 长 门 见 页" in texts[0]  # none of them as a radical
    assert [f"{number} / 3" in text for number, text in enumerate(texts, 1)] == [True, True, True]
    assert read.metadata is not None
    assert read.metadata.title == "服务质量报告"
    assert {"Speed", "Changes"} <= {str(item["/Title"]) for item in _flat(read.outline)}


def _flat(outline: list) -> list:  # type: ignore[type-arg]
    return [leaf for item in outline for leaf in (_flat(item) if isinstance(item, list) else [item])]


@pytest.mark.browser
def test_it_asks_for_nothing_outside() -> None:
    outside = PAGE.replace(b"<h1>", b"<img src='http://127.0.0.1:9/x.png'><h1>")
    assert PdfReader(BytesIO(to_pdf(outside))).pages[0].extract_text()


def test_a_browser_that_is_named_and_not_there_or_fails_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ITSQ_BROWSER", str(tmp_path / "none"))
    with pytest.raises(ReportError, match="found no file"):
        find_browser()
    if os.name == "nt":
        return
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho gpu lost >&2\nexit 1\n", encoding="utf-8")
    broken.chmod(broken.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("ITSQ_BROWSER", str(broken))
    with pytest.raises(ReportError, match="chromium ended with: gpu lost"):
        to_pdf(PAGE)


def test_a_file_that_is_built_otherwise_stays_as_it_is() -> None:
    for content in (b"", b"%PDF-1.7\n1 0 obj\nendobj\n", b"a\nxref\n0 2\nnonsense"):
        assert searchable(content) == content
