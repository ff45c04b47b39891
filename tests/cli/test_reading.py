"""Commands that read and write a store, against a stand-in for the workspace: what is passed on, and what is printed."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from itsq_analysis.errors import IndicatorError, ReportError, StoreError
from itsq_analysis.indicators.catalogue import load_catalogue
from itsq_analysis.reports.run import Made
from itsq_analysis.settings import Settings
from tests.cli.running import itsq

LEDGER = [
    {
        "file": "exports/incident.csv",
        "table": "incidents",
        "mapping": "servicenow",
        "encoding": "gb18030",
        "timezone": "Asia/Shanghai",
        "timezone_from": "workspace",
        "read": 1200,
        "inserted": 1000,
        "updated": 50,
        "unchanged": 149,
        "quarantined": 1,
        "superseded": 100,
        "state_changes": 0,
        "ambiguous_times": 2,
        "shifted_times": 0,
        "day_first": None,
    },
    {
        "file": "registers/服务 ✓.csv",
        "table": "services",
        "mapping": "register",
        "encoding": "utf-8",
        "timezone": "UTC",
        "timezone_from": "mapping",
        "read": 12,
        "inserted": 12,
        "updated": 0,
        "unchanged": 0,
        "quarantined": 0,
        "superseded": 0,
        "state_changes": 0,
        "ambiguous_times": 0,
        "shifted_times": 0,
        "day_first": True,
    },
]
EMPTY = "the table is empty: nothing of this kind has been loaded; incidents of a group of unknown level are left out (2)"
VALUES = [
    {
        "indicator": "sla_resolution_met",
        "period": "2026-10",
        "start": date(2026, 10, 1),
        "end": date(2026, 11, 1),
        "dimension": pd.NA,
        "member": pd.NA,
        "value": 0.912,
        "numerator": 1551.0,
        "denominator": 1700.0,
        "n": 1700,
        "lower": 0.898,
        "upper": 0.925,
        "target": 0.95,
        "target_kind": "agreed",
        "status": "missed",
        "certainty": "certain",
        "provisional": False,
        "reason": pd.NA,
    },
    {
        "indicator": "resolve_time_median",
        "period": "2026-10",
        "start": date(2026, 10, 1),
        "end": date(2026, 11, 1),
        "dimension": "service",
        "member": "=cmd()\x1b[2J",
        "value": 5.934,
        "numerator": pd.NA,
        "denominator": pd.NA,
        "n": 31,
        "lower": 4.0,
        "upper": 9.5,
        "target": pd.NA,
        "target_kind": pd.NA,
        "status": "no target",
        "certainty": pd.NA,
        "provisional": True,
        "reason": pd.NA,
    },
    {
        "indicator": "csat",
        "period": "2026-10",
        "start": date(2026, 10, 1),
        "end": date(2026, 11, 1),
        "dimension": "service",
        "member": "邮件",
        "value": pd.NA,
        "numerator": pd.NA,
        "denominator": pd.NA,
        "n": 0,
        "lower": pd.NA,
        "upper": pd.NA,
        "target": pd.NA,
        "target_kind": pd.NA,
        "status": "not measurable",
        "certainty": pd.NA,
        "provisional": False,
        "reason": "no_data_table; unknown_level=2",
    },
]
QUARANTINE = [
    {
        "file": "a.csv",
        "line": 7,
        "table_name": "incidents",
        "rule": "resolved_before_opened",
        "column_name": "resolved_at",
        "cell": None,
        "value": "2026-01-01",
        "record": "{}",
    },
    {
        "file": "a.csv",
        "line": 9,
        "table_name": "incidents",
        "rule": "resolved_before_opened",
        "column_name": "resolved_at",
        "cell": None,
        "value": "<script>\n",
        "record": "{}",
    },
    {
        "file": "b.csv",
        "line": 2,
        "table_name": "outages",
        "rule": "required",
        "column_name": "service",
        "cell": "sheet 1, B2",
        "value": None,
        "record": "{}",
    },
]


class Workspace:
    """What the commands need of a workspace, with the calls that they made."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.definitions = load_catalogue()
        self.settings = Settings()
        self.snapshot = SimpleNamespace(resolved={})

    def open(self, path: Path | None = None, **options: Any) -> "Workspace":
        self.calls.append(("open", path, options))
        return self

    def load(
        self,
        file: Path | None,
        *,
        mapping: str | None,
        table: str | None,
        without: Sequence[str],
        waiting: Callable[[str], None],
        progress: Callable[[str, int, float], None],
    ) -> pd.DataFrame:
        self.calls.append(("load", file, mapping, table, *without))
        waiting("another load is running: PID 7\non ✓")
        progress("incidents", 7, 0.5)  # a line that moves on a terminal; nothing here
        return pd.DataFrame(LEDGER)

    def snapshots(self) -> pd.DataFrame:
        moment = datetime(2026, 11, 1, 6, tzinfo=UTC)
        return pd.DataFrame([{"id": 1, "committed_at": moment, "horizon": None, "files": 2, "read": 1212, "hash": "0af3"}])

    def quarantine(self, rule: str | None) -> pd.DataFrame:
        rows = [row for row in QUARANTINE if rule in (None, row["rule"])]
        return pd.DataFrame(rows, columns=[*QUARANTINE[0]])

    def values(self, ids: list[str] | None, **options: Any) -> pd.DataFrame:
        self.calls.append(("values", ids, options))
        if ids == ["unknown"]:
            raise IndicatorError("an id must be of the catalogue; found 'unknown'; run: itsq values")
        return pd.DataFrame(VALUES)


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Workspace:
    made = Workspace()
    monkeypatch.setattr("itsq_analysis.workspace.open_workspace", made.open)
    return made


