"""The quality report for those who see little, hear it read, or use no mouse: axe-core, order, keyboard, tables on a phone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import axe
from tests.browser import page_checks as checks

pytestmark = pytest.mark.browser

# Landmarks and headings as assistive technology meets them.
OUTLINE = """() => [...document.querySelectorAll('header, nav, main, footer, h1, h2')]
  .filter(node => node.checkVisibility()).map(node => node.tagName.toLowerCase())"""
NAMES = """() => [...document.querySelectorAll('nav')].map(node => node.getAttribute('aria-label')
  || document.getElementById(node.getAttribute('aria-labelledby'))?.textContent)"""
# What is heard in the order of the source must stand on the page in the same order, from top to bottom.
ORDER = """() => {
  const parts = [...document.querySelectorAll('main > *')].filter(node => node.checkVisibility())
    .map(node => [node.getBoundingClientRect().top, node.textContent.trim().slice(0, 40)]);
  return parts.slice(1).filter(([top], i) => top < parts[i][0] - 1).map(([, text]) => 'stands above what precedes it: ' + text);
}"""
# A table has heads for its columns, one for each row, and a name: its caption, or what stands before it.
UNHEADED = """() => [...document.querySelectorAll('main table')].flatMap(table => {
  const heads = [...table.querySelectorAll('thead th')], rows = [...table.querySelectorAll('tbody tr')];
  const before = (table.closest('.scroll') || table).previousElementSibling;
  const named = table.caption || table.closest('figure')?.querySelector('figcaption')
    || table.closest('details')?.querySelector('summary') || ['H2', 'H3', 'H4', 'P'].includes(before?.tagName);
  const wrong = [
    heads.length && heads.every(head => head.scope === 'col') ? '' : 'columns without heads',
    rows.every(row => row.querySelector('th[scope=row]')) ? '' : 'rows without heads',
    named ? '' : 'without a name',
  ];
  return wrong.filter(Boolean).map(what => what + ': ' + table.textContent.trim().slice(0, 60));
})"""
FOCUSED = """() => {
  const node = document.activeElement, box = node.getBoundingClientRect(), style = getComputedStyle(node);
  return [node.tagName.toLowerCase(), box.top + scrollY, box.left, box.width > 0 && style.outlineStyle !== 'none'];
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [checks.PHONE, 1280])
def test_axe_finds_nothing(quality_page: Path, open_page: Callable[..., Any], width: int, dark: bool) -> None:
    with open_page(quality_page, width=width, dark=dark) as seen:
        assert axe.violations(seen.page) == []


def test_axe_finds_planted_faults(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    file = tmp_path / "faults.html"
    fold = '<details><summary>More</summary><p style="color: #999">too pale</p></details>'
    file.write_text(
        f'<!doctype html><html lang="en"><title>t</title><main><h1>a</h1><img src="data:,">{fold}</main>', encoding="utf-8"
    )
    with open_page(file) as seen:
        assert {found.split()[0] for found in axe.violations(seen.page)} == {"color-contrast", "image-alt"}


def test_a_missing_axe_fails_only_where_it_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not run"):
        axe.without_axe()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="npm"):
        axe.without_axe()


@pytest.mark.parametrize("width", [checks.PHONE, 1280])
def test_it_is_heard_in_the_order_in_which_it_is_seen(quality_page: Path, open_page: Callable[..., Any], width: int) -> None:
    with open_page(quality_page, width=width) as seen:
        outline = seen.page.evaluate(OUTLINE)
        assert [name for name in outline if name != "h2"] == ["header", "h1", "main", "nav", "footer"]
        assert outline[3] == "h2"
        assert all(seen.page.evaluate(NAMES))
        assert seen.page.evaluate(ORDER) == []
        assert seen.page.evaluate(UNHEADED) == []


def focused(page: Page) -> tuple[str, float, float, bool]:
    """Tag of what has the focus, its place from the top and left, and whether it is shown to have it."""
    tag, top, left, ringed = page.evaluate(FOCUSED)
    return tag, top, left, ringed


def test_a_keyboard_gets_everywhere_and_sees_where_it_is(quality_page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(quality_page, width=checks.PHONE) as seen:
        stops = []
        for _ in range(400):
            seen.page.keyboard.press("Tab")
            stop = focused(seen.page)
            if stop[0] == "body":
                break
            stops.append(stop)
        tags = [stop[0] for stop in stops]
        assert tags[0] == "a"
        assert all(stop[3] for stop in stops)
        assert tags.count("summary") == seen.page.locator("summary:visible").count() > 3
        assert tags.count("a") == seen.page.locator("a:visible").count()
        folds = [top for tag, top, *_ in stops if tag == "summary"]
        assert folds == sorted(folds)
        seen.page.locator("main summary").first.focus()
        seen.page.keyboard.press("Enter")
        assert seen.page.locator("main details[open]").count() == 1


def test_a_table_that_became_cards_is_still_a_table_to_a_screen_reader(quality_page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(quality_page, width=checks.PHONE) as seen:
        assert seen.page.evaluate("() => getComputedStyle(document.querySelector('.values tbody tr')).display") == "flex"
        tree = seen.page.locator("main .values").first.aria_snapshot()
        assert tree.startswith("- table")
        assert "- rowheader" in tree
        assert "- cell" in tree
