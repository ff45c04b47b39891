"""Hierarchies: means add up, along one split and along two."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsq_analysis import forecast
from itsq_analysis.forecasting.hierarchy import reconcile

WEEK = np.array([20, 18, 18, 17, 15, 3, 2])


def test_means_of_services_add_up_to_the_organisation() -> None:
    draw = np.random.default_rng(2)
    days = pd.date_range("2026-01-05", periods=70, freq="D")
    parts = {name: draw.poisson(np.tile(WEEK, 10) * size) for name, size in (("mail", 1.0), ("web", 0.3), ("erp", 0.02))}
    parts["all"] = sum(parts.values())
    frame = pd.concat([pd.DataFrame({"unique_id": name, "ds": days, "y": y}) for name, y in parts.items()])
    family = pd.DataFrame({"parent": "all", "child": ["mail", "web", "erp"]})
    result = forecast(frame, 14, hierarchy=family, model="profile+smoothing").pivot(index="ds", columns="unique_id", values="mean")
    np.testing.assert_allclose(result[["mail", "web", "erp"]].sum(axis=1), result["all"], rtol=1e-9)
    assert (result >= 0).all(axis=None)


def test_the_less_certain_moves_more() -> None:
    # all = a + b: 10 against 4 + 2; the gap of 4 is shared as 1 : 1 : 2 of the variances
    moved = reconcile(np.array([10.0, 4.0, 2.0]), np.array([[1.0, -1.0, -1.0]]), np.array([1.0, 1.0, 2.0]), np.zeros(3, dtype=bool))
    assert moved.tolist() == pytest.approx([9.0, 5.0, 4.0])


def test_two_splits_of_one_total() -> None:
    equations = np.array([[1.0, -1, -1, 0, 0], [1.0, 0, 0, -1, -1]])
    moved = reconcile(np.array([10.0, 4, 4, 7, 5]), equations, np.ones(5), np.zeros(5, dtype=bool))
    np.testing.assert_allclose(equations @ moved, 0, atol=1e-9)


@given(st.lists(st.floats(0, 1e4), min_size=4, max_size=4), st.lists(st.floats(0.01, 1e4), min_size=4, max_size=4))
def test_what_is_reconciled_adds_up_and_is_not_below_zero(values: list[float], variance: list[float]) -> None:
    moved = reconcile(np.array(values), np.array([[1.0, -1, -1, -1]]), np.array(variance), np.zeros(4, dtype=bool))
    assert moved[0] == pytest.approx(moved[1:].sum(), abs=1e-6 * (1 + max(values)))
    assert (moved >= 0).all()
