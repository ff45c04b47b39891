"""Candidates for an excess: every member of every dimension, every pair of two, and the whole, as counts by day."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from itsq_analysis.anomaly.explain.days import Ints
from itsq_analysis.anomaly.explain.expectation import Array

Bools = npt.NDArray[np.bool_]

FEWEST = 5.0  # tickets, in the event or expected of it, below which a member is no candidate
MANY = 2000  # candidates that are looked at, the largest


@dataclass(frozen=True)
class Candidate:
    """Some tickets: those of no (all), one or two members."""

    parts: tuple[tuple[str, str], ...]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions it is made of."""
        return tuple(dimension for dimension, _ in self.parts)


@dataclass(frozen=True)
class Tickets:
    """Rows of a table as codes.

    Attributes:
        day: place of every row's day on the grid.
        weight: rows that it stands for.
        codes: dimension -> code of every row, -1 where the member is not known.
        names: dimension -> names of the codes.
        days: days of the grid.
    """

    day: Ints
    weight: Array
    codes: dict[str, Ints]
    names: dict[str, list[str]]
    days: int

    def without(self, rows: Bools) -> Tickets:
        """The other rows."""
        kept = ~rows
        return Tickets(
            self.day[kept], self.weight[kept], {key: code[kept] for key, code in self.codes.items()}, self.names, self.days
        )

    def of(self, candidate: Candidate) -> Bools:
        """Which rows are a candidate's."""
        chosen = np.ones(len(self.day), dtype=bool)
        for dimension, member in candidate.parts:
            chosen &= self.codes[dimension] == self.names[dimension].index(member)
        return chosen

    def counts(self, candidates: list[Candidate]) -> Array:
        """Days x candidates."""
        columns = [np.bincount(self.day[rows], self.weight[rows], self.days) for rows in map(self.of, candidates)]
        return np.column_stack(columns) if columns else np.zeros((self.days, 0))


def encode(tickets: pd.DataFrame, grid: pd.DatetimeIndex) -> Tickets:
    """Rows with `ds`, dimensions and, optionally, `n` as codes; rows outside the grid are left out."""
    day = grid.get_indexer(pd.DatetimeIndex(tickets["ds"]).normalize().as_unit("us"))
    inside = day >= 0
    rows = tickets[inside]
    weight = rows["n"].to_numpy(dtype=float) if "n" in rows else np.ones(len(rows))
    codes: dict[str, Ints] = {}
    names: dict[str, list[str]] = {}
    for dimension in (name for name in tickets.columns if name not in ("ds", "n")):
        code, known = pd.factorize(rows[dimension].astype("str").where(rows[dimension].notna()), sort=True)
        codes[dimension], names[dimension] = code.astype(np.int64), [str(name) for name in known]
    return Tickets(day[inside].astype(np.int64), weight, codes, names, len(grid))


def candidates(tickets: Tickets, first: int, last: int) -> list[Candidate]:
    """Members and pairs large enough, in the event's days or by what as many days before usually brought, to be told of.

    A pair of two members that always occur together is left out: it is the same tickets as either.
    """
    sized: list[tuple[float, Candidate]] = []
    for dimension, code in tickets.codes.items():
        sizes = _sizes(tickets, code, len(tickets.names[dimension]), first, last)
        sized += [
            (size, Candidate(((dimension, tickets.names[dimension][place]),)))
            for place, size in enumerate(sizes.tolist())
            if size >= FEWEST
        ]
    alone = {candidate.parts[0]: size for size, candidate in sized}
    for left, right in combinations(tickets.codes, 2):
        sized += _pairs(tickets, left, right, first, last, alone)
    sized.sort(key=lambda pair: (-pair[0], len(pair[1].parts), pair[1].parts))
    return [candidate for _, candidate in sized[:MANY]]


def _pairs(
    tickets: Tickets, left: str, right: str, first: int, last: int, alone: dict[tuple[str, str], float]
) -> list[tuple[float, Candidate]]:
    width = len(tickets.names[right])
    both = (tickets.codes[left] >= 0) & (tickets.codes[right] >= 0)
    code = np.where(both, tickets.codes[left] * width + tickets.codes[right], -1)
    kinds, code = np.unique(code, return_inverse=True)
    sizes = _sizes(tickets, np.asarray(code, dtype=np.int64), len(kinds), first, last)
    sized = []
    for kind, size in zip(kinds.tolist(), sizes.tolist(), strict=True):
        if kind < 0 or size < FEWEST:
            continue
        parts = ((left, tickets.names[left][kind // width]), (right, tickets.names[right][kind % width]))
        if size < min(alone.get(part, np.inf) for part in parts) - 1e-9:
            sized.append((size, Candidate(parts)))
    return sized


def _sizes(tickets: Tickets, code: Ints, number: int, first: int, last: int) -> Array:
    """Rows of each code in the event, or per so many days before it, whichever is more."""
    known = code >= 0
    inside = known & (tickets.day >= first) & (tickets.day <= last)
    before = known & (tickets.day < first)
    now = np.bincount(code[inside], tickets.weight[inside], number)
    usual = np.bincount(code[before], tickets.weight[before], number) * (last - first + 1) / max(first, 1)
    return np.asarray(np.maximum(now, usual))
