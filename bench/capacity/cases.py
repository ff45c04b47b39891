"""The cases: rolling origins over simulated disks and over the data-centre traces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from bench.capacity import disks
from bench.capacity.scores import Case, first_beyond

TRACES = Path(__file__).parents[3] / "shared" / "data" / "datacentre_traces"
FILES = {"azure": "azure_v2_5min.csv.gz", "alibaba": "alibaba_2018_5min.csv.gz"}


def disk_cases(seed: int, count: int, origins: int = len(disks.ORIGINS)) -> list[Case]:
    """Every origin at which the last week was below the limit; with fewer origins a disk, they go round from disk to disk."""
    found = []
    for number, disk in enumerate(disks.draw(seed, count)):
        for turn in range(origins):
            origin = disks.ORIGINS[(number + 2 * turn) % len(disks.ORIGINS)]
            if np.nanmax(disk.truth[origin - 7 : origin]) >= disk.limit or np.isnan(disk.seen[origin - 7 : origin]).all():
                continue
            future = disk.truth[origin : origin + disks.HORIZON]
            truth = first_beyond(future, disk.limit)
            found.append(Case(f"{seed}-{number}-{origin}", disk.kind, disk.seen[:origin], disk.limit, truth, disks.HORIZON))
    return found


def trace_cases() -> list[Case]:
    """Hours (maximum of 5-minute values): the limit is a quantile of the history up to the origin, or beyond its maximum."""
    found = []
    for name, file in FILES.items():
        table = pd.read_csv(TRACES / file)
        values = table.drop(columns=[column for column in ("timestamp",) if column in table])
        first, horizon, every = (10 * 24, 5 * 24, 24) if name == "azure" else (4 * 24, 2 * 24, 8)
        for column in values:
            five = values[column].to_numpy(dtype=float)
            hours = five[: len(five) // 12 * 12].reshape(-1, 12).max(axis=1)
            for origin in range(first, len(hours) - horizon + 1, every):
                past = hours[:origin]
                for level in (0.95, 0.99, 1.0, 1.05):
                    low, high = float(np.quantile(past, 0.5)), float(past.max())
                    limit = float(np.quantile(past, level)) if level <= 1 else low + level * (high - low)
                    if past[-1] >= limit:
                        continue
                    truth = first_beyond(hours[origin : origin + horizon], limit)
                    found.append(Case(f"{name}-{column}-{origin}-{level:g}", f"{name} {column}", past, limit, truth, horizon))
    return found
