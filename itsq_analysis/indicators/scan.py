"""One scan: the statement of `compile` is run, and its rows become arrays of (period, member)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.compile import Plan, Timing, Window, cuts_of, statement
from itsq_analysis.indicators.intervals import Floats
from itsq_analysis.store.engine import Engine

Member = str | None
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """Values of all cells in one array, ascending within each cell: cell (p, m) has values[starts[p, m]:][:sizes[p, m]]."""

    values: Floats
    starts: Integers
    sizes: Integers

    def at(self, rank: Integers) -> Floats:
        """The value of each cell's rank (from 0); NaN where the cell has no such rank."""
        there = (rank >= 0) & (rank < self.sizes)
        column: Floats = np.full(self.starts.shape, np.nan)
        column[there] = self.values[self.starts[there] + rank[there]]
        return column

    def put(self, cells: Integers, places: Integers, shape: tuple[int, int]) -> Sample:
        """Some of its cells at their flat places of another shape; the other cells there are empty."""
        return Sample(self.values, _put(self.starts[cells], places, shape), _put(self.sizes[cells], places, shape))


@dataclass(frozen=True)
class Cells:
    """What was measured for one timing and dimension: per SQL text an array (periods × members), 0 where there are no rows."""

    members: tuple[Member, ...]
    numbers: dict[str, Floats]
    samples: dict[str, Sample]


Scan = dict[tuple[Timing, str | None], Cells]


def scan(connection: Engine, made: Plan, windows: Sequence[Window], periods: int, as_of: datetime) -> Scan:
    """Run the plan's statement; `periods` is the number of periods that the windows' indices point into.

    Raises:
        IndicatorError: the engine cannot compute an expression on these rows.
    """
    table = _rows(connection, made, windows, as_of)
    part, cut, member = table["part"].to_numpy(), pc.fill_null(table["cut"], 0).to_numpy(), table["member"].to_pylist()
    numbers = [np.nan_to_num(table[f"n{place}"].to_numpy()) for place in range(made.width)]
    samples = [_sample(table[f"s{place}"]) for place in range(made.length)]
    keys = made.parts if windows else []
    members: dict[str | None, tuple[Member, ...]] = {None: (None,)}
    for number, dimension in enumerate(made.dimensions, start=len(keys)):
        if dimension:
            members[dimension] = in_order(member[row] for row in np.flatnonzero(part == number))
    scanned: Scan = {}
    for number, (timing, dimension) in enumerate(made.parts):
        rows = np.flatnonzero(part == number) if windows else np.empty(0, np.int64)
        period, column = cuts_of(timing, windows), {name: place for place, name in enumerate(members[dimension])}
        shape = (periods, len(column))
        places = np.array([period[cut[row]] * len(column) + column[member[row]] for row in rows], np.int64)
        scanned[timing, dimension] = Cells(
            members[dimension],
            {sql: _put(numbers[n][rows], places, shape) for n, sql in enumerate(made.numbers[timing])},
            {sql: samples[n].put(rows, places, shape) for n, sql in enumerate(made.samples[timing])},
        )
    return scanned


def in_order(members: Iterable[Member]) -> tuple[Member, ...]:
    """Members ascending, the unknown one (None) last."""
    return tuple(sorted(members, key=lambda member: (member is None, member or "")))


def _rows(connection: Engine, made: Plan, windows: Sequence[Window], as_of: datetime) -> pa.Table:
    try:
        return connection.sql(statement(made, windows, as_of)).to_arrow_table().combine_chunks()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise IndicatorError(
            f"table {made.table}: its indicators must be computable on every row; found: {reason}; correct the catalogue"
        ) from error


def _sample(lists: pa.ChunkedArray) -> Sample:
    """The lists of all rows, each sorted in place: the order in which its values came does not matter."""
    values = np.array(pc.list_flatten(lists).to_numpy(), dtype=np.float64)
    sizes = pc.fill_null(pc.list_value_length(lists), 0).to_numpy().astype(np.int64)
    ends = np.cumsum(sizes)
    for start, end in zip(ends - sizes, ends, strict=True):
        values[start:end].sort()
    return Sample(values, ends - sizes, sizes)


def _put(values: NDArray[Any], places: Integers, shape: tuple[int, int]) -> NDArray[Any]:
    """The values at their flat places of an array of zeros."""
    array = np.zeros(shape, values.dtype)
    array.flat[places] = values
    return array
