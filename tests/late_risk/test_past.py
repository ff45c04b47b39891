"""What the log told at earlier moments: hours, counts and the group's load, checked by hand."""

import numpy as np
import pytest

from itsq_analysis.late_risk.features import Features
from itsq_analysis.late_risk.past import Past
from itsq_analysis.late_risk.tickets import read_tickets
from itsq_analysis.worktime import microseconds
from tests.indicators.late.made import calendar, incident, log, made, settings
from tests.tables import SHANGHAI, connect, moment

LOG = log(
    "A",
    "2026-10-05 10:00 in_progress Desk",
    "2026-10-05 12:00 on_hold/caller Servers",  # over lunch
    "2026-10-05 15:00 in_progress Servers",
    "2026-10-05 17:00 resolved Servers",
    "2026-10-06 09:00 in_progress Servers",
    "2026-10-06 16:00 resolved Servers",
)


@pytest.fixture(scope="module")
def tickets():
    rows = [incident("A", "2026-10-05 09:00", "2026-10-06 16:00"), *(incident(name, "2026-10-05 11:00") for name in "BC")]
    data = made(rows, LOG + log("B", "2026-10-05 11:00 new Servers"))
    return read_tickets(connect(data), settings(), calendar, moment("2026-10-07 09:00"))


def asked(number: int, *times: str):
    return np.full(len(times), number), np.array([int(microseconds(moment(f"2026-10-{time}"))) for time in times])


def test_hours_and_counts_are_those_of_the_log_up_to_the_moment(tickets):
    past, (ticket, at) = Past(tickets), asked(0, "05 09:30", "05 11:00", "05 14:00", "05 16:00", "06 10:00")
    hours, place = past.hours(ticket, at), past.place(ticket, at)
    assert hours["whole"].tolist() == [0.5, 2, 4, 6, 9]
    assert hours["used"].tolist() == [0.5, 2, 3, 4, 7]  # an hour of the lunch's hold, then two; resolved is no pause
    assert hours["here"].tolist() == [0.5, 1, 1, 1, 1]
    assert hours["waiting_user"].tolist() == [0, 0, 1, 2, 2]
    assert hours["unassigned"].tolist() == [0.5, 1, 1, 1, 1]
    counts = past.counts(place)
    assert counts["moves"].tolist() == [0, 0, 1, 1, 1]
    assert counts["reopened"].tolist() == [0, 0, 0, 0, 1]
    assert counts["waits"].tolist() == [0, 0, 1, 1, 1]
    assert past.over(past.place(*asked(0, "05 16:59", "05 17:00"))).tolist() == [False, True]


def test_the_load_of_a_group_counts_those_it_holds_and_those_that_ended_within_a_week(tickets):
    load = Features(tickets, SHANGHAI).at(*asked(1, "05 11:30", "05 13:00", "05 18:00", "06 17:00", "07 09:00"))
    assert load["open"].tolist() == [1, 2, 1, 1, 1]  # B; A joins at noon, is resolved, comes back and goes; B is open to the end
    assert load["ended"].tolist() == [0, 0, 0, 1, 1]
    assert load["all_open"].tolist() == [3, 3, 3, 2, 2]
    assert Features(tickets, SHANGHAI).at(*asked(2, "06 09:00"))[["group", "open", "ended"]].isna().all(axis=None)
