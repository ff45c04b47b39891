"""Processes of a report's values: which periods count, what is compared at the same age, and what has changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from itsq_analysis.pages.quality.festival import festival_day, spring_festival
from itsq_analysis.pages.quality.processes import changed, complete_periods, course, exposure, per_day, process
from itsq_analysis.pages.quality.same_age import at_same_age

from itsq_analysis.page.context import ReportContext
from itsq_analysis.periods import parse_period
from tests.page.courses import NO_HOLIDAYS, months, of_months, with_rates
from tests.page.made import RULES, SHANGHAI, agreed, context, incidents
from tests.tables import Row


def judged(found: ReportContext, indicator: str, by: str | None = None, member: str | None = None) -> Any:
    rows = found.values([indicator], by=by)
    row = rows.iloc[0] if by is None else rows[rows["member"] == member].iloc[0]
    return process(found, row)


def test_only_whole_periods_since_the_data_began_count() -> None:
    begun = [*incidents(100, "2025-09-10 09:00"), *of_months([100] * 13)]
    labels = [one.label for one in complete_periods(context(NO_HOLIDAYS, incidents=begun), "incidents")]
    assert labels == [one.label for one in months(13)][:-1]
    assert complete_periods(context(NO_HOLIDAYS), "incidents") == []


def test_a_month_that_began_with_days_off_is_whole() -> None:
    """1 to 8 October 2025 were holidays: data from the 9th on hold all its working days."""
    rows = [*incidents(50, "2025-10-09 09:00"), *of_months([100] * 12)]
    assert complete_periods(context(incidents=rows), "incidents")[0].label == "2025-10"
    late = [*incidents(50, "2025-10-14 09:00"), *of_months([100] * 12)]
    assert complete_periods(context(incidents=late), "incidents")[0].label == "2025-11"


def test_volumes_are_judged_per_working_day() -> None:
    """Five a weekday in every month: no month of fewer days is one of less work."""
    found = judged(with_rates([5.0] * 13), "incidents_opened")
    assert (found.centre, found.signal, found.periods) == (5.0, False, 12)
    assert judged(with_rates([5.0] * 12 + [8.0]), "incidents_opened").direction == "up"


def test_a_target_of_a_count_is_one_per_period() -> None:
    """At most 6 failed changes a month; 2 a month are usual, 0 to 6: kept."""
    toml = NO_HOLIDAYS + agreed("failed_changes", "7")
    rows = []
    for month in months(14):
        closed = datetime.combine(month.start, datetime.min.time(), SHANGHAI) + timedelta(hours=9)
        rows += [
            {"number": f"{month.label} {place}", "opened_at": closed, "closed_at": closed, "outcome": "unsuccessful"}
            for place in (1, 2)
        ]
    found = judged(context(toml, changes=rows), "failed_changes")
    assert (found.word, found.periods) == ("keeps", 13)


def test_members_have_processes_of_their_own() -> None:
    rows = [*of_months([50] * 13, [5] * 13, priority=2), *[row | {"number": f"x{row['number']}"} for row in of_months([50] * 13)]]
    found = context(NO_HOLIDAYS + RULES, incidents=rows)
    assert judged(found, "sla_resolution_met", "priority", "2").centre == pytest.approx(0.9)
    assert judged(found, "sla_resolution_met").centre == pytest.approx(0.95)


def test_what_was_not_over_or_is_thin_is_compared_with_nothing() -> None:
    assert judged(with_rates([5.0] * 13, as_of="2026-10-20"), "incidents_opened").reason == "period_incomplete"
    assert judged(with_rates([5.0] * 13 + [0.5]), "incidents_opened").reason == "thin"
    assert judged(with_rates([5.0] * 12), "incidents_opened").reason == "few_periods"


def test_around_the_clock_days_are_days() -> None:
    always = '[[service]]\nservice = "ERP"\ncalendar = "7x24"\n[[service]]\nservice = "CRM"\ncalendar = "5x8"\n'
    rows = incidents(5, service="ERP")
    opened = context().workspace.catalogue["incidents_opened"]
    kinds = {only: exposure(context(always, incidents=rows, only=only), opened) for only in ((), ("ERP",), ("ERP", "CRM"))}
    assert kinds == {(): "working", ("ERP",): "calendar", ("ERP", "CRM"): "working"}
    assert exposure(context('[[calendar]]\nid = "always"\nhours = "7x24"\n'), opened) == "calendar"
    catalogue = context().workspace.catalogue
    assert exposure(context(), catalogue["failed_changes"]) == "calendar"
    assert (per_day(context(), catalogue["failed_changes"]), per_day(context(), catalogue["csat"])) == (None, None)


# Values that can still change -------------------------------------------------------------------------------------------


def reopened(again: int, days_after: int, month: str, count: int = 50) -> tuple[list[Row], list[Row]]:
    """Incidents resolved on the last day of a month, so many of them reopened and resolved again days after."""
    last = parse_period(month).end - timedelta(days=1)
    rows, log = incidents(count, f"{last} 09:00", reopen_count=0), []
    for place, row in enumerate(rows):
        steps = [("resolved", row["resolved_at"])]
        if place < again:
            back = row["resolved_at"] + timedelta(days=days_after)
            steps += [("in_progress", back), ("resolved", back + timedelta(minutes=5))]
            row |= {"reopen_count": 1, "resolved_at": back + timedelta(minutes=5)}
        log += [
            {"ticket_table": "incidents", "number": row["number"], "seq": seq, "at": at, "state": state}
            for seq, (state, at) in enumerate(steps)
        ]
    return rows, log


def test_a_reopen_rate_is_compared_with_earlier_ones_at_the_same_age() -> None:
    """Incidents resolved in a month and, on the day, reopened: two days after October's end none of the later ones is known."""
    rows, log = [], []
    for month in months(14):
        early, late = reopened(2, 0, month.label), reopened(3, 8, month.label, 30)
        for one, steps in (early, ([row | {"number": f"l{row['number']}"} for row in late[0]], late[1])):
            rows += one
            log += steps if one is early[0] else [step | {"number": f"l{step['number']}"} for step in steps]
    known = pd.Timestamp("2026-11-03", tz=SHANGHAI)
    # As of 3 November the three late ones of October are still resolved, not yet reopened.
    for row in rows:
        if row["resolved_at"] > known:
            row |= {"reopen_count": 0, "resolved_at": row["resolved_at"] - timedelta(days=8, minutes=5)}
    log = [step for step in log if step["at"] < known]
    found = context(NO_HOLIDAYS, incidents=rows, state_log=log, as_of="2026-11-03")
    row = found.values(["reopen_rate"]).iloc[0]
    assert (row["provisional"], row["numerator"], row["denominator"]) == (True, 5, 83)
    aged = at_same_age(found, row, 12)
    assert aged is not None
    # The month before: two of the same day, and the three of August that came back in September; its own three are not known yet.
    assert aged.iloc[-2][["numerator", "denominator"]].tolist() == [5, 83]
    final = found.values(["reopen_rate"], history=2).iloc[0]
    assert (final["numerator"], final["denominator"]) == (5, 80)
    assert process(found, row).periods == 12


