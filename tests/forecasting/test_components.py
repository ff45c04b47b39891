"""What single members must be able to do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from itsq_analysis.forecasting.combine import components_of
from itsq_analysis.forecasting.frame import lay_out
from itsq_analysis.forecasting.models import MODELS, Task
from itsq_analysis.forecasting.models.count_regression import fit_counts, median_of
from itsq_analysis.forecasting.models.regression import _counted
from itsq_analysis.forecasting.panel import Panel

SHAPE = np.where(np.arange(24) < 8, 0.2, np.where(np.arange(24) < 18, 1.8, 0.8))
WEEK = np.array([1.3, 1.2, 1.1, 1.1, 1.0, 0.4, 0.3])


def hourly(growth: float, days: int = 42, hours: int = 0) -> Panel:
    """The day's level grows by a share each week; the shape of the day stays."""
    stamps = pd.date_range("2026-01-05", periods=24 * days + hours, freq="h")
    day = np.arange(len(stamps)) // 24
    level = 50 * WEEK[day % 7] * (1 + growth) ** (day // 7)
    return lay_out(pd.DataFrame({"unique_id": "a", "ds": stamps, "y": level * SHAPE[stamps.hour]})).panels[0]


@pytest.mark.parametrize("hours", [0, 9])
def test_intraday_is_the_days_level_times_its_shape(hours: int) -> None:
    told = MODELS["intraday"].predict(hourly(0.0, hours=hours), 48, [0, 48])
    stamps = pd.date_range("2026-02-16", periods=48, freq="h") + pd.Timedelta(hours=hours)
    np.testing.assert_allclose(told[0, 0], 50 * WEEK[stamps.day_of_week] * SHAPE[stamps.hour], rtol=0.03)


def test_intraday_follows_a_level_that_grows_without_bending_the_shape() -> None:
    told = MODELS["intraday"].predict(hourly(0.1), 24, [0])[0, 0]
    np.testing.assert_allclose(told / told.mean(), SHAPE / SHAPE.mean(), rtol=0.02)
    assert told.mean() > 50 * 1.3 * 1.1**4.5 * SHAPE.mean()


def test_intraday_tells_a_day_with_missing_hours_by_the_others() -> None:
    data = hourly(0.0)
    y = data.y.copy()
    y[0, -16:-8] = np.nan  # busy hours of the last day
    told = MODELS["intraday"].predict(data.with_values(y), 24, [0])[0, 0]
    np.testing.assert_allclose(told, 50 * WEEK[0] * SHAPE, rtol=0.05)


def test_the_count_regression_is_the_one_of_statsmodels() -> None:
    draw = np.random.default_rng(7)
    length = 200
    design = np.column_stack([np.ones(length), np.linspace(-1, 0, length), np.arange(length) % 7 >= 5])
    y = draw.poisson(np.exp(design @ np.array([[2.5, 0.4, -1.2], [0.3, -0.5, -0.7]]).T)).T.astype(float)
    y[0, 10:20] = np.nan
    weight = 0.5 ** (np.arange(length)[::-1] / 150)
    ours, dispersion = fit_counts(y, design, weight, np.zeros((3, 2)))
    for row in range(2):
        known = ~np.isnan(y[row])
        theirs = GLM(y[row, known], design[known], family=Poisson(), var_weights=weight[known]).fit()
        np.testing.assert_allclose(ours[row], theirs.params, atol=1e-5)
    assert dispersion == pytest.approx([1.0, 1.0], abs=0.25)


def test_fits_of_neighbouring_origins_mean_the_same_by_a_weekday() -> None:
    """Every variant at every origin, also where a fit goes on from that of an earlier origin, tells a plain week."""
    days = pd.date_range("2026-01-05", periods=84, freq="D")
    week = np.array([200.0, 180, 180, 170, 150, 30, 20])
    data = lay_out(pd.DataFrame({"unique_id": "a", "ds": days, "y": week[days.day_of_week]})).panels[0]
    (paths_of,) = _counted([Task(data, 7, (0, 3, 5, 9, 16, 20))])
    for offset in (0, 3, 5, 9, 16, 20):
        paths = paths_of[offset]
        wanted = week[(np.arange(7) + 84 - offset) % 7]
        np.testing.assert_allclose(
            paths[:, 0], np.tile(wanted, (len(paths), 1)), rtol=0.5
        )  # ridge; a rotated week is off by 6 times


def test_the_median_of_a_count_lies_below_its_mean() -> None:
    """Of Poisson counts of mean 4.5 the median is 4 (continuous: 4.17); of a thousand it is the mean."""
    assert median_of(np.array([[4.5, 1000.0]]), np.array([1.0]))[0] == pytest.approx([4.17, 999.67], abs=0.02)


def test_a_burst_does_not_bend_the_count_regression() -> None:
    y = np.full((1, 90), 20.0)
    y[0, 50] = 2000
    found, _ = fit_counts(y, np.ones((90, 1)), np.ones(90), np.zeros((1, 2)))
    assert np.exp(found[0, 0]) < 30


def test_theta_follows_a_weekly_season_whose_size_moves_with_the_level() -> None:
    days = pd.date_range("2026-01-05", periods=84, freq="D")
    y = WEEK[days.day_of_week] * np.where(np.arange(84) < 56, 100.0, 200.0)
    told = MODELS["theta"].predict(lay_out(pd.DataFrame({"unique_id": "a", "ds": days, "y": y})).panels[0], 7, [0])[0, 0]
    np.testing.assert_allclose(told, 200 * WEEK, rtol=0.1)


def test_trees_are_asked_only_where_several_series_teach_each_other() -> None:
    days = pd.date_range("2026-01-05", periods=60, freq="D")
    one = pd.DataFrame({"unique_id": "a", "ds": days, "y": range(60)})
    several = pd.concat([one.assign(unique_id=name) for name in "abcde"])
    assert components_of(lay_out(one).panels[0]) == ("smoothing", "regression", "theta")
    assert components_of(lay_out(several).panels[0]) == ("smoothing", "regression", "theta", "boosting")
    assert components_of(hourly(0.0)) == ("profile", "smoothing", "intraday")
