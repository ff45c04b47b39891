"""Values that can still change beside earlier ones at the same age."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd

from itsq_analysis.indicators.maturity import at_same_age
from itsq_analysis.indicators.processes import process
from itsq_analysis.periods import parse_period
from tests.page.courses import NO_HOLIDAYS, months, of_months
from tests.page.made import SHANGHAI, context, incidents
from tests.tables import Row


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
    value = found.cube.value("reopen_rate")
    assert (value.provisional, value.numerator, value.denominator) == (True, 5, 83)
    aged = at_same_age(found.scope, value)
    assert aged is not None
    # The month before: two of the same day, and the three of August that came back in September; its own three are not known yet.
    assert (aged[-2].numerator, aged[-2].denominator) == (5, 83)
    final = found.cube.course(value, 2)[0]
    assert (final.numerator, final.denominator) == (5, 80)
    assert process(found.scope, value).periods == 12


def test_without_a_log_it_is_compared_with_nothing() -> None:
    found = context(NO_HOLIDAYS, incidents=of_months([50] * 13, reopen_count=0), as_of="2026-11-03")
    value = found.cube.value("reopen_rate")
    assert at_same_age(found.scope, value) is None
    assert process(found.scope, value).reason == "provisional"
    settled = context(NO_HOLIDAYS, incidents=of_months([50] * 13, reopen_count=0), as_of="2026-11-20")
    assert process(settled.scope, settled.cube.value("reopen_rate")).periods == 12


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
    value = found.cube.value("survey_response_rate")
    before = found.cube.passes
    aged = at_same_age(found.scope, value)
    assert aged is not None
    assert [one.value for one in aged[-4:]] == [0.5] * 4
    assert found.cube.passes == before + 1
    assert [one.value for one in found.cube.course(value, 4)] == [1.0, 1.0, 1.0, 0.5]
