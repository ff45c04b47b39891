"""Exemptions: tickets that are left out of an indicator because somebody approved it.

The exempted rows are hidden by temporary views of the same names, for one evaluation; the tables behind them stay as they are. An
exempted outage is down time that does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.registers import day, indicator_id, text
from itsq_analysis.store import literal, quoted
from itsq_analysis.store.spark import Spark
from itsq_analysis.tables import contracts

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

    from itsq_analysis.store.engine import Engine

NAMES = ("number", "ticket")  # columns by which a row is a ticket's, or a survey about one
REGISTERS = ("notes", "exemptions")  # these name tickets, but hold none


@dataclass(frozen=True)
class Exemption:
    """One row of the register.

    Attributes:
        ticket: its number.
        indicator: its id; what the register says where no indicator is called so (`known` is then false).
        reason: in people's words.
        approved_by: "" where nobody is named.
        approved_on: None where no day is written.
        approved: by somebody, on a day that the report knows; only then the ticket is left out.
        known: whether the catalogue has the indicator.
    """

    ticket: str
    indicator: str
    reason: str
    approved_by: str
    approved_on: date | None
    approved: bool
    known: bool = True


@fact
def exemptions(scope: Scope) -> tuple[Exemption, ...]:
    """Every row of the register, by ticket and indicator."""
    rows = scope.query('SELECT * FROM "exemptions" ORDER BY ticket, indicator')
    return tuple(_exemption(scope, row) for _, row in rows.iterrows())


@fact
def approved(scope: Scope) -> dict[str, tuple[str, ...]]:
    """Indicator -> the tickets that are left out of it."""
    tickets: dict[str, list[str]] = {}
    for exemption in exemptions(scope):
        if exemption.approved and exemption.known:
            tickets.setdefault(exemption.indicator, []).append(exemption.ticket)
    return {indicator: tuple(numbers) for indicator, numbers in tickets.items()}


@contextmanager
def without(engine: Engine, tickets: Sequence[str]) -> Iterator[None]:
    """Inside the block the engine's tables do not show these tickets."""
    hidden = f"({', '.join(literal(ticket) for ticket in tickets)})"
    kept: dict[str, str] = {}
    for name, table in contracts().items():
        columns = [column for column in NAMES if column in table.columns and name not in REGISTERS]
        if columns:
            kept[name] = " AND ".join(f"({quoted(column)} IS NULL OR {quoted(column)} NOT IN {hidden})" for column in columns)
    with engine.narrowed(kept) if isinstance(engine, Spark) else _narrowed(cast("DuckDBPyConnection", engine), kept):
        yield


@contextmanager
def _narrowed(connection: DuckDBPyConnection, kept: Mapping[str, str]) -> Iterator[None]:
    """A view of the connection's own temporary schema goes before the table of the same name."""
    [(database, schema)] = connection.execute("SELECT current_database(), current_schema()").fetchall()
    made: list[str] = []
    try:
        for name, condition in kept.items():
            source = ".".join(quoted(part) for part in (database, schema, name))
            connection.execute(f"CREATE TEMP VIEW {quoted(name)} AS SELECT * FROM {source} WHERE {condition}")
            made.append(name)
        yield
    finally:
        for name in made:
            connection.execute(f"DROP VIEW temp.{quoted(name)}")


def _exemption(scope: Scope, row: pd.Series) -> Exemption:
    by, on, indicator = text(row["approved_by"]), day(row["approved_on"]), indicator_id(scope, row["indicator"])
    return Exemption(
        ticket=row["ticket"],
        indicator=indicator or row["indicator"],
        reason=text(row["reason"]),
        approved_by=by,
        approved_on=on,
        approved=bool(by) and on is not None and on <= scope.today,
        known=indicator is not None,
    )
