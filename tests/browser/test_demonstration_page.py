"""The demonstration page in Chromium: desktop, phone, dark, without scripts, on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from itsq_analysis.charts.labels import Language
from itsq_analysis.reports.render import render
from tests.browser import page_checks as checks
from tests.templates.demonstration import notebook

pytestmark = pytest.mark.browser

SHOWN = "() => [...document.querySelectorAll('figure > div')].filter(box => box.checkVisibility()).map(box => box.className)"


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("页面") / f"page {request.param}.html"
    file.write_bytes(render(notebook(cast(Language, request.param))).html)
    return file


def test_it_reads_well_on_a_desktop_in_light_and_dark(page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(page) as light, open_page(page, dark=True) as dark:
        checks.check_reads_well(light)
        checks.check_reads_well(dark)
        assert set(light.page.evaluate(SHOWN)) == {"wide"}
        ground = "() => getComputedStyle(document.documentElement).backgroundColor"
        assert light.page.evaluate(ground) == "rgb(255, 255, 255)"
        assert dark.page.evaluate(ground) == "rgb(20, 24, 29)"
        line = "() => getComputedStyle(document.querySelector('figure .wide path[fill^=\"var(--c1\"]')).fill"
        assert light.page.evaluate(line) != dark.page.evaluate(line)


def test_it_fits_a_phone_with_drawings_of_its_own_and_cards(page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(page, width=checks.PHONE) as seen:
        checks.check_fits_a_phone(seen)
        assert set(seen.page.evaluate(SHOWN)) == {"narrow"}
        assert seen.page.evaluate("() => getComputedStyle(document.querySelector('.values tbody tr')).display") == "flex"


def test_it_needs_no_scripts_and_no_network(page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(page) as seen, open_page(page, javascript=False) as without:
        checks.check_needs_no_scripts(seen, without)
        assert seen.requests == without.requests == []


def test_a_keyboard_reaches_the_content_and_the_data(page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(page) as seen:
        seen.page.keyboard.press("Tab")
        skip = seen.page.evaluate("() => [document.activeElement.hash, document.activeElement.getBoundingClientRect().left]")
        assert (skip[0], skip[1] >= 0) == ("#content", True)
        fold = seen.page.locator("figure details summary").first
        fold.focus()
        seen.page.keyboard.press("Enter")
        assert seen.page.locator("figure details table").first.is_visible()


def test_paper_gets_every_chart_and_no_folds(page: Path, open_page: Callable[..., Any]) -> None:
    """Folds are not printed, not even those that a reader has opened."""
    with open_page(page) as seen:
        seen.page.evaluate("() => document.querySelectorAll('.sections details').forEach(fold => fold.open = true)")
        kinds = ["figure details.data table", "[aria-labelledby=appendix] > details.data p"]
        folds = [seen.page.locator(kind).first for kind in kinds]
        assert [fold.is_visible() for fold in folds] == [True, True]
        checks.check_prints(seen.page)
        assert set(seen.page.evaluate(SHOWN)) == {"wide"}
        assert [fold.is_visible() for fold in folds] == [False, False]
        assert seen.page.locator("[aria-labelledby=appendix] table").first.is_visible()
