"""Numbers and dates as they are read; properties that hold for every number."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsq_analysis.periods import parse_period
from itsq_analysis.text import Language, formats

SHARES = st.floats(0, 1, allow_nan=False)
LANGUAGES = st.sampled_from(["en", "zh"])


def read(text: str) -> float:
    """The number that a percentage or its bound states."""
    return float(text.strip("<>%"))


@given(SHARES)
def test_only_nothing_is_0_percent_and_only_everything_100(share: float) -> None:
    text = formats.percent(share)
    assert (text == "0%") == (share == 0)
    assert (text == "100%") == (share == 1)
    if not text.startswith(("<", ">")):
        assert (read(text) == 0, read(text) == 100) == (share == 0, share == 1)
    assert abs(read(text) - 100 * share) <= 0.0501


@given(SHARES, SHARES.filter(lambda target: 0 < target < 1))
def test_a_share_is_never_printed_as_the_target_that_it_is_not(share: float, target: float) -> None:
    target = round(target, 4)
    if abs(share - target) > 1e-7:
        assert read(formats.percent(share, target)) != read(formats.share(target)) or share in (0, 1)


@pytest.mark.parametrize(
    ("share", "target", "text"),
    [
        (1551 / 1700, math.nan, "91.2%"),
        (0.5, math.nan, "50.0%"),
        (0.99, math.nan, "99.0%"),
        (0.9912, math.nan, "99.12%"),
        (0.99496, math.nan, "99.50%"),
        (0.99496, 0.995, "99.496%"),
        (0.99926, math.nan, "99.926%"),
        (0.999999, math.nan, "99.9999%"),
        (1 - 1e-12, math.nan, ">99.999999%"),
        (1e-12, math.nan, "<0.000001%"),
        (0.0004, math.nan, "0.04%"),
        (0.95, 0.95, "95.0%"),
        (0.94996, 0.95, "94.996%"),
        (0.9504, 0.95, "95.04%"),
        (math.nan, 0.95, "–"),
    ],
)
def test_percentages(share: float, target: float, text: str) -> None:
    assert formats.percent(share, target) == text


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_a_number_is_near_and_never_minus_zero(value: float, decimals: int) -> None:
    text = formats.number(value, decimals)
    assert abs(float(text.replace(",", "")) - value) <= 0.5000001 * 10**-decimals + 1e-6
    assert not (text.startswith("-") and float(text.replace(",", "")) == 0)


UNITS = {"min": 1 / 60, "h": 1.0, "days": 24.0, "分钟": 1 / 60, "分": 1 / 60, "小时": 1.0, "天": 24.0}


def hours(text: str) -> float:
    """What a duration states, in hours."""
    parts = text.replace("<", "").replace(",", "").split()
    return sum(float(number) * UNITS[unit] for number, unit in zip(parts[::2], parts[1::2], strict=True))


@given(st.floats(0, 1e5), LANGUAGES)
def test_a_duration_states_what_it_is_and_nothing_else_is_nothing(amount: float, language: Language) -> None:
    text = formats.duration(amount, language)
    if text.startswith("<"):
        assert 0 < amount < 0.1 / 60
    else:
        assert abs(hours(text) - amount) <= max(0.501 / 60, 0.051 * 24 if amount >= 48 else 0)
        assert (hours(text) == 0) == (amount == 0)
    assert formats.duration(-amount, language) == (f"-{text}" if amount else text)


@pytest.mark.parametrize(
    ("amount", "en", "zh"),
    [
        (0.0, "0 min", "0 分钟"),
        (1e-5, "<0.1 min", "<0.1 分钟"),
        (3.7 / 60, "3.7 min", "3.7 分钟"),
        (9.96 / 60, "10 min", "10 分钟"),
        (59.6 / 60, "1 h", "1 小时"),
        (1.0, "1 h", "1 小时"),
        (3.75, "3 h 45 min", "3 小时 45 分"),
        (47.99, "47 h 59 min", "47 小时 59 分"),
        (48.0, "2.0 days", "2.0 天"),
        (math.nan, "–", "–"),
    ],
)
def test_durations(amount: float, en: str, zh: str) -> None:
    assert (formats.duration(amount, "en"), formats.duration(amount, "zh")) == (en, zh)


@pytest.mark.parametrize(
    ("label", "starts_on", "en", "zh"),
    [
        ("2026-10", 1, "October 2026", "2026年10月"),
        ("2026-10", 26, "October 2026 (26 September to 25 October 2026)", "2026年10月（2026年9月26日至10月25日）"),
        ("2026-01", 26, "January 2026 (26 December 2025 to 25 January 2026)", "2026年1月（2025年12月26日至2026年1月25日）"),
        ("2026-Q4", 1, "Q4 2026", "2026年第4季度"),
        ("2026-H1", 1, "first half of 2026", "2026年上半年"),
        ("2026", 1, "2026", "2026年"),
        ("2026-W41", 1, "week 41 of 2026 (5 October to 11 October 2026)", "2026年第41周（2026年10月5日至10月11日）"),
        ("2026-10-05", 1, "5 October 2026", "2026年10月5日"),
        ("2026-10-01..2026-10-15", 1, "1 October to 15 October 2026", "2026年10月1日至10月15日"),
    ],
)
def test_periods(label: str, starts_on: int, en: str, zh: str) -> None:
    period = parse_period(label, starts_on)
    assert (formats.period_name(period, "en"), formats.period_name(period, "zh")) == (en, zh)


def test_values_take_the_form_of_their_unit() -> None:
    values = [(-12.4, "points"), (0.5, "h"), (0.456, "times"), (1234.5, "times")]
    shown = [formats.value(amount, unit, "en") for amount, unit in values]
    assert shown == ["-12", "30 min", "0.46", "1,234"]
    assert formats.value(0.94996, "%", "en", 0.95) == "94.996%"
    assert {formats.value(math.nan, unit, "zh") for unit in ("%", "h", "count", "score")} == {"–"}


def test_days_and_minutes() -> None:
    assert (formats.day(date(2026, 1, 31), "en"), formats.day(date(2026, 1, 31), "zh")) == ("31 January 2026", "2026年1月31日")
