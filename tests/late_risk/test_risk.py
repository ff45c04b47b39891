"""Open tickets at a moment: nothing later is used, the same bytes come twice, and what cannot be told is refused."""

from itertools import starmap

import pandas as pd
import pytest

from itsq_analysis.errors import ForecastError
from itsq_analysis.facts.codec import encode
from itsq_analysis.late_risk.outlook import because, helps, late_outlook
from itsq_analysis.late_risk.risk import at_risk, known_at_risk
from itsq_analysis.text import LANGUAGES, say
from tests.late_risk.made import NOW, OPEN, desk, forgotten, scope
from tests.tables import moment

MADE = desk()


@pytest.fixture(scope="module")
def known():
    return at_risk(scope(MADE))


def test_it_tells_the_slow_from_the_quick_and_the_late_apart(known):
    tickets = known.tickets.set_index("number")
    slow = pd.Series({row["number"]: row["category"] == "slow" for row in MADE[0]}).loc[tickets.index]
    within = tickets["left"] > 0
    assert tickets.loc[~within, "probability"].eq(1).all()
    assert 0 < within.sum() < len(tickets)
    assert tickets.loc[within & slow, "probability"].mean() > 0.45 > 0.25 > tickets.loc[within & ~slow, "probability"].mean()
    assert set(tickets.index) == {row["number"] for row in MADE[0] if row["opened_at"] < moment(NOW) <= row["ended_at"]}
    hours = tickets[["remaining_low", "remaining", "remaining_high"]].dropna()
    assert len(hours) > 3
    assert (hours.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert 0.02 < tickets["canceled"].mean() < 0.3


def test_nothing_after_the_moment_changes_a_prediction(known):
    """Whether later rows are there, are gone, or tell something else."""
    at = moment(NOW)
    end = moment("2026-11-19 09:00")
    resolved_late = [row | ({} if row["ended_at"] < at else {"resolved_at": end, "ended_at": end}) for row in MADE[0]]
    other = [row | ({} if row["at"] < at else {"state": "on_hold", "assignment_group": "Servers"}) for row in MADE[1]]
    for altered in (forgotten(MADE), (resolved_late, other), (resolved_late, [row for row in MADE[1] if row["at"] < at])):
        assert encode(at_risk(scope(altered))) == encode(known)


def test_the_same_bytes_come_twice(known):
    assert encode(at_risk(scope(MADE))) == encode(known)


def test_counts_by_group_and_day_add_up_to_the_chances(known):
    days = known.days
    assert set(days["group"]) <= {"Desk", "Servers"}
    assert days["day"].nunique() == 7  # five working days and a weekend
    within = known.tickets[known.tickets["left"] > 0]
    running = within[within["state"] != "waiting_user"]
    assert running["probability"].sum() - 1e-9 <= days["expected"].sum() <= within["probability"].sum() + 1e-9
    assert (days["low"] <= days["high"]).all()


def test_without_a_log_only_what_is_fixed_at_opening_tells_tickets_apart():
    tickets = at_risk(scope(desk(logged=False))).tickets
    assert tickets[["in_state", "handovers", "group_open"]].isna().all(axis=None)
    within = tickets[tickets["left"] > 0]
    assert within["probability"].nunique() > 1


def test_a_field_that_is_filled_at_closing_is_named_and_left_out():
    incidents, log = forgotten(desk(seed=4))
    emptied = [row | ({"category": None} if row["ended_at"] is None else {}) for row in incidents]
    many = [*emptied, *starmap(_opened, enumerate(["quick"] * 3 + [None] * 30))]
    asked = at_risk(scope((many, log), NOW, horizon=NOW))
    assert asked.left_out == ("category",)
    filled = [*emptied, *starmap(_opened, enumerate(["quick"] * 33))]
    assert at_risk(scope((filled, log), NOW, horizon=NOW)).left_out == ()


def _opened(place, category):
    return {"number": f"NEW{place}", "opened_at": moment("2026-10-20 10:00"), "category": category, "priority": 3} | OPEN


def test_too_few_tickets_or_no_promise_are_refused():
    few, none = scope(desk(300)), scope(MADE, toml="")
    with pytest.raises(ForecastError, match="at least 500 incidents that have ended; found 300"):
        known_at_risk(few)
    with pytest.raises(ForecastError, match="promises a resolution time; found none"):
        known_at_risk(none)


def test_a_page_is_told_the_tickets_within_their_promise_and_how_many_will_miss_it(known):
    """The counts are those of the frame; the range holds the expected number; reasons and help have words."""
    told = late_outlook(scope(MADE))
    within = known.tickets[known.tickets["left"] > 0]
    assert [ticket.number for ticket in told.tickets] == within["number"].tolist()
    assert (told.late, told.whole.expected) == ((known.tickets["left"] <= 0).sum(), pytest.approx(known.days["expected"].sum()))
    assert told.whole.low - 1e-6 <= told.whole.expected <= told.whole.high + 1e-6
    assert sum(count.expected for count in told.groups) == pytest.approx(told.whole.expected)
    assert sum(count.expected for count in told.days) == pytest.approx(told.whole.expected)
    for ticket in told.tickets:
        assert 0 <= ticket.soon <= ticket.probability <= 1
        sentences = [*because(ticket), helps(ticket)]
        assert all(say(sentence.id, language, n=2, hours=1, state="") for sentence in sentences for language in LANGUAGES)
    assert any(ticket.reasons for ticket in told.tickets)
    assert late_outlook(scope(desk(300))) is None
