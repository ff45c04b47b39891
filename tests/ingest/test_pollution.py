"""Files with one fault each: every value is as in the clean file, or the row, or the file, is refused. Never a wrong value."""

import duckdb
import pytest

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.mapping import parse_mapping
from itsq_analysis.ingest.stage import stage_file
from itsq_analysis.settings import Settings, SourceSettings
from tests.ingest.pollution import COLUMNS, clean, polluted, written

FILES = 1_600
SEED = 20261005
MAPPING = parse_mapping('[incidents.values]\nstate = { "x" = "" }\n', "own.toml")
SOURCE = SourceSettings(glob="*", mapping="own.toml", table="incidents", timezone="UTC")


def staged(connection, path):
    """Rows by number, without the order in the file; None where the file is refused, with the reason."""
    try:
        facts = stage_file(connection, path, path.name, SOURCE, MAPPING, Settings())
    except IngestError as error:
        return None, str(error)
    columns = ", ".join(f"{name}::VARCHAR" for name in COLUMNS)
    rows = connection.execute(f'SELECT {columns} FROM "{facts.relation}"').fetchall()
    [(refused,)] = connection.execute(f'SELECT count(*) FROM "{facts.quarantined}"').fetchall()
    assert facts.read == len(rows) + facts.superseded + refused
    return rows, facts


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    path = tmp_path_factory.mktemp("clean") / "clean.csv"
    path.write_text(written(clean()), encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone='UTC'; SET threads=1")
        rows, facts = staged(connection, path)
    assert (len(rows), facts.refused) == (len(clean()) - 1, 0)
    return set(rows)


def test_no_polluted_file_gives_a_wrong_value(tmp_path, sound):
    wrong, outcomes = [], {"whole": 0, "in part": 0, "refused": 0}
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone='UTC'; SET threads=1")
        for number, (name, content) in enumerate(polluted(SEED, FILES)):
            path = tmp_path / f"{number}.csv"
            path.write_bytes(content)
            rows, told = staged(connection, path)
            path.unlink()
            if rows is None:
                outcomes["refused"] += 1
                if path.name not in told:
                    wrong.append((name, told))
                continue
            outcomes["whole" if set(rows) == sound else "in part"] += 1
            wrong += [(name, row) for row in set(rows) - sound]
    assert wrong == []
    assert sum(outcomes.values()) == FILES
    assert outcomes["whole"] > FILES // 5
    assert outcomes["in part"] > FILES // 5
