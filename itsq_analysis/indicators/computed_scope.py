"""What a computed indicator is asked for: the tables, the periods, and one dimension."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from itsq_analysis.indicators.dimensions import dimension_sql, from_sql

if TYPE_CHECKING:
    from itsq_analysis.periods import Period
    from itsq_analysis.settings import Settings
    from itsq_analysis.store.engine import Engine
    from itsq_analysis.worktime import Calendar

T = TypeVar("T")


@dataclass(frozen=True)
class ComputedScope:
    """One question to a computed indicator.

    `starts` and `ends` are the periods' bounds as aware UTC moments, end exclusive, ends clipped at `as_of`: nothing after
    `as_of` is known. `calendars` returns the business calendar of an id of itsq.toml. `dimension` is None for the whole
    organisation. `shared` is what the indicators of one pass have read so far, see `once`.
    """

    connection: Engine
    settings: Settings
    calendars: Callable[[str], Calendar]
    periods: tuple[Period, ...]
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    dimension: str | None
    as_of: datetime
    shared: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """What several indicators of one pass read alike; `key` names all that it depends on beside tables and periods."""
        if key not in self.shared:
            self.shared[key] = read()
        value: T = self.shared[key]
        return value

    @property
    def periods_sql(self) -> str:
        """A relation `p` with one row per period: `period` (index), `start`, `stop` (exclusive)."""
        bounds = zip(self.starts, self.ends, strict=True)
        rows = ", ".join(f"({index}, {moment_sql(start)}, {moment_sql(end)})" for index, (start, end) in enumerate(bounds))
        return f"(VALUES {rows}) AS p(period, start, stop)"

    @property
    def as_of_sql(self) -> str:
        """`as_of` as an SQL literal."""
        return moment_sql(self.as_of)

    def measures(self, table: str) -> bool:
        """Whether rows of the table can be told apart by this scope's dimension."""
        return self.dimension is None or dimension_sql(table, self.dimension) is not None

    def member_sql(self, table: str) -> str:
        """The member of a row of the table; NULL for the whole organisation, and where the member is not known."""
        expression = self.dimension and dimension_sql(table, self.dimension)
        return expression or "CAST(NULL AS VARCHAR)"

    def from_sql(self, table: str) -> str:
        """FROM the table as `t`, known as of `as_of`, with the joins that `member_sql` needs."""
        return from_sql(table, [self.dimension], as_of=self.as_of_sql)


def moment_sql(moment: datetime) -> str:
    """An aware moment as a literal of DuckDB.

    >>> from datetime import timedelta, timezone
    >>> moment_sql(datetime(2026, 10, 1, tzinfo=timezone(timedelta(hours=8))))
    "TIMESTAMPTZ '2026-09-30T16:00:00+00:00'"
    """
    return f"TIMESTAMPTZ '{moment.astimezone(UTC).isoformat()}'"


def microseconds(moment: datetime) -> int:
    """An aware moment in microseconds since 1970 UTC.

    >>> microseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
