"""From files to a proposal: open them, know the tool and the table, assign columns, explain words, ask what stays open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.header import normal
from itsq_analysis.ingest.read import RawTable, read_file
from itsq_analysis.ingest.recognition.columns import TIMES, Columns, complete, recognised
from itsq_analysis.ingest.recognition.profile import Profile, profiles
from itsq_analysis.ingest.recognition.proposal import Bound, Proposal, Question, answers_of
from itsq_analysis.ingest.recognition.registers import shipped_proposal
from itsq_analysis.ingest.recognition.series import contacts_columns, metrics_columns
from itsq_analysis.ingest.recognition.shape import Order, composite_key, is_event_log, order_of, table_of
from itsq_analysis.ingest.recognition.vocabulary import Tool, meanings, tool_of
from itsq_analysis.ingest.recognition.words import ASKED, word_values
from itsq_analysis.store import quoted
from itsq_analysis.tables import Contract, contract

if TYPE_CHECKING:
    from itsq_analysis.settings import LoadSettings

KNOWN_HEADERS = 3  # of a row that is taken for the header
SURE = 0.6
SAMPLES = 3
ENDING = ("incidents", "requests")  # of which every value needs an end
TICKETS = ("incidents", "requests", "changes", "problems")


@dataclass(frozen=True)
class Export:
    """A file to look at, what it is called, and the part of a zip."""

    path: Path
    display: str
    member: str = ""


def looks_like_header(row: Sequence[str]) -> bool:
    """Whether so many cells of a row are headers that the vocabulary knows, that it is the header."""
    cells = [cell for cell in row if cell.strip()]
    known = sum(max(meanings(cell).values(), default=0) >= SURE for cell in cells)
    return known >= min(KNOWN_HEADERS, max(2, len(cells) - 1))


def propose(
    connection: duckdb.DuckDBPyConnection,
    exports: Sequence[Export],
    limits: LoadSettings,
    *,
    name: str = "",
    table: str | None = None,
    answers: Mapping[str, str] | None = None,
) -> Proposal:
    """Propose how files of one kind are to be read.

    Args:
        connection: in which the files are opened.
        exports: at least one; headers, dates and words are judged over all of them together.
        limits: to size and ratio of what is packed.
        name: of the mapping; "" takes the tool's or the file's.
        table: the canonical table, as a person says; None leaves it to the files.
        answers: what a person says (see `answers_of`), also `day_first`, `timezone` and `encoding`.

    Raises:
        IngestError: a file cannot be read, or nothing in it can be the number or the time of a row.
    """
    plain, words = answers_of(answers or {})
    encoding = plain.pop("encoding", None)
    opened = [
        read_file(connection, one.path, one.display, looks_like_header, limits, member=one.member, encoding=encoding)
        for one in exports
    ]
    raw, relation = _together(connection, opened)
    files = tuple(one.display for one in exports)
    tool = tool_of(raw.headers)
    known = profiles(connection, relation, raw.headers, tool.missing if tool else ())
    rows = sum(one.read - len(one.malformed) for one in opened)
    notes = [f"{file}: {text}" for file, one in zip(files, opened, strict=True) for text in one.warnings]
    source: dict[str, Any] = {"encoding": encoding} if encoding else {}
    if shipped := shipped_proposal(raw.headers, table):
        mapping, its_table = shipped
        proposal = Proposal(mapping, files, its_table, mapping=mapping, source=source, notes=notes)
        return _with_zone(proposal, plain, known, None, Columns())
    chosen = table or table_of(known, exports[0].path.name, tool)
    label = name or (tool.name if tool else Path(exports[0].path.name.split(".")[0]).name)
    proposal = Proposal(label, files, contract(chosen).name, tool.title if tool else "", source=source, notes=notes)
    looking = _Looking(connection, relation, known, rows, tool, plain, words, proposal)
    if chosen == "metrics":
        metrics_columns(proposal, known, plain)
        columns, order = Columns(), order_of(known, Columns())
    elif chosen == "contacts":
        columns, order = looking.columns()
        contacts_columns(proposal, known, columns, order)
    else:
        columns, order = looking.columns()
        looking.bind(columns)
    _with_order(proposal, order, plain)
    return _with_zone(proposal, plain, known, tool, columns)


def _together(connection: duckdb.DuckDBPyConnection, opened: Sequence[RawTable]) -> tuple[RawTable, str]:
    """The records of all files below one another, by the names of their columns; the first file's columns come first."""
    first = opened[0]
    headers = list(first.headers)
    for other in opened[1:]:
        headers += [header for header in other.headers if normal(header) not in set(map(normal, headers))]
    parts = []
    for number, one in enumerate(opened):
        places = {normal(header): place for place, header in enumerate(one.headers)}
        cells = [f"c{places[normal(header)]}" if normal(header) in places else "NULL::VARCHAR" for header in headers]
        listed = ", ".join(f"{cell} AS c{place}" for place, cell in enumerate(cells))
        parts.append(f"SELECT {listed}, _row::BIGINT + {number}::BIGINT * 1000000000 AS _row FROM {quoted(one.relation)}")
    name = f"{first.relation}_together"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS {' UNION ALL '.join(parts)}")
    return replace(first, headers=tuple(headers)), name


