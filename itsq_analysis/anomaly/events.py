"""to_events: flagged rows -> one line per event."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from itsq_analysis.errors import ForecastError

SURE, FAR = 0.8, 0.8  # shares of the highest score and of the largest distance that the first of the worst rows reaches
NEEDED = ("unique_id", "ds", "y", "expected", "score", "is_anomaly")
COLUMNS = ("unique_id", "start", "end", "peak", "direction", "y", "expected", "size", "score")


def to_events(judged: pd.DataFrame) -> pd.DataFrame:
    """What `detect` found, one row per event.

    Flagged rows of a series that lie at most 3 rows apart (monitoring metrics: 100) are one event.

    Args:
        judged: the result of `detect`, whole or in part.

    Returns:
        unique_id, start, end (first and last flagged ds), peak (ds of the first row that is nearly the most unusual and the
        farthest from what was expected), direction ("up", "down", or "flat" where the value is the expected one: a flat line or a
        gap), y and expected at the peak, size (y − expected), score (the highest of the event). Sorted by series and start.

    Raises:
        ForecastError: `judged` has not the columns of a result of `detect`.

    >>> days = pd.date_range("2026-01-01", periods=3, freq="D")
    >>> found = pd.DataFrame({"unique_id": "a", "ds": days, "y": [9.0, 1, 1], "expected": 1.0, "score": [0.9, 0.1, 0.1]})
    >>> to_events(found.assign(is_anomaly=found["score"] > 0.5))[["direction", "size", "score"]].values.tolist()
    [['up', 8.0, 0.9]]
    """
    missing = [name for name in NEEDED if name not in judged.columns]
    if missing:
        raise ForecastError(f"judged must be the result of detect; it has no {', '.join(missing)}; give detect's whole table")
    ordered = judged.sort_values(["unique_id", "ds"], kind="stable")
    place = _places(ordered.index)
    ordered = ordered.reset_index(drop=True)
    rest = int(judged.attrs.get("rest", 3))
    flagged = ordered[ordered["is_anomaly"].to_numpy(dtype=bool)].copy()
    at = place[ordered["is_anomaly"].to_numpy(dtype=bool)]
    ids = flagged["unique_id"].to_numpy()
    new = np.ones(len(flagged), dtype=bool)
    new[1:] = (ids[1:] != ids[:-1]) | (np.diff(at) > rest)
    flagged["event"] = np.cumsum(new)
    peak = flagged.loc[_peaks(flagged)].set_index("event")
    spans = flagged.groupby("event")["ds"].agg(["first", "last"])
    size = peak["y"] - peak["expected"]
    highest = flagged.groupby("event")["score"].max()
    direction = pd.Series(np.select([size > 0, size < 0], ["up", "down"], "flat"), index=size.index, dtype="str")
    events = pd.DataFrame({"unique_id": peak["unique_id"], "start": spans["first"], "end": spans["last"], "peak": peak["ds"]})
    events = events.assign(direction=direction, y=peak["y"], expected=peak["expected"], size=size, score=highest)
    return events[list(COLUMNS)].reset_index(drop=True)


def _peaks(flagged: pd.DataFrame) -> pd.Series:
    """Of each event the first row that comes near its highest score and, among those, its largest distance.

    A window that sees an outage go on grows surer every day; what happened is told best by its first day.
    """
    highest = flagged.groupby("event")["score"].transform("max")
    surest = flagged[flagged["score"] >= SURE * highest]
    distance = (surest["y"] - surest["expected"]).abs().fillna(0.0)
    farthest = distance.groupby(surest["event"]).transform("max")
    far = surest[distance >= FAR * farthest]
    return far.groupby("event")["score"].apply(lambda scores: scores.index[0])


def _places(index: pd.Index) -> npt.NDArray[np.int64]:
    """Rows of the whole result, which a part of it still knows; of a table that was put together anew, its own rows."""
    if pd.api.types.is_integer_dtype(index) and index.is_unique and index.is_monotonic_increasing:
        return index.to_numpy(dtype="int64")
    return np.arange(len(index), dtype="int64")
