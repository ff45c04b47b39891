"""Intraday: a forecast of each day's level, times (or plus) the usual shape of that day.

For steps shorter than a day. The level of whole days has far less noise than single slots, so its weekly pattern and its moves are
told well by exponential smoothing; the shape of a day changes slowly, so it is a mean of many days: of all of them, of those of the
same weekday, or in between. How long the shape remembers and which of these it is, is weighed by what would have forecast the last
origins best. A day is the last `day` slots, wherever the clock stands.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itsq_analysis.forecasting.models import profile, smoothing
from itsq_analysis.forecasting.models.contract import Task
from itsq_analysis.forecasting.models.seasonal_naive import fold
from itsq_analysis.forecasting.origins import origins_before, weigh
from itsq_analysis.forecasting.panel import Array, Grid, Panel
from itsq_analysis.forecasting.steps import Step

HALF_LIVES = (1.5, 4.0, 12.0)  # weeks
OWN = (0.0, 2.0, 1e9)  # weeks that the shape of all days counts as beside that of the same weekday; 0 = of the same weekday alone
LEAST_SEEN = 0.5  # share of a day that must be known for its level to be


def predict(panel: Panel, horizon: int, offsets: Sequence[int], seed: int = 0, /) -> Array:
    """Medians, offsets × series × horizon."""
    day, week = day_and_week(panel)
    if not day:
        return profile.predict(panel, horizon, offsets, seed)
    wanted = sorted({*offsets, *(origin for offset in offsets for origin in origins_before(panel, horizon, offset))})
    variants: dict[int, Array] = {}
    for rest in sorted({offset % day for offset in wanted}):
        same = [offset for offset in wanted if offset % day == rest]
        seen = panel.before(rest)
        level = _levels(seen, day)
        days = Panel(seen.ids, level, np.full(seen.n, level.shape[1] - 1), Grid(Step()), (week // day,), seen.negative, seen.counts)
        ahead = smoothing.predict_each([Task(days, -(-horizon // day), tuple(offset // day for offset in same))], seed)[0]
        for offset, path in zip(same, ahead, strict=True):
            past = level[:, : level.shape[1] - offset // day]
            variants[offset] = _variants(panel.before(offset), past, path, horizon, day, week)
    return weigh(panel, horizon, offsets, variants)


def day_and_week(panel: Panel) -> tuple[int, int]:
    """Slots in a day and in a week, (0, 0) where there are not both, or less than two weeks of history."""
    for day in panel.seasons:
        for week in panel.seasons:
            if day > 1 and week % day == 0 and 2 <= week // day <= 7 and panel.length >= 2 * week:
                return day, week
    return 0, 0


def _levels(panel: Panel, day: int) -> Array:
    """Mean of each day, series × days, the last day last; what is missing of a day is told by the usual shape up to then."""
    slots = fold(panel.y, day)
    known = ~np.isnan(slots)
    values = np.where(known, slots, 0.0)
    usual = np.cumsum(values, axis=1) / np.maximum(np.cumsum(known, axis=1), 1)
    whole = usual.sum(axis=2)
    here = np.where(known, usual, 0.0).sum(axis=2)
    count = known.sum(axis=2)
    plain, there = values.sum(axis=2) / np.maximum(count, 1), here / np.maximum(count, 1)
    moves = ~panel.negative[:, None] & (there > 0)
    times = np.where(moves, whole / day / np.where(moves, there, 1.0), 1.0)
    scaled = np.where(moves, plain * times, np.where(panel.negative[:, None], plain + whole / day - there, plain))
    return np.asarray(np.where(count >= LEAST_SEEN * day, scaled, np.nan))


def _variants(panel: Panel, level: Array, ahead: Array, horizon: int, day: int, week: int) -> Array:
    """Variants × series × horizon."""
    cycles = profile.cut_bursts(fold(panel.y, week)[:, -profile.OLDEST :])
    n, weeks = len(cycles), cycles.shape[1]
    slots = cycles.reshape(n, weeks, week // day, day)
    padded = np.full((n, weeks * (week // day)), np.nan)
    recent = level[:, -padded.shape[1] :]
    padded[:, padded.shape[1] - recent.shape[1] :] = recent
    means = padded.reshape(n, weeks, week // day, 1)
    known = ~np.isnan(slots) & ~np.isnan(means)
    y, base = np.where(known, slots, 0.0), np.where(known, means, 0.0)
    age = np.arange(weeks - 1, -1, -1, dtype=float)
    steps = np.arange(horizon)
    place = steps % week // day, steps % day
    future = ahead[:, steps // day]
    negative = panel.negative[:, None]
    paths = []
    for half_life in HALF_LIVES:
        weight = 0.5 ** (age / half_life)
        mass, total, under = (np.einsum("nwds,w->nds", values, weight) for values in (known.astype(float), y, base))
        for own in OWN:
            borrowed = own / np.maximum(mass.sum(axis=1, keepdims=True), 1e-9)
            many, above, below = (sums + borrowed * sums.sum(axis=1, keepdims=True) for sums in (mass, total, under))
            added = (above - below) / np.maximum(many, 1e-9)
            times = np.where(below > 1e-9, above / np.maximum(below, 1e-9), 1.0)
            added, times = added - added.mean(axis=2, keepdims=True), times / np.maximum(times.mean(axis=2, keepdims=True), 1e-9)
            plus = future + added[:, place[0], place[1]]
            paths += [plus, np.where(negative, plus, future * times[:, place[0], place[1]])]
    return np.stack(paths)
