"""Files with one fault each: every value is as in the clean file, or the row, or the file, is refused. Never a wrong value."""

from collections import Counter
from itertools import islice

import duckdb
import pytest

from itsq_analysis import open_workspace
from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.binding import Binder
from itsq_analysis.ingest.mapping import parse_mapping
from itsq_analysis.ingest.read import read_file
from itsq_analysis.ingest.stage import stage_file
from itsq_analysis.settings import LoadSettings, Settings, SourceSettings
from itsq_analysis.tables import contract
from tests.ingest.pollution import COLUMNS, clean, polluted, written

FILES = 1_600
SEED = 20261005
MAPPING = parse_mapping('date_formats = ["%Y-%m-%d %H:%M:%S"]\n[incidents]\n', "own.toml")
SOURCE = SourceSettings(glob="*", mapping="own.toml", table="incidents", timezone="UTC")
BINDER = Binder(contract("incidents"), MAPPING.table("incidents"))


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone='UTC'; SET threads=1")
        yield opened


def raw_rows(connection, path):
    """The file's records as texts, and the headers."""
    raw = read_file(connection, path, path.name, BINDER.is_header, LoadSettings())
    columns = ", ".join(f"coalesce(trim(c{place}), '')" for place in range(len(raw.headers)))
    rows = connection.execute(f'SELECT {columns} FROM "{raw.relation}" WHERE _line NOT IN ({short(raw)})').fetchall()
    raw.drop(connection)
    return set(rows), raw


def short(raw):
    return ", ".join(map(str, [-1, *raw.cut_short]))


def typed_rows(connection, path):
    """The file's typed rows, and what staging tells of it; every record is a row or refused."""
    facts = stage_file(connection, path, path.name, SOURCE, MAPPING, Settings())
    columns = ", ".join(f"{name}::VARCHAR" for name in COLUMNS)
    rows = connection.execute(f'SELECT {columns} FROM "{facts.relation}"').fetchall()
    [(refused,)] = connection.execute(f'SELECT count(*) FROM "{facts.quarantined}"').fetchall()
    assert facts.read == len(rows) + facts.superseded + refused
    return rows, facts


def expected():
    """The clean file's typed rows."""
    return {tuple(f"{cell}+00" if cell[:4] == "2026" else cell or None for cell in row) for row in clean()[1:]}


def is_told(row, facts, sound):
    """Whether a row differs from a clean one only by a column that the file is said to lack, or by the cut-off end of a file."""
    whole = next(clean_row for clean_row in sound if clean_row[0] == row[0])
    lost = [place for place, (found, cell) in enumerate(zip(row, whole, strict=True)) if found != cell]
    cut = "cut off" in " ".join(facts.warnings) and lost == [len(COLUMNS) - 1] and whole[-1].startswith(row[-1] or "")
    return cut or all(COLUMNS[place] not in facts.columns and facts.ignored_columns for place in lost)


def test_the_clean_file_is_read_whole(connection, tmp_path):
    for number, style in enumerate(({}, {"everything": True}, {"delimiter": ";", "end": "\r\n"})):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(written(clean(), **style).encode())
        assert set(typed_rows(connection, path)[0]) == expected()


def test_no_polluted_file_gives_a_wrong_value(connection, tmp_path):
    """Files whose records are all those of the clean one need no staging; that it reads these right is shown above."""
    wrong, outcomes, sound = [], Counter(), expected()
    records = {tuple(cell.strip() for cell in row) for row in clean()[1:]}
    for number, (name, content) in enumerate(polluted(SEED, FILES)):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(content)
        try:
            rows, raw = raw_rows(connection, path)
            if raw.headers == COLUMNS and rows <= records:
                outcomes["whole" if rows == records else "in part"] += 1
                continue
            typed, facts = typed_rows(connection, path)
        except IngestError as error:
            outcomes["refused"] += 1
            wrong += [] if path.name in str(error) else [(name, str(error))]
            continue
        outcomes["staged"] += 1
        wrong += [(name, row) for row in set(typed) - sound if not is_told(row, facts, sound)]
        path.unlink()
    assert wrong == []
    assert sum(outcomes.values()) == FILES
    assert min(outcomes["whole"], outcomes["in part"], outcomes["staged"]) > FILES // 10


def test_polluted_files_are_loaded_as_a_whole_or_named(tmp_path):
    (tmp_path / "exports").mkdir()
    (tmp_path / "own.toml").write_text(MAPPING.source_text, encoding="utf-8")
    (tmp_path / "itsq.toml").write_text(
        '[organisation]\ntimezone = "UTC"\n[[source]]\nglob = "exports/*.csv"\nmapping = "own.toml"\ntable = "incidents"\n',
        encoding="utf-8",
    )
    for number, (_, content) in enumerate(islice(polluted(SEED, 200), 100, 160)):
        (tmp_path / "exports" / f"{number}.csv").write_bytes(content)
    ws = open_workspace(tmp_path)
    try:
        ledger = ws.load()
    except IngestError as error:
        assert not ws.store.snapshots()
        unread = [name.split(":")[0] for name in str(error).splitlines() if name.startswith("exports/")]
        ledger = ws.load(without=unread)
    assert (ledger["read"] == ledger[["inserted", "updated", "unchanged", "quarantined"]].sum(axis=1)).all()
    numbers = ws.table("incidents")["number"]
    assert set(numbers) <= {row[0] for row in clean()}
