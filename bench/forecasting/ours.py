"""Our models over the windows of a set, and what is left when a part is taken away; kept on disk by data and source.

The variants of a window share their components' paths, which are made once: each variant's cost counts them as if it had made them.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

import itsq_analysis.forecasting
from bench.forecasting.datasets import Dataset
from bench.forecasting.peers import SCRATCH
from itsq_analysis.forecasting import forecast
from itsq_analysis.forecasting.combine import FEWEST_BOOSTED
from itsq_analysis.forecasting.models.contract import MODELS, Model
from itsq_analysis.forecasting.panel import Array, Panel


@dataclass(frozen=True)
class Variant:
    """A model, or the combination without one of its parts.

    Attributes:
        name: what stands in the table.
        model: as `forecast` is told.
        holidays: whether it is told the country.
        without: a component that the combination does not ask.
        changed: what of the package is replaced: module, name and the replacement.
    """

    name: str
    model: str = "auto"
    holidays: bool = True
    without: str | None = None
    changed: tuple[tuple[str, str, Any], ...] = ()


def _equal(_: object, variants: int, n: int, *__: object) -> Array:
    """Equal weights, components × series."""
    return np.full((variants, n), 1.0 / variants)


def _nothing(*_: object) -> None:
    """No effects."""


def _uncalibrated(panel: Panel, combination: Any, _: int, probabilities: list[float]) -> Array:
    """Quantiles from the spread of the history, as where there is no backtest."""
    fallback = import_module("itsq_analysis.forecasting.intervals")._without_backtest
    return np.asarray(fallback(panel, combination.paths[0], probabilities))


AUTO = Variant("itsq")
MEMBERS = tuple(Variant(f"itsq {name}", model=name) for name in MODELS)
WITHOUT_HOLIDAYS = Variant("itsq without holidays", holidays=False)
WITHOUT_BOOSTING = Variant("itsq without boosting", without="boosting")
WITH_BOOSTING = Variant("itsq with boosting", changed=(("combine", "FEWEST_BOOSTED", 1),))
WITHOUT_TIME = Variant(
    "itsq without time of month",
    changed=(("outlook", "find_month_effects", _nothing), ("outlook", "find_period_effects", _nothing)),
)
EQUAL = Variant("itsq, equal weights", changed=(("combine", "weights", _equal),))
UNCALIBRATED = Variant("itsq without calibration", changed=(("result", "quantiles", _uncalibrated),))


def variants(data: Dataset) -> tuple[Variant, ...]:
    """What is run on a test set."""
    ablations = (WITHOUT_HOLIDAYS,) if data.country and data.grid is None else ()
    boosting = WITHOUT_BOOSTING if data.frame["unique_id"].nunique() >= FEWEST_BOOSTED else WITH_BOOSTING
    return (AUTO, *MEMBERS, *ablations, WITHOUT_TIME, boosting, EQUAL, UNCALIBRATED)


def forecasts(data: Dataset, wanted: tuple[Variant, ...]) -> dict[str, tuple[pd.DataFrame, dict[str, object]]]:
    """Per variant: unique_id, cutoff, ds, mean, median, bounds; and its CPU seconds. Run only what is not kept."""
    folder = SCRATCH / f"{data.name}-{data.digest}-ours-{_source()}"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [one for one in wanted if not (folder / f"{one.name}.json").exists()]
    if missing:
        print(f"  {data.name}: {', '.join(one.name for one in missing)}", file=sys.stderr, flush=True)
        for name, (frame, seconds) in _run(data, missing).items():
            frame.to_parquet(folder / f"{name}.parquet")
            (folder / f"{name}.json").write_text(json.dumps({"cpu": seconds}), encoding="utf-8")
    return {
        one.name: (
            pd.read_parquet(folder / f"{one.name}.parquet"),
            json.loads((folder / f"{one.name}.json").read_text(encoding="utf-8")),
        )
        for one in wanted
    }


def _run(data: Dataset, wanted: list[Variant]) -> dict[str, tuple[pd.DataFrame, float]]:
    """Each window from a frame that ends at its cutoff: what lies behind it is not there to be seen."""
    parts: dict[str, list[pd.DataFrame]] = {one.name: [] for one in wanted}
    seconds = dict.fromkeys(parts, 0.0)
    for cutoff in data.cutoffs:
        past, kept = data.past(cutoff), _Kept()
        for one in wanted:
            with _changed(one, kept):
                started, kept.spared = time.process_time(), 0.0
                found = forecast(past, data.horizon, holidays=data.country if one.holidays else None, model=one.model)
                seconds[one.name] += time.process_time() - started + kept.spared
            parts[one.name].append(found.assign(cutoff=cutoff))
    return {name: (pd.concat(frames, ignore_index=True), seconds[name]) for name, frames in parts.items()}


@dataclass
class _Kept:
    """Members' paths of one window, and the seconds that were spared by keeping them."""

    paths: dict[tuple[Any, ...], tuple[Array, float]] = field(default_factory=dict)
    spared: float = 0.0
    predict: Any = Model.predict

    def __call__(self, model: Model, panel: Panel, horizon: int, offsets: list[int], seed: int = 0) -> Array:
        key = (model.name, hashlib.sha256(panel.y.tobytes()).digest(), panel.ids.tobytes(), horizon, tuple(offsets), seed)
        if key not in self.paths:
            started = time.process_time()
            self.paths[key] = (self.predict(model, panel, horizon, offsets, seed), time.process_time() - started)
        else:
            self.spared += self.paths[key][1]
        return self.paths[key][0].copy()


@contextmanager
def _changed(variant: Variant, kept: _Kept) -> Iterator[None]:
    """The package as the variant wants it."""
    outlook = import_module("itsq_analysis.forecasting.combined")
    with ExitStack() as stack:
        stack.enter_context(patch.object(Model, "predict", lambda *given: kept(*given)))
        stack.enter_context(patch.object(outlook, "AUTO", tuple(name for name in outlook.AUTO if name != variant.without)))
        for module, name, instead in variant.changed:
            stack.enter_context(patch.object(import_module(f"itsq_analysis.forecasting.{module}"), name, instead))
        yield


def _source() -> str:
    """Changes with the code of the models and of this file."""
    folder = Path(itsq_analysis.forecasting.__file__).parent
    paths = [path for path in sorted(folder.rglob("*.py")) if path.name not in ("scores.py", "backtest.py", "explain.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in [*paths, Path(__file__)])).hexdigest()[:8]
