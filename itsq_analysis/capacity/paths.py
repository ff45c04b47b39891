"""Simulated futures of many series: trend with its uncertainty, dependent noise, season, cleaning, planned changes.

The noise of a path is the history's own: blocks of two weeks of its standardised errors, begun on the same weekday, so that bad
days follow bad days as they did. Each path has one setting of the trend, drawn by weight.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from itsq_analysis.capacity.history import Array, Bools, History, Ints
from itsq_analysis.capacity.jumps import Jumps, find_jumps
from itsq_analysis.capacity.resets import Cleaning, Cycles, find_cycles
from itsq_analysis.capacity.season import Season, find_season
from itsq_analysis.capacity.trend import PHI, RHO, Trends, fit, future_gains

BLOCK = 14  # days of a block of noise
RECENT = 365  # steps of errors that are drawn from
HABIT = 2  # bursts that make a habit


@dataclass(frozen=True)
class Shape:
    """What was found in one series.

    Attributes:
        season: what the calendar adds.
        jumps: resets, steps, bursts.
        cycles: the sawtooth, None where there is none.
        spliced: values without jumps, bursts and season.
    """

    season: Season
    jumps: Jumps
    cycles: Cycles | None
    spliced: Array


def shape(y: Array, stamps: pd.DatetimeIndex, per_day: int, off: frozenset[object] = frozenset()) -> Shape:
    """Season and jumps of one series, each found knowing the other; the course of the week (or day) first, by medians."""
    first = find_season(y, stamps, per_day, off)  # type: ignore[arg-type]
    season = Season(first.cycle, per_day, first.turn)
    jumps = Jumps(np.array([], dtype=np.int64), np.array([]), np.zeros(len(y), dtype=bool))
    for _ in range(2):
        jumps = find_jumps(y, season.at(stamps))
        season = find_season(jumps.splice(y), stamps, per_day, off)  # type: ignore[arg-type]
    plain = y - season.at(stamps)
    jumps = find_jumps(plain)
    return Shape(season, jumps, find_cycles(plain, jumps), jumps.splice(plain))


@dataclass(frozen=True)
class Futures:
    """Paths without season and demand.

    Attributes:
        level: use on each path, series × paths × steps, season not yet in it.
        grown: what it has grown since the history's end, resets left out.
    """

    level: Array
    grown: Array


def simulate(history: History, shapes: Sequence[Shape], horizon: int, paths: int, seed: int) -> Futures:
    """Simulate the futures of a block of series."""
    trends = fit(np.stack([one.spliced for one in shapes]))
    gains = future_gains(trends, horizon)
    generators = [np.random.default_rng([seed, zlib.crc32(name.encode())]) for name in history.names]
    settings = np.stack([_settings(trends.weight[row], paths, rng) for row, rng in enumerate(generators)])
    noise = np.stack([_noise(trends, row, settings[row], horizon, history, rng) for row, rng in enumerate(generators)])
    cleaning = [
        Cleaning(one.cycles, rng, paths) if one.cycles is not None else None for one, rng in zip(shapes, generators, strict=True)
    ]
    rows = np.arange(len(shapes))[:, None]
    level, slope, rest = (state[rows, settings] for state in (trends.level, trends.slope, trends.rest))
    phi, rho = PHI[0, settings], RHO[0, settings]
    sigma, scale = trends.sigma[rows, settings], trends.scale[:, None]
    moved = np.zeros_like(level)
    values, grown = np.empty((horizon, *level.shape)), np.empty((horizon, *level.shape))
    start = (level + rest) * scale
    for step in range(horizon):
        slope, rest = phi * slope, rho * rest
        before = (level + rest) * scale + moved
        level = level + slope
        for row, one in enumerate(cleaning):
            if one is not None:
                due, floor = one.step(step + 1, before[row], slope[row] * scale[row])
                moved[row] = np.where(due, floor - (level + rest)[row] * scale[row], moved[row])
        into_level, into_slope, into_rest, size = gains[:, step, rows, settings]
        error = noise[:, :, step] * size * sigma
        values[step] = (level + rest + error) * scale + moved
        grown[step] = (level + rest + error) * scale - start
        level, slope, rest = level + into_level * error, slope + into_slope * error, rest + into_rest * error
    return Futures(np.moveaxis(values, 0, 2), np.moveaxis(grown, 0, 2))


def _settings(weight: Array, paths: int, rng: np.random.Generator) -> Ints:
    """One setting a path, as evenly by weight as can be, in random order."""
    places = (np.arange(paths) + rng.random()) / paths
    drawn = np.minimum(np.searchsorted(np.cumsum(weight), places), len(weight) - 1)
    return np.asarray(rng.permutation(drawn), dtype=np.int64)


def _noise(trends: Trends, row: int, settings: Ints, horizon: int, history: History, rng: np.random.Generator) -> Array:
    """Paths × steps of standardised errors: blocks of the setting's own, in the rhythm of the week, of size 1."""
    recent = RECENT * history.per_day
    errors = trends.errors[row][-recent:]
    known = np.flatnonzero(~np.isnan(errors[:, 0]))
    if len(known) < 2 * BLOCK:
        return rng.standard_normal((len(settings), horizon))
    length, week = BLOCK * history.per_day, 7 * history.per_day
    filled = errors[_nearest(errors[:, 0], rng, known)] / np.maximum(trends.sigma[row], 1e-12)
    total, blocks = len(filled), -(-horizon // length)
    if total < length + week:
        picked = rng.integers(0, total, (len(settings), horizon))
        return np.asarray(filled[picked, settings[:, None]])
    starts = rng.integers(0, total - length + 1, (len(settings), blocks))
    wanted = (total + np.arange(blocks) * length) % week  # place in the week at which each block must begin
    starts = np.maximum(starts - (starts - wanted) % week, (wanted % week))
    starts = np.where(starts + length > total, starts - week, starts)
    index = (starts[:, :, None] + np.arange(length)).reshape(len(settings), -1)[:, :horizon]
    return np.asarray(filled[np.clip(index, 0, total - 1), settings[:, None]])


def _nearest(column: Array, rng: np.random.Generator, known: Ints) -> Ints:
    """Places of errors: a known one its own, a missing one any known one."""
    place = np.arange(len(column))
    missing = np.isnan(column)
    place[missing] = rng.choice(known, int(missing.sum()))
    return place


def bursts_of(one: Shape, y: Array) -> tuple[float, Array]:
    """How often a step has a burst where bursts are a habit, and their sizes; (0, none) where they are not."""
    places = np.flatnonzero(one.jumps.bursts)
    occasions = int((np.diff(places, prepend=-9) > 2).sum()) if len(places) else 0
    if occasions < HABIT:
        return 0.0, np.zeros(0)
    usual = np.interp(places, np.flatnonzero(~np.isnan(one.spliced)), one.spliced[~np.isnan(one.spliced)])
    moved = one.jumps.splice(y)  # bursts are unknown there: the level's move is read from the jumps alone
    shift = np.array([one.jumps.size[one.jumps.at > place].sum() for place in places])
    sizes = y[places] + shift - usual
    known: Bools = ~np.isnan(sizes)
    return float(known.sum() / max(int((~np.isnan(y)).sum()), 1)), np.where(np.isnan(moved).all(), 0.0, sizes[known])
