"""Small files, staged: what they become, what is refused."""

from dataclasses import dataclass
from datetime import UTC

import duckdb
import pytest

from itsq_analysis.ingest.mapping import load_mapping, parse_mapping
from itsq_analysis.ingest.stage import Staged, stage_file
from itsq_analysis.settings import SourceSettings, parse_settings


@dataclass
class Outcome:
    """A staged file with its rows as dicts (times as UTC text), and its refused rows as dicts."""

    facts: Staged
    rows: list
    refused: list
    log: list

    def column(self, name):
        return [row[name] for row in self.rows]

    @property
    def rules(self):
        return [(row["line"], row["rule"], row["column_name"], row["value"]) for row in self.refused]


def records(connection, relation):
    table = connection.sql(f'SELECT * FROM "{relation}" ORDER BY ALL').to_arrow_table()
    return [
        {name: shown(value) for name, value in zip(row, row.values(), strict=True)} if row else row for row in table.to_pylist()
    ]


def shown(value):
    if hasattr(value, "tzinfo") and value.tzinfo:
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return value


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone='UTC'")
        yield opened


@pytest.fixture
def stage(connection, tmp_path):
    """Stage a small file: its text or bytes (or a path), the table, and what the source's entry says."""

    def staged(content, table="outages", *, mapping="register", name="export.csv", zone="UTC", **entry):
        path = content if hasattr(content, "read_bytes") else tmp_path / name
        if path is not content:
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        settings = parse_settings(f'[organisation]\ntimezone = "{zone}"\n', "itsq.toml")
        chosen = parse_mapping(mapping, "own.toml") if "\n" in mapping else load_mapping(mapping)
        source = SourceSettings(glob="*", mapping=chosen.name, table=table, **entry)
        facts = stage_file(connection, path, path.name, source, chosen, settings)
        rows, refused = records(connection, facts.relation), records(connection, facts.quarantined)
        rows.sort(key=lambda row: row["_order"])
        log = records(connection, facts.extra["state_log"]) if "state_log" in facts.extra else []
        assert facts.read == len(rows) + facts.superseded + len(refused)
        assert facts.refused == len(refused)
        return Outcome(facts, rows, refused, log)

    return staged
