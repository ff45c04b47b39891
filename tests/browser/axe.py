"""axe-core in an opened page: what it finds against the WCAG and its own best practices."""

import os
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FOUND = """() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.flatMap(rule =>
  rule.nodes.slice(0, 3).map(node => `${rule.id} (${rule.impact}): ${rule.help}: ${node.html.slice(0, 160)}`)))"""


def without_axe() -> NoReturn:
    """No axe-core: the tests are not run, and say so; where CI=true promises it, they fail."""
    reason = "no axe-core on this machine (it needs npm: make node_modules/installed); the accessibility tests were not run"
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


def violations(page: Page) -> list[str]:
    """A sentence for every element that breaks a rule, of each rule the first three; all folds are opened before."""
    if not SCRIPT.is_file():
        without_axe()
    page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FOUND)
    return found
