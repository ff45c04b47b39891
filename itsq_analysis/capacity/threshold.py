"""Time to threshold: when a resource reaches its limit, as a distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, cast

import numpy as np
import pandas as pd

from itsq_analysis.capacity.change import Change, Demand, added, demand_factor, limits
from itsq_analysis.capacity.history import FEWEST, Array, Bools, History, Ints, lay_out
from itsq_analysis.capacity.paths import Future, futures
from itsq_analysis.capacity.shape import Shape
from itsq_analysis.capacity.threshold_forecast import Note, ThresholdForecast, ThresholdForecasts
from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.calendar import special_days

BLOCK_OF_SERIES = 40
SHORT = 28  # known values below which the growth is little known
TOLERANCE = 1e-9
FREE = ("public", "optional")
Holidays = str | Sequence[str | pd.DataFrame] | pd.DataFrame | frozenset[date] | None


@dataclass(frozen=True)
class Question:
    """When is a limit reached, with these planned changes, and demand that changes by a share from the first coming step on?"""

    limit: float
    changes: tuple[Change, ...] = ()
    growth: float = 0.0


def time_to_threshold(
    frame: pd.DataFrame,
    limit: float | Mapping[str, float],
    *,
    horizon: int = 365,
    direction: Literal["above", "below"] = "above",
    demand: Demand = "growth",
    growth: float = 0.0,
    changes: Sequence[Change] | Mapping[str, Sequence[Change]] = (),
    holidays: Holidays = None,
    as_of: date | pd.Timestamp | None = None,
    in_a_row: int = 1,
    freq: Literal["D", "h"] = "D",
    paths: int = 500,
    seed: int = 0,
) -> ThresholdForecasts:
    """When each series reaches its limit.

    The event is the first step whose value is at or beyond the limit, or the first of `in_a_row` such steps on end. What a step's
    value is, the caller chooses: the P95 of a day's hours (the busy hour) for what is used at once, the day's maximum or last value
    for what fills up. A resource that is beyond its limit on the last day is not said to cross it then: see the note "crossed".

    Args:
        frame: `unique_id, ds, y`, one row a day (or hour); days without rows, and rows without a value, are not known.
        limit: for all series, or by unique_id; in the unit of `y`.
        horizon: steps to look ahead.
        direction: "above" (use against its limit) or "below" (free space against what must be left).
        demand: what more demand means: "growth" for what fills up (30 % more demand: it fills 30 % faster), "level" for what is
            used at once (30 % more demand: 30 % higher).
        growth: share by which demand changes from the first coming step on.
        changes: planned changes, for all series or by unique_id.
        holidays: as for `forecast`, or the free days themselves; public and optional ones are taken to be like Sundays, as far as
            they were.
        as_of: the last day of the history; None is the latest row. Every series is looked at from that day.
        in_a_row: steps on end that must be beyond the limit.
        freq: "D", or "h" for a short look ahead on hours.
        paths: simulated futures.
        seed: of the simulation; a series' paths depend on it and the series' name and values, not on other series.

    Raises:
        ForecastError: naming series, row and remedy.

    >>> days = pd.date_range("2026-01-01", periods=100)
    >>> disk = pd.DataFrame({"unique_id": "disk", "ds": days, "y": np.arange(100.0)})
    >>> found = time_to_threshold(disk, 150)["disk"]
    >>> found.likely == days[99].date() + pd.Timedelta(days=51), found.probability
    (True, 1.0)
    """
    names = sorted(set(frame["unique_id"].astype("str"))) if "unique_id" in frame else []
    line = {name: limit.get(name) if isinstance(limit, Mapping) else limit for name in names}
    planned = {name: tuple(changes.get(name, ()) if isinstance(changes, Mapping) else changes) for name in names}
    asked = {name: (Question(cast("float", line[name]), planned[name], growth),) for name in names}
    answered = forecast_thresholds(
        frame,
        asked,
        horizon=horizon,
        direction=direction,
        demand=demand,
        holidays=holidays,
        as_of=as_of,
        in_a_row=in_a_row,
        freq=freq,
        paths=paths,
        seed=seed,
    )
    return ThresholdForecasts({name: forecast for name, (forecast,) in answered.items()})


def forecast_thresholds(
    frame: pd.DataFrame,
    questions: Mapping[str, Sequence[Question]],
    *,
    horizon: int = 365,
    direction: Literal["above", "below"] = "above",
    demand: Demand = "growth",
    holidays: Holidays = None,
    as_of: date | pd.Timestamp | None = None,
    in_a_row: int = 1,
    freq: Literal["D", "h"] = "D",
    paths: int = 500,
    seed: int = 0,
) -> dict[str, list[ThresholdForecast]]:
    """The answers to several questions about each series, from one simulation of its futures.

    Args:
        frame, horizon, direction, demand, holidays, as_of, in_a_row, freq, paths, seed: as for `time_to_threshold`.
        questions: by unique_id, of every series.

    Raises:
        ForecastError: naming series, row and remedy.
    """
    _check(horizon, paths, in_a_row, direction, demand)
    history = lay_out(frame, freq, as_of)
    known = (~np.isnan(history.y)).sum(axis=1)
    if (known < FEWEST).any():
        row = int((known < FEWEST).argmax())
        raise ForecastError(
            f"a series needs {FEWEST} known values for a time to threshold; found {known[row]} in {history.names[row]!r} up to "
            f"{history.last.date()}; wait for more, or leave it out"
        )
    _check_limits(questions, history.names)
    sign = 1.0 if direction == "above" else -1.0
    off = free_days(holidays, history.stamps()[0].date(), history.last.date(), history.stamps(horizon)[-1].date())
    answered: dict[str, list[ThresholdForecast]] = {}
    for start in range(0, len(history.names), BLOCK_OF_SERIES):
        block = history.of(range(start, min(start + BLOCK_OF_SERIES, len(history.names))))
        turned = History(block.names, block.y * sign, block.last, block.freq)
        for row, future in enumerate(futures(turned, off, horizon, paths, seed)):
            single = block.of([row])
            answered[single.names[0]] = _answers(single, future, questions[single.names[0]], sign, demand, in_a_row)
    return answered


def _answers(
    history: History, future: Future, questions: Sequence[Question], sign: float, demand: Demand, in_a_row: int
) -> list[ThresholdForecast]:
    """The answers of one series; what several questions share is worked out once."""
    horizon = future.use.shape[1]
    ahead, uses, answers = history.stamps(horizon), {}, []
    for question in questions:
        same = (
            question.growth,
            tuple(replace(change, limit=None, name="") for change in question.changes if change.add or change.growth),
        )
        if same not in uses:
            use = _use(future, question, demand, ahead)
            uses[same] = use, np.quantile(use, [0.5, 0.1, 0.9], axis=0)
        use, bands = uses[same]
        line = limits(question.limit, question.changes, ahead)
        answers.append(
            ThresholdForecast(
                unique_id=history.names[0],
                limit=float(question.limit),
                direction="above" if sign > 0 else "below",
                last=_last(history.y[0]),
                as_of=history.last,
                horizon=horizon,
                freq=history.freq,
                steps=np.sort(_first(use >= _nearly(sign * line), in_a_row)),
                quantiles=bands if sign > 0 else -bands[[0, 2, 1]],
                limits=line,
                notes=tuple(_notes(future.shape, history, sign, question.limit)),
            )
        )
    return answers


def _use(future: Future, question: Question, demand: Demand, ahead: pd.DatetimeIndex) -> Array:
    """The use on each path, with more demand and what is planned."""
    use, factor = future.use, demand_factor(question.growth, question.changes, ahead)
    if demand == "level":
        use = use * factor
    elif (factor != 1.0).any():
        more = np.diff(future.grown, axis=1, prepend=0.0) * (factor - 1.0)
        use = use + np.cumsum(more, axis=1)
    return np.asarray(use + added(question.changes, ahead) + future.bursts)


def _nearly(line: Array) -> Array:
    """A limit, a hair lower: a value that reaches it but for rounding has reached it."""
    return line - TOLERANCE * np.maximum(np.abs(line), 1.0)


def _first(beyond: Bools, in_a_row: int) -> Ints:
    """Of each path, the number of the first of so many steps on end that are beyond; steps + 1 if there is none."""
    if in_a_row > beyond.shape[1]:
        return np.full(len(beyond), beyond.shape[1] + 1, dtype=np.int64)
    whole = beyond
    for later in range(1, in_a_row):
        moved = np.zeros_like(beyond)
        moved[:, : beyond.shape[1] - later] = beyond[:, later:]
        whole = whole & moved
    return np.asarray(np.where(whole.any(axis=1), whole.argmax(axis=1) + 1, beyond.shape[1] + 1), dtype=np.int64)


def _last(y: Array) -> float | None:
    known = y[~np.isnan(y)]
    return float(known[-1]) if len(known) else None


def _notes(shape: Shape, history: History, sign: float, line: float) -> list[Note]:
    y, stamps = history.y[0], history.stamps()
    known = np.flatnonzero(~np.isnan(y))
    notes = []
    level = np.flatnonzero(~np.isnan(y) & ~shape.jumps.bursts)
    if sign * y[level[-1]] >= _nearly(np.array([sign * line]))[0]:
        notes.append(Note("crossed"))
    falls = shape.jumps.at[shape.jumps.size < 0]
    steps_down = shape.cycles is None and len(falls) > 1  # falls that are no habit of cleaning
    if shape.cycles is not None and len(shape.cycles.at) > 1:
        last = stamps[falls[-1]]
        notes.append(Note("cleaning_overdue") if shape.cycles.overdue else Note("resets", {"count": len(falls), "last": last}))
    elif len(falls) and not steps_down:
        notes.append(Note("reset", {"last": stamps[falls[-1]]}))
    rises = np.flatnonzero((shape.jumps.size > 0) | steps_down)
    if len(rises):
        size = float(sign * shape.jumps.size[rises[-1]])
        notes.append(Note("step", {"last": stamps[shape.jumps.at[rises[-1]]], "size": size}))
    if shape.jumps.bursts.any():
        notes.append(Note("bursts", {"count": int(shape.jumps.bursts.sum())}))
    missing = 1 - len(known) / (len(y) - known[0])
    if missing > 0.05:
        notes.append(Note("missing", {"share": float(missing)}))
    if known[-1] < len(y) - 3 * history.per_day:
        notes.append(Note("stale", {"steps": int(len(y) - 1 - known[-1]), "as_of": history.last}))
    if len(known) < SHORT:
        notes.append(Note("short", {"known": len(known)}))
    return notes


def _check_limits(questions: Mapping[str, Sequence[Question]], names: Sequence[str]) -> None:
    for name in names:
        limits_of: list[object] = [question.limit for question in questions.get(name, ())]
        for limit in limits_of or [None]:
            if not isinstance(limit, (int, float, np.number)) or isinstance(limit, bool) or not np.isfinite(float(limit)):
                raise ForecastError(
                    f"every series needs a limit that is a number; found {limit!r} for {name!r}; give one, or leave it out"
                )


def free_days(holidays: Holidays, first: date, last: date, end: date) -> frozenset[date]:
    """Public and optional holidays from the first day of a history to the end of what is looked at, as known on its last day."""
    if holidays is None or isinstance(holidays, frozenset):
        return holidays or frozenset()
    special = special_days(holidays, first, end, last + timedelta(days=1))
    return frozenset(day for day, (kind, _) in special.days.items() if kind in FREE)


def _check(horizon: int, paths: int, in_a_row: int, direction: str, demand: str) -> None:
    for name, number, least in (("horizon", horizon, 1), ("paths", paths, 20), ("in_a_row", in_a_row, 1)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
            raise ForecastError(
                f"{name} must be a whole number of at least {least}; found {number!r}; leave it out for the default"
            )
    if direction == "below" and demand == "level":
        raise ForecastError("demand='level' asks for the use itself; found direction='below'; give use instead of free space")
    for name, word, words in (("direction", direction, ("above", "below")), ("demand", demand, ("level", "growth"))):
        if word not in words:
            raise ForecastError(f"{name} must be one of {', '.join(words)}; found {word!r}; use one of these")
