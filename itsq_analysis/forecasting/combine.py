"""The combination: models weighted by their backtest errors, those of all series and, the more windows there are, of each one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from itsq_analysis.forecasting.models import MODELS, Task
from itsq_analysis.forecasting.origins import absolute_error, actual, weights
from itsq_analysis.forecasting.panel import Array, Panel, mean_known
from itsq_analysis.forecasting.steps import DAY

SHARPNESS, SHARPNESS_OF_DAYS = 6.0, 10.0  # weight = (error / smallest error) ** -sharpness
FEWEST_BOOSTED = 5  # series


def components_of(panel: Panel) -> tuple[str, ...]:
    """The models of "auto": for steps below a day, and of a day and longer; trees only where several series teach each other."""
    step = panel.grid.step
    boosting = ("boosting",) if panel.n >= FEWEST_BOOSTED else ()
    if 0 < step.minutes < DAY or (not step.minutes and not step.months and {24, 48, 96, 288} & set(panel.seasons)):
        return ("profile", "smoothing", "intraday", *boosting)
    return ("smoothing", "regression", "theta", *boosting)


@dataclass(frozen=True)
class Combination:
    """What the components say together.

    Attributes:
        components: names.
        weights: components × series.
        paths: medians, offsets × series × horizon; offset 0 first.
        parts: components × offsets × series × horizon.
        offsets: of the paths; all but the first are for calibration.
        errors: components × series, mean absolute error at the earlier offsets; NaN where there is none.
    """

    components: tuple[str, ...]
    weights: Array
    paths: Array
    parts: Array
    offsets: tuple[int, ...]
    errors: Array


def combine_each(tasks: Sequence[Task], components: Sequence[Sequence[str]], seed: int) -> list[Combination]:
    """Run the components of every task at all its offsets and weigh them; tasks that ask the same model are answered together.

    Args:
        tasks: series, horizons and offsets (0 and earlier ones; an earlier path counts as known where its whole horizon is).
        components: of each task, names of models.
        seed: for the models that draw.
    """
    paths: dict[tuple[int, str], Array] = {}
    for name in dict.fromkeys(name for names in components for name in names):
        asking = [place for place, names in enumerate(components) if name in names]
        answers = MODELS[name].predict_each([tasks[place] for place in asking], seed)
        paths |= {(place, name): answer for place, answer in zip(asking, answers, strict=True)}
    return [
        _weighed(task, tuple(names), np.stack([paths[place, name] for name in names]))
        for place, (task, names) in enumerate(zip(tasks, components, strict=True))
    ]


def _weighed(task: Task, components: tuple[str, ...], parts: Array) -> Combination:
    """The components' paths, components × offsets × series × horizon, weighed by their errors at the earlier offsets."""
    panel, horizon, offsets = task.panel, task.horizon, task.offsets
    losses = [
        absolute_error(parts[:, place], actual(panel, offset, horizon)) / horizon
        for place, offset in enumerate(offsets)
        if offset >= horizon
    ]
    sharpness = SHARPNESS_OF_DAYS if panel.grid.step.minutes == DAY else SHARPNESS
    share = weights(losses, len(components), panel.n, sharpness)
    paths = np.einsum("mn,mknh->knh", share, parts)
    errors = mean_known(np.stack(losses), axis=0) if losses else np.full((len(components), panel.n), np.nan)
    return Combination(components, share, paths, parts, offsets, errors)
