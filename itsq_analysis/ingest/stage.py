"""Staging: one export becomes typed rows, its refused rows, and the facts about it that the ledger keeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.binding import VALUE, Binder, Binding
from itsq_analysis.ingest.checks import CLOCKS_DIFFER, TIMES
from itsq_analysis.ingest.day_order import decide_day_first
from itsq_analysis.ingest.fold import fold, numbered_by_time
from itsq_analysis.ingest.mapping import Mapping, Value
from itsq_analysis.ingest.plain_texts import PlainTexts, plain_texts
from itsq_analysis.ingest.privacy import Privacy, private
from itsq_analysis.ingest.quarantine import make_quarantine
from itsq_analysis.ingest.read import RawTable, read_file
from itsq_analysis.ingest.staged import Staged
from itsq_analysis.ingest.surroundings import refuse_below_header, refuse_cut_short
from itsq_analysis.ingest.time_texts import oddities
from itsq_analysis.ingest.times import own_formats, usual_formats, wall_clock
from itsq_analysis.ingest.typed import VERSION, Reading, Typed, make_typed
from itsq_analysis.ingest.values import check_values
from itsq_analysis.store import quoted
from itsq_analysis.tables import Contract, contract

if TYPE_CHECKING:
    from itsq_analysis.settings import Settings, SourceSettings

MASKING = Privacy()  # what is done where nobody says otherwise

__all__ = ["Staged", "stage_file", "stage_services"]


def stage_file(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    display: str,
    source: SourceSettings,
    mapping: Mapping,
    settings: Settings,
    loaded_at: datetime | None = None,
    member: str = "",
    privacy: Privacy = MASKING,
) -> Staged:
    """Read, map, check and (an event log) fold one export; the store is not touched.

    Args:
        connection: in which the relations are made; their names are unique in the process.
        path: the export, of any kind that `read_file` reads.
        display: its name in the ledger and in messages.
        source: which table it fills; its zone, day order and further names go before the mapping's.
        mapping: of the tool that wrote it.
        settings: of the workspace.
        loaded_at: when the load runs (aware): what has happened cannot lie after it. None: times are not compared with it.
        member: which file of a zip.
        privacy: what is left out, made a pseudonym or masked.

    Raises:
        IngestError: the file cannot be read, its header does not fit, or the order of day and month stays open.
    """
    table = contract(source.table)
    binder = Binder(table, mapping.table(source.table), source.columns, source.stated, source.wide)
    raw = read_file(connection, path, display, binder.is_header, settings.load, member=member, encoding=source.encoding)
    if source.wide:
        raw = raw.lengthened(connection, binder.kept(raw.headers), (source.wide, VALUE))
    raw = raw.with_columns(connection, binder.added(raw.headers))
    binding = binder.bind(raw.headers, display)
    raw = private(connection, raw, binding.columns, table.name, privacy)
    zone, zone_from = _zone(source, mapping, settings)
    plain = _plain_texts(connection, raw, table, binding, mapping)
    odd = _odd_times(connection, raw, table, binding, mapping, plain)
    day_first = _day_first(connection, raw, odd, source, mapping, display)
    reading = _reading(connection, binder, binding, source, mapping, zone, day_first, loaded_at)
    odd_of = {name: odd[place] for name, place in binding.columns.items() if place in odd}
    reading = replace(reading, odd=odd_of, plain_texts=plain, clock=reading.clock.within(plain.years))
    typed = refuse_cut_short(connection, raw, make_typed(connection, raw, reading))
    typed = refuse_below_header(connection, raw, typed, binder, binding)
    is_log = binding.version is not None or binder.by_time
    quarantined = make_quarantine(connection, raw, reading, typed, display, is_log=is_log)
    raw.drop(connection)
    first_opens = is_log and binding.columns.get("opened_at") == binding.columns.get(table.updated or "")
    ends = not {"resolved_at", "closed_at"} & binding.columns.keys()
    rows = _rows(connection, table, typed, binding if is_log else None, first_opens=first_opens, ends=ends)
    refused, ambiguous, shifted = _counts(connection, typed)
    return Staged(
        file=display,
        table=table.name,
        mapping=mapping.name,
        relation=rows.relation,
        quarantined=quarantined,
        columns=frozenset({**binding.columns, **table.made, **({"resolved_at": 0, "closed_at": 0} if is_log and ends else {})}),
        read=raw.read,
        refused=refused + len(raw.malformed),
        superseded=rows.superseded,
        state_changes=rows.state_changes,
        sha256=raw.sha256,
        timezone=zone,
        timezone_from=zone_from,
        encoding=raw.encoding,
        delimiter=raw.delimiter,
        day_first=day_first,
        ambiguous_times=ambiguous,
        shifted_times=shifted,
        first_opens=first_opens,
        extra=rows.extra,
        unmapped=typed.unmapped,
        missing=_missing(connection, rows.relation, list(binding.columns)),
        ignored_columns=binding.ignored,
        warnings=tuple(f"{display}: {text}" for text in raw.warnings),
        extracted_at=_extracted_at(source, zone, loaded_at),
    )


def stage_services(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Staged:
    """The [[service]] entries of itsq.toml, staged like a file.

    Args:
        connection: in which the relation `services_of_settings` is made.
        settings: of the workspace.
    """
    columns = [name for name in contract("services").columns if all(name in type(one).model_fields for one in settings.services)]
    rows = [{name: getattr(service, name) for name in columns} for service in settings.services]
    lines = pa.array(range(1, len(rows) + 1), pa.int64())
    table = (
        pa.Table.from_pylist(rows, schema=contract("services").schema).append_column("_line", lines).append_column("_order", lines)
    )
    connection.register("services_of_settings", table)
    return Staged(
        file="itsq.toml",
        table="services",
        mapping="itsq.toml",
        relation="services_of_settings",
        quarantined="",
        columns=frozenset(columns),
        read=len(rows),
        refused=0,
        sha256=settings.fingerprint("services"),
        timezone=settings.organisation.timezone,
        timezone_from="workspace",
        encoding="utf-8",
    )


def _zone(source: SourceSettings, mapping: Mapping, settings: Settings) -> tuple[str, str]:
    """The zone of local times, and who states it."""
    if source.timezone:
        return source.timezone, "source"
    return (mapping.timezone, "mapping") if mapping.timezone else (settings.organisation.timezone, "workspace")


def _plain_texts(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, table: Contract, binding: Binding, mapping: Mapping
) -> PlainTexts:
    """What is plain in the file; of times nothing where the mapping states its formats, or numbers may be dates."""
    times = [] if mapping.date_formats or mapping.serials or raw.is_workbook else _places(table, binding, TIMES)
    return plain_texts(connection, raw.relation, times, _places(table, binding, ("text",)))


def _places(table: Contract, binding: Binding, types: tuple[str, ...]) -> list[int]:
    """Positions in the file of the columns of some types."""
    return sorted({place for name, place in binding.columns.items() if table.columns[name].type in types})


def _odd_times(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    table: Contract,
    binding: Binding,
    mapping: Mapping,
    plain: PlainTexts,
) -> dict[int, frozenset[str]]:
    """What is odd in the texts of the date and time columns, by position; nothing where the mapping states its formats."""
    places = [place for place in _places(table, binding, TIMES) if place not in plain.iso]
    return {place: frozenset() if mapping.date_formats else oddities(connection, raw.relation, f"c{place}") for place in places}


def _day_first(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    odd: dict[int, frozenset[str]],
    source: SourceSettings,
    mapping: Mapping,
    display: str,
) -> bool | None:
    if mapping.date_formats:
        return None
    stated = mapping.day_first if source.day_first is None else source.day_first
    return decide_day_first(connection, raw, odd, stated, display)


def _reading(
    connection: duckdb.DuckDBPyConnection,
    binder: Binder,
    binding: Binding,
    source: SourceSettings,
    mapping: Mapping,
    zone: str,
    day_first: bool | None,
    loaded_at: datetime | None,
) -> Reading:
    table = binder.table
    columns = {name: column for name, column in table.columns.items() if name in binding.columns}
    positions = dict(binding.columns)
    required = set(binder.required)
    if binding.version is not None:
        columns[VERSION.name], positions[VERSION.name] = VERSION, binding.version
        required.add(VERSION.name)
    formats = own_formats(connection, mapping.date_formats) if mapping.date_formats else usual_formats(day_first)
    mapped = mapping.table(table.name).values
    values: dict[str, dict[str, Value]] = {}
    for name in binding.columns:
        check_values(table.name, table.columns[name], mapped.get(name, {}), f"mapping {mapping.name}")
        check_values(table.name, table.columns[name], source.values.get(name, {}), "itsq.toml")
        values[name] = {**mapped.get(name, {}), **source.values.get(name, {})}
    return Reading(
        table=table,
        columns=columns,
        positions=positions,
        required=frozenset(required),
        values=values,
        missing=frozenset(mapping.missing),
        formats=replace(formats, epoch=mapping.epoch, serials=mapping.serials),
        clock=wall_clock(zone),
        loaded_at=loaded_at,
        decimal=mapping.decimal,
    )


@dataclass(frozen=True)
class _Rows:
    relation: str
    extra: dict[str, str]
    superseded: int = 0
    state_changes: int = 0


def _rows(
    connection: duckdb.DuckDBPyConnection, table: Contract, typed: Typed, log: Binding | None, *, first_opens: bool, ends: bool
) -> _Rows:
    """The sound rows, folded where the file is an event `log`."""
    relation = typed.relation.replace("typed", "staged")
    by_time = log is not None and log.version is None
    names = [*table.columns, *([VERSION.name] if log and not by_time else []), "_line", "_order"]
    columns = ", ".join(quoted(name) for name in names)
    if by_time:
        columns += ", " + numbered_by_time(table, VERSION.name)
    connection.execute(f"CREATE VIEW {quoted(relation)} AS SELECT {columns} FROM {quoted(typed.relation)} WHERE _check IS NULL")
    if log is None:
        return _Rows(relation, {})
    folded = fold(connection, relation, table, VERSION.name, first_opens=first_opens, ends=ends and by_time)
    return _Rows(folded.relation, {"state_log": folded.state_log}, folded.superseded, folded.state_changes)


def _counts(connection: duckdb.DuckDBPyConnection, typed: Typed) -> tuple[int, int, int]:
    """Rows that failed a check; among the others, local times that occur twice and that do not exist."""
    [(refused, ambiguous, shifted)] = connection.execute(
        "SELECT count(_check), coalesce(sum(_ambiguous) FILTER (_check IS NULL), 0), "
        f"coalesce(sum(_shifted) FILTER (_check IS NULL), 0) FROM {quoted(typed.relation)}"
    ).fetchall()
    return int(refused), int(ambiguous), int(shifted)


def _missing(connection: duckdb.DuckDBPyConnection, relation: str, columns: list[str]) -> dict[str, int]:
    counts = ", ".join(f"count(*) - count({quoted(name)})" for name in columns)
    [row] = connection.execute(f"SELECT {counts} FROM {quoted(relation)}").fetchall()
    return {name: int(count) for name, count in zip(columns, row, strict=True)}


def _extracted_at(source: SourceSettings, zone: str, loaded_at: datetime | None) -> datetime | None:
    """When the export was made, as the source states it; without an offset it stands in the source's zone.

    Raises:
        IngestError: it is after the load.
    """
    moment = source.extracted_at
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    if loaded_at is not None and moment > loaded_at + CLOCKS_DIFFER:
        raise IngestError(
            f"extracted_at of a source must not lie after the load, {loaded_at.isoformat(timespec='minutes')}; found "
            f"{moment.isoformat(timespec='minutes')} for {source.glob!r}; correct it in itsq.toml, or remove it"
        )
    return moment