def test_load_prints_a_line_a_file_and_the_total(capsys: pytest.CaptureFixture[str], workspace: Workspace) -> None:
    ended = itsq(capsys, "load", "-w", "运维 数据")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "exports/incident.csv -> incidents: 1,200 read = 1,000 inserted + 50 updated + 149 unchanged + 1 quarantined; "
        "servicenow, gb18030, zone Asia/Shanghai (workspace); 100 replaced within the load by a newer row of the same key; "
        "2 times that occur twice, taken as the first",
        "registers/服务 ✓.csv -> services: 12 read = 12 inserted + 0 updated + 0 unchanged + 0 quarantined; "
        "register, utf-8, zone UTC (mapping); dates are read day first",
        "total: 1,212 read = 1,012 inserted + 50 updated + 149 unchanged + 1 quarantined",
        "rows in quarantine are counted by rule with: itsq quarantine",
    ]
    assert ended.err.splitlines() == ["another load is running: PID 7", "on ✓"]
    assert workspace.calls == [("open", Path("运维 数据"), {}), ("load", None, None, None)]


def test_load_passes_a_file_on(capsys: pytest.CaptureFixture[str], workspace: Workspace) -> None:
    itsq(capsys, "load", "log.csv.gz", "--mapping", "servicenow_event_log", "--table", "incidents")
    assert workspace.calls == [("open", None, {}), ("load", Path("log.csv.gz"), "servicenow_event_log", "incidents")]


def test_values_passes_every_option_on(capsys: pytest.CaptureFixture[str], workspace: Workspace) -> None:
    options = "--period 2026-10 --by service --by priority --history 3 --as-of 2026-10-31 --services A --services B --snapshot 4"
    itsq(capsys, "values", "csat", "nps", *options.split(), "-w", "x")
    assert workspace.calls == [
        ("open", Path("x"), {"snapshot": 4, "services": ("A", "B")}),
        (
            "values",
            ["csat", "nps"],
            {"period": "2026-10", "by": ["service", "priority"], "history": 3, "as_of": "2026-10-31"},
        ),
    ]


def test_values_without_options_are_those_of_the_last_month(capsys: pytest.CaptureFixture[str], workspace: Workspace) -> None:
    itsq(capsys, "values")
    assert workspace.calls[1] == ("values", None, {"period": "last-month", "by": None, "history": 1, "as_of": None})


@pytest.mark.usefixtures("workspace")
def test_a_table_of_values_reads_as_people_read(capsys: pytest.CaptureFixture[str]) -> None:
    ended = itsq(capsys, "values")
    header, _, *rows = [line.strip() for line in ended.out.splitlines() if line.strip()]
    cells = [[part.strip() for part in row.split("  ") if part.strip()] for row in (header, *rows)]
    assert cells == [
        ["indicator", "period", "dimension", "member", "value", "of", "likely between", "target", "judgement"],
        ["sla_resolution_met", "2026-10", "91.2 %", "1,551 of 1,700", "89.8 % - 92.5 %", "95.0 %", "missed, certain"],
        [
            "resolve_time_median",
            "2026-10",
            "service",
            "=cmd()\\x1b[2J",
            "5.93 h",
            "n = 31",
            "4 h - 9.50 h",
            "no target, provisional",
        ],
        ["csat", "2026-10", "service", "邮件", "n = 0", "not measurable, " + EMPTY],
    ]
    assert "\x1b" not in ended.out


@pytest.mark.usefixtures("workspace")
def test_json_is_only_data_with_null_for_missing(capsys: pytest.CaptureFixture[str]) -> None:
    ended = itsq(capsys, "values", "--format", "json")
    first, second, third = json.loads(ended.out)
    assert list(first) == list(VALUES[0])
    assert (first["start"], first["value"], first["n"], first["provisional"], first["member"]) == (
        "2026-10-01",
        0.912,
        1700,
        False,
        None,
    )
    assert second["member"] == "=cmd()\x1b[2J"
    assert (third["value"], third["member"]) == (None, "邮件")
    assert ended.err == ""


