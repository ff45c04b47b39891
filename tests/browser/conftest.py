"""A Chromium with the network cut, on any machine that has one; the flags keep its own background traffic off."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Seen:
    """An opened page and what it did: requests that left it, messages on the console, uncaught errors."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def executable() -> str | None:
    """Debian's chromium, else whatever browser of the family is on the path."""
    return "/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = executable()
    if path is None:
        reason = "no Chromium on this machine (make browser); the browser tests were not run"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
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

        def _route(route: Route) -> None:
            if route.request.url.split("#")[0] == file.resolve().as_uri():
                route.continue_()
            else:
                seen.requests.append(route.request.url)
                route.abort()

        context.route("**/*", _route)
        seen.page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.goto(file.resolve().as_uri(), wait_until="load")
        try:
            yield seen
        finally:
            context.close()

    return _open
