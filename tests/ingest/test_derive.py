"""Derived columns: hand-made tickets in Shanghai, in the week from Monday 12 October 2026 (no holiday)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from itsq_analysis.errors import SettingsError
from itsq_analysis.ingest.derive import build_calendars, derive_incidents, derive_requests, rules_hash
from itsq_analysis.settings import Settings, parse_settings
from itsq_analysis.tables import contract
from tests.worktime import naive

SHANGHAI = ZoneInfo("Asia/Shanghai")
HORIZON = "16 18:00"
RULES = """
[[sla]]
id = "vital"
tier = 1
calendar = "7x24"
response = "15m"
resolution = "4h"

[[sla]]
id = "office"
calendar = "5x8"
response = "1h"
resolution = "1d"
paused = ["caller", "supplier"]
"""


def at(text: str | None) -> datetime | None:
    """ "12 09:00" is 12 October 2026, 09:00 in Shanghai."""
    return datetime.fromisoformat(f"2026-10-{text}").replace(tzinfo=SHANGHAI) if text else None


def table(name: str, *rows: Mapping[str, Any]) -> pa.Table:
    columns = contract(name).columns
    schema = pa.schema([(column.name, column.arrow_type) for column in columns.values()])
    times = {column.name for column in columns.values() if column.type == "time"}
    complete = [
        {column: at(value) if column in times and isinstance(value, str) else value for column, value in row.items()}
        for row in rows
    ]
    return pa.Table.from_pylist(complete, schema=schema)


def log(*rows: tuple[str, int, str, str | None, str | None], ticket_table: str = "incidents") -> pa.Table:
    names = ("number", "seq", "at", "state", "hold_reason")
    return table("state_log", *({"ticket_table": ticket_table, **dict(zip(names, row, strict=True))} for row in rows))


SERVICES = table("services", {"service": "E-mail", "tier": 1}, {"service": "Printing", "tier": 3}, {"service": "Odd"})


def derive(
    *incidents: Mapping[str, Any], state_log: pa.Table | None = None, toml: str = RULES, horizon: str = HORIZON
) -> list[dict[str, Any]]:
    settings = parse_settings(toml, "itsq.toml")
    rows = [{"number": f"I{place}", "opened_at": "12 09:00", **row} for place, row in enumerate(incidents)]
    calendars = build_calendars(settings, Path("nowhere"), 2026, 2026)
    found = derive_incidents(table("incidents", *rows), state_log or log(), SERVICES, settings, calendars, at(horizon))
    return found.to_pylist()


def derive_one(state_log: pa.Table | None = None, toml: str = RULES, horizon: str = HORIZON, **incident: Any) -> dict[str, Any]:
    (found,) = derive(incident, state_log=state_log, toml=toml, horizon=horizon)
    return found


def test_columns_order_and_types_are_the_contracts():
    settings = parse_settings(RULES, "itsq.toml")
    calendars = build_calendars(settings, Path("nowhere"), 2026, 2026)
    for rows in ([], [{"number": "I1", "opened_at": "12 09:00"}]):
        found = derive_incidents(table("incidents", *rows), log(), SERVICES, settings, calendars, at(HORIZON))
        assert found.schema == pa.schema([(name, contract("incidents").schema.field(name).type) for name in found.column_names])
        assert found.column_names == ["number", *contract("incidents").derived]
        assert found.num_rows == len(rows)


def test_a_ticket_resolved_within_its_working_day():
    found = derive_one(acknowledged_at="12 09:30", resolved_at="12 17:00", closed_at="15 09:00", state="closed")
    assert found == {
        "number": "I0",
        "ended_at": at("12 17:00"),
        "elapsed_seconds": 8 * 3600,
        "paused_seconds": None,
        "working_seconds": 7 * 3600,
        "ack_seconds": 1800,
        "sla_rule": "office",
        "sla_response_met": True,
        "sla_resolution_met": True,
        "sla_due_at": at("12 18:00"),
        "sla_late_from": at("13 09:00"),
    }


@pytest.mark.parametrize(
    ("opened", "resolved", "working", "met"),
    [
        ("12 09:00", "12 18:00", 8 * 3600, True),  # exactly the working day
        ("12 09:00", "12 22:00", 8 * 3600, True),  # after hours nothing runs
        ("12 09:00", "13 09:00:01", 8 * 3600 + 1, False),
        ("16 17:00", "19 16:00", 7 * 3600, True),  # over a weekend
        ("16 17:00", "19 17:00:01", 8 * 3600 + 1, False),
        ("17 10:00", "17 12:00", 0, True),  # on a Saturday
    ],
)
def test_resolution_is_judged_in_working_time(opened, resolved, working, met):
    found = derive_one(opened_at=opened, resolved_at=resolved, horizon="30 00:00")
    assert (found["working_seconds"], found["sla_resolution_met"]) == (working, met)


@pytest.mark.parametrize(
    ("opened", "acknowledged", "met"),
    [("12 17:30", "13 09:30", True), ("12 17:30", "13 09:31", False), ("12 09:00", None, None)],
)
def test_response_is_judged_in_working_time(opened, acknowledged, met):
    assert derive_one(opened_at=opened, acknowledged_at=acknowledged)["sla_response_met"] is met


def test_an_open_ticket_has_a_deadline_and_no_outcome_even_when_it_is_late():
    found = derive_one(state="in_progress", opened_at="12 09:00")
    assert found["sla_due_at"] == at("12 18:00")
    assert [name for name, value in found.items() if value is not None] == ["number", "sla_rule", "sla_due_at", "sla_late_from"]


def test_without_rules_the_outcome_is_unknown_and_time_is_counted_in_the_first_calendar():
    found = derive_one(toml="", acknowledged_at="12 10:00", resolved_at="13 10:00", priority=1)
    assert (found["working_seconds"], found["elapsed_seconds"], found["ack_seconds"]) == (9 * 3600, 25 * 3600, 3600)
    assert [found[name] for name in ("sla_rule", "sla_response_met", "sla_resolution_met", "sla_due_at")] == [None] * 4


def test_a_rule_with_a_response_only_says_nothing_of_resolution():
    toml = '[[sla]]\nid = "r"\ncalendar = "5x8"\nresponse = "1h"'
    found = derive_one(toml=toml, acknowledged_at="12 09:10", resolved_at="12 10:00")
    assert (found["sla_rule"], found["sla_response_met"]) == ("r", True)
    assert (found["sla_resolution_met"], found["sla_due_at"], found["working_seconds"]) == (None, None, 3600)


# when a ticket has ended


@pytest.mark.parametrize(
    ("incident", "ended"),
    [
        ({"state": "closed", "resolved_at": "12 10:00", "closed_at": "14 10:00"}, "12 10:00"),
        ({"state": "closed", "closed_at": "14 10:00", "updated_at": "15 10:00"}, "14 10:00"),
        ({"state": "closed", "updated_at": "15 10:00"}, "15 10:00"),
        ({"state": "canceled", "updated_at": "15 10:00"}, "15 10:00"),
        ({"state": "resolved", "updated_at": "15 10:00"}, "15 10:00"),
        ({"state": "closed"}, "12 09:00"),  # nothing but the opening is known of it
        ({"state": "in_progress", "updated_at": "15 10:00"}, None),
        ({"state": "on_hold", "updated_at": "15 10:00"}, None),
        ({"updated_at": "15 10:00"}, None),
    ],
)
def test_ended_at(incident, ended):
    assert derive_one(**incident)["ended_at"] == at(ended)


def test_a_closed_ticket_without_any_later_time_ended_at_its_last_log_row():
    found = derive_one(log(("I0", 0, "12 09:00", "new", None), ("I0", 1, "13 11:00", "closed", None)), state="closed")
    assert found["ended_at"] == at("13 11:00")


def test_a_closed_ticket_without_a_resolution_time_has_no_outcome():
    found = derive_one(state="closed", closed_at="14 10:00")
    assert (found["sla_resolution_met"], found["elapsed_seconds"], found["working_seconds"]) == (None, None, None)
    assert found["sla_due_at"] == at("12 18:00")


# pauses


def test_only_holds_for_a_reason_of_the_rule_stop_the_clock():
    history = log(
        ("I0", 0, "12 09:00", "new", None),
        ("I0", 1, "12 10:00", "on_hold", "caller"),  # one hour
        ("I0", 2, "12 11:00", "on_hold", "change"),  # not in the rule
        ("I0", 3, "12 13:30", "on_hold", None),  # no reason given
        ("I0", 4, "12 14:00", "on_hold", "supplier"),  # half an hour
        ("I0", 5, "12 14:30", "in_progress", None),
        ("I0", 6, "13 09:30", "closed", None),
    )
    found = derive_one(history, resolved_at="13 09:30", state="closed")
    assert found["paused_seconds"] == 5400
    assert found["working_seconds"] == (8 * 60 + 30 - 90) * 60
    assert found["sla_resolution_met"] is True
    assert found["sla_due_at"] == at("13 10:30")


def test_all_means_every_hold_also_one_without_a_reason():
    toml = RULES.replace('paused = ["caller", "supplier"]', 'paused = "all"')
    history = log(
        ("I0", 0, "12 10:00", "on_hold", "change"), ("I0", 1, "12 11:00", "on_hold", None), ("I0", 2, "12 13:30", "new", None)
    )
    assert derive_one(history, toml, resolved_at="12 15:00")["paused_seconds"] == 2.5 * 3600


def test_a_rule_that_names_no_reason_stops_for_none():
    toml = RULES.replace('paused = ["caller", "supplier"]', "paused = []")
    found = derive_one(log(("I0", 0, "12 10:00", "on_hold", "caller")), toml, resolved_at="12 15:00")
    assert (found["paused_seconds"], found["working_seconds"]) == (0, 5 * 3600)


def test_without_a_rule_no_hold_stops_the_clock():
    found = derive_one(log(("I0", 0, "12 10:00", "on_hold", "caller")), "", resolved_at="12 15:00")
    assert (found["paused_seconds"], found["working_seconds"]) == (0, 5 * 3600)


def test_holds_outside_working_hours_stop_nothing():
    history = log(("I0", 0, "12 18:00", "on_hold", "caller"), ("I0", 1, "13 09:00", "in_progress", None))
    found = derive_one(history, resolved_at="13 10:00")
    assert (found["paused_seconds"], found["working_seconds"], found["sla_due_at"]) == (0, 9 * 3600, at("12 18:00"))


def test_log_rows_are_ordered_by_time_and_then_by_sequence():
    history = log(
        ("I0", 7, "12 14:00", "in_progress", None),
        ("I0", 3, "12 10:00", "on_hold", "caller"),  # ends at once
        ("I0", 4, "12 10:00", "in_progress", None),
        ("I0", 5, "12 11:00", "in_progress", None),
        ("I0", 6, "12 11:00", "on_hold", "caller"),  # holds until 14:00
    )
    assert derive_one(history, resolved_at="12 15:00")["paused_seconds"] == 2 * 3600


def test_a_hold_ends_when_the_ticket_is_resolved():
    found = derive_one(log(("I0", 0, "12 10:00", "on_hold", "caller")), resolved_at="12 11:00", state="closed")
    assert (found["paused_seconds"], found["working_seconds"], found["sla_due_at"]) == (3600, 3600, at("13 10:00"))


def test_a_ticket_still_on_hold_is_due_later_with_the_horizon():
    history = log(("I0", 0, "12 10:00", "on_hold", "caller"))
    due = [derive_one(history, state="on_hold", horizon=horizon)["sla_due_at"] for horizon in ("12 10:00", "12 12:00", "13 10:00")]
    assert due == [at("12 18:00"), at("13 11:00"), at("13 18:00")]
    assert derive_one(history, state="on_hold")["paused_seconds"] is None


def test_the_log_of_other_tickets_and_tables_is_left_out():
    others = log(("I9", 0, "12 10:00", "on_hold", "caller"))
    requests = log(("I0", 0, "12 10:00", "on_hold", "caller"), ticket_table="requests")
    found = derive_one(pa.concat_tables([others, requests]), resolved_at="12 15:00")
    assert (found["paused_seconds"], found["working_seconds"]) == (None, 5 * 3600)


def test_a_logged_ticket_that_was_never_on_hold_has_zero_paused_seconds():
    assert derive_one(log(("I0", 0, "12 09:00", "new", None)), resolved_at="12 15:00")["paused_seconds"] == 0


def test_many_tickets_keep_their_order_calendars_and_pauses():
    history = log(
        ("I2", 0, "12 10:00", "on_hold", "caller"),
        ("I2", 1, "12 11:00", "in_progress", None),
        ("I0", 0, "12 10:00", "on_hold", "supplier"),
        ("I0", 1, "12 12:30", "in_progress", None),
    )
    resolved = {"resolved_at": "12 14:00"}
    found = derive(
        {"service": "E-mail", **resolved}, {"service": "Printing", **resolved}, {"service": "E-mail", **resolved}, state_log=history
    )
    assert [row["number"] for row in found] == ["I0", "I1", "I2"]
    assert [row["sla_rule"] for row in found] == ["vital", "office", "vital"]
    assert [row["working_seconds"] for row in found] == [2.5 * 3600, 4 * 3600, 4 * 3600]
    assert [row["paused_seconds"] for row in found] == [2.5 * 3600, None, 3600]
    assert [row["sla_due_at"] for row in found] == [at("12 15:30"), at("12 18:00"), at("12 14:00")]


# choice of the rule

LADDER = """
[[sla]]
id = "{0}"
calendar = "5x8"
resolution = "1d"
{1}
"""


def rules(**conditions: str) -> str:
    return "".join(LADDER.format(name, condition) for name, condition in conditions.items())


@pytest.mark.parametrize(
    ("incident", "rule"),
    [
        ({"service": "E-mail", "priority": 1}, "service_p1"),
        ({"service": "E-mail", "priority": 2}, "service"),  # a service goes before a tier with a priority
        ({"service": "E-mail"}, "service"),
        ({"service": "Printing", "priority": 1}, "tier_p12"),
        ({"service": "Printing", "priority": 3}, "tier"),
        ({"service": "Odd", "priority": 1}, "p1"),  # fewer priorities go before more
        ({"service": "Odd", "priority": 2}, "p12"),
        ({"service": "unlisted", "priority": 2}, "p12"),
        ({"priority": 2}, "p12"),
        ({"service": "Odd", "priority": 4}, "all"),
        ({}, "all"),
    ],
)
def test_the_most_specific_rule_holds(incident, rule):
    toml = rules(
        all="",
        p1="priority = 1",
        p12="priority = [1, 2]",
        tier="tier = 3",
        tier_p12="tier = 3\npriority = [1, 2]",
        service='service = "E-mail"',
        service_p1='service = "E-mail"\npriority = 1',
    )
    for text in (toml, "[[sla]]".join(["", *reversed(toml.split("[[sla]]")[1:])])):
        assert derive_one(toml=text, **incident)["sla_rule"] == rule


def test_a_rule_holds_from_the_local_day_on_which_it_begins():
    toml = rules(new="valid_from = 2026-10-13", old="", newer="valid_from = 2026-10-14")
    found = derive({"opened_at": "12 23:59:59"}, {"opened_at": "13 00:00"}, {"opened_at": "14 00:00"}, toml=toml)
    assert [row["sla_rule"] for row in found] == ["old", "new", "newer"]


def test_of_equal_rules_the_last_in_the_file_holds():
    assert derive_one(toml=rules(first="priority = 1", second="priority = 1"), priority=1)["sla_rule"] == "second"


def test_no_rule_matches():
    found = derive_one(toml=rules(p1="priority = 1"), priority=2, resolved_at="12 10:00")
    assert (found["sla_rule"], found["sla_resolution_met"], found["working_seconds"]) == (None, None, 3600)


def test_hostile_text_is_just_text():
    name = "' OR 1=1 --<script>"
    toml = rules(hostile=f'service = "{name}"')
    assert [row["sla_rule"] for row in derive({"service": name}, {"service": "E-mail"}, toml=toml)] == ["hostile", None]


# calendars


def test_a_date_far_off_has_no_working_time_and_stops_nobody():
    slip = {"opened_at": datetime(2026, 10, 12, 1, tzinfo=UTC), "resolved_at": datetime(9999, 1, 1, tzinfo=UTC)}
    ancient = {"opened_at": datetime(1900, 1, 1, tzinfo=UTC), "resolved_at": "12 10:00"}
    found = derive(slip, ancient, {"resolved_at": "12 10:00"}, state_log=log(("I0", 0, "12 10:00", "on_hold", "caller")))
    assert [row["working_seconds"] for row in found] == [None, None, 3600]
    assert [row["paused_seconds"] for row in found] == [None, None, None]
    assert [row["sla_resolution_met"] for row in found] == [None, None, True]
    assert all(row["elapsed_seconds"] > 0 for row in found)
    assert found[1]["sla_due_at"] is None


def test_calendars_reach_as_far_as_the_deadlines():
    toml = '[[calendar]]\nid = "weekly"\nhours = "Mon 09:00-10:00"\nholidays = ""\n'
    toml += '[[sla]]\nid = "slow"\ncalendar = "weekly"\nresolution = "100h"'
    found = derive_one(toml=toml, opened_at=datetime(2026, 12, 31, 1, tzinfo=UTC))
    assert found["sla_due_at"] == datetime(2028, 11, 27, 10, 0, tzinfo=SHANGHAI)  # the hundredth Monday
    with pytest.raises(SettingsError, match="must end within 50 years; found '9000h' in rule 'slow'"):
        derive_one(toml=toml.replace("100h", "9000h"))


def test_calendar_files_override_calendars_that_have_holidays(tmp_path: Path):
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2026.csv").write_text("date,kind\n2026-10-12,holiday\n", encoding="utf-8")
    office = '[[calendar]]\nid = "{}"\nhours = "Mon-Fri 09:00-18:00"\n'
    toml = office.format("a") + office.format("b") + 'holidays = ""\n'
    day = at("12 00:00").date()
    for organisation, worked in (("CN", [False, True]), ("", [False, False])):
        settings = parse_settings(f'[organisation]\nholidays = "{organisation}"\n{toml}', "itsq.toml")
        calendars = build_calendars(settings, tmp_path, 2026, 2026)
        assert list(calendars) == ["a", "b"]
        assert [bool(calendar.is_working_day(day)) for calendar in calendars.values()] == worked


def test_calendars_cover_the_local_years_beside_the_utc_ones():
    calendars = build_calendars(Settings(), Path("nowhere"), 2026, 2026)
    for calendar in calendars.values():
        assert (calendar.first_year, calendar.last_year) == (2025, 2027)
    for first, last in ((1, 1970), (2016, 1970), (2026, 9999), (9999, 9999)):
        for calendar in build_calendars(Settings(), Path("nowhere"), first, last).values():
            assert 1980 <= calendar.first_year <= calendar.last_year < 2200


# requests


def test_requests():
    settings = Settings()
    rows = [
        {"number": "R1", "opened_at": "16 17:00", "closed_at": "19 10:00", "due_at": "19 10:00"},
        {"number": "R2", "opened_at": "16 17:00", "closed_at": "19 10:00:01", "due_at": "19 10:00"},
        {"number": "R3", "opened_at": "12 09:00", "closed_at": "12 10:00"},
        {"number": "R4", "opened_at": "12 09:00", "due_at": "12 10:00"},
    ]
    found = derive_requests(table("requests", *rows), build_calendars(settings, Path("nowhere"), 2026, 2026), settings)
    assert found.column_names == ["number", *contract("requests").derived]
    assert found["elapsed_seconds"].to_pylist() == [65 * 3600, 65 * 3600 + 1, 3600, None]
    assert found["working_seconds"].to_pylist() == [2 * 3600, 2 * 3600 + 1, 3600, None]
    assert found["on_time"].to_pylist() == [True, False, None, None]


# the hash


def test_the_hash_changes_with_all_that_working_time_depends_on_and_with_nothing_else(tmp_path: Path):
    def hashed(toml: str) -> str:
        return rules_hash(parse_settings(toml, "itsq.toml"), tmp_path / "calendar")

    base = hashed(RULES)
    assert hashed('[organisation]\nname = "某单位"\n[period]\nmonth_starts_on = 26\n' + RULES) == base
    changes = [
        RULES.replace("15m", "16m"),
        RULES.replace('"supplier"', '"change"'),
        '[organisation]\ntimezone = "Europe/Berlin"\n' + RULES,
        '[organisation]\nholidays = "DE"\n' + RULES,
        '[[calendar]]\nid = "5x8"\nhours = "Mon-Fri 08:00-16:00"\n[[calendar]]\nid = "7x24"\nhours = "7x24"\n' + RULES,
        "",
    ]
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "notes.txt").write_text("not a calendar", encoding="utf-8")
    assert hashed(RULES) == base
    (tmp_path / "calendar" / "2026.csv").write_text("date,kind\n2026-10-12,holiday\n", encoding="utf-8")
    with_file = hashed(RULES)
    assert len({base, with_file, *map(hashed, changes)}) == len(changes) + 2


# the whole against an oracle that looks at every minute

MINUTES = st.integers(0, 4 * 1440)
STEPS = st.lists(
    st.tuples(MINUTES, st.sampled_from(["on_hold", "in_progress", None]), st.sampled_from(["caller", "change", None])), max_size=5
)
TICKETS = st.lists(st.tuples(st.sampled_from(["E-mail", "Printing"]), MINUTES, st.none() | MINUTES, STEPS), min_size=1, max_size=3)
START = datetime(2026, 10, 8, 16, 0, tzinfo=UTC)  # Friday 00:00 in Shanghai, before an adjusted working Saturday
STOPPING = {"vital": ("caller", "supplier", "change"), "office": ("caller", "supplier")}
ALLOWED = {"vital": 4 * 60, "office": 8 * 60}  # minutes
SETTINGS = parse_settings(RULES, "itsq.toml")
CALENDARS = build_calendars(SETTINGS, Path("nowhere"), 2026, 2026)
DAY_HOURS = {"vital": CALENDARS["7x24"].days.hours, "office": CALENDARS["5x8"].days.hours}


def moment(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def naive_pauses(steps: list[tuple[int, str | None, str | None]], rule: str, end: datetime) -> list[tuple[datetime, datetime]]:
    ordered = sorted(steps, key=lambda step: step[0])  # stable: the sequence breaks ties
    until = [min(moment(step[0]), end) for step in ordered[1:]] + [end]
    return [
        (moment(minute), after)
        for (minute, state, reason), after in zip(ordered, until, strict=False)
        if state == "on_hold" and reason in STOPPING[rule]
    ]


@hypothesis_settings(derandomize=True, deadline=None, max_examples=120)
@given(TICKETS)
def test_agrees_with_looking_at_every_minute(tickets):
    rows: list[dict[str, Any]] = []
    history = []
    for place, (service, opened, resolved, steps) in enumerate(tickets):
        rows.append({"number": f"I{place}", "service": service, "opened_at": moment(opened)})
        rows[-1]["resolved_at"] = None if resolved is None else moment(max(opened, resolved))
        history += [(f"I{place}", seq, moment(minute), state, reason) for seq, (minute, state, reason) in enumerate(steps)]
    horizon = moment(6 * 1440)
    found = derive_incidents(table("incidents", *rows), log(*history), SERVICES, SETTINGS, CALENDARS, horizon)
    for row, derived, (service, _, _, steps) in zip(rows, found.to_pylist(), tickets, strict=True):
        rule = "vital" if service == "E-mail" else "office"
        opened, end = row["opened_at"], row["resolved_at"] or horizon
        pauses = naive_pauses(steps, rule, end)
        assert derived["sla_rule"] == rule
        assert derived["sla_due_at"] == naive.due(opened, ALLOWED[rule], DAY_HOURS[rule], SHANGHAI, pauses)
        if row["resolved_at"] is None:
            assert derived["working_seconds"] is derived["paused_seconds"] is derived["sla_resolution_met"] is None
            continue
        gross, net = (naive.working_minutes(opened, end, DAY_HOURS[rule], SHANGHAI, cut) for cut in ((), pauses))
        assert derived["working_seconds"] == 60 * net
        assert derived["paused_seconds"] == (60 * (gross - net) if steps else None)
        assert derived["sla_resolution_met"] == (net <= ALLOWED[rule])
