"""detect: a long frame -> expected values, usual bands, scores and alarms within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.anomaly.daily import RARE, TAIL, WARM, Daily, Special, follow, unroot, warm_up
from itsq_analysis.anomaly.ensemble import unusual
from itsq_analysis.anomaly.expectation import expectation, far_from_usual
from itsq_analysis.anomaly.histories import Histories, Ints, histories
from itsq_analysis.anomaly.hour_of_week import adjust
from itsq_analysis.anomaly.rate import DAILY, METRIC, Rate, learn, ordinary, repeated, score, threshold
from itsq_analysis.anomaly.regular import How, regular
from itsq_analysis.anomaly.windows import Array
from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.calendar import KINDS, special_days
from itsq_analysis.forecasting.clock import localized
from itsq_analysis.forecasting.frame import Layout, lay_out
from itsq_analysis.forecasting.panel import Grid
from itsq_analysis.forecasting.steps import DAY

EVERYTHING = 2**31  # columns of history that are kept
SPECIAL = Special(
    free=frozenset(1 + KINDS.index(kind) for kind in ("public", "optional")),
    near=frozenset(1 + KINDS.index(kind) for kind in ("after", "before")),
    working=1 + KINDS.index("working"),
    settling=1 + len(KINDS),
)
SETTLING_DAYS = (1, 2, 3)  # after the first working day after a holiday
USUAL = 1.6  # see `_ordinary`
LARGEST = 1e30  # values whose squares and sums can be worked with
Judged = tuple[Array, Array, Array, Array, Array]  # expected, lower, upper, log of the rate per row, least score


def detect(
    frame: pd.DataFrame,
    *,
    freq: str | None = None,
    season_length: int | Sequence[int] | None = None,
    holidays: str | Sequence[str | pd.DataFrame] | pd.DataFrame | None = None,
    alarms_per_month: float = 1.0,
    causal: bool = True,
    how: How | None = "last",
    seed: int = 0,  # noqa: ARG001 - of the common interface
) -> pd.DataFrame:
    """Judge every value of every series by what that series did before.

    Steps shorter than a day are judged as monitoring metrics (many detectors, of which two kinds must agree; flat lines; gaps),
    a day and longer as counts or indicators (level, weekday profile, holidays).

    Args:
        frame: columns unique_id, ds, y; a value that is missing is not known, not zero.
        freq: the step, such as "5min", "h", "D"; None finds it.
        season_length: season in steps shorter than a day; None takes day and week. Days have their weekday whatever it says.
        holidays: for steps of a day: a country code ("CN", "BR:public,optional"), several, or a frame of dates.
        alarms_per_month: the budget: alarms per series and thirty days while nothing is wrong; where fewer than 20 steps make
            thirty days (weeks, months), per 20 steps.
        causal: use nothing later than the value that is judged. False judges it from both sides, for looking back.
        how: where timestamps of steps below a day jitter or come twice, what a step's value is: the "last", "mean" or
            "sum" of those nearest to it; None refuses such frames.
        seed: kept for a common interface; nothing here is random.

    Returns:
        unique_id, ds, y, expected, lower, upper, score, is_anomaly; sorted by series and time. A score of 0.5 is reached
        once in thirty days (or 20 steps) by a series that is well, 0.9 once in nine times as long; below 0.5 it says too how far
        a value of a step below a day is from usual, also in the middle of a long event. Where too little is known
        it is 0 and the band is missing (the first 14 days, 8 weeks or months, or 30 shorter steps). `attrs["notes"]` tells what was
        moved to a regular grid.

    Raises:
        ForecastError: the frame or another argument is not what it must be, or every series is too short.

    >>> days = pd.date_range("2026-01-05", periods=56, freq="D")
    >>> frame = pd.DataFrame({"unique_id": "mail", "ds": days, "y": [50, 41, 44, 46, 39, 3, 1] * 8})
    >>> frame.loc[45, "y"] = 160
    >>> detect(frame).query("is_anomaly")[["ds", "y"]].values.tolist()
    [[Timestamp('2026-02-19 00:00:00'), 160.0]]
    """
    _check(alarms_per_month)
    frame, freq, notes = regular(frame, freq, how)
    layout = lay_out(frame, freq, season_length, EVERYTHING)
    past = histories(layout)
    _measurable(past)
    _long_enough(past)
    kinds = _kinds(layout, past, holidays)
    judged = _judge(past, kinds, alarms_per_month)
    if not causal:
        judged = _both(judged, _turned(past, _judge(_turn(past), _turned(past, (kinds,))[0], alarms_per_month)))
    table = _table(frame, layout, past, judged, alarms_per_month)
    table.attrs["notes"] = notes
    return table


def _check(alarms_per_month: Any) -> None:
    number = isinstance(alarms_per_month, (int, float, np.integer, np.floating)) and not isinstance(alarms_per_month, bool)
    if not number or not 0 < alarms_per_month < 1000:
        raise ForecastError(
            f"alarms_per_month must be a number above 0 and below 1000; found {alarms_per_month!r}; give for example 1.0"
        )


def _measurable(past: Histories) -> None:
    far = np.nan_to_num(np.abs(past.y)) > LARGEST
    if far.any():
        row, column = (int(place[0]) for place in np.nonzero(far))
        raise ForecastError(
            f"y must lie between -{LARGEST:g} and {LARGEST:g}; found {past.y[row, column]:g} (series {past.ids[row]!r}, value "
            f"{column + 1} of {past.counts[row]}); leave it empty where it is not known, or take a larger unit"
        )


def _long_enough(past: Histories) -> None:
    needed = (warm_up(past.minutes) if _is_daily(past) else WARM) + 1
    longest = int(past.counts.max(initial=0))
    if longest < needed:
        raise ForecastError(
            f"a series needs {needed} known values before one can be judged; the longest ({past.ids[past.counts.argmax()]!r}) "
            f"has {longest}; give more history, or a shorter step"
        )


def _is_daily(past: Histories) -> bool:
    return not 0 < past.minutes < DAY


def _judge(past: Histories, kinds: Ints, budget: float) -> Judged:
    if not _is_daily(past):
        adjusted = adjust(past)
        strength = unusual(past, adjusted)
        return (*expectation(past, adjusted), ordinary(learn(strength, METRIC), strength), far_from_usual(past, adjusted))
    followed = follow(past, kinds, SPECIAL)
    rate = learn(followed.excess, DAILY)
    often = budget / past.per_month
    lower, upper = _band(followed, np.where(rate.frequency > often, rate.excess_at(often), _ordinary(rate).excess_at(often)))
    by_tail = np.where(followed.excess < 1.0, _ordinary(rate).log_of(followed.excess), rate.log_of(followed.excess))
    log_rate = repeated(followed.excess, by_tail, DAILY.rest)
    return unroot(followed.mean), lower, upper, log_rate, np.zeros(past.y.shape)


def _ordinary(rate: Rate) -> Rate:
    """The rate of values that are no alarms, an excess below 1: they grow common faster than the tail of alarms says.

    Followed below its beginning, that tail would flag what happens every week. Series that are well reach a probability p, the
    smallest of three windows, in about p ** 1.6 of their rows (simulated: normal, uniform, skewed, counts).
    """
    return Rate(rate.frequency, np.maximum(rate.shape, USUAL))


def _band(followed: Daily, limit: Array) -> tuple[Array, Array]:
    """Between these ends a value alone raises no alarm."""
    from scipy.stats import t as student

    reach = student.isf(np.clip(RARE / limit / 4, 1e-13, 0.49), TAIL) * followed.spread
    return unroot(followed.mean - reach), unroot(followed.mean + reach)


def _kinds(layout: Layout, past: Histories, holidays: Any) -> Ints:
    """The kind of special day of every value, 0 = none; the days on which a service settles after a holiday are one too."""
    kinds = np.zeros(past.y.shape, dtype="int64")
    if holidays is None:
        return kinds
    if past.minutes != DAY:
        raise ForecastError(
            f"holidays need a step of a day; found {layout.step.name}; leave them out, or sum the series up to days"
        )
    days = Grid(layout.step).dates(past.number).astype("datetime64[D]")
    known = days[~np.isnan(past.y)]
    special = special_days(holidays, known.min().item(), known.max().item(), known.max().item()).days
    for day, (kind, _) in special.items():
        kinds[days == np.datetime64(day)] = 1 + KINDS.index(kind)
    back = [np.datetime64(day) + count for day, (kind, _) in special.items() if kind == "after" for count in SETTLING_DAYS]
    kinds[(kinds == 0) & np.isin(days, np.array(back, dtype="datetime64[D]"))] = SPECIAL.settling
    return np.where(np.isnan(past.y), 0, kinds)


def _turn(past: Histories) -> Histories:
    """Every series backwards."""
    y, number = _turned(past, (past.y, -past.number))
    return replace(past, y=y, number=number)


def _turned(past: Histories, arrays: Sequence[Any]) -> Any:
    """Arrays with the known values of every series in the opposite order."""
    column = np.arange(past.length)[None, :]
    counts = past.counts[:, None]
    order = np.where(column < counts, counts - 1 - column, column)
    return tuple(np.take_along_axis(array, order, axis=1) for array in arrays)


def _both(forwards: Judged, backwards: Judged) -> Judged:
    """Of the two directions the one that finds a value more unusual, at twice its rate; a level shift is dated by both."""
    stronger = backwards[3] < forwards[3]
    missing = np.isnan(forwards[0])
    parts = [np.where(missing, back, front) for front, back in zip(forwards[:3], backwards[:3], strict=True)]
    log_rate = np.where(stronger, backwards[3], forwards[3]) + np.log(2.0)
    return parts[0], parts[1], parts[2], log_rate, np.maximum(forwards[4], backwards[4])


def _table(frame: pd.DataFrame, layout: Layout, past: Histories, judged: Judged, budget: float) -> pd.DataFrame:
    known = ~np.isnan(past.y)
    expected, lower, upper, log_rate, least = judged
    never_negative = np.minimum.accumulate(np.where(known, past.y, np.inf), axis=1) >= 0
    expected, lower = (np.where(never_negative, np.maximum(bound, 0.0), bound) for bound in (expected, lower))
    unjudged = np.isnan(expected) & np.isnan(lower)
    alarm = np.where(unjudged, 0.0, score(log_rate, past.per_month))
    value = np.where(unjudged, 0.0, np.maximum(alarm, least))
    columns: dict[str, Any] = {"unique_id": np.repeat(past.ids, known.sum(axis=1)), "ds": _stamps(layout, past.number[known])}
    columns |= {
        "y": past.y[known],
        "expected": expected[known],
        "lower": lower[known],
        "upper": upper[known],
        "score": value[known],
    }
    table = pd.DataFrame(columns)
    table["is_anomaly"] = alarm[known] >= threshold(budget)
    unknown = frame.loc[frame["y"].isna(), ["unique_id", "ds"]]
    if len(unknown):
        ids = unknown["unique_id"].astype(table["unique_id"].dtype)
        rest = pd.DataFrame(
            {"unique_id": ids, "ds": pd.Series(unknown["ds"]).astype(table["ds"].dtype), "score": 0.0, "is_anomaly": False}
        )
        table = pd.concat([table, rest]).sort_values(["unique_id", "ds"], kind="stable", ignore_index=True)
    table.attrs["rest"] = (DAILY if _is_daily(past) else METRIC).rest
    return table


def _stamps(layout: Layout, number: Ints) -> Any:
    """`ds` of places: whole numbers, naive or aware timestamps, as they came."""
    if layout.numbered:
        return number
    stamps = pd.DatetimeIndex(Grid(layout.step).dates(number)).as_unit("us")
    if layout.zone is None:
        return stamps
    return localized(stamps, layout.zone)
