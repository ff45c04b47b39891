"""The commands of unattended runs, as a user types them."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from itsq_analysis.cli.checking import workspace_findings
from tests.cli.running import itsq
from tests.jobs.conftest import Made, Unattended

JOB = '[[job]]\nid = "small"\nreport = "small"\ncron = "30 7 1 * *"\n'


def test_jobs_lists_what_is_due_next_in_each_jobs_zone(unattended: Unattended, capsys: pytest.CaptureFixture[str]) -> None:
    second = '[[job]]\nid = "data"\nload = true\ncron = "0 6 * * *"\ntimezone = "Europe/Berlin"\n'
    unattended.settings(JOB + second)
    ended = itsq(capsys, "jobs", "--next", "3", "-w", unattended.folder)
    lines = [line.split() for line in ended.out.splitlines() if line.strip()][2:]
    assert ended.code == 0
    listed = Counter((line[1], line[2], line[3]) for line in lines)
    daily, monthly = ("06:00", "Europe/Berlin", "data"), ("07:30", "Asia/Shanghai", "small")
    # the next three, and the monthly one also on a day of the month when it is not among them
    assert listed.keys() == {daily, monthly}
    assert listed[daily] in (2, 3)
    assert listed[monthly] == 1
    unattended.settings("")
    assert "no jobs yet" in itsq(capsys, "jobs", "-w", unattended.folder).out


def test_a_job_whose_cron_and_working_day_never_meet_is_told(unattended: Unattended, capsys: pytest.CaptureFixture[str]) -> None:
    for cron, told in (("0 7 1 * *", True), ("30 7 * * *", False)):
        unattended.settings(f'[[job]]\nid = "a"\nload = true\ncron = "{cron}"\non = "working day 20"\n')
        ended = itsq(capsys, "jobs", "-w", unattended.folder)
        assert ended.code == 0
        assert ('let the cron name every day, such as "30 7 * * *"' in ended.err.replace("\n", " ")) is told


def test_a_backfill_is_made_by_the_next_tick_and_not_made_twice(unattended: Unattended, capsys: pytest.CaptureFixture[str]) -> None:
    unattended.settings(JOB + 'catch_up = "none"\nwait = "1s"\n')
    where = ("-w", unattended.folder)
    days = ("--from", "2026-08-01", "--to", "2026-10-31")
    assert itsq(capsys, "backfill", "small", *days, *where).out == "queued: 3; next: itsq run-due\n"
    made = itsq(capsys, "run-due", *where)
    assert (made.code, made.err) == (0, "")
    assert [line.split()[3] for line in made.out.splitlines() if line.startswith("done")] == [
        f"reports/small-2026-{month}-en.html" for month in ("07", "08", "09")
    ]
    assert "all runs of these days" in itsq(capsys, "backfill", "small", *days, *where).out
    assert itsq(capsys, "run-due", *where).out == "nothing is due\n"
    assert "found 'smal'" in itsq(capsys, "backfill", "smal", *days, *where).err
    assert "exchange them" in itsq(capsys, "backfill", "small", "--from", "2026-09-02", "--to", "2026-09-01", *where).err
    assert "such as 2026-10-01" in itsq(capsys, "backfill", "small", "--from", "today", "--to", "2026-09-01", *where).err


def test_runs_rerun_and_approve(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    made.settings(JOB + "approve = true\n")
    made.run(9, {}, [("report", "boss", "", "held")])
    made.run(10, {}, [("failure", "ops", "", "sent")], state="failed")
    where = ("-w", made.folder)
    rows = json.loads(itsq(capsys, "runs", "--format", "json", *where).out)
    assert [(row["id"], row["state"], row["deliveries"]) for row in rows] == [(9, "done", "1 held"), (10, "failed", "1 sent")]
    [row] = json.loads(itsq(capsys, "runs", "--failed", "--format", "json", *where).out)
    assert (row["id"], row["why"]) == (10, "cell 4: boom")
    assert "must be done" in itsq(capsys, "approve", "10", "--by", "Li", *where).err
    assert '--by "Li Wei"' in itsq(capsys, "approve", "9", "--by", " ", *where).err
    assert itsq(capsys, "approve", "9", "--by", "李伟", *where).out.startswith("approved: 9 by 李伟")
    assert itsq(capsys, "approve", "9", "--by", "Other", *where).out.endswith("(before)\n")
    assert itsq(capsys, "rerun", "10", *where).out == "queued: 10; next: itsq run-due\n"
    rows = json.loads(itsq(capsys, "runs", "--format", "json", *where).out)
    assert [(row["state"], row["approved"], row["deliveries"]) for row in rows] == [("done", "李伟", "1 held"), ("queued", "", "")]
    assert "itsq runs lists them" in itsq(capsys, "rerun", "99", *where).err
    assert itsq(capsys, "portal", *where).out.strip().endswith("index.html")


def test_run_due_says_what_failed_by_its_exit_code(unattended: Unattended, capsys: pytest.CaptureFixture[str]) -> None:
    unattended.settings(JOB + 'period = "newest"\nretries = 0\nparameters = { fate = "fail" }\n')
    ended = itsq(capsys, "run-due", "-w", unattended.folder)
    assert ended.code == 1
    assert "failed: 1 small: small-2026-10-en-4a2ffcf7 was not made: cell 4" in ended.err
    unattended.settings(JOB.replace('"small"\ncron', '"smal"\ncron'))
    ended = itsq(capsys, "run-due", "-w", unattended.folder)
    assert (ended.code, "job small: a report must be one of" in ended.err) == (2, True)


def test_check_refuses_what_a_job_cannot_find(unattended: Unattended) -> None:
    def said(text: str) -> list[tuple[str, str]]:
        unattended.settings(text)
        return [(finding.key, finding.remedy) for finding in workspace_findings(unattended.folder) if finding.key.startswith("job")]

    assert said(JOB) == []
    [(key, remedy)] = said(JOB.replace('report = "small"', 'report = "smal"'))
    assert (key, "audit, capacity, daily, forecast, quality, service, small" in remedy) == ("job[1].report", True)
    [(key, remedy)] = said(JOB + 'parameters = { perod = "2026-10" }\n')
    assert (key, "did you mean 'period'?" in remedy) == ("job[1].parameters", True)
    small = (unattended.folder / "notebooks" / "small_report.ipynb").read_text(encoding="utf-8")
    unattended.write("notebooks/none_report.ipynb", small.replace("services: list[str] = []\\n", ""))
    [(key, remedy)] = said(JOB.replace('report = "small"', 'report = "none"\nfor_each = "service"'))
    assert (key, "has no parameter services" in remedy) == ("job[1].for_each", True)


def test_check_refuses_a_service_that_the_data_do_not_name(demo, tmp_path) -> None:
    import shutil

    folder = tmp_path / "ws"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("exports", "reports", "cache"))
    text = (folder / "itsq.toml").read_text(encoding="utf-8")
    extra = '\n[[job]]\nid = "one"\nreport = "quality"\ncron = "0 8 1 * *"\nparameters = {{ services = ["{}"] }}\n'
    for name, count in (("ERP", 0), ("ERQ", 1)):
        (folder / "itsq.toml").write_text(text + extra.format(name), encoding="utf-8")
        found = [finding for finding in workspace_findings(folder) if finding.key.startswith("job")]
        assert len(found) == count, found
    assert "did you mean ERP?" in found[0].remedy
