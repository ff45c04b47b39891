"""Series that moved together, with the days between them."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.anomaly.explain.together import moved_together
from itsq_analysis.errors import ForecastError
from tests.anomaly.explain.made import DAYS, WEEK


def frame(seed: int, lag: int = 0, coupled: float = 0.0) -> pd.DataFrame:
    """Four series with the same week; the shocks of the second reach the first so many days later."""
    rng = np.random.default_rng(seed)
    shocks = rng.normal(1, 0.3, (len(DAYS), 4)).clip(0.2)
    if coupled:
        shocks[:, 0] += coupled * (np.roll(shocks[:, 1], lag) - 1)
    y = rng.poisson(60 * WEEK[DAYS.day_of_week][:, None] * shocks.clip(0.1))
    return pd.DataFrame({"unique_id": np.repeat(list("abcd"), len(DAYS)), "ds": np.tile(DAYS, 4), "y": y.T.ravel().astype(float)})


@pytest.mark.parametrize("lag", [0, 2, -3])
def test_a_series_that_leads_or_lags_is_found_with_its_lag(lag):
    found = moved_together(frame(1, lag, 0.9), "a")
    assert found[["unique_id", "lag"]].values.tolist() == [["b", lag]]
    assert found.iloc[0]["lower"] < found.iloc[0]["correlation"] < found.iloc[0]["upper"]


def test_a_common_week_is_no_common_movement():
    assert sum(len(moved_together(frame(seed), "a")) > 0 for seed in range(30)) <= 4


def test_an_unknown_series_and_a_short_history_are_refused():
    with pytest.raises(ForecastError, match="must be a series of the frame"):
        moved_together(frame(0), "z")
    with pytest.raises(ForecastError, match="must have 63 days"):
        moved_together(frame(0)[lambda rows: rows["ds"] < DAYS[40]], "a")


def test_a_count_that_is_not_known_is_not_zero():
    """Two series that miss the same days would else move together."""
    days = pd.date_range("2026-01-05", periods=120, freq="D")
    y = np.where(np.arange(120) % 9, 7.0, np.nan)
    frame = pd.concat([pd.DataFrame({"unique_id": name, "ds": days, "y": y}) for name in ("mail", "vpn")])
    with pytest.raises(ForecastError, match="found none of series 'mail' on 2026-01-05"):
        moved_together(frame, "mail")
    with pytest.raises(ForecastError, match="found 9; use one of: 1, 2"):
        moved_together(frame.assign(unique_id=frame["unique_id"].map({"mail": 1, "vpn": 2}), y=1.0), 9)
