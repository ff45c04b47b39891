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
from itsq_analysis.indicators.expression import STOCK_COLUMNS
from itsq_analysis.indicators.indicator import Indicator
from itsq_analysis.store import quoted
from itsq_analysis.tables import contract

CONTEXT = ("service", "assignment_group", "priority", "state")  # tell a reader which ticket it is; no free text, no persons


def rows_sql(indicator: Indicator, dimension: str | None, window: Window, as_of: datetime) -> str:
    """The statement: key, member, its timestamps and the columns that its expressions name, then what each row is for it.

    `_belongs` is the population's condition (NULL: not known), `numerator` and `denominator` what the row adds: of a share 1 or 0
    of 1, of a mean or quantile its number of 1, of a count, stock or sum what is summed. Both are NULL where the row does not say.
    """
    table = table_of(indicator)
    made = plan(table, [indicator], [dimension])
    shown = [*contract(table).key, *(name for name in CONTEXT if name in contract(table).all_columns)]
    made.columns.extend(name for name in dict.fromkeys(shown) if name not in made.columns)
    named = [name for name in dict.fromkeys([*shown, *made.columns]) if name not in STOCK_COLUMNS]
    amount = amount_sql(indicator)
    columns = ", ".join(quoted(name) for name in named)
    return (
        f"WITH base AS ({base_sql(made, [window], as_of)})\n"
        f"SELECT {columns}, _d0 AS member, {population_sql(indicator)} AS _belongs,\n"
        f"  CAST({amount} AS DOUBLE) AS numerator, CASE WHEN ({amount}) IS NOT NULL THEN 1 END AS denominator\n"
        f"FROM ({placed_sql(timing_of(indicator), [window])}) ORDER BY ALL"
    )


def amount_sql(indicator: Indicator) -> str:
    """What one row of the population adds, in the value's unit and rounded as the scan rounds it."""
    if indicator.of is None:
        return "1"
    if indicator.kind == "proportion":
        return f"CAST(({indicator.of.sql()}) AS INTEGER)"
    number = number_sql(indicator.of)
    if indicator.kind != "quantile" and indicator.of.type != "whole":
        number = f"round({number} * {SCALE}) / {SCALE}e0"
    return f"{number} / {float(indicator.divisor)!r}"
