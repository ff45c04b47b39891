"""The SQL of an upsert: which incoming row of a key wins, and what it changes.

The newest version of a key wins (the contract's `updated` column), file order breaks ties. A column that a file does not carry
keeps the value that another file, else the store, has for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from itsq_analysis.store import quoted

if TYPE_CHECKING:
    from itsq_analysis.ingest.stage import Staged
    from itsq_analysis.tables import Contract


@dataclass
class Upsert:
    """What one table receives: its staged relations by file number, in load order.

    Attributes:
        counts: file number -> rows inserted, rows updated, rows that won their key.
        meets: whether rows of one key may meet, in the files or in the store.
    """

    contract: Contract
    staged: list[tuple[int, Staged, str]]
    counts: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    meets: bool = True

    def carriers(self, column: str) -> list[int]:
        """The numbers of the files that carry a column."""
        return [number for number, facts, _ in self.staged if facts.provides(self.contract.name, column)]

    @property
    def partly_carried(self) -> dict[str, list[int]]:
        """Columns that some but not all files carry, with the files that do."""
        found = {name: self.carriers(name) for name in self.contract.columns}
        return {name: files for name, files in found.items() if 0 < len(files) < len(self.staged)}

    def incoming(self) -> str:
        """All staged rows of the table, with `_file` and `_order`."""
        columns = ", ".join(quoted(name) for name in self.contract.columns)
        return " UNION ALL ".join(
            f"SELECT {columns}, _order, {number} AS _file FROM {quoted(relation)}" for number, _, relation in self.staged
        )

    def winners(self, source: str, *, unique: bool) -> str:
        """The winning row of each key of `source`; `unique`: no key stands twice, so every row wins."""
        partly = self.partly_carried
        flags = {name: f"_file IN ({_numbers(files)})" for name, files in partly.items()}
        if unique:
            has = "".join(f", {flag} AS {quoted('_has_' + name)}" for name, flag in flags.items())
            return f"SELECT *{has} FROM {source}"
        keys = ", ".join(quoted(key) for key in self.contract.key)
        newest = f"{quoted(self.contract.updated)} DESC NULLS LAST, " if self.contract.updated else ""
        order = f"{newest}_file DESC, _order DESC"
        values = ", ".join(
            f"first_value({quoted(name)}) OVER (PARTITION BY {keys} ORDER BY ({flag}) DESC, {order}) AS {quoted(name)}"
            for name, flag in flags.items()
        )
        if self.earliest:
            values += f"{', ' if values else ''}min({self.earliest}) OVER (PARTITION BY {keys}) AS {self.earliest}"
        has = "".join(f", bool_or({flag}) OVER (PARTITION BY {keys}) AS {quoted('_has_' + name)}" for name, flag in flags.items())
        chosen = f"* REPLACE ({values}){has}" if values else "*"
        return f"SELECT {chosen} FROM {source} QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {order}) = 1"

    def changes(self, winners: str, old: str) -> str:
        """The winners that are new or differ from the stored row, with `_file` and `_inserted`."""
        updated = quoted(self.contract.updated) if self.contract.updated else None
        newer = f"(n.{updated} >= o.{updated} OR n.{updated} IS NULL OR o.{updated} IS NULL)" if updated else "true"
        values = {name: self._value(name) for name in self.contract.columns}
        differs = " OR ".join(
            f"{value} IS DISTINCT FROM o.{quoted(name)}" for name, value in values.items() if name not in self.contract.key
        )
        absent = f"o.{quoted(self.contract.key[0])} IS NULL"
        chosen = ", ".join(f"{value} AS {quoted(name)}" for name, value in values.items())
        return (
            f"SELECT {chosen}, n._file AS _file, {absent} AS _inserted FROM {winners} n "
            f"LEFT JOIN {old} o ON {same_key(self.contract, 'n', 'o')} WHERE {absent} OR ({newer} AND ({differs}))"
        )

    @property
    def earliest(self) -> str | None:
        """The column whose earliest value counts, whatever the newest row says: when a ticket was opened, of a log of events."""
        is_log = any(facts.first_opens for _, facts, _ in self.staged)
        return "opened_at" if is_log and "opened_at" in self.contract.columns else None

    def _value(self, name: str) -> str:
        """A column's new value: the incoming one (n), or the stored one (o) where no incoming file carries the column."""
        column = quoted(name)
        if name == self.earliest:
            return f"least(n.{column}, o.{column})"
        if name in self.partly_carried:
            return f"CASE WHEN n.{quoted('_has_' + name)} THEN n.{column} ELSE o.{column} END"
        return f"n.{column}" if self.carriers(name) else f"o.{column}"


def same_key(contract: Contract, left: str, right: str) -> str:
    """The join condition on a contract's key between two aliases."""
    return " AND ".join(f"{left}.{quoted(key)} = {right}.{quoted(key)}" for key in contract.key)


def _numbers(files: Iterable[int]) -> str:
    return ", ".join(str(number) for number in files)
