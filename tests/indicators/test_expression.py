"""Expressions: what passes, what is refused and why, and that whatever passes compiles."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.expression import ALLOWED, parse_expression
from tests.tables import connect, tables

COLUMNS = ("priority", "reopen_count", "state", "made_sla", "opened_at", "resolved_at", "elapsed_seconds", "service")


def parse(text: str, stock: bool = False) -> str:
    return parse_expression(text, "incidents", "mine, of", stock).sql()


@pytest.mark.parametrize(
    ("text", "sql", "kind"),
    [
        ("priority = 1", '"priority" = 1', "boolean"),
        ("State <> 'canceled'", "\"state\" <> 'canceled'", "boolean"),
        ("state IS DISTINCT FROM 'canceled'", "\"state\" IS DISTINCT FROM 'canceled'", "boolean"),
        ("priority IN (1, -2) AND NOT made_sla", '"priority" IN (1, -2) AND NOT "made_sla"', "boolean"),
        ("priority NOT BETWEEN 1 AND 2 OR made_sla IS TRUE", 'NOT "priority" BETWEEN 1 AND 2 OR "made_sla" IS TRUE', "boolean"),
        ("service ILIKE '%邮件%'", "\"service\" ILIKE '%邮件%'", "boolean"),
        ("lower(service) NOT LIKE 'it''s %'", "LOWER(\"service\") NOT LIKE 'it''s %'", "boolean"),
        ("resolved_at <= sla_due_at", '"resolved_at" <= "sla_due_at"', "boolean"),
        ("coalesce(reopen_count, 0) + 1", 'COALESCE("reopen_count", 0) + 1', "whole"),
        ("elapsed_seconds / 3600", '"elapsed_seconds" / 3600', "number"),
        ("CASE WHEN major THEN 2 ELSE 1 END", 'CASE WHEN "major" THEN 2 ELSE 1 END', "whole"),
        ("upper(state)", 'UPPER("state")', "text"),
    ],
)
def test_allowed(text: str, sql: str, kind: str) -> None:
    expression = parse_expression(text, "incidents", "mine, of")
    assert (expression.sql(), expression.type) == (sql, kind)


def test_columns_are_named() -> None:
    assert parse_expression("made_sla AND priority = 1", "incidents", "mine, of").columns == {"made_sla", "priority"}


def test_moment_and_age_only_for_stocks() -> None:
    assert parse("sla_due_at < moment AND age_seconds > 86400", stock=True).startswith('"sla_due_at" < "moment"')
    with pytest.raises(IndicatorError, match="found 'age_seconds'"):
        parse("age_seconds > 86400")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("read_csv('/etc/passwd') = 1", "ReadCSV"),
        ("read_text('/etc/passwd')", "Anonymous"),
        ("glob('*')", "Anonymous"),
        ("getenv('HOME')", "Anonymous"),
        ("priority = (SELECT 1)", "Subquery"),
        ("priority IN (SELECT 1)", "IN takes a list of literals"),
        ("EXISTS (SELECT 1)", "Exists"),
        ("priority IN (reopen_count)", "IN takes a list of literals"),
        ("priority IN (1, NULL)", "IN takes a list of literals"),
        ("priority = 1; DROP TABLE incidents", "several statements"),
        ("priority = 1;", "several statements"),
        ("CAST(priority AS DOUBLE)", "Cast"),
        ("priority::DOUBLE", "Cast"),
        ("opened_at > DATE '2026-01-01'", "Cast"),
        ("opened_at + INTERVAL 1 DAY", "Interval"),
        ("current_date", "CurrentDate"),
        ("state ~ 'a*'", "RegexpLike"),
        ("state SIMILAR TO 'a'", "SimilarTo"),
        ("row_number() OVER ()", "Window"),
        ("count(*)", "Count"),
        ("*", "Star"),
        ("state['a']", "Bracket"),
        ("incidents.state", "without table or field"),
        ("state.a.b", "without table or field"),
        ("{'a': 1}", "Struct"),
        ("[1, 2]", "Array"),
        ("x -> x + 1", "JSONExtract"),
        ("$1", "Placeholder"),
        ("?", "Placeholder"),
        ("state = \"x\"", "in double quotes"),
        ("priority = 1 -- all", "a comment"),
        ("priority /* one */ = 1", "a comment"),
        ("if(made_sla, 1, 2)", "CASE WHEN"),
        ("priority = 1e999", "not a number"),
        ("{{7*7}}", "Struct"),
        ("state LIKE ANY ('a')", "Any"),
        ("state || service", "DPipe"),
        ("priority ** 2", "Pow"),
    ],
)  # fmt: skip
def test_refused_by_name(text: str, found: str) -> None:
    with pytest.raises(IndicatorError) as refused:
        parse(text)
    assert str(refused.value).startswith("mine, of: an expression may hold " + ALLOWED)
    assert found in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("priorty = 1", "found 'priorty'; write priority"),
        ("ｐriority = 1", "a column must be one of table incidents"),
        ("nonsense_of_mine = 1", "use one of ack_seconds"),
        ("priority\u202e = 1", r"U\+202E"),
        ("state = 'a\x00b'", r"U\+0000"),
        ("", "one condition or value"),
        ("priority = ", "one condition or value"),
        ("lambda x: x", "one condition or value"),
        ("' OR 1=1 --", "one condition or value"),
        ("priority = 'high'", "computable on every row"),
        ("reopen_count // priority", "Division by zero"),
        ("service > 3", "computable on every row"),
        ("priority * 9223372036854775807 * 2", "computable on every row"),
    ],
)
def test_refused_with_advice(text: str, message: str) -> None:
    with pytest.raises(IndicatorError, match=message):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "(" * 900 + "1" + ")" * 900,
        "(" * 40 + "1" + ")" * 40,
        "NOT " * 390 + "made_sla",
        "- " * 390 + "1",
        "1" + "+1" * 190,
        "made_sla" + " AND made_sla" * 140,
        "lower(" * 100 + "state" + ")" * 100,
        "CASE WHEN made_sla THEN " * 60 + "1" + " END" * 60,
        "priority = 1 " * 5000,
    ],
)
def test_huge_expressions_are_refused(text: str) -> None:
    with pytest.raises(IndicatorError, match=r"at most|nested"):
        parse(text)


def test_not_text() -> None:
    with pytest.raises(IndicatorError, match="must be text; found 5"):
        parse_expression(5, "incidents", "mine, of")  # type: ignore[arg-type]


leaves = st.one_of(
    st.sampled_from(COLUMNS),
    st.integers(-3, 10**20).map(str),
    st.sampled_from(["'a'", "'%x'", "TRUE", "NULL", "1.5", "1e5", "'2026-01-01'", "now()", "(SELECT 1)", '"priority"']),
)
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            "({} {} {})".format,
            inner,
            st.sampled_from(["=", "<>", "<", ">=", "+", "-", "*", "/", "//", "%", "AND", "OR", "LIKE", "||", "IS DISTINCT FROM"]),
            inner,
        ),
        st.builds("NOT {}".format, inner),
        st.builds("-{}".format, inner),
        st.builds("{} IS NULL".format, inner),
        st.builds("{} IN ({}, {})".format, inner, leaves, leaves),
        st.builds("{} BETWEEN {} AND {}".format, inner, inner, inner),
        st.builds("CASE WHEN {} THEN {} ELSE {} END".format, inner, inner, inner),
        st.builds("{}({})".format, st.sampled_from(["coalesce", "lower", "upper", "abs", "sum"]), inner),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def empty() -> duckdb.DuckDBPyConnection:
    return connect(tables())


@given(expressions)
def test_whatever_passes_compiles(empty: duckdb.DuckDBPyConnection, text: str) -> None:
    try:
        sql = parse(text)
    except IndicatorError:
        return
    assert empty.sql(f"SELECT {sql} FROM incidents").fetchall() == []


@given(st.text(max_size=60))
def test_any_text_is_refused_or_compiles(empty: duckdb.DuckDBPyConnection, text: str) -> None:
    try:
        sql = parse(text)
    except IndicatorError:
        return
    assert empty.sql(f"SELECT {sql} FROM incidents").fetchall() == []
