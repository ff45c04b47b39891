"""Values after approved exemptions: an indicator evaluated over tables without the tickets that were exempted from it.

The exempted rows are hidden by temporary views of the same names, for one evaluation; the tables behind them stay as they are. An
exempted outage is down time that does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.registers import day, indicator_id, known_day, text
from itsq_analysis.store import literal, quoted
from itsq_analysis.tables import contracts

NAMES = ("number", "ticket")  # columns by which a row is a ticket's, or a survey about one


@dataclass(frozen=True)
class Exemption:
    """One row of the register.

    Attributes:
        indicator: its id; what the register says where no indicator is called so (`known` is then false).
        approved: by somebody, on a day that the report knows; only then the ticket is left out.
    """

    ticket: str
    indicator: str
    reason: str
    approved_by: str
    approved_on: date | None
    approved: bool
    known: bool = True


def exemptions(context: ReportContext) -> list[Exemption]:
    """Every row of the register, by ticket and indicator; worked out once for a context."""
    if "exemptions" not in context.kept:
        rows = context.query('SELECT * FROM "exemptions" ORDER BY ticket, indicator')
        context.kept["exemptions"] = [_exemption(context, row) for _, row in rows.iterrows()]
    return list(context.kept["exemptions"])


def _exemption(context: ReportContext, row: pd.Series) -> Exemption:
    by, on, found = text(row["approved_by"]), day(row["approved_on"]), indicator_id(context, row["indicator"])
    return Exemption(
        ticket=row["ticket"],
        indicator=found or row["indicator"],
        reason=text(row["reason"]),
        approved_by=by,
        approved_on=on,
        approved=bool(by) and on is not None and on <= known_day(context),
        known=found is not None,
    )


def approved(context: ReportContext) -> dict[str, list[str]]:
    """Indicator -> tickets that are left out of it."""
    found: dict[str, list[str]] = {}
    for one in exemptions(context):
        if one.approved and one.known:
            found.setdefault(one.indicator, []).append(one.ticket)
    return found


def values_after(context: ReportContext, ids: Sequence[str], by: str | None = None) -> pd.DataFrame:
    """The value frame of the reporting period after approved exemptions, as `ReportContext.values` gives it before them."""
    left_out = approved(context)
    plain = [name for name in ids if name not in left_out]
    frames = [context.values(plain, by=by)] if plain else []
    frames += [_after(context, name, by, left_out[name]) for name in ids if name in left_out]
    order = {name: place for place, name in enumerate(ids)}
    return pd.concat(frames, ignore_index=True).sort_values(
        "indicator", key=lambda names: names.map(order), kind="stable", ignore_index=True
    )


def _after(context: ReportContext, name: str, by: str | None, tickets: Sequence[str]) -> pd.DataFrame:
    """One indicator's values without the tickets; worked out once for a context."""
    key = ("values after", name, by)
    if key not in context.kept:
        with without(context, tickets) as narrowed:
            context.kept[key] = narrowed.values([name], by=by)
    found: pd.DataFrame = context.kept[key]
    return found.copy()


@contextmanager
def without(context: ReportContext, tickets: Sequence[str]) -> Iterator[ReportContext]:
    """The context over tables that do not show these tickets; it must be asked within the block.

    A view of the connection's own temporary schema goes before the table of the same name.
    """
    connection = context.workspace.connection
    [(database, schema)] = connection.execute("SELECT current_database(), current_schema()").fetchall()
    hidden = f"({', '.join(literal(ticket) for ticket in tickets)})"
    made: list[str] = []
    try:
        for name, table in contracts().items():
            columns = [column for column in NAMES if column in table.columns and name not in ("notes", "exemptions")]
            if columns:
                kept = " AND ".join(f"({quoted(column)} IS NULL OR {quoted(column)} NOT IN {hidden})" for column in columns)
                source = ".".join(quoted(part) for part in (database, schema, name))
                connection.execute(f"CREATE TEMP VIEW {quoted(name)} AS SELECT * FROM {source} WHERE {kept}")
                made.append(name)
        yield replace(context)  # with nothing kept from before
    finally:
        for name in made:
            connection.execute(f"DROP VIEW temp.{quoted(name)}")
