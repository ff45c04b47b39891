"""Time and memory: synthetic daily series of 730 days, h = 28, intervals included, from 100 to 10,000 series."""

from __future__ import annotations

from bench import measure
from bench.forecasting.peers import install

SIZES = (100, 1_000, 10_000)
PEER_SERIES = 50
SERIES = """
import sys
import numpy as np, pandas as pd
n, days = int(sys.argv[1]), 730
chance = np.random.default_rng(0)
week = np.array([1.3, 1.2, 1.1, 1.1, 1.0, 0.4, 0.3])
level = chance.lognormal(2.5, 1.2, (n, 1)) * (1 + chance.normal(0, 0.3, (n, 1)) * np.linspace(0, 1, days))
y = chance.poisson(np.maximum(level, 0.1) * week[np.arange(days) % 7] * chance.gamma(20, 1 / 20, (n, days)))
ds = np.tile(pd.date_range("2024-01-01", periods=days, freq="D"), n)
frame = pd.DataFrame({"unique_id": np.repeat([f"s{i:05d}" for i in range(n)], days), "ds": ds, "y": y.ravel().astype(float)})
"""
OURS = SERIES + "from itsq_analysis import forecast\nif n:\n    assert len(forecast(frame, 28)) == n * 28\n"
PEER = SERIES + (
    "from statsforecast import StatsForecast\nfrom statsforecast.models import AutoETS\n"
    "StatsForecast(models=[AutoETS(7)], freq='D', n_jobs=1).forecast(df=frame, h=28, level=[80, 95])\n"
)


def table() -> str:
    """Costs a series as they stand in RESULTS.md: a whole process less one that only makes the series and imports."""
    rows = []
    for size in SIZES:
        start = measure.python(_idle(OURS), str(size))
        cost = measure.python(OURS, str(size))
        rows.append(_row(f"itsq, {size:,} series", size, cost, start))
    start, cost = (measure.run(str(install()), "-c", code, str(PEER_SERIES)) for code in (_idle(PEER), PEER))
    rows.append(_row(f"AutoETS (statsforecast), {PEER_SERIES} series", PEER_SERIES, cost, start))
    head = ["| | CPU ms/series | wall ms/series | CPU s | wall s | peak MiB |", "|---|--:|--:|--:|--:|--:|"]
    return "\n".join([*head, *rows])


def _idle(code: str) -> str:
    """The same process without its last line, the forecast."""
    return code[: code.rstrip().rindex("\n") + 1].replace("if n:\n", "")


def _row(name: str, size: int, cost: measure.Cost, start: measure.Cost) -> str:
    cpu, wall = cost.cpu - start.cpu, cost.wall - start.wall
    return f"| {name} | {cpu * 1000 / size:.2f} | {wall * 1000 / size:.2f} | {cpu:.1f} | {wall:.1f} | {cost.peak:,.0f} |"
