"""The forecast report of the demo organisation: made once a language, opened in a browser, its forecast kept once."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from itsq_analysis.page.first_screen import LIMIT
from itsq_analysis.reports.run import run_report
from itsq_analysis.text.length import words
from tests.browser import page_checks as checks
from tests.browser.axe import violations

pytestmark = pytest.mark.browser

SHOWN = "() => [...document.querySelectorAll('header.page, .opening')].map(box => box.innerText).join('\\n')"


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request: pytest.FixtureRequest, demo: Path) -> Path:
    """English by service over four weeks; Chinese by priority over two, of requests."""
    given = {"en": {}, "zh": {"table": "requests", "by": "priority", "horizon": 14}}[request.param]
    return run_report("forecast", demo, {"language": request.param, **given})


def test_it_reads_well_prints_and_breaks_no_rule_of_access(page: Path, open_page: Callable[..., Any]) -> None:
    assert page.stat().st_size <= checks.LARGEST
    with open_page(page) as seen, open_page(page, javascript=False, dark=True) as without:
        checks.check_reads_well(seen)
        checks.check_reads_well(without)
        checks.check_needs_no_scripts(seen, without)
        assert seen.requests == without.requests == []
        assert violations(seen.page) == []
        checks.check_prints(seen.page)


def test_it_fits_a_phone_and_its_first_screen_is_short(page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(page, width=checks.PHONE) as seen:
        checks.check_fits_a_phone(seen)
        language = "zh" if "-zh" in page.stem else "en"
        assert words(seen.page.evaluate(SHOWN), language) <= LIMIT[language]  # type: ignore[index, arg-type]


def test_its_forecast_is_kept_with_its_hash_and_the_page_named_after_its_day(page: Path, demo: Path) -> None:
    assert re.fullmatch(r"forecast-2026-11-03-(en|zh-[0-9a-f]{8})", page.stem)
    record = json.loads((demo / "reports" / "runs" / page.stem / "manifest.json").read_text(encoding="utf-8"))
    ((name, digest),) = record["forecasts"]["kept"].items()
    content = (demo / "forecasts" / name).read_bytes()
    assert sha256(content).hexdigest() == digest
    rows = list(csv.DictReader(content.decode("utf-8").splitlines()))
    assert {row["made"] for row in rows} == {"2026-11-03"}
    assert {row["hash"] for row in rows} == {record["snapshot"]["hash"]}
    with page.with_name(page.stem + ".values.csv").open(encoding="utf-8-sig", newline="") as stream:
        beside = {(row["unique_id"], row["span"]): row["mean"] for row in csv.DictReader(stream) if row["span"] != "day"}
    assert {(row["unique_id"], row["span"]): row["mean"] for row in rows} == beside
