"""The quality report of the demo organisation, from the exports to the page, in a folder with a space and Chinese characters."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from itsq_analysis.reports.run import run_report
from tests.browser import page_checks as checks

pytestmark = pytest.mark.browser
PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request: pytest.FixtureRequest, demo: Path) -> Path:
    return run_report("quality", demo, {"language": request.param})


def test_it_reads_well_on_a_desktop_and_prints(page: Path, open_page: Callable[..., Any]) -> None:
    assert page.stat().st_size <= checks.LARGEST
    with open_page(page) as seen, open_page(page, javascript=False, dark=True) as without:
        checks.check_reads_well(seen)
        checks.check_reads_well(without)
        checks.check_needs_no_scripts(seen, without)
        assert seen.page.locator("svg[role=img]:visible").count() >= 10
        checks.check_prints(seen.page)


def test_it_fits_a_phone(page: Path, open_page: Callable[..., Any]) -> None:
    with open_page(page, width=checks.PHONE) as seen:
        checks.check_fits_a_phone(seen)


def test_it_tells_nothing_of_the_machine(page: Path, demo: Path) -> None:
    run = demo / "reports" / "runs" / page.stem
    for file in (page, run / "manifest.json", run / "notebook.ipynb"):
        text = file.read_text(encoding="utf-8")
        assert [word for word in (str(demo.parent), str(PROJECT), sys.prefix, "Traceback", "Warning:") if word in text] == []


def test_another_process_zone_and_hash_seed_give_the_same_bytes(page: Path, demo: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.html"
    subprocess.run(
        [sys.executable, "-m", "itsq_analysis.cli", "run", "quality", "-w", demo, "--lang", page.stem[-2:], "--out", again],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "TZ": "America/Sao_Paulo", "PYTHONHASHSEED": "7", "LANG": "C"},
        capture_output=True,
    )
    for ending in (".html", ".values.csv", ".xlsx"):
        assert (tmp_path / f"again{ending}").read_bytes() == page.with_name(page.stem + ending).read_bytes()
