"""Measurements in the store: by day, a load touches its own days alone, and what is killed leaves nothing."""

from pathlib import Path

import pytest

from itsq_analysis import open_workspace
from itsq_analysis.store import Transaction

SETTINGS = (
    '[organisation]\nname = "Test"\ntimezone = "Asia/Shanghai"\n'
    '[[source]]\nglob = "exports/*.csv"\nmapping = "metrics_csv"\ntable = "metrics"\n'
)
DAYS = ("2026-10-01", "2026-10-02", "2026-10-03")


@pytest.fixture
def folder(tmp_path) -> Path:
    found = tmp_path / "监控 数据"
    (found / "exports").mkdir(parents=True)
    (found / "itsq.toml").write_text(SETTINGS, encoding="utf-8")
    return found


def export(folder: Path, name: str, values: dict[str, float], hours: range = range(24)) -> None:
    """One value for each hour of each day, UTC."""
    rows = [f"{day}T{hour:02}:00:00Z,db,used,{value}" for day, value in values.items() for hour in hours]
    (folder / "exports" / name).write_text("\n".join(["time,resource,metric,value", *rows]) + "\n", encoding="utf-8")


def counts(ledger) -> dict[str, int]:
    assert (ledger["read"] == ledger[["inserted", "updated", "unchanged", "quarantined"]].sum(axis=1)).all()
    return {name: int(ledger[name].sum()) for name in ("inserted", "updated", "unchanged", "quarantined")}


def parts(folder: Path) -> dict[str, set[str]]:
    """Day -> names of the files that hold it in the newest snapshot."""
    ws = open_workspace(folder)
    found: dict[str, set[str]] = {}
    for path in ws.store.files(ws.snapshot, "metrics"):
        found.setdefault(path.parent.name, set()).add(path.name)
    return found


def held(folder: Path) -> list[tuple[str, float, int]]:
    ws = open_workspace(folder)
    rows = ws.sql(
        "SELECT strftime(time AT TIME ZONE 'UTC', '%Y-%m-%d') AS day, value, count(*) AS n FROM metrics GROUP BY ALL ORDER BY ALL"
    )
    return [tuple(row) for row in rows.itertuples(index=False)]


def test_a_load_writes_the_days_that_it_brings_and_no_other(folder):
    export(folder, "a.csv", dict.fromkeys(DAYS, 1.0))
    assert counts(open_workspace(folder).load()) == {"inserted": 72, "updated": 0, "unchanged": 0, "quarantined": 0}
    before = parts(folder)
    assert list(before) == [f"_day={day}" for day in DAYS]
    export(folder, "b.csv", {DAYS[1]: 1.0, "2026-10-04": 2.0})
    assert counts(open_workspace(folder).load(folder / "exports" / "b.csv")) == {
        "inserted": 24, "updated": 0, "unchanged": 24, "quarantined": 0,
    }  # fmt: skip
    after = parts(folder)
    assert {day: after[day] for day in before} == before
    assert held(folder) == [*((day, 1.0, 24) for day in DAYS), ("2026-10-04", 2.0, 24)]


def test_the_same_export_again_changes_nothing(folder):
    export(folder, "a.csv", dict.fromkeys(DAYS, 1.0))
    open_workspace(folder).load()
    before = parts(folder)
    assert counts(open_workspace(folder).load()) == {"inserted": 0, "updated": 0, "unchanged": 72, "quarantined": 0}
    assert parts(folder) == before
    assert [one.id for one in open_workspace(folder).store.snapshots()] == [1]


def test_a_corrected_export_replaces_its_values_and_keeps_the_rest_of_the_day(folder):
    export(folder, "a.csv", dict.fromkeys(DAYS, 1.0))
    open_workspace(folder).load()
    before = parts(folder)
    export(folder, "b.csv", {DAYS[1]: 5.0}, range(6))
    assert counts(open_workspace(folder).load(folder / "exports" / "b.csv")) == {
        "inserted": 0, "updated": 6, "unchanged": 0, "quarantined": 0,
    }  # fmt: skip
    assert held(folder) == [(DAYS[0], 1.0, 24), (DAYS[1], 1.0, 18), (DAYS[1], 5.0, 6), (DAYS[2], 1.0, 24)]
    after = parts(folder)
    assert [day for day in after if after[day] != before[day]] == [f"_day={DAYS[1]}"]
    assert [row[1] for row in held_at(folder, 1)] == [1.0, 1.0, 1.0]


