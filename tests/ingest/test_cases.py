# ruff: noqa: N802, E501 - tests are named after their cases; rows of small files stay on one line
"""Small inputs that gave wrong numbers, lost tickets or a traceback, each with the right value."""

import gzip
import json
import re
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from itsq_analysis import IndicatorError, IngestError, StoreError, open_workspace
from itsq_analysis.indicators.expression import parse_expression
from itsq_analysis.ingest.load import Input, load
from itsq_analysis.ingest.mapping import load_mapping, parse_mapping
from itsq_analysis.settings import load_settings
from tests.cli.running import itsq


def workspace(folder, mapping="register", table="incidents", *, zone="UTC", source="", extra=""):
    """A workspace with one source, exports/*.csv."""
    (folder / "exports").mkdir(parents=True)
    (folder / "itsq.toml").write_text(
        f'[organisation]\ntimezone = "{zone}"\nholidays = ""\n[[source]]\nglob = "exports/*.csv"\nmapping = "{mapping}"\n'
        f'table = "{table}"\n{source}\n{extra}',
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "ws"


def put(folder, content, name="a.csv"):
    (folder / "exports" / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def values(folder, ids, **options):
    frame = open_workspace(folder).values(ids, **options)
    return dict(zip(frame["indicator"], frame["value"], strict=True))


def kinds(ledger):
    return [doubt["kind"] for doubt in ledger.attrs["doubts"]]


LOG = "number,sys_mod_count,at\nA,0,2012-02-01 09:00\nA,1,2012-05-02 09:00\n"
LOG_SOURCE = 'columns = { opened_at = ["at"], updated_at = ["at"] }'


def log_workspace(folder):
    workspace(folder, "log.toml", source=LOG_SOURCE)
    (folder / "log.toml").write_text('[incidents.fold]\nversion = ["sys_mod_count"]\n', encoding="utf-8")
    return folder


def test_B1_the_first_event_opens(folder):
    put(log_workspace(folder), LOG)
    ws = open_workspace(folder)
    ws.load()
    [ticket] = ws.table("incidents").to_dict("records")
    assert ticket["opened_at"].isoformat() == "2012-02-01T09:00:00+00:00"
    assert ticket["updated_at"].isoformat() == "2012-05-02T09:00:00+00:00"


def test_B1_a_later_part_of_the_log_does_not_move_the_opening(folder):
    put(log_workspace(folder), LOG)
    open_workspace(folder).load()
    put(folder, "number,sys_mod_count,at\nA,2,2012-06-02 09:00\n", "b.csv")
    ws = open_workspace(folder)
    assert kinds(ws.load()) == []
    assert ws.table("incidents")["opened_at"].dt.month.tolist() == [2]


def test_B2_the_remedies_for_headers_work(folder, capsys):
    """Every remedy that a message about a header names is written into itsq.toml; check and load then accept it."""
    put(log_workspace(folder), LOG.replace("sys_mod_count", "rev").replace("number", "ref"))
    for _ in range(5):
        ended = itsq(capsys, "load", "-w", folder)
        if ended.code == 0:
            break
        column = re.search(r"columns = \{ (\w+) = \[", ended.err)[1]
        header = {"number": "ref", "sys_mod_count": "rev"}[column]
        text = (folder / "itsq.toml").read_text(encoding="utf-8")
        (folder / "itsq.toml").write_text(text.replace("columns = {", f'columns = {{ {column} = ["{header}"],'), encoding="utf-8")
        assert itsq(capsys, "check", "-w", folder).code == 0
    assert ended.code == 0
    assert open_workspace(folder).table("incidents")["number"].tolist() == ["A"]


def test_B2_the_remedy_for_a_header_that_stands_twice_works(folder, capsys):
    put(workspace(folder), 'number,opened_at,service,"Service"\n1,2026-10-05,ERP,Mail\n')
    ended = itsq(capsys, "load", "-w", folder)
    [line] = re.findall(r"columns = \{.*\}", ended.err)
    assert line == 'columns = { service = ["service (1)"] }'
    workspace(folder.parent / "right", source=line)
    put(folder.parent / "right", (folder / "exports/a.csv").read_bytes())
    assert itsq(capsys, "check", "-w", folder.parent / "right").code == 0
    assert itsq(capsys, "load", "-w", folder.parent / "right").code == 0
    assert open_workspace(folder.parent / "right").table("incidents")["service"].tolist() == ["ERP"]


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        ("number,opened_at\n1,03/04/2026 10:00\n", "day_first = true"),
        ('number,opened_at,state\n1,2026-10-05 10:00,Done\n2,2026-10-05 10:00,Sa"id\n', None),
        ('number,opened_at,state\n1,2026-10-05 10:00,"Do ""it"""\n', None),
    ],
)
def test_B2_remedies_of_a_source_work(folder, capsys, content, remedy):
    put(workspace(folder), content)
    ended = itsq(capsys, "load", "-w", folder)
    [line] = {remedy} if remedy else set(re.findall(r"values = \{.*\}", ended.out))
    assert remedy is None or remedy.split(" = ")[0] in ended.err
    put(workspace(folder.parent / "right", source=line), content)
    assert itsq(capsys, "check", "-w", folder.parent / "right").code == 0
    ended = itsq(capsys, "load", "-w", folder.parent / "right")
    assert "not known" not in ended.out


