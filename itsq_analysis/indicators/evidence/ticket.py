"""From a ticket to the numbers: in which indicators of its periods it counts, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from itsq_analysis.errors import IndicatorError
from itsq_analysis.facts import Scope
from itsq_analysis.indicators.evidence.evidence import rows_of
from itsq_analysis.periods import Period, month_of
from itsq_analysis.store import literal
from itsq_analysis.tables import contracts

COLUMNS = ("indicator", "period", "table", "place", "numerator", "denominator", "reason")
REGISTERS = ("notes", "exemptions", "state_log", "roster")  # they name tickets, or number rows that nobody asks for


def ticket_tables(scope: Scope, number: str) -> dict[str, list[date]]:
    """The tables that hold a row of this number, and the local days of its timestamps.

    Raises:
        IndicatorError: none does.
    """
    days: dict[str, list[date]] = {}
    for name, table in contracts().items():
        if table.key != ("number",) or name in REGISTERS:
            continue
        times = [column.name for column in table.all_columns.values() if column.type == "time" and column.ahead is not True]
        rows = scope.query(f'SELECT {", ".join(times) or "1"} FROM "{name}" WHERE number = {literal(number)}')
        if len(rows):
            moments = [moment for moment in rows.iloc[0] if times and not pd.isna(moment)]
            days[name] = sorted(moment.date() for moment in moments)
    if not days:
        raise IndicatorError(
            f"an indicator or a ticket must be known; found {number!r}, which is neither; write a ticket's number as exported"
        )
    return days


def periods_of(scope: Scope, number: str) -> tuple[Period, ...]:
    """The reporting months in which something happened to a ticket, oldest first."""
    starts_on = scope.settings.period.month_starts_on
    days = {day for days in ticket_tables(scope, number).values() for day in days if day <= scope.today}
    months = {month.label: month for month in (month_of(day, starts_on) for day in sorted(days))}
    return tuple(months.values())


def ticket_frame(scopes: Sequence[Scope], number: str) -> pd.DataFrame:
    """In which indicators of some periods a ticket counts.

    Args:
        scopes: one a period.
        number: of the ticket.

    Returns:
        indicator, period, table, place (numerator: it counts, and adds to the numerator; denominator: it counts, and does not;
        counted: a count, a sum, or one of the values that a mean or quantile is taken of; left out), numerator and denominator
        (what it adds), reason (why it is left out).
    """
    tables = set(ticket_tables(scopes[0], number)) if scopes else set()
    rows = [row for scope in scopes for name in scope.catalogue for row in _places(scope, name, number, tables)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _places(scope: Scope, name: str, number: str, tables: set[str]) -> Iterable[tuple[object, ...]]:
    indicator = scope.catalogue[name]
    parts = [scope.catalogue[part] for part in indicator.parts] or [indicator]
    over = {part.table for part in parts} | ({"outages"} if any(part.table == "services" for part in parts) else set())
    if not over & tables:
        return
    rows = rows_of(scope, name)
    own = rows[[number in str(key).split(", ") for key in rows["key"]]]
    table_of = {part.id: part.table for part in parts}
    other = next((name for name in over & tables if name), None)
    for row in own.to_dict("records"):
        table = table_of.get(row["part"]) or other
        yield name, scope.period.label, table, _place(indicator.kind, row), row["numerator"], row["denominator"], row["left_out"]


def _place(kind: str, row: dict[object, object]) -> str:
    if not row["counts"]:
        return "left out"
    if kind in ("proportion", "computed") and row["denominator"] == 1 and row["numerator"] in (0, 1):
        return "numerator" if row["numerator"] else "denominator"
    return "counted"
