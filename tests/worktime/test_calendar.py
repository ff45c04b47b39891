from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.errors import SettingsError
from itsq_analysis.worktime import Calendar, build_calendar, microseconds, parse_duration
from tests.worktime import naive

OFFICE = "Mon-Fri 09:00-12:00,13:00-18:00"
SHANGHAI = ZoneInfo("Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def china() -> Calendar:
    return build_calendar("5x8", OFFICE, "Asia/Shanghai", "CN", first_year=2024, last_year=2027)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def local(moment: np.ndarray, zone: ZoneInfo = SHANGHAI) -> str:
    return (EPOCH + timedelta(microseconds=int(moment))).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


# hand-made examples


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-10-12 09:00", "2026-10-12 18:00", 8),
        ("2026-10-12 11:30", "2026-10-12 13:30", 1),  # across lunch
        ("2026-10-12 12:10", "2026-10-12 12:50", 0),  # within lunch
        ("2026-10-12 17:00", "2026-10-13 10:00", 2),  # over night
        ("2026-10-16 17:00", "2026-10-19 10:00", 2),  # over an ordinary weekend
        ("2026-10-09 17:00", "2026-10-12 10:00", 10),  # Saturday the 10th is worked
        ("2026-09-30 17:00", "2026-10-08 10:00", 2),  # over the National Day week
        ("2026-10-12 10:00", "2026-10-12 10:00", 0),
        ("2026-10-12 10:00", "2026-10-12 09:30", -0.5),
    ],
)
def test_working_time_in_shanghai(china, start, end, hours):
    assert china.working_seconds(shanghai(start), shanghai(end)) == hours * 3600


@pytest.mark.parametrize(("month", "days"), [((2026, 9), 22), ((2026, 10), 18), ((2026, 11), 21), ((2025, 2), 19), ((2026, 2), 16)])
def test_working_days_of_china(china, month, days):
    start = date(*month, 1)
    end = (start + timedelta(days=31)).replace(day=1)
    assert china.working_days(start, end) == days
    assert china.is_working_day(np.arange(start, end, dtype="datetime64[D]")).sum() == days
    midnights = (datetime(*start.timetuple()[:3], tzinfo=SHANGHAI), datetime(*end.timetuple()[:3], tzinfo=SHANGHAI))
    assert china.working_seconds(*midnights) == days * 8 * 3600


def test_single_days(china):
    assert china.is_working_day([date(2026, 10, 10), date(2026, 10, 11), date(2026, 10, 1)]).tolist() == [True, False, False]
    assert bool(china.is_working_day(date(2026, 10, 12)))
    assert china.holiday_name(date(2026, 10, 1)) == "National Day"
    assert china.holiday_name(date(2026, 10, 1), "zh") == "国庆节"
    assert china.holiday_name(date(2026, 10, 10)) is None
    assert china.working_days(date(2026, 10, 12), date(2026, 10, 12)) == 0


@pytest.mark.parametrize(
    ("start", "seconds", "moment"),
    [
        ("2026-10-12 09:00", 3600, "2026-10-12 10:00:00"),
        ("2026-10-12 11:30", 3600, "2026-10-12 13:30:00"),
        ("2026-10-12 09:00", 8 * 3600, "2026-10-12 18:00:00"),  # the end of the day, not the next morning
        ("2026-10-12 09:00", 8 * 3600 + 1, "2026-10-13 09:00:01"),
        ("2026-10-11 07:00", 60, "2026-10-12 09:01:00"),  # a Sunday
        ("2026-10-11 07:00", 0, "2026-10-11 07:00:00"),
        ("2026-09-30 17:00", 2 * 3600, "2026-10-08 10:00:00"),
    ],
)
def test_add_working_time(china, start, seconds, moment):
    assert local(china.add(shanghai(start), seconds)) == moment


