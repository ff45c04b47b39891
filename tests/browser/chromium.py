"""Which browser the tests use, what it is told, and what an opened page did."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Page

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


def without_browser() -> NoReturn:
    """No browser: the tests are not run, and say so; where CI=true promises one, they fail."""
    reason = "no Chromium on this machine (make browser); the browser tests were not run"
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
