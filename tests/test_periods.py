from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.errors import IndicatorError
from itsq_analysis.periods import Period, history, last_complete_month, month_of, parse_period


def days(period: Period) -> tuple[str, str]:
    return period.start.isoformat(), period.end.isoformat()


@pytest.mark.parametrize(
    ("text", "start", "end", "grain"),
    [
        ("2026-10", "2026-10-01", "2026-11-01", "month"),
        ("2026-12", "2026-12-01", "2027-01-01", "month"),
        ("2026-Q4", "2026-10-01", "2027-01-01", "quarter"),
        ("2026-H2", "2026-07-01", "2027-01-01", "half"),
        ("2026", "2026-01-01", "2027-01-01", "year"),
        ("2026-W41", "2026-10-05", "2026-10-12", "week"),
        ("2026-W01", "2025-12-29", "2026-01-05", "week"),
        ("2020-W53", "2020-12-28", "2021-01-04", "week"),
        ("2026-10-05", "2026-10-05", "2026-10-06", "day"),
        ("2026-10-01..2026-10-15", "2026-10-01", "2026-10-16", "range"),
        ("2026-10-05..2026-10-05", "2026-10-05", "2026-10-06", "range"),
    ],
)
def test_forms(text, start, end, grain):
    period = parse_period(text)
    assert (*days(period), period.grain, period.label) == (start, end, grain, text)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-10", "2026-09-26", "2026-10-26"),
        ("2026-01", "2025-12-26", "2026-01-26"),
        ("2026-03", "2026-02-26", "2026-03-26"),
        ("2026-Q1", "2025-12-26", "2026-03-26"),
        ("2026-Q4", "2026-09-26", "2026-12-26"),
        ("2026-H2", "2026-06-26", "2026-12-26"),
        ("2026", "2025-12-26", "2026-12-26"),
        ("2026-W41", "2026-10-05", "2026-10-12"),
        ("2026-10-05", "2026-10-05", "2026-10-06"),
    ],
)
def test_months_that_start_on_the_26th(text, start, end):
    period = parse_period(text, month_starts_on=26)
    assert (*days(period), period.label) == (start, end, text)


@pytest.mark.parametrize("given_", [2026, "2026", " 2026 "])
def test_a_year_may_be_a_number_as_papermill_makes_it(given_):
    assert parse_period(given_) == parse_period("2026")


def test_other_inputs():
    assert parse_period(date(2026, 10, 5)) == parse_period("2026-10-05")
    assert parse_period("2026-q4") == parse_period("2026-Q4")
    assert parse_period("2026-10-01 .. 2026-10-15").label == "2026-10-01..2026-10-15"
    assert parse_period(parse_period("2026-10", 26)).start == date(2026, 9, 26)
    assert parse_period("2026-02").days == 28


@pytest.mark.parametrize(
    "given_",
    [
        "",
        "last month",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026-Q5",
        "2026-Q0",
        "2026-H3",
        "2026-W54",
        "2025-W53",
        "2026-W00",
        "2026-02-29",
        "2026-10-15..2026-10-01",
        "2026-10-01..",
        "..2026-10-01",
        "2026-10..2026-11",
        "2026-10-01..2026-10-05..2026-10-09",
        "2026/10",
        "20261005",
        "２０２６-10",
        "0000",
        "0001-01",
        "1899",
        "2200",
        "9999",
        "9999-12-31",
        202610,
        -1,
        True,
        2026.0,
        None,
        datetime(2026, 10, 5, tzinfo=UTC),
        date(9999, 12, 31),
    ],
)
def test_anything_else_is_refused_with_the_valid_forms(given_):
    with pytest.raises(IndicatorError, match=r"a period must be like 2026-10, 2026-Q4, .*; found "):
        parse_period(given_)


@pytest.mark.parametrize("day", [0, 29, 31, -1])
def test_months_start_on_the_1st_to_the_28th(day):
    with pytest.raises(IndicatorError, match=f"from 1 to 28; found {day}"):
        parse_period("2026-10", month_starts_on=day)
    with pytest.raises(IndicatorError, match=f"from 1 to 28; found {day}"):
        last_complete_month(datetime(2026, 10, 5, tzinfo=UTC), "UTC", day)


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2026-01", "2025-12"),
        ("2026-Q1", "2025-Q4"),
        ("2026-H1", "2025-H2"),
        ("2026", "2025"),
        ("2021-W01", "2020-W53"),
        ("2026-03-01", "2026-02-28"),
        ("2026-10-01..2026-10-15", "2026-09-16..2026-09-30"),
    ],
)
@pytest.mark.parametrize("starts_on", [1, 26])
def test_the_period_before(text, before, starts_on):
    assert parse_period(text, starts_on).previous() == parse_period(before, starts_on)
    assert parse_period(before, starts_on).following() == parse_period(text, starts_on) or ".." in text


def test_the_period_after_a_range_has_as_many_days():
    assert parse_period("2026-10-01..2026-10-15").following() == parse_period("2026-10-16..2026-10-30")


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2026-10", "2025-10"),
        ("2026-Q4", "2025-Q4"),
        ("2026-H1", "2025-H1"),
        ("2026", "2025"),
        ("2026-W41", "2025-W41"),
        ("2020-W53", "2019-W52"),
        ("2024-02-29", "2023-02-28"),
        ("2024-02-01..2024-02-29", "2023-02-01..2023-02-28"),
    ],
)
@pytest.mark.parametrize("starts_on", [1, 26])
def test_the_same_period_last_year(text, before, starts_on):
    assert parse_period(text, starts_on).same_period_last_year() == parse_period(before, starts_on)