def test_a_workspace_calendar_overrides_the_country(tmp_path: Path):
    (tmp_path / "2026.csv").write_text("date,kind,name\n2026-10-01,working,Cut-over\n2026-10-12,holiday,Rest\n", encoding="utf-8")
    calendar = build_calendar("5x8", OFFICE, "Asia/Shanghai", "CN", tmp_path, first_year=2026, last_year=2026)
    assert calendar.working_days(date(2026, 10, 1), date(2026, 10, 2)) == 1
    assert calendar.working_days(date(2026, 10, 12), date(2026, 10, 13)) == 0
    assert calendar.working_days(date(2026, 10, 1), date(2026, 11, 1)) == 18
    assert calendar.holiday_name(date(2026, 10, 12)) == "Rest"


def test_a_night_shift_belongs_to_the_day_it_starts_also_into_the_first_year():
    nights = build_calendar("night", "Mon-Fri 22:00-06:00", "Asia/Shanghai", first_year=2026, last_year=2026)
    assert nights.seconds_per_day == 8 * 3600
    assert nights.working_seconds(shanghai("2026-01-01 00:00"), shanghai("2026-01-01 12:00")) == 6 * 3600  # since Wednesday 22:00
    assert nights.working_seconds(shanghai("2026-10-10 00:00"), shanghai("2026-10-11 00:00")) == 6 * 3600  # Friday's, on Saturday
    assert not nights.is_working_day(date(2026, 10, 10))


def test_around_the_clock_is_elapsed_time_across_daylight_saving():
    always = build_calendar("7x24", "7x24", "Europe/Berlin", first_year=2026, last_year=2026)
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    assert always.working_seconds(start, end) == 334 * 86400
    assert always.seconds_per_day == 86400


# daylight saving


@pytest.mark.parametrize(
    ("zone", "hours", "day", "minutes"),
    [
        # 02:00 to 03:00 does not exist in Berlin on 29 March: a start at 02:30 is moved to 03:30.
        ("Europe/Berlin", "Sun 02:30-05:00", date(2026, 3, 29), 90),
        ("Europe/Berlin", "Sun 01:00-04:00", date(2026, 3, 29), 120),
        ("Europe/Berlin", "Sun 02:15-03:00", date(2026, 3, 29), 0),
        # 02:00 to 03:00 occurs twice on 25 October: 02:30 is the first one.
        ("Europe/Berlin", "Sun 02:30-05:00", date(2026, 10, 25), 210),
        ("Europe/Berlin", "Sun 01:00-02:30", date(2026, 10, 25), 90),
        # Brazil's clocks moved at midnight: 00:00 to 01:00 did not exist, 23:00 to 24:00 occurred twice.
        ("America/Sao_Paulo", "Sun 00:00-24:00", date(2015, 10, 18), 23 * 60),
        ("America/Sao_Paulo", "Sat 00:00-24:00", date(2016, 2, 20), 25 * 60),
        ("America/Sao_Paulo", "Sat 22:00-23:30", date(2016, 2, 20), 90),
        ("America/Sao_Paulo", "Sat 22:00-02:00", date(2016, 2, 20), 5 * 60),
    ],
)
def test_days_on_which_the_clocks_move(zone, hours, day, minutes):
    calendar = build_calendar("c", hours, zone, first_year=day.year, last_year=day.year)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    assert calendar.working_seconds(noon - timedelta(days=1), noon + timedelta(days=1)) == minutes * 60


SPANS = {
    "Europe/Berlin": [datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)],
    "America/Sao_Paulo": [datetime(2015, 10, 16, tzinfo=UTC), datetime(2016, 2, 18, tzinfo=UTC)],
    "Asia/Shanghai": [datetime(2026, 9, 29, tzinfo=UTC), datetime(2026, 2, 13, tzinfo=UTC)],
}
HOURS = [OFFICE, "Mon-Fri 22:00-06:00; Sun 01:30-02:30,23:15-00:45", "Mon-Sun 00:30-23:30", "Sat-Sun 02:15-03:00", "7x24"]
CALENDARS = {
    (zone, hours): build_calendar("c", hours, zone, {"Asia/Shanghai": "CN"}.get(zone, ""), first_year=2015, last_year=2026)
    for zone in SPANS
    for hours in HOURS
}

