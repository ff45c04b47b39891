"""Mappings: how the columns and texts of one tool's export become those of the canonical tables.

A mapping is a TOML file. Top level: `name`, and optionally `timezone` (IANA), `day_first`, `date_formats` (strptime; these and no
others), `epoch` (bare numbers are seconds since 1970 UTC), `serials` (they are a spreadsheet's days), `decimal` ("," in 3,5),
`missing` (texts that mean "not known"), `exact` (only the headers that are named count, not the names of columns). `[columns]` and
`[values]` hold for every table, `[TABLE.columns]` and `[TABLE.values]` for one; only the tables named so (or in `tables`) can be
loaded with it.

    [incidents.columns]
    opened_at = ["opened_at", "Opened"]          # canonical column = headers in the export; its own name always counts
    [incidents.values]
    state = { "1" = "new", "Pending" = "" }      # text in the export = canonical value; "" = known to mean "missing"
    [incidents.fold]
    version = ["sys_mod_count"]                  # one row per update: fold to the latest version, and keep a state log
                                                 # by_time = true: by the time of the update, where no number tells the version

`tables = "*"` reads every table; `titles = true` also knows the contracts' titles, and the Chinese words of their choices.

A header may join others: "{instance}:{mountpoint}" is made of the columns instance and mountpoint. Headers and texts are compared
without regard to case, width, spaces and underscores.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from itsq_analysis.errors import IngestError
from itsq_analysis.tables import Contract, contract, contracts

Value = str | int | float | bool
Values = Map[str, Map[str, Value]]

_TOP = {
    *("name", "tables", "titles", "timezone", "day_first", "date_formats", "epoch", "serials", "decimal", "missing", "exact"),
    *("columns", "values"),
}
EVERY = "*"  # of `tables`: whatever has a contract
SHOWN = 80  # characters of a found value that a message repeats
_PARTS = {"columns", "values", "fold"}


@dataclass(frozen=True)
class TableMapping:
    """How one table is read.

    Attributes:
        columns: canonical column -> headers that mean it.
        values: canonical column -> text -> canonical value ("" means missing).
        version: headers of the version number of an event log, which is to be folded; empty otherwise.
        by_time: whether it is an event log without such a number: its rows follow one another in time, then as they stand.
    """

    columns: Map[str, tuple[str, ...]]
    values: Values = field(default_factory=dict)
    version: tuple[str, ...] = ()
    by_time: bool = False


@dataclass(frozen=True)
class Mapping:
    """How one tool's exports are read.

    Attributes:
        tables: by name.
        timezone: IANA name of the zone of local times; None leaves it to the workspace.
        day_first: whether 3/4/2026 is 3 April; None leaves it to the rows of each file.
        date_formats: strptime formats; empty means the usual ones.
        missing: texts that mean "not known", besides the empty one.
        epoch: whether times that are bare numbers count seconds since 1970 UTC.
        serials: whether they are days since 1899-12-30, as spreadsheets count.
        decimal: the decimal sign of numbers, "." or ",".
        source_text: the TOML it was read from; a snapshot stores it.
    """

    name: str
    tables: Map[str, TableMapping]
    timezone: str | None = None
    day_first: bool | None = None
    date_formats: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    epoch: bool = False
    serials: bool = False
    decimal: str = "."
    source_text: str = ""

    def table(self, name: str) -> TableMapping:
        """The mapping of one table.

        Raises:
            IngestError: this tool has no export for it.
        """
        if name not in self.tables:
            raise IngestError(
                f"mapping {self.name!r} reads {', '.join(self.tables)}; found table {name!r}; use one of these, or 'register'"
            )
        return self.tables[name]


def shipped_mappings() -> tuple[str, ...]:
    """Names of the mappings that come with itsq.

    >>> shipped_mappings()[:3]
    ('alertmanager', 'github_deployments', 'gitlab_deployments')
    """
    entries = files(__package__).joinpath("mappings").iterdir()
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in entries if entry.name.endswith(".toml")))


def load_mapping(name: str, folder: Path | None = None) -> Mapping:
    """A shipped mapping by its name, or one of the workspace by its path.

    Args:
        name: such as "servicenow", or a path ending in .toml, relative to `folder`.
        folder: the workspace's folder.

    Raises:
        IngestError: there is no such mapping, or it is wrong.

    >>> load_mapping("servicenow").table("incidents").columns["opened_at"][:2]
    ('opened_at', 'Opened')
    """
    if not name.endswith(".toml"):
        return _shipped(name)
    path = (folder or Path()) / name
    try:
        return parse_mapping(path.read_text(encoding="utf-8-sig"), name)
    except (OSError, UnicodeDecodeError) as error:
        raise IngestError(f"a mapping must be a readable TOML file in UTF-8; found {name}: {error}; check the path") from error


@cache
def _shipped(name: str) -> Mapping:
    if name not in shipped_mappings():
        raise IngestError(
            f"a mapping must be one of {', '.join(shipped_mappings())}, or a path ending in .toml; found {name!r}; use one of these"
        )
    return parse_mapping(files(__package__).joinpath("mappings", f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")


def parse_mapping(text: str, where: str) -> Mapping:
    """A mapping from its TOML text; `where` names it in messages.

    Raises:
        IngestError: not TOML, or an unknown key, table or column.
    """
    try:
        raw = tomllib.loads(text)
    except ValueError as error:
        raise IngestError(f"a mapping must be valid TOML; found in {where}: {error}; correct it") from error
    except RecursionError as error:
        raise IngestError(f"a mapping must be plain TOML; found brackets nested too deeply in {where}; remove them") from error
    known = contracts()
    _refuse_unknown(set(raw) - _TOP, known, where, "a key or a table")
    listed = _texts(raw, "tables", where)
    listed = tuple(known) if listed == (EVERY,) else listed
    _refuse_unknown(set(listed), known, f"tables of {where}", "a table")
    wanted = [name for name in known if name in raw or name in listed]
    columns = {column for table in known.values() for column in table.columns}
    for part, check in (("columns", _texts), ("values", _values)):
        given = _part(raw, part, where)
        _refuse_unknown(set(given), columns, f"{part} of {where}", "a column")
        for name in given:
            check(given, name, where)
    day_first, timezone = raw.get("day_first"), raw.get("timezone")
    if not (day_first is None or isinstance(day_first, bool)):
        raise IngestError(f"day_first of a mapping must be true or false; found {day_first!r} in {where}; correct it")
    for key in ("epoch", "serials", "exact"):
        if not isinstance(raw.get(key, False), bool):
            raise IngestError(f"{key} of a mapping must be true or false; found {raw[key]!r} in {where}; correct it")
    if raw.get("decimal", ".") not in (".", ","):
        raise IngestError(f'decimal of a mapping must be "." or ","; found {shown(raw["decimal"])} in {where}; correct it')
    if not (timezone is None or (isinstance(timezone, str) and timezone in available_timezones())):
        raise IngestError(
            f'timezone of a mapping must be an IANA name such as "Asia/Shanghai"; found {shown(timezone)} in {where}; correct it'
        )
    name = raw.get("name", where.removesuffix(".toml"))
    if not isinstance(name, str):
        raise IngestError(f"name of a mapping must be a text; found {shown(name)} in {where}; correct it")
    return Mapping(
        name=name,
        tables={name: _table(raw, name, where) for name in wanted},
        timezone=timezone,
        day_first=day_first,
        date_formats=_texts(raw, "date_formats", where),
        missing=_texts(raw, "missing", where),
        epoch=raw.get("epoch", False),
        serials=raw.get("serials", False),
        decimal=raw.get("decimal", "."),
        source_text=text,
    )


def _texts(raw: Map[str, Any], key: str, where: str) -> tuple[str, ...]:
    """A text or a list of texts."""
    found = raw.get(key, ())
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list | tuple) or not all(isinstance(text, str) for text in listed):
        raise IngestError(f"{key} of a mapping must be a text or a list of texts; found {shown(found)} in {where}; correct it")
    return tuple(listed)


def _table(raw: dict[str, Any], name: str, where: str) -> TableMapping:
    own = _part(raw, name, where)
    table = contract(name)
    _refuse_unknown(set(own), _PARTS, f"[{name}] of {where}", "a part")
    inside = f"[{name}] of {where}"
    for part in ("columns", "values"):
        _refuse_unknown(set(_part(own, part, inside)), table.columns, f"[{name}.{part}] of {where}", "a column")
    aliases = _part(raw, "columns", where) | _part(own, "columns", inside)
    mapped = _part(raw, "values", where) | _part(own, "values", inside)
    columns = {}
    for column in table.columns.values():
        titles = tuple(column.title.values()) if raw.get("titles") else ()
        implied = () if raw.get("exact") else (column.name, *titles)
        columns[column.name] = tuple(dict.fromkeys((*implied, *_texts(aliases, column.name, where))))
    values: dict[str, Map[str, Value]] = {name: _values(mapped, name, where) for name in table.columns if name in mapped}
    if raw.get("titles"):
        values |= _choices(table, _part(own, "values", inside), where)
    fold = _part(own, "fold", inside)
    _refuse_unknown(set(fold), ("version", "by_time"), f"[{name}.fold] of {where}", "a key")
    by_time = fold.get("by_time", False)
    if not isinstance(by_time, bool):
        raise IngestError(f"by_time of [{name}.fold] must be true or false; found {shown(by_time)} in {where}; correct it")
    return TableMapping(columns, values, _texts(fold, "version", where), by_time)


def _choices(table: Contract, own: Map[str, Any], where: str) -> dict[str, Map[str, Value]]:
    """The Chinese words of the contract's choices, and what the mapping says of this table; not its words for all."""
    found: dict[str, Map[str, Value]] = {}
    for column in table.columns.values():
        if column.choices:
            chosen = dict(zip(column.choices, column.values, strict=True))
            found[column.name] = {**chosen, **(_values(own, column.name, where) if column.name in own else {})}
    return found


def _part(raw: Map[str, Any], key: str, where: str) -> dict[str, Any]:
    """A table of keys and values; empty where it is not given."""
    found = raw.get(key, {})
    if not isinstance(found, dict):
        raise IngestError(f"{key} of a mapping must be a table of keys and values; found {shown(found)} in {where}; correct it")
    return found


def _values(mapped: Map[str, Any], name: str, where: str) -> dict[str, Value]:
    found = _part(mapped, name, f"values of {where}")
    for text, value in found.items():
        if not isinstance(value, str | int | float):
            raise IngestError(
                "values of a mapping must be texts, numbers, true or false; "
                f"found {shown(value)} for {text!r} of {name} in {where}; correct it"
            )
    return found


def shown(value: object) -> str:
    """A found value as a message repeats it, not long."""
    text = repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def _refuse_unknown(found: set[str], allowed: Any, where: str, what: str) -> None:
    unknown = sorted(found - set(allowed))
    if unknown:
        raise IngestError(f"{what} must be one of {', '.join(sorted(allowed))}; found {', '.join(unknown)} in {where}; correct it")
