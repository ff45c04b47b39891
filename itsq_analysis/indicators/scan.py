"""One scan: the statement of `compile` is run, and its rows become arrays of (period, member)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.compile import Plan, Timing, Window, statement
from itsq_analysis.indicators.computed.scope import moment_sql
from itsq_analysis.indicators.intervals import Floats
from itsq_analysis.tables import contract

Member = str | None
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    """Values of all cells in one array, ascending within each cell: cell (p, m) has values[starts[p, m]:][:sizes[p, m]]."""

    values: Floats
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]

    def at(self, rank: NDArray[np.int64]) -> Floats:
        """The value of each cell's rank (from 0); NaN where the cell has no such rank."""
        there = (rank >= 0) & (rank < self.sizes)
        found: Floats = np.full(self.starts.shape, np.nan)
        found[there] = self.values[self.starts[there] + rank[there]]
        return found


@dataclass(frozen=True)
class Cells:
    """What was measured for one timing and dimension: per SQL text an array (periods × members), 0 where there are no rows."""

    members: tuple[Member, ...]
    numbers: dict[str, Floats]
    samples: dict[str, Sample]


Scan = dict[tuple[Timing, str | None], Cells]


def scan(connection: duckdb.DuckDBPyConnection, made: Plan, windows: Sequence[Window], periods: int, as_of: datetime) -> Scan:
    """Run the plan's statement; `periods` is the number of periods that the windows' indices point into.

    Raises:
        IndicatorError: DuckDB cannot compute an expression on these rows.
    """
    try:
        table = connection.sql(statement(made, windows, as_of)).to_arrow_table().combine_chunks()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise IndicatorError(
            f"table {made.table}: its indicators must be computable on every row; found: {reason}; correct the catalogue"
        ) from error
    numbers = table["part"].to_numpy()
    parts = {int(number): table.filter(pa.array(numbers == number)) for number in np.unique(numbers)}
    keys = made.parts if windows else []
    members: dict[str | None, tuple[Member, ...]] = {None: (None,)}
    for part, dimension in enumerate(made.dimensions, start=len(keys)):
        if dimension:
            members[dimension] = in_order(parts[part]["member"].to_pylist() if part in parts else ())
    rows = {key: parts.get(part) for part, key in enumerate(keys)}
    return {key: _cells(made, key[0], rows.get(key), members[key[1]], periods) for key in made.parts}


class Facts:
    """What is known of a table itself, asked for only where an indicator found nothing; every answer is kept."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str, as_of: datetime) -> None:
        self._connection, self._table, self._as_of = connection, table, as_of
        self._known: dict[str, Any] = {}

    @property
    def empty(self) -> bool:
        """Whether the table has no row."""
        return not self._ask(f'SELECT EXISTS (FROM "{self._table}")')

    def filled(self, column: str) -> bool:
        """Whether the column says something in at least one row."""
        return bool(self._ask(f'SELECT EXISTS (FROM "{self._table}" WHERE "{column}" IS NOT NULL)'))

    def first(self) -> datetime | None:
        """The moment of the earliest row before as_of (UTC), by the contract's first time column (opened_at …); None: never."""
        column = next(name for name, column in contract(self._table).columns.items() if column.type == "time")
        sql = f'SELECT epoch_us(min("{column}")) FROM "{self._table}" WHERE "{column}" < {moment_sql(self._as_of)}'
        micros = self._ask(sql)
        return None if micros is None else EPOCH + timedelta(microseconds=micros)

    def _ask(self, sql: str) -> Any:
        if sql not in self._known:
            self._known[sql] = self._connection.sql(sql).fetchall()[0][0]
        return self._known[sql]


def in_order(members: Iterable[Member]) -> tuple[Member, ...]:
    """Members ascending, the unknown one (None) last."""
    return tuple(sorted(members, key=lambda member: (member is None, member or "")))


def _cells(made: Plan, timing: Timing, part: pa.Table | None, members: tuple[Member, ...], periods: int) -> Cells:
    """The rows of one part, put into their places."""
    shape = (periods, len(members))
    numbers = {sql: np.zeros(shape) for sql in made.numbers[timing]}
    empty = Sample(np.empty(0), np.zeros(shape, np.int64), np.zeros(shape, np.int64))
    if part is None:
        return Cells(members, numbers, dict.fromkeys(made.samples[timing], empty))
    column = {member: place for place, member in enumerate(members)}
    places = part["period"].to_numpy(), np.array([column[member] for member in part["member"].to_pylist()])
    for place, sql in enumerate(numbers):
        numbers[sql][places] = np.nan_to_num(part[f"n{place}"].to_numpy())
    samples = {sql: _sample(part[f"s{place}"], places, shape) for place, sql in enumerate(made.samples[timing])}
    return Cells(members, numbers, samples)


def _sample(lists: pa.ChunkedArray, places: tuple[NDArray[np.int64], NDArray[np.int64]], shape: tuple[int, int]) -> Sample:
    values = np.array(pc.list_flatten(lists).to_numpy())
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy().astype(np.int64)
    ends = np.cumsum(lengths)
    for start, end in zip(ends - lengths, ends, strict=True):
        values[start:end].sort()  # in place, cell by cell: the order in which they came does not matter
    starts, sizes = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    starts[places], sizes[places] = ends - lengths, lengths
    return Sample(values, starts, sizes)
