"""The control block: folded on a phone, open on a wide screen, with lines to sign on paper."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def seen_parts(page: Any) -> tuple[bool, bool]:
    """Whether the facts, and the lines to sign, have any height."""
    boxes = [page.locator(f".control {part}").first.bounding_box() for part in (".facts", "td.line")]
    facts, line = (bool(box and box["height"] > 0 and box["width"] > 0) for box in boxes)
    visible = bool(page.evaluate("document.querySelector('.control .facts').checkVisibility({contentVisibilityAuto: true})"))
    return facts and visible, line


@pytest.mark.parametrize(("width", "shown"), [(390, False), (1280, True)])
def test_it_is_folded_on_a_phone_alone(quality_page: Path, open_page: Callable[..., Any], width: int, shown: bool) -> None:
    with open_page(quality_page, width=width) as seen:
        assert seen_parts(seen.page) == (shown, False)
        seen.page.evaluate("document.querySelector('.control').open = true")
        assert seen_parts(seen.page) == (True, False)


def test_on_paper_it_is_open_with_lines_to_sign(quality_page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(quality_page, width=390) as seen:
        seen.page.emulate_media(media="print")
        assert seen_parts(seen.page) == (True, True)
