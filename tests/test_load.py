"""Loads as a whole: the ledger's equation, upserts, quarantine, snapshots, hostile text, awkward folders."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from types import SimpleNamespace

import pytest

from itsq_analysis import IndicatorError, IngestError, StoreError, open_workspace

HOSTILE = ["<script>alert(1)</script>", "=cmd()", "{{7*7}}", "' OR 1=1 --", '"; DROP TABLE incidents; --']
HEAD = "number,opened_at,resolved_at,sys_updated_on,state,priority,business_service,short_description"


def workspace(folder: Path, extra: str = "") -> Path:
    (folder / "exports").mkdir(parents=True)
    (folder / "itsq.toml").write_text(
        '[organisation]\nname = "Test"\ntimezone = "Asia/Shanghai"\nholidays = "CN"\n'
        '[[source]]\nglob = "exports/*.csv"\nmapping = "servicenow"\ntable = "incidents"\n' + extra,
        encoding="utf-8",
    )
    return folder


def write(folder: Path, name: str, *rows: str, head: str = HEAD) -> None:
    (folder / "exports" / name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def row(number: int, day: int = 5, updated: int = 6, text: str = "x", resolved: str = "") -> str:
    return f"INC{number},2026-10-{day:02} 09:00:00,{resolved},2026-10-{updated:02} 09:00:00,In Progress,3 - Moderate,E-mail,{text}"


def balanced(ledger) -> bool:
    return bool((ledger["read"] == ledger["inserted"] + ledger["updated"] + ledger["unchanged"] + ledger["quarantined"]).all())


def counts(ledger) -> dict[str, int]:
    return {name: int(ledger[name].sum()) for name in ("read", "inserted", "updated", "unchanged", "quarantined", "superseded")}


@pytest.fixture
def folder(tmp_path) -> Path:
    return workspace(tmp_path / "运维 数据")


def test_the_same_export_twice_changes_nothing(folder):
    write(folder, "a.csv", row(1), row(2), row(3, resolved="2026-10-04 09:00:00"))
    first = open_workspace(folder).load()
    assert balanced(first)
    assert counts(first) == {"read": 3, "inserted": 2, "updated": 0, "unchanged": 0, "quarantined": 1, "superseded": 0}
    second = open_workspace(folder).load()
    assert counts(second) == {"read": 3, "inserted": 0, "updated": 0, "unchanged": 2, "quarantined": 1, "superseded": 0}
    ws = open_workspace(folder)
    assert len(ws.store.snapshots()) == 1
    refused = ws.quarantine()
    assert refused[["file", "line", "rule", "column_name"]].to_numpy().tolist() == [
        ["exports/a.csv", 4, "resolved_before_opened", "resolved_at"]
    ]


def test_the_newest_version_wins_whatever_the_order_of_files(folder):
    write(folder, "a.csv", row(1, updated=9, text="newest"), row(2, updated=6, text="tie a"))
    write(folder, "b.csv", row(1, updated=7, text="older"), row(2, updated=6, text="tie b"))
    ledger = open_workspace(folder).load()
    assert balanced(ledger)
    assert counts(ledger)["superseded"] == 2
    texts = open_workspace(folder).table("incidents").set_index("number")["short_description"].to_dict()
    assert texts == {"INC1": "newest", "INC2": "tie b"}


def test_an_overlapping_later_export_updates_only_what_changed(folder):
    write(folder, "a.csv", row(1), row(2), row(3))
    open_workspace(folder).load()
    write(folder, "a.csv", row(2), row(3, updated=8, text="changed"), row(4, day=7))
    ledger = open_workspace(folder).load()
    assert counts(ledger) == {"read": 3, "inserted": 1, "updated": 1, "unchanged": 1, "quarantined": 0, "superseded": 0}
    ws = open_workspace(folder)
    assert ws.table("incidents")["number"].tolist() == ["INC1", "INC2", "INC3", "INC4"]
    assert open_workspace(folder, snapshot=1).table("incidents")["number"].tolist() == ["INC1", "INC2", "INC3"]


def test_a_ticket_that_moves_to_another_month_stands_in_one_place(folder):
    write(folder, "a.csv", row(1), row(2))
    open_workspace(folder).load()
    write(folder, "a.csv", "INC1,2026-08-01 09:00:00,,2026-10-09 09:00:00,In Progress,3 - Moderate,E-mail,moved")
    open_workspace(folder).load()
    found = open_workspace(folder).table("incidents")
    assert found["opened_at"].dt.month.tolist() == [8, 10]
    assert found["number"].tolist() == ["INC1", "INC2"]


def test_a_narrower_export_keeps_what_it_does_not_carry(folder):
    write(folder, "a.csv", row(1, text="told before"))
    open_workspace(folder).load()
    write(folder, "a.csv", "INC1,2026-10-05 09:00:00,2026-10-09 09:00:00,Resolved", head="number,opened_at,sys_updated_on,state")
    open_workspace(folder).load()
    found = open_workspace(folder).table("incidents").iloc[0]
    assert (found["state"], found["short_description"], found["service"]) == ("resolved", "told before", "E-mail")


def test_within_one_load_too_a_narrower_file_keeps_what_it_does_not_carry(folder):
    write(folder, "a.csv", row(1, text="told before"))
    write(folder, "b.csv", "INC1,2026-10-05 09:00:00,2026-10-09 09:00:00,Resolved", head="number,opened_at,sys_updated_on,state")
    open_workspace(folder).load()
    found = open_workspace(folder).table("incidents").iloc[0]
    assert (found["state"], found["short_description"]) == ("resolved", "told before")


def test_a_corrected_file_takes_its_rows_out_of_quarantine(folder):
    write(folder, "a.csv", row(1), row(2, resolved="2026-10-04 09:00:00"))
    open_workspace(folder).load()
    write(folder, "a.csv", row(1), row(2, resolved="2026-10-06 09:00:00"))
    open_workspace(folder).load()
    ws = open_workspace(folder)
    assert len(ws.quarantine()) == 0
    assert len(ws.table("incidents")) == 2
    assert len(open_workspace(folder, snapshot=1).quarantine()) == 1


def test_hostile_text_stays_text(folder):
    quoted = [text.replace('"', '""') for text in HOSTILE]
    write(folder, "a.csv", *[row(number, text=f'"{text}"') for number, text in enumerate(quoted)])
    open_workspace(folder).load()
    assert open_workspace(folder).table("incidents")["short_description"].tolist() == HOSTILE


@pytest.mark.parametrize("content", ["", "number,number\n1,2\n", "opened_at,state\n2026-10-05 09:00:00,New\n"])
def test_a_file_that_cannot_be_read_leaves_the_store_untouched(folder, content):
    write(folder, "a.csv", row(1))
    open_workspace(folder).load()
    (folder / "exports" / "b.csv").write_text(content, encoding="utf-8")
    write(folder, "c.csv", row(2))
    with pytest.raises(IngestError, match=r"b\.csv"):
        open_workspace(folder).load()
    assert open_workspace(folder).table("incidents")["number"].tolist() == ["INC1"]


def test_edited_rules_derive_every_row_anew(folder):
    write(folder, "a.csv", row(1, resolved="2026-10-05 15:00:00"))
    open_workspace(folder).load()
    assert open_workspace(folder).table("incidents")["sla_resolution_met"].isna().all()
    rule = '[[sla]]\npriority = 3\ncalendar = "7x24"\nresolution = "{}"\n'
    text = (folder / "itsq.toml").read_text(encoding="utf-8")
    for limit, met in (("4h", False), ("8h", True)):
        (folder / "itsq.toml").write_text(text + rule.format(limit), encoding="utf-8")
        ledger = open_workspace(folder).load()
        assert counts(ledger)["unchanged"] == 1
        assert open_workspace(folder).table("incidents")["sla_resolution_met"].tolist() == [met]
    assert open_workspace(folder, snapshot=2).table("incidents")["sla_resolution_met"].tolist() == [False]
    assert open_workspace(folder, snapshot=2).settings.sla[0].resolution == "4h"


def test_a_services_tier_that_changes_derives_its_tickets_anew(tmp_path):
    rules = '[[sla]]\ntier = 1\ncalendar = "7x24"\nresolution = "4h"\n[[service]]\nservice = "E-mail"\ntier = {}\n'
    folder = workspace(tmp_path / "w", rules.format(2))
    write(folder, "a.csv", row(1, resolved="2026-10-05 15:00:00"))
    open_workspace(folder).load()
    assert open_workspace(folder).table("incidents")["sla_rule"].isna().all()
    text = (folder / "itsq.toml").read_text(encoding="utf-8")
    (folder / "itsq.toml").write_text(text.replace("tier = 2", "tier = 1"), encoding="utf-8")
    open_workspace(folder).load()
    assert open_workspace(folder).table("incidents")["sla_resolution_met"].tolist() == [False]


def test_the_horizon_is_the_stated_extraction_or_the_newest_update(folder):
    write(folder, "a.csv", row(1, updated=9))
    open_workspace(folder).load()
    assert open_workspace(folder).horizon.isoformat() == "2026-10-09T09:00:00+08:00"
    text = (folder / "itsq.toml").read_text(encoding="utf-8")
    stated = 'table = "incidents"\nextracted_at = 2026-11-02T08:00:00'
    (folder / "itsq.toml").write_text(text.replace('table = "incidents"', stated), encoding="utf-8")
    open_workspace(folder).load()
    ws = open_workspace(folder)
    assert ws.horizon.isoformat() == "2026-11-02T08:00:00+08:00"
    assert ws.period().label == "2026-10"
    assert ws.moment("2026-10-31").isoformat() == "2026-11-01T00:00:00+08:00"


def test_one_select_and_nothing_else_is_accepted(folder):
    write(folder, "a.csv", row(1))
    open_workspace(folder).load()
    ws = open_workspace(folder)
    assert ws.sql("SELECT count(*) AS n FROM incidents")["n"].tolist() == [1]
    refused = ("SELECT 1; SELECT 2", "DROP VIEW incidents", "COPY incidents TO 'x.csv'", "SELECT * FROM read_text('a')", "SELEC")
    for query in refused:
        with pytest.raises(IndicatorError):
            ws.sql(query)


def test_what_is_missing_is_said(folder, tmp_path):
    with pytest.raises(StoreError, match="itsq load"):
        open_workspace(folder).table("incidents")
    with pytest.raises(IngestError, match="itsq check"):
        open_workspace(folder).load()
    (tmp_path / "x.csv").write_text(HEAD, encoding="utf-8")
    with pytest.raises(IngestError, match="--mapping"):
        open_workspace(folder).load(tmp_path / "x.csv")
    with pytest.raises(IngestError, match="--table"):
        open_workspace(folder).load(tmp_path / "x.csv", mapping="servicenow")


@pytest.mark.real_data
def test_the_real_event_log_is_counted_to_the_last_row(tmp_path, event_log):
    folder = tmp_path / "uci"
    folder.mkdir()
    (folder / "itsq.toml").write_text(
        '[organisation]\nname = "UCI"\ntimezone = "America/Sao_Paulo"\nholidays = "BR"\nlanguage = "en"\n', encoding="utf-8"
    )
    ledger = open_workspace(folder).load(event_log, mapping="servicenow_event_log")
    assert balanced(ledger)
    assert counts(ledger) == {
        "read": 141_712, "inserted": 24_918, "updated": 0, "unchanged": 116_794, "quarantined": 0, "superseded": 116_794,
    }  # fmt: skip
    again = counts(open_workspace(folder).load(event_log, mapping="servicenow_event_log"))
    assert (again["inserted"], again["updated"]) == (0, 0)
    ws = open_workspace(folder)
    opened = ws.values("incidents_opened", "2016-05", history=3)["value"].tolist()
    assert opened == [8995, 7934, 7508]
    ids = ["incidents_resolved", "resolve_time_median", "resolve_time_mean", "resolve_time_p90", "reopen_rate", "incident_backlog"]
    april = ws.values(ids, "2016-04").set_index("indicator")
    assert april["value"].round(2).tolist()[:4] == [7794, 5.93, 101.28, 324.47]
    assert april.loc["reopen_rate", ["numerator", "denominator"]].tolist() == [85, 7794]
    assert april.loc["incident_backlog", "value"] == 1340
    whole = "2016-01-01..2017-12-31"
    flagged = ws.values("sla_resolution_flagged", whole).iloc[0]
    assert (flagged["numerator"], round(flagged["value"], 3)) == (15_803, 0.634)
    by = ws.values("sla_resolution_flagged", whole, by="priority").set_index("member")["value"]
    assert (by * 100).round(1).to_dict() == {"1": 1.9, "2": 0.5, "3": 64.5, "4": 84.1}
    incidents = ws.table("incidents")
    assert (incidents["reopen_count"] > 0).sum() == 275
    assert incidents["resolved_at"].isna().sum() == 1556


def test_edited_settings_can_be_recorded_without_loading_files(folder):
    write(folder, "a.csv", row(1, resolved="2026-10-05 15:00:00"))
    open_workspace(folder).load()
    assert not open_workspace(folder).refresh()
    text = (folder / "itsq.toml").read_text(encoding="utf-8")
    (folder / "itsq.toml").write_text(text + '[[sla]]\ncalendar = "7x24"\nresolution = "4h"\n', encoding="utf-8")
    write(folder, "a.csv", row(2))
    ws = open_workspace(folder)
    assert ws.refresh()
    assert ws.snapshot.id == 2
    assert ws.table("incidents")["sla_resolution_met"].tolist() == [False]
    assert ws.table("incidents")["number"].tolist() == ["INC1"]
    assert not open_workspace(folder).refresh()


def test_a_load_that_repeats_the_last_one_reads_no_file(folder, monkeypatch):
    write(folder, "a.csv", row(1), row(2), row(3, updated=4), "broken")
    first = open_workspace(folder).load()
    store = open_workspace(folder).store
    monkeypatch.setattr("itsq_analysis.ingest.load.stage_file", lambda *_: pytest.fail("a file was read"))
    again = open_workspace(folder).load()
    assert counts(again) == {**counts(first), "inserted": 0, "unchanged": counts(first)["inserted"]}
    assert again.attrs == first.attrs
    assert len(store.snapshots()) == 1
    write(folder, "a.csv", row(1), row(2), row(9, updated=4), "broken")
    with pytest.raises(pytest.fail.Exception, match="a file was read"):
        open_workspace(folder).load()
    write(folder, "a.csv", row(1), row(2), row(3, updated=4), "broken")
    write(folder, "b.csv", row(4))
    with pytest.raises(pytest.fail.Exception, match="a file was read"):
        open_workspace(folder).load()
    (folder / "exports" / "b.csv").unlink()
    assert counts(open_workspace(folder).load()) == counts(again)
    text = (folder / "itsq.toml").read_text(encoding="utf-8")
    (folder / "itsq.toml").write_text(text.replace("Asia/Shanghai", "Europe/Berlin"), encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match="a file was read"):
        open_workspace(folder).load()


def test_rows_that_lay_after_the_last_load_are_read_again(folder, monkeypatch):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d")
    write(folder, "a.csv", row(1), f"INC2,{tomorrow} 09:00:00,,{tomorrow} 09:00:00,New,3,E-mail,x")
    assert counts(open_workspace(folder).load())["quarantined"] == 1
    monkeypatch.setattr("itsq_analysis.ingest.load.stage_file", lambda *_: pytest.fail("a file was read"))
    with pytest.raises(pytest.fail.Exception, match="a file was read"):
        open_workspace(folder).load()


def test_a_load_asks_for_room_before_it_begins(folder, monkeypatch):
    write(folder, "a.csv", row(1))
    monkeypatch.setattr("itsq_analysis.ingest.load.stage_file", lambda *_: pytest.fail("a file was read"))
    with monkeypatch.context() as full:
        full.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=100))
        with pytest.raises(IngestError, match=r"must have room for twice the files of a load, 0\.0 GB; found 0\.0 GB free"):
            open_workspace(folder).load()
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=100_000_000))
    with pytest.raises(IngestError, match=r"must have 0\.5 GB of memory; found 0\.1 GB free"):
        open_workspace(folder).load()


def test_a_load_tells_how_far_it_is(folder):
    write(folder, "a.csv", row(1), row(2))
    write(folder, "b.csv", row(3))
    told = []
    open_workspace(folder).load(progress=lambda done, rows, share: told.append((done, rows, round(share, 2))))
    assert [(done, rows) for done, rows, _ in told] == [("exports/a.csv", 2), ("exports/b.csv", 3), ("incidents", 3)]
    assert [share for *_, share in told][1:] == [0.6, 1.0]


def test_large_texts_and_little_memory_change_nothing(folder, monkeypatch):
    write(folder, "a.csv", row(1), row(2), "broken", row(3, text='"two\nlines"'), row(1, updated=7, text="newer"))
    first = counts(open_workspace(folder).load())
    sql = "SELECT * FROM incidents ORDER BY number"
    rows = open_workspace(folder).sql(sql).to_dict("records")
    rmtree(folder / "store")
    monkeypatch.setattr("itsq_analysis.ingest.delimited.LARGE", 1)
    monkeypatch.setattr("itsq_analysis.ingest.delimited.READ_BLOCK", 100)
    monkeypatch.setattr("itsq_analysis.ingest.rewrite.BATCH", 1)
    monkeypatch.setattr("itsq_analysis.ingest.rewrite.ALONE", 0)
    assert counts(open_workspace(folder).load()) == first
    assert str(open_workspace(folder).sql(sql).to_dict("records")) == str(rows)
