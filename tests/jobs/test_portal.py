"""The portal: what it says of runs, and what it leaves alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from itsq_analysis.errors import ReportError
from itsq_analysis.jobs.notices import write_notices
from itsq_analysis.jobs.portal import MARK, write_portal
from itsq_analysis.jobs.workspace_jobs import WorkspaceJobs
from itsq_analysis.reports.outputs import dangers
from tests.jobs.conftest import NOW, Made

JOB = '[[job]]\nid = "small"\nreport = "small"\ncron = "30 7 1 * *"\n'
HOSTILE = 'E-mail"><script>alert(1)</script>'


WORDS = {one: {"title": "CSAT", "value": "95%"} for one in ("en", "zh")}


def told(number: int, value: float) -> dict[str, object]:
    label = f"2026-{number:02}"
    return {
        "verdict": {"en": f"Verdict {number} {HOSTILE}", "zh": f"结论 {number}"},
        "title": {"en": "Small report", "zh": "小报告"},
        "decisions": [{"words": {"en": {"what": "Hire?", "number": "2"}, "zh": {"what": "招聘？"}}}],
        "headline": [{"indicator": "csat", "status": "met", "certainty": "certain", "words": WORDS}],
        "columns": ["indicator", "period", "dimension", "value"],
        "values": [["csat", label, None, value], ["csat", "2026-01", None, 0.1], ["csat", label, "service", 0.2]],
    }


def portal(made: Made, out: Path | None = None) -> Path:
    ledger = made.ledger()
    try:
        return write_portal(WorkspaceJobs.read(made.folder), ledger, out or made.folder / "portal", NOW).parent
    finally:
        ledger.close()


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def test_it_shows_the_newest_report_its_history_and_trend_in_both_languages(made: Made) -> None:
    made.settings(JOB)
    for number, value in ((8, 0.9), (9, 0.8), (10, 0.95)):
        made.run(number, told(number, value), [])
    folder = portal(made)
    index, chinese = text(folder / "index.en.html"), text(folder / "index.zh.html")
    assert text(folder / "index.html") == index  # the organisation's language
    assert "Verdict 10 E-mail&#34;&gt;&lt;script&gt;" in index
    assert "Verdict 9" not in index
    assert "Hire? (2)" in index
    assert "招聘？" in chinese  # the report itself is in English; its facts are in both
    assert 'href="reports/small-2026-10-en.html"' in index
    [series] = folder.glob("small-*.en.html")
    assert [text(series).count(f"Verdict {number}") for number in (8, 9, 10)] == [1, 1, 1]
    assert text(series).count("<svg") == 1
    for page in folder.glob("*.html"):
        assert dangers(text(page)) == []
        assert "<script" not in text(page)
    assert (folder / "reports" / "small-2026-09-en.html").read_bytes() == (
        made.folder / "reports" / "small-2026-09-en.html"
    ).read_bytes()


def test_a_failed_run_marks_the_last_good_report_as_stale_until_one_is_made(made: Made) -> None:
    made.settings(JOB)
    made.run(9, told(9, 0.9), [])
    made.run(10, told(10, 0.9), [], state="failed")
    index = text(portal(made) / "index.en.html")
    assert (
        "Out of date: the report due 12 November 2026 08:00 was not made. This is the one from 11 November 2026 08:00."
    ) in index
    assert "cell 4: boom" in index
    assert "Verdict 9" in index
    ledger, jobs = made.ledger(), WorkspaceJobs.read(made.folder)
    write_notices(jobs, ledger)
    [english, chinese] = text(made.folder / "reports" / "small.stale.txt").splitlines()
    assert english.startswith("Out of date: the report due 2026-11-12 08:00")
    assert chinese.startswith("未更新")
    made.run(11, told(11, 0.9), [])
    write_notices(jobs, ledger)
    ledger.close()
    assert not (made.folder / "reports" / "small.stale.txt").exists()
    assert "Stale" not in text(portal(made) / "index.en.html")


def test_a_folder_that_holds_something_else_is_refused(made: Made, tmp_path: Path) -> None:
    made.settings(JOB)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "index.html").write_text("mine", encoding="utf-8")
    with pytest.raises(ReportError, match="a folder of its own"):
        portal(made, tmp_path / "other")
    assert text(tmp_path / "other" / "index.html") == "mine"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_replaced_and_names_that_lead_out_are_left_alone(made: Made, tmp_path: Path) -> None:
    made.settings(JOB)
    made.run(9, told(9, 0.9), [])
    outside = tmp_path / "outside.html"
    outside.write_text("mine", encoding="utf-8")
    folder = portal(made, made.folder / "x" / ".." / "portal")
    assert folder == (made.folder / "portal").resolve()
    (folder / "index.html").unlink()
    (folder / "index.html").symlink_to(outside)
    (folder / MARK).write_text("../../outside.html\n/etc/passwd\nreports/../../../outside.html\ngone.html\n", encoding="utf-8")
    (folder / "gone.html").touch()
    ledger = made.ledger()
    ledger.query("UPDATE runs SET page = '../outside.html'")
    ledger.close()
    portal(made)
    assert text(outside) == "mine"
    assert not (folder / "index.html").is_symlink()
    assert not (folder / "gone.html").exists()
    assert "outside" not in text(folder / "index.en.html")
