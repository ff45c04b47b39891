"""What is known of a table itself: where an indicator found nothing, whether there was anything to find."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property

from itsq_analysis.indicators.computed_scope import moment_sql
from itsq_analysis.store.engine import Engine
from itsq_analysis.tables import contract

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Facts:
    """Of one table and some of its columns; read at the first question, in one scan."""

    def __init__(self, connection: Engine, table: str, columns: Iterable[str], as_of: datetime, zone: str = "UTC") -> None:
        self._connection, self._table, self._as_of, self._zone = connection, table, as_of, zone
        self._columns = sorted(set(columns))

    @property
    def empty(self) -> bool:
        """Whether the table has no row."""
        return not self._read[0]

    def filled(self, column: str) -> bool:
        """Whether the column says something in at least one row."""
        return self._read[2 + self._columns.index(column)] > 0

    @property
    def first(self) -> datetime | None:
        """The moment of the earliest row before as_of (UTC), by the contract's column `since` (opened_at …); None: never."""
        micros = self._read[1]
        return None if micros is None else EPOCH + timedelta(microseconds=micros)

    @cached_property
    def _read(self) -> tuple[int, ...]:
        """Number of rows, first moment in microseconds since 1970 (or None), and for each column its number of known values."""
        time = contract(self._table).since.moment_sql(self._zone)
        first = f"epoch_us(min({time}) FILTER (WHERE {time} < {moment_sql(self._as_of)}))"
        counts = "".join(f', count("{column}")' for column in self._columns)
        [read] = self._connection.sql(f'SELECT count(*), {first}{counts} FROM "{self._table}"').fetchall()
        return tuple(read)
