"""JupyterLab's scheduler in a real browser: a job made by hand on a notebook of ours becomes our page."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from itsq_analysis.resources import folder
from tests.jobs.conftest import Unattended

pytestmark = pytest.mark.browser
pytest.importorskip("jupyter_scheduler")
SECONDS = 90.0


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[tuple[Unattended, str]]:
    """A workspace with a small notebook, and the address of a JupyterLab that stands in it."""
    workspace = Unattended(tmp_path / "ours")
    workspace.settings("")
    shipped = tmp_path / "etc" / "jupyter_jupyter_scheduler_config.json"
    shipped.parent.mkdir()
    shutil.copy(folder("templates") / "jupyter" / "scheduler.json", shipped)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name != "ITSQ_WORKSPACE"}
    environment |= {"JUPYTER_CONFIG_DIR": str(tmp_path / "own"), "JUPYTER_CONFIG_PATH": str(shipped.parent)}
    environment |= {"JUPYTER_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    with (tmp_path / "lab.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=workspace.folder, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _until(lambda: _answers(address))
            yield workspace, address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/api/status", timeout=5) as answer:  # noqa: S310 - of this test alone
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end
        time.sleep(0.5)


def _reloaded(page: Page) -> Page:
    """The list of jobs as it is now; it does not renew itself."""
    page.locator(".MuiButton-root", has_text="Reload").click()
    page.wait_for_timeout(500)
    return page


def test_a_job_made_by_hand_becomes_our_page(lab: tuple[Unattended, str], browser: Browser, open_page: Callable[..., Any]) -> None:
    workspace, address = lab
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"{address}/lab/tree/notebooks/small_report.ipynb")
    page.locator('[data-command="scheduling:create-from-notebook"]').click()
    expect(page.get_by_label("Report (HTML)")).to_be_checked()
    page.get_by_label("Notebook", exact=True).uncheck()
    page.get_by_label("PDF", exact=True).uncheck()
    page.get_by_role("button", name="Add new parameter").click()
    page.locator('[name="parameter-0-name"]').fill("period")
    page.locator('[name="parameter-0-value"]').fill('"2026-09"')
    page.keyboard.press("Tab")  # fields are judged when they are left
    page.get_by_role("button", name="Create", exact=True).click()
    _until(lambda: _reloaded(page).get_by_text("Completed").count() == 1)
    page.locator(".MuiTableBody-root").locator('[title*="ownload"], [aria-label*="ownload"]').first.click()
    _until(lambda: any((workspace.folder / "jobs").rglob("*.html")))
    [made] = (workspace.folder / "jobs").rglob("*.html")
    with open_page(made) as seen:
        assert (seen.requests, seen.errors) == ([], [])
        expect(seen.page.locator("h2#verdict")).to_have_text("Small 2026-09")
    page.close()
