"""From the SQL of DuckDB, in which every definition is compiled, to that of Spark: the same numbers, in Spark's words.

Much is spelled alike, and sqlglot translates what is only spelled otherwise. The rules here are about what means something else
there: a division by 0, places in a list, local times, the moment in whole microseconds. Spark runs in UTC and in ANSI mode (see
`spark`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import sqlglot
from sqlglot import exp

from itsq_analysis.errors import IndicatorError
from itsq_analysis.tables import contracts

# Functions that sqlglot passes on as they are, because it does not know them: what they are in Spark.
_NAMED: dict[str, Callable[..., exp.Expr]] = {
    "epoch_us": lambda moment: exp.func("unix_micros", moment),
    "isfinite": lambda number: exp.LT(this=exp.func("abs", _double(number)), expression=_infinite()),
}


def spark_sql(query: str) -> tuple[str, frozenset[str]]:
    """A query of DuckDB in Spark's SQL, and the tables that it names.

    Raises:
        IndicatorError: it holds a function of which Spark's word is not known.

    >>> spark_sql('SELECT epoch_us("at") // 1000000 AS s FROM "state_log"')
    ('SELECT UNIX_MICROS(`at`) DIV 1000000 AS s FROM `state_log`', frozenset({'state_log'}))
    >>> spark_sql("SELECT due::TIMESTAMP AT TIME ZONE 'Asia/Tokyo' AS a, at AT TIME ZONE 'Asia/Tokyo' AS b")[0]
    "SELECT TO_UTC_TIMESTAMP(CAST(due AS TIMESTAMP_NTZ), 'Asia/Tokyo') AS a, FROM_UTC_TIMESTAMP(at, 'Asia/Tokyo') AS b"
    """
    tree = sqlglot.parse_one(query, dialect="duckdb")
    own = {part.alias for part in tree.find_all(exp.CTE)}
    tables = frozenset(table.name for table in tree.find_all(exp.Table)) - own
    for part in tree.find_all(exp.CTE):
        part.set("materialized", None)
    for node in reversed(list(tree.bfs())):  # what is inside first
        if type(node) in _RULES:
            node.replace(_RULES[type(node)](node.copy(), node.parent))
    return tree.sql(dialect="spark", comments=False), tables


def _named(node: exp.Expr, _: exp.Expr | None) -> exp.Expr:
    if node.name.lower() not in _NAMED:
        raise IndicatorError(f"an indicator that Spark computes must use functions known there; found {node.name!r}")
    return _NAMED[node.name.lower()](*node.expressions)


def _double(number: exp.Expr) -> exp.Expr:
    return exp.cast(number, "DOUBLE")


def _infinite() -> exp.Expr:
    return _double(exp.Literal.string("infinity"))


def _quotient(node: exp.Expr, _: exp.Expr | None) -> exp.Expr:
    """DuckDB divides as doubles: by 0 the result is infinite, or no number, where Spark would refuse the row."""
    part, whole = _double(node.this), node.expression
    divided = exp.Div(this=part, expression=whole)
    if isinstance(whole, exp.Literal) and float(whole.name):
        return divided
    by_zero = exp.Mul(this=part.copy(), expression=_infinite())
    return exp.Paren(this=exp.case().when(exp.EQ(this=whole.copy(), expression=exp.Literal.number(0)), by_zero).else_(divided))


def _seconds(node: exp.Expr, _: exp.Expr | None) -> exp.Expr:
    return exp.Paren(
        this=exp.Div(this=_double(exp.func("unix_micros", node.this)), expression=_double(exp.Literal.number(1_000_000)))
    )


def _in_zone(node: exp.Expr, _: exp.Expr | None) -> exp.Expr:
    """A moment's local time, or the moment of a local time: which of them is meant says the type, TIMESTAMP without a zone."""
    time = node.this.unnest()
    local = isinstance(time, exp.Cast) and time.is_type(exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ)
    return exp.func("to_utc_timestamp" if local else "from_utc_timestamp", time, node.args["zone"])


def _place(node: exp.Expr, _: exp.Expr | None) -> exp.Expr:
    """Of a list, counted from 1; nothing where it is not that long."""
    [place] = node.expressions
    return exp.func("get", node.this, exp.Sub(this=exp.Paren(this=place), expression=exp.Literal.number(1)))


def _numbers(node: exp.Expr, _: exp.Expr | None) -> exp.Expr:
    """`unnest(range(first, end))`, whose end stands outside; the rows are those that have a number."""
    numbers = node.this
    last = exp.Sub(this=exp.Paren(this=numbers.args["end"]), expression=exp.Literal.number(1))
    return exp.func("explode", exp.func("sequence", numbers.args["start"], last))


def _unordered(node: exp.Expr, _: exp.Expr | None) -> exp.Expr:
    """A sum in some order is a sum: Spark adds as its parts come, which may change the last digit of a double."""
    if isinstance(node.this, exp.Order):
        node.set("this", node.this.this)
    return node


def _of_known(node: exp.Expr, parent: exp.Expr | None) -> exp.Expr:
    """DuckDB passes over a row whose value is missing, Spark does not."""
    assert not isinstance(parent, exp.Filter)  # noqa: S101 - our own statements have none
    return exp.Filter(this=node, expression=exp.Where(this=node.this.is_(exp.null()).not_()))


def _typed(node: exp.Expr, _: exp.Expr | None) -> exp.Expr:
    return exp.DataType.build("DECIMAL(38, 0)") if node.is_type(exp.DType.INT128) else node


def _difference(node: exp.Expr, _: exp.Expr | None) -> exp.Expr:
    """Between two days lie so many days, as a number; in Spark it would be an interval."""
    if _is_day(node.this) and _is_day(node.expression):
        return exp.func("date_diff", node.this, node.expression)
    return node


def _is_day(node: exp.Expr) -> bool:
    if isinstance(node, exp.Coalesce):
        return any(map(_is_day, (node.this, *node.expressions)))
    if isinstance(node, exp.Case):
        return any(_is_day(branch.args["true"]) for branch in node.args["ifs"])
    node = node.unnest()
    return isinstance(node, exp.Column) and node.name in _days()


@cache
def _days() -> frozenset[str]:
    """The columns of any table that hold a day; a name has one type in all tables."""
    named = {column.name for table in contracts().values() for column in table.all_columns.values() if column.type == "date"}
    return frozenset({*named, "last_day"})


def _struct(node: exp.Expr, parent: exp.Expr | None) -> exp.Expr:
    """Several values that are compared one after the other; a row of VALUES is none, nor is a set of columns to group by."""
    return node if isinstance(parent, exp.Values | exp.GroupingSets) else exp.func("struct", *node.expressions)


_RULES: dict[type[exp.Expr], Callable[[exp.Expr, exp.Expr | None], exp.Expr]] = {
    exp.Anonymous: _named,
    exp.Div: _quotient,
    exp.TimeToUnix: _seconds,
    exp.AtTimeZone: _in_zone,
    exp.Bracket: _place,
    exp.Explode: _numbers,
    exp.Sum: _unordered,
    exp.ArgMax: _of_known,
    exp.DataType: _typed,
    exp.Sub: _difference,
    exp.Tuple: _struct,
}
