# ruff: noqa: N802 - tests are named after their cases
"""A user's query is answered within its limits, or ended with a remedy that works."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from itsq_analysis import IndicatorError, open_workspace
from itsq_analysis.indicators.expression import parse_expression

SETTINGS = """
[organisation]
timezone = "UTC"
holidays = ""
[sql]
seconds = {seconds}
memory_mb = {memory_mb}
[[source]]
glob = "exports/*.csv"
mapping = "register"
table = "incidents"
"""
ENDLESS = "WITH RECURSIVE t(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM t) SELECT max(a) FROM t"
LARGE = "SELECT length(repeat('x', 300000000)) AS n"


def workspace(folder, seconds=60, memory_mb=4096):
    (folder / "exports").mkdir(exist_ok=True)
    (folder / "itsq.toml").write_text(SETTINGS.format(seconds=seconds, memory_mb=memory_mb), encoding="utf-8")
    (folder / "exports/a.csv").write_text("number,opened_at\n1,2026-10-05 09:00\n", encoding="utf-8")
    ws = open_workspace(folder)
    ws.load()
    return ws


@pytest.mark.parametrize("query", [ENDLESS, "SELECT count(*) FROM range(100000) a, range(10000000) b WHERE a.range * b.range = 7"])
def test_E10_a_query_that_does_not_end_is_ended(tmp_path, query):
    with pytest.raises(IndicatorError, match=r"must end within 2 s.*\[sql\] of itsq.toml: seconds = 20"):
        workspace(tmp_path, seconds=2).sql(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT repeat('x', 1000000000)",
        "SELECT range(2000000000)",
        "SELECT * FROM range(10000000000)",
        "SELECT list(range) FROM range(300000000)",
    ],
)
def test_E10_a_query_that_takes_too_much_memory_is_ended(tmp_path, query):
    with pytest.raises(IndicatorError, match=r"at most 256 MB of memory.*\[sql\] of itsq.toml: memory_mb = 512"):
        workspace(tmp_path, memory_mb=256).sql(query)


def test_E10_the_remedy_works(tmp_path):
    """The limit is raised as the message says until the query has its answer; an older snapshot asks under today's limits."""
    ws = workspace(tmp_path, memory_mb=256)
    for _ in range(4):
        try:
            found = ws.sql(LARGE)
            break
        except IndicatorError as error:
            ws = workspace(tmp_path, memory_mb=int(re.search(r"memory_mb = (\d+)", str(error))[1]))
    assert found["n"].tolist() == [300_000_000]
    assert open_workspace(tmp_path, snapshot=1).sql(LARGE)["n"].tolist() == [300_000_000]


def test_answers_have_their_types(tmp_path):
    query = "SELECT opened_at, NULL::BIGINT AS missing, 'Zürich 运维' AS text FROM incidents"
    found = workspace(tmp_path).sql(query)
    assert found["opened_at"].astype("str").tolist() == ["2026-10-05 09:00:00+00:00"]
    assert found["missing"].dtype == pd.Int64Dtype()
    assert found["missing"].isna().all()
    assert found["text"].tolist() == ["Zürich 运维"]


@pytest.mark.parametrize(
    "query", ["SELECT nope FROM incidents", "SELECT * FROM read_csv('/etc/passwd')", "SELECT error('x')", "SELEC"]
)
def test_what_duckdb_refuses_is_told(tmp_path, query):
    with pytest.raises(IndicatorError, match=r"DuckDB refuses the query: .+"):
        workspace(tmp_path).sql(query)


@pytest.mark.parametrize(
    "text",
    [
        "repeat('x', 1000000000) = ''",
        "(SELECT count(*) FROM range(10000000000)) > 1",
        "'" + "x" * 1_000_000 + "' = service",
        "(" * 5_000 + "priority" + ")" * 5_000 + " = 1",
        "priority = 1" + " OR priority = 1" * 20_000,
        "service LIKE '" + "%a" * 5_000 + "%'",
        "NOT " * 5_000 + "major",
    ],
)
def test_E10_an_expression_of_a_catalogue_is_small(text):
    with pytest.raises(IndicatorError):
        parse_expression(text, "incidents", "where")
