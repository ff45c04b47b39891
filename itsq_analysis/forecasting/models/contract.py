"""What a model is, and which there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module

import numpy as np

from itsq_analysis.forecasting.origins import origins_before
from itsq_analysis.forecasting.panel import Array, Panel


@dataclass(frozen=True)
class Task:
    """What a model is asked for.

    Attributes:
        panel: the series.
        horizon: steps.
        offsets: how many of the last columns are withheld for each path that is wanted.
    """

    panel: Panel
    horizon: int
    offsets: tuple[int, ...]

    @cached_property
    def wanted(self) -> list[int]:
        """The offsets, and those of the origins by whose errors variants are weighed; the newest first."""
        earlier = (origin for offset in self.offsets for origin in origins_before(self.panel, self.horizon, offset))
        return sorted({*self.offsets, *earlier})


@dataclass(frozen=True)
class Model:
    """A model by name.

    Attributes:
        name: as a user writes it.
        module: in this package; it has `predict`, or `predict_each` where several panels cost little more than one.
        title: what it does, in a few words.
    """

    name: str
    module: str
    title: str

    def predict(self, panel: Panel, horizon: int, offsets: Sequence[int], seed: int = 0, /) -> Array:
        """Medians, offsets × series × horizon; what cannot be told is filled with the last known value, or 0."""
        return self.predict_each([Task(panel, horizon, tuple(offsets))], seed)[0]

    def predict_each(self, tasks: Sequence[Task], seed: int = 0, /) -> list[Array]:
        """`predict` of every task; a task's answer does not depend on the others."""
        module = import_module(f"itsq_analysis.forecasting.models.{self.module}")
        if hasattr(module, "predict_each"):
            answers = module.predict_each(tasks, seed)
        else:
            answers = [module.predict(task.panel, task.horizon, task.offsets, seed) for task in tasks]
        return [
            np.stack([_filled(path, task.panel.before(offset)) for path, offset in zip(paths, task.offsets, strict=True)])
            for paths, task in zip(answers, tasks, strict=True)
        ]


def _filled(path: Array, panel: Panel) -> Array:
    """Without gaps, not below zero where the history is not, and within reach of what was seen."""
    known = np.where(panel.known, panel.y, 0.0)
    place = panel.length - 1 - panel.known[:, ::-1].argmax(axis=1)
    lastly = np.where(panel.known.any(axis=1), known[np.arange(panel.n), np.maximum(place, 0)] if panel.length else 0.0, 0.0)
    path = np.where(np.isfinite(path), path, lastly[:, None])
    high = known.max(axis=1, initial=0.0)
    low = np.where(panel.known, panel.y, np.inf).min(axis=1, initial=np.inf)
    low = np.where(np.isfinite(low), low, 0.0)
    reach = high - low
    floor = np.where(panel.negative, low - 2 * reach, 0.0)
    return np.asarray(np.clip(path, floor[:, None], (high + 2 * reach)[:, None]))


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model("seasonal-naive", "seasonal_naive", "the value one season ago"),
        Model("profile", "profile", "the usual value of that weekday and hour, recent weeks first"),
        Model("intraday", "intraday", "the day's level times the usual shape of that day"),
        Model("boosting", "boosting", "gradient boosting over all series on what the season leaves"),
        Model(
            "regression", "regression", "trend, weekday and time of year; counts as counts (log link) and on the square-root scale"
        ),
        Model("theta", "theta", "simple smoothing with half of the slope as drift, freed of its season"),
        Model("smoothing", "smoothing", "exponential smoothing with damped trend and seasons"),
    )
}


def model_names() -> list[str]:
    """Names of the models, and "auto" for their combination."""
    return ["auto", *MODELS]
