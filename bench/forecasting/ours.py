"""Our models over the windows of a set, and what is left when a part is taken away; kept on disk by data and source."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import pandas as pd

import itsq_analysis.forecasting
from bench.forecasting.datasets import Dataset
from bench.forecasting.peers import SCRATCH
from itsq_analysis.forecasting import forecast
from itsq_analysis.forecasting.models import model_names


@dataclass(frozen=True)
class Variant:
    """A model, or the combination without one of its parts.

    Attributes:
        name: what stands in the table.
        model: as `forecast` is told.
        holidays: whether it is told the country.
        without: a member that the combination does not ask.
    """

    name: str
    model: str = "auto"
    holidays: bool = True
    without: str | None = None


AUTO = Variant("itsq")
MEMBERS = tuple(Variant(f"itsq {name}", model=name) for name in model_names() if name != "auto")
WITHOUT_HOLIDAYS = Variant("itsq without holidays", holidays=False)
WITHOUT_BOOSTING = Variant("itsq without boosting", without="boosting")


def variants(data: Dataset) -> tuple[Variant, ...]:
    """What is run on a test set."""
    ablations = (WITHOUT_HOLIDAYS, WITHOUT_BOOSTING) if data.country else (WITHOUT_BOOSTING,)
    return (AUTO, *MEMBERS, *ablations)


def forecasts(data: Dataset, variants: tuple[Variant, ...]) -> dict[str, tuple[pd.DataFrame, dict[str, object]]]:
    """Per variant: unique_id, cutoff, ds, mean, median, bounds; and its CPU seconds. Run only what is not kept."""
    folder = SCRATCH / f"{data.name}-{data.digest}-ours-{_source()}"
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for variant in variants:
        kept, cost = (folder / f"{variant.name}.{end}" for end in ("parquet", "json"))
        if not cost.exists():
            print(f"  {data.name}: {variant.name}", file=sys.stderr, flush=True)
            started = time.process_time()
            _run(data, variant).to_parquet(kept)
            cost.write_text(json.dumps({"cpu": time.process_time() - started}), encoding="utf-8")
        found[variant.name] = (pd.read_parquet(kept), json.loads(cost.read_text(encoding="utf-8")))
    return found


def _run(data: Dataset, variant: Variant) -> pd.DataFrame:
    """Each window from a frame that ends at its cutoff: what lies behind it is not there to be seen."""
    holidays = data.country if variant.holidays else None
    with _less(variant.without):
        parts = [
            forecast(data.past(cutoff), data.horizon, holidays=holidays, model=variant.model).assign(cutoff=cutoff)
            for cutoff in data.cutoffs
        ]
    return pd.concat(parts, ignore_index=True)


@contextlib.contextmanager
def _less(member: str | None) -> Iterator[None]:
    module = import_module("itsq_analysis.forecasting.outlook")
    members = tuple(name for name in module.AUTO if name != member)
    with patch.object(module, "AUTO", members):
        yield


def _source() -> str:
    folder = Path(itsq_analysis.forecasting.__file__).parent
    code = b"".join(path.read_bytes() for path in sorted(folder.rglob("*.py")) if path.name not in ("scores.py", "backtest.py"))
    return hashlib.sha256(code).hexdigest()[:8]
