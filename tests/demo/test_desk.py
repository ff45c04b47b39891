"""Calls and roster of the demo, read by plain means: they fit each other and what truth.json says was planted."""

from collections import defaultdict
from datetime import date, datetime

import pytest

from tests.demo.conftest import rows

CALLS, ROSTER = "exports/话务_半小时.csv.gz", "registers/排班.csv.gz"
DESK = "Service Desk"


@pytest.fixture(scope="module")
def people() -> dict[tuple[str, str], float]:
    """Day and hour at which a shift of the desk begins -> people."""
    return {(row["日期"], row["上班"]): float(row["人数"]) for row in rows(ROSTER) if row["班组"] == DESK}


def test_every_half_hour_is_there_once_and_adds_up():
    stamps = [row["统计时段"] for row in rows(CALLS)]
    assert (stamps[0], stamps[-1], len(stamps)) == ("2024-11-01 08:00", "2026-11-02 19:30", 732 * 24)
    assert len(set(stamps)) == len(stamps)
    for row in rows(CALLS):
        offered, answered, in_time, gave_up = (int(row[name]) for name in ("呈入", "接通", "20秒接通", "放弃"))
        assert offered == answered + gave_up
        assert in_time <= answered
        assert (answered == 0) == (row["处理秒数"] == "0")


def test_the_roster_is_short_where_truth_says_so(truth, people):
    planted = truth["planted"]["roster"]
    short = planted["short"][0]
    start = short["hours"][:5]
    after = {*planted["short_after_holidays"]["dates"]}
    found = defaultdict(set)
    for (day, begin), number in people.items():
        if begin == start and day not in after and date.fromisoformat(day) >= date(2026, 11, 3):
            found[date.fromisoformat(day).weekday()].add(number)
    usual = found[1] | found[2] | found[3] | found[4]
    assert found[0] == {number - short["people"] for number in usual}
    assert people["2026-10-08", start] == next(iter(usual)) - planted["short_after_holidays"]["people"]
    friday, ordinary = people["2026-11-06", "13:00"], people["2026-11-05", "13:00"]
    assert friday - ordinary == planted["too_many"][0]["people"]


def test_the_roster_is_planned_for_six_weeks(truth, people):
    last = max(day for day, _ in people)
    assert last == truth["planted"]["roster"]["planned_until"]
    assert (date.fromisoformat(last) - date(2026, 11, 3)).days == 40


def test_callers_of_the_short_hours_give_up_more_often():
    offered, gave_up = defaultdict(int), defaultdict(int)
    for row in rows(CALLS):
        when = datetime.fromisoformat(row["统计时段"])
        if when.hour in (9, 10) and when.weekday() < 5:
            offered[when.weekday()] += int(row["呈入"])
            gave_up[when.weekday()] += int(row["放弃"])
    rates = {weekday: gave_up[weekday] / offered[weekday] for weekday in range(5)}
    assert rates[0] > 3 * max(rates[weekday] for weekday in range(1, 5))