def test_history_is_oldest_first():
    assert [period.label for period in history(parse_period("2026-Q1"), 3)] == ["2025-Q3", "2025-Q4", "2026-Q1"]
    assert history(parse_period("2026-10"), 1) == [parse_period("2026-10")]
    with pytest.raises(IndicatorError, match="1 or more periods; found 0"):
        history(parse_period("2026-10"), 0)


def test_history_before_the_year_1_is_refused():
    with pytest.raises(IndicatorError, match="after the year 1"):
        history(parse_period("1900"), 2000)
    with pytest.raises(IndicatorError, match="after the year 1"):
        history(parse_period("1900-01-01..2199-12-31"), 20)


def test_bounds_are_local_midnights_in_utc():
    start, end = parse_period("2026-10").bounds(ZoneInfo("Asia/Shanghai"))
    assert (start, end) == (datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC))
    assert start.utcoffset() == timedelta(0)
    assert parse_period("2026-10").bounds("Asia/Shanghai") == (start, end)


def test_a_midnight_that_does_not_exist_is_moved_forward():
    start, end = parse_period("2015-10-18").bounds("America/Sao_Paulo")  # 00:00 to 01:00 did not exist
    assert (start, end) == (datetime(2015, 10, 18, 3, tzinfo=UTC), datetime(2015, 10, 19, 2, tzinfo=UTC))


def test_a_midnight_that_occurs_twice_is_the_first():
    start, end = parse_period("2026-11-01").bounds("America/Havana")  # 01:00 back to 00:00
    assert (start, end) == (datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("as_of", "starts_on", "label"),
    [
        ("2026-10-31T15:59:59", 1, "2026-09"),
        ("2026-10-31T16:00:00", 1, "2026-10"),  # midnight in Shanghai
        ("2026-01-15T00:00:00", 1, "2025-12"),
        ("2026-10-25T15:59:59", 26, "2026-09"),
        ("2026-10-25T16:00:00", 26, "2026-10"),
        ("2026-01-10T00:00:00", 26, "2025-12"),
        ("2025-12-26T00:00:00", 26, "2025-12"),
    ],
)
def test_the_last_complete_month(as_of, starts_on, label):
    moment = datetime.fromisoformat(as_of).replace(tzinfo=UTC)
    found = last_complete_month(moment, "Asia/Shanghai", starts_on)
    assert found == parse_period(label, starts_on)
    assert found.bounds("Asia/Shanghai")[1] <= moment


def test_as_of_must_have_a_zone():
    with pytest.raises(IndicatorError, match="as_of must have a time zone; found 2026-10-05"):
        last_complete_month(datetime(2026, 10, 5), "UTC")


starts_on = st.integers(1, 28)
texts = st.one_of(
    st.builds("{:04d}-{:02d}".format, st.integers(1901, 2198), st.integers(1, 12)),
    st.builds("{:04d}-Q{}".format, st.integers(1901, 2198), st.integers(1, 4)),
    st.builds("{:04d}-H{}".format, st.integers(1901, 2198), st.integers(1, 2)),
    st.builds("{:04d}".format, st.integers(1901, 2198)),
    st.builds("{:04d}-W{:02d}".format, st.integers(1901, 2198), st.integers(1, 52)),
    st.dates(date(1901, 1, 1), date(2198, 12, 31)).map(str),
)


@settings(derandomize=True, deadline=None)
@given(texts, starts_on)
def test_labels_name_their_period_and_periods_follow_one_another(text, starts_on):
    period = parse_period(text, starts_on)
    before = period.previous()
    assert period.label == text
    assert before.end == period.start
    assert before.following() == period
    assert before == parse_period(before.label, starts_on)
    assert [*history(period, 3)][1:] == [before, period]


@settings(derandomize=True, deadline=None)
@given(st.integers(1901, 2198), starts_on)
def test_a_year_is_made_of_its_halves_quarters_and_months(year, starts_on):
    whole = parse_period(year, starts_on)
    halves, quarters, months = ["H1", "H2"], ["Q1", "Q2", "Q3", "Q4"], [f"{month:02d}" for month in range(1, 13)]
    for names in (halves, quarters, months):
        parts = [parse_period(f"{year}-{name}", starts_on) for name in names]
        assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)
        assert all(first.end == second.start for first, second in pairwise(parts))


@settings(derandomize=True, deadline=None)
@given(st.dates(date(1901, 1, 1), date(2198, 12, 31)), starts_on)
def test_a_day_lies_in_its_month(day, starts_on):
    month = month_of(day, starts_on)
    assert month.start <= day < month.end
    assert month == parse_period(month.label, starts_on)


@settings(derandomize=True, deadline=None)
@given(st.dates(date(1950, 1, 1), date(2150, 12, 31)), starts_on)
def test_the_last_complete_month_is_the_newest_of_those_that_have_ended(day, starts_on):
    months = [parse_period(f"{year}-{month:02d}", starts_on) for year in (day.year - 1, day.year) for month in range(1, 13)]
    ended = [month for month in months if month.end <= day]
    assert last_complete_month(datetime(day.year, day.month, day.day, tzinfo=UTC), "UTC", starts_on) == ended[-1]
