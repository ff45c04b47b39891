# ruff: noqa: N802 - tests are named after their cases
"""Times after the load, in every table and column: refused by name, and no period moves."""

from __future__ import annotations

import json
from datetime import date

import pytest

from itsq_analysis import open_workspace
from itsq_analysis.tables import Column, contract, contracts
from tests.ingest.test_cases import put, workspace

TIMES = [
    (name, column.name)
    for name, table in contracts().items()
    for column in table.columns.values()
    if column.type in ("time", "date") and column.ahead is not True
]
OF_TYPE = {
    "int": 1, "number": 1.0, "bool": True, "time": "2026-10-05 09:00", "date": "2026-10-05", "clock": "09:00", "period": "2026-10",
}  # fmt: skip


TELLS = {"demand_drivers": {"value": 1}, "notes": {"cause": "x"}}  # a row that tells nothing is refused for that


def value(column: Column) -> object:
    """Something that the column holds."""
    if column.type in ("time", "date"):
        return OF_TYPE[column.type]
    return column.example or (column.values[0] if column.type == "choice" else OF_TYPE.get(column.type, "x"))


def record(table: str, **given: object) -> dict[str, object]:
    """A row of a table with what is required, and its times."""
    columns = contract(table).columns.values()
    return (
        {column.name: value(column) for column in columns if column.required or column.name in contract(table).key}
        | TELLS.get(table, {})
        | given
    )


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize(("table", "column"), TIMES)
def test_C1_no_time_after_the_load_is_taken(tmp_path, table, column, form):
    key = contract(table).key[-1]
    other = {"date": "2036-10-05", "time": "2036-10-05 09:00"}[contract(table).columns[column].type]
    good, bad = record(table), record(table, **{column: other})
    if key != column and contract(table).columns[key].type == "text":
        bad[key] = "another"
    folder = workspace(tmp_path / "ws", table=table)
    text = (folder / "itsq.toml").read_text(encoding="utf-8").replace("*.csv", "*")
    (folder / "itsq.toml").write_text(text, encoding="utf-8")
    names = [*dict.fromkeys([*good, *bad])]
    lines = [names, *([str(row.get(name, "")) for name in names] for row in (good, bad))]
    rows = "\n".join(",".join(line) for line in lines) + "\n"
    put(folder, rows if form == "csv" else json.dumps([good, bad]), f"a.{form}")
    ledger = open_workspace(folder).load()
    ws = open_workspace(folder)
    assert ws.quarantine()[["rule", "column_name"]].to_numpy().tolist() == [["after_the_load", column]]
    assert (ledger["inserted"].tolist(), len(ws.table(table))) == ([1], 1)
    if ws.snapshot.horizon is not None:
        assert ws.horizon.date() < date(2036, 1, 1)
        assert ws.period().start < date(2036, 1, 1)


@pytest.mark.parametrize(("kind", "refused"), [("unplanned", 1), ("maintenance", 0)])
@pytest.mark.parametrize("times", [("2036-10-05 09:00", "2036-10-05 10:00"), ("2026-10-05 09:00", "2036-10-05 10:00")])
def test_C1_only_an_announced_outage_lies_ahead(tmp_path, kind, refused, times):
    folder = workspace(tmp_path / "ws", table="outages")
    put(folder, "number,service,kind,started_at,restored_at\n1,ERP,{},{},{}\n".format(kind, *times))
    assert open_workspace(folder).load()["quarantined"].tolist() == [refused]
