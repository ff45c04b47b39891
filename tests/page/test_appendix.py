"""Data quality, definitions and provenance of a small loaded workspace, against the ledger of its load."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from itsq_analysis import open_workspace, quality_report
from itsq_analysis.page.appendix import definitions, provenance
from itsq_analysis.pages.quality.data_quality import data_quality
from itsq_analysis.pages.quality.report import QualityReport
from itsq_analysis.pages.quality.used import used_indicators
from itsq_analysis.text import Language
from tests.page.loaded import Page, incident, sections, workspace, write
from tests.page.made import rows_of, told

ROWS = [
    *(incident(number, channel="phone", category="Software") for number in range(30)),
    *(incident(number, channel="WeChat", category="") for number in range(30, 33)),
    incident(33, hours=-1, channel="phone", category=""),
    incident(34, hours=-2, channel="phone", category=""),
    incident(35, channel="phone", category="", priority=77),
    incident(36, hours=None, channel="phone", category=""),
    incident(37, channel="phone", category="", resolved_at=""),
    incident(38, channel="phone", category="", opened_at=""),
]
OLDER = [{**incident(number), "updated_at": "2026-10-12 09:00:00"} for number in range(4)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("small") / "运维 数据"
    rows = [{**row, "u_colour": "red"} for row in ROWS]
    write(found / "exports" / "older.csv", OLDER)
    return workspace(found, incidents=rows, groups=[{"assignment_group": "Desk", "level": 1}])


@pytest.fixture(scope="module")
def report(folder: Path) -> QualityReport:
    return quality_report(folder, period="2026-10")


def test_data_quality_tells_the_ledgers_numbers(folder: Path, report: QualityReport) -> None:
    ledger = open_workspace(folder).load()
    section = data_quality(report.context)
    assert section.answer == (
        "37 of the 44 rows read from 3 files are in use; 4 are older versions of the same rows, 3 were quarantined."
    )
    told_files = {row[0]: [int(cell) for cell in row[2:6]] for row in rows_of(section)[1:]}
    counted = {
        row["file"]: [row["read"], row["read"] - row["superseded"] - row["quarantined"], row["superseded"], row["quarantined"]]
        for _, row in ledger.iterrows()
    }
    assert told_files == counted
    assert told_files["exports/older.csv"] == [4, 0, 4, 0]


def test_data_quality_names_rules_values_columns_and_gaps(report: QualityReport) -> None:
    section = data_quality(report.context)
    rules, unmapped, ignored, missing = (rows_of(section, place)[1:] for place in (1, 2, 3, 4))
    assert [row[:3] for row in rules] == [
        ["Resolved before it was opened.", "Incidents", "2"],
        ["A required value is missing.", "Incidents", "1"],
    ]
    assert rules[0][3] == "exports/incidents.csv, line 35: 2026-10-12 08:33:00"
    assert unmapped == [  # the incident of priority 77 is used without it
        ["exports/incidents.csv", "Channel", "WeChat", "3"],
        ["exports/incidents.csv", "Priority", "77", "1"],
    ]
    assert ignored == [["exports/incidents.csv", "u_colour"]]
    gaps = {row[0]: row[1:] for row in missing}
    assert gaps["Channel"] == ["3 of 36", "8.3%"]
    assert gaps["Category"] == ["6 of 36", "16.7%"]
    assert gaps["Resolved (of closed incidents)"] == ["1 of 35", "2.9%"]  # not the open one
    assert gaps["Service"] == ["36 of 36", "100%"]


def test_small_shares_of_missing_values_are_counts_alone(tmp_path: Path) -> None:
    few = workspace(tmp_path, incidents=[incident(number, category="") for number in range(3)])
    assert ["Category", "3 of 3", "–"] in rows_of(data_quality(quality_report(few, period="2026-10").context), 1)


def test_every_indicator_of_which_a_number_is_printed_is_defined(demo_pages: dict[Language, Page]) -> None:
    for page in demo_pages.values():
        context = page.report.context
        records = context.keys.records()
        printed = {records[key]["indicator"] for key, _ in page.printed if "indicator" in records[key]}
        used = used_indicators(context.scope)
        defined = [row[0] for row in rows_of(definitions(context, used, []))[1:]]
        assert len(printed) > 20
        assert printed <= set(used)
        assert defined == [context.title(name) for name in used]
        assert len(defined) == len(set(defined))


def test_a_definition_states_population_interval_and_place_in_the_standards(report: QualityReport) -> None:
    section = definitions(report.context, used_indicators(report.context.scope), [])
    rows = {row[0]: row[1:] for row in rows_of(section)}
    meaning, place = rows["Reopen rate"]
    assert meaning == (
        "Share that was reopened at least once. Provisional until 14 days after the period, because a reopening can still come."
        "Population: incidents resolved in the period, without canceled ones. Interval: Wilson."
    )
    assert place == "§ 2.3, ISO/IEC 20000-1 8.6.1, GB/T 33850 reliability, GB/T 28827.1 process"
    assert told(definitions(report.context, used_indicators(report.context.scope), []))[-1].startswith(
        "Assignments to GB/T 33850 are proposed by itsq"
    )


def test_provenance_has_hashes_and_parameters_and_no_path_of_the_machine(folder: Path, report: QualityReport) -> None:
    section = provenance(report.context, report.parameters)
    facts = dict(rows_of(section)[1:])
    snapshot = open_workspace(folder).snapshot
    assert facts["Data snapshot"] == f"{snapshot.id} ({snapshot.hash[:16]})"
    assert facts["Data as of"] == "20 November 2026 00:00"
    assert facts["Parameters"].startswith("period = 2026-10; services = –; language = en; as_of = –; snapshot = 1")
    assert facts["Time zone"] == "Asia/Shanghai"
    assert facts["Working calendar"] == "5x8: Mon-Fri 09:00-12:00,13:00-18:00 CN; 7x24: 7x24 CN"
    assert "itsq-analysis 0." in facts["Software"]
    hashes = dict(rows_of(section, 1)[1:])
    assert hashes["exports/incidents.csv"] == hashlib.sha256((folder / "exports" / "incidents.csv").read_bytes()).hexdigest()
    for found in sections(report).values():
        assert str(folder.parent) not in f"{found.opening}{found.parts}"


def test_parameters_are_told_as_they_were_given(folder: Path) -> None:
    given = quality_report(folder, period="2026-Q4", as_of="2026-11-01", language="zh")
    parameters = dict(rows_of(provenance(given.context, given.parameters))[1:])["参数"]
    assert parameters.startswith("period = 2026-Q4; services = –; language = zh; as_of = 2026-11-01; snapshot = 1")


def test_the_header_tells_the_control_block_and_whether_the_period_is_over(folder: Path, report: QualityReport) -> None:
    facts = report.header().facts
    assert (facts["period"], facts["complete"], facts["services"]) == ("October 2026", True, "all")
    assert {"number", "classification", "prepared", "reviewed", "approved"} <= facts.keys()
    assert quality_report(folder, period="2026-11", language="zh").header().facts["complete"] is False
