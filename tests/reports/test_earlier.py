from pathlib import Path

import pytest

from itsq_analysis.periods import parse_period
from itsq_analysis.reports.earlier import newest_earlier

LABELS = (
    "quality-2026-08-en",
    "quality-2026-09-en",
    "quality-2026-09-zh",
    "quality-2026-10-zh",
    "quality-2026-11-en",
    "quality-2026-Q3-en",
    "quality-2026-07-en-0123abcd",
    "quality-2026-09-en-snapshot4",
    "quality-latest",
    "board-2026-09-en",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for label in LABELS:
        (tmp_path / f"{label}.values.csv").touch()
    (tmp_path / "quality-2026-09-en.html").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("period", "language", "mark", "expected"),
    [
        ("2026-10", "en", "", "quality-2026-09-en"),  # not its own month's, nor a later one's
        ("2026-10", "zh", "", "quality-2026-09-zh"),
        ("2026-09", "zh", "", "quality-2026-08-en"),  # in another language rather than none
        ("2026-11", "en", "", "quality-2026-10-zh"),  # the newest period, before the language
        ("2026-08", "en", "", None),
        ("2026-Q4", "en", "", "quality-2026-Q3-en"),  # of the same grain only
        ("2026", "en", "", None),
        ("2026-10", "en", "0123abcd", "quality-2026-07-en-0123abcd"),  # of the same other parameters only
        ("2026-10", "en", "89abcdef", None),
    ],
)
def test_the_newest_earlier_report_of_the_same_kind_is_found(
    folder: Path, period: str, language: str, mark: str, expected: str | None
) -> None:
    found = newest_earlier(folder, "quality", parse_period(period), language, mark, 1)
    assert found == (None if expected is None else folder / f"{expected}.values.csv")


def test_labels_without_language_and_months_that_start_later(tmp_path: Path) -> None:
    (tmp_path / "board-2026-09.values.csv").touch()
    found = newest_earlier(tmp_path, "board", parse_period("2026-10", 26), None, "", 26)
    assert found == tmp_path / "board-2026-09.values.csv"
    assert newest_earlier(tmp_path / "nowhere", "board", parse_period("2026-10"), None, "", 1) is None


def test_the_facts_are_read_where_a_report_has_them(folder: Path) -> None:
    (folder / "quality-2026-09-en.facts.json").touch()
    assert newest_earlier(folder, "quality", parse_period("2026-10"), "en", "", 1) == folder / "quality-2026-09-en.facts.json"
    assert newest_earlier(folder, "quality", parse_period("2026-10"), "zh", "", 1) == folder / "quality-2026-09-zh.values.csv"
