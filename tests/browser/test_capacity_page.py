"""The capacity report of the demo organisation in Chromium: desktop, phone, dark, without scripts, on paper, for screen readers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser import axe
from tests.browser import page_checks as checks
from tests.browser.test_accessibility import ORDER, UNHEADED
from tests.browser.test_first_screen import BOTTOM, HEIGHT

pytestmark = pytest.mark.browser


def test_it_reads_well_on_a_desktop_needs_no_scripts_and_prints(capacity_page: Path, open_page: Callable[..., Any]) -> None:
    assert capacity_page.stat().st_size <= checks.LARGEST
    with open_page(capacity_page) as seen, open_page(capacity_page, javascript=False, dark=True) as without:
        checks.check_reads_well(seen)
        checks.check_reads_well(without)
        checks.check_needs_no_scripts(seen, without)
        assert seen.page.locator("svg[role=img]:visible").count() >= 8
        assert seen.page.evaluate(ORDER) == []
        assert seen.page.evaluate(UNHEADED) == []
        checks.check_prints(seen.page)


def test_it_fits_a_phone_and_its_first_screen_one_height(capacity_page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(capacity_page, width=checks.PHONE) as seen:
        checks.check_fits_a_phone(seen)
        assert seen.page.evaluate(BOTTOM) <= HEIGHT
        cards = seen.page.locator(".decisions > li")
        assert 1 <= cards.count() <= 3
        target = cards.first.locator("a").get_attribute("href")
        assert seen.page.locator(f"h3{target}").count() == 1


@pytest.mark.parametrize(("width", "dark"), [(checks.PHONE, False), (1280, True)])
def test_axe_finds_nothing(capacity_page: Path, open_page: Callable[..., Any], width: int, dark: bool) -> None:
    with open_page(capacity_page, width=width, dark=dark) as seen:
        assert axe.violations(seen.page) == []
