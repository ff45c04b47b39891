"""The store: snapshots, rollback, isolation of readers, and the sandbox."""

import multiprocessing
import threading
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable

from itsq_analysis import open_workspace
from itsq_analysis.errors import StoreError
from itsq_analysis.store import Store, Transaction
from itsq_analysis.tables import contract

NOW = datetime(2026, 11, 3, 8, tzinfo=UTC)
SCHEMA = contract("services").schema


def services(*names: str) -> pa.Table:
    return pa.Table.from_pylist([{"service": name, "tier": 1} for name in names], schema=SCHEMA)


def changes(month: str, *numbers: str) -> pa.Table:
    schema = contract("changes").schema
    opened = datetime.fromisoformat(f"{month}-05T00:00:00+00:00")
    return pa.Table.from_pylist([{"number": number, "opened_at": opened} for number in numbers], schema=schema)


def write(transaction: Transaction, name: str, rows: pa.Table, months: list[str] | None = None) -> None:
    partition = None if months is None else contract(name).partition
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone='UTC'")
        connection.register("rows", rows)
        transaction.write(name, connection, [(months or (), 'SELECT * FROM "rows"')], partition)


def commit(store: Store, *names: str, horizon: datetime = NOW) -> int:
    with store.load() as transaction:
        write(transaction, "services", services(*names))
        return transaction.commit(committed_at=NOW, horizon=horizon, hash="h", files=[], resolved={}).id


def names(store: Store, number: int | None = None) -> list[str]:
    found = store.connect(store.snapshot(number)).execute("SELECT service FROM services ORDER BY 1").fetchall()
    return [name for (name,) in found]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "运维 数据" / "store")


def test_an_unloaded_store_says_what_to_do(store):
    with pytest.raises(StoreError, match="run: itsq load"):
        store.snapshot()


def test_each_commit_is_a_snapshot_and_older_ones_stay_readable(store):
    assert commit(store, "A") == 1
    assert commit(store, "A", "B") == 2
    assert names(store) == ["A", "B"]
    assert names(store, 1) == ["A"]
    with pytest.raises(StoreError, match="one of 1 to 2; found 3"):
        store.snapshot(3)


def test_E6_snapshots_are_read_without_threads_that_may_outlive_the_process(store, monkeypatch):  # noqa: N802 - the case
    """A command that is refused has read them and ends at once; a thread of theirs aborted 3 to 9 % of such processes."""
    commit(store, "A")
    threads = {thread.name for thread in threading.enumerate()}

    def refused(*_args: object, **_options: object) -> None:
        raise AssertionError("it starts threads of Arrow")

    for name in ("to_pyarrow_table", "to_pyarrow_dataset", "to_pandas"):
        monkeypatch.setattr(DeltaTable, name, refused)
    assert [snapshot.id for snapshot in store.snapshots()] == [1]
    assert {thread.name for thread in threading.enumerate()} == threads


def test_what_a_load_wrote_is_invisible_until_it_commits_and_rolled_back_if_it_never_does(store):
    commit(store, "A")
    with store.load() as transaction:
        write(transaction, "services", services("A", "B"))
        assert names(store) == ["A"]
    assert names(store) == ["A"]
    with store.load() as transaction:
        write(transaction, "groups", pa.Table.from_pylist([{"assignment_group": "G"}], schema=contract("groups").schema))
        transaction.commit(committed_at=NOW, horizon=NOW, hash="h", files=[], resolved={})
    assert names(store) == ["A"]


def test_a_first_load_that_died_leaves_nothing_that_the_next_one_shows(store):
    with store.load() as transaction:
        write(transaction, "services", services("ghost"))
    assert store.snapshots() == []
    commit(store, "A")
    assert names(store) == ["A"]


def test_only_the_named_months_are_replaced(store):
    for month, numbers in (("2026-01", ["C1", "C2"]), ("2026-02", ["C3"]), ("2026-01", ["C2", "C4"])):
        with store.load() as transaction:
            write(transaction, "changes", changes(month, *numbers), [month])
            transaction.commit(committed_at=NOW, horizon=NOW, hash="h", files=[], resolved={})
    found = store.connect().execute("SELECT number FROM changes ORDER BY 1").fetchall()
    assert [number for (number,) in found] == ["C2", "C3", "C4"]


@pytest.mark.parametrize("torn", ["", '{"add":{"path":'])
@pytest.mark.parametrize("folder", ["tables/services", "ledger"])
def test_a_torn_last_commit_hides_nothing_that_was_committed_before(store, folder, torn):
    commit(store, "A")
    logs = sorted((store.root / folder / "_delta_log").glob("*.json"))
    logs[-1].with_name(f"{len(logs):020}.json").write_text(torn, encoding="utf-8")
    assert names(store) == ["A"]
    commit(store, "A", "B")
    assert names(store) == ["A", "B"]
    assert names(store, 1) == ["A"]


