"""Why a ticket is likelier to be late than others: what its chance would be if one thing about it were as in other open tickets.

For each group of features the values are exchanged for those of some other open tickets, all else equal; by how much the log odds
fall on average is what these features add (an interventional attribution with one coalition a group; fast, and enough to rank).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from itsq_analysis.indicators.late.stretches import KINDS
from itsq_analysis.late_risk.hazard import Hazard, log_odds
from itsq_analysis.late_risk.tickets import OPENING, Floats

OTHERS = 8  # tickets whose values are tried
LEAST = 0.4  # log odds from which on a reason is told: odds half as high again
MOST = 3  # reasons of a ticket
TINY_HOURS = 0.01

GROUPS = {
    "time": ("left", "used", "used_share", "whole", "allowed"),
    "state": ("state", "here", "waits", *KINDS),
    "handovers": ("moves", "rows"),
    "reopened": ("reopened",),
    "load": ("group", "open", "ended", "all_open", "all_ended"),
    "kind": OPENING,
}


def reasons(hazard: Hazard, features: pd.DataFrame, left: Floats, others: pd.DataFrame) -> list[tuple[str, ...]]:
    """Ids of `GROUPS` for each ticket, the weightiest first; () where nothing about it adds much.

    Args:
        hazard: the model.
        features: of the tickets.
        left: hours until each misses its promise.
        others: features of other open tickets, at least one.
    """
    if features.empty:
        return []
    now = log_odds(hazard.missed(features, left))
    picked = others.iloc[np.unique(np.linspace(0, len(others) - 1, OTHERS).astype(int))]
    added = {}
    for name, columns in GROUPS.items():
        own = [column for column in columns if column in features]
        if own:
            added[name] = now - _exchanged(hazard, features, left, picked[own])
    table = pd.DataFrame(added)
    return [tuple(row[row >= LEAST].sort_values(ascending=False, kind="stable").index[:MOST]) for _, row in table.iterrows()]


def _exchanged(hazard: Hazard, features: pd.DataFrame, left: Floats, values: pd.DataFrame) -> Floats:
    """Mean log odds with other tickets' values in these columns."""
    size, count = len(features), len(values)
    rows = features.iloc[np.repeat(np.arange(size), count)].reset_index(drop=True)
    for name in values:
        rows[name] = np.tile(values[name].to_numpy(), size)
    hours = np.maximum(rows["left"].to_numpy(), TINY_HOURS) if "left" in values else np.repeat(left, count)
    return np.asarray(log_odds(hazard.missed(rows, hours)).reshape(size, count).mean(axis=1))