@pytest.mark.parametrize(("key", "limits"), [("unpacked_mb", (70, 2000)), ("unpacked_ratio", (200, 200))])
def test_B2_the_remedies_for_limits_work(folder, capsys, key, limits):
    content = b"number,opened_at\n" + b"1,2026-10-05\n" + b"\n" * (80 << 20)
    put(workspace(folder, extra="[load]\nunpacked_mb = {}\nunpacked_ratio = {}\n".format(*limits)), gzip.compress(content, 1))
    ended = itsq(capsys, "load", "-w", folder)
    assert ended.code == 2
    line = re.search(rf"{key} = \d+$", ended.err.strip())[0]
    text = (folder / "itsq.toml").read_text(encoding="utf-8")
    (folder / "itsq.toml").write_text(re.sub(rf"{key} = \d+", line, text), encoding="utf-8")
    assert itsq(capsys, "check", "-w", folder).code == 0
    assert itsq(capsys, "load", "-w", folder).code == 0


STATES = "number,opened,resolved,state\n1,2026-10-05 09:00,2026-10-05 10:00,Done\n2,2026-10-05 09:00,2026-10-06 10:00,Done\n"


def test_B3_unknown_states_are_named_with_their_counts(folder, capsys):
    source = 'columns = { opened_at = ["opened"], resolved_at = ["resolved"] }'
    put(
        workspace(folder, source=source),
        STATES + "3,2026-10-06 09:00,2026-10-06 10:00,Cancelled by user\n4,2026-10-07 09:00,,closed\n",
    )
    told = itsq(capsys, "load", "-w", folder).out
    assert "not read in state, so missing: 'Done' (2), 'Cancelled by user' (1)" in told
    checked = itsq(capsys, "check", "-w", folder)
    printed = itsq(capsys, "values", "incident_backlog", "--period", "2026-10", "-w", folder)
    for text in (told, checked.out, printed.err):
        assert "state 'Done' is not known (2 rows of exports/a.csv)" in text
        assert "state 'Cancelled by user' is not known (1 rows of exports/a.csv)" in text
    assert checked.code == 0
    assert values(folder, ["incident_backlog"], period="2026-10") == {"incident_backlog": 0}


def test_B4_what_happens_at_the_horizon_has_happened(folder):
    source = 'columns = { opened_at = ["opened"], resolved_at = ["resolved"] }'
    put(
        workspace(folder, source=source),
        "number,opened,resolved\n1,2026-10-05 09:00,2026-10-05 10:00\n2,2026-10-05 11:00,2026-10-06 10:00\n",
    )
    open_workspace(folder).load()
    found = values(folder, ["incidents_resolved", "incident_backlog"], period="2026-10")
    assert found == {"incidents_resolved": 2, "incident_backlog": 0}


@pytest.mark.parametrize(
    "content", ["number,opened_at,Comment,Comment\n1,2026-10-05,x,y\n", "number,opened_at,,\n1,2026-10-05,,\n"]
)
def test_B5_a_header_that_stands_twice_costs_nothing(folder, content):
    put(workspace(folder), content)
    assert open_workspace(folder).load()["inserted"].tolist() == [1]


def test_B5_a_mapped_header_that_stands_twice_is_refused(folder):
    put(workspace(folder), "number,opened_at,number\n1,2026-10-05,2\n")
    with pytest.raises(IngestError, match=r"one header must mean incidents\.number; found 'number \(1\)' and 'number \(2\)'"):
        open_workspace(folder).load()