def test_without_a_log_it_is_compared_with_nothing() -> None:
    found = context(NO_HOLIDAYS, incidents=of_months([50] * 13, reopen_count=0), as_of="2026-11-03")
    row = found.values(["reopen_rate"]).iloc[0]
    assert at_same_age(found, row, 12) is None
    assert process(found, row).reason == "provisional"
    settled = context(NO_HOLIDAYS, incidents=of_months([50] * 13, reopen_count=0), as_of="2026-11-20")
    assert process(settled, settled.values(["reopen_rate"]).iloc[0]).periods == 12


def test_surveys_are_told_at_the_same_age_from_their_own_times() -> None:
    """Sent on the 30th or so; one answered the next day, one ten days after: two days after the end half of them is known."""
    rows = []
    for month in months(13):
        sent = datetime.combine(month.end - timedelta(days=1), datetime.min.time(), SHANGHAI) + timedelta(hours=10)
        for place, days in enumerate((1, 10)):
            answered = sent + timedelta(days=days)
            known = answered if answered < datetime(2026, 11, 3, tzinfo=SHANGHAI) else None
            rows.append({"number": f"{month.label} {place}", "sent_at": sent, "answered_at": known, "automatic": False})
    found = context(NO_HOLIDAYS, surveys=rows, as_of="2026-11-03")
    row = found.values(["survey_response_rate"]).iloc[0]
    aged = at_same_age(found, row, 3)
    assert aged is not None
    assert aged["value"].tolist() == [0.5] * 4
    assert found.values(["survey_response_rate"], history=4)["value"].tolist() == [1.0, 1.0, 1.0, 0.5]


# What has changed -------------------------------------------------------------------------------------------------------

HEADLINE = '[report]\nheadline = ["incidents_opened", "sla_resolution_met", "reopen_rate", "resolve_time_median"]\n'


def test_a_headline_that_jumps_is_changed() -> None:
    rows = of_months([200] * 13, [10] * 12 + [60], reopen_count=0)
    (one,) = changed(context(NO_HOLIDAYS + RULES + HEADLINE, incidents=rows))
    assert (one.row["indicator"], one.process.direction, one.process.since) == ("sla_resolution_met", "down", "2026-10")


def test_organisations_in_which_nothing_changes_have_no_change() -> None:
    """Fifteen of them, four headline indicators, months that differ by more than the chance of single cases."""
    generator = np.random.default_rng(20261031)
    told = 0
    for _ in range(15):
        sizes = generator.poisson(90 * generator.normal(1, 0.05, 19).clip(0.5))
        late = generator.binomial(sizes, generator.normal(0.08, 0.01, 19).clip(0.01))
        rows = of_months([int(size) for size in sizes], [int(one) for one in late], reopen_count=0)
        told += bool(changed(context(NO_HOLIDAYS + RULES + HEADLINE, incidents=rows)))
    assert told <= 1


def test_the_headline_is_asked_for_in_one_scan() -> None:
    found = context(NO_HOLIDAYS + RULES + HEADLINE, incidents=of_months([20] * 13, reopen_count=0))
    course(found, "reopen_rate")
    assert set(found.kept["course", None]) == {"incidents_opened", "sla_resolution_met", "reopen_rate", "resolve_time_median"}


# Spring Festival --------------------------------------------------------------------------------------------------------


def test_spring_festival_concerns_the_months_that_hold_it_in_either_year() -> None:
    """29 January 2025, 17 February 2026, 6 February 2027."""
    concerned = {}
    for label in ("2025-12", "2026-01", "2026-02", "2026-03", "2027-01", "2027-02"):
        found = spring_festival(context(period=label, as_of="2027-06-01"))
        concerned[label] = found and (found.window.label, found.last_window.label)
    around = "2026-02-10..2026-03-02", "2025-01-22..2025-02-11"
    assert concerned == {
        "2025-12": None,
        "2026-01": around,
        "2026-02": around,
        "2026-03": None,
        "2027-01": None,
        "2027-02": ("2027-01-30..2027-02-19", "2026-02-10..2026-03-02"),
    }


def test_where_it_is_no_holiday_nothing_is_aligned() -> None:
    assert festival_day("BR", 2026) is None
    assert festival_day("", 2026) is None
    assert spring_festival(context(NO_HOLIDAYS, period="2026-02")) is None
    assert spring_festival(context(period="2026-Q1")) is None
