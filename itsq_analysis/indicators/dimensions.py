"""Dimensions: what an indicator can be broken down by, as SQL over a contract table.

A table is read under the alias `t`; `s` is the service it names, `g` the group that holds it. Both are left joins on a key, so
they neither drop nor multiply rows.
"""

from __future__ import annotations

from collections.abc import Iterable

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.known import known_sql
from itsq_analysis.tables import contract

# Where a member stands, best source first.
_PLACES = {
    "service": (("t", "service"),),
    "tier": (("s", "tier"),),
    "priority": (("t", "priority"),),
    "group": (("t", "assignment_group"),),
    "team": (("g", "team"),),
    "level": (("g", "level"),),
    "supplier": (("t", "supplier"), ("g", "supplier"), ("s", "supplier")),
    "category": (("t", "category"),),
    "channel": (("t", "channel"),),
}
DIMENSIONS = tuple(_PLACES)
_JOINED = {"s": ("services", "service"), "g": ("groups", "assignment_group")}


def dimension_sql(table: str, dimension: str) -> str | None:
    """The dimension's member of one row, a VARCHAR expression over the aliases of `from_sql`.

    Returns None where the table has no such dimension. The supplier is the ticket's own, else its group's, else its service's.

    Raises:
        IndicatorError: there is no such dimension.
        IngestError: there is no such table.

    >>> dimension_sql("incidents", "group")
    't."assignment_group"'
    >>> dimension_sql("outages", "tier")
    'CAST(s."tier" AS VARCHAR)'
    >>> dimension_sql("problems", "channel") is None
    True
    """
    if dimension not in _PLACES:
        raise IndicatorError(f"a dimension must be one of {', '.join(DIMENSIONS)}; found {dimension!r}; use one of these names")
    places = _known_places(table, dimension)
    expressions = [_text(_JOINED[alias][0] if alias in _JOINED else table, alias, column) for alias, column in places]
    if len(expressions) > 1:
        return f"coalesce({', '.join(expressions)})"
    return expressions[0] if expressions else None


def from_sql(table: str, dimensions: Iterable[str | None], where: str | None = None, as_of: str | None = None) -> str:
    """The FROM clause: the table as `t`, joined with services (`s`) and groups (`g`) only where a dimension needs them.

    `where` is SQL over the columns of the table alone; the rows for which it is true are kept. `as_of` is SQL of the moment as of
    which the rows are told (see `known_sql`); None tells them as they are.

    >>> from_sql("incidents", ["service", "priority"])
    'FROM "incidents" t'
    >>> from_sql("incidents", ["team"])
    'FROM "incidents" t LEFT JOIN "groups" g ON g."assignment_group" = t."assignment_group"'
    """
    places = [place for dimension in dimensions if dimension for place in _known_places(table, dimension)]
    aliases = sorted({alias for alias, _ in places} & set(_JOINED))
    name = known_sql(contract(table).name, as_of) if as_of else f'"{contract(table).name}"'
    rows = f"(SELECT * FROM {name} WHERE {where})" if where else name
    return " ".join([f"FROM {rows} t", *(_join(alias) for alias in aliases)])


def _join(alias: str) -> str:
    other, key = _JOINED[alias]
    return f'LEFT JOIN "{other}" {alias} ON {alias}."{key}" = t."{key}"'


def _known_places(table: str, dimension: str) -> list[tuple[str, str]]:
    """The places of the dimension that the table reaches: own columns, or those behind a key it holds."""
    columns = contract(table).all_columns
    return [
        (alias, column) for alias, column in _PLACES[dimension] if (_JOINED[alias][1] if alias in _JOINED else column) in columns
    ]


def _text(table: str, alias: str, column: str) -> str:
    name = f'{alias}."{column}"'
    return name if contract(table).all_columns[column].sql_type == "VARCHAR" else f"CAST({name} AS VARCHAR)"
