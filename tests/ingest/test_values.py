"""Texts of choices, numbers and yes/no."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.ingest.mapping import load_mapping
from itsq_analysis.ingest.values import look_up
from itsq_analysis.tables import contract


def parse(text, column, table="incidents", mapping="servicenow"):
    mapped = load_mapping(mapping).table(table).values.get(column, {})
    found = look_up(contract(table).columns[column], [text], mapped, frozenset(("?",)))
    return found.values.get(text, "unread" if found.unread else None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 - Moderate", 3),
        ("1 - 严重", 1),
        ("P3", 3),
        ("3", 3),
        ("3.0", 3),
        (" 2 ", 2),
        ("2-High", 2),
        ("High", 2),
        ("低", 4),
        ("3 级", 3),
        ("", None),
        ("?", None),
        ("urgent", "unread"),
        ("3.7", "unread"),
        ("3 of 5", "unread"),
        ("1 - 2", "unread"),
        ("7", 7),
    ],
)
def test_priority(text, value):
    assert parse(text, "priority") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("1,200", 1200),
        ("1200.0", 1200),
        ("+5", 5),
        ("-3", -3),
        ("12 - x", "unread"),
        ("1,20", "unread"),
        ("1e3", "unread"),
        ("٣", "unread"),
    ],
)
def test_a_number_without_upper_bound_is_no_scale(text, value):
    assert parse(text, "reassignment_count") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        (".5", 0.5),
        ("1", 1.0),
        ("2e-1", 0.2),
        ("0,5", "unread"),
        ("nan", "unread"),
        ("inf", "unread"),
        ("50%", "unread"),
    ],
)
def test_numbers(text, value):
    assert parse(text, "degradation", "outages", "register") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("1", True),
        ("0", False),
        ("Yes", True),
        ("no", False),
        ("是", True),
        ("否", False),
        ("", None),
        ("maybe", "unread"),
    ],
)
def test_yes_and_no(text, value):
    assert parse(text, "made_sla") == value


@pytest.mark.parametrize(
    ("text", "table", "column", "value"),
    [
        ("7", "incidents", "state", "closed"),
        ("已关闭", "incidents", "state", "closed"),
        ("in_progress", "incidents", "state", "in_progress"),
        ("In  Progress", "incidents", "state", "in_progress"),
        ("-5", "changes", "state", "new"),
        ("3", "changes", "state", "closed"),
        ("3", "requests", "state", "fulfilled"),
        ("7", "requests", "state", "canceled"),
        ("103", "problems", "state", "root_cause_analysis"),
        ("等待呼叫者", "incidents", "hold_reason", "caller"),
        ("Awaiting Vendor", "incidents", "hold_reason", "supplier"),
        ("Self-service", "incidents", "channel", "portal"),
        ("successful_issues", "changes", "outcome", "successful_issues"),
        ("Accepted", "incidents", "major", True),
        ("Proposed", "incidents", "major", False),
        ("-100", "incidents", "state", "unread"),
    ],
)
def test_servicenow_choices(text, table, column, value):
    assert parse(text, column, table) == value


def test_any_other_text_of_the_log_means_no_wait():
    assert parse("Awaiting Evidence", "hold_reason", mapping="servicenow_event_log") == "other"
    assert parse("Closed", "hold_reason", mapping="servicenow_event_log") is None
    assert parse("-100", "hold_reason", mapping="servicenow_event_log") is None


@given(st.lists(st.text(max_size=8), unique=True), st.sampled_from(["priority", "state", "made_sla", "reopen_count"]))
@settings(deadline=None)
def test_every_text_is_read_unread_or_missing(texts, name):
    column = contract("incidents").columns[name]
    found = look_up(column, texts, {}, frozenset(("?",)))
    told = [*found.values, *found.unread]
    missing = [text for text in texts if text.strip() in ("", "?")]
    assert sorted([*told, *missing]) == sorted(texts)
    assert all(isinstance(value, {"int": int, "choice": str, "bool": bool}[column.type]) for value in found.values.values())
