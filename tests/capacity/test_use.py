"""Utilisation, N-1, orders, what-if, idle capacity: by hand."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.capacity import (
    Change,
    Scenario,
    after_loss,
    extend,
    idle,
    months_gained,
    order_by,
    time_to_threshold,
    utilisation,
    what_if,
)
from itsq_analysis.errors import ForecastError

LAST = pd.Timestamp("2026-10-31")


def line(days=100):
    return pd.DataFrame({"unique_id": "disk", "ds": pd.date_range(end=LAST, periods=days), "y": np.arange(float(days))})


def hours(values):
    return pd.DataFrame({"ds": pd.date_range("2026-10-05", periods=len(values), freq="h"), "y": np.asarray(values, dtype=float)})


def test_the_busy_hour_is_that_of_service_hours_and_the_peak_is_not():
    values = np.tile([10.0] * 8 + [60.0] * 10 + [90.0] + [10.0] * 5, 10)  # a backup at 18:00
    used = utilisation(hours(values), capacity=100, service_hours=lambda stamps: (stamps.hour >= 8) & (stamps.hour < 18))
    assert (used.busy_hour, used.peak, used.mean, used.hours) == (0.6, 0.9, 0.6, 100)
    assert used.peak_at == pd.Timestamp("2026-10-05 18:00")


def test_missing_hours_are_not_zero():
    used = utilisation(hours([0.5, np.nan, 0.5, 0.5]))
    assert (used.mean, used.hours, used.coverage) == (0.5, 3, 0.75)
    assert utilisation(hours([0.5, 0.5, 0.5, 0.5]).drop(index=1)).coverage == 0.75
    empty = utilisation(hours([np.nan, np.nan]))
    assert (empty.busy_hour, empty.peak, empty.mean, empty.coverage) == (None, None, None, 0.0)


def test_after_the_loss_of_one_member_the_others_carry_its_load():
    assert after_loss(0.6, 3) == pytest.approx(0.9)
    assert after_loss(None, 3) is None


def test_an_order_that_should_have_been_made_is_overdue():
    found = time_to_threshold(line(), 150, paths=50)["disk"]  # 21 December 2026
    assert [one.by for one in order_by(found, 45)] == [date(2026, 11, 6)] * 2
    assert [(one.by, one.overdue_days) for one in order_by(found, 60, risk=(0.1,))] == [(date(2026, 10, 22), 9)]
    assert order_by(found, 60, risk=(0.1,), today=date(2026, 11, 1))[0].overdue_days == 10
    never = time_to_threshold(line(), 9999, paths=50)["disk"]
    assert [(one.by, one.overdue_days) for one in order_by(never, 60)] == [(None, 0), (None, 0)]
    with pytest.raises(ForecastError, match="lead_time_days"):
        order_by(found, -1)


def test_what_if_a_project_is_late_or_does_not_take_place():
    base = [Change(date(2026, 11, 10), add=30, name="migration")]
    table = what_if(
        line(), 150, [Scenario("late", delay_days=15), Scenario("none", without=("migration",))], changes=base, paths=50
    )
    assert table["scenario"].tolist() == ["", "late", "none"]
    last = LAST.date()
    assert table["likely"].tolist() == [last + timedelta(days=21), last + timedelta(days=25), last + timedelta(days=51)]
    assert table["months_gained"].iloc[2] == pytest.approx(30 / (365.25 / 12))


def test_an_extension_gains_its_size_over_the_growth():
    table = extend(line(), 150, [61, 500], paths=50)
    assert table["months_gained"].iloc[1] == pytest.approx(61 / (365.25 / 12))
    assert pd.isna(table["months_gained"].iloc[2])
    assert table["holds"].tolist() == [0.0, 0.0, 1.0]
    free = line().assign(y=lambda one: 200 - one["y"])
    below = extend(free, 50, [61], direction="below", paths=50)
    assert below["months_gained"].iloc[1] == pytest.approx(61 / (365.25 / 12))


def test_months_gained_are_not_known_beyond_the_horizon():
    soon, never = (time_to_threshold(line(), limit, paths=50)["disk"] for limit in (150, 9999))
    assert months_gained(soon, never) is None


def test_idle_capacity_is_given_back_in_whole_steps_and_not_below_the_peak():
    values = np.tile([10.0] * 23 + [10.0], 10)
    assert idle(hours(values), capacity=100, yearly_cost=1000, target=0.5).saving == pytest.approx(800)
    assert idle(hours(values), capacity=100, yearly_cost=1000, target=0.5, step=30).spare == 60
    values[5] = 70
    assert idle(hours(values), capacity=100, target=0.5).needed == pytest.approx(70)
    assert idle(hours(values), capacity=100, target=0.5, members=2).spare == 0
    assert idle(hours([np.nan]), capacity=100) is None
