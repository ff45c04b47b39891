"""The rows behind an indicator of one table, as one SELECT: the same population, masks and periods as those of the scan."""

from __future__ import annotations

from datetime import datetime

from itsq_analysis.indicators.compile import (
    SCALE,
    Window,
    base_sql,
    number_sql,
    placed_sql,
    plan,
    population_sql,
    table_of,
    timing_of,
)
from itsq_analysis.indicators.expression import STOCK_COLUMNS, Expression
from itsq_analysis.indicators.indicator import Indicator
from itsq_analysis.store import quoted
from itsq_analysis.tables import contract

CONTEXT = ("service", "assignment_group", "priority", "state")  # tell a reader which ticket it is; no free text, no persons


def rows_sql(indicator: Indicator, dimension: str | None, window: Window, as_of: datetime, zone: str) -> str:
    """The statement: key, member, its timestamps and the columns that its expressions name, then what each row is for it.

    `_belongs` is the population's condition (NULL: not known), `numerator` and `denominator` what the row adds: of a share 1 or 0
    of 1, of a mean or quantile its number of 1, of a quotient its share of both sums, of a count, stock or sum what is summed. Both
    are NULL where the row does not say. `zone` is that in which days begin.
    """
    table = table_of(indicator)
    made = plan(table, [indicator], [dimension], zone)
    shown = [*contract(table).key, *(name for name in CONTEXT if name in contract(table).all_columns)]
    made.columns.extend(name for name in dict.fromkeys(shown) if name not in made.columns)
    named = [name for name in dict.fromkeys([*shown, *made.columns]) if name not in STOCK_COLUMNS]
    amount, whole = amounts_sql(indicator)
    columns = ", ".join(quoted(name) for name in named)
    return (
        f"WITH base AS ({base_sql(made, [window], as_of)})\n"
        f"SELECT {columns}, _d0 AS member, {population_sql(indicator)} AS _belongs,\n"
        f"  CAST({amount} AS DOUBLE) AS numerator, CASE WHEN ({amount}) IS NOT NULL THEN {whole} END AS denominator\n"
        f"FROM ({placed_sql(made, timing_of(indicator), [window])}) ORDER BY ALL"
    )


def amounts_sql(indicator: Indicator) -> tuple[str, str]:
    """What one row of the population adds to numerator and denominator, in the value's unit and rounded as the scan rounds it."""
    if indicator.of is None:
        return "1", "1"
    if indicator.kind == "proportion":
        return f"CAST(({indicator.of.sql()}) AS INTEGER)", "1"
    if indicator.kind == "quantile":
        return f"{number_sql(indicator.of)} / {float(indicator.divisor)!r}", "1"
    number = f"{_rounded(indicator.of)} / {float(indicator.divisor)!r}"
    if indicator.over is None:
        return number, "1"
    whole = _rounded(indicator.over)
    return f"CASE WHEN ({whole}) IS NOT NULL THEN {number} END", whole


def _rounded(expression: Expression) -> str:
    number = number_sql(expression)
    return number if expression.type == "whole" else f"round({number} * {SCALE}) / {SCALE}e0"