class _Looking:
    """Files of tickets or registers while their columns are assigned."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        known: list[Profile],
        rows: int,
        tool: Tool | None,
        answers: Mapping[str, str],
        words: Mapping[str, Mapping[str, str]],
        proposal: Proposal,
    ) -> None:
        self.connection, self.relation, self.known, self.rows, self.tool = connection, relation, known, rows, tool
        self.answers, self.words, self.proposal = answers, words, proposal
        self.table = contract(proposal.table)

    def columns(self) -> tuple[Columns, Order]:
        """The columns of the table, and the order of the dates in them."""
        wanted = {*self.table.columns} - {"problem", "change", "knowledge", "first_contact_resolved"}
        wanted |= {"breached"} if "made_sla" in wanted else set()
        wanted |= {"service_level", "average_wait", "average_handle"} if self.table.name == "contacts" else set()
        wanted |= {"activity", "event_time"} if self.table.name in TICKETS else set()
        wanted |= {"resolved_at"} if self.table.name in TICKETS else set()
        columns = recognised(self.known, self.rows, self.tool, wanted, self.answers)
        order = order_of(self.known, columns)
        if "event_time" in columns.places and "opened_at" not in columns.places and "number" in columns.places:
            return columns, order
        complete(columns, self.known, self.rows, order.day_first, wanted)
        return columns, order_of(self.known, columns)

    def bind(self, columns: Columns) -> None:
        """Write columns and words into the proposal."""
        if self.table.name in TICKETS:
            self._log_or_key(columns)
            _ends(self.table, columns, self.proposal)
        self._require(columns)
        self._days_and_clocks(columns)
        for column, place in columns.places.items():
            if column in ("breached", "activity", "event_time") or column not in self.table.columns:
                continue
            headers = self.proposal.columns.setdefault(column, [self.known[place].header])
            why = columns.by_content.get(column, "")
            self.proposal.bound.append(Bound(column, headers[0], why, tuple(self.known[place].words)[:SAMPLES]))
        self._words(columns)
        self._stated()
        used = set(columns.places.values())
        self.proposal.unused = [one.header for one in self.known if one.place not in used]

    def _days_and_clocks(self, columns: Columns) -> None:
        """A day and a time of day that stand in two columns are one moment."""
        clocks = [one for one in self.known if one.kind == "clock"]
        for name, place in columns.places.items():
            column = self.table.columns.get(name)
            day = self.known[place]
            if column is None or column.type != "time" or not day.is_day:
                continue
            fitting = [one for one in clocks if name in meanings(one.header)]
            beside = [one for one in clocks if one.place == place + 1]
            if len(fitting) == 1 or beside:
                clock = fitting[0] if len(fitting) == 1 else beside[0]
                joined = f"{{{day.header}}} {{{clock.header}}}"
                self.proposal.source.setdefault("columns", {})[name] = [joined]
                self.proposal.notes.append(f"{name} is made of day and time of day: {joined}")

    def _log_or_key(self, columns: Columns) -> None:
        """Whether rows are events; else a key that tells every row from the others."""
        number = columns.places.get("number")
        if number is None:
            self._made_key(columns)
            return
        profile = self.known[number]
        repeats = is_event_log(self.connection, self.relation, number, self.rows, profile.distinct)
        if repeats and self._tells_events(columns):
            self._log(columns)
        elif profile.distinct < profile.filled and "opened_at" in columns.places:
            chosen = composite_key(self.connection, self.relation, self.known, columns, self.rows)
            same = self._conflicts(number, columns.places["opened_at"])
            if same and chosen:
                joined = "-".join(f"{{{self.known[place].header}}}" for place in (*chosen, number))
                self.proposal.source.setdefault("columns", {})["number"] = [joined]
                self.proposal.notes.append(
                    f"{same:,} numbers stand for tickets opened at different times: the key is {joined}, which every row has alone"
                )
            elif same:
                self.proposal.notes.append(f"{same:,} numbers stand for tickets opened at different times; the newest row is kept")

    def _conflicts(self, number: int, opened: int) -> int:
        [(count,)] = self.connection.execute(
            f"SELECT count(*) FROM (SELECT c{number} FROM {quoted(self.relation)} WHERE c{number} <> '' GROUP BY 1 "
            f"HAVING count(DISTINCT c{opened}) > 1)"
        ).fetchall()
        return int(count)

    def _made_key(self, columns: Columns) -> None:
        """A key joined of the opening, the object and the title, where no column tells the rows apart."""
        names = [name for name in ("opened_at", "service", "ci", "short_description") if name in columns.places]
        places = [columns.places[name] for name in names]
        if "opened_at" not in names:
            return
        joined = "-".join(f"{{{self.known[place].header}}}" for place in places if self.known[place].filled == self.rows)
        self.proposal.source.setdefault("columns", {})["number"] = [joined]
        self.proposal.notes.append(f"no column tells the rows apart: the number is made of {joined}")

    def _log(self, columns: Columns) -> None:
        """One row per event: each ticket is folded to its latest state."""
        at = columns.places.get("event_time", columns.places.get("updated_at"))
        if at is None:
            return
        self.proposal.by_time = True
        self.proposal.notes.append("one row per event: each ticket is folded to its latest state, and a state log is kept")
        columns.places["updated_at"] = at
        opened = columns.places.get("opened_at")
        if opened is None or self._varies(columns.places["number"], opened):
            columns.places["opened_at"] = at
            self.proposal.notes.append("a ticket is opened at its first event")
        activity = columns.places.get("activity")
        state = columns.places.get("state")
        if activity is not None and (state is None or not self._has_end(state)) and self._has_end(activity):
            columns.places["state"] = activity
        for ends in ("resolved_at", "closed_at"):
            if columns.places.get(ends) == at:
                del columns.places[ends]

    def _tells_events(self, columns: Columns) -> bool:
        """Whether rows with one number are its events: a column says what happened, or only the time of the update differs."""
        if {"event_time", "activity"} & columns.places.keys():
            return True
        number, opened, updated = (columns.places.get(name) for name in ("number", "opened_at", "updated_at"))
        if number is None or updated is None:
            return False
        return (opened is None or not self._varies(number, opened)) and self._varies(number, updated)

    def _varies(self, number: int, opened: int) -> bool:
        """Whether the time of opening differs between the events of a ticket, so that it is that of the event."""
        [(share,)] = self.connection.execute(
            f"SELECT avg((n > 1)::INT) FROM (SELECT count(DISTINCT c{opened}) n FROM {quoted(self.relation)} "
            f"WHERE c{number} <> '' GROUP BY c{number} HAVING count(*) > 1)"
        ).fetchall()
        return float(share or 0) > 0.5

    def _has_end(self, place: int) -> bool:
        column = self.table.columns["state"]
        told = word_values(self.table, column, self.known[place], self.tool, self.words.get("state", {})).told
        ends = [value in ("resolved", "closed", "fulfilled") for _, _, value in told]
        return any(ends) and not all(ends)

    def _require(self, columns: Columns) -> None:
        """Nothing, or an IngestError where a required column is missing."""
        stated = {*self.proposal.source.get("columns", {}), *self.proposal.source.get("stated", {})}
        missing = [one.name for one in self.table.columns.values() if one.required and one.name not in columns.places]
        missing = [name for name in missing if name not in stated]
        if missing:
            shown = ", ".join(repr(one.header) for one in self.known[:40])
            raise IngestError(
                f"an export of {self.table.name} must have {' and '.join(missing)}; found no such column in "
                f"{self.proposal.files[0]}, only {shown}; say which it is: --answer {missing[0]}=HEADER, or what the file holds: "
                "--as TABLE"
            )

    def _words(self, columns: Columns) -> None:
        """What the words of choices, scales and yes/no columns mean."""
        for name, place in [*columns.places.items()]:
            breached = name == "breached"
            column = self.table.columns.get("made_sla" if breached else name)
            if (
                column is None
                or column.type not in ("choice", "bool", "int")
                or self.known[place].distinct > len(self.known[place].words)
            ):
                continue
            if breached:
                if "made_sla" in columns.places:
                    continue
                self.proposal.columns["made_sla"] = [self.known[place].header]
                self.proposal.bound.append(
                    Bound("made_sla", self.known[place].header, "tells what was late", tuple(self.known[place].words)[:SAMPLES])
                )
            if column.type == "int" and column.max is None:
                continue
            found = word_values(
                self.table, column, self.known[place], self.tool, self.words.get(column.name, {}), breached=breached
            )
            self.proposal.values[column.name] = found.values
            self.proposal.words[column.name] = found.told
            if column.name in ASKED:
                self._ask(column.name, column.values or ("1", "2", "3", "4", "5"), found.unknown)

    def _ask(self, column: str, options: Sequence[str], unknown: Mapping[str, int]) -> None:
        for word, rows in unknown.items():
            self.proposal.questions.append(
                Question("word", column, word, rows, tuple(options), f'--answer "{column}.{word}={options[0]}"')
            )

    def _stated(self) -> None:
        """What the files do not carry but the tool tells."""
        if self.tool and self.tool.monitoring and self.table.name == "incidents" and "channel" not in self.proposal.columns:
            self.proposal.source.setdefault("stated", {})["channel"] = "monitoring"
        if self.tool and self.tool.missing:
            self.proposal.top["missing"] = [*self.tool.missing]


def _ends(table: Contract, columns: Columns, proposal: Proposal) -> None:
    """One end where the tool knows only one: a closed incident is a resolved one; a request is only closed."""
    places = columns.places
    if "resolved_at" in table.columns and not proposal.by_time:
        if "resolved_at" not in places and "closed_at" in places:
            places["resolved_at"] = places["closed_at"]
            columns.by_content["resolved_at"] = "the only end that there is: closed counts as resolved"
    elif "resolved_at" in places and "resolved_at" not in table.columns:
        place = places.pop("resolved_at")
        if "closed_at" not in places:
            places["closed_at"] = place
    if table.name in ENDING and not {"resolved_at", "closed_at"} & places.keys() and not proposal.by_time:
        end = "resolved_at" if "resolved_at" in table.columns else "closed_at"
        proposal.notes.append(f"no column tells when a ticket ended; if there is one: --answer {end}=HEADER")


def _with_order(proposal: Proposal, order: Order, answers: Mapping[str, str]) -> None:
    """The order of day and month: as said, as proved, or asked."""
    if "day_first" in answers:
        proposal.source["day_first"] = answers["day_first"].lower() in ("true", "yes", "1")
    elif order.day_first is not None:
        proposal.source["day_first"] = order.day_first
        proposal.notes.append(f"dates are written {'day' if order.day_first else 'month'} first: {order.why}")
    elif order.is_open:
        proposal.questions.append(Question("day_first", "day_first", options=("true", "false"), answer="--answer day_first=true"))


def _with_zone(
    proposal: Proposal, answers: Mapping[str, str], known: Sequence[Profile], tool: Tool | None, columns: Columns
) -> Proposal:
    """The zone of local times, epochs and serial dates."""
    bound = {place for concept, place in columns.places.items() if concept in TIMES}
    used = [one for one in known if one.is_time and (one.place in bound or not columns.places)]
    if "timezone" in answers:
        proposal.source["timezone"] = answers["timezone"]
    elif tool and tool.utc_headers & {one.header for one in known} and any(one.kind == "time" for one in used):
        proposal.source["timezone"] = "UTC"
        proposal.notes.append(f"times are read as UTC, in which {tool.title} writes stored values; else: --answer timezone=ZONE")
    if not proposal.mapping:
        proposal.top |= {
            key: True for key, kind in (("epoch", "epoch"), ("serials", "serial")) if any(one.kind == kind for one in used)
        }
    return proposal
