"""A page as PDF, printed by whatever browser of Chromium's family is installed: page numbers, bookmarks, text that can be searched.

The browser runs no script and asks for nothing: the page has neither. The dates that it writes are replaced, so that the same page
gives the same bytes with the same browser.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from itsq_analysis.errors import ReportError
from itsq_analysis.reports.searchable import searchable

PDF = ".pdf"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
PLACES = {
    "win32": (
        r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe", r"Chromium\Application\chrome.exe"
    ),
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
}  # fmt: skip
FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer",
    "--generate-pdf-document-outline", "--virtual-time-budget=2000",
)  # fmt: skip
DATE = re.compile(rb"(/(?:CreationDate|ModDate) \()D:\d{14}[^)]*(\))")
ALWAYS = b"D:20000101000000+00'00'"
VARIABLE = "ITSQ_BROWSER"
TIME_LIMIT = 300.0  # seconds


def find_browser() -> Path:
    """The browser that prints: the one that ITSQ_BROWSER names, else Chromium, Chrome or Edge.

    Raises:
        ReportError: there is none.
    """
    named = os.environ.get(VARIABLE)
    roots = [os.environ.get(name, "") for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
    places = [Path(root, place) for place in PLACES.get(sys.platform, ()) for root in (roots if sys.platform == "win32" else [""])]
    candidates: list[str | Path] = [named] if named else [*filter(None, map(shutil.which, NAMES)), *places]
    for candidate in candidates:
        if Path(candidate).is_file():
            return Path(candidate)
    raise ReportError(
        f"a PDF needs Chromium, Chrome or Edge; found {f'no file {named}' if named else 'none'} on this machine; install one, "
        f"or name its program in {VARIABLE}"
    )


def to_pdf(html: bytes) -> bytes:
    """A page printed on A4.

    Raises:
        ReportError: there is no browser, or it fails.
    """
    browser = find_browser()
    with tempfile.TemporaryDirectory(prefix="itsq-pdf-", ignore_cleanup_errors=True) as folder:
        page, printed = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_bytes(html)
        # Without a user of its own the browser's sandbox does not start; the page has no script that it would hold.
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        profile = f"--user-data-dir={Path(folder, 'profile')}"
        command = [str(browser), *FLAGS, *root, profile, f"--print-to-pdf={printed}", page.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=False)  # noqa: S603 - no text of an export
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ReportError(
                f"a PDF needs a working browser; found {browser.name}: {type(error).__name__}; try it by hand"
            ) from error
        if not printed.is_file() or not printed.stat().st_size:
            last = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no message"])[-1]
            raise ReportError(f"a PDF needs a working browser; found {browser.name} ended with: {last[:200]}; try it by hand")
        return searchable(DATE.sub(rb"\1" + ALWAYS + rb"\2", printed.read_bytes()))
