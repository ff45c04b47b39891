"""Scores of several models on one set, and how they are printed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bench.forecasting.datasets import KEYS, Dataset
from itsq_analysis.forecasting.paths import FEWEST, errors_together
from itsq_analysis.forecasting.scores import evaluate

Results = Mapping[str, tuple[pd.DataFrame, Mapping[str, object]]]
BOUNDS = ["lo-80", "hi-80", "lo-95", "hi-95"]


def joined(truth: pd.DataFrame, found: pd.DataFrame, instead: pd.DataFrame | None = None) -> pd.DataFrame:
    """A backtest: the truth beside a model's forecasts; where a model gives none, those of `instead`."""
    columns = ["mean", "median", *BOUNDS]
    result = truth.merge(found[[*KEYS, *columns]].astype({"unique_id": truth["unique_id"].dtype}), on=KEYS, how="left")
    if instead is not None:
        other = joined(truth, instead)
        lacking = result[columns].isna().any(axis=1)
        result.loc[lacking, columns] = other.loc[lacking, columns]
    return result


def score(data: Dataset, results: Results) -> pd.DataFrame:
    """A row per model: the scores over all series, the share of medians below zero, CPU milliseconds per series and window."""
    truth = data.truth()
    naive = results["SeasonalNaive"][0] if "SeasonalNaive" in results else None
    benchmark = joined(truth, results["Naive"][0]) if data.scale_season == 1 and "Naive" in results else None
    windows = truth.groupby(["unique_id", "cutoff"]).ngroups
    rows = {}
    for name, (found, cost) in results.items():
        whole = evaluate(joined(truth, found, naive), benchmark=benchmark).iloc[-1]
        below = float((found["median"] < 0).mean())
        rows[name] = whole.to_dict() | {"below": below, "ms": float(str(cost.get("cpu", "nan"))) * 1000 / windows}
    table = pd.DataFrame(rows).T.drop(columns="unique_id").astype(float)
    table.index.name = data.name
    return table


def together(data: Dataset, found: pd.DataFrame) -> str:
    """How much the errors of one forecast go together: the median of the series, and the range of their middle half."""
    known = joined(data.truth(), found)
    shares = [errors_together(rows) for _, rows in known.groupby("unique_id") if rows["cutoff"].nunique() >= FEWEST]
    if not shares:
        return ""
    low, middle, high = np.quantile(shares, [0.25, 0.5, 0.75])
    spread = f", middle half {low:.2f} to {high:.2f}" if len(shares) > 1 else ""
    return f"Share of itsq's error variance that is common to all steps of a forecast: {middle:.2f}{spread}; {len(shares)} series."


def markdown(table: pd.DataFrame) -> str:
    """The table as it stands in RESULTS.md."""
    m4 = "owa" in table
    head = (["sMAPE", "MASE", "OWA"] if m4 else ["WAPE", "MASE"]) + [
        "RMSSE",
        "sql",
        "MSIS",
        "in 80 %",
        "in 95 %",
        "< 0",
        "ms/series",
    ]
    lines = ["| | " + " | ".join(head) + " |", "|---|" + "--:|" * len(head)]
    for name, row in table.iterrows():
        first = (
            [f"{row['smape'] * 100:.3f}", f"{row['mase']:.3f}", f"{row['owa']:.3f}"]
            if m4
            else [f"{row['wape']:.4f}", f"{row['mase']:.4f}"]
        )
        cells = [*first, f"{row['rmsse']:.3f}", f"{row['sql']:.4f}", f"{row['msis']:.2f}", _coverage(row, 80), _coverage(row, 95)]
        cells += [f"{row['below']:.0%}", f"{row['ms']:,.0f}" if row["ms"] >= 10 else f"{row['ms']:.1f}"]
        lines.append(f"| {name} | " + " | ".join(cells).replace("nan", "–") + " |")
    return "\n".join(lines)


def _coverage(row: pd.Series, level: int) -> str:
    share, lower, upper = (row[f"coverage-{level}{end}"] for end in ("", "-lower", "-upper"))
    interval = "" if pd.isna(lower) else f" ({lower * 100:.0f}–{upper * 100:.0f})"
    return f"{share * 100:.1f}{interval}"
