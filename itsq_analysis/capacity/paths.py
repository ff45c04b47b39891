"""Simulated futures of many series: trend with its uncertainty, dependent noise, season, cleaning, bursts.

The noise of a path is the history's own: blocks of two weeks of its standardised errors, begun on the same weekday, so that bad
days follow bad days as they did. Each path has one setting of the trend, drawn by weight. On a share of the paths nothing that was
taken for a jump, a burst or a cleaning is believed: it is noise there, and comes back as such.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
import pandas as pd

from itsq_analysis.capacity.history import Array, History, Ints
from itsq_analysis.capacity.resets import Cleaning
from itsq_analysis.capacity.shape import Shape, as_it_was, shape
from itsq_analysis.capacity.trend import PHI, RHO, Trends, fit, future_gains

BLOCK = 14  # days of a block of noise
RECENT = 365  # steps of errors that are drawn from
DOUBT = 0.4  # share of paths on which nothing that was found is believed,
CYCLES = 4.0  # halved by so many cycles, which prove a sawtooth,
CLEAR = 80.0  # and by what is twice as high as so many usual changes
_Drawn = TypeVar("_Drawn", Array, Ints)
BELIEVED, DOUBTED, BURSTS = range(3)  # streams of random numbers


@dataclass(frozen=True)
class Future:
    """The paths of one series, paths × steps, before demand and plans.

    Attributes:
        shape: what was found in its history.
        use: without bursts.
        grown: what it has grown since the history's end, resets and season left out.
        bursts: what they add.
    """

    shape: Shape
    use: Array
    grown: Array
    bursts: Array


def futures(history: History, off: frozenset[date], horizon: int, paths: int, seed: int) -> list[Future]:
    """Simulate the futures of a block of series, each as if it were alone."""
    past, ahead = history.stamps(), history.stamps(horizon)
    shapes = [shape(row, past, history.per_day, off) for row in history.y]
    doubted = [_doubted(shape, shape.clearness(y, past), paths) for shape, y in zip(shapes, history.y, strict=True)]
    believed = _simulate(history, shapes, horizon, [paths] * len(shapes), seed, BELIEVED)
    rows = [row for row, few in enumerate(doubted) if few]
    plain = {row: as_it_was(shapes[row], history.y[row], past, history.per_day, off) for row in rows}
    others = (
        _simulate(history.of(rows), list(plain.values()), horizon, [doubted[row] for row in rows], seed, DOUBTED) if rows else []
    )
    plainly = dict(zip(rows, others, strict=True))
    result = []
    for row, (name, few, its_shape) in enumerate(zip(history.names, doubted, shapes, strict=True)):
        level, grown = (part[few:] for part in believed[row])
        use, bursts = (
            level + its_shape.season.at(ahead),
            _bursts(its_shape, history.y[row], past, (paths - few, horizon), _stream(seed, name, BURSTS)),
        )
        if few:
            other_level, other_grown = plainly[row]
            use = np.concatenate([use, other_level + plain[row].season.at(ahead)])
            grown, bursts = np.concatenate([grown, other_grown]), np.concatenate([bursts, np.zeros((few, horizon))])
        result.append(Future(its_shape, use, grown, bursts))
    return result


def _doubted(shape: Shape, clearness: float, paths: int) -> int:
    """On how many paths nothing that was found in a series is believed: few where it is clear, none where there is nothing."""
    if np.isnan(clearness):
        return 0
    cycles = 0 if shape.cycles is None else len(shape.cycles.at)
    return round(DOUBT * min(1.0, CLEAR / clearness) * CYCLES / (CYCLES + cycles) * paths)


def _stream(seed: int, name: str, purpose: int) -> np.random.Generator:
    """Random numbers that no other series and no other purpose moves."""
    return np.random.default_rng([seed, zlib.crc32(name.encode()), purpose])


def _bursts(shape: Shape, y: Array, stamps: pd.DatetimeIndex, size: tuple[int, int], rng: np.random.Generator) -> Array:
    """Bursts where they are a habit, at their own rate; fewer are not carried into the future."""
    rate, sizes = shape.bursts(y, stamps)
    if not rate:
        return np.zeros(size)
    return np.asarray(np.where(rng.random(size) < rate, rng.choice(sizes, size), 0.0))


def _simulate(
    history: History, shapes: Sequence[Shape], horizon: int, paths: Sequence[int], seed: int, stream: int
) -> list[tuple[Array, Array]]:
    """Level and growth of each series on so many paths of its own (paths × steps), season not in them."""
    trends = fit(np.stack([shape.spliced for shape in shapes]))
    gains = future_gains(trends, horizon)
    generators = [_stream(seed, name, stream) for name in history.names]
    most, settings, noise, cleaning = max(paths), [], [], []
    for row, (rng, count) in enumerate(zip(generators, paths, strict=True)):
        drawn = _settings(trends.weight[row], count, rng)
        settings.append(_filled(drawn, most))
        noise.append(_filled(_noise(trends, row, drawn, horizon, history, rng), most))
        cycles = shapes[row].cycles
        cleaning.append(None if cycles is None else Cleaning(cycles, rng, count))
    values, grown = _along(trends, gains, np.stack(settings), np.stack(noise), cleaning)
    return [(values[row, :count], grown[row, :count]) for row, count in enumerate(paths)]


def _filled(drawn: _Drawn, most: int) -> _Drawn:
    """The draws of a series' paths repeated up to the number that the block is simulated with; what is added is not used."""
    return drawn[np.arange(most) % len(drawn)]


