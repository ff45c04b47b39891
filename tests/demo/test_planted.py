"""What was planted is in the raw rows, found by plain loops that share no code with the generator."""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays
import pytest

from tests.demo.conftest import local, rows, sheet

CHINA = holidays.country_holidays("CN", years=range(2024, 2027))
LIMIT_HOURS = {"1 - Critical": 4, "2 - High": 8, "3 - Moderate": 16, "4 - Low": 40}
SHIFTS = ((time(9), time(12)), (time(13), time(18)))


@cache
def is_worked(day: date) -> bool:
    return CHINA.is_working_day(day)


def working(start: datetime, end: datetime) -> timedelta:
    """Working time between two local times, day by day."""
    total = timedelta()
    for offset in range((end.date() - start.date()).days + 1):
        day = start.date() + timedelta(days=offset)
        if is_worked(day):
            for opens, closes in SHIFTS:
                begin, stop = max(start, datetime.combine(day, opens)), min(end, datetime.combine(day, closes))
                total += max(timedelta(), stop - begin)
    return total


@pytest.fixture(scope="module")
def holds():
    """Number -> intervals on hold that stop the clock, from the state log."""
    found = defaultdict(list)
    log = rows("exports/state_log.csv.gz")
    for entry, after in zip(log, [*log[1:], None], strict=True):
        if entry["state"] == "on_hold" and entry["hold_reason"] != "problem" and after and after["number"] == entry["number"]:
            found[entry["number"]].append((local(entry["at"]), local(after["at"])))
    return found


@pytest.fixture(scope="module")
def judged(latest, holds):
    """One (row, in time) for every resolved P1–P4 incident."""
    found = []
    for row in latest.values():
        if row["resolved_at"] and row["priority"] in LIMIT_HOURS:
            opened, resolved = local(row["opened_at"]), local(row["resolved_at"])
            elapsed = (lambda start, end: end - start) if row["priority"] < "3" else working
            used = elapsed(opened, resolved) - sum((elapsed(*hold) for hold in holds[row["number"]]), timedelta())
            found.append((row, used <= timedelta(hours=LIMIT_HOURS[row["priority"]])))
    return found


def _by_month(judged, months):
    resolved = Counter(local(row["resolved_at"]).strftime("%Y-%m") for row, _ in judged)
    in_time = Counter(local(row["resolved_at"]).strftime("%Y-%m") for row, good in judged if good)
    return {month: resolved[month] for month in months}, {month: in_time[month] for month in months}


def test_every_month_is_resolved_in_time_as_the_truth_says(judged, truth):
    resolved, in_time = _by_month(judged, truth["months"])
    assert resolved == truth["incidents"]["resolved_judged"]
    assert in_time == truth["incidents"]["resolved_in_time"]


def test_ordinary_months_keep_the_agreed_share_and_the_last_does_not(judged, truth):
    resolved, in_time = _by_month(judged, truth["months"])
    shares = [in_time[month] / resolved[month] for month in truth["months"]]
    assert 0.94 < min(shares[:-1]) < max(shares[:-1]) < 0.97
    assert 0.91 < shares[-1] < 0.94


def test_the_slump_is_in_one_group_from_one_week_on(judged, truth):
    slump = truth["planted"]["slump"]
    of_group = [(local(row["opened_at"]), good) for row, good in judged if row["assignment_group"] == slump["group"]]
    start = datetime.fromisoformat(slump["from"])
    before = [good for opened, good in of_group if start - timedelta(weeks=12) <= opened < start]
    after = [good for opened, good in of_group if opened >= start]
    assert (len(before) > 300, len(after) > 60) == (True, True)
    assert sum(before) / len(before) > 0.9
    assert sum(after) / len(after) < 0.6
    others = [good for row, good in judged if row["assignment_group"] != slump["group"] and local(row["resolved_at"]) >= start]
    assert sum(others) / len(others) > 0.93


def test_the_clean_service_has_no_blemish(judged, latest, truth):
    clean = truth["planted"]["clean_service"]
    mine = [(row, good) for row, good in judged if row["business_service"] == clean]
    assert len(mine) > 800
    assert all(good for _, good in mine)
    assert {row["reopen_count"] for row in latest.values() if row["business_service"] == clean} == {"0"}
    assert [row for row in sheet("registers/outages.xlsx") if row["服务"] == clean] == []
    changed = [row for row in rows("exports/变更_display.csv", "gb18030") if row["业务服务"] == clean]
    assert {row["关闭代码"] for row in changed} == {"成功", ""}


@pytest.mark.parametrize("position", [0, 1])
def test_a_bad_change_is_followed_by_extra_incidents_partly_linked(latest, truth, position):
    change = truth["planted"]["bad_changes"][position]
    day = datetime.fromisoformat(change["ended_at"]).date()
    opened = [local(row["opened_at"]).date() for row in latest.values() if row["business_service"] == change["service"]]
    after = sum(day < one <= day + timedelta(days=change["days"]) for one in opened)
    usual = sum(day - timedelta(days=28) <= one < day for one in opened) / 28 * change["days"]
    assert after > usual + 0.6 * change["extra_incidents"]
    linked = [row for row in latest.values() if row["caused_by"] == change["number"]]
    assert 0.8 * change["linked_incidents"] < len(linked) <= change["linked_incidents"] < 0.6 * change["extra_incidents"]
    assert {row["business_service"] for row in linked} == {change["service"]}


def test_the_level_of_one_service_shifts_on_one_day(latest, truth):
    shift = truth["planted"]["level_shift"]
    opened = Counter(local(row["opened_at"]).date() for row in latest.values() if row["business_service"] == shift["service"])
    assert shift["from"] == "2026-03-09 00:00:00"

    def between(first: date, last: date) -> int:
        return sum(count for day, count in opened.items() if first <= day <= last)

    grown = 1.08 * shift["factor"]
    year_before = between(date(2025, 3, 9), date(2025, 10, 31))
    assert between(date(2026, 3, 9), date(2026, 10, 31)) == pytest.approx(grown * year_before, rel=0.1)
    assert between(date(2026, 3, 9), date(2026, 3, 20)) > 1.5 * between(date(2026, 2, 25), date(2026, 3, 8))


def test_the_outage_is_in_the_register_and_in_the_tickets(latest, truth):
    outage = truth["planted"]["outage"]
    row = next(row for row in sheet("registers/outages.xlsx") if row["编号"] == outage["number"])
    assert (row["服务"], row["开始时间"], row["恢复时间"]) == (
        outage["service"],
        datetime(2026, 10, 20, 9, 40),
        datetime(2026, 10, 20, 13, 25),
    )
    assert row["受影响用户数"] * 3.75 == outage["user_hours"] == 7125
    major = [ticket for ticket in latest.values() if ticket["u_major"] == "true"]
    assert [ticket["number"] for ticket in major] == [outage["major_incident"]]
    meanwhile = [
        ticket
        for ticket in latest.values()
        if ticket["business_service"] == outage["service"] and row["开始时间"] <= local(ticket["opened_at"]) < row["恢复时间"]
    ]
    assert outage["incidents"] <= len(meanwhile) < outage["incidents"] + 10
    assert sum(ticket["problem_id"] == outage["problem"] for ticket in meanwhile) >= outage["incidents"]