def held_at(folder: Path, number: int) -> list[tuple[str, float]]:
    rows = open_workspace(folder, snapshot=number).sql(
        "SELECT time::DATE::VARCHAR AS day, value FROM metrics GROUP BY ALL ORDER BY ALL"
    )
    return [tuple(row) for row in rows.itertuples(index=False)]


def test_of_the_same_moment_the_later_file_wins_and_the_later_row(folder):
    export(folder, "a.csv", {DAYS[0]: 1.0}, range(1))
    export(folder, "b.csv", {DAYS[0]: 2.0}, range(1))
    with (folder / "exports" / "b.csv").open("a", encoding="utf-8") as file:
        file.write(f"{DAYS[0]}T00:00:00Z,db,used,3\n")
    assert counts(open_workspace(folder).load()) == {"inserted": 1, "updated": 0, "unchanged": 2, "quarantined": 0}
    assert held(folder) == [(DAYS[0], 3.0, 1)]


def test_a_load_that_dies_before_its_commit_leaves_the_days_as_they_were(folder, monkeypatch):
    export(folder, "a.csv", dict.fromkeys(DAYS, 1.0))
    open_workspace(folder).load()
    export(folder, "b.csv", {DAYS[1]: 9.0, "2026-10-04": 9.0})
    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "commit", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            open_workspace(folder).load(folder / "exports" / "b.csv")
    assert held(folder) == [(day, 1.0, 24) for day in DAYS]
    open_workspace(folder).load(folder / "exports" / "b.csv")
    assert held(folder) == [(DAYS[0], 1.0, 24), (DAYS[1], 9.0, 24), (DAYS[2], 1.0, 24), ("2026-10-04", 9.0, 24)]


def test_without_tickets_data_are_known_up_to_the_last_measurement(folder):
    export(folder, "a.csv", {DAYS[0]: 1.0})
    open_workspace(folder).load()
    assert open_workspace(folder).horizon.isoformat() == "2026-10-02T07:00:00+08:00"
    export(folder, "a.csv", dict.fromkeys(DAYS, 1.0))
    open_workspace(folder).load()
    assert open_workspace(folder).horizon.isoformat() == "2026-10-04T07:00:00+08:00"


TICKETS = '[[source]]\nglob = "tickets/*.csv"\nmapping = "register"\ntable = "incidents"\n'
TICKET = "number,opened_at,state,priority,updated_at\n1,2026-10-01 09:00,new,3,2026-10-01 10:00\n"


@pytest.fixture
def both(folder) -> Path:
    """Measurements up to 4 October, and a ticket updated on the first."""
    (folder / "tickets").mkdir()
    (folder / "itsq.toml").write_text(SETTINGS + TICKETS, encoding="utf-8")
    (folder / "tickets" / "t.csv").write_text(TICKET, encoding="utf-8")
    export(folder, "a.csv", dict.fromkeys(DAYS, 1.0))
    return folder


def horizon(folder: Path) -> str:
    return open_workspace(folder).horizon.isoformat()


def test_tickets_alone_tell_up_to_when_data_are_known(both):
    open_workspace(both).load()
    assert horizon(both) == "2026-10-01T10:00:00+08:00"


def test_the_order_of_loads_does_not_move_the_horizon(both):
    open_workspace(both).load(both / "exports" / "a.csv")
    assert horizon(both) == "2026-10-04T07:00:00+08:00"
    open_workspace(both).load(both / "tickets" / "t.csv")
    assert horizon(both) == "2026-10-01T10:00:00+08:00"
    open_workspace(both).load(both / "exports" / "a.csv")
    assert horizon(both) == "2026-10-01T10:00:00+08:00"


def test_measurements_after_tickets_leave_the_horizon(both):
    open_workspace(both).load(both / "tickets" / "t.csv")
    open_workspace(both).load(both / "exports" / "a.csv")
    assert horizon(both) == "2026-10-01T10:00:00+08:00"


def test_a_stated_extraction_before_the_first_ticket_still_counts(both):
    text = (both / "itsq.toml").read_text(encoding="utf-8")
    stated = 'table = "metrics"\nextracted_at = 2026-10-03T12:00:00'
    (both / "itsq.toml").write_text(text.replace('table = "metrics"', stated), encoding="utf-8")
    open_workspace(both).load(both / "exports" / "a.csv")
    open_workspace(both).load(both / "tickets" / "t.csv")
    assert horizon(both) == "2026-10-03T12:00:00+08:00"
