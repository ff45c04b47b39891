"""When a limit is reached, by when to order, what is planned, and of what nothing can be said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from itsq_analysis.capacity.days import last_whole_day, metrics_scope, next_report
from itsq_analysis.capacity.orders import ends, later_orders, orders, renewals
from itsq_analysis.capacity.outlook import capacity_outlooks, outlook_of, unmeasured
from itsq_analysis.capacity.plans import planned_changes
from itsq_analysis.capacity.resource_register import resource_register
from tests.page.made import context as made
from tests.pages.capacity.estates import LAST, daily, flat, resource, rising, scope


def test_a_line_reaches_its_limit_on_the_day_that_a_pencil_finds() -> None:
    """60 GiB on 2 November, one more a day: 90 on 2 December; 60 days before lie 30 in the past."""
    [one] = capacity_outlooks(scope(resources=[resource()], metrics=rising()))
    assert (one.forecast.earliest, one.forecast.likely, one.forecast.latest) == (date(2026, 12, 2),) * 3
    assert (one.safe.by, one.safe.overdue_days, one.even.by) == (date(2026, 10, 3), 30, date(2026, 10, 3))
    assert (one.share, one.crossed, one.forecast.probability) == (0.6, False, 1.0)


def test_what_is_free_is_told_as_used() -> None:
    rows = [{**row, "value": 100 - row["value"]} for row in rising()]
    [one] = capacity_outlooks(scope(resources=[resource(measured="free")], metrics=rows))
    assert (one.share, one.forecast.likely) == (0.6, date(2026, 12, 2))


def test_limits_follow_the_register_else_the_kind() -> None:
    rows = [resource("a"), resource("b", kind="cpu", capacity=None), resource("c", critical=0.5, warning=0.4, lead_time_days=0)]
    found = {one.key: (one.warning, one.critical, one.whole, one.lead_days) for one in resource_register(scope(resources=rows))}
    assert found == {"a": (0.8, 0.9, 100.0, 60), "b": (0.7, 0.85, 1.0, 60), "c": (0.4, 0.5, 100.0, 0)}


def test_decisions_are_what_must_be_ordered_before_the_next_report_the_most_urgent_first() -> None:
    """Order-by days: slow 90 - 60 = 30 days after 60 days less lead 60; the next report comes on 30 November."""
    rows = [
        resource("slow", lead_time_days=10),
        resource("soon", lead_time_days=20),
        resource("late", lead_time_days=40),
        resource("safe"),
    ]
    metrics = [*rising("slow", end=40), *rising("soon", end=60), *rising("late", end=60), *flat("safe", 10)]
    subject = scope(resources=rows, metrics=metrics)
    assert next_report(subject) == date(2026, 11, 30)
    assert [(one.resource.key, one.safe.by) for one in orders(subject)] == [
        ("late", date(2026, 10, 23)),
        ("soon", date(2026, 11, 12)),
    ]
    assert [(one.resource.key, one.safe.by) for one in later_orders(subject)] == [("slow", date(2026, 12, 12))]
    assert outlook_of(subject, "safe").safe.by is None  # type: ignore[union-attr]


def test_what_has_been_beyond_its_limit_again_and_again_stands_behind_what_is_new() -> None:
    """A sawtooth of 20 days from 5 to 100; its limit of 90 is passed on two days of each."""
    saw = [5.0 * (1 + n % 20) for n in range(200)]
    subject = scope(resources=[resource("leak"), resource("disk", lead_time_days=20)], metrics=[*daily("leak", saw), *rising()])
    leak = outlook_of(subject, "leak")
    assert leak is not None
    assert leak.recurring
    assert leak.days_beyond == sum(value >= 90 for value in saw[-90:])
    assert [one.resource.key for one in orders(subject)] == ["disk", "leak"]


def test_a_sawtooth_below_its_limit_is_no_decision() -> None:
    saw = [10.0 + 3 * (n % 20) for n in range(200)]
    subject = scope(resources=[resource("log")], metrics=daily("log", saw))
    assert orders(subject) == ()
    assert capacity_outlooks(subject)[0].forecast.probability < 0.2


@pytest.mark.parametrize(
    ("metrics", "columns", "reason"),
    [
        ([], {}, "no_values"),
        ([], {"metric": None}, "no_metric"),
        (daily("disk", [50.0] * 13), {}, "short"),
        (daily("disk", [50.0] * 60, last=date(2026, 10, 4)), {}, "silent"),
    ],
)
def test_a_resource_of_which_nothing_can_be_said_is_named_with_its_reason(metrics: Any, columns: Any, reason: str) -> None:
    subject = scope(resources=[resource(**columns)], metrics=metrics)
    assert capacity_outlooks(subject) == ()
    assert [(one.resource.key, one.reason) for one in unmeasured(subject)] == [("disk", reason)]


def test_what_ends_or_measures_energy_needs_no_metric() -> None:
    rows = [
        resource("crt", kind="certificate", metric=None, expires_on=date(2027, 1, 1)),
        resource("seats", kind="licence", metric=None, quantity_in_use=5.0),
        resource("power", kind="energy", unit="kWh"),
    ]
    assert unmeasured(scope(resources=rows)) == ()


def test_days_are_those_of_the_metrics() -> None:
    subject = scope(resources=[resource()], metrics=rising())
    assert (subject.today, last_whole_day(subject)) == (LAST, LAST)
    seen = metrics_scope(made(as_of="2026-11-20", resources=[resource()], metrics=rising()).scope)
    assert seen is not None
    assert last_whole_day(seen) == date(2026, 11, 1)  # noon of the second is the newest point
    assert metrics_scope(made(as_of="2026-11-20", resources=[resource()]).scope) is None


def test_planned_events_enter_the_forecasts_of_their_service_alone() -> None:
    """From 3 November on demand doubles: 30 GiB take 15 days."""
    event = {"date": date(2026, 11, 3), "driver": "Orders", "service": "Orders", "kind": "planned", "event": "Sale", "growth": 1.0}
    rows = [resource(), resource("other", service="Mail")]
    subject = scope(resources=rows, metrics=[*rising(), *rising("other")], demand_drivers=[event])
    likely = {one.resource.key: one.forecast.likely for one in capacity_outlooks(subject)}
    assert likely == {"disk": date(2026, 11, 17), "other": date(2026, 12, 2)}


def test_an_event_that_ends_takes_its_growth_back_and_an_amount_is_compared_with_the_last_four_weeks() -> None:
    measured = [
        {"date": date(2026, 10, day), "driver": "Orders", "service": "Orders", "kind": "measured", "value": 100.0}
        for day in range(6, 32)
    ]
    sale = {"date": date(2026, 11, 11), "until": date(2026, 11, 12), "driver": "Orders", "service": "Orders", "kind": "planned"}
    plan = {"date": date(2026, 12, 1), "driver": "Orders", "service": "Orders", "kind": "planned", "value": 300.0}
    rows = [*measured, {**sale, "event": "Sale", "value": 150.0}, plan]
    subject = scope(resources=[resource()], metrics=rising(), demand_drivers=rows)
    changes = planned_changes(subject)["disk"]
    assert [(one.on, round(one.growth, 6), one.until) for one in changes] == [(date(2026, 11, 11), 0.5, date(2026, 11, 12))]


def test_of_an_event_that_has_begun_only_its_end_is_to_come() -> None:
    """The values up to 2 November hold the growth since 1 November already."""
    sale = {"date": date(2026, 11, 1), "driver": "Orders", "service": "Orders", "kind": "planned", "event": "Sale", "growth": 0.25}
    rows = [
        {**sale, "until": date(2026, 11, 20)},
        {**sale, "event": "New site"},
        {**sale, "until": date(2026, 11, 1), "event": "Over"},
    ]
    changes = planned_changes(scope(resources=[resource()], metrics=rising(), demand_drivers=rows))["disk"]
    assert [(one.name, one.on, round(one.growth, 6), one.until) for one in changes] == [("Sale", date(2026, 11, 21), -0.2, None)]


def test_demand_that_stops_for_a_while_stops_the_growth() -> None:
    """Closed for ten days: the day on which the limit is reached comes ten days later."""
    closed = {"date": date(2026, 11, 11), "until": date(2026, 11, 20), "driver": "Orders", "service": "Orders", "kind": "planned"}
    subject = scope(resources=[resource()], metrics=rising(), demand_drivers=[{**closed, "event": "Closed", "growth": -1.0}])
    assert capacity_outlooks(subject)[0].forecast.likely == date(2026, 12, 12)


def test_an_option_that_was_chosen_and_is_on_its_way_counts_until_its_day_has_passed() -> None:
    """Ordered on 20 October for 30 days: 100 GiB more from 19 November on, limit 180; promised for October it no longer counts."""
    chosen = {"resource": "disk", "option": "extend", "title": "More", "size": 100.0, "lead_time_days": 30, "outcome": "chosen"}
    coming = scope(resources=[resource()], metrics=rising(), capacity_options=[{**chosen, "decided_on": date(2026, 10, 20)}])
    forgotten = scope(resources=[resource()], metrics=rising(), capacity_options=[{**chosen, "decided_on": date(2026, 9, 1)}])
    done = {**chosen, "decided_on": date(2026, 10, 20), "done_on": date(2026, 10, 30)}
    assert capacity_outlooks(coming)[0].forecast.likely == date(2027, 3, 2)  # 120 GiB more than 60
    assert capacity_outlooks(forgotten)[0].forecast.likely == date(2026, 12, 2)
    assert capacity_outlooks(scope(resources=[resource()], metrics=rising(), capacity_options=[done]))[0].forecast.likely == date(
        2026, 12, 2
    )


def test_two_extensions_on_their_way_add_up() -> None:
    chosen = {"resource": "disk", "option": "extend", "size": 100.0, "lead_time_days": 30, "outcome": "chosen"}
    ordered = {"B": date(2026, 10, 25), "A": date(2026, 10, 20)}
    rows = [{**chosen, "number": title, "title": title, "decided_on": day} for title, day in ordered.items()]
    changes = planned_changes(scope(resources=[resource()], metrics=rising(), capacity_options=rows))["disk"]
    assert [(one.name, one.on) for one in changes] == [("A", date(2026, 11, 19)), ("B", date(2026, 11, 24))]
    assert [one.limit for one in changes] == [180.0, 270.0]


def test_one_full_day_of_what_is_used_at_once_is_no_lack_of_capacity() -> None:
    """A processor at 95 % on Mondays and at 20 % else; Mondays and Tuesdays would count. 2 November is a Monday."""
    mondays = [0.95 if n % 7 == 6 else 0.2 for n in range(140)]
    both = [0.95 if n % 7 in (5, 6) else 0.2 for n in range(140)]
    rows = [resource(key, kind="cpu", capacity=None, unit="") for key in ("one", "two")]
    subject = scope(resources=rows, metrics=[*daily("one", mondays), *daily("two", both)])
    found = {one.resource.key: round(one.forecast.probability, 1) for one in capacity_outlooks(subject)}
    assert found == {"one": 0.0, "two": 1.0}


@pytest.mark.parametrize(("kind", "full", "crossed"), [("cpu", 1, False), ("cpu", 2, True), ("disk", 1, True), ("disk", 0, False)])
def test_what_is_used_at_once_is_beyond_its_limit_after_two_full_days(kind: str, full: int, crossed: bool) -> None:
    values = [50.0] * 60 + [95.0] * full
    [one] = capacity_outlooks(scope(resources=[resource(kind=kind)], metrics=daily("disk", values)))
    assert one.crossed is crossed


def test_an_extension_of_a_share_raises_the_limit_as_one_of_an_amount_does() -> None:
    """60 % and one point a day; as much again from 19 November on: 180 % of today's capacity, 120 days."""
    more = {"resource": "disk", "option": "extend", "title": "More", "size": 1.0, "lead_time_days": 30, "outcome": "chosen"}
    ordered = [{**more, "decided_on": date(2026, 10, 20)}]
    share = resource(capacity=None, unit="")
    subject = scope(resources=[share], metrics=rising(end=0.6, step=0.01), capacity_options=ordered)
    assert capacity_outlooks(subject)[0].forecast.likely == date(2027, 3, 2)


def test_renewals_are_due_a_lead_time_before_the_end() -> None:
    rows = [
        resource("over", kind="certificate", metric=None, expires_on=date(2026, 10, 20)),
        resource("near", kind="certificate", metric=None, expires_on=date(2026, 12, 31), lead_time_days=31),
        resource("far", kind="certificate", metric=None, expires_on=date(2027, 10, 1), lead_time_days=10),
        resource("beyond", kind="certificate", metric=None, expires_on=date(2028, 10, 1)),
        resource("array", maintenance_until=date(2027, 2, 1)),
    ]
    subject = scope(resources=rows)
    assert [(one.resource.key, one.what, one.act) for one in ends(subject)] == [
        ("over", "certificate", date(2026, 8, 21)),
        ("near", "certificate", date(2026, 11, 30)),
        ("array", "maintenance", date(2026, 12, 3)),
        ("far", "certificate", date(2027, 9, 21)),
    ]
    assert [one.resource.key for one in renewals(subject)] == ["over", "near"]