def test_B6_an_optional_value_that_cannot_be_read_is_missing(folder, capsys):
    rows = "1,2026-10-05 09:00,NA,3 Normal,5,NA,x\n2,2026-10-05 09:00,2026-10-05 10:00,NA,2,-1,yes\n"
    put(workspace(folder), "number,opened_at,resolved_at,priority,impact,reopen_count,made_sla\n" + rows)
    ended = itsq(capsys, "load", "-w", folder)
    assert ended.code == 0
    assert "2 read = 2 inserted + 0 updated + 0 unchanged + 0 quarantined" in ended.out
    unmapped = open_workspace(folder).snapshot.files[0]["unmapped"]
    assert unmapped == {
        "resolved_at": {"NA": 1},
        "priority": {"3 Normal": 1, "NA": 1},
        "impact": {"5": 1},
        "reopen_count": {"-1": 1, "NA": 1},
        "made_sla": {"x": 1},
    }


def test_B6_a_time_that_is_garbage_does_not_reopen_a_ticket(folder):
    put(workspace(folder), "number,opened_at,resolved_at\n1,2026-10-05 09:00,yesterday\n2,2026-10-05 09:00,\n")
    assert open_workspace(folder).load()["quarantined"].tolist() == [1]


@pytest.mark.parametrize(("least", "code"), [(None, 1), ("0.1", 0), ('"30%"', 1)])
def test_B6_the_exit_code_tells_how_much_was_kept(folder, capsys, least, code):
    extra = f"[load]\nkeep_at_least = {least}\n" if least else ""
    put(workspace(folder, extra=extra), "number,opened_at\n" + "1,2026-10-05\n" + "2,never\n" * 4)
    ended = itsq(capsys, "load", "-w", folder)
    assert ended.code == code
    assert ("exports/a.csv: kept 1 of 5 rows" in ended.err) == bool(code)


def test_B6_a_load_that_keeps_nothing_fails(folder, capsys):
    put(workspace(folder, extra="[load]\nkeep_at_least = 0\n"), "number,opened_at\n1,never\n")
    assert itsq(capsys, "load", "-w", folder).code == 1


def test_B7_contacts_alone_are_enough(folder):
    put(workspace(folder, table="contacts"), "start,minutes,offered,answered\n2018-12-31,1440,2130,1840\n")
    open_workspace(folder).load()
    frame = open_workspace(folder).values(["answer_rate"], period="2018-12")
    assert frame["value"].round(4).tolist() == [0.8638]


@pytest.mark.parametrize(
    ("table", "content"),
    [
        ("surveys", "number,sent_at,answered_at,score\n1,2026-10-05 09:00,2026-10-06 09:00,5\n"),
        ("outages", "number,service,kind,started_at,restored_at\n1,ERP,unplanned,2026-10-05 09:00,2026-10-06 09:00\n"),
        ("state_log", "ticket_table,number,seq,at,state\nincidents,1,0,2026-10-06 09:00,new\n"),
        ("metrics", "time,resource,metric,value\n2026-10-06 09:00,r,m,1\n"),
    ],
)
def test_B7_any_table_with_a_time_is_enough(folder, table, content):
    put(workspace(folder, table=table), content)
    open_workspace(folder).load()
    assert open_workspace(folder).horizon.isoformat() == "2026-10-06T09:00:00+00:00"


def test_B10_one_bad_file_stops_all_and_is_named_with_its_remedy(folder, capsys):
    put(workspace(folder), "number,opened_at\n1,2026-10-05\n")
    put(folder, "nothing,known\n1,2\n", "bad one.csv")
    ended = itsq(capsys, "load", "-w", folder)
    assert ended.code == 2
    assert "exports/bad one.csv" in ended.err
    assert not open_workspace(folder).store.snapshots()
    [remedy] = re.findall(r'itsq load --without "(.*)"', ended.err)
    assert itsq(capsys, "load", "--without", remedy, "-w", folder).code == 0
    assert open_workspace(folder).table("incidents")["number"].tolist() == ["1"]
    assert "write exports/a.csv" in itsq(capsys, "load", "--without", "exports/aa.csv", "-w", folder).err


def test_B12_one_number_of_different_tickets_is_named(folder):
    put(workspace(folder), "number,opened_at,service\n1,2026-10-05 09:00,A\n2,2026-10-05 09:00,A\n")
    put(folder, "number,opened_at,service\n1,2026-09-01 09:00,B\n2,2026-10-05 09:00,A\n", "b.csv")
    [doubt] = open_workspace(folder).load().attrs["doubts"]
    assert (doubt["kind"], doubt["facts"]["rows"], doubt["facts"]["numbers"]) == ("same_number", 1, ["1"])
    assert "exports/a.csv" in doubt["facts"]["example"]
    assert "exports/b.csv" in doubt["facts"]["example"]


