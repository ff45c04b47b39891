"""What became of every row that was read, what the mappings did not know, and which values incidents lack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.completeness import thin_edges
from itsq_analysis.periods import Period

WATCHED = ("resolved_at", "priority", "service", "category", "channel", "assignment_group", "acknowledged_at", "made_sla")
# An open or canceled incident lacks no resolution time.
AWAITED = {"resolved_at": "closed_at IS NOT NULL AND state IS DISTINCT FROM 'canceled'"}


@dataclass(frozen=True)
class FileRead:
    """One file of the snapshot and what became of its rows."""

    file: str
    table: str
    read: int
    superseded: int
    quarantined: int
    encoding: str
    timezone: str
    ignored_columns: tuple[str, ...]

    @property
    def used(self) -> int:
        """Rows in use."""
        return self.read - self.superseded - self.quarantined


@dataclass(frozen=True)
class RefusedRows:
    """Rows in quarantine by one rule of a table, with file, line and value of the first one."""

    table: str
    rule: str
    n: int
    file: str
    line: int
    value: str


@dataclass(frozen=True)
class UnmappedValue:
    """A text that no choice of a column knows, and in how many rows of a file it stands."""

    file: str
    table: str
    column: str
    value: str
    rows: int


@dataclass(frozen=True)
class MissingValues:
    """Incidents opened in the period that lack a value which they should have."""

    column: str
    missing: int
    of: int

    @property
    def share(self) -> float:
        """Of those that should have it."""
        return self.missing / self.of


@fact
def files_read(scope: Scope) -> tuple[FileRead, ...]:
    """The files of the snapshot, in the ledger's order."""
    names = ("file", "table", "read", "superseded", "quarantined", "encoding", "timezone")
    return tuple(
        FileRead(**{name: entry[name] for name in names}, ignored_columns=tuple(sorted(entry["ignored_columns"])))
        for entry in scope.workspace.snapshot.files
    )


@fact
def refused_rows(scope: Scope) -> tuple[RefusedRows, ...]:
    """Rows in quarantine by table and rule, the most frequent first."""
    rows = scope.query(
        "SELECT table_name, rule, count(*) AS n, arg_min(file, (file, line)) AS file, arg_min(line, (file, line)) AS line, "
        "arg_min(coalesce(value, ''), (file, line)) AS value FROM quarantine GROUP BY 1, 2 ORDER BY n DESC, 1, 2"
    )
    return tuple(RefusedRows(*row) for row in rows.itertuples(index=False, name=None))


@fact
def unmapped_values(scope: Scope) -> tuple[UnmappedValue, ...]:
    """Texts that no choice of a column knows: by file and column, the most frequent first."""
    return tuple(
        UnmappedValue(entry["file"], entry["table"], column, value, count)
        for entry in scope.workspace.snapshot.files
        for column, values in sorted(entry["unmapped"].items())
        for value, count in sorted(values.items(), key=lambda item: (-item[1], item[0]))
    )


@fact
def unknown_states(scope: Scope) -> dict[str, int]:
    """Word for a state that no mapping knows -> rows, the most frequent first; only times tell whether such a ticket has ended."""
    counts: dict[str, int] = {}
    for value in unmapped_values(scope):
        if value.column == "state":
            counts[value.value] = counts.get(value.value, 0) + value.rows
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@fact
def missing_values(scope: Scope) -> tuple[MissingValues, ...]:
    """Columns that incidents of the period lack, the greatest share first."""
    counts = ", ".join(
        f"count(*) FILTER (({AWAITED.get(name, 'true')})) AS all_{name}, "
        f"count(*) FILTER (({AWAITED.get(name, 'true')}) AND {name} IS NULL) AS no_{name}"
        for name in WATCHED
    )
    row = scope.query(f"SELECT {counts} FROM incidents WHERE opened_at >= $start AND opened_at < $end").iloc[0]
    lacking = [MissingValues(name, int(row[f"no_{name}"]), int(row[f"all_{name}"])) for name in WATCHED if row[f"no_{name}"]]
    return tuple(sorted(lacking, key=lambda missing: -missing.share))


def thin_stretches(scope: Scope) -> Iterator[tuple[Period, Period]]:
    """First and last month of each stretch of thin months."""
    first = last = None
    for edge in thin_edges(scope):
        if first and last and last.end == edge.period.start:
            last = edge.period
            continue
        if first and last:
            yield first, last
        first = last = edge.period
    if first and last:
        yield first, last
