"""Staging: what becomes of a file's rows, under which rule each refused one stands, and what the ledger is told."""

import json

import pytest

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.checks import RULES
from itsq_analysis.tables import contract, contracts

HEADER = "number,service,kind,started_at,restored_at,degradation,users_affected\n"


@pytest.mark.parametrize(
    ("row", "rule", "column", "value"),
    [
        (",E-mail,unplanned,2026-10-05,,,", "missing_required", "number", None),
        ("1,E-mail,unplanned,-,,,", "missing_required", "started_at", "-"),
        ("1,  ,unplanned,2026-10-05,,,", "missing_required", "service", "  "),
        ("1,E-mail,unplanned,soon,,,", "unreadable_time", "started_at", "soon"),
        ("1,E-mail,unplanned,2026-10-05,later,,", "unreadable_time", "restored_at", "later"),
        ("1,E-mail,unplanned,2026-10-05,,half,", "unreadable_number", "degradation", "half"),
        ("1,E-mail,strange,2026-10-05,,,", "unknown_choice", "kind", "strange"),
        ("1,E-mail,unplanned,2026-10-05,,1.01,", "out_of_range", "degradation", "1.01"),
        ("1,E-mail,unplanned,1926-10-05,,,", "implausible_time", "started_at", "1926-10-05"),
        ("1,E-mail,unplanned,2026-10-05,2026-10-04,,", "restored_before_started", "restored_at", "2026-10-04"),
        ("合计,,,,,,1200", "not_a_record", None, None),
        ("  Total ,,,,,,1200", "not_a_record", None, None),
        (",,,,,,", "not_a_record", None, None),
        ("1,E-mail", "malformed_row", None, "1,E-mail"),
        ('1,"E-mail,unplanned,2026-10-05,,,', "malformed_row", None, '1,"E-mail,unplanned,2026-10-05,,,'),
    ],
)
def test_every_rule(stage, row, rule, column, value):
    sound = "7,E-mail,unplanned,2026-10-05 09:00,2026-10-05 09:00,0.5,10\n"
    found = stage(HEADER + sound + row + "\n")
    assert found.column("number") == ["7"]
    [refused] = found.refused
    assert (refused["rule"], refused["column_name"], refused["value"]) == (rule, column, value)
    assert (refused["file"], refused["line"], refused["table_name"]) == ("export.csv", 3, "outages")


def test_a_row_stands_under_the_first_rule_that_it_breaks(stage):
    found = stage(HEADER + "1,E-mail,unplanned,2026-10-05,1926-01-01,2,many\n")
    assert found.rules == [(2, "out_of_range", "degradation", "2")]


def test_every_rule_has_a_meaning_in_both_languages():
    named = {rule.id: rule.meaning for table in contracts().values() for rule in table.rules}
    assert not named.keys() & RULES.keys()
    assert all(meaning["en"] and meaning["zh"] for meaning in (named | RULES).values())


def test_the_record_is_the_row_as_it_was(stage):
    found = stage('number,"a ""b"" \'c\'",service,kind,started_at\n1, <x> ,E-mail,unplanned,never\n')
    assert json.loads(found.refused[0]["record"]) == {
        "number": "1", "a \"b\" 'c'": " <x> ", "service": "E-mail", "kind": "unplanned", "started_at": "never",
    }  # fmt: skip


def test_the_record_of_a_malformed_row_is_its_text(stage):
    found = stage(HEADER + "1,<script>\n")
    assert {key: text for key, text in json.loads(found.refused[0]["record"]).items() if text} == {"raw": "1,<script>"}


def test_text_is_kept_but_for_surrounding_whitespace(stage):
    texts = ["a  b", "é'\"", "<script>alert(1)</script>", "=cmd()", "{{7*7}}", "' OR 1=1 --", "\\n", "%s", "运维 数据", "NULL"]
    lines = [f'{n};"\t {text.replace(chr(34), chr(34) * 2)}\u00a0\u3000 ";unplanned;2026-10-05' for n, text in enumerate(texts)]
    assert stage("number;service;kind;started_at\n" + "\n".join(lines)).column("service") == texts


def test_hostile_text_changes_no_other_row(stage):
    texts = ["'); DROP TABLE typed_1; --", "$1", "{0}", "x' UNION SELECT 1 --"]
    lines = [f"{text},{text},{text},2026-10-05" for text in texts]
    found = stage("number,service,kind,started_at\n1,a,unplanned,2026-10-05\n" + "\n".join(lines))
    assert found.column("number") == ["1"]
    assert [row["value"] for row in found.refused] == texts


def test_missing_marks_are_missing(stage):
    found = stage(HEADER + "1,E-mail,unplanned,2026-10-05,n/a,-,--\n")
    assert [found.rows[0][name] for name in ("restored_at", "degradation", "users_affected")] == [None, None, None]
    assert found.facts.missing == {
        "number": 0, "service": 0, "started_at": 0, "restored_at": 1, "kind": 0, "degradation": 1, "users_affected": 1,
    }  # fmt: skip


def test_columns_are_those_of_the_contract_in_order(stage):
    found = stage(HEADER + "1,E-mail,unplanned,2026-10-05,,,\n")
    assert list(found.rows[0]) == [*contract("outages").columns, "_line", "_order"]
    assert found.rows[0]["major"] is None
    assert found.facts.columns == {"number", "service", "kind", "started_at", "restored_at", "degradation", "users_affected"}
    assert found.facts.provides("outages", "kind")
    assert not found.facts.provides("outages", "major")
    assert not found.facts.provides("state_log", "at")