def test_B12_a_stored_ticket_and_another_of_its_number_are_named(folder):
    put(workspace(folder), "number,opened_at\n1,2026-10-05 09:00\n")
    open_workspace(folder).load()
    put(folder, "number,opened_at\n1,2026-09-01 09:00\n")
    [doubt] = open_workspace(folder).load().attrs["doubts"]
    assert "an earlier load" in doubt["facts"]["example"]


def test_B12_the_remedy_keeps_both_tickets(folder):
    put(
        workspace(folder, source='columns = { number = ["{repository}-{id}"] }'),
        "repository,id,opened_at\na,1,2026-10-05\nb,1,2026-09-01\n",
    )
    ledger = open_workspace(folder).load()
    assert kinds(ledger) == []
    assert open_workspace(folder).table("incidents")["number"].tolist() == ["a-1", "b-1"]


@pytest.mark.parametrize("number", ["2.02611E+13", "2E+15", "1.0e+16", "2;02611E+13"])
def test_B12_a_number_that_has_lost_its_digits_is_refused(folder, number):
    number = number if ";" not in number else f'"{number.replace(";", ",")}"'  # of a country that writes a decimal comma
    put(
        workspace(folder),
        f"number,opened_at\n{number},2026-10-05\n{number},2026-10-06\n20261100000012345,2026-10-06\nE+12,2026-10-06\n",
    )
    ledger = open_workspace(folder).load()
    assert (ledger["inserted"].tolist(), ledger["quarantined"].tolist()) == ([2], [2])
    assert set(open_workspace(folder).quarantine()["rule"]) == {"lost_digits"}


def test_B15_two_names_that_look_the_same_are_one(folder):
    put(
        workspace(folder, extra='[[service]]\nservice = "Cafe\u0301"\n'),
        "number,opened_at,service\n1,2026-10-05,Caf\u00e9\n2,2026-10-05,Cafe\u0301\n",
    )
    ws = open_workspace(folder)
    ws.load()
    assert set(ws.table("incidents")["service"]) == set(ws.table("services")["service"]) == {"Caf\u00e9"}


@pytest.mark.parametrize("form", ["csv", "json"])
def test_B15_spaces_and_what_is_not_drawn_make_no_second_name(folder, form):
    names = ["E Mail", "E\u00a0Mail", "E\u2002Mail", "E\u200b Mail", "\ufeffE Mail", "E\u3000Mail\u00a0"]
    workspace(folder, extra='[[service]]\nservice = "E\u00a0Mail"\n')
    (folder / "itsq.toml").write_text((folder / "itsq.toml").read_text(encoding="utf-8").replace("*.csv", "*"), encoding="utf-8")
    rows = [{"number": str(number), "opened_at": "2026-10-05", "service": name} for number, name in enumerate(names)]
    lines = ["number,opened_at,service", *(",".join(row.values()) for row in rows)]
    put(folder, "\n".join(lines) + "\n" if form == "csv" else json.dumps(rows), f"a.{form}")
    ws = open_workspace(folder)
    ws.load()
    assert set(ws.table("incidents")["service"]) == set(ws.table("services")["service"]) == {"E Mail"}


@pytest.mark.parametrize(
    ("table", "header", "start", "end"),
    [
        ("changes", "number,opened_at,started_at,ended_at", "started_at", "ended_at"),
        ("requests", "number,opened_at,closed_at", "opened_at", "closed_at"),
        ("problems", "number,opened_at,resolved_at", "opened_at", "resolved_at"),
        ("surveys", "number,sent_at,answered_at", "sent_at", "answered_at"),
    ],
)
def test_B16_holds_in_every_table(folder, table, header, start, end):
    given = {"number": "1", "opened_at": "2026-10-20", start: "2026-10-25 02:50", end: "2026-10-25 02:10"}
    put(workspace(folder, zone="Europe/Berlin", table=table), f"{header}\n{','.join(given[name] for name in header.split(','))}\n")
    open_workspace(folder).load()
    [row] = open_workspace(folder).table(table).to_dict("records")
    assert (row[end] - row[start]).total_seconds() == 20 * 60


def test_B16_the_second_hour_is_taken_where_the_first_cannot_be(folder):
    rows = "1,2026-10-25 02:50,2026-10-25 02:10\n2,2026-10-25 02:10,2026-10-25 02:50\n3,2026-10-25 03:10,2026-10-25 02:50\n"
    put(workspace(folder, zone="Europe/Berlin"), "number,opened_at,resolved_at\n" + rows)
    ledger = open_workspace(folder).load()
    found = open_workspace(folder).table("incidents")
    assert ((found["resolved_at"] - found["opened_at"]).dt.total_seconds() / 60).tolist() == [20, 40]
    assert ledger["quarantined"].tolist() == [1]


