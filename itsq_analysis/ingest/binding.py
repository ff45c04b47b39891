"""Which column of a file is which canonical column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.durations import duration_sql
from itsq_analysis.ingest.header import normal, without_number
from itsq_analysis.ingest.mapping import TableMapping
from itsq_analysis.store import literal
from itsq_analysis.tables import VERSION_NUMBER, Contract, toml_text

NEAREST = 3  # canonical columns proposed for a header that nobody knows
SHOWN = 40  # headers listed in a message
REPAIRS = "itsq:repairs"  # column of repaired rows that says which refused row each stands for (see `repairs`)
VALUE = "value"  # column that holds what stands below the headers of a wide file


@dataclass(frozen=True)
class Binding:
    """A file's columns, bound.

    Attributes:
        columns: canonical column -> position in the file.
        version: position of the version number of an event log, or None.
        ignored: header that no column knows -> the nearest canonical columns that the file lacks.
    """

    columns: dict[str, int]
    version: int | None
    ignored: dict[str, list[str]]


PRODUCT = re.compile(r"\{([^{}]+)\} ([*/]) (?:\{([^{}]+)\}|(\d+(?:\.\d+)?))(?: up to \{([^{}]+)\})?")


class Joined:
    """A header that is made of others: "{instance}:{mountpoint}", or a product or quotient: "{average} * {calls}", "{ms} / 1000".

    "{level} * {offered} up to {answered}" is no more than the third.
    A row that lacks one of them has no value.
    """

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.pieces = _pieces(alias)
        self.parts = [normal(name) for _, name in self.pieces if name is not None]

    def fits(self, keys: Set[str]) -> bool:
        """Whether a file has all the columns that it is made of."""
        return all(part in keys for part in self.parts)

    def sql(self, places: Mapping[str, int]) -> str:
        """The joined text; a product or quotient to six digits."""
        if match := PRODUCT.fullmatch(self.alias):
            first, sign, second, number, most = match.groups()
            factor = _number(places[normal(second)]) if second else number
            product = f"round({_number(places[normal(first)])} {sign} nullif({factor}, 0), {6 if sign == '/' else 0})"
            if most:
                product = f"least({product}, try_cast(c{places[normal(most)]} AS DOUBLE))"
            return f"regexp_replace(({product})::VARCHAR, '\\.0$', '')"
        texts = [
            literal(before) + ("" if name is None else f" || nullif(c{places[normal(name)]}, '')") for before, name in self.pieces
        ]
        return " || ".join(texts)


def _number(place: int) -> str:
    """SQL: the number of a column, also the seconds of a duration."""
    return f"coalesce(try_cast(c{place} AS DOUBLE), {duration_sql(f'trim(c{place})')})"


def _pieces(alias: str) -> list[tuple[str, str | None]]:
    """Text and the name in braces that follows it.

    >>> _pieces("{instance}:{mountpoint} x")
    [('', 'instance'), (':', 'mountpoint'), (' x', None)]
    """
    found: list[tuple[str, str | None]] = []
    end = 0
    for match in re.finditer(r"\{([^{}]+)\}", alias):
        found.append((alias[end : match.start()], match[1]))
        end = match.end()
    return [*found, (alias[end:], None)] if end < len(alias) else found


class Binder:
    """Binds headers to the columns of one table.

    Args:
        table: the contract.
        mapping: of the tool's export.
        more: further headers of a canonical column, from the source's entry in itsq.toml; where a file has one of them, the
            mapping's own headers of that column are not looked for.
        stated: column -> the text that every row has where the file does not carry the column.
        wide: the column whose values stand in the header, each above a column of values; None for the usual long files.
    """

    def __init__(
        self,
        table: Contract,
        mapping: TableMapping,
        more: Mapping[str, Sequence[str]] | None = None,
        stated: Mapping[str, str] | None = None,
        wide: str | None = None,
    ) -> None:
        self.table = table
        self.stated = dict(stated or {})
        self.wide = wide
        named = [alias for aliases in (*(more or {}).values(), *mapping.columns.values()) for alias in aliases]
        self.joined = [Joined(alias) for alias in named if Joined(alias).parts]
        self.own = {column: {normal(alias) for alias in aliases} for column, aliases in (more or {}).items()}
        self.version = (
            (self.own.pop(VERSION_NUMBER, set()) or {normal(name) for name in mapping.version}) if mapping.version else set()
        )
        claimed = set().union(*self.own.values())
        self.aliases = {
            column: {normal(alias) for alias in aliases} - (claimed - self.own.get(column, set()))
            for column, aliases in mapping.columns.items()
        }
        for name in (*self.stated, *((wide, VALUE) if wide else ())):  # added under the column's own name
            if name in self.aliases:
                self.aliases[name] = self.aliases[name] | {normal(name)}
        self.required = [column.name for column in table.columns.values() if column.required]
        self.by_time = mapping.by_time
        if (self.version or self.by_time) and table.updated:
            self.required.append(table.updated)

    def is_header(self, row: Sequence[str]) -> bool:
        """Whether a row names every required column."""
        keys = {normal(name) for name in row}
        keys |= {normal(one.alias) for one in self.joined if one.fits(keys)} | {normal(name) for name in self.stated}
        keys |= {normal(name) for name in (self.wide, VALUE) if self.wide and name}
        bound = all((self.own.get(column, set()) | self.aliases[column]) & keys for column in self.required)
        return bound and (not self.version or bool(self.version & keys))

    def kept(self, headers: Sequence[str]) -> list[int]:
        """Positions of the columns of a wide file that mean a column of the table; the others are columns of values."""
        meant = set().union(
            *self.own.values(), *(aliases for name, aliases in self.aliases.items() if name not in (self.wide, VALUE))
        )
        return [place for place, header in enumerate(headers) if normal(header) in meant]

    def added(self, headers: Sequence[str]) -> dict[str, str]:
        """Columns that a file is to be given: header -> SQL over c0, c1, ...: those joined of others, then those stated."""
        keys = {normal(name): place for place, name in enumerate(headers)}
        found = {one.alias: one.sql(keys) for one in self.joined if one.fits(keys.keys()) and normal(one.alias) not in keys}
        present = keys.keys() | {normal(alias) for alias in found}
        for column, text in self.stated.items():
            if not (self.own.get(column, set()) | self.aliases[column]) & present:
                found[column] = literal(text)
        return found

    def bind(self, headers: Sequence[str], display: str) -> Binding:
        """Bind a file's headers.

        Raises:
            IngestError: two headers mean the same column, or a required column is missing.
        """
        keys = [normal(name) for name in headers]
        columns = {}
        for column in self.aliases:
            position = self._position(column, headers, display)
            if position is not None:
                columns[column] = position
        version = next(iter(_positions(keys, self.version)), None)
        self._refuse_missing(columns, version, headers, display)
        used = {part for one in self.joined if normal(one.alias) in keys for part in one.parts}
        bound = {*columns.values(), version, *(place for place, key in enumerate(keys) if key in used)}
        unknown = [position for position in range(len(headers)) if position not in bound and headers[position] != REPAIRS]
        return Binding(columns, version, {headers[position]: self._nearest(keys[position], columns) for position in unknown})

    def _position(self, column: str, headers: Sequence[str], display: str) -> int | None:
        """Where a column stands: under a header of the source's entry, else of the mapping; None where it does not."""
        keys = [normal(name) for name in headers]
        for aliases in (self.own.get(column, set()), self.aliases[column]):
            positions = _positions(keys, aliases)
            repeated = [place for place, header in enumerate(headers) if without_number(header) in aliases]
            positions = positions or (repeated if len(repeated) > 1 else [])
            if len(positions) > 1:
                found = " and ".join(repr(headers[position]) for position in positions)
                raise IngestError(
                    f"one header must mean {self.table.name}.{column}; found {found} in {display}; export one of them, or say in "
                    "the source's entry of itsq.toml which one is meant: "
                    f"columns = {{ {column} = [{toml_text(headers[positions[0]])}] }}"
                )
            if positions:
                return positions[0]
        return None

    def _nearest(self, key: str, bound: dict[str, int]) -> list[str]:
        """The canonical columns, not yet bound, whose headers are spelled most like `key`."""
        candidates = {alias: column for column, aliases in self.aliases.items() if column not in bound for alias in aliases}
        close = get_close_matches(key, sorted(candidates), n=NEAREST, cutoff=0.6)
        return list(dict.fromkeys(candidates[alias] for alias in close))

    def _refuse_missing(self, columns: dict[str, int], version: int | None, headers: Sequence[str], display: str) -> None:
        missing = [column for column in self.required if column not in columns]
        if self.version and version is None:
            missing.append(f"{VERSION_NUMBER} (the version of the row)")
        if missing:
            shown = ", ".join(map(repr, headers[:SHOWN])) + (" …" if len(headers) > SHOWN else "")
            raise IngestError(
                f"an export of {self.table.name} must have the columns {', '.join(missing)}; found only {shown} in {display}; "
                "export them too, or name their headers in the source's entry of itsq.toml: columns = "
                f"{{ {missing[0].split()[0]} = [{toml_text(headers[0])}] }}, say, if the header is {headers[0]!r}"
            )


def _positions(keys: Sequence[str], wanted: Set[str]) -> list[int]:
    return [position for position, key in enumerate(keys) if key in wanted]
