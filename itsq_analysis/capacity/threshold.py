"""Time to threshold: when a resource reaches its limit, as a distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from itsq_analysis.capacity.change import Change, Demand, added, demand_factor, limits
from itsq_analysis.capacity.crossing import Crossing, Crossings, Note
from itsq_analysis.capacity.history import Array, Bools, History, Ints, lay_out
from itsq_analysis.capacity.paths import futures
from itsq_analysis.capacity.shape import Shape
from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.calendar import special_days

BLOCK_OF_SERIES = 40
FEWEST = 14  # known values from which growth can be told from noise
SHORT = 28  # known values below which the growth is little known
TOLERANCE = 1e-9
FREE = ("public", "optional")


def time_to_threshold(
    frame: pd.DataFrame,
    limit: float | Mapping[str, float],
    *,
    horizon: int = 365,
    direction: Literal["above", "below"] = "above",
    demand: Demand = "growth",
    growth: float = 0.0,
    changes: Sequence[Change] | Mapping[str, Sequence[Change]] = (),
    holidays: str | Sequence[str | pd.DataFrame] | pd.DataFrame | None = None,
    as_of: date | pd.Timestamp | None = None,
    in_a_row: int = 1,
    freq: Literal["D", "h"] = "D",
    paths: int = 500,
    seed: int = 0,
) -> Crossings:
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
        holidays: as for `forecast`; public and optional ones are taken to be like Sundays, as far as they were.
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
    _check(horizon, paths, in_a_row, direction, demand)
    history = lay_out(frame, freq, as_of)
    known = (~np.isnan(history.y)).sum(axis=1)
    if (known < FEWEST).any():
        row = int((known < FEWEST).argmax())
        raise ForecastError(
            f"a series needs {FEWEST} known values for a time to threshold; found {known[row]} in {history.names[row]!r} up to "
            f"{history.last.date()}; wait for more, or leave it out"
        )
    line = _limits(limit, history.names)
    sign = 1.0 if direction == "above" else -1.0
    off = _holidays(holidays, history, horizon)
    found: dict[str, Crossing] = {}
    context = (horizon, sign, demand, growth, in_a_row, paths, seed)
    for start in range(0, len(history.names), BLOCK_OF_SERIES):
        names = history.names[start : start + BLOCK_OF_SERIES]
        block = History(names, history.y[start : start + BLOCK_OF_SERIES], history.last, history.freq)
        planned = [tuple(changes.get(name, ()) if isinstance(changes, Mapping) else changes) for name in names]
        found |= _block(block, [line[name] for name in names], planned, off, *context)
    return Crossings(found)


def _block(
    history: History,
    line: Sequence[float],
    planned: Sequence[Sequence[Change]],
    off: frozenset[date],
    horizon: int,
    sign: float,
    demand: Demand,
    growth: float,
    in_a_row: int,
    paths: int,
    seed: int,
) -> dict[str, Crossing]:
    future = history.stamps(horizon)
    turned = History(history.names, history.y * sign, history.last, history.freq)
    result = {}
    for row, (name, found) in enumerate(zip(history.names, futures(turned, off, horizon, paths, seed), strict=True)):
        changes, use = planned[row], found.use
        factor = demand_factor(growth, changes, future)
        if demand == "level":
            use = use * factor
        elif (factor != 1.0).any():
            more = np.diff(found.grown, axis=1, prepend=0.0) * (factor - 1.0)
            use = use + np.cumsum(more, axis=1)
        use = use + added(changes, future) + found.bursts
        ahead = limits(line[row], changes, future)
        steps = np.sort(_first(use >= _nearly(sign * ahead), in_a_row))
        bands = np.quantile(use, [0.5, 0.1, 0.9], axis=0)
        result[name] = Crossing(
            unique_id=name,
            limit=float(line[row]),
            direction="above" if sign > 0 else "below",
            last=_last(history.y[row]),
            as_of=history.last,
            horizon=horizon,
            freq=history.freq,
            steps=steps,
            quantiles=bands if sign > 0 else -bands[[0, 2, 1]],
            limits=ahead,
            notes=tuple(_notes(found.shape, history, row, sign, line[row])),
        )
    return result


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


def _notes(one: Shape, history: History, row: int, sign: float, line: float) -> list[Note]:
    y, stamps = history.y[row], history.stamps()
    known = np.flatnonzero(~np.isnan(y))
    notes = []
    level = np.flatnonzero(~np.isnan(y) & ~one.jumps.bursts)
    if sign * y[level[-1]] >= _nearly(np.array([sign * line]))[0]:
        notes.append(Note("crossed"))
    falls = one.jumps.at[one.jumps.size < 0]
    steps_down = one.cycles is None and len(falls) > 1  # falls that are no habit of cleaning
    if one.cycles is not None and len(one.cycles.at) > 1:
        last = stamps[falls[-1]]
        notes.append(Note("cleaning_overdue") if one.cycles.overdue else Note("resets", {"count": len(falls), "last": last}))
    elif len(falls) and not steps_down:
        notes.append(Note("reset", {"last": stamps[falls[-1]]}))
    rises = np.flatnonzero((one.jumps.size > 0) | steps_down)
    if len(rises):
        size = float(sign * one.jumps.size[rises[-1]])
        notes.append(Note("step", {"last": stamps[one.jumps.at[rises[-1]]], "size": size}))
    if one.jumps.bursts.any():
        notes.append(Note("bursts", {"count": int(one.jumps.bursts.sum())}))
    missing = 1 - len(known) / (len(y) - known[0])
    if missing > 0.05:
        notes.append(Note("missing", {"share": float(missing)}))
    if known[-1] < len(y) - 3 * history.per_day:
        notes.append(Note("stale", {"steps": int(len(y) - 1 - known[-1]), "as_of": history.last}))
    if len(known) < SHORT:
        notes.append(Note("short", {"known": len(known)}))
    return notes


def _limits(limit: float | Mapping[str, float], names: Sequence[str]) -> dict[str, float]:
    line = {}
    for name in names:
        one = limit.get(name) if isinstance(limit, Mapping) else limit
        if one is None or isinstance(one, (bool, str)) or not np.isfinite(one):
            raise ForecastError(
                f"every series needs a limit that is a number; found {one!r} for {name!r}; give one, or leave it out"
            )
        line[name] = float(one)
    return line


def _holidays(
    holidays: str | Sequence[str | pd.DataFrame] | pd.DataFrame | None, history: History, horizon: int
) -> frozenset[date]:
    if holidays is None:
        return frozenset()
    future = history.stamps(horizon)
    special = special_days(holidays, history.stamps()[0].date(), future[-1].date(), future[0].date())
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
