"""What a model is, and which there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

import numpy as np

from itsq_analysis.forecasting.panel import Array, Panel


class Predict(Protocol):
    """The function of a model."""

    def __call__(self, panel: Panel, horizon: int, offsets: Sequence[int], seed: int = 0, /) -> Array:
        """Medians, offsets × series × horizon."""


@dataclass(frozen=True)
class Model:
    """A model by name.

    Attributes:
        name: as a user writes it.
        module: in this package, where `predict` is.
        title: what it does, in a few words.
    """

    name: str
    module: str
    title: str

    def predict(self, panel: Panel, horizon: int, offsets: Sequence[int], seed: int = 0, /) -> Array:
        """Medians, offsets × series × horizon; what cannot be told is filled with the last known value, or 0."""
        function: Predict = import_module(f"itsq_analysis.forecasting.models.{self.module}").predict
        paths = function(panel, horizon, offsets, seed)
        return np.stack([_filled(path, panel.before(offset)) for path, offset in zip(paths, offsets, strict=True)])


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
