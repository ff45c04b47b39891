"""The checks themselves: a page that is right passes, and each planted fault is found by the check that is meant for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser import page_checks as checks
from tests.browser.chromium import without_browser

pytestmark = pytest.mark.browser

GOOD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Quality</title><style>body { font: 16px sans-serif; margin: 8px } .wide { overflow-x: auto }</style></head><body>
<h1>服务质量月报</h1><nav><a href="#speed">Speed</a></nav><h2 id="speed">Speed</h2>
<figure><svg role="img" viewBox="0 0 300 100" width="100%"><title>Median hours fell.</title>
<text x="9" y="50" font-size="14">4 h</text></svg>
<figcaption>Median hours fell.</figcaption></figure>
<div class="wide"><table style="width: 900px"><tr><th>Month</th><td>2026-10</td></tr></table></div>
<script>document.body.dataset.ready = "yes";</script></body></html>"""


def test_a_missing_browser_fails_only_where_one_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not run"):
        without_browser()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="make browser"):
        without_browser()


@pytest.fixture
def show(tmp_path: Path, open_page: Callable[..., Any]) -> Callable[..., Any]:
    def _show(html: str, **options: Any) -> Any:
        file = tmp_path / "报告 1.html"
        file.write_text(html, encoding="utf-8")
        return open_page(file, **options)

    return _show


def test_a_good_page_passes_every_check(show: Callable[..., Any]) -> None:
    with show(GOOD) as seen:
        checks.check_reads_well(seen)
        assert seen.page.evaluate("document.body.dataset.ready") == "yes"
        with show(GOOD, javascript=False) as without:
            assert without.page.evaluate("document.body.dataset.ready") is None
            checks.check_needs_no_scripts(seen, without)
            checks.check_reads_well(without)
        assert len(checks.check_prints(seen.page)) > 1000
    with show(GOOD, width=checks.PHONE) as seen:
        checks.check_fits_a_phone(seen)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('lang="en"', "", "lang is"),
        ("<title>Quality", "<title>", "no title"),
        ('<h2 id="speed">Speed</h2>', '<h3 id="speed">Speed</h3>', 'h3 "Speed" after h1'),
        ("<h1>", "<h1>a</h1><h1>", "not exactly one h1"),
        ("<h1>服务质量月报</h1>", "", "the first heading is no h1"),
        ("Speed</h2>", "</h2>", "an empty heading"),
        ("<title>Median hours fell.</title>", "", "no text alternative"),
        ("<figcaption>Median hours fell.</figcaption>", "", "neither data table nor caption"),
        ("<th>Month</th>", "<td>Month</td>", "a table without header cells"),
        ('href="#speed"', 'href="#sped"', "a link to nowhere: #sped"),
        ("<h1>", '<p id="speed"></p><h1>', "id used twice: speed"),
        ('x="9" y="50"', 'x="290" y="50"', "px: 4 h"),
        ("4 h</text>", '4 h</text><text x="20" y="52" font-size="14">5 h</text>', "on one another: 4 h | 5 h"),
        ("<th>Month</th>", '<th style="width: 14px; display: block">解决时间中位数</th>', "one letter a line: 解决时间中位数"),
        ("</h1>", '</h1><p style="color: #888">grey</p>', "contrast 3.5: grey"),
        ("</h1>", '</h1><div style="background: #000"><p style="color: #333">dark</p></div>', "contrast 1.7: dark"),
        ("</h1>", '</h1><img alt="x" src="https://example.org/x.png">', "https://example.org/x.png"),
        ("document.body.dataset.ready", "nothing.there", "nothing is not defined"),
        ("</h1>", '</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', "no text alternative"),
    ],
)
def test_a_planted_fault_is_found(show: Callable[..., Any], old: str, new: str, found: str) -> None:
    assert old in GOOD
    with show(GOOD.replace(old, new, 1)) as seen, pytest.raises(AssertionError) as raised:
        checks.check_reads_well(seen)
    assert found in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('<div class="wide">', "<div>", "px wide in 390"),
        ('font-size="14"', 'font-size="8"', "px: 4 h"),
        ('viewBox="0 0 300 100"', 'viewBox="0 0 700 100"', "px: 4 h"),  # drawn at 14, seen at 7
        ("font: 16px", "font: 10px", "10.0 px: Speed"),
    ],
)
def test_a_fault_on_a_phone_is_found(show: Callable[..., Any], old: str, new: str, found: str) -> None:
    assert old in GOOD
    with show(GOOD.replace(old, new, 1), width=checks.PHONE) as seen, pytest.raises(AssertionError) as raised:
        checks.check_fits_a_phone(seen)
    assert found in str(raised.value)


def test_words_that_only_scripts_write_are_found(show: Callable[..., Any]) -> None:
    page = GOOD.replace("document.body.dataset.ready", "document.querySelector('nav').textContent")
    with show(page) as seen, show(page, javascript=False) as without, pytest.raises(AssertionError, match="yes"):
        checks.check_needs_no_scripts(seen, without)