@pytest.mark.usefixtures("workspace")
def test_csv_is_only_data_with_nothing_for_missing(capsys: pytest.CaptureFixture[str]) -> None:
    ended = itsq(capsys, "values", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert [row["value"] for row in rows] == ["0.912", "5.934", ""]
    assert rows[1]["member"] == "'=cmd()[2J"
    assert rows[0]["start"] == "2026-10-01"


@pytest.mark.usefixtures("workspace")
def test_an_error_of_a_room_ends_with_2_and_writes_no_data(capsys: pytest.CaptureFixture[str]) -> None:
    ended = itsq(capsys, "values", "unknown", "--format", "json")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "itsq: an id must be of the catalogue; found 'unknown'; run: itsq values\n"


@pytest.mark.usefixtures("workspace")
def test_snapshots_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    table = itsq(capsys, "snapshots").out
    assert "2026-11-01 06:00:00+00:00" in table
    assert json.loads(itsq(capsys, "snapshots", "--format", "json").out) == [
        {"id": 1, "committed_at": "2026-11-01T06:00:00+00:00", "horizon": None, "files": 2, "read": 1212, "hash": "0af3"}
    ]


@pytest.mark.usefixtures("workspace")
def test_quarantine_is_counted_by_rule_or_listed(capsys: pytest.CaptureFixture[str]) -> None:
    counted = itsq(capsys, "quarantine").out
    rows = [line.split() for line in counted.splitlines() if line.strip()]
    assert rows[2] == ["incidents", "resolved_before_opened", "2", "a.csv", "7", "2026-01-01"]
    assert rows[3] == ["outages", "required", "1", "b.csv", "sheet", "1,", "B2"]
    assert rows[4][:2] == ["3", "rows;"]
    listed = itsq(capsys, "quarantine", "--rule", "resolved_before_opened").out
    assert "<script>\\n" in listed
    assert "b.csv" not in listed
    assert itsq(capsys, "quarantine", "--rule", "none").out == "no row is in quarantine for the rule none\n"
    assert len(json.loads(itsq(capsys, "quarantine", "--format", "json").out)) == 3


@pytest.mark.usefixtures("workspace")
def test_a_console_of_another_encoding_gets_an_ascii_frame_and_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    from itsq_analysis.cli import main

    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="gbk", newline="\n")
    for command in (["values"], ["load"], ["values", "--format", "json"], ["quarantine"]):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stream)
            patch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding="gbk"))
            with pytest.raises(SystemExit) as ended:
                main(command)
        assert not ended.value.code
    stream.flush()
    text = raw.getvalue().decode("gbk")
    assert "邮件" in text
    assert "registers/服务 \\u2713.csv" in text
    assert "\u2500" not in text


def test_a_report_s_options_are_passed_on_and_its_path_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []

    page, values = tmp_path / "quality-2026-10-zh.html", tmp_path / "quality-2026-10-zh.values.csv"

    def run_reports(names: list[str], workspace: Path, parameters: dict[str, Any], **options: Any) -> Iterator[Made]:
        calls.append((names, workspace, parameters, options))
        yield Made("quality-2026-10-zh", page, (values,))
        if len(names) > 1:
            yield Made("capacity-2026-10-zh", error=ReportError("no metrics"))

    monkeypatch.setattr("itsq_analysis.reports.run.run_reports", run_reports)
    monkeypatch.setattr("itsq_analysis.reports.source.refresh", lambda *_, **__: None)
    (tmp_path / "itsq.toml").touch()
    options = "--period 2026-10 --lang zh --services A --services B --as-of 2026-11-01 --snapshot 3 --out reports"
    ended = itsq(capsys, "run", "quality", *options.split(), "-w", tmp_path)
    assert ended.out == f"{page}\n"
    itsq(capsys, "run", "quality", "-w", tmp_path / "itsq.toml", "--png")
    ended = itsq(capsys, "run", "quality", "-w", tmp_path, "--files", "--previous", "earlier.values.csv")
    assert ended.out == f"{page}\n{values}\n"
    several = itsq(capsys, "run", "quality", "capacity", "--lang", "en,zh", "-w", tmp_path)
    assert (several.code, several.out, several.err) == (2, f"{page}\n", "itsq: no metrics\n")
    plain = {
        "out": None,
        "snapshot": None,
        "pictures": False,
        "pdf": False,
        "slides": False,
        "languages": ["zh"],
    }  # the workspace's language
    assert calls == [
        (
            ["quality"],
            tmp_path,
            {"period": "2026-10", "language": "zh", "services": ["A", "B"], "as_of": "2026-11-01"},
            {**plain, "out": Path("reports"), "snapshot": 3},
        ),
        (["quality"], tmp_path, {}, {**plain, "pictures": True}),
        (["quality"], tmp_path, {"previous": Path("earlier.values.csv")}, plain),
        (["quality", "capacity"], tmp_path, {}, {**plain, "languages": ["en", "zh"]}),
    ]


def test_a_store_error_is_a_message(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path | None, **options: Any) -> Workspace:
        raise StoreError(f"snapshot {options['snapshot']} must exist")

    monkeypatch.setattr("itsq_analysis.workspace.open_workspace", refuse)
    ended = itsq(capsys, "values", "--snapshot", "99")
    assert (ended.code, ended.err) == (2, "itsq: snapshot 99 must exist\n")


def test_notebooks_says_what_it_wrote(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsq_analysis.reports.notebooks.copy_notebooks", lambda folder: [folder / "quality_report.ipynb"])
    assert itsq(capsys, "notebooks", tmp_path).out == f"written: {tmp_path / 'quality_report.ipynb'}\n"
