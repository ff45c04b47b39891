"""The peers: their environment, and their forecasts of a set, kept on disk by data and versions."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pandas as pd

from bench.forecasting.datasets import KEYS, Dataset

HERE = Path(__file__).parent
LOCK = HERE / "requirements.lock"
ENVIRONMENT = HERE.parent / ".venv"
SCRATCH = HERE.parent / "data" / "forecasting"
MODELS = (
    "SeasonalNaive",
    "AutoETS",
    "AutoARIMA",
    "AutoCES",
    "DynamicOptimizedTheta",
    "MSTL",
    "HoltWinters",
    "Prophet",
    "Prophet-holidays",
)
MEDIAN = "median of the peers"
LONG = "too slow at a season of {season} rows"
SKIPPED = {  # (start of the set's name, model) -> why
    ("bank", "AutoARIMA"): LONG,
    ("bank", "AutoCES"): LONG,
    ("bank", "HoltWinters"): LONG,
    ("bank-5min", "DynamicOptimizedTheta"): LONG,
    ("vancouver", "AutoARIMA"): "too slow for 60 windows of up to 2,500 days",
    ("bank", "Prophet"): "with holidays only",
    ("bank", "AutoETS"): "knows no season above 24: without one it is far off",
    ("m4", "AutoARIMA"): LONG,
    ("m4", "AutoCES"): LONG,
    ("m4", "AutoETS"): "knows no season above 24: AutoETS-1 below",
    ("m4", "HoltWinters"): LONG,
    ("m4", "Prophet"): "too slow for 359 series of up to 2,597 weeks",
}


def install() -> Path:
    """Make the peers' environment unless it is there as locked; its Python."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    mark = ENVIRONMENT / "lock.sha256"
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text(encoding="utf-8") != digest:
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(LOCK)]
        subprocess.run(pip, check=True)
        mark.write_text(digest, encoding="utf-8")
    return python


def forecasts(data: Dataset, models: tuple[str, ...]) -> dict[str, tuple[pd.DataFrame, dict[str, object]]]:
    """Per peer: unique_id, cutoff, ds, mean, median, bounds; and its CPU seconds and library. Run only what is not kept."""
    folder = SCRATCH / f"{data.name}-{data.digest}-{_version()}"
    if not (folder / "told.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        data.frame.to_parquet(folder / "frame.parquet")
        data.truth()[KEYS].to_parquet(folder / "wanted.parquet")
        if data.grid is not None:
            pd.DataFrame({"ds": data.grid}).to_parquet(folder / "grid.parquet")
        told = {
            "freq": data.freq,
            "seasons": list(data.seasons),
            "horizon": data.horizon,
            "country": data.country,
        }
        (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
    found = {}
    for model in models:
        if not (folder / f"{model}.json").exists():
            one = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
            print(f"  {data.name}: {model}", file=sys.stderr, flush=True)
            subprocess.run([str(install()), str(HERE / "peer_models.py"), str(folder), model], check=True, env=one)
        cost = json.loads((folder / f"{model}.json").read_text(encoding="utf-8"))
        found[model] = (pd.read_parquet(folder / f"{model}.parquet"), cost)
    return found


def wanted(data: Dataset) -> tuple[str, ...]:
    """The peers that fit a set."""
    models = [model for model in MODELS if not reason(data, model)]
    if data.name.startswith("m4"):
        models += ["Naive", "AutoETS-1", "Theta"]
    return tuple(models)


def reason(data: Dataset, model: str) -> str | None:
    """Why a peer is not run on a set; None: it is."""
    if model == "Prophet-holidays" and not data.country:
        return "no country"
    for (start, name), why in SKIPPED.items():
        if data.name.startswith(start) and model == name:
            return why.format(season=data.seasons[0])
    return None


def median(results: list[pd.DataFrame]) -> pd.DataFrame:
    """The median of several forecasts, column by column."""
    stacked = pd.concat(results, ignore_index=True)
    values = [column for column in stacked.columns if column not in KEYS]
    return stacked.groupby(KEYS, sort=False)[values].median().reset_index()


def _version() -> str:
    code = (HERE / "peer_models.py").read_bytes() + LOCK.read_bytes()
    return hashlib.sha256(code).hexdigest()[:8]
