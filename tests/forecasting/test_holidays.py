"""Special days: their kinds, holidays never seen, adjusted working days, and years that are not announced."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import forecast
from itsq_analysis.forecasting.calendar import special_days
from itsq_analysis.forecasting.explain import explain
from itsq_analysis.forecasting.frame import lay_out
from itsq_analysis.forecasting.holiday_effects import find_effects

WEEK = np.array([100, 100, 100, 100, 100, 20, 20])
QUICK = "profile+smoothing"


def history(start: str, end: str, quiet: dict[str, float]) -> pd.DataFrame:
    """A plain week, with some days at a share of their usual level."""
    days = pd.date_range(start, end, freq="D")
    y = WEEK[days.day_of_week] * np.array([quiet.get(str(day.date()), 1.0) for day in days])
    return pd.DataFrame({"unique_id": "mail", "ds": days, "y": y.round()})


def test_kinds_and_neighbours_of_brazilian_days() -> None:
    days = special_days("BR", date(2016, 1, 1), date(2016, 6, 30), date(2016, 6, 1)).days
    assert days[date(2016, 3, 25)] == ("public", "Good Friday")
    assert days[date(2016, 5, 26)] == ("optional", "Corpus Christi")
    assert days[date(2016, 5, 27)] == ("bridge", "bridge day at Corpus Christi")  # a Friday after a Thursday
    assert days[date(2016, 4, 20)][0] == "before"
    assert days[date(2016, 3, 28)] == ("after", "day after Good Friday")  # the Monday after


def test_a_country_with_named_categories_has_only_those() -> None:
    assert date(2016, 5, 26) not in special_days("BR:public", date(2016, 1, 1), date(2016, 6, 30), date(2016, 6, 1)).days


def test_adjusted_working_days_and_years_that_are_not_announced() -> None:
    found = special_days("CN", date(2026, 1, 1), date(2027, 3, 1), date(2026, 12, 1))
    assert found.days[date(2026, 10, 10)][0] == "working"
    assert found.days[date(2026, 10, 1)][0] == "public"
    assert found.notes == ("the adjusted working days of 2027 are not yet announced for CN: they are forecast as ordinary days",)


def test_a_note_reaches_the_result() -> None:
    frame = history("2026-10-01", "2026-12-20", {})
    assert forecast(frame, 30, holidays="CN", model=QUICK).attrs["notes"] == [
        "the adjusted working days of 2027 are not yet announced for CN: they are forecast as ordinary days"
    ]


def test_a_holiday_never_seen_is_forecast_between_its_weekday_and_a_sunday() -> None:
    frame = history("2026-01-05", "2026-03-29", {})
    days = pd.DataFrame({"ds": ["2026-04-01"], "name": ["Founders' Day"]})
    plain = forecast(frame, 7, model=QUICK).set_index("ds")["median"]
    told = forecast(frame, 7, model=QUICK, holidays=days).set_index("ds")["median"]
    assert 20 <= told["2026-04-01"] <= 45 < plain["2026-04-01"]
    assert told["2026-04-03"] == pytest.approx(plain["2026-04-03"], abs=1)


def test_holidays_learn_from_each_other_and_history_is_cleaned_of_them() -> None:
    quiet = {"2026-01-14": 0.6, "2026-02-03": 0.6, "2026-02-19": 0.6, "2026-03-12": 0.6}
    days = pd.DataFrame({"ds": [*quiet, "2026-04-01"], "name": ["A", "B", "C", "D", "E"]})
    frame = history("2026-01-05", "2026-03-29", quiet)
    told = forecast(frame, 7, model=QUICK, holidays=days).set_index("ds")["median"]
    assert told["2026-04-01"] == pytest.approx(60, abs=12)
    effects = find_effects(lay_out(frame).panels[0], special_days(days, date(2026, 1, 5), date(2026, 4, 5), date(2026, 3, 30)))
    assert effects is not None
    cleaned = pd.Series(effects.history.y[0], index=frame["ds"])
    assert cleaned[list(quiet)].isna().all()
    assert cleaned.notna().sum() == len(frame) - 4


def test_a_worked_saturday_is_forecast_near_a_working_day() -> None:
    frame = history("2026-07-06", "2026-10-04", {})
    days = pd.DataFrame({"ds": ["2026-10-10"], "kind": ["working"]})
    told = forecast(frame, 7, model=QUICK, holidays=days).set_index("ds")["median"]
    assert 60 <= told["2026-10-10"] <= 100
    assert told["2026-10-11"] == pytest.approx(20, abs=1)


def test_a_minor_holiday_never_seen_moves_by_a_third_of_what_the_others_do() -> None:
    """On others the desk was at 60 of 100 (20 on Sundays): half a step, drawn towards .85; Columbus Day takes .35 of that."""
    found = special_days("US", date(2026, 1, 1), date(2026, 12, 31), date(2026, 10, 1)).days
    assert found[date(2026, 10, 12)] == ("minor", "Columbus Day")
    assert found[date(2026, 1, 19)][0] == "minor"
    assert found[date(2026, 5, 25)] == ("public", "Memorial Day")
    assert date(2026, 10, 13) not in found  # most people work: no days beside it
    major = [str(day) for day, (kind, _) in found.items() if kind == "public"]
    frame = history("2026-06-22", "2026-10-11", dict.fromkeys(major, 0.6))
    special = special_days("US", date(2026, 6, 22), date(2026, 10, 12), date(2026, 10, 12))
    effects = find_effects(lay_out(frame).panels[0], special)
    assert effects is not None
    assert 0.55 < effects.step["public"] < 0.75
    assert effects.step["minor"] == pytest.approx(0.35 * effects.step["public"])
    told = forecast(frame, 1, model=QUICK, holidays="US")["median"].iloc[0]
    assert told == pytest.approx(100 - 80 * effects.step["minor"], abs=2)


def test_hours_of_a_holiday_move_together() -> None:
    stamps = pd.date_range("2026-01-05", periods=24 * 7 * 8, freq="h")
    level = np.where(stamps.day_of_week < 5, 40, 4) * np.where((stamps.hour >= 8) & (stamps.hour < 18), 1.0, 0.25)
    frame = pd.DataFrame({"unique_id": "a", "ds": stamps, "y": level.round()})
    days = pd.DataFrame({"ds": ["2026-03-03"], "name": ["Founders' Day"]})  # the Tuesday of the ninth week
    told = forecast(frame, 48, model=QUICK, holidays=days).set_index("ds")["median"]
    assert told["2026-03-03 10:00"] < 20 < told["2026-03-02 10:00"]


def test_a_bridge_day_never_seen_is_some_way_towards_a_sunday_and_history_overrides_that() -> None:
    """Founders' Day on Thursdays; the Fridays after earlier ones were as busy as any Friday, or have not been seen.

    Three seen draw the step of 0.4 to 0.16, which is 13 of 100; their own departure gives back half, their name 2/3 of the rest.
    """
    frame = history("2026-01-05", "2026-03-29", dict.fromkeys(["2026-01-15", "2026-02-12", "2026-03-12"], 0.2))
    seen = pd.DataFrame({"ds": ["2026-01-15", "2026-02-12", "2026-03-12", "2026-04-02"], "name": "Founders' Day"})
    told = {
        known: forecast(frame, 7, model=QUICK, holidays=days).set_index("ds")["median"]["2026-04-03"]
        for known, days in ((True, seen), (False, seen.tail(1)))
    }
    assert told[False] == pytest.approx(100 - 0.4 * 80, abs=3)
    assert told[True] == pytest.approx(98, abs=0.5)


def test_the_explanation_names_pattern_components_and_holidays() -> None:
    quiet = {"2026-01-14": 0.4, "2026-02-03": 0.4, "2026-02-19": 0.4}
    days = pd.DataFrame({"ds": [*quiet, "2026-04-01"], "name": ["A", "B", "C", "A"]})
    told = explain(history("2026-01-05", "2026-03-29", quiet), 7, holidays=days, model=QUICK)
    assert told.holidays.set_index("name")["effect"]["A"] == pytest.approx(-0.6, abs=0.15)
    assert set(told.components["component"]) == {"profile", "smoothing"}
    weights = told.components.drop_duplicates("component")["weight"]
    assert weights.sum() == pytest.approx(1)
    factors = told.pattern.query("season == 7").set_index("slot")["factor"]
    assert factors[0] == pytest.approx(100 * 7 / sum(WEEK), abs=0.01)
    one = told.series.iloc[0]
    assert one["origins"] >= 5
    assert one["mae"] <= one["naive_mae"] + 1


def test_no_better_than_naive_is_said() -> None:
    draw = np.random.default_rng(8)
    walk = pd.DataFrame({"unique_id": "walk", "ds": pd.date_range("2026-01-05", periods=90), "y": draw.normal(0, 1, 90).cumsum()})
    assert bool(explain(walk, 1, model="seasonal-naive").series["no_better"].iloc[0])


@pytest.mark.parametrize("shut", [True, False])
def test_where_holidays_have_no_rows_a_row_on_one_is_an_open_days(shut: bool) -> None:
    """A desk with rows on weekdays only. Shut on 15 June it has no row then; 1 July is then an open day, else near zero."""
    days = pd.bdate_range("2026-03-02", "2026-06-30")
    off = days == pd.Timestamp("2026-06-15")
    frame = pd.DataFrame({"unique_id": "desk", "ds": days, "y": np.where(off, 0, 100)})[~off if shut else slice(None)]
    holidays = pd.DataFrame({"ds": pd.to_datetime(["2026-06-15", "2026-07-01"]), "name": ["First", "Second"]})
    found = forecast(frame, 1, holidays=holidays)
    assert found["ds"].tolist() == [pd.Timestamp("2026-07-01")]
    assert found["median"].iloc[0] > 95 if shut else found["median"].iloc[0] < 30
