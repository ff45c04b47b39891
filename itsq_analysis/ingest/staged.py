"""What staging hands on to the load: a file's typed rows and the facts about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Staged:
    """A file's rows in the connection, and what was found in it.

    Attributes:
        file: its name in the ledger.
        table: the canonical table.
        relation: typed rows: the contract's exported columns in order, `_line`, `_order` (order in the file). Times are UTC.
        quarantined: refused rows, columns of `store.QUARANTINE`.
        columns: the canonical columns that the file has.
        extra: other tables that the file fills -> relation (an event log: state_log), as `relation`.
        read: records; read = rows of `relation` + superseded + refused.
        refused: rows of `quarantined`.
        superseded: events that a later one of the same ticket replaced; 0 unless folded.
        state_changes: rows of the state log.
        timezone: IANA name of the zone of local times, and where it was stated: "source", "mapping" or "workspace".
        day_first: the order of day and month that was stated or proved; None where no date needs one.
        ambiguous_times: local times that occur twice (taken as the first); shifted_times: that do not exist (moved by the gap).
        first_opens: an event log whose `opened_at` is the time of an event: the earliest that is known counts.
        unmapped: column -> text of an optional value that could not be read (the 50 most frequent) -> rows; they are missing.
        missing: column -> rows of `relation` without a value.
        ignored_columns: header that no column knows -> nearest canonical columns.
        warnings: sentences for the reader of the ledger.
        extracted_at: when the export was made, as the source states (aware).
    """

    file: str
    table: str
    mapping: str
    relation: str
    quarantined: str
    columns: frozenset[str]
    read: int
    refused: int
    sha256: str
    timezone: str
    timezone_from: str
    encoding: str = ""
    delimiter: str = ""
    day_first: bool | None = None
    superseded: int = 0
    state_changes: int = 0
    ambiguous_times: int = 0
    shifted_times: int = 0
    first_opens: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)
    unmapped: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    ignored_columns: Mapping[str, list[str]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    extracted_at: datetime | None = None

    def provides(self, table: str, column: str) -> bool:
        """Whether the file carries a column; a table that it does not fill, it does not carry."""
        return column in self.columns if table == self.table else table in self.extra

    def record(self) -> dict[str, Any]:
        """The facts for the ledger, as JSON values; without the names of relations."""
        facts = asdict(self)
        for name in ("relation", "quarantined", "extra", "refused", "first_opens"):
            del facts[name]
        stated = self.extracted_at.isoformat() if self.extracted_at else None
        return facts | {"columns": sorted(self.columns), "warnings": list(self.warnings), "extracted_at": stated}
