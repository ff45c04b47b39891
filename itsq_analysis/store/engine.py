"""What a query's numbers are computed by: DuckDB on this machine, or an existing Spark."""

from __future__ import annotations

from typing import Any, Protocol

import pyarrow as pa


class Rows(Protocol):
    """The answer to a query."""

    def fetchall(self) -> list[Any]:
        """All rows as tuples."""

    def to_arrow_table(self) -> pa.Table:
        """All rows as a table of Arrow."""


class Engine(Protocol):
    """Answers SELECTs in DuckDB's SQL over the contract tables, in UTC. A connection of DuckDB is one."""

    def sql(self, query: str, /) -> Rows:
        """The rows of one SELECT."""
