"""A Chromium with the network cut, on any machine that has one; the flags keep its own background traffic off."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Dialog, Route, sync_playwright

from itsq_analysis.reports.run import run_report
from tests.browser.chromium import FLAGS, Seen, executable, without_browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = executable() or without_browser()
    # Each launch makes a new user data folder and removes it.
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Callable[..., object]:
    """`with open_page(file, width=390, javascript=False) as seen:` - any request but the file itself is refused and noted."""

    @contextmanager
    def _open(file: Path, *, width: int = 1280, javascript: bool = True, dark: bool = False) -> Iterator[Seen]:
        context = browser.new_context(
            offline=True,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            service_workers="block",
        )
        seen = Seen(context.new_page())

        def _dialog(dialog: Dialog) -> None:
            seen.errors.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        def _route(route: Route) -> None:
            if route.request.url.split("#")[0] == file.resolve().as_uri():
                route.continue_()
            else:
                seen.requests.append(route.request.url)
                route.abort()

        context.route("**/*", _route)
        seen.page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
        seen.page.on("dialog", _dialog)
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.goto(file.resolve().as_uri(), wait_until="load")
        try:
            yield seen
        finally:
            context.close()

    return _open


@pytest.fixture(scope="session", params=["en", "zh"])
def quality_page(request: pytest.FixtureRequest, demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The quality report of the demo organisation with the files beside it."""
    return made_once("quality", request.param, demo, tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session", params=["en", "zh"])
def capacity_page(request: pytest.FixtureRequest, demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The capacity report of the demo organisation with the files beside it."""
    return made_once("capacity", request.param, demo, tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session", params=["en", "zh"])
def forecast_page(request: pytest.FixtureRequest, demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The forecast report of the demo organisation with the files beside it."""
    return made_once("forecast", request.param, demo, tmp_path_factory.getbasetemp())


def made_once(name: str, language: str, demo: Path, base: Path) -> Path:
    """The page of a report: made once, by whichever worker comes first."""
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"pages {name} {language}"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            made = run_report(name, demo, {"language": language}, out=demo / "pages" / name / language)
            shutil.move(made.parent, shared)
    [page] = shared.glob("*.html")
    return page
