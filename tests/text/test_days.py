"""Days in short forms."""

from __future__ import annotations

from datetime import date

import pytest

from tests.page.made import context


@pytest.mark.parametrize(
    ("first", "end", "en", "zh"),
    [
        ((2026, 11, 9), (2026, 11, 16), "9–15 Nov", "11月9–15日"),
        ((2026, 11, 30), (2026, 12, 7), "30 Nov–6 Dec", "11月30日–12月6日"),
        ((2026, 11, 8), (2026, 11, 9), "8 Nov", "11月8日"),
    ],
)
def test_days_from_the_first_to_the_one_before_the_end(
    first: tuple[int, int, int], end: tuple[int, int, int], en: str, zh: str
) -> None:
    assert context().wording.dates(date(*first), date(*end)) == en
    assert context(language="zh").wording.dates(date(*first), date(*end)) == zh


def test_a_brief_day_loses_the_year_of_the_day_after_the_period() -> None:
    assert context().brief.day(date(2026, 11, 30)) == "30 November"
    assert context().brief.day(date(2027, 1, 4)) == "4 January 2027"
    december = context(period="2026-12", language="zh").brief
    assert december.day(date(2027, 1, 4)) == "1月4日"
    assert december.day(date(2026, 12, 4)) == "2026年12月4日"
