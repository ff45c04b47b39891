"""When jobs are due: once on each of their days in zones that change their clocks, on working days as China adjusts them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from itsq_analysis.jobs.occurrences import Timetable
from itsq_analysis.settings import Settings
from itsq_analysis.settings.jobs import JobSettings

CLOCKS = [
    ("Europe/Berlin", "30 2 * * *", 2, 30, 2026),
    ("America/New_York", "15 1 * * *", 1, 15, 2026),
    ("America/New_York", "15 2 * * *", 2, 15, 2026),
    ("Australia/Lord_Howe", "10 2 * * *", 2, 10, 2026),
    ("America/Sao_Paulo", "0 0 * * *", 0, 0, 2017),
]


def timetable(cron: str, zone: str = "Asia/Shanghai", folder: Path | None = None, **more: object) -> Timetable:
    return Timetable(JobSettings(id="j", report="quality", cron=cron, timezone=zone, **more), Settings(), folder)


def naive(zone: str, hour: int, minute: int, year: int) -> list[datetime]:
    """Of each local day the first minute at which its clock shows the time or a later one, by trying every minute."""
    seen: dict[date, datetime] = {}
    moment = datetime(year, 1, 1, tzinfo=UTC) - timedelta(days=1)
    while moment < datetime(year + 1, 1, 2, tzinfo=UTC):
        local = moment.astimezone(ZoneInfo(zone))
        if local.year == year and local.date() not in seen and (local.hour, local.minute) >= (hour, minute):
            seen[local.date()] = moment
        moment += timedelta(minutes=1)
    return [*seen.values()]


@pytest.mark.parametrize(("zone", "cron", "hour", "minute", "year"), CLOCKS)
def test_a_fixed_time_is_due_once_on_each_day_of_a_year(zone: str, cron: str, hour: int, minute: int, year: int) -> None:
    start, end = (datetime(part, 1, 1, tzinfo=ZoneInfo(zone)) - timedelta(seconds=1) for part in (year, year + 1))
    due = [*timetable(cron, zone).between(start, end)]
    assert due == naive(zone, hour, minute, year)
    assert len(due) == 365


@pytest.mark.parametrize("cron", ["*/15 * * * *", "0 * * * *"])
def test_a_pace_is_kept_through_both_changes(cron: str) -> None:
    due = [*timetable(cron, "Europe/Berlin").between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))]
    steps = {later - earlier for earlier, later in pairwise(due)}
    assert len(steps) == 1


def test_the_newest_is_the_last_of_those_between() -> None:
    times = timetable("30 2 * * 1", "Europe/Berlin")
    for hours in range(0, 24 * 400, 37):
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        assert times.newest(now) == [*times.between(now - timedelta(days=9), now)][-1]
    at = datetime(2026, 6, 1, 0, 30, tzinfo=UTC)
    assert times.newest(at) == at


def test_working_days_are_those_of_the_calendar_with_adjusted_and_own_days(tmp_path: Path) -> None:
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2026.csv").write_text("date,kind,name\n2026-11-02,holiday,开业纪念\n", encoding="utf-8")
    days = {}
    for on in ("first working day", "working day 2", "last working day", "working days"):
        times = timetable("30 7 * * *", folder=tmp_path, on=on)
        window = (datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 11, 30, 15, tzinfo=UTC))
        days[on] = [due.astimezone(times.zone).date() for due in times.between(*window)]
    assert days["first working day"] == [date(2026, 10, 8), date(2026, 11, 3)]
    assert days["working day 2"] == [date(2026, 10, 9), date(2026, 11, 4)]
    assert days["last working day"] == [date(2026, 10, 30), date(2026, 11, 30)]
    assert date(2026, 10, 10) in days["working days"]  # a Saturday that is worked
    assert len(days["working days"]) == 18 + 20


def test_a_year_whose_adjusted_days_are_not_announced_is_told() -> None:
    times = timetable("30 7 * * *", on="first working day")
    assert "2027" in times.warnings(date(2027, 3, 1))[0]
    assert times.warnings(date(2026, 3, 1)) == timetable("30 7 * * *").warnings(date(2027, 3, 1)) == []
