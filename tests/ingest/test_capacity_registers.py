"""The registers of capacity: both languages of headers, choices in words, and each rule by a row that breaks it."""

import pytest

from itsq_analysis.tables import contract
from itsq_analysis.tables.template import template

RESOURCE = {"resource": "r", "kind": "disk", "capacity": "100", "warning": "0.8", "critical": "0.9"}
DRIVER = {"date": "2026-10-05", "driver": "Orders", "kind": "measured", "value": "10"}
OPTION = {"resource": "r", "option": "extend", "title": "More"}
BROKEN = [
    ("resources", RESOURCE | {"warning": "0.95"}, "warning_above_critical"),
    ("resources", RESOURCE | {"capacity": "0"}, "no_capacity"),
    ("resources", RESOURCE | {"step_size": "0"}, "empty_step"),
    ("resources", RESOURCE | {"step_size": "-1"}, "out_of_range"),
    ("resources", RESOURCE | {"warning": "80"}, "out_of_range"),
    ("resources", RESOURCE | {"measured": "free", "capacity": ""}, "free_without_capacity"),
    ("resources", RESOURCE | {"members": "2", "members_needed": "3"}, "more_needed_than_members"),
    ("resources", RESOURCE | {"members": "0"}, "out_of_range"),
    ("resources", RESOURCE | {"members_needed": "2"}, "more_needed_than_members"),
    ("resources", RESOURCE | {"kind": "toaster"}, "unknown_choice"),
    ("resources", RESOURCE | {"expires_on": "soon"}, "unreadable_time"),
    ("demand_drivers", DRIVER | {"until": "2026-10-04"}, "ends_before_it_begins"),
    ("demand_drivers", DRIVER | {"value": ""}, "empty_driver"),
    ("demand_drivers", DRIVER | {"value": "", "event": "Promotion"}, "event_without_size"),
    ("demand_drivers", DRIVER | {"growth": "-2"}, "out_of_range"),
    ("capacity_options", OPTION | {"outcome": "chosen"}, "outcome_without_decision"),
    ("capacity_options", OPTION | {"decided_on": "2026-10-05", "done_on": "2026-10-01"}, "done_before_decided"),
    ("capacity_options", OPTION | {"lead_time_days": "-5"}, "out_of_range"),
    ("capacity_options", OPTION | {"title": ""}, "missing_required"),
]
SOUND = [
    ("resources", RESOURCE),
    ("resources", {"resource": "certificate", "kind": "certificate", "expires_on": "2026-12-08"}),
    ("resources", RESOURCE | {"members": "2", "members_needed": "1", "measured": "free"}),
    ("demand_drivers", DRIVER),
    ("demand_drivers", DRIVER | {"value": "", "event": "Promotion", "growth": "0.3", "kind": "planned", "until": "2026-10-05"}),
    ("capacity_options", OPTION),
    ("capacity_options", OPTION | {"outcome": "rejected", "decided_on": "2026-10-05"}),
    ("metrics", {"time": "2026-10-05 09:00", "resource": "r", "metric": "m", "value": ""}),
]


def csv(row):
    return f"{','.join(row)}\n{','.join(row.values())}\n"


@pytest.mark.parametrize(("table", "row", "rule"), BROKEN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_row_that_breaks_a_rule_is_refused_under_its_name(stage, table, row, rule):
    assert [one["rule"] for one in stage(csv(row), table).refused] == [rule]


def test_every_rule_of_these_tables_is_broken_above():
    named = {rule for _, _, rule in BROKEN}
    assert {rule.id for table in ("resources", "demand_drivers", "capacity_options") for rule in contract(table).rules} <= named


@pytest.mark.parametrize(("table", "row"), SOUND)
def test_a_sound_row_is_taken(stage, table, row):
    found = stage(csv(row), table)
    assert (len(found.rows), found.refused) == (1, [])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("table", ["resources", "metrics", "demand_drivers", "capacity_options"])
def test_the_template_of_each_can_be_loaded_as_it_is(stage, tmp_path, table, language):
    found = stage(template(table, language, "xlsx", tmp_path / "模板.xlsx"), table)
    assert (len(found.rows), found.refused, found.facts.ignored_columns) == (1, [], {})
    given = {name: column.example for name, column in contract(table).columns.items() if column.example is not None}
    assert found.rows[0].keys() >= given.keys()
    assert {name for name in given if found.rows[0][name] is None} == set()


def test_people_write_kinds_in_their_own_words(stage):
    found = stage("资源编号,类型,指标含义,容量\na,磁盘,剩余量,10\nb,许可证,,5\nc,维保合同,已用,\n", "resources")
    assert found.column("kind") == ["disk", "licence", "maintenance"]
    assert found.column("measured") == ["free", None, "used"]


def test_an_option_keeps_its_number_when_it_is_decided(stage):
    first = stage("resource,option,title\nr,extend,More\n", "capacity_options")
    later = stage("resource,option,title,decided_on,outcome,price\nr,扩容,More,2026-10-05,采纳,10\n", "capacity_options")
    assert first.column("number") == later.column("number")
    assert later.column("outcome") == ["chosen"]
