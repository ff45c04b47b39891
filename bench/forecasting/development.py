"""The block of RESULTS.md on the development windows: those on which the defaults were chosen."""

from __future__ import annotations

import pandas as pd

from bench.forecasting import ours, tables
from bench.forecasting.data import DATASETS

INTRODUCTION = """\
## Forecasts on development windows

The defaults were chosen on these windows: they are no evidence. MASE / scaled quantile loss, from the median and the bounds."""


def measure() -> str:
    """Run what is not kept and write the block."""
    rows = {}
    for make in DATASETS.values():
        data = make()
        if data.development:
            table = tables.score(data, ours.forecasts(data, (ours.AUTO, *ours.MEMBERS)))
            rows[data.title] = {
                str(name).removeprefix("itsq "): f"{row['mase']:.3f} / {row['sql']:.3f}" for name, row in table.iterrows()
            }
    whole = pd.DataFrame(rows).T
    lines = ["| | " + " | ".join(whole.columns) + " |", "|---|" + "--:|" * len(whole.columns)]
    lines += [f"| {name} | " + " | ".join(row) + " |" for name, row in whole.iterrows()]
    return "\n".join([INTRODUCTION, "", *lines])
