"""Pulls from databases: SQLite, and real servers of PostgreSQL and MariaDB where they are installed."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.pulling import database
from itsq_analysis.ingest.pulling.database import DRIVERS
from itsq_analysis.workspace import Workspace, open_workspace
from tests.ingest import database_servers

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ROWS = 2500  # more than two pages
CREATE = """CREATE TABLE ticket (number VARCHAR(20) PRIMARY KEY, opened_at {time} NOT NULL, resolved_at {time}, updated_at {time},
    state VARCHAR(20), priority INTEGER, short_description VARCHAR(200), cost NUMERIC(12, 2), vip BOOLEAN)"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database; a folder with a short path, as sockets want."""
    with tempfile.TemporaryDirectory(prefix="itsq-db-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if request.param == "sqlite":
            sqlite3.connect(folder / "itsm.db").close()
            yield f"sqlite:///{folder / 'itsm.db'}"
        elif request.param == "postgresql":
            with database_servers.postgresql(folder / "pg") as url:
                yield url
        else:
            with database_servers.mariadb(folder / "my") as url:
                yield url


class Owner:
    """The one who may write into the database."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        if not url.startswith("sqlite"):
            address = address.set(drivername=DRIVERS[address.drivername], password=database_servers.PASSWORD)
        self.engine = create_engine(address)
        self.time = {"postgresql": "TIMESTAMPTZ", "mysql": "DATETIME", "mariadb": "DATETIME"}.get(self.engine.dialect.name, "TEXT")

    def run(self, statement: str, rows: list[dict[str, Any]] | None = None) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), rows)

    def count(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM ticket")).scalar_one())


@pytest.fixture
def owner(server: str) -> Iterator[Owner]:
    """A table of tickets; times stand in UTC. The last ticket has no time of change."""
    found = Owner(server)
    found.run("DROP TABLE IF EXISTS ticket")
    found.run(CREATE.format(time=found.time))
    start = datetime(2026, 3, 1, tzinfo=UTC)
    rows = []
    for number in range(ROWS):
        opened = start + timedelta(minutes=number)
        row = {"number": f"T{number:05}", "opened_at": opened, "resolved_at": None, "updated_at": opened + timedelta(hours=1)}
        row |= {
            "state": "in_progress",
            "priority": number % 4 + 1,
            "short_description": "打印机: 100% “故障”",
            "cost": 12.5,
            "vip": True,
        }
        rows.append(row)
    rows[-1]["updated_at"] = None
    form = "%Y-%m-%d %H:%M:%S" + ("+00" if found.time == "TIMESTAMPTZ" else "")
    shown = [{name: f"{value:{form}}" if isinstance(value, datetime) else value for name, value in row.items()} for row in rows]
    names = ", ".join(f":{name}" for name in rows[0])
    found.run(f"INSERT INTO ticket VALUES ({names})", shown)
    yield found
    found.engine.dispose()


@pytest.fixture
def ws(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("DB_PASSWORD", database_servers.PASSWORD)
    password = "" if server.startswith("sqlite") else 'password = "env:DB_PASSWORD"\n'
    (tmp_path / "itsq.toml").write_text(
        f'[[pull]]\nid = "tickets"\nkind = "database"\nurl = "{server}"\n{password}table = "ticket"\nwatermark = "updated_at"\n'
        'overlap = "5m"\n[[source]]\nglob = "pulled/tickets/*"\nmapping = "register"\ntable = "incidents"\ntimezone = "UTC"\n',
        encoding="utf-8",
    )
    return open_workspace(tmp_path)


def changed(ws: Workspace, **entry: Any) -> Workspace:
    """The same workspace, its pull with other settings."""
    pull = ws.settings.pulls[0].model_copy(update=entry)
    ws.settings = ws.settings.model_copy(update={"pulls": (pull,)})
    return ws


def test_a_table_is_pulled_and_loaded_and_then_only_what_changed(owner: Owner, ws: Workspace) -> None:
    [first] = ws.pull(at=AT)
    assert first.rows == ROWS
    ledger = ws.load()
    assert (ledger["inserted"].sum(), ledger["quarantined"].sum()) == (ROWS, 0)
    row = ws.sql("SELECT opened_at, priority, short_description, resolved_at FROM incidents WHERE number = 'T00003'").iloc[0]
    assert row["opened_at"].astimezone(UTC) == datetime(2026, 3, 1, 0, 3, tzinfo=UTC)
    assert (row["priority"], row["short_description"]) == (4, "打印机: 100% “故障”")
    zone = "+00" if owner.time == "TIMESTAMPTZ" else ""
    owner.run(f"UPDATE ticket SET priority = 1, updated_at = '2026-03-09 00:00:00{zone}' WHERE number = 'T00003'")
    [again] = ws.pull(at=AT + timedelta(hours=1))
    assert again.rows == 1 + 6 + 1  # the changed one, those of the last five minutes, the one without a time
    ledger = ws.load()
    assert (ledger["inserted"].sum(), ledger["updated"].sum()) == (0, 1)
    [last] = ws.pull(at=AT + timedelta(hours=2))
    assert last.rows == 2


@pytest.mark.usefixtures("owner")
def test_a_query_without_a_watermark_replaces_its_file(ws: Workspace) -> None:
    query = "SELECT number, opened_at, 'a:b' AS state, cost, vip, resolved_at FROM ticket WHERE priority = 1 AND number LIKE 'T%';"
    ws = changed(ws, table=None, query=query, watermark=None)
    [first] = ws.pull(at=AT)
    [again] = ws.pull(at=AT + timedelta(hours=1))
    assert (first.rows, again.files) == (ROWS // 4, first.files)
    row = pq.read_table(first.files[0]).to_pylist()[0]
    assert (row["number"], row["state"], row["resolved_at"]) == ("T00000", "a:b", None)
    assert float(row["cost"]) == 12.5
    assert row["vip"] in ("true", "1")


def test_nothing_is_written_into_the_database(owner: Owner, ws: Workspace) -> None:
    for query in (
        "DELETE FROM ticket",
        "WITH gone AS (DELETE FROM ticket RETURNING *) SELECT * FROM gone",
        "1) x; DELETE FROM ticket; --",
    ):
        with pytest.raises(IngestError, match="must be reached and answer the query"):
            changed(ws, table=None, query=query, watermark=None).pull(at=AT)
    assert owner.count() == ROWS


def test_the_database_itself_refuses_writing(owner: Owner, ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second wall: a function that writes, or a statement that is not wrapped."""
    if owner.engine.dialect.name == "postgresql":
        owner.run("CREATE SEQUENCE IF NOT EXISTS numbers")
        ws = changed(ws, table=None, query="SELECT nextval('numbers')", watermark=None)
    else:
        monkeypatch.setattr(database, "_query", lambda *_: text("DELETE FROM ticket"))
    with pytest.raises(IngestError, match=r"(?i)read.?only"):
        ws.pull(at=AT)
    assert owner.count() == ROWS


def test_a_wrong_password_or_table_is_told_without_the_password(
    owner: Owner, ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(IngestError, match="check url, user, password, table and query"):
        changed(ws, table="tickets").pull(at=AT)
    assert [path.name for path in (ws.path / "pulled" / "tickets").iterdir() if path.suffix == ".parquet"] == []
    if owner.engine.dialect.name != "sqlite":
        monkeypatch.setenv("DB_PASSWORD", "falsch-geraten")
        with pytest.raises(IngestError) as refused:
            ws.pull(at=AT)
        assert "falsch-geraten" not in str(refused.value)
    with pytest.raises(SQLAlchemyError):
        owner.run("SELECT * FROM tickets")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nothing at all", "must be one of SQLAlchemy"),
        ("sqlite:///missing.db", "must name an SQLite file; found none at missing.db"),
        ("oracle+oracledb://host/x", "needs a driver; found oracledb not installed"),
        ("abacus://host/x", "must be one of SQLAlchemy"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(tmp_path: Path, url: str, said: str) -> None:
    (tmp_path / "itsq.toml").write_text(f'[[pull]]\nid = "a"\nkind = "database"\nurl = "{url}"\ntable = "t"\n', encoding="utf-8")
    with pytest.raises(IngestError, match=said):
        open_workspace(tmp_path).pull(at=AT)
    assert not (tmp_path / "missing.db").exists()
