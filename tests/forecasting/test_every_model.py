"""The contract of the models: one suite over all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.forecasting.frame import lay_out
from itsq_analysis.forecasting.models import MODELS
from itsq_analysis.forecasting.panel import Panel

HORIZON = 6
NAMES = sorted(MODELS)


def panel(length: int = 120, freq: str = "D", seed: int = 3) -> Panel:
    """Four series: counts of a week, one that starts late with holes, a sparse one, and one with values below zero."""
    stamps = pd.date_range("2026-01-05", periods=length, freq=freq)
    draw = np.random.default_rng(seed)
    week = np.array([20, 18, 18, 17, 15, 3, 2])[np.arange(length) % 7]
    late = draw.poisson(week * 2.0).astype(float)
    late[: length // 3] = np.nan
    late[-20:-17] = np.nan
    values = {
        "counts": draw.poisson(week),
        "late": late,
        "sparse": draw.poisson(0.1, length),
        "below zero": draw.normal(0, 5, length).round(1),
    }
    frames = [pd.DataFrame({"unique_id": name, "ds": stamps, "y": y}) for name, y in values.items()]
    return lay_out(pd.concat(frames).dropna()).panels[0]


@pytest.mark.parametrize("name", NAMES)
def test_medians_have_the_shape_are_finite_and_not_below_zero_without_cause(name: str) -> None:
    data = panel()
    paths = MODELS[name].predict(data, HORIZON, [0, 6, 12])
    assert paths.shape == (3, 4, HORIZON)
    assert np.isfinite(paths).all()
    assert (paths[:, ~data.negative] >= 0).all()
    assert data.ids[data.negative].tolist() == ["below zero"]


@pytest.mark.parametrize("name", NAMES)
def test_an_earlier_path_depends_on_nothing_that_came_after(name: str) -> None:
    data = panel()
    y = data.y.copy()
    y[:, -9:] = 1e6
    assert np.array_equal(MODELS[name].predict(data, HORIZON, [9]), MODELS[name].predict(data.with_values(y), HORIZON, [9]))
    truncated = MODELS[name].predict(data.before(9), HORIZON, [0])
    np.testing.assert_allclose(MODELS[name].predict(data, HORIZON, [9])[0, :3], truncated[0, :3], rtol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_input_gives_the_same_output_and_is_left_alone(name: str) -> None:
    data = panel()
    before = data.y.copy()
    first = MODELS[name].predict(data, HORIZON, [0])
    assert np.array_equal(first, MODELS[name].predict(data, HORIZON, [0]))
    assert np.array_equal(data.y, before, equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [1, 2, 9])
def test_short_histories_are_answered(name: str, length: int) -> None:
    stamps = pd.date_range("2026-01-05", periods=length, freq="D")
    frame = pd.DataFrame({"unique_id": "a", "ds": stamps, "y": np.arange(length) % 7 + 3.0})
    paths = MODELS[name].predict(lay_out(frame, "D").panels[0], 5, [0])
    assert paths.shape == (1, 1, 5)
    assert ((paths >= 0) & (paths <= 30)).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_constant_stays_one(name: str) -> None:
    stamps = pd.date_range("2026-01-05", periods=90, freq="D")
    frame = pd.DataFrame({"unique_id": "a", "ds": stamps, "y": 4.0})
    np.testing.assert_allclose(MODELS[name].predict(lay_out(frame).panels[0], 5, [0]), 4.0, atol=0.02)


@pytest.mark.parametrize("name", NAMES)
def test_a_plain_week_is_told_again(name: str) -> None:
    stamps = pd.date_range("2026-01-05", periods=84, freq="D")
    week = np.array([20.0, 18, 18, 17, 15, 3, 2])
    frame = pd.DataFrame({"unique_id": "a", "ds": stamps, "y": np.tile(week, 12)})
    np.testing.assert_allclose(MODELS[name].predict(lay_out(frame).panels[0], 7, [0])[0, 0], week, atol=0.5)
