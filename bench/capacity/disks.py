"""Simulated disks (and things like disks): seeded, of seven kinds, with a capacity that does not know what is to come.

Development and test draw from different seeds. Nothing here is shared with the package: the disks grow by increments that are
gamma, depend on the weekday and on the day before, and change their pace at random; they are cleaned by level or by clock, with
delays and omissions; load is added and moved away; there are bursts and missing days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
KINDS = ("trend", "changing trend", "season", "sawtooth", "rising sawtooth", "steps", "dirt")
DAYS = 900
FIRST_DAY = "2024-01-01"  # a Monday
ORIGINS = (150, 270, 390, 510, 700)
HORIZON = 180


@dataclass(frozen=True)
class Disk:
    """One series: what is so, what is seen (NaN = missing), and the capacity, of which a limit is 85 %."""

    kind: str
    truth: Array
    seen: Array
    limit: float


def draw(seed: int, count: int) -> list[Disk]:
    """So many disks, the kinds in turn; each from its own stream."""
    return [_disk(KINDS[number % len(KINDS)], np.random.default_rng([seed, number])) for number in range(count)]


def _disk(kind: str, rng: np.random.Generator) -> Disk:
    pace = float(np.exp(rng.normal(0.0, 0.8)))
    grown = _growth(rng, pace, changing=kind == "changing trend" or rng.random() < 0.3)
    level = 100 * pace * rng.uniform(0.3, 1.5)
    full = level + pace * rng.uniform(150, 1100)
    if kind in ("sawtooth", "rising sawtooth"):
        truth, full = _sawtooth(rng, grown, pace, rising=kind == "rising sawtooth")
    else:
        truth = level + np.cumsum(grown)
    if kind == "season":
        truth, full = _seasonal(rng, pace)
    if kind == "steps":
        truth = truth + _steps(rng, pace)
    truth = np.maximum(truth + pace * _noise(rng, rng.choice([0.0, 0.5, 2.0, 6.0])), 0.0)
    if kind == "dirt" or rng.random() < 0.15:
        truth = truth + _bursts(rng, pace)
    seen = truth.copy()
    if kind == "dirt" or rng.random() < 0.15:
        seen[rng.random(DAYS) < rng.uniform(0.02, 0.15)] = np.nan
        start = int(rng.integers(30, DAYS - 40))
        seen[start : start + int(rng.integers(3, 21))] = np.nan
    return Disk(kind, truth, seen, float(full))


def _growth(rng: np.random.Generator, pace: float, *, changing: bool) -> Array:
    """What is written each day: gamma, more on working days, with good and bad weeks, and with changes of pace."""
    days = np.arange(DAYS)
    weekend = rng.uniform(0.1, 1.0)
    week = np.where(days % 7 < 5, 1.0, weekend)
    mood = np.zeros(DAYS)
    for day in range(1, DAYS):
        mood[day] = 0.9 * mood[day - 1] + 0.15 * rng.standard_normal()
    speed = np.ones(DAYS)
    if changing:
        for _ in range(int(rng.integers(1, 5))):
            speed[int(rng.integers(30, DAYS)) :] *= float(np.exp(rng.normal(0.0, 0.6)))
    speed = speed * np.exp(rng.normal(0.0, 0.25) * days / 365)
    return np.asarray(pace * week * np.exp(mood) * speed * rng.gamma(2.0, 0.5, DAYS))


def _sawtooth(rng: np.random.Generator, grown: Array, pace: float, *, rising: bool) -> tuple[Array, float]:
    """Cleaned at a level or by the clock; a cleaning may be late or left out; what cannot be cleaned may grow."""
    length = float(rng.uniform(15, 90))
    top, floor = 100 * pace, 100 * pace - pace * length
    by_level = rng.random() < 0.5
    rest = pace * length / 365 * rng.uniform(0.3, 2.5) if rising else 0.0
    omitted = rng.uniform(0.0, 0.1)
    jitter = rng.uniform(0.0, 0.15)
    trigger_moves = by_level and rising and rng.random() < 0.5
    level, since, use = floor, 0, np.empty(DAYS)
    wait = length * (1 + jitter * rng.standard_normal())
    trigger = top * (1 + 0.1 * jitter * rng.standard_normal())
    for day in range(DAYS):
        level += grown[day]
        since += 1
        use[day] = level
        bottom = floor + rest * day
        reached = level >= trigger + (rest * day if trigger_moves else 0.0) and level > bottom if by_level else since >= wait
        if reached:
            wait = length * max(1 + jitter * rng.standard_normal(), 0.2)
            trigger = top * (1 + 0.1 * jitter * rng.standard_normal())
            if rng.random() >= omitted:
                level, since = bottom + pace * length * 0.05 * abs(rng.standard_normal()), 0
            else:
                since, trigger = 0, trigger + pace * length * 0.3
    return use, top + pace * length * rng.uniform(0.15, 1.2)


def _seasonal(rng: np.random.Generator, pace: float) -> tuple[Array, float]:
    """Used at once, not filled up: a week, the turn of the month, sometimes a year, on a level that drifts."""
    days = np.arange(DAYS)
    base = 100 * pace * (1 + rng.normal(0.15, 0.25) * days / 365)
    week = np.where(days % 7 < 5, 1.0, rng.uniform(0.4, 0.95))
    day_of_month = days % 30.4
    turn = np.where((day_of_month < 2) | (day_of_month > 28.4), 1 + rng.choice([0.0, 0.1, 0.25]), 1.0)
    year = 1 + rng.choice([0.0, 0.05, 0.15]) * np.sin(2 * np.pi * (days / 365.25 + rng.random()))
    drift = np.cumsum(rng.normal(0, rng.uniform(0.0, 0.008), DAYS))
    return np.maximum(base * week * turn * year * (1 + drift), 1.0), 100 * pace * float(rng.uniform(1.1, 1.9))


def _steps(rng: np.random.Generator, pace: float) -> Array:
    """Load that is added or moved away on some days."""
    result = np.zeros(DAYS)
    for _ in range(int(rng.integers(1, 5))):
        result[int(rng.integers(30, DAYS)) :] += pace * rng.uniform(20, 120) * rng.choice([1.0, 1.0, -0.6])
    return result


def _noise(rng: np.random.Generator, size: float) -> Array:
    result = np.zeros(DAYS)
    for day in range(1, DAYS):
        result[day] = 0.6 * result[day - 1] + rng.standard_normal() * 0.8
    return np.asarray(result * size)


def _bursts(rng: np.random.Generator, pace: float) -> Array:
    result = np.zeros(DAYS)
    for _ in range(int(rng.integers(1, 8))):
        start = int(rng.integers(10, DAYS - 3))
        result[start : start + int(rng.integers(1, 3))] += pace * rng.uniform(30, 200)
    return result
