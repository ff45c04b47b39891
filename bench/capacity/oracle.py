"""What could be known at best: an oracle that knows each simulated disk's process, its parameters and its state on the origin.

It draws the futures anew from the very process: only what is still to come is left to chance (how often the pace will yet change
and how many steps and bursts are still to come is known to it, so that its loss is a bound from below, not an aim).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.capacity import disks
from bench.capacity.disks import DAYS, HORIZON, KINDS
from bench.capacity.scores import Case

Array = NDArray[np.float64]


@dataclass
class Events:
    """Things that happen on days: when, for how many days (0 = from then on), and how large."""

    at: list[int]
    days: list[int]
    size: list[float]


@dataclass
class Process:
    """One disk with all that it was drawn from."""

    kind: str
    pace: float
    week: Array
    mood: Array
    gamma: Array
    drift: float
    speeds: Events
    noise: Array
    noise_size: float
    steps: Events
    bursts: Events
    level: float
    saw: dict[str, Any]
    season: dict[str, Any]
    truth: Array
    limit: float


def process(seed: int, number: int) -> Process:
    """The disk of `disks.draw(seed, ...)[number]`, taken apart: the same draws in the same order."""
    rng = np.random.default_rng([seed, number])
    kind = KINDS[number % len(KINDS)]
    pace = float(np.exp(rng.normal(0.0, 0.8)))
    changing = kind == "changing trend" or bool(rng.random() < 0.3)
    days = np.arange(DAYS)
    week = np.where(days % 7 < 5, 1.0, rng.uniform(0.1, 1.0))
    mood = np.zeros(DAYS)
    for day in range(1, DAYS):
        mood[day] = 0.9 * mood[day - 1] + 0.15 * rng.standard_normal()
    speeds = Events([], [], [])
    if changing:
        for _ in range(int(rng.integers(1, 5))):
            speeds.at.append(int(rng.integers(30, DAYS)))
            speeds.size.append(float(np.exp(rng.normal(0.0, 0.6))))
    drift = float(rng.normal(0.0, 0.25))
    gamma = rng.gamma(2.0, 0.5, DAYS)
    grown = pace * week * np.exp(mood) * _speed(speeds) * np.exp(drift * days / 365) * gamma
    level = 100 * pace * rng.uniform(0.3, 1.5)
    full = level + pace * rng.uniform(150, 1100)
    saw: dict[str, Any] = {}
    season: dict[str, Any] = {}
    if kind in ("sawtooth", "rising sawtooth"):
        saw, full = _saw(rng, grown, pace, rising=kind == "rising sawtooth")
        truth = saw["use"]
    else:
        truth = level + np.cumsum(grown)
    if kind == "season":
        season, full = _season(rng, pace)
        truth = np.maximum(season["shape"] * (1 + season["drift"]), 1.0)
    steps = Events([], [], [])
    if kind == "steps":
        for _ in range(int(rng.integers(1, 5))):
            steps.at.append(int(rng.integers(30, DAYS)))
            steps.size.append(pace * rng.uniform(20, 120) * float(rng.choice([1.0, 1.0, -0.6])))
        truth = truth + _sum(steps, DAYS)
    noise_size = float(rng.choice([0.0, 0.5, 2.0, 6.0]))
    noise = disks._noise(rng, 1.0)
    truth = np.maximum(truth + pace * noise * noise_size, 0.0)
    bursts = Events([], [], [])
    if kind == "dirt" or rng.random() < 0.15:
        for _ in range(int(rng.integers(1, 8))):
            start = int(rng.integers(10, DAYS - 3))
            bursts.at.append(start)
            bursts.days.append(int(rng.integers(1, 3)))
            bursts.size.append(pace * rng.uniform(30, 200))
        truth = truth + _sum(bursts, DAYS)
    return Process(
        kind, pace, week, mood, gamma, drift, speeds, noise, noise_size, steps, bursts, level, saw, season, truth, float(full)
    )


def oracle(cases: Sequence[Case], *, futures: int = 400) -> list[Array]:
    """For each case, the probability of having reached the limit by each coming step."""
    result = []
    for case in cases:
        seed, number, origin = (int(part) for part in case.series.split("-"))
        use = futures_of(process(seed, number), origin, futures, np.random.default_rng([seed, number, origin]))
        result.append(np.maximum.accumulate(use >= case.limit, axis=1).mean(axis=0))
    return result


def futures_of(one: Process, origin: int, count: int, rng: np.random.Generator) -> Array:
    """Futures × days after the origin."""
    ahead = np.arange(origin, origin + HORIZON)
    shape = (count, HORIZON)
    mood = _wander(rng, one.mood[origin - 1], 0.9, 0.15, shape)
    speed = np.stack(
        [_speed(_anew(one.speeds, origin, rng, lambda: float(np.exp(rng.normal(0, 0.6)))))[ahead] for _ in range(count)]
    )
    grown = one.pace * one.week[ahead] * np.exp(mood) * speed * np.exp(one.drift * ahead / 365) * rng.gamma(2.0, 0.5, shape)
    if one.saw:
        use = _saw_on(one, origin, grown, rng)
    elif one.season:
        drift = one.season["drift"][origin - 1] + np.cumsum(rng.normal(0, one.season["size"], shape), axis=1)
        use = np.maximum(one.season["shape"][ahead] * (1 + drift), 1.0)
    else:
        grew = np.cumsum(
            one.pace * one.week * np.exp(one.mood) * _speed(one.speeds) * np.exp(one.drift * np.arange(DAYS) / 365) * one.gamma
        )
        use = one.level + grew[origin - 1] + np.cumsum(grown, axis=1)
    if one.steps.at:

        def size() -> float:
            return one.pace * rng.uniform(20, 120) * float(rng.choice([1.0, 1.0, -0.6]))

        use = use + np.stack([_sum(_anew(one.steps, origin, rng, size), DAYS)[ahead] for _ in range(count)])
    use = np.maximum(use + one.pace * one.noise_size * _wander(rng, one.noise[origin - 1], 0.6, 0.8, shape), 0.0)
    if one.bursts.at:
        use = use + np.stack(
            [_sum(_anew(one.bursts, origin, rng, lambda: one.pace * rng.uniform(30, 200)), DAYS)[ahead] for _ in range(count)]
        )
    return np.asarray(use)


def _speed(speeds: Events) -> Array:
    result = np.ones(DAYS)
    for at, size in zip(speeds.at, speeds.size, strict=True):
        result[at:] *= size
    return result


def _sum(events: Events, length: int) -> Array:
    result = np.zeros(length)
    for place, at in enumerate(events.at):
        result[at : at + events.days[place] if events.days else None] += events.size[place]
    return result


def _anew(events: Events, origin: int, rng: np.random.Generator, size: Any) -> Events:
    """Those before the origin as they were; the others at new places, of new sizes."""
    at = [day if day < origin else int(rng.integers(origin, DAYS)) for day in events.at]
    return Events(at, events.days, [old if day < origin else size() for day, old in zip(events.at, events.size, strict=True)])


def _wander(rng: np.random.Generator, start: float, keep: float, size: float, shape: tuple[int, int]) -> Array:
    result, now = np.empty(shape), np.full(shape[0], start)
    for step in range(shape[1]):
        now = keep * now + size * rng.standard_normal(shape[0])
        result[:, step] = now
    return result


def _saw(rng: np.random.Generator, grown: Array, pace: float, *, rising: bool) -> tuple[dict[str, Any], float]:
    """As `disks._sawtooth`, with level and days since the last cleaning of each day kept."""
    length = float(rng.uniform(15, 90))
    top, floor = 100 * pace, 100 * pace - pace * length
    by_level = bool(rng.random() < 0.5)
    rest = pace * length / 365 * rng.uniform(0.3, 2.5) if rising else 0.0
    omitted, jitter = rng.uniform(0.0, 0.1), rng.uniform(0.0, 0.15)
    moves = bool(by_level and rising and rng.random() < 0.5)
    level, since, use = floor, 0, np.empty(DAYS)
    kept = np.zeros((DAYS, 4))  # level, days since, days since the trigger was drawn, what the omissions added
    wait = length * (1 + jitter * rng.standard_normal())
    trigger, more, drawn = top * (1 + 0.1 * jitter * rng.standard_normal()), 0.0, 0
    for day in range(DAYS):
        level += grown[day]
        since += 1
        use[day] = level
        bottom = floor + rest * day
        reached = level >= trigger + (rest * day if moves else 0.0) and level > bottom if by_level else since >= wait
        if reached:
            wait = length * max(1 + jitter * rng.standard_normal(), 0.2)
            trigger, more, drawn = top * (1 + 0.1 * jitter * rng.standard_normal()), 0.0, day
            if rng.random() >= omitted:
                level, since = bottom + pace * length * 0.05 * abs(rng.standard_normal()), 0
            else:
                since, more = 0, pace * length * 0.3
                trigger = trigger + more
        kept[day] = level, since, drawn, more
    saw = {
        "use": use, "kept": kept, "length": length, "top": top, "floor": floor, "by_level": by_level, "rest": rest,
        "omitted": omitted, "jitter": jitter, "moves": moves,
    }  # fmt: skip
    return saw, top + pace * length * rng.uniform(0.15, 1.2)


def _saw_on(one: Process, origin: int, grown: Array, rng: np.random.Generator) -> Array:
    """The sawtooth goes on; the present cycle's trigger is drawn anew, knowing that it has not been reached."""
    s, count = one.saw, len(grown)
    now, since_now, drawn, more = s["kept"][origin - 1]
    level, since = np.full(count, now), np.full(count, since_now)
    lines = s["rest"] * np.arange(DAYS) if s["moves"] else np.zeros(DAYS)

    def trigger_of(size: int) -> Array:
        return np.asarray(s["top"] * (1 + 0.1 * s["jitter"] * rng.standard_normal(size)))

    def wait_of(size: int) -> Array:
        return np.asarray(s["length"] * np.maximum(1 + s["jitter"] * rng.standard_normal(size), 0.2))

    cycle = slice(int(drawn) + 1, origin)
    highest = float((s["use"][cycle] - lines[cycle]).max(initial=-np.inf))
    trigger = _still(trigger_of(20_000) + more, highest, count, rng)
    wait = _still(wait_of(20_000), float(since_now), count, rng)
    use = np.empty_like(grown)
    for step in range(grown.shape[1]):
        day = origin + step
        level, since = level + grown[:, step], since + 1
        use[:, step] = level
        bottom = s["floor"] + s["rest"] * day
        reached = (level >= trigger + lines[day]) & (level > bottom) if s["by_level"] else since >= wait
        omitted = rng.random(count) < s["omitted"]
        wait = np.where(reached, wait_of(count), wait)
        trigger = np.where(reached, trigger_of(count) + omitted * one.pace * s["length"] * 0.3, trigger)
        cleaned = bottom + one.pace * s["length"] * 0.05 * np.abs(rng.standard_normal(count))
        level = np.where(reached & ~omitted, cleaned, level)
        since = np.where(reached, 0, since)
    return use


def _still(drawn: Array, above: float, count: int, rng: np.random.Generator) -> Array:
    possible = drawn[drawn > above]
    return np.asarray(rng.choice(possible, count) if len(possible) else np.full(count, above + 1e-9))


def _season(rng: np.random.Generator, pace: float) -> tuple[dict[str, Any], float]:
    """As `disks._seasonal`, taken apart."""
    days = np.arange(DAYS)
    base = 100 * pace * (1 + rng.normal(0.15, 0.25) * days / 365)
    week = np.where(days % 7 < 5, 1.0, rng.uniform(0.4, 0.95))
    turn = np.where((days % 30.4 < 2) | (days % 30.4 > 28.4), 1 + rng.choice([0.0, 0.1, 0.25]), 1.0)
    year = 1 + rng.choice([0.0, 0.05, 0.15]) * np.sin(2 * np.pi * (days / 365.25 + rng.random()))
    size = rng.uniform(0.0, 0.008)
    drift = np.cumsum(rng.normal(0, size, DAYS))
    return {"shape": base * week * turn * year, "size": size, "drift": drift}, 100 * pace * float(rng.uniform(1.1, 1.9))
