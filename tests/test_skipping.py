"""Tests that are not run are not hidden where everything that they need is promised."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
SKIPPED = """\
import pytest

def test_one():
    pytest.skip("no browser here")

@pytest.mark.skipif(True, reason="no data here")
def test_two():
    raise AssertionError

@pytest.mark.xfail(strict=True)
def test_three():
    raise AssertionError
"""


@pytest.mark.parametrize(("ci", "summary"), [("true", "1 failed, 1 xfailed, 1 error"), ("", "2 skipped, 1 xfailed")])
def test_in_ci_a_skipped_test_fails_with_its_reason(tmp_path: Path, ci: str, summary: str) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_runtest_makereport\n", encoding="utf-8")
    (tmp_path / "test_skipped.py").write_text(SKIPPED, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", tmp_path],
        env={**os.environ, "CI": ci, "PYTHONPATH": str(PROJECT)},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert summary in run.stdout
    assert ("in CI no test may be skipped; found: Skipped: no browser here" in run.stdout) == bool(ci)
    assert "no data here" in run.stdout