def _along(trends: Trends, gains: Array, settings: Ints, noise: Array, cleaning: Sequence[Cleaning | None]) -> tuple[Array, Array]:
    """Level and growth on each path, series × paths × steps."""
    rows = np.arange(len(settings))[:, None]
    level, slope, rest = (state[rows, settings] for state in (trends.level, trends.slope, trends.rest))
    phi, rho = PHI[0, settings], RHO[0, settings]
    sigma, scale = trends.sigma[rows, settings], trends.scale[:, None]
    moved, horizon = np.zeros_like(level), noise.shape[2]
    values, grown = np.empty((horizon, *level.shape)), np.empty((horizon, *level.shape))
    start = (level + rest) * scale
    for step in range(horizon):
        slope, rest = phi * slope, rho * rest
        before = (level + rest) * scale + moved
        level = level + slope
        for row, cleaned in enumerate(cleaning):
            if cleaned is not None:
                due, floor = cleaned.step(step + 1, before[row], slope[row] * scale[row])
                moved[row] = np.where(due, floor - (level + rest)[row] * scale[row], moved[row])
        into_level, into_slope, into_rest, size = gains[:, step, rows, settings]
        error = noise[:, :, step] * size * sigma
        values[step] = (level + rest + error) * scale + moved
        grown[step] = (level + rest + error) * scale - start
        level, slope, rest = level + into_level * error, slope + into_slope * error, rest + into_rest * error
    return np.moveaxis(values, 0, 2), np.moveaxis(grown, 0, 2)


def _settings(weight: Array, paths: int, rng: np.random.Generator) -> Ints:
    """One setting a path, as evenly by weight as can be, in random order."""
    places = (np.arange(paths) + rng.random()) / paths
    drawn = np.minimum(np.searchsorted(np.cumsum(weight), places), len(weight) - 1)
    return np.asarray(rng.permutation(drawn), dtype=np.int64)


def _noise(trends: Trends, row: int, settings: Ints, horizon: int, history: History, rng: np.random.Generator) -> Array:
    """Paths × steps of standardised errors: blocks of the setting's own, in the rhythm of the week, of size 1."""
    recent = RECENT * history.per_day
    begun = int(np.argmax(~np.isnan(history.y[row])))
    errors = trends.errors[row][begun:][-recent:]
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
