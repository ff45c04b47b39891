"""The long frame `unique_id, ds, y` of a resource's metric: checked and laid on one regular grid of days or hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itsq_analysis.errors import ForecastError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

STEPS = {"D": pd.Timedelta(days=1), "h": pd.Timedelta(hours=1)}
FEWEST = 14  # known values from which growth can be told from noise
MOST = 1096  # steps of history that are looked at: three years of days
MOST_HOURS = 24 * 120
COLUMNS = ("unique_id", "ds", "y")


@dataclass(frozen=True)
class History:
    """Series × steps up to a common last step; NaN = not known.

    Attributes:
        names: the series.
        y: values, oldest first.
        last: the last step of the history.
        freq: "D" or "h".
    """

    names: tuple[str, ...]
    y: Array
    last: pd.Timestamp
    freq: str

    @property
    def per_day(self) -> int:
        """Steps in a day."""
        return 24 if self.freq == "h" else 1

    def of(self, rows: Sequence[int]) -> History:
        """Some of the series, by their places."""
        return History(tuple(self.names[row] for row in rows), self.y[list(rows)], self.last, self.freq)

    def stamps(self, horizon: int = 0) -> pd.DatetimeIndex:
        """Of the history (horizon 0), or of so many steps after it."""
        step = STEPS[self.freq]
        if horizon:
            return pd.date_range(self.last + step, periods=horizon, freq=self.freq)
        return pd.date_range(end=self.last, periods=self.y.shape[1], freq=self.freq)


def lay_out(frame: pd.DataFrame, freq: str = "D", as_of: date | pd.Timestamp | None = None) -> History:
    """Check a long frame and lay it on a grid that ends on `as_of`, or with the latest row.

    Args:
        frame: `unique_id`, `ds` (days: naive midnight; hours: naive, or aware and then read in UTC), `y` (numbers; missing = not
            known); rows in any order, days without rows are missing.
        freq: "D" or "h".
        as_of: the last day (or hour) that is used; later rows are left out. None is the latest row of all series.

    Raises:
        ForecastError: naming series, row and remedy.

    >>> days = pd.DataFrame({"unique_id": "disk", "ds": pd.to_datetime(["2026-10-01", "2026-10-03"]), "y": [1.0, 3.0]})
    >>> lay_out(days).y.tolist()
    [[1.0, nan, 3.0]]
    """
    if freq not in STEPS:
        raise ForecastError(f"freq must be 'D' or 'h'; found {freq!r}; give days or hours, finer values as their maximum or P95")
    given, stamps, y = _checked(frame, freq)
    ids = given
    end = stamps.max() if as_of is None else _naive(pd.Timestamp(as_of))
    if as_of is not None:
        kept = np.asarray(stamps <= end)
        ids, stamps, y = ids[kept], stamps[kept], y[kept]
        if not len(ids):
            raise ForecastError(f"time to threshold needs rows up to as_of; found none up to {end}; take a later as_of")
        if missing := set(given) - set(ids):
            raise ForecastError(
                f"every series needs rows up to as_of; found none of {min(missing)!r} up to {end}; take a later as_of, or leave it "
                "out"
            )
    codes, names = pd.factorize(ids, sort=True)
    places = np.asarray((end - stamps) // STEPS[freq], dtype=np.int64)
    most = MOST if freq == "D" else MOST_HOURS
    length = int(min(places.max() + 1, most))
    values = np.full((len(names), length), np.nan)
    inside = places < length
    values[codes[inside], length - 1 - places[inside]] = y[inside]
    return History(tuple(str(name) for name in names), values, end, freq)


def _checked(frame: pd.DataFrame, freq: str) -> tuple[Any, pd.DatetimeIndex, Array]:
    absent = [name for name in COLUMNS if name not in frame.columns]
    if absent:
        columns = ", ".join(map(str, frame.columns)) or "none"
        raise ForecastError(f"a frame must have the columns unique_id, ds, y; found {columns}; add or rename {', '.join(absent)}")
    if not len(frame):
        raise ForecastError("time to threshold needs rows; found none; load metrics of this resource, or leave it out")
    if frame["unique_id"].isna().any():
        row = int(frame["unique_id"].isna().to_numpy().argmax())
        raise ForecastError(f"every row must name its series; found no unique_id in row {row}; name it, or leave the row out")
    ids = frame["unique_id"].astype("str").to_numpy()
    stamps, part = _stamps(frame["ds"], ids, freq)
    numbers = pd.to_numeric(frame["y"], errors="coerce")
    wrong = (numbers.isna() & frame["y"].notna()).to_numpy() | np.isinf(numbers.to_numpy(dtype=float))
    if wrong.any():
        row = int(wrong.argmax())
        raise ForecastError(
            f"y must be numbers; found {frame['y'].iloc[row]!r} in row {row} of {ids[row]!r}; correct it or leave it empty"
        )
    ids, stamps, numbers = ids[~part], stamps[~part], numbers[~part]
    twice = pd.DataFrame({"id": ids, "ds": stamps}).duplicated().to_numpy()
    if twice.any():
        row = int(twice.argmax())
        raise ForecastError(
            f"a series has one row per step; found a second one for {stamps[row]} in row {row} of {ids[row]!r}; "
            "take the maximum or the P95 of each day first"
        )
    return ids, stamps, numbers.to_numpy(dtype=float)


def _naive(moment: pd.Timestamp) -> pd.Timestamp:
    """A moment as the rows are read: in UTC where it has a zone."""
    return moment if moment.tz is None else moment.tz_convert("UTC").tz_localize(None)


def _stamps(given: pd.Series, ids: Any, freq: str) -> tuple[pd.DatetimeIndex, NDArray[np.bool_]]:
    """Timestamps as the rows are read, and which are what is left of an hour in which the clock was changed."""
    from itsq_analysis.forecasting.clock import begins_at_a_change  # brings the models: only where it is computed

    read = pd.Series(pd.to_datetime(given, errors="coerce"))
    if read.isna().any():
        row = int(read.isna().to_numpy().argmax())
        raise ForecastError(f"ds must be timestamps; found {given.iloc[row]!r} in row {row} of {ids[row]!r}; correct it")
    stamps = pd.DatetimeIndex(read)
    if stamps.tz is not None and freq == "D":
        raise ForecastError(
            "ds of days must be naive local midnights; found a time zone; use .dt.tz_localize(None) after .dt.normalize()"
        )
    local, zone = stamps.tz_localize(None), stamps.tz
    off = np.asarray(local != local.floor(freq))
    part = np.zeros(len(local), dtype=bool)
    if zone is not None:
        part[off] = begins_at_a_change(local[off], local[off].floor(freq), zone)
        moments = stamps.tz_convert("UTC").tz_localize(None)
        inside = pd.Series(moments - moments.floor(freq)).mode()  # of an hour of UTC, where zones are half an hour apart
        stamps = moments.floor(freq) + inside.iloc[-1]
    off &= ~part
    if off.any():
        row = int(off.argmax())
        raise ForecastError(
            f"ds must lie on whole steps of freq {freq!r}; found {local[row]} in row {row} of {ids[row]!r}; "
            "take the maximum or the P95 of each step first"
        )
    return stamps, part
