"""Pages that several tests read, made once in every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from itsq_analysis.text import Language
from tests.page.loaded import Page, pages


@pytest.fixture(scope="session")
def demo_pages(demo: Path) -> dict[Language, Page]:
    """The quality report of the demo's October 2026."""
    return pages(demo, "2026-10")


@pytest.fixture(scope="session")
def real_pages(real_log: Path) -> dict[Language, Page]:
    """The quality report of the real log's April 2016."""
    return pages(real_log, "2016-04")
