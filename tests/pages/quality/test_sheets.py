"""The workbook's sheets over hand-made tables: what stands in them, and that no text of an export does harm there."""

import re
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.earlier import read_earlier
from itsq_analysis.page.values_csv import to_csv
from itsq_analysis.pages.quality.majors import majors_sheet
from itsq_analysis.pages.quality.report import QualityReport
from itsq_analysis.pages.quality.used import report_values
from itsq_analysis.tables.plain_text import FORMULA
from tests.page.made import RULES, agreed, context, incidents

HEADLINE = '[report]\nheadline = ["incidents_opened", "sla_resolution_met"]\nclassification = "{word}"\n'
REFUSED = (
    "CREATE TABLE quarantine AS SELECT $word AS file, 7::BIGINT AS line, 'incidents' AS table_name, 'missing_required' AS rule, "
    "'number' AS column_name, $word AS value, '' AS record"
)
EVIL = "=HYPERLINK(\"http://127.0.0.1:9/\" & A1, 'x')"

Cells = list[list[object]]


def subject(word: str = "Mail", language: str = "en") -> ReportContext:
    """Every table with a row in October 2026 whose texts are `word`; one incident of two is late."""
    toml = HEADLINE.replace("{word}", word.replace('"', '\\"')) + RULES + agreed("sla_resolution_met", '"95%"')
    texts = {"service": word, "assignment_group": word, "supplier": word, "short_description": "disk full"}
    late = {"sla_due_at": "2026-10-12 17:00", "working_seconds": 36_000, "paused_seconds": 0, **texts}
    again = [row | {"resolved_at": None} for row in incidents(6, "2026-09-13 09:00", **texts)]
    made = context(
        toml,
        language=language,  # type: ignore[arg-type]
        incidents=[*incidents(1, late=1, hours=10, **late) , *incidents(1, "2026-10-13 09:00", **texts), *again],
        services=[{"service": word, "calendar": "7x24", "users": 800}],
        groups=[{"assignment_group": word, "level": 1, "supplier": word}],
        outages=[
            {"number": word, "service": word, "started_at": "2026-10-05 09:00", "restored_at": "2026-10-05 10:30", "major": True,
             "users_affected": 200, "cause": word, "action": word, "change": word, "reviewed_on": date(2026, 10, 7)},
        ],
        changes=[
            {"number": word, "opened_at": "2026-10-01", "closed_at": "2026-10-09 18:00", "state": "closed", "type": "emergency",
             "outcome": "unsuccessful", "service": word, "short_description": word},
        ],
        exemptions=[{"ticket": "2026-10-12 09:00 0", "indicator": "sla_resolution_met", "reason": word, "approved_by": word,
                     "approved_on": date(2026, 11, 2)}],
        notes=[
            {"period": "2026-10", "indicator": "sla_resolution_met", "cause": word, "action": word, "owner": word,
             "due": date(2026, 11, 10), "decision_needed": True},
            {"period": "2026-09", "indicator": "sla_resolution_met", "action": "done before", "done_on": date(2026, 9, 30)},
        ],
    )  # fmt: skip
    made.workspace.connection.execute(REFUSED, {"word": word})
    return made


def report(made: ReportContext, earlier: Path | None = None) -> QualityReport:
    return QualityReport(made, {}, read_earlier(earlier) if earlier else None)


def workbook(made: ReportContext, earlier: Path | None = None) -> bytes:
    return report(made, earlier).files().contents[".xlsx"]


def read(content: bytes) -> dict[str, Cells]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """The values of a report of the same data that told other numbers."""
    frame = report_values(subject())
    path = tmp_path / "quality-2026-09-en.values.csv"
    path.write_bytes(to_csv(frame.assign(value=frame["value"] + 1)))
    return path


def test_the_sheets_in_both_languages(earlier: Path) -> None:
    assert [*read(workbook(subject(), earlier))] == [
        "Scorecard", "By period", "Major incidents", "Outages", "Failed changes", "What keeps coming back", "Late incidents",
        "Incidents at risk", "Exemptions", "Actions", "Quarantined", "Restated values", "Definitions", "About",
    ]  # fmt: skip
    assert [*read(workbook(subject(language="zh")))] == [
        "指标一览", "各期数据", "重大事件", "服务中断", "失败变更", "反复发生的原因", "超时事件", "超时风险事件",
        "豁免（剔除）", "改进措施", "未入库记录", "统计口径", "说明",
    ]  # fmt: skip


def test_the_scorecard_has_numbers_that_can_be_computed_with() -> None:
    """The late one of two is exempted by approval: 1 of 1 is judged, and 50 % before exemptions stands beside it."""
    head, opened, in_time = read(workbook(subject()))["Scorecard"]
    found = dict(zip(head, in_time, strict=True))
    assert found == found | {
        "Indicator": "Resolution in time (recomputed)", "Unit": "%", "Value": 1.0, "Target": 0.95, "Kind of target": "agreed",
        "Status": "met", "Certainty": "too few to tell", "Numerator": 1.0, "Denominator": 1.0, "n": 1.0,
        "Before exemptions": 0.5, "Status before": "missed", "Remark": "too few to judge",
    }  # fmt: skip
    assert opened[:3] == ["Incidents opened", "number", 2.0]