def test_unmapped_choices_are_missing_and_counted(stage):
    found = stage(
        "number,opened_at,state,made_sla\n1,2026-10-05,Weird,true\n2,2026-10-05,Weird,perhaps\n3,2026-10-05,Odd,\n4,2026-10-05,2,1\n",
        "incidents",
        mapping="servicenow",
    )
    assert found.column("state") == [None, None, None, "in_progress"]
    assert found.column("made_sla") == [True, None, None, True]
    assert found.facts.unmapped == {"state": {"Weird": 2, "Odd": 1}, "made_sla": {"perhaps": 1}}


def test_only_the_most_frequent_unmapped_texts_are_kept(stage):
    rows = "".join(f"{n},2026-10-05,text {n % 60}\n" for n in range(70))
    found = stage("number,opened_at,state\n" + rows, "incidents", mapping="servicenow")
    assert len(found.facts.unmapped["state"]) == 50
    assert set(list(found.facts.unmapped["state"].values())[:10]) == {2}


def test_values_of_the_source_go_before_those_of_the_mapping(stage):
    found = stage(
        "number,opened_at,state,service\n1,2026-10-05,Closed,Mail\n2,2026-10-05,-100,ERP\n",
        "incidents",
        mapping="servicenow",
        values={"state": {"closed": "resolved", "-100": ""}, "service": {"mail": "E-mail"}},
    )
    assert (found.column("state"), found.column("service"), found.facts.unmapped) == (["resolved", None], ["E-mail", "ERP"], {})


def test_columns_of_the_source(stage):
    found = stage(
        "number,Reported,u_svc\n1,2026-10-05,ERP\n",
        "incidents",
        mapping="servicenow",
        columns={"opened_at": ["reported"], "service": ["u_svc"]},
    )
    assert found.column("service") == ["ERP"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"state": {"x": "open"}},
            r"incidents\.state must be one of new, .* found 'open' for the text 'x' in itsq\.toml",
        ),
        ({"priority": {"x": "1"}}, r"values of incidents\.priority must be of type int; found '1'"),
        ({"made_sla": {"x": 1}}, r"values of incidents\.made_sla must be of type bool; found 1"),
        ({"opened_at": {"x": "y"}}, r"values of incidents\.opened_at must be of type time"),
    ],
)
def test_values_that_a_column_cannot_hold_are_an_error(stage, values, message):
    with pytest.raises(IngestError, match=message):
        stage("number,opened_at,state,priority,made_sla\n", "incidents", mapping="servicenow", values=values)


def test_a_nul_character_is_no_text(stage):
    found = stage(HEADER + "1,a\0b,unplanned,2026-10-05,,,\n2,a,unplanned,2026-10-05,,,\n")
    assert (found.column("number"), [rule for _, rule, *_ in found.rules]) == (["2"], ["malformed_row"])


def test_a_chinese_display_export_in_gbk(stage):
    text = (
        "编号,打开时间,状态,暂停原因,优先级,分配组\n"
        "INC1,2026/3/5 10:20,暂停,等待呼叫者,1 - 严重,网络组\n"
        "INC2,2026年3月6日 9:00,已关闭,,3 - 中,\n"
    )
    found = stage(text.encode("gbk"), "incidents", mapping="servicenow", name="事件.csv", zone="Asia/Shanghai")
    assert found.facts.encoding == "gb18030"
    assert [
        (row["opened_at"], row["state"], row["hold_reason"], row["priority"], row["assignment_group"]) for row in found.rows
    ] == [
        ("2026-03-05 02:20:00", "on_hold", "caller", 1, "网络组"),
        ("2026-03-06 01:00:00", "closed", None, 3, None),
    ]


def test_an_ignored_header_is_told(stage):
    found = stage("number,restord_at,service,kind,started_at,colour\n1,x,a,unplanned,2026-10-05,red\n")
    assert found.facts.ignored_columns == {"restord_at": ["restored_at"], "colour": []}


def test_a_header_alone(stage):
    found = stage(HEADER)
    assert (found.facts.read, found.rows, found.facts.missing["number"]) == (0, [], 0)


def test_a_missing_required_column_is_an_error(stage):
    with pytest.raises(IngestError, match="outages must have the columns kind"):
        stage("number,service,started_at\n1,a,2026-10-05\n")


def test_a_csv_that_says_it_was_cut_off_is_an_error(stage):
    with pytest.raises(IngestError, match="must be complete; found 'Export stopped due to excessive size' in line 3"):
        stage(HEADER + "1,E-mail,unplanned,2026-10-05,,,\nExport stopped due to excessive size\n")


def test_every_line_below_broken_rows_keeps_its_number(stage):
    found = stage(HEADER + '1,"a\nb",unplanned,2026-10-05,,,\nbroken\n\n2,c,unplanned,2026-10-05,,,\n3,d,unplanned,never,,,\n')
    assert [(row["number"], row["_line"]) for row in found.rows] == [("2", 6)]
    assert [(line, rule) for line, rule, *_ in found.rules] == [(2, "cut_short"), (4, "malformed_row"), (7, "unreadable_time")]


def test_the_ledger_record_is_json(stage):
    facts = stage(HEADER + "1,E-mail,unplanned,2026-10-05,,,\n").facts
    record = json.loads(json.dumps(facts.record()))
    assert (record["read"], record["columns"][0], record["timezone_from"]) == (1, "degradation", "workspace")
    assert "relation" not in record