calendars = st.sampled_from(list(CALENDARS))
minutes = st.integers(0, 4 * 1440)


@settings(derandomize=True, deadline=None, max_examples=120)
@given(calendars, st.integers(0, 1), minutes, minutes)
def test_agrees_with_looking_at_every_minute(key, span, first, second):
    calendar, zone = CALENDARS[key], ZoneInfo(key[0])
    start, end = (SPANS[key[0]][span] + timedelta(minutes=minute) for minute in sorted((first, second)))
    assert calendar.working_seconds(start, end) == 60 * naive.working_minutes(start, end, calendar.days.hours, zone)


@settings(derandomize=True, deadline=None, max_examples=120)
@given(calendars, st.integers(0, 1), minutes, st.integers(1, 600))
def test_add_agrees_with_looking_at_every_minute(key, span, first, worked):
    calendar, zone = CALENDARS[key], ZoneInfo(key[0])
    start = SPANS[key[0]][span] + timedelta(minutes=first)
    assert calendar.add(start, worked * 60) == microseconds(naive.due(start, worked, calendar.days.hours, zone))


@settings(derandomize=True, deadline=None)
@given(calendars, st.lists(st.integers(0, 8 * 365 * 86400), min_size=3, max_size=3), st.integers(0, 10**7))
def test_parts_add_up_and_add_is_the_inverse(key, offsets, seconds):
    calendar = CALENDARS[key]
    a, b, c = np.sort(np.array(offsets, dtype=np.int64) * 1_000_000 + calendar.span[0])
    assert calendar.working_seconds(a, b) + calendar.working_seconds(b, c) == calendar.working_seconds(a, c)
    assert calendar.working_seconds(a, calendar.add(a, seconds)) == seconds


# input


def test_moments_come_in_many_forms(china):
    texts = ["2026-10-12 09:00", "2026-10-12 10:30"]
    ends = pd.Series(pd.to_datetime(["2026-10-12 12:00"] * 2)).dt.tz_localize("Asia/Shanghai")
    aware = pd.Series(pd.to_datetime(texts)).dt.tz_localize("Asia/Shanghai")
    utc = aware.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    integers = utc.astype("datetime64[us]").astype(np.int64)
    for starts in (aware, utc, utc.astype("datetime64[s]"), integers, pd.DatetimeIndex(aware)):
        assert china.working_seconds(starts, ends).tolist() == [3 * 3600, 5400]


def test_shapes_are_kept_and_nothing_is_possible(china):
    low = china.span[0]
    grid = np.full((2, 3), low)
    assert china.working_seconds(grid, grid + 86400 * 10**6).shape == (2, 3)
    empty = np.array([], dtype=np.int64)
    assert china.working_seconds(empty, empty).size == 0
    assert china.add(empty, 60).size == 0


def test_long_arrays_are_counted_in_pieces_without_a_seam(china):
    low, high = china.span
    moments = np.linspace(low, high, 600_001).astype(np.int64)
    worked = china.worked(moments)
    assert (np.diff(worked) >= 0).all()
    assert worked[-1] == china.working_days(date(2024, 1, 1), date(2028, 1, 1)) * 8 * 3600 * 10**6
    pick = np.array([0, 262_143, 262_144, 262_145, 524_288, 600_000])
    assert china.worked(moments[pick]).tolist() == worked[pick].tolist()


def test_moments_without_a_zone_or_in_fractions_are_refused(china):
    with pytest.raises(TypeError, match="must have a time zone"):
        china.working_seconds(datetime(2026, 10, 12), datetime(2026, 10, 13))
    with pytest.raises(TypeError):
        china.working_seconds(np.array([1.5]), np.array([2.5]))