FUTURE = {
    "incidents": "number,opened_at\n1,2026-10-05 09:00\n2,2036-09-01 09:00\n",
    "metrics": "time,resource,metric,value\n2026-10-05 09:00,r,m,1\n2036-09-01 09:00,r,m,1\n",
    "contacts": "start,minutes,offered\n2026-10-05 09:00,30,1\n2036-09-01 09:00,30,1\n",
    "surveys": "number,sent_at\n1,2026-10-05 09:00\n2,2036-09-01 09:00\n",
    "state_log": "ticket_table,number,seq,at\nincidents,1,0,2026-10-05 09:00\nincidents,1,1,2036-09-01 09:00\n",
}


@pytest.mark.parametrize("table", FUTURE)
def test_C1_a_time_after_the_load_is_refused_and_does_not_move_the_horizon(folder, capsys, table):
    put(workspace(folder, table=table), FUTURE[table])
    told = itsq(capsys, "load", "-w", folder)
    assert "1 rows tell of times after the load" in told.out
    assert "1 rows tell of times after the load" in itsq(capsys, "check", "-w", folder).out
    ws = open_workspace(folder)
    assert ws.quarantine()["rule"].tolist() == ["after_the_load"]
    assert ws.horizon.year == 2026


def test_C1_a_deadline_may_lie_ahead(folder):
    put(workspace(folder, table="requests"), "number,opened_at,due_at\n1,2026-10-05 09:00,2036-09-01 09:00\n")
    assert open_workspace(folder).load()["quarantined"].tolist() == [0]


def at(folder, when):
    """Load a workspace with another clock."""
    settings = load_settings(folder)
    ws = open_workspace(folder)
    mapping = load_mapping("register")
    inputs = [Input(path, path.name, settings.sources[0], mapping) for path in sorted((folder / "exports").glob("*.csv"))]
    resolved = {"settings": settings.model_dump(mode="json"), "catalogue": [], "mappings": {}, "calendar": {}}
    return load(settings, folder, ws.store, inputs, resolved=resolved, loaded_at=when)


def test_C1_a_stored_horizon_in_the_future_is_mended(folder):
    """Loaded by a clock that was ahead, as an older itsq did by any."""
    put(workspace(folder), FUTURE["incidents"])
    at(folder, datetime(2040, 1, 1, tzinfo=UTC))
    assert open_workspace(folder).horizon.year == 2036
    at(folder, datetime(2026, 11, 1, tzinfo=UTC))
    assert open_workspace(folder).horizon.isoformat() == "2026-10-05T09:00:00+00:00"


def test_C1_an_extraction_in_the_future_is_refused_and_told_by_check(folder, capsys):
    put(workspace(folder, source="extracted_at = 2096-01-01T00:00:00"), FUTURE["incidents"])
    assert "extracted_at of a source must not lie after the load" in itsq(capsys, "load", "-w", folder).err
    ended = itsq(capsys, "check", "-w", folder)
    assert (ended.code, "must not lie in the future" in ended.out) == (1, True)


SHIFTED = "number,opened_at,state,service,category\nINC1,2026-10-05 10:00:00,,closed,E-mail,\nINC2,2026-10-05 11:00:00,closed,E-mail,Software\n"


