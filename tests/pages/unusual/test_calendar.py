"""Days of weeks with the unusual ones filled."""

import pandas as pd
import pytest

from itsq_analysis.charts import calendar_grid
from itsq_analysis.errors import ItsqError

DAYS = pd.date_range("2026-10-01", "2026-10-31")


def grid(values, holiday=None):
    frame = pd.DataFrame({"ds": DAYS, "value": values, "holiday": holiday})
    return calendar_grid(frame, title="t", summary="s")


def test_the_table_holds_the_unusual_days_and_the_holidays_alone():
    values = [41.0 if day.day == 20 else -7.0 if day.day == 22 else None for day in DAYS]
    holidays = ["National Day" if day.day <= 2 else None for day in DAYS]
    found = grid(values, holidays).data
    assert found.iloc[:, 0].tolist() == ["1 Oct", "2 Oct", "20 Oct", "22 Oct"]
    assert found.iloc[:, 1].tolist() == ["", "", "+41", "\N{MINUS SIGN}7"]
    assert found.iloc[:, 2].tolist() == ["National Day", "National Day", "", ""]


def test_more_and_fewer_have_a_colour_and_a_sign_each():
    svg = grid([41.0 if day.day == 20 else -7.0 if day.day == 22 else None for day in DAYS]).svg()
    assert ">+41<" in svg
    assert ">\N{MINUS SIGN}7<" in svg
    assert "var(--c1" in svg
    assert "var(--c2" in svg


def test_a_day_twice_is_refused_and_no_day_is_no_data():
    twice = pd.DataFrame({"ds": [DAYS[0], DAYS[0]], "value": [1.0, 2.0]})
    with pytest.raises(ItsqError, match="each day must occur once"):
        calendar_grid(twice, title="t", summary="s")
    assert "No data" in calendar_grid(twice.head(0), title="t", summary="s").svg()
