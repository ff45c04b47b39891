"""Forecasts from several cutoffs: each as alone, known at its own cutoff only, and computed once in its life."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.facts import Cache
from itsq_analysis.forecasting import at_cutoffs, forecast
from itsq_analysis.forecasting.at_cutoffs import forecast_at_cutoffs
from itsq_analysis.forecasting.next_periods import next_periods
from itsq_analysis.forecasting.sums import Span, sums
from tests.page.made import context, on_days, weekdays

WEEK = np.array([30, 28, 28, 27, 24, 4, 3])
NUMBERS = ["mean", "median", "lo-80", "hi-80", "lo-95", "hi-95"]


def daily(length: int, *names: str, seed: int = 1) -> pd.DataFrame:
    """Counts of a week; the second series begins late, the third has holes, the fourth may fall below zero."""
    days, draw = pd.date_range("2024-06-03", periods=length), np.random.default_rng(seed)
    frames = []
    for place, name in enumerate(names):
        y = draw.poisson(WEEK[np.arange(length) % 7] * (place + 1)).astype(float)
        y -= 40.0 * (place == 3)
        kept = np.arange(length) >= length // 2 if place == 1 else draw.random(length) > 0.1 if place == 2 else slice(None)
        frames.append(pd.DataFrame({"unique_id": name, "ds": days, "y": y})[kept])
    return pd.concat(frames, ignore_index=True)


def pasts(frame: pd.DataFrame, *cutoffs: tuple[str, int]) -> list[tuple[pd.DataFrame, int]]:
    return [(frame[frame["ds"] < day], horizon) for day, horizon in cutoffs]


CUTOFFS = (("2025-01-06", 7), ("2025-03-01", 31), ("2025-10-10", 28), ("2026-01-01", 45))


@pytest.mark.parametrize("model", ["auto", "smoothing+theta", "regression", "profile+seasonal-naive"])
def test_a_batch_gives_what_separate_calls_give(model: str) -> None:
    frame = daily(600, *"abcd")
    together = forecast_at_cutoffs(pasts(frame, *CUTOFFS), holidays="CN", model=model)
    for (past, horizon), found in zip(pasts(frame, *CUTOFFS), together, strict=True):
        alone = forecast(past, horizon, freq="D", holidays="CN", model=model)
        assert found[["unique_id", "ds"]].equals(alone[["unique_id", "ds"]])
        np.testing.assert_allclose(found[NUMBERS], alone[NUMBERS], rtol=1e-9, atol=1e-9)
        assert found.attrs["notes"] == alone.attrs["notes"]


def test_what_comes_after_a_cutoff_changes_nothing_before_it() -> None:
    frame = daily(600, "a")
    later = frame.assign(y=frame["y"].where(frame["ds"] < "2025-10-10", 9e3))
    for first, second in zip(
        forecast_at_cutoffs(pasts(frame, *CUTOFFS[:3])), forecast_at_cutoffs(pasts(later, *CUTOFFS[:3])), strict=True
    ):
        pd.testing.assert_frame_equal(first, second)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many forecasts each batch computes."""
    counts: list[int] = []
    plain = at_cutoffs.panel_forecasts

    def counting(jobs: list[object], seed: int) -> object:
        counts.append(len(jobs))
        return plain(jobs, seed)

    monkeypatch.setattr(at_cutoffs, "panel_forecasts", counting)
    return counts


def test_a_forecast_is_computed_once_and_comes_back_the_same(tmp_path: Path, computed: list[int]) -> None:
    frame, cache = daily(600, "a", "b"), Cache(tmp_path / "cache")
    first = forecast_at_cutoffs(pasts(frame, *CUTOFFS), holidays="CN", cache=cache)
    second = forecast_at_cutoffs(pasts(frame, *CUTOFFS), holidays="CN", cache=cache)
    assert computed == [4]
    for once, again in zip(first, second, strict=True):
        pd.testing.assert_frame_equal(once, again)
        assert once.attrs == again.attrs


@pytest.mark.parametrize(
    ("frame", "options", "anew"),
    [
        (daily(600, "a", "b"), {"holidays": "CN"}, [1]),  # a day more reaches the last cutoff alone
        (daily(599, "a", "b"), {"holidays": ["CN", pd.DataFrame({"ds": [pd.Timestamp("2025-02-20")], "name": ["own"]})]}, [3]),
        (daily(599, "a", "b"), {"holidays": "CN", "seed": 1}, [4]),
        (daily(599, "a", "b"), {"holidays": "CN", "model": "theta"}, [4]),
        (daily(599, "a", "b"), {"holidays": "CN"}, []),
    ],
    ids=["loaded later", "a day of the calendar", "seed", "model", "nothing"],
)
def test_only_what_a_forecast_is_made_of_makes_it_anew(
    tmp_path: Path, computed: list[int], frame: pd.DataFrame, options: dict[str, object], anew: list[int]
) -> None:
    """The own day lies in history or horizon of all but the first cutoff, whose 7 days end in January."""
    cutoffs, cache = (*CUTOFFS[:3], ("2030-01-01", 28)), Cache(tmp_path / "cache")
    base = daily(600, "a", "b")
    forecast_at_cutoffs(pasts(base[base["ds"] < base["ds"].max()], *cutoffs), holidays="CN", cache=cache)
    computed.clear()
    given = base if len(frame) == len(base) else base[base["ds"] < base["ds"].max()]
    forecast_at_cutoffs(pasts(given, *cutoffs), cache=cache, **options)  # type: ignore[arg-type]
    assert computed == anew


def test_a_month_that_is_loaded_later_reuses_the_past_cutoffs(tmp_path: Path, computed: list[int]) -> None:
    """Of the nineteen cutoffs of October those with enough history are made; November adds its own."""
    rows = on_days(weekdays("2026-01-05", "2026-12-04"), 2)
    for period, as_of in (("2026-10", "2026-11-05 08:00"), ("2026-11", "2026-12-05 08:00")):
        made = context('[organisation]\nholidays = "CN"\n', period=period, as_of=as_of, incidents=rows)
        made.workspace.path = tmp_path
        made.workspace.__dict__["cache"] = Cache(tmp_path / "cache")
        assert next_periods(made.scope) is not None
    assert computed[0] > 1
    assert computed[1:] == [1]


def test_sums_do_not_depend_on_whether_forecasts_are_kept(tmp_path: Path) -> None:
    frame = daily(300, "a")
    days = [pd.Timestamp(day).date() for day in ("2025-01-06", "2025-02-03", "2025-03-03", "2025-03-31")]
    origins = [(day, [Span("week", day, next_day)]) for day, next_day in pairwise(days)]
    kept = [sums(frame, origins, cache=cache) for cache in (None, Cache(tmp_path / "c"), Cache(tmp_path / "c"))]
    pd.testing.assert_frame_equal(kept[0], kept[1])
    pd.testing.assert_frame_equal(kept[1], kept[2])