def test_a_table_that_was_never_loaded_is_empty_and_typed(store):
    commit(store, "A")
    found = store.connect().execute("SELECT count(*), any_value(typeof(opened_at)) FROM incidents").fetchone()
    assert found == (0, None)
    described = store.connect().execute("DESCRIBE incidents").fetchall()
    assert ("opened_at", "TIMESTAMP WITH TIME ZONE") in [row[:2] for row in described]


def test_a_column_that_an_older_file_lacks_is_null(store):
    narrow = pa.schema([field for field in SCHEMA if field.name != "supplier"])
    with store.load() as transaction:
        write(transaction, "services", pa.Table.from_pylist([{"service": "A"}], schema=narrow))
        transaction.commit(committed_at=NOW, horizon=NOW, hash="h", files=[], resolved={})
    assert store.connect().execute("SELECT service, supplier FROM services").fetchall() == [("A", None)]


def test_a_selection_of_services_narrows_every_table_that_names_a_service(store):
    commit(store, "A", "B", "it's")
    assert store.connect(services=["it's"]).execute("SELECT service FROM services").fetchall() == [("it's",)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{outside}')",
        "SELECT * FROM read_text('{outside}')",
        "SELECT * FROM glob('*')",
        "ATTACH '{outside}.db'",
        "COPY services TO '{outside}.csv'",
        "INSTALL httpfs",
        "SET enable_external_access=true",
    ],
)
def test_a_reading_connection_reaches_nothing_but_the_snapshot(store, tmp_path, statement):
    commit(store, "A")
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(duckdb.Error, match=r"(?i)disabled|permission|cannot|locked"):
        store.connect().execute(statement.format(outside=outside.as_posix()))


def test_a_newer_format_is_refused(store):
    commit(store, "A")
    (store.root / "format").write_text("99\n", encoding="ascii")
    with pytest.raises(StoreError, match="install a newer itsq"):
        Store(store.root)


def test_a_path_that_delta_lake_would_misread_is_refused(tmp_path):
    with pytest.raises(StoreError, match="%20"):
        Store(tmp_path / "a%20b")


def hold(root: Path, held: "multiprocessing.synchronize.Event", leave: "multiprocessing.synchronize.Event") -> None:
    with Store(root).load():
        held.set()
        leave.wait(30)


def test_a_second_loader_waits_and_says_for_whom_while_readers_go_on(store):
    commit(store, "A")
    context = multiprocessing.get_context("spawn")
    held, leave = context.Event(), context.Event()
    process = context.Process(target=hold, args=(store.root, held, leave))
    process.start()
    assert held.wait(30)
    told: list[str] = []

    def second() -> None:
        with store.load(told.append):
            pass

    waiter = threading.Thread(target=second)
    waiter.start()
    waiter.join(0.5)
    assert waiter.is_alive()
    assert told == [f"another load is running: process {process.pid}; waiting for it to end"]
    assert names(store) == ["A"]
    leave.set()
    waiter.join(30)
    assert not waiter.is_alive()
    process.join(30)


def test_the_next_load_removes_what_one_that_did_not_end_has_written(tmp_path):
    (tmp_path / "exports").mkdir()
    (tmp_path / "itsq.toml").write_text(
        '[organisation]\nholidays = ""\n[[source]]\nglob = "exports/*"\nmapping = "register"\ntable = "incidents"\n',
        encoding="utf-8",
    )
    for version in (1, 2):
        (tmp_path / "exports/a.csv").write_text(f"number,opened_at,service\n1,2026-10-05,{version}\n", encoding="utf-8")
        open_workspace(tmp_path).load()
    store = tmp_path / "store"
    assert not (store / ".unfinished").exists()
    kept = set(store.rglob("*.parquet"))
    for left in ("tables/incidents/_month=2026-10/part-x-0.parquet", "quarantine/part-x.parquet", "ledger/part-x.parquet"):
        (store / left).parent.mkdir(parents=True, exist_ok=True)
        (store / left).write_bytes(b"half a file")
    (store / ".unfinished").touch()
    open_workspace(tmp_path).load()
    assert set(store.rglob("*.parquet")) == kept
    assert not (store / ".unfinished").exists()
    for number in (1, 2):
        assert open_workspace(tmp_path, snapshot=number).table("incidents")["service"].tolist() == [str(number)]