@pytest.mark.parametrize("blank", ["", "\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_E1_a_row_with_a_field_too_many_is_refused_whatever_it_holds(stage, delimiter, blank):
    found = stage((SHIFTED + blank).replace(",", delimiter), "incidents")
    assert found.column("number") == ["INC2"]
    assert found.rules == [(2, "malformed_row", None, SHIFTED.splitlines()[1].replace(",", delimiter))]


def test_E1_a_header_one_name_short_refuses_every_row(stage):
    found = stage(SHIFTED.replace("state,", "", 1), "incidents")
    assert (found.rows, found.facts.refused) == ([], 2)


def test_E2_a_mark_inside_an_unquoted_field_is_refused(stage):
    found = stage(
        'number,opened_at,supplier,service,short_description\nINC1,2026-10-05 10:00:00,ACME"E-mail, Berlin","Mailbox full"\n',
        "incidents",
    )
    assert [rule for _, rule, *_ in found.rules] == ["malformed_row"]


def test_E2_a_field_that_swallows_rows_is_told(stage):
    rows = '1,2026-10-05 10:00,x,"foo\n2,2026-10-05 11:00,y,bar"\n3,2026-10-05 12:00,z,"two\nlines"\n'
    found = stage("number,opened_at,service,short_description\n" + rows, "incidents")
    assert found.column("number") == ["3"]
    assert [rule for _, rule, *_ in found.rules] == ["swallowed_rows"]


@pytest.mark.parametrize("name", ["[2026]", "a|b", "x^y", "%41", "100%ab", "new\nline", "tab\tx", "back\\slash", "a%20b"])
def test_E4_a_folder_that_the_store_cannot_name_is_refused_in_one_line(tmp_path, capsys, name):
    put(workspace(tmp_path / name), "number,opened_at\n1,2026-10-05\n")
    for command in (("load",), ("values",), ("quarantine",), ("snapshots",)):
        ended = itsq(capsys, *command, "-w", tmp_path / name)
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert "a store's path must not hold" in ended.err
    elsewhere = tmp_path / "elsewhere"
    text = (tmp_path / name / "itsq.toml").read_text(encoding="utf-8") + f'[store]\npath = "{elsewhere.as_posix()}"\n'
    (tmp_path / name / "itsq.toml").write_text(text, encoding="utf-8")
    assert itsq(capsys, "load", "-w", tmp_path / name).code == 0


@pytest.mark.parametrize("name", ["a*b", "100%", "a?b", "{x}", "a#b", "it's", "运维 数据"])
def test_E4_other_names_work(tmp_path, name):
    put(workspace(tmp_path / name), "number,opened_at\n1,2026-10-05\n")
    open_workspace(tmp_path / name).load()
    assert open_workspace(tmp_path / name).table("incidents")["number"].tolist() == ["1"]


@pytest.mark.parametrize("left", [0, 100])
def test_E5_a_truncated_table_is_one_line(folder, capsys, left):
    put(workspace(folder), "number,opened_at\n1,2026-10-05\n")
    open_workspace(folder).load()
    [file] = (folder / "store/tables/incidents").rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:left])
    for command in (("values",), ("load",), ("quarantine",), ("forecast", "incidents", "7")):
        ended = itsq(capsys, *command, "-w", folder)
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert "a store's files must be readable and writable" in ended.err


def test_E5_a_disk_that_takes_no_more_leaves_the_store_as_it_was(folder, monkeypatch):
    import duckdb

    put(workspace(folder), "number,opened_at\n1,2026-10-05\n")
    open_workspace(folder).load()
    put(folder, "number,opened_at\n2,2026-10-06\n")

    def full(*_):
        raise duckdb.IOException("IO Error: Could not write file: No space left on device\nsecond line")

    with monkeypatch.context() as patch:
        for module in [found for name, found in sys.modules.items() if name.startswith("itsq_analysis.store.")]:
            patch.setattr(module, "write_files", full, raising=False)
        with pytest.raises(StoreError, match=r"No space left on device; check free space"):
            open_workspace(folder).load()
    assert open_workspace(folder).table("incidents")["number"].tolist() == ["1"]
    open_workspace(folder).load()
    assert open_workspace(folder).table("incidents")["number"].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    "text",
    [
        "columns = 1",
        "tables = 1",
        'timezone = ["UTC"]',
        'values = "x"',
        "x = " + "[" * 5_000 + "]" * 5_000,
        "columns = { state = 1 }",
        'values = { state = "x" }',
        "values = { state = { a = [1] } }",
        "columns = { nosuch = ['x'] }",
        "incidents = 3",
        "[incidents]\ncolumns = 1",
        "[incidents]\nfold = 1",
        "[incidents.fold]\nversion = 1",
        "missing = 1",
        "date_formats = [1]",
        "name = 3",
        'tables = ["x"]',
        "timezone = { a = 1 }",
        "epoch = 2",
        "a = 1979-99-99",
    ],
)
def test_E8_a_mapping_that_is_wrong_says_so(folder, capsys, text):
    with pytest.raises(IngestError, match=r"own\.toml"):
        parse_mapping(text, "own.toml")
    put(workspace(folder, "own.toml"), "number,opened_at\n1,2026-10-05\n")
    (folder / "own.toml").write_text(text, encoding="utf-8")
    assert itsq(capsys, "load", "-w", folder).code == 2
    assert itsq(capsys, "check", "-w", folder).code == 1


def test_E9_a_field_of_a_gigabyte_is_refused_before_it_is_unpacked(folder, capsys):
    content = gzip.compress(b'number,opened_at\n1,"' + b"x" * (200 << 20), 1)
    put(workspace(folder), content)
    ended = itsq(capsys, "load", "-w", folder)
    assert ended.code == 2
    assert "must unpack to at most 200 times its size" in ended.err


