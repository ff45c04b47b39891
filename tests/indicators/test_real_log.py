"""The UCI incident log, folded here with pandas alone: the definitions give the numbers that are known of it."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from itsq_analysis.indicators import load_catalogue
from itsq_analysis.periods import parse_period
from itsq_analysis.settings import Settings
from itsq_analysis.tables import contract
from tests.evaluated import values
from tests.tables import connect, moment, tables

LOG = Path(__file__).parents[3] / "shared" / "data" / "uci_incident_event_log.csv.gz"
ZONE = ZoneInfo("America/Sao_Paulo")
WHOLE = "2016-01-01..2017-02-28"

pytestmark = [pytest.mark.real_data, pytest.mark.skipif(not LOG.exists(), reason=f"no {LOG.name}")]


@pytest.fixture(scope="module")
def log() -> duckdb.DuckDBPyConnection:
    rows = pd.read_csv(LOG, na_values="?", low_memory=False)
    rows = rows.sort_values(["number", "sys_mod_count"], kind="stable").groupby("number").tail(1)

    def time(name: str) -> pd.Series[pd.Timestamp]:
        return pd.to_datetime(rows[name], format="%d/%m/%Y %H:%M").dt.tz_localize(ZONE)

    known = pd.DataFrame(
        {
            "number": rows["number"],
            "opened_at": time("opened_at"),
            "resolved_at": time("resolved_at"),
            "closed_at": time("closed_at"),
            "state": rows["incident_state"].str.lower(),
            "priority": rows["priority"].str[0].astype(int),
            "made_sla": rows["made_sla"].astype(bool),
            "reopen_count": rows["reopen_count"],
        }
    )
    known["ended_at"] = known["resolved_at"].fillna(known["closed_at"])
    known["elapsed_seconds"] = (known["resolved_at"] - known["opened_at"]).dt.total_seconds()
    schema = contract("incidents").schema
    columns = {name: pa.array(known[name], from_pandas=True) for name in known}
    filled = pa.table([columns.get(one.name, pa.nulls(len(known), one.type)).cast(one.type) for one in schema], schema=schema)
    connection = connect(tables())
    connection.register("incidents", filled)
    return connection


def ask(log: duckdb.DuckDBPyConnection, ids: list[str], periods: str, by: str | None = None) -> list[float]:
    known = moment("2017-03-01")
    assert known is not None
    settings = Settings.model_validate({"organisation": {"timezone": ZONE.key, "holidays": "BR"}})
    frame = values(log, load_catalogue(), settings, ids, [parse_period(text) for text in periods.split()], by, known)
    return [*frame["value"]]


def test_opened(log: duckdb.DuckDBPyConnection) -> None:
    assert ask(log, ["incidents_opened"], f"2016-03 2016-04 2016-05 {WHOLE}") == [8995, 7934, 7508, 24918]


def test_flagged(log: duckdb.DuckDBPyConnection) -> None:
    assert ask(log, ["sla_resolution_flagged"], WHOLE) == [15803 / 24918]
    by_priority = ask(log, ["sla_resolution_flagged"], WHOLE, by="priority")
    assert [round(100 * share, 1) for share in by_priority] == [1.9, 0.5, 64.5, 84.1]


def test_resolved_in_april(log: duckdb.DuckDBPyConnection) -> None:
    ids = ["incidents_resolved", "resolve_time_median", "resolve_time_mean", "resolve_time_p90", "reopen_rate"]
    resolved, median, mean, p90, reopened = ask(log, ids, "2016-04")
    assert (resolved, round(median, 2), round(mean, 2), round(p90, 2)) == (7794, 5.93, 101.28, 324.47)
    assert reopened == 85 / 7794


def test_closed_without_resolution_is_not_open(log: duckdb.DuckDBPyConnection) -> None:
    resolved, ended, backlog = ask(log, ["incidents_resolved", "incidents_ended", "incident_backlog"], WHOLE)
    assert (ended - resolved, backlog) == (1556, 0)
    assert ask(log, ["incident_backlog"], "2016-04") == [1340]


def test_flagged_of_those_resolved_in_april(log: duckdb.DuckDBPyConnection) -> None:
    assert ask(log, ["sla_resolved_flagged"], "2016-03 2016-04") == [2925 / 6878, 5669 / 7794]
    assert ask(log, ["sla_resolved_flagged"], "2016-04", by="priority")[:2] == [1 / 89, 0]