def test_a_moment_outside_the_years_is_refused(china):
    with pytest.raises(SettingsError, match=r"years 2024 to 2027 that calendar '5x8' was built for; found 2023-12-31T15:59:59"):
        china.working_seconds(shanghai("2023-12-31 23:59:59"), shanghai("2024-01-02"))
    with pytest.raises(SettingsError, match="found 2028-01-02"):
        china.working_days(date(2027, 12, 1), date(2028, 1, 2))
    with pytest.raises(SettingsError, match="found 2028-01-01"):
        china.is_working_day([date(2028, 1, 1)])
    with pytest.raises(SettingsError, match="must reach the end of every deadline"):
        china.add(shanghai("2027-12-31 17:00"), 40 * 3600)
    missing = np.array(["NaT"], dtype="datetime64[us]")
    with pytest.raises(SettingsError, match="found NaT"):
        china.working_seconds(missing, missing)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"timezone": "Beijing"}, "time zone of calendar 'c' must be an IANA name; found 'Beijing'"),
        ({"timezone": "../etc"}, "found '../etc'"),
        ({"hours": "9 to 5"}, "in calendar 'c'"),
        ({"holidays": "ZZ"}, "found 'ZZ'"),
        ({"first_year": 2027}, "found 2027 to 2026"),
        ({"last_year": 9999}, "found 2026 to 9999"),
    ],
)
def test_a_wrong_calendar_is_refused(change, message):
    with pytest.raises(SettingsError) as error:
        build_calendar(**({"id": "c", "hours": OFFICE, "timezone": "UTC", "first_year": 2026, "last_year": 2026} | change))
    assert message in str(error.value)


def test_a_calendar_without_any_working_time_is_refused(tmp_path: Path):
    days = np.arange("2026-01-01", "2027-01-01", dtype="datetime64[D]")
    (tmp_path / "2026.csv").write_text("date,kind\n" + "".join(f"{day},holiday\n" for day in days), encoding="utf-8")
    with pytest.raises(SettingsError, match="must have working time; found none in 2026 to 2026"):
        build_calendar("c", OFFICE, "UTC", "", tmp_path, first_year=2026, last_year=2026)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("15m", 900), ("4h", 14400), ("2d", 57600), ("90s", 90), ("1.5h", 5400), ("0.1h", 360), ("1d 4h", 43200), ("1d4h30m", 45000)],
)
def test_durations(china, text, seconds):
    assert parse_duration(text, china) == seconds


@pytest.mark.parametrize("text", ["", "4", "h", "-4h", "0m", "0.1s", "4 hours", "2w", "1e3h", "4h;", "٤h"])
def test_other_durations_are_refused(china, text):
    with pytest.raises(SettingsError, match="a duration must be like '15m'"):
        parse_duration(text, china)


# years without announced adjusted working days


def test_a_year_whose_adjusted_days_are_not_announced_is_said(china):
    last = china.days.country.last_adjusted
    assert last == 2026
    assert china.warnings(date(2026, 1, 1), date(2027, 1, 1)) == []
    assert china.unannounced_years(date(2026, 12, 1), date(2027, 1, 2)) == [2027]
    (warning,) = china.warnings(date(2026, 12, 1), date(2027, 2, 1))
    assert warning.startswith("CN: adjusted working days of 2027 are not yet announced")
    assert warning.endswith("list them in calendar/2027.csv")
    assert china.warnings(date(2027, 1, 1), date(2027, 1, 1)) == []


def test_listing_them_in_the_workspace_ends_the_warning(tmp_path: Path):
    (tmp_path / "2027.csv").write_text("date,kind,name\n2027-02-20,working,调休\n", encoding="utf-8")
    calendar = build_calendar("5x8", OFFICE, "Asia/Shanghai", "CN", tmp_path, first_year=2026, last_year=2027)
    assert calendar.warnings(date(2026, 1, 1), date(2028, 1, 1)) == []
    assert bool(calendar.is_working_day(date(2027, 2, 20)))


@pytest.mark.parametrize("holidays", ["", "BR", "DE"])
def test_countries_without_adjusted_days_have_no_warning(holidays):
    calendar = build_calendar("5x8", OFFICE, "UTC", holidays, first_year=2026, last_year=2030)
    assert calendar.warnings(date(2026, 1, 1), date(2031, 1, 1)) == []