def test_E9_a_long_record_is_malformed_and_kept_in_part(stage):
    found = stage("number,opened_at\n1," + "x" * 3_000_000 + "\n2,2026-10-05\n", "incidents")
    assert found.column("number") == ["2"]
    assert len(found.refused[0]["record"]) < 100_000


def test_E12_what_no_clock_shows_is_refused(stage):
    offsets = {"+25:00": False, "+14:30": False, "-00:75": False, "+14:00": True, "-03:30": True, "+0530": True}
    rows = "".join(f"{number},2026-10-05T09:00:00{offset}\n" for number, offset in enumerate(offsets))
    found = stage("number,opened_at\n" + rows, "incidents")
    assert found.column("number") == [str(number) for number, right in enumerate(offsets.values()) if right]


def test_E12_a_nul_is_refused(stage):
    found = stage("number,opened_at\n1\0,2026-10-05\n2,2026-10-05\n", "incidents")
    assert found.column("number") == ["2"]
    listed = stage(
        json.dumps([{"number": "1\0", "opened_at": "2026-10-05"}, {"number": "2", "opened_at": "2026-10-05"}]),
        "incidents",
        name="x.json",
    )
    assert (listed.column("number"), [rule for _, rule, *_ in listed.rules]) == (["2"], ["malformed_row"])


def test_E12_a_format_that_is_no_number_is_one_line(folder, capsys):
    put(workspace(folder), "number,opened_at\n1,2026-10-05\n")
    open_workspace(folder).load()
    (folder / "store/format").write_bytes(b"\xff\xfe")
    for command in ("load", "values", "check"):
        ended = itsq(capsys, command, "-w", folder)
        assert ended.code == (1 if command == "check" else 2)
        assert "the store's format must be" in ended.err + ended.out


# plausibility ------------------------------------------------------------------------------------------------------------


def tickets(days, per_day, service="A", first=0):
    """Rows of tickets, some on each day, resolved after an hour."""
    rows, number = [], first
    for day in days:
        for place in range(per_day):
            opened = datetime.combine(day, datetime.min.time()) + timedelta(hours=9, minutes=place)
            rows.append(f"{number},{opened},{opened + timedelta(hours=1)},{service}")
            number += 1
    return rows


def days(first, last):
    return [day.item() for day in np.arange(first, last, dtype="datetime64[D]") if day.item().weekday() < 5]


HEAD = "number,opened_at,resolved_at,service\n"


def loaded(folder, rows, holidays=""):
    workspace(folder, zone="Asia/Shanghai")
    text = (folder / "itsq.toml").read_text(encoding="utf-8").replace('holidays = ""', f'holidays = "{holidays}"')
    (folder / "itsq.toml").write_text(text, encoding="utf-8")
    put(folder, HEAD + "\n".join(rows) + "\n")
    return open_workspace(folder).load().attrs["doubts"]


def test_a_month_without_tickets_is_told(folder):
    [doubt] = loaded(folder, tickets(days("2026-01-01", "2026-05-01") + days("2026-06-01", "2026-09-01"), 3))
    assert (doubt["kind"], doubt["facts"]["start"], doubt["facts"]["end"]) == ("gap", "2026-05-01", "2026-05-29")


def test_the_quiet_days_of_spring_festival_are_no_alarm(folder):
    """17 to 23 February 2026 and the days around them are free in China; a calendar without holidays misses 7 working days."""
    quiet = days("2025-11-03", "2026-02-16") + days("2026-02-24", "2026-05-01")
    assert loaded(folder, tickets(quiet, 3), "CN") == []
    assert [doubt["kind"] for doubt in loaded(folder.parent / "none", tickets(quiet, 3))] == ["gap"]


def test_a_service_that_stops_is_told(folder):
    rows = tickets(days("2026-01-01", "2026-06-01"), 2) + tickets(days("2026-01-01", "2026-05-01"), 2, "B", 10_000)
    [doubt] = loaded(folder, rows)
    assert (doubt["kind"], doubt["facts"]["service"], doubt["facts"]["last"]) == ("service_stops", "B", "2026-04-30")


def test_a_rare_service_does_not_stop(folder):
    rows = tickets(days("2026-01-01", "2026-06-01"), 2) + tickets(days("2026-01-01", "2026-05-01")[::15], 1, "B", 10_000)
    assert loaded(folder, rows) == []


