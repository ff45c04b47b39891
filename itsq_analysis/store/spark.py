"""A Spark that the organisation already has, reached by Spark Connect: it computes over the Parquet files that a snapshot names."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from warnings import catch_warnings, simplefilter

import pyarrow as pa

from itsq_analysis.errors import IndicatorError, StoreError
from itsq_analysis.store.spark_sql import spark_sql
from itsq_analysis.store.sql import literal
from itsq_analysis.tables import contracts

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.connect.session import SparkSession

    from itsq_analysis.settings import EngineSettings
    from itsq_analysis.store.ledger import Snapshot
    from itsq_analysis.store.store import Store

PORT = 15002  # of Spark Connect where the address names none
PATIENCE = 10  # seconds until a host answers
RETRIES = 5  # some twenty seconds; pyspark's own fifteen keep a program ten minutes at its end where the Spark is gone
CONFIGURED = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.ansi.enabled": "true",  # what cannot be computed is an error, as in DuckDB, and never silently missing
    "spark.sql.caseSensitive": "false",
}
TYPES = {
    pa.string(): "STRING",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP",
}


class SparkRows:
    """The answer of Spark to a query."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def fetchall(self) -> list[Any]:
        """All rows as tuples."""
        return list(zip(*(column.to_pylist() for column in self._table.columns), strict=True))

    def to_arrow_table(self) -> pa.Table:
        """All rows as a table of Arrow."""
        return self._table


class Spark:
    """The tables of one snapshot on Spark: an `Engine` whose queries are written for DuckDB.

    Its views are temporary and of a session of its own: nothing is written, and nobody else sees them.

    Args:
        session: of Spark Connect, see `spark_session`.
        files: the Parquet files of a table, as Spark reaches them; asked when the table is first named.
        schemas: the columns of every table.

    Attributes:
        kept: by table, the condition in DuckDB's SQL that holds for the rows that are shown.
    """

    def __init__(self, session: SparkSession, files: Callable[[str], list[str]], schemas: Mapping[str, pa.Schema]) -> None:
        self._session, self._files, self._schemas = session, files, schemas
        self._tables: dict[str, DataFrame] = {}
        self.kept: dict[str, str] = {}

    def sql(self, query: str, /) -> SparkRows:
        """The rows of one SELECT in DuckDB's SQL.

        Raises:
            IndicatorError: Spark cannot compute it.
        """
        from pyspark.errors import PySparkException

        text, tables = spark_sql(query)
        try:
            for name in sorted(tables & self._schemas.keys() - self._tables.keys()):
                self._tables[name] = self._read(name)
                self._show(name)
            return SparkRows(self._session.sql(text).toArrow())
        except PySparkException as error:
            said = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise IndicatorError(
                f"Spark must compute what the catalogue defines, over files that it can read; found: {said}"
            ) from error

    @contextmanager
    def narrowed(self, kept: Mapping[str, str]) -> Iterator[None]:
        """Inside the block tables show only the rows for which a condition in DuckDB's SQL holds as well."""
        before = self.kept
        self.kept = before | {name: f"{condition} AND {before.get(name, 'true')}" for name, condition in kept.items()}
        try:
            self._show_again(kept)
            yield
        finally:
            self.kept = before
            self._show_again(kept)

    def _show_again(self, names: Mapping[str, str]) -> None:
        for name in names.keys() & self._tables.keys():
            self._show(name)

    def _show(self, name: str) -> None:
        shown = self._tables[name]
        if name in self.kept:
            condition, _ = spark_sql(f"SELECT {self.kept[name]}")
            shown = shown.where(condition.removeprefix("SELECT "))
        shown.createOrReplaceTempView(name)

    def _read(self, name: str) -> DataFrame:
        columns = {column.name: TYPES[column.type] for column in self._schemas[name]}
        files = self._files(name)
        if not files:
            typed = ", ".join(f"CAST(NULL AS {kind}) AS `{column}`" for column, kind in columns.items())
            return self._session.sql(f"SELECT {typed} WHERE false")
        schema = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
        return (
            self._session.read.schema(schema)
            .option("__globPaths__", "false")
            .parquet(*files)
            .select(*(f"`{column}`" for column in columns))
        )


def spark_engine(store: Store, snapshot: Snapshot, services: Sequence[str], settings: EngineSettings) -> Spark:
    """The tables of a snapshot on the Spark of `[engine]`; with `services`, those that name a service show only these.

    Raises:
        StoreError: as of `spark_session`.
    """
    there = settings.files or store.root.as_posix()

    def files(name: str) -> list[str]:
        return [f"{there.rstrip('/')}/{path.relative_to(store.root).as_posix()}" for path in store.files(snapshot, name)]

    engine = Spark(spark_session(settings), files, {name: table.schema for name, table in contracts().items()})
    if services:
        shown = f"service IN ({', '.join(map(literal, services))})"
        engine.kept = {name: shown for name, table in contracts().items() if "service" in table.columns}
    return engine


def spark_session(settings: EngineSettings) -> SparkSession:
    """A session of its own with the Spark of `[engine]`.

    Raises:
        StoreError: pyspark is not installed, nothing answers at the address, or the token's variable is not set.
    """
    with catch_warnings():
        simplefilter("ignore", FutureWarning)  # about pandas 3, which we do not give to it: rows come as tables of Arrow
        try:
            from pyspark.sql.connect.client.retries import DefaultPolicy
            from pyspark.sql.connect.session import SparkSession
        except ImportError as error:
            raise StoreError(
                "an engine that is Spark needs pyspark with Spark Connect; found it not installed; run: "
                'pip install "itsq-analysis[spark]"'
            ) from error
    address = str(settings.spark)
    place = urlsplit(address)
    try:
        socket.create_connection((place.hostname or "", place.port or PORT), PATIENCE).close()
    except OSError as error:
        raise StoreError(
            f"the Spark of [engine] in itsq.toml must answer; found nothing at {address}; start its Spark Connect server, or take "
            "[engine] out: DuckDB then computes the same numbers"
        ) from error
    session = SparkSession.builder.remote(_with_token(address, settings.token)).create()
    session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
    for name, value in CONFIGURED.items():
        session.conf.set(name, value)
    return session


def _with_token(address: str, reference: str | None) -> str:
    if reference is None:
        return address
    variable = reference.removeprefix("env:")
    token = os.environ.get(variable)
    if not token:
        raise StoreError(f"the token of [engine] must be in the environment; found no variable {variable}; set it")
    return f"{address.rstrip('/')}{';' if urlsplit(address).path.strip('/') else '/;'}token={token}"
