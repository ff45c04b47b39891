"""SQL over the store: names and texts quoted, types, and the SELECT over a table's files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

SQL_OF_ARROW: dict[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP WITH TIME ZONE",
}


def quoted(name: str) -> str:
    """A name as SQL.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class TableView:
    """A SELECT over Parquet files, or over nothing with the same typed columns."""

    sql: str
    files: list[str]

    @classmethod
    def over(cls, files: list[Path], schema: pa.Schema) -> TableView:
        """The view of a table stored in `files`; columns that an older file lacks are NULL."""
        typed = ", ".join(f"NULL::{SQL_OF_ARROW[column.type]} AS {quoted(column.name)}" for column in schema)
        empty = f"SELECT {typed} WHERE false"
        if not files:
            return cls(empty, [])
        paths = [path.as_posix() for path in files]
        listed = ", ".join(literal(path) for path in paths)
        names = ", ".join(quoted(column.name) for column in schema)
        # The empty part names the columns that a file written under an older contract lacks.
        sql = (
            f"SELECT {names} FROM ({empty} UNION ALL BY NAME "
            f"SELECT * FROM read_parquet([{listed}], union_by_name=true, hive_partitioning=false))"
        )
        return cls(sql, paths)
