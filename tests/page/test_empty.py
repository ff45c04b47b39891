"""Reports over little or nothing: every section answers, in both languages, and claims nothing that is not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from itsq_analysis import IndicatorError, quality_report
from itsq_analysis.briefing.findings import findings
from itsq_analysis.indicators.cube import cube
from itsq_analysis.pages.quality.report import QualityReport
from itsq_analysis.text import Language
from tests.page.loaded import SECTIONS, incident, sections, workspace
from tests.page.made import answer, context, rows_of, told

Made = Callable[..., QualityReport]
OUTAGES = [
    {"number": "OUT1", "service": "Mail", "started_at": "2026-10-05 10:00", "restored_at": "2026-10-05 11:00", "kind": "unplanned"}
]
SERVICES = [{"service": name, "tier": 1, "users": 10, "calendar": "7x24"} for name in ("Mail", "ERP")]


@pytest.fixture(scope="module")
def only_incidents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        incident(number, f"2026-{month:02d}-12 09:00") for month in (8, 9, 10) for number in range(100 * month, 100 * month + 25)
    ]
    return workspace(tmp_path_factory.mktemp("incidents"), incidents=rows)


@pytest.fixture(scope="module")
def two_services(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [incident(number, service="Mail" if number % 2 else "ERP") for number in range(40)]
    target = '[[target]]\nindicator = "reopen_rate"\nvalue = "3%"\n'
    return workspace(tmp_path_factory.mktemp("two"), target, incidents=rows, services=SERVICES, outages=OUTAGES)


PERIODS = (
    "2026-10",
    "2026-11",
    "2026-Q4",
    "2026-H2",
    "2026",
    "2026-W42",
    "2026-10-12",
    "2026-10-01..2026-10-15",
    "2026-10-17..2026-10-18",
)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("period", PERIODS)
def test_every_kind_of_period_can_be_told(only_incidents: Path, period: str, language: Language) -> None:
    for section in sections(quality_report(only_incidents, period=period, language=language)).values():
        assert section.answer
        assert "nan" not in " ".join(told(section)).lower().split()


@pytest.mark.parametrize("period", ["2026-05", "2010-01", "2027-03"])
def test_a_period_without_any_incident(only_incidents: Path, period: str) -> None:
    found = sections(quality_report(only_incidents, period=period))
    assert found["verdict"].answer.startswith("No targets have been agreed")
    assert found["demand"].answer.startswith("The data contain no incidents opened in")
    assert found["speed"].answer.startswith("No incident was resolved in")
    assert not any("0 incidents" in sentence for name in found for sentence in told(found[name]))


def test_a_workspace_of_incidents_alone_says_what_is_not_there(only_incidents: Path) -> None:
    found = sections(quality_report(only_incidents, period="2026-10"))
    assert found["changes"].answer == "The data contain no changes, so nothing can be said about them."
    assert found["users_voice"].answer == "The data contain no surveys, so users' opinion cannot be measured."
    assert found["availability"].answer.startswith("No register of outages has been loaded")
    assert found["missed_targets"].answer == "Late incidents cannot be told: itsq.toml has no SLA rules."
    assert answer(found["speed"]).startswith("Half of the 25 incidents resolved in October 2026 took 2 h or less")


def test_a_single_incident(tmp_path: Path) -> None:
    found = sections(quality_report(workspace(tmp_path, incidents=[incident(1)]), period="2026-10"))
    assert answer(found["speed"]) == "One incident was resolved in October 2026, after 2 h (clock time)."
    assert found["demand"].answer.startswith("0.1 incidents per working day. With fewer than 12 complete periods before")
    assert found["appendix"].answer.startswith("1 of the 1 rows read from one file are in use;")


def test_one_service_is_told_alone_and_not_by_what_was_agreed_for_the_whole(two_services: Path) -> None:
    whole = quality_report(two_services, period="2026-10")
    part = quality_report(two_services, period="2026-10", services=["Mail"])
    assert [cube(report.context.scope).value("incidents_opened").value for report in (whole, part)] == [40, 20]
    assert part.header().facts["services"] == "Mail"
    assert whole.verdict().answer == "The one agreed target: 1 not measurable."
    assert part.verdict().answer.startswith("No targets have been agreed")
    assert [row[0] for row in rows_of(part.availability(), 1)[1:]] == ["Mail", "all"]


def test_a_service_without_outages_is_not_said_to_lack_a_register(two_services: Path) -> None:
    part = quality_report(two_services, period="2026-10", services=["ERP"])
    assert "No register" not in part.availability().answer


def test_an_unknown_service_is_refused(two_services: Path) -> None:
    with pytest.raises(IndicatorError, match="found 'Wiki'; use one of ERP, Mail"):
        quality_report(two_services, period="2026-10", services=["Wiki"])


def test_months_that_start_on_another_day(tmp_path: Path) -> None:
    rows = [incident(number, "2026-09-28 09:00") for number in range(30)]
    report = quality_report(workspace(tmp_path, "[period]\nmonth_starts_on = 26\n", incidents=rows), period="2026-10")
    assert report.header().facts["period"] == "October 2026 (26 September to 25 October 2026)"
    assert cube(report.context.scope).value("incidents_opened").value == 30
    sections(report)


def test_calls_alone_tell_their_answer_rate() -> None:
    """2,130 offered, 1,840 answered; every other section says what it lacks."""
    call = {"start": "2018-12-31", "minutes": 1440, "offered": 2130, "answered": 1840}
    made = context(contacts=[call], period="2018-12", as_of="2019-01-01")
    assert f"{cube(made.scope).value('answer_rate').value:.1%}" == "86.4%"
    found = QualityReport(made, {})
    told = {name: getattr(found, name)() for name in SECTIONS if name != "appendix"}  # nothing was loaded: no ledger to tell of
    assert "86.4%" in str(rows_of(told["speed"]))
    assert findings(made.scope) == ()
