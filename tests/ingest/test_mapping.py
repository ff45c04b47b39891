"""Mappings: which header is which column, what is proposed, and what is refused."""

import pytest

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.binding import Binder
from itsq_analysis.ingest.mapping import load_mapping, parse_mapping, shipped_mappings
from itsq_analysis.tables import contract, contracts

FOUR = {"number": 0, "opened_at": 1, "state": 2, "updated_at": 3}


def bind(headers, table="incidents", mapping="servicenow", **more):
    return Binder(contract(table), load_mapping(mapping).table(table), more).bind(headers, "x.csv")


@pytest.mark.parametrize(
    "headers",
    [
        ["number", "opened_at", "state", "sys_updated_on"],
        ["Number", "Opened", "State", "Updated"],
        ["编号", "打开时间", "状态", "更新时间"],
        ["\ufeffNUMBER", " Opened At ", "ｓｔａｔｅ", "SYS UPDATED ON"],
    ],
)
def test_field_names_labels_and_chinese_labels(headers):
    assert bind(headers).columns == FOUR


def test_an_unknown_header_is_listed_with_its_nearest_columns():
    found = bind(["number", "opened_at", "asignment group", "caller_id", "shortdescription2"])
    assert found.ignored == {
        "asignment group": ["assignment_group", "reassignment_count"],
        "caller_id": [],
        "shortdescription2": ["short_description"],
    }


def test_two_headers_for_one_column_are_an_error():
    with pytest.raises(IngestError, match=r"one header must mean incidents\.opened_at; found 'Opened' and 'opened_at' in x\.csv"):
        bind(["number", "Opened", "opened_at"])


def test_the_source_decides_between_two_headers():
    assert bind(["number", "Opened", "打开时间"], opened_at=("打开时间",)).columns["opened_at"] == 2


def test_further_headers_of_the_source_do_not_replace_the_usual_ones():
    assert bind(["number", "Opened"], opened_at=("u_reported_at",)).columns["opened_at"] == 1
    assert bind(["number", "u_reported_at"], opened_at=("u_reported_at",)).columns["opened_at"] == 1


def test_a_header_that_the_source_gives_to_one_column_is_no_other_column():
    found = bind(["number", "opened_at", "category"], service=("category",))
    assert found.columns == {"number": 0, "opened_at": 1, "service": 2}


def test_a_missing_required_column_is_an_error_that_says_what_is_there():
    with pytest.raises(IngestError, match=r"incidents must have the columns opened_at; found only 'number', 'created' in x\.csv"):
        bind(["number", "created"])


def test_an_event_log_must_have_a_version_and_an_update_time():
    with pytest.raises(IngestError, match="must have the columns updated_at, sys_mod_count"):
        bind(["number", "opened_at"], mapping="servicenow_event_log")


def test_a_register_has_every_table_under_names_and_titles():
    for name, table in contracts().items():
        for headers in (
            list(table.columns),
            [column.title["en"] for column in table.columns.values()],
            [column.title["zh"] for column in table.columns.values()],
        ):
            assert list(bind(headers, name, "register").columns) == list(table.columns)


@pytest.mark.parametrize("name", shipped_mappings())
def test_shipped_value_maps_give_values_of_the_contract(name):
    for table_name, table in load_mapping(name).tables.items():
        columns = contract(table_name).columns
        for column, texts in table.values.items():
            hold_reasons = contract("incidents").columns["hold_reason"].values  # in state_log it is a text
            choices = columns[column].values or hold_reasons
            allowed = {"choice": choices, "text": choices, "bool": (True, False), "int": range(1, 6)}[columns[column].type]
            assert set(texts.values()) <= {"", *allowed}


def test_no_header_of_a_shipped_mapping_means_two_columns_but_the_state_of_the_log():
    for name in shipped_mappings():
        for table_name, table in load_mapping(name).tables.items():
            binder = Binder(contract(table_name), table)
            for column, aliases in binder.aliases.items():
                for other, others in binder.aliases.items():
                    shared = {column, other} == {"state", "hold_reason"} and name == "servicenow_event_log"
                    assert column == other or shared or not aliases & others, (name, table_name, column, other)


def test_no_shipped_mapping_states_a_zone():
    assert {load_mapping(name).timezone for name in shipped_mappings()} == {None}


OWN = """
name = "ours"
timezone = "Asia/Shanghai"
day_first = true
missing = ["?"]
[incidents.columns]
opened_at = "Reported"
"""


def test_a_mapping_of_the_workspace(tmp_path):
    (tmp_path / "我们的.toml").write_text(OWN, encoding="utf-8")
    mapping = load_mapping("我们的.toml", tmp_path)
    assert (mapping.name, mapping.timezone, mapping.day_first, mapping.missing) == ("ours", "Asia/Shanghai", True, ("?",))
    assert mapping.table("incidents").columns["opened_at"] == ("opened_at", "Reported")
    assert mapping.source_text == OWN


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = [", "must be valid TOML"),
        ("timezon = 'UTC'", "a key or a table must be one of .* found timezon"),
        ("[incidents.column]", "a part must be one of .* found column"),
        ("[incidents.columns]\nopend_at = ['x']", "a column must be one of .* found opend_at"),
        ("timezone = 'Beijing'", "timezone of a mapping must be an IANA name .* found 'Beijing'"),
        ("day_first = 'yes'", "day_first of a mapping must be true or false"),
        ("missing = 3", "missing of a mapping must be a text or a list of texts"),
    ],
)
def test_a_wrong_mapping_is_an_error(text, message):
    with pytest.raises(IngestError, match=message):
        parse_mapping(text, "x.toml")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "servicenow2",
            "must be one of alertmanager, github_deployments, gitlab_deployments, jenkins_builds, metrics_csv, "
            "prometheus_query_range, register, servicenow, servicenow_event_log, zabbix_problems, zabbix_trends, or ",
        ),
        ("x.toml", "readable TOML file"),
    ],
)
def test_an_unknown_mapping_is_an_error(name, message, tmp_path):
    with pytest.raises(IngestError, match=message):
        load_mapping(name, tmp_path)


def test_a_table_that_the_tool_does_not_have_is_an_error():
    with pytest.raises(IngestError, match=r"reads changes, config_items, incidents, knowledge_articles, .*; found table 'outages'"):
        load_mapping("servicenow").table("outages")
