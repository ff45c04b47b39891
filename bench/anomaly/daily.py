"""Planted anomalies in daily series: event-level F1 at the same alarm budget; does the budget hold on clean series?"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from bench.anomaly import peers
from bench.anomaly.carriers import LEARN, Planted, plant
from itsq_analysis import detect

BUDGETS = (1.0, 0.5, 0.25)  # alarms a month on the carriers before planting
REST = 3  # days: flagged days this near are one event
LATE = pd.Timedelta(1, "D")  # an event that begins a day after the end still counts
WAKE = pd.Timedelta(7, "D")  # an alarm in the week after (back to normal) is neither right nor wrong


def ours(frame: pd.DataFrame, planted: Planted, causal: bool = True) -> pd.Series:
    """The product's scores."""
    parts = []
    for name, part in frame.groupby("unique_id", sort=False):
        found = detect(part, freq="D", holidays=planted.holidays[str(name)], causal=causal)
        parts.append(pd.Series(found["score"].to_numpy(), index=part.index))
    return pd.concat(parts).reindex(frame.index)


def events(frame: pd.DataFrame, score: pd.Series, limit: float) -> pd.DataFrame:
    """unique_id, start, end of the runs of days whose score reaches the limit, the learning days left out."""
    rows = []
    for name, part in frame.assign(score=score).groupby("unique_id", sort=False):
        at = np.flatnonzero(part["score"].to_numpy() >= limit)
        at = at[at >= LEARN]
        ds = part["ds"].to_numpy()
        rows += [(name, ds[run[0]], ds[run[-1]]) for run in np.split(at, np.flatnonzero(np.diff(at) > REST) + 1) if len(run)]
    return pd.DataFrame(rows, columns=["unique_id", "start", "end"])


def months(frame: pd.DataFrame) -> float:
    """Judged series-months."""
    return float((frame.groupby("unique_id").size() - LEARN).clip(lower=0).sum() / 30)


def limit_for(frame: pd.DataFrame, score: pd.Series, budget: float) -> float:
    """The limit at which the clean series raise so many alarms a month."""
    wanted = budget * months(frame)
    limits = np.unique(np.quantile(score.dropna(), 1 - np.geomspace(1e-4, 0.3, 120)))[::-1]  # a very low limit joins all events
    allowed = [limit for limit in limits if len(events(frame, score, limit)) <= wanted]
    first_above = next((limit for limit in limits if len(events(frame, score, limit)) > wanted), -np.inf)
    return float(min(limit for limit in allowed if limit > first_above))


def judge(found: pd.DataFrame, truth: pd.DataFrame) -> dict[str, float]:
    """Planted anomalies found, alarms for nothing, F1."""
    used = np.zeros(len(found), dtype=bool)
    hits = 0
    for mark in truth.itertuples():
        here = (found["unique_id"] == mark.unique_id) & (found["end"] >= mark.start)
        right = here & (found["start"] <= mark.end + LATE)
        hits += bool(right.any())
        used |= (here & (found["start"] <= mark.end + WAKE)).to_numpy()
    false = int((~used).sum())
    missed = len(truth) - hits
    return {"found": hits, "false": false, "f1": 2 * hits / (2 * hits + false + missed)}


def simulated(series: int = 120, days: int = 365, seed: int = 0) -> pd.DataFrame:
    """Clean series: negative binomial counts with a week and a slow year, from 2 to 400 a day."""
    generator = np.random.default_rng(seed)
    ds = pd.date_range("2025-01-06", periods=days, freq="D")
    frames = []
    for place in range(series):
        week = np.r_[generator.uniform(0.8, 1.2, 5), generator.uniform(0.1, 0.9, 2)]
        mean = np.exp(generator.uniform(np.log(2), np.log(400))) * week[np.arange(days) % 7]
        mean = mean * (1 + 0.2 * np.sin(2 * np.pi * np.arange(days) / 365 + generator.uniform(0, 6)))
        over = generator.uniform(10, 60)
        frames.append(
            pd.DataFrame(
                {"unique_id": f"clean {place:03d}", "ds": ds, "y": generator.negative_binomial(over, over / (over + mean))}
            )
        )
    return pd.concat(frames, ignore_index=True).astype({"y": float})


def run(seed: int = 1) -> str:
    """Markdown of both tables; the seed is not the one with which the method was developed."""
    warnings.simplefilter("ignore")
    planted = plant(seed)
    methods: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
        "itsq detect (each day from the past alone)": lambda frame: ours(frame, planted),
        "itsq detect, looking back over the whole series": lambda frame: ours(frame, planted, causal=False),
        "Prophet band, whole series, same holidays": lambda frame: peers.prophet(frame, planted.holidays),
        "STL residual z (statsmodels), whole series": peers.stl,
        "isolation forest (scikit-learn), whole series": peers.isolation_forest,
        "LOF (scikit-learn), whole series": peers.local_outlier_factor,
    }
    heads = " | ".join(f"F1 (found, false) at {budget:g} a month" for budget in BUDGETS)
    lines = [f"| | {heads} |", "|---" * (len(BUDGETS) + 1) + "|"]
    for name, method in methods.items():
        clean, score = method(planted.clean), method(planted.frame)
        row = []
        for budget in BUDGETS:
            told = judge(events(planted.frame, score, limit_for(planted.clean, clean, budget)), planted.truth)
            row.append(f"{told['f1']:.3f} ({told['found']}, {told['false']})")
        lines.append(f"| {name} | " + " | ".join(row) + " |")
    clean = simulated(seed=seed)
    held = [
        ("simulated clean series", clean, pd.Series(detect(clean, freq="D")["score"].to_numpy(), index=clean.index)),
        ("the carriers before planting", planted.clean, ours(planted.clean, planted)),
    ]
    lines += ["", "| daily series, budget 1 a month | series-months | alarms a month |", "|---|---|---|"]
    for name, frame, score in held:
        count = len(events(frame, score, 0.5))
        lines.append(f"| {name} | {months(frame):.0f} | {count / months(frame):.2f} |")
    return "\n".join(lines)
