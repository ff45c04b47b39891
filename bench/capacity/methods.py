"""Every method as one function: cases -> for each case, the probability of having reached the limit by each coming step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.capacity.disks import FIRST_DAY
from bench.capacity.peers import holt_winters, straight_line
from bench.capacity.scores import Case
from itsq_analysis.capacity import time_to_threshold

Array = NDArray[np.float64]
Method = Callable[[Sequence[Case]], list[Array]]


def ours(cases: Sequence[Case], *, freq: str = "D", paths: int = 500, seed: int = 0) -> list[Array]:
    """The package, with its defaults; cases of equal history length are asked together."""
    found: dict[str, Array] = {}
    by_length: dict[tuple[int, int], list[Case]] = {}
    for case in cases:
        by_length.setdefault((len(case.seen), case.horizon), []).append(case)
    for (length, horizon), group in by_length.items():
        stamps = pd.date_range(FIRST_DAY, periods=length, freq=freq)
        frame = pd.concat([pd.DataFrame({"unique_id": case.series, "ds": stamps, "y": case.seen}) for case in group])
        limits = {case.series: case.limit for case in group}
        crossings = time_to_threshold(frame, limits, horizon=horizon, freq=freq, paths=paths, seed=seed)  # type: ignore[arg-type]
        for case in group:
            found[case.series] = crossings[case.series].fan()["probability"].to_numpy()
    return [found[case.series] for case in cases]


def peers(freq: str, windows: Sequence[int] = (28, 90, 10_000)) -> dict[str, Method]:
    """Each peer in several settings; the best of all is what is compared with."""
    season = 24 if freq == "h" else 7
    found: dict[str, Method] = {}
    for window in windows:
        name = "all of the history" if window >= 10_000 else f"the last {window} {'hours' if freq == 'h' else 'days'}"
        found[f"straight line over {name} (predict_linear)"] = _line(window, quantiles=False)
        found[f"straight line over {name}, with its quantiles"] = _line(window, quantiles=True)
    for damped in (False, True):
        found[f"Holt-Winters{', damped' if damped else ''}, simulated paths"] = _smooth(season, damped=damped)
    return found


def _line(window: int, *, quantiles: bool) -> Method:
    return lambda cases: [straight_line(case.seen, case.limit, case.horizon, window, quantiles=quantiles) for case in cases]


def _smooth(season: int, *, damped: bool) -> Method:
    return partial(smoothed, season=season, damped=damped)


def smoothed(cases: Sequence[Case], *, season: int, damped: bool) -> list[Array]:
    """Holt-Winters over all cases."""
    return [holt_winters(case.seen, case.limit, case.horizon, season, damped=damped) for case in cases]
