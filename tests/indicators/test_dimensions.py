"""Dimensions as SQL: the member of a row, and only the joins that it needs."""

from __future__ import annotations

import duckdb
import pytest

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.dimensions import DIMENSIONS, dimension_sql, from_sql
from itsq_analysis.tables import contracts


def members(table: str, dimension: str) -> list[str | None]:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE services (service VARCHAR, tier BIGINT, supplier VARCHAR)")
    connection.execute("CREATE TABLE groups (assignment_group VARCHAR, team VARCHAR, level BIGINT, supplier VARCHAR)")
    connection.execute(
        "CREATE TABLE incidents (number VARCHAR, service VARCHAR, priority BIGINT, assignment_group VARCHAR, supplier VARCHAR)"
    )
    connection.execute("INSERT INTO services VALUES ('E-mail', 1, 'Post Ltd'), ('ERP', 2, NULL)")
    connection.execute("INSERT INTO groups VALUES ('Desk', 'Operations', 1, NULL), ('Vendor', NULL, 3, 'Vendor Inc')")
    connection.execute(
        "INSERT INTO incidents VALUES ('1', 'E-mail', 1, 'Desk', 'Own'), ('2', 'E-mail', 3, 'Vendor', NULL),"
        " ('3', 'E-mail', NULL, 'Desk', NULL), ('4', 'ERP', 2, NULL, NULL), ('5', 'unheard of', 2, 'unheard of', NULL)"
    )
    query = f"SELECT {dimension_sql(table, dimension)} {from_sql(table, [dimension])} ORDER BY t.number"
    return [row[0] for row in connection.sql(query).fetchall()]


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        ("service", ["E-mail", "E-mail", "E-mail", "ERP", "unheard of"]),
        ("tier", ["1", "1", "1", "2", None]),
        ("priority", ["1", "3", None, "2", "2"]),
        ("group", ["Desk", "Vendor", "Desk", None, "unheard of"]),
        ("team", ["Operations", None, "Operations", None, None]),
        ("level", ["1", "3", "1", None, None]),
        ("supplier", ["Own", "Vendor Inc", "Post Ltd", None, None]),
    ],
)
def test_member_of_each_row(dimension: str, expected: list[str | None]) -> None:
    assert members("incidents", dimension) == expected


def test_only_needed_joins() -> None:
    assert from_sql("incidents", DIMENSIONS).count("LEFT JOIN") == 2
    assert from_sql("incidents", [None, "category"]).count("LEFT JOIN") == 0
    assert from_sql("outages", ["supplier"]).count("LEFT JOIN") == 1


def test_every_table_and_dimension_is_valid_sql() -> None:
    connection = duckdb.connect()
    for name, contract in contracts().items():
        columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in contract.all_columns.values())
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
    for table in contracts():
        for dimension in DIMENSIONS:
            expression = dimension_sql(table, dimension)
            if expression is not None:
                relation = connection.sql(f"SELECT {expression} AS member {from_sql(table, [dimension])}")
                assert [str(kind) for kind in relation.types] == ["VARCHAR"]


def test_unknown_dimension_is_refused() -> None:
    with pytest.raises(IndicatorError, match=r"a dimension must be one of service, .*found 'colour'"):
        dimension_sql("incidents", "colour")