def test_tickets_years_before_all_others_are_told(folder):
    rows = [*tickets(days("2026-01-01", "2026-06-01"), 3), "x,2001-01-01 09:00,2001-01-01 10:00,A"]
    assert {doubt["kind"] for doubt in loaded(folder, rows)} == {"early", "gap"}


def test_one_row_that_alone_moves_the_end_is_told(folder):
    rows = [*tickets(days("2026-01-01", "2026-06-01"), 3), "x,2026-08-03 09:00,2026-08-03 10:00,A"]
    assert {doubt["kind"] for doubt in loaded(folder, rows)} >= {"last_alone"}


@pytest.mark.parametrize("rows", [10_000, 65_535, 65_536])
def test_a_number_of_rows_at_which_tools_cut_off_is_told(folder, rows):
    day = days("2026-01-01", "2026-12-01")
    lines = [f"{number},{day[number % 200]} 09:00,,A" for number in range(rows)]
    [doubt] = loaded(folder, lines)
    assert (doubt["kind"], doubt["facts"]["rows"]) == ("export_limit", rows)


def test_a_share_of_refused_rows_out_of_line_is_told(folder):
    day = days("2026-01-01", "2026-06-01")
    assert loaded(folder, tickets(day, 3)) == []
    bad = [line.replace(" 10:", " 08:") if number % 20 == 0 else line for number, line in enumerate(tickets(day, 3, "A", 1000))]
    put(folder, HEAD + "\n".join(bad) + "\n", "b.csv")
    assert sorted(kinds(open_workspace(folder).load())) == ["refused_share", "time_order"]


def test_the_same_load_again_is_the_same_snapshot(folder):
    loaded(folder, tickets(days("2026-01-01", "2026-05-01") + days("2026-06-01", "2026-09-01"), 3))
    ws = open_workspace(folder)
    assert kinds(ws.load()) == ["gap"]
    assert len(ws.store.snapshots()) == 1
    assert ws.snapshot.resolved["doubts"][0]["kind"] == "gap"


def test_a_calendar_in_gb18030_is_recorded_as_it_is_read(folder, capsys):
    put(workspace(folder), "number,opened_at\n1,2026-10-05\n")
    (folder / "calendar").mkdir()
    (folder / "calendar/2026.csv").write_bytes("date,kind,name\n2026-10-05,holiday,国庆节\n".encode("gb18030"))
    assert itsq(capsys, "check", "-w", folder).code == itsq(capsys, "load", "-w", folder).code == 0
    assert "国庆节" in open_workspace(folder).snapshot.resolved["calendar"]["2026.csv"]
    (folder / "calendar/2026.csv").write_bytes(b"\xff\xfe\x00")
    ended = itsq(capsys, "load", "-w", folder)
    assert (ended.code, "calendar files must have the columns" in ended.err) == (2, True)


def test_C4_an_unknown_rule_is_refused(folder, capsys):
    put(workspace(folder), "number,opened_at\n1,2026-10-05\n2,never\n")
    itsq(capsys, "load", "-w", folder)
    ended = itsq(capsys, "quarantine", "--rule", "unreadable_tim", "-w", folder)
    assert (ended.code, "did you mean unreadable_time" in ended.err) == (2, True)
    assert itsq(capsys, "quarantine", "--rule", "lost_digits", "-w", folder).code == 0


@pytest.mark.parametrize("place", ['"service": "\\ud800x"', '"\\ud800x": 1', '"number": "\\udfff"', '"service": {"a": "\\ud800"}'])
def test_E12_half_a_pair_of_surrogates_is_refused(stage, place):
    key = "" if place.startswith('"number"') else '"number": "1", '
    text = f'[{{{key}"opened_at": "2026-10-05", {place}}}, {{"number": "2", "opened_at": "2026-10-05"}}]'
    found = stage(text, "incidents", name="x.json")
    assert (found.column("number"), [rule for _, rule, *_ in found.rules]) == (["2"], ["malformed_row"])


@pytest.mark.parametrize(
    "where",
    [
        "priority * 9223372036854775807 > 1",
        "-priority - 9223372036854775807 < 1",
        "reopen_count * reopen_count * reopen_count > 1",
    ],
)
def test_E12_a_number_that_overflows_is_refused_at_check(where):
    with pytest.raises(IndicatorError, match="must be computable on every row"):
        parse_expression(where, "incidents", "where")


def test_what_seconds_are_multiplied_by_stays():
    for where in ("working_seconds * 1000000 > 5", "elapsed_seconds * elapsed_seconds > 1", "age_seconds // 86400 > 1"):
        assert parse_expression(where, "incidents", "where", stock=True)
