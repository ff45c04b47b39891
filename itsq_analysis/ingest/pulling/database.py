"""A database: a query or a table, read only, streamed into Parquet as text; only changed rows where a column tells them.

Any database for which SQLAlchemy has a dialect; the drivers of PostgreSQL, MySQL and MariaDB come with `pip install
itsq-analysis[databases]`, SQLite with Python.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.pulling.api import address_of
from itsq_analysis.settings import PullSettings
from itsq_analysis.settings.findings import printable
from itsq_analysis.settings.references import looked_up

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Row, Select
    from sqlalchemy.exc import SQLAlchemyError

DRIVERS = {"postgresql": "postgresql+pg8000", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "oracle": "SET TRANSACTION READ ONLY"}
BEFORE = {"mysql": "SET SESSION TRANSACTION READ ONLY", "mariadb": "SET SESSION TRANSACTION READ ONLY"}
KINDS: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "int": int,
    "decimal": Decimal,
    "float": float,
    "text": str,
}
SHOWN = 300  # characters of a database's message that are repeated


def fetch(pull: PullSettings, watermark: str | None, path: Path, folder: Path) -> tuple[int, str | None]:
    """Write the rows into a Parquet file: how many, and the newest watermark (as JSON), None where there is none.

    Args:
        pull: of kind "database".
        watermark: what the last pull returned; rows before it, less the overlap, are not read. None reads all.
        path: of the file; every value is text, NULL stays NULL.
        folder: of the workspace; a relative SQLite file lies there.

    Raises:
        IngestError: the driver is missing, the database is not reached, or it refuses the query.
    """
    try:
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError:
        raise IngestError(
            "a pull from a database needs SQLAlchemy; found it not installed; pip install itsq-analysis[databases]"
        ) from None
    engine = _engine(pull, folder)
    try:
        with _quiet(), engine.connect() as connection:
            _only_reading(connection)
            return _copied(connection, pull, watermark, path)
    except SQLAlchemyError as error:
        reason = printable(_reason(error))[:SHOWN]
        raise IngestError(
            f"pull {pull.id}: the database must be reached and answer the query; found {reason}; "
            "check url, user, password, table and query, then pull again"
        ) from error
    finally:
        engine.dispose()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the log of a cursor that does not close after an error, which is told as the error."""
    logger = logging.getLogger("sqlalchemy.pool")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _reason(error: SQLAlchemyError) -> str:
    """What the database says, without the statement and its values."""
    said = getattr(error, "orig", None) or error
    first = said.args[0] if said.args else said
    return str(first.get("M", first)) if isinstance(first, dict) else str(said)


def _engine(pull: PullSettings, folder: Path) -> Engine:
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        url = make_url(address_of(pull))
        url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
        if pull.user is not None or pull.password is not None:
            url = url.set(username=pull.user or url.username, password=looked_up(pull.password) or None)
        if url.drivername.startswith("sqlite") and url.database:
            file = folder / url.database
            if not file.is_file():
                raise IngestError(f"pull {pull.id}: url must name an SQLite file; found none at {url.database}; correct it")
            url = url.set(database=str(file))
        return create_engine(url)
    except ImportError as error:
        raise IngestError(
            f"pull {pull.id}: the database needs a driver; found {error.name} not installed; pip install itsq-analysis[databases], "
            "or the driver that SQLAlchemy names for it"
        ) from None
    except (ArgumentError, NoSuchModuleError):
        raise IngestError(
            f'pull {pull.id}: url must be one of SQLAlchemy, such as "postgresql://host/database"; found another text; correct it'
        ) from None


def _only_reading(connection: Connection) -> None:
    """The database itself refuses writing, where it can; each query is also wrapped so that nothing but reading is one."""
    name = connection.dialect.name
    if name == "postgresql":
        connection.execution_options(postgresql_readonly=True)
    for statement in (READ_ONLY.get(name), BEFORE.get(name)):
        if statement:
            connection.exec_driver_sql(statement)
    if name in BEFORE:
        connection.rollback()  # it holds for transactions that begin after it


def _copied(connection: Connection, pull: PullSettings, watermark: str | None, path: Path) -> tuple[int, str | None]:
    result = connection.execution_options(stream_results=True, yield_per=pull.page).execute(_query(pull, watermark))
    names = list(result.keys())
    place = next((at for at, name in enumerate(names) if name.lower() == (pull.watermark or "").lower()), None)
    schema = pa.schema([(name, pa.string()) for name in names])
    rows, newest = 0, None
    with pq.ParquetWriter(path, schema) as writer:
        for part in result.partitions():
            writer.write_table(_table(part, schema))
            rows += len(part)
            if place is not None:
                newest = max((row[place] for row in part if row[place] is not None), default=newest)
    return rows, None if newest is None else _marked(newest)


def _query(pull: PullSettings, watermark: str | None) -> Select[Any]:
    """The rows, oldest change first; those without a watermark come every time, so that none is lost."""
    from sqlalchemy import column, literal_column, or_, select, table, text

    if pull.table is not None:
        schema, _, name = pull.table.rpartition(".")
        source: Any = table(name, schema=schema or None)
    else:
        source = text(f"({str(pull.query).strip().rstrip(';')}) pulled".replace(":", r"\:"))
    query: Select[Any] = select(literal_column("*")).select_from(source)
    if pull.watermark is None:
        return query
    changed: Any = column(pull.watermark)
    if watermark is not None:
        query = query.where(or_(changed >= _start(watermark, pull.overlap), changed.is_(None)))
    return query.order_by(changed)


def _table(rows: Sequence[Row[Any]], schema: pa.Schema) -> pa.Table:
    columns: Iterator[tuple[Any, ...]] = zip(*rows, strict=True)
    return pa.table([pa.array([_text(value) for value in values], pa.string()) for values in columns], schema=schema)


def _text(value: Any) -> str | None:
    """A value as the export of a tool would write it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else None if math.isnan(value) else repr(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _marked(value: Any) -> str:
    kind = {datetime: "datetime", date: "date", int: "int", Decimal: "decimal", float: "float"}.get(type(value), "text")
    return json.dumps({"kind": kind, "value": value.isoformat() if isinstance(value, date) else str(value)})


def _start(watermark: str, overlap: float) -> Any:
    """The value from which rows are read: of a time (also one kept as text) so much before it, else the same."""
    kept = json.loads(watermark)
    value = KINDS[kept["kind"]](kept["value"])
    if isinstance(value, datetime):
        return value - timedelta(seconds=overlap)
    if isinstance(value, date):
        return value - timedelta(seconds=overlap)
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return (moment - timedelta(seconds=overlap)).isoformat(value[10] if len(value) > 10 else " ")[: max(len(value), 10)]
    return value
