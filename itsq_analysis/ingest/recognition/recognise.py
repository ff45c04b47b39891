"""From files to a proposal: open them, know the tool and the table, assign columns, explain words, ask what stays open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.read import read_file
from itsq_analysis.ingest.recognition.columns import Columns, complete, recognised
from itsq_analysis.ingest.recognition.opening import Export, looks_like_header, together
from itsq_analysis.ingest.recognition.profile import Profile, profiles
from itsq_analysis.ingest.recognition.proposal import Bound, Proposal, Question, answers_of
from itsq_analysis.ingest.recognition.registers import shipped_proposal
from itsq_analysis.ingest.recognition.series import contacts_columns, metrics_columns
from itsq_analysis.ingest.recognition.settling import ends, with_order, with_zone
from itsq_analysis.ingest.recognition.shape import Order, composite_key, is_event_log, order_of, table_of
from itsq_analysis.ingest.recognition.vocabulary import Tool, meanings, tool_of
from itsq_analysis.ingest.recognition.words import ASKED, word_values
from itsq_analysis.store import quoted
from itsq_analysis.tables import contract

if TYPE_CHECKING:
    from itsq_analysis.settings import LoadSettings

SAMPLES = 3
TICKETS = ("incidents", "requests", "changes", "problems")


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
        read_file(connection, export.path, export.display, looks_like_header, limits, member=export.member, encoding=encoding)
        for export in exports
    ]
    raw, relation = together(connection, opened)
    files = tuple(export.display for export in exports)
    tool = tool_of(raw.headers)
    known = profiles(connection, relation, raw.headers, tool.missing if tool else ())
    rows = sum(sheet.read - len(sheet.malformed) for sheet in opened)
    notes = [f"{file}: {text}" for file, sheet in zip(files, opened, strict=True) for text in sheet.warnings]
    source: dict[str, Any] = {"encoding": encoding} if encoding else {}
    if shipped := shipped_proposal(raw.headers, table):
        mapping, its_table = shipped
        proposal = Proposal(mapping, files, its_table, mapping=mapping, source=source, notes=notes)
        return with_zone(proposal, plain, known, None, Columns())
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
    with_order(proposal, order, plain)
    return with_zone(proposal, plain, known, tool, columns)


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
            ends(self.table, columns, self.proposal)
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
        self.proposal.unused = [profile.header for profile in self.known if profile.place not in used]

    def _days_and_clocks(self, columns: Columns) -> None:
        """A day and a time of day that stand in two columns are one moment."""
        clocks = [profile for profile in self.known if profile.kind == "clock"]
        for name, place in columns.places.items():
            column = self.table.columns.get(name)
            day = self.known[place]
            if column is None or column.type != "time" or not day.is_day:
                continue
            fitting = [profile for profile in clocks if name in meanings(profile.header)]
            beside = [profile for profile in clocks if profile.place == place + 1]
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
        for end in ("resolved_at", "closed_at"):
            if columns.places.get(end) == at:
                del columns.places[end]

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
        ended = [value in ("resolved", "closed", "fulfilled") for _, _, value in told]
        return any(ended) and not all(ended)

    def _require(self, columns: Columns) -> None:
        """Nothing, or an IngestError where a required column is missing."""
        stated = {*self.proposal.source.get("columns", {}), *self.proposal.source.get("stated", {})}
        missing = [column.name for column in self.table.columns.values() if column.required and column.name not in columns.places]
        missing = [name for name in missing if name not in stated]
        if missing:
            shown = ", ".join(repr(profile.header) for profile in self.known[:40])
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
