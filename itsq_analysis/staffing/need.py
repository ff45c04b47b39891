"""People needed in every hour against those rostered, from a forecast of contacts a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import inf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itsq_analysis.staffing.queue import Load, people_needed

WEEKS = 8  # of history for the course of a day
DAY_OFF = 7  # a kind of day beside the seven weekdays: a holiday
WEEKEND = (5, 6)
FRIDAY = 4

HolidayName = Callable[[date], str | None]
Worked = Callable[[date], bool]


def never_worked(_: date) -> bool:
    """No day of a weekend is worked."""
    return False


@dataclass(frozen=True)
class QueueTarget:
    """What callers are promised, and how people work.

    Attributes:
        in_target: share of all callers answered within `target_seconds`.
        target_seconds: the target.
        patience: mean seconds after which a caller gives up; infinite = nobody does (Erlang C, which needs more people).
        occupancy: the greatest share of their time for which people may be busy.
        shrinkage: share of rostered time not spent at the phone.
    """

    in_target: float = 0.8
    target_seconds: float = 20.0
    patience: float = inf
    occupancy: float = 0.85
    shrinkage: float = 0.3


def day_course(hourly: pd.DataFrame, holiday: HolidayName, worked: Worked = never_worked) -> NDArray[np.float64]:
    """How the contacts of a day spread over its hours, per kind of day.

    Args:
        hourly: `ds` (naive local hour), `offered`; hours without a row count as 0.
        holiday: a day's name if it is a holiday.
        worked: whether a day of a weekend is worked in place of another one; it runs like a Friday.

    Returns:
        8 × 24 shares; rows 0 to 6 are Monday to Sunday, 7 a holiday. Each row adds up to 1. Of a kind of day not seen in the last
        eight weeks: a holiday is taken as a weekend's day, a weekday as all days together.

    >>> hours = pd.DataFrame({"ds": pd.date_range("2026-10-05", periods=24, freq="h"), "offered": [0] * 9 + [3, 1] + [0] * 13})
    >>> day_course(hours, lambda day: None)[0, 8:12].tolist()
    [0.0, 0.75, 0.25, 0.0]
    """
    days = hourly["ds"].dt.normalize()
    recent = hourly[days > days.max() - pd.Timedelta(weeks=WEEKS)]
    kinds = kinds_of_days(recent["ds"], holiday, worked)
    counts = np.zeros((8, 24))
    np.add.at(counts, (kinds, recent["ds"].dt.hour.to_numpy()), recent["offered"].to_numpy(dtype=float))
    everything = counts.sum(axis=0)
    if not counts[DAY_OFF].sum():
        counts[DAY_OFF] = counts[list(WEEKEND)].sum(axis=0)
    counts[counts.sum(axis=1) == 0] = everything if everything.sum() else 1.0
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def kinds_of_days(stamps: pd.Series, holiday: HolidayName, worked: Worked = never_worked) -> NDArray[np.int64]:
    """0 to 6 for Monday to Sunday, 7 for a holiday on any of them; a day of a weekend that is worked is a Friday."""
    known = {day: _kind(day, holiday, worked) for day in stamps.dt.date.unique()}
    return np.asarray(stamps.dt.date.map(known), dtype=np.int64)


def _kind(day: date, holiday: HolidayName, worked: Worked) -> int:
    if holiday(day) is not None:
        return DAY_OFF
    return FRIDAY if day.weekday() in WEEKEND and worked(day) else day.weekday()


def hourly_load(
    daily: pd.DataFrame, course: NDArray[np.float64], holiday: HolidayName, worked: Worked = never_worked
) -> pd.DataFrame:
    """Contacts expected in every hour.

    Args:
        daily: `ds` (naive local midnight) and `mean`, the contacts expected on that day.
        course: of `day_course`.
        holiday: a day's name if it is a holiday.
        worked: as for `day_course`.

    Returns:
        `ds` (naive local hour), `per_hour`, `holiday` (name or None).
    """
    kinds = kinds_of_days(daily["ds"], holiday, worked)
    amounts = daily["mean"].to_numpy(dtype=float)[:, None] * course[kinds]
    stamps = daily["ds"].to_numpy()[:, None] + np.arange(24).astype("timedelta64[h]")
    names = [name for stamp in daily["ds"] for name in [holiday(stamp.date())] * 24]
    return pd.DataFrame({"ds": stamps.ravel(), "per_hour": amounts.ravel(), "holiday": pd.Series(names, dtype="object")})


def people_by_hour(
    load: pd.DataFrame, handle_seconds: float, target: QueueTarget, *, open_hours: NDArray[np.bool_] | None = None
) -> pd.DataFrame:
    """People to roster in every hour so that callers get what they were promised.

    Args:
        load: of `hourly_load`.
        handle_seconds: mean time to handle a contact.
        target: the promise.
        open_hours: hours in which the desk is open; None is all. In the others nobody is needed.

    Returns:
        `load` with the column `needed` (whole people).

    >>> hours = pd.DataFrame({"ds": pd.date_range("2026-10-05 09:00", periods=2, freq="h"), "per_hour": [200.0, 0.0]})
    >>> people_by_hour(hours, 180, QueueTarget(occupancy=1.0, shrinkage=0.0))["needed"].tolist()
    [14, 0]
    """
    known: dict[float, int] = {}
    needed = []
    for amount in rounded(load["per_hour"]):
        if amount not in known:
            known[amount] = people_needed(
                Load(float(amount), handle_seconds, target.patience),
                in_target=target.in_target,
                target_seconds=target.target_seconds,
                occupancy=target.occupancy,
                shrinkage=target.shrinkage,
            )
        needed.append(known[amount])
    column = np.array(needed, dtype=np.int64)
    return load.assign(needed=column if open_hours is None else np.where(open_hours, column, 0))


def rounded(amounts: pd.Series) -> list[float]:
    """Contacts an hour to three digits: hours that hardly differ are worked out once.

    >>> rounded(pd.Series([24.3712, 0.0, 1234.0]))
    [24.4, 0.0, 1230.0]
    """
    return [float(f"{amount:.3g}") for amount in amounts]


def against_roster(need: pd.DataFrame, duty: pd.DataFrame) -> pd.DataFrame:
    """People needed beside those rostered.

    Args:
        need: of `people_by_hour`.
        duty: of `on_duty`.

    Returns:
        `need` with `rostered` (missing where the roster does not reach the day) and `gap` (needed − rostered; above 0 = too few).
    """
    joined = need.merge(duty, on="ds", how="left")
    rostered = joined["people"].where(joined["covered"].fillna(False).astype(bool))
    return need.assign(rostered=rostered.to_numpy(), gap=(joined["needed"] - rostered).to_numpy())


def weekday_grid(hours: pd.DataFrame, column: str) -> pd.DataFrame:
    """The mean of a column by weekday (rows 0 to 6 from Monday) and hour (columns 0 to 23); holidays are left out.

    >>> hours = pd.DataFrame({"ds": pd.to_datetime(["2026-10-05 09:00", "2026-10-12 09:00"]), "needed": [2, 4], "holiday": None})
    >>> float(weekday_grid(hours, "needed").loc[0, 9])
    3.0
    """
    ordinary = hours[hours["holiday"].isna()]
    grid = ordinary.pivot_table(index=ordinary["ds"].dt.day_of_week, columns=ordinary["ds"].dt.hour, values=column, aggfunc="mean")
    return grid.reindex(index=range(7), columns=range(24))
