"""Expressions of the catalogue: what `where` and `of` may say, in DuckDB's dialect.

An expression is parsed, never pasted: only the node classes listed here pass, everything else is refused by name, and what
passes is written again from its parts. So no function, file, subquery or second statement can hide in it.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import count

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from itsq_analysis.errors import IndicatorError
from itsq_analysis.tables import contract

MAX_CHARACTERS = 2000
MAX_TOKENS = 400
MAX_DEPTH = 30  # of parentheses, which the parser follows by recursion
MAX_HEIGHT = 60  # of the parsed tree
ALLOWED = (
    "comparisons, AND/OR/NOT, IS NULL, IN (literals), BETWEEN, LIKE/ILIKE, CASE, coalesce, epoch, + - * / // %, lower, upper, "
    "literals and the table's columns"
)
NODES: frozenset[type[exp.Expr]] = frozenset(
    {
        *(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ),
        *(exp.And, exp.Or, exp.Not, exp.Paren, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike),
        *(exp.Case, exp.If, exp.Coalesce, exp.Lower, exp.Upper, exp.TimeToUnix),
        *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg),
        *(exp.Literal, exp.Boolean, exp.Null, exp.Column, exp.Identifier),
    }
)
# Further columns where a stock is counted at a moment (the period's end): that moment, the last local day before it, and the row's
# age at it.
STOCK_COLUMNS = {"moment": "TIMESTAMP WITH TIME ZONE", "last_day": "DATE", "age_seconds": "BIGINT"}
_TYPES = (
    dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "whole")
    | dict.fromkeys(("FLOAT", "DOUBLE", "DECIMAL"), "number")
    | {"BOOLEAN": "boolean", "VARCHAR": "text"}
)
# Rows on which an expression is tried, beside one that says nothing: they find conversions that no row could pass, such as
# priority = 'high', whole divisions by 0, and products that no whole number holds.
LARGE = 1_000_000_000  # as many seconds are 32 years
_TRIALS: tuple[dict[str, str], ...] = (
    {"VARCHAR": "'a'", "BIGINT": "1", "DOUBLE": "1.0", "BOOLEAN": "true"},
    {"VARCHAR": "''", "BIGINT": "0", "DOUBLE": "0.0", "BOOLEAN": "false"},
    {"VARCHAR": "'a'", "BIGINT": f"{LARGE}", "DOUBLE": f"{LARGE}.0", "BOOLEAN": "true"},
    {"VARCHAR": "'a'", "BIGINT": f"{-LARGE}", "DOUBLE": f"{-LARGE}.0", "BOOLEAN": "true"},
)
_NUMBERS = count()  # of trial tables
_TIMES = {"DATE": "DATE '2026-10-05'", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ '2026-10-05 00:00:00+00'"}


@dataclass(frozen=True)
class Expression:
    """A checked expression: its text, the columns it names, and its type ("boolean", "whole", "number" or "text").

    `sql` writes it for an engine with every column in double quotes.
    """

    text: str
    columns: frozenset[str]
    type: str
    node: exp.Expr

    def sql(self, dialect: str = "duckdb") -> str:
        """The expression as SQL text of a dialect of sqlglot."""
        return self.node.sql(dialect=dialect, comments=False)


def parse_expression(text: str, table: str, where: str, stock: bool = False) -> Expression:
    """Parse and check one expression over the columns of a contract table.

    Args:
        text: in DuckDB's dialect, such as "state <> 'canceled' AND priority IN (1, 2)".
        table: name of the contract.
        where: what the message calls the expression, such as "reopen_rate, of".
        stock: whether `moment`, `last_day` and `age_seconds` may be named too.

    Raises:
        IndicatorError: anything but what ALLOWED lists, an unknown column, or types that do not fit.

    >>> parse_expression("reopen_count > 0", "incidents", "reopen_rate, of").sql()
    '"reopen_count" > 0'
    >>> parse_expression("read_csv('/etc/passwd') = 1", "incidents", "mine, where")
    Traceback (most recent call last):
    itsq_analysis.errors.IndicatorError: mine, where: an expression may hold comparisons, AND/OR/NOT, IS NULL, IN (literals), \
