"""What a run waits for: its period's data and the loads before it; and what happens when it has waited long enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from itsq_analysis.jobs.asked import about, needed_until, runs_of
from itsq_analysis.jobs.ledger import Ledger, RunRow, text
from itsq_analysis.jobs.readiness import lacking, waits_until
from itsq_analysis.settings import parse_settings
from itsq_analysis.settings.jobs import JobSettings

NAMES = {"period", "language", "services", "as_of"}
DUE = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # 07:30 on 1 November in Shanghai
SETTINGS = parse_settings("")


def job(**more: object) -> JobSettings:
    return JobSettings.model_validate({"id": "j", "report": "quality", "cron": "30 7 1 * *"} | more)


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ("last-month", "2026-10"), ("last-quarter", "2026-Q3"), ("last-half", "2026-H1"), ("last-year", "2025"),
        ("last-week", "2026-W43"), ("newest", None),
    ],
)  # fmt: skip
def test_the_period_is_the_last_complete_one_on_the_day_it_is_due(rule: str, label: str | None) -> None:
    found = about(job(period=rule), DUE, SETTINGS)
    assert (found and found.label) == label


def test_months_that_start_on_another_day_are_counted_so() -> None:
    late = parse_settings("[period]\nmonth_starts_on = 26\n")
    for day, label in ((25, "2026-10"), (26, "2026-11")):  # 26 November begins December
        found = about(job(), datetime(2026, 11, day, 4, tzinfo=UTC), late)
        assert found is not None
        assert found.label == label


def test_a_sweep_has_one_run_for_each_service_and_language() -> None:
    found = runs_of(job(for_each=["service", "language"]), DUE, SETTINGS, NAMES, ["E-mail", "VPN"])
    assert [(one["services"], one["language"], one["period"]) for one in found] == [
        (["E-mail"], "zh", "2026-10"), (["E-mail"], "en", "2026-10"), (["VPN"], "zh", "2026-10"), (["VPN"], "en", "2026-10"),
    ]  # fmt: skip


def test_a_notebook_without_a_period_is_told_as_of_the_day_before() -> None:
    [found] = runs_of(job(), DUE, SETTINGS, {"as_of", "language"})
    assert found == {"as_of": "2026-10-31", "language": "zh"}
    assert needed_until(job(), DUE, SETTINGS, {"as_of"}) == datetime(2026, 11, 1).date()
    assert runs_of(job(period="newest"), DUE, SETTINGS, {"as_of"}) == [{}]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def enter(ledger: Ledger, name: str, due: datetime, state: str) -> RunRow:
    with ledger.writing() as connection:
        found = connection.execute(
            "INSERT INTO runs (job, scheduled_for, parameters, state, not_before) VALUES (?, ?, '{}', ?, ?)",
            [name, text(due), state, text(due)],
        )
    assert found.lastrowid
    return ledger.row(found.lastrowid)


def test_data_must_reach_the_end_of_the_period_to_the_minute(ledger: Ledger) -> None:
    row, end = enter(ledger, "j", DUE, "queued"), datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert lacking(ledger, row, job(), SETTINGS, NAMES, end) == ""
    missing = lacking(ledger, row, job(), SETTINGS, NAMES, end - timedelta(minutes=1))
    assert missing == "data are needed up to the end of 2026-10-31; they reach 2026-10-31 23:59"
    assert "there are none" in lacking(ledger, row, job(), SETTINGS, NAMES, None)
    assert lacking(ledger, row, job(period="newest"), SETTINGS, NAMES, None) == ""
    assert lacking(ledger, row, job(parameters={"period": "2020-01"}), SETTINGS, NAMES, None) == ""
    assert waits_until(row, job(wait="6h")) == DUE + timedelta(hours=6)


def test_a_load_that_failed_is_waited_for_until_it_or_a_later_one_is_done(ledger: Ledger) -> None:
    known, after = datetime(2026, 12, 1, tzinfo=UTC), job(after=["data"])
    row = enter(ledger, "j", DUE, "queued")
    assert lacking(ledger, row, after, SETTINGS, NAMES, known) == ""  # it was never due
    enter(ledger, "data", DUE - timedelta(days=2), "done")
    enter(ledger, "data", DUE - timedelta(hours=3), "skipped")
    assert lacking(ledger, row, after, SETTINGS, NAMES, known) == ""
    failed = enter(ledger, "data", DUE - timedelta(hours=1), "failed")
    assert lacking(ledger, row, after, SETTINGS, NAMES, known) == "the load data is not done"
    later = enter(ledger, "data", DUE + timedelta(hours=1), "running")
    assert lacking(ledger, row, after, SETTINGS, NAMES, known) == "the load data is not done"
    ledger.update(later.id, "running", state="done")
    assert lacking(ledger, row, after, SETTINGS, NAMES, known) == ""
    assert ledger.row(failed.id).state == "failed"