def test_every_period_is_a_column() -> None:
    sheet = read(workbook(subject()))["By period"]
    assert sheet[0][:3] == ["Indicator", "Unit", "Oct 2025"]
    assert (sheet[0][-1], len(sheet[0])) == ("Oct 2026", 15)
    assert sheet[1][0] == "Incidents opened"
    assert sheet[1][-1] == 2.0


def test_outages_and_failed_changes_one_by_one() -> None:
    sheets = read(workbook(subject()))
    outage = dict(zip(*sheets["Outages"], strict=True))
    assert outage == outage | {
        "Number": "Mail", "Major incident": "yes", "Started": datetime(2026, 10, 5, 9), "Restored": datetime(2026, 10, 5, 10, 30),
        "Duration": 1.5, "Users affected": 200.0, "User-hours lost": 300.0, "Review held on": date(2026, 10, 7), "Problem": "",
    }  # fmt: skip
    assert sheets["Failed changes"][1] == ["Mail", "emergency", "Mail", "Mail", datetime(2026, 10, 9, 18)]


def test_major_incidents_with_everything_known_of_them() -> None:
    major = dict(zip(*read(workbook(subject()))["Major incidents"], strict=True))
    assert major == major | {
        "Number": "Mail", "Service": "Mail", "Started": datetime(2026, 10, 5, 9), "Restored": datetime(2026, 10, 5, 10, 30),
        "Duration": 1.5, "User-hours lost": 300.0, "Problem": "", "Review held on": date(2026, 10, 7),
        "Review, working days late": 0.0,
    }  # fmt: skip
    assert majors_sheet(context(incidents=incidents(2, major=False))).empty == "There was no major incident."


def test_late_incidents_and_refused_rows() -> None:
    sheets = read(workbook(subject()))
    late = dict(zip(*sheets["Late incidents"], strict=True))
    assert late == late | {
        "Number": "2026-10-12 09:00 0", "Standing": "resolved late", "Priority": "P3", "Limit": datetime(2026, 10, 12, 17),
        "Hours over": 2.0, "Working hours": 10.0, "in progress": "",
    }  # fmt: skip
    assert sheets["Quarantined"][1] == ["Incidents", "A required value is missing.", 1.0, "Mail", 7.0, "Mail"]


def test_exemptions_with_the_value_before_and_after() -> None:
    found = dict(zip(*read(workbook(subject()))["Exemptions"], strict=True))
    assert found == found | {
        "Ticket or outage": "2026-10-12 09:00 0", "Indicator": "Resolution in time (recomputed)", "Reason": "Mail",
        "Approved": "yes", "Approved on": date(2026, 11, 2), "Unit": "%", "Before exemptions": 0.5,
        "Status before": "missed", "After exemptions": 1.0,
        "Status after": "met",
    }  # fmt: skip


def test_actions_still_open_and_done() -> None:
    head, still, done = read(workbook(subject()))["Actions"]
    found = dict(zip(head, still, strict=True))
    assert found == found | {
        "Action": "Mail", "Cause": "Mail", "Owner": "Mail", "Due": date(2026, 11, 10), "Days overdue": 9.0,
        "Decision needed": "yes", "Status": "open, overdue", "Before": "", "Difference": "",
    }  # fmt: skip
    found = dict(zip(head, done, strict=True))
    assert found == found | {"Action": "done before", "Done on": date(2026, 9, 30), "Status": "done", "After": 1.0, "Unit": "%"}


def test_restated_values_are_numbers(earlier: Path) -> None:
    head, first, *_ = read(workbook(subject(), earlier))["Restated values"]
    assert head == ["Indicator", "Period", "Before", "Now", "Remark"]
    assert first == ["Incidents opened", "October 2026", 3.0, 2.0, ""]


def test_lists_without_rows_say_why() -> None:
    made = context(HEADLINE.replace("{word}", "x"), incidents=incidents(2))
    made.workspace.connection.execute(REFUSED + " LIMIT 0", {"word": ""})
    sheets = read(workbook(made))
    assert sheets["Outages"][1][0] == made.say("availability_no_data")
    assert sheets["Failed changes"][1][0] == made.say("changes_no_data")
    assert sheets["Late incidents"][1][0] == made.say("late_unmeasured")
    assert [sheets[name][1][0] for name in ("Quarantined", "Exemptions", "Actions")] == ["none"] * 3


@pytest.mark.parametrize("word", [EVIL, "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\uff1d1"])
def test_no_text_of_an_export_is_a_formula_in_any_sheet(word: str, earlier: Path) -> None:
    made = subject(word)
    words = {"en": word, "zh": word}
    catalogue = {
        name: replace(one, title=words, meaning=words, population=words, interval=words)
        for name, one in made.workspace.definitions.items()
    }
    made.workspace.__dict__["definitions"] = catalogue
    content = workbook(made, earlier)
    for name, rows in read(content).items():
        cells = [cell for row in rows for cell in row if isinstance(cell, str)]
        if name != "Incidents at risk":  # too few tickets for a row; tried in tests/pages/daily
            assert [cell for cell in cells if word in cell], f"sheet {name} was not tried"
        assert [cell for cell in cells if FORMULA.match(cell.lstrip())] == []
    with ZipFile(BytesIO(content)) as archive:
        sheets = [archive.read(name).decode("utf-8") for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 14
    assert [found for sheet in sheets for found in re.findall(r"<f>|<hyperlink|externalLink", sheet)] == []


def test_the_same_scene_gives_the_same_files() -> None:
    assert report(subject()).files() == report(subject()).files()
    assert report(subject()).values().equals(report_values(subject()))