BETWEEN, LIKE/ILIKE, CASE, coalesce, epoch, + - * / // %, lower, upper, literals and the table's columns; \
found ReadCSV in 'READ_CSV('/etc/passwd')'; take it out
    """
    if not isinstance(text, str):
        raise IndicatorError(f"{where}: an expression must be text; found {text!r}; write it in quotation marks")
    return _checked(text, table, where, stock)


@lru_cache(maxsize=1024)  # a snapshot's catalogue is read again by every report that a process makes of it
def _checked(text: str, table: str, where: str, stock: bool) -> Expression:
    columns = {name: column.sql_type for name, column in contract(table).all_columns.items()} | (STOCK_COLUMNS if stock else {})
    node = _parsed(text, where)
    for part in node.walk():
        _check_node(part, where)
    named = set()
    for column in node.find_all(exp.Column):
        named.add(_check_column(column, set(columns), table, where))
    return Expression(text, frozenset(named), _type(node, tuple(columns.items()), where), node)


def refusal(where: str, found: str) -> IndicatorError:
    """The error for something that an expression may not hold."""
    return IndicatorError(f"{where}: an expression may hold {ALLOWED}; found {found}; take it out")


def _parsed(text: str, where: str) -> exp.Expr:
    if len(text) > MAX_CHARACTERS:
        raise IndicatorError(f"{where}: an expression must be at most {MAX_CHARACTERS} characters; found {len(text)}; shorten it")
    if bad := next((character for character in text if _is_hidden(character)), None):
        raise IndicatorError(f"{where}: an expression must be plain text; found the character U+{ord(bad):04X}; take it out")
    try:
        _check_tokens(sqlglot.tokenize(text, read="duckdb"), where)
        node = sqlglot.parse_one(text, dialect="duckdb", into=exp.Condition)
    except SqlglotError as error:
        raise IndicatorError(f"{where}: an expression must be one condition or value; found {text!r:.80}; correct it") from error
    except RecursionError as error:
        raise _too_deep(text, where) from error
    if _height(node) > MAX_HEIGHT:
        raise _too_deep(text, where)
    return node


def _too_deep(text: str, where: str) -> IndicatorError:
    return IndicatorError(f"{where}: an expression must not be nested so deeply; found {text!r:.80}; simplify it")


def _height(node: exp.Expr) -> int:
    """How many nodes stand above each other; without recursion."""
    height, level = 0, [node]
    while level:
        height, level = height + 1, [child for parent in level for child in parent.iter_expressions()]
    return height


def _is_hidden(character: str) -> bool:
    return character not in "\t\n\r" and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _check_tokens(tokens: list[Token], where: str) -> None:
    """What the parser would forgive or recurse on: comments, several statements, depth and length."""
    if len(tokens) > MAX_TOKENS:
        raise IndicatorError(f"{where}: an expression must have at most {MAX_TOKENS} words; found {len(tokens)}; shorten it")
    depth = deepest = 0
    for token in tokens:
        if token.comments:
            raise refusal(where, "a comment")
        if token.token_type == TokenType.SEMICOLON:
            raise refusal(where, "';' (several statements)")
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise IndicatorError(f"{where}: parentheses may be nested {MAX_DEPTH} deep; found {deepest}; simplify it")


def _check_node(node: exp.Expr, where: str) -> None:
    if type(node) not in NODES:
        raise refusal(where, f"{type(node).__name__} in {_shown(node)!r:.80}".replace('"', "'"))
    for problem in _problems(node):
        raise refusal(where, problem)


def _problems(node: exp.Expr) -> Iterator[str]:
    """What is wrong inside a node of an allowed class."""
    if isinstance(node, exp.Identifier) and (node.args.get("quoted") or not isinstance(node.parent, exp.Column)):
        yield f'"{node.name:.40}" in double quotes (text stands in single quotes, a column in none)'
    elif isinstance(node, exp.Column) and (set(_given(node)) != {"this"} or not isinstance(node.this, exp.Identifier)):
        yield f"{_shown(node)!r:.60} (a column is written without table or field)"
    elif isinstance(node, exp.In) and not (
        set(_given(node)) == {"this", "expressions"} and all(map(_is_literal, node.expressions))
    ):
        yield f"{_shown(node)!r:.60} (IN takes a list of literals)"
    elif isinstance(node, exp.Is) and not isinstance(node.expression, exp.Null | exp.Boolean):
        yield f"{_shown(node)!r:.60} (IS takes NULL, TRUE or FALSE)"
    elif isinstance(node, exp.If) and not isinstance(node.parent, exp.Case):
        yield f"{_shown(node)!r:.60} (write CASE WHEN)"
    elif isinstance(node, exp.Literal) and not node.is_string and not _is_number(node.name):
        yield f"{node.name!r:.40} (not a number)"


def _given(node: exp.Expr) -> list[str]:
    return [name for name, value in node.args.items() if value not in (None, False, [])]


def _is_literal(node: exp.Expr) -> bool:
    return isinstance(node.this if isinstance(node, exp.Neg) else node, exp.Literal)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _shown(node: exp.Expr) -> str:
    """The node as SQL, for a message only."""
    return node.sql(dialect="duckdb", comments=False, unsupported_level=ErrorLevel.IGNORE)


def _check_column(column: exp.Column, known: set[str], table: str, where: str) -> str:
    """The column's name as in the contract; it is quoted in place."""
    name = column.name.lower()
    if name not in known:
        near = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
        advice = f"write {near[0]}" if near else f"use one of {', '.join(sorted(known))}"
        raise IndicatorError(f"{where}: a column must be one of table {table}; found {column.name!r:.80}; {advice}")
    column.set("this", exp.to_identifier(name, quoted=True))
    return name


def _type(node: exp.Expr, columns: tuple[tuple[str, str], ...], where: str) -> str:
    """What DuckDB makes of it: it is bound, and run on the trial rows."""
    sql = node.sql(dialect="duckdb", comments=False)
    try:
        found = _trials().cursor().sql(f"SELECT {sql} FROM {_trial(columns)}")
        found.fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise IndicatorError(f"{where}: must be computable on every row; found {sql!r:.80}: {reason}; correct it") from error
    return _TYPES.get(str(found.types[0]).split("(")[0], "other")


@cache
def _trials() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    return connection


@cache
def _trial(columns: tuple[tuple[str, str], ...]) -> str:
    """The name of the table that holds the trial rows of these columns."""
    name = f"trial{next(_NUMBERS)}"
    declared = ", ".join(f'"{column}" {sql_type}' for column, sql_type in columns)
    told = [", ".join((row | _TIMES)[sql_type] for _, sql_type in columns) for row in _TRIALS]
    rows = "), (".join([", ".join(["NULL"] * len(columns)), *told])
    _trials().execute(f"CREATE TABLE {name} ({declared}); INSERT INTO {name} VALUES ({rows})")
    return name
