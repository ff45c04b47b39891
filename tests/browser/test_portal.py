"""The portal in a real browser: no request, no script, nothing to scroll sideways on a phone, readable by assistive technology."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from itsq_analysis.jobs.portal import write_portal
from itsq_analysis.jobs.workspace_jobs import WorkspaceJobs
from tests.browser import axe
from tests.jobs.conftest import NOW, Made
from tests.jobs.test_portal import JOB, told

pytestmark = pytest.mark.browser


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    """A portal of three good runs and one that failed."""
    made = Made(tmp_path / "ws")
    made.settings(JOB)
    for number in (8, 9, 10):
        made.run(number, told(number, number / 10), [])
    made.run(11, {}, [], state="failed")
    ledger = made.ledger()
    written = write_portal(WorkspaceJobs.read(made.folder), ledger, made.folder / "portal", NOW)
    ledger.close()
    return written.parent


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", ["index.zh.html", "index.en.html", "small-*.zh.html", "small-*.en.html"])
def test_its_pages_stand_alone_and_fit(portal: Path, open_page: Callable[..., Any], page: str, width: int) -> None:
    [file] = portal.glob(page)
    with open_page(file, width=width, javascript=False) as seen:
        assert (seen.requests, seen.errors) == ([], [])
    with open_page(file, width=width) as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.page.locator(".stale").count() == 1
        links = seen.page.eval_on_selector_all("a", "all => all.map(one => decodeURI(new URL(one.href).pathname))")
        assert [link for link in links if not Path(link).is_file()] == []
        assert seen.requests == []
        assert axe.violations(seen.page) == []
