"""What a load finds doubtful in the data as a whole: nothing is refused for it, but everything is told.

Each doubt is a fact without language: its kind, the table, and what was found. `sentence` says it in English for the command line.
Days on which nobody works, such as Spring Festival, are no gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from itsq_analysis.store import literal, quoted

if TYPE_CHECKING:
    import duckdb

    from itsq_analysis.ingest.staged import Staged
    from itsq_analysis.worktime import Calendar

TICKETS = ("incidents", "requests", "changes", "problems")
EXPORT_LIMITS = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 65_535, 65_536, 100_000, 1_048_575, 1_048_576)  # rows
SURE = 15.0  # tickets that are expected where none came: of Poisson's law, none at all has a chance of 3 in 10 million
USUAL_DAYS = 60  # working days by which it is judged what is usual
FEWEST_DAYS = 20  # without so many nothing is usual
EARLY = timedelta(days=2 * 365)  # before nearly all others
EARLY_SHARE = 0.01
EXAMPLES = 3


@dataclass(frozen=True)
class Doubt:
    """One thing that is hard to believe.

    Attributes:
        kind: a key of `_SENTENCES`.
        table: the canonical table.
        facts: what was found, as JSON values.
    """

    kind: str
    table: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """The doubt as JSON values, for the ledger."""
        return asdict(self)


_ENTRY = "in the source's entry of itsq.toml"
_SENTENCES = {
    "export_limit": "{file} has exactly {rows:,} rows, at which tools cut an export off without a word; export it in smaller parts",
    "unknown_state": "state {word!r} is not known ({rows:,} rows of {file}): such a ticket is open until it has a resolution "
    f'or closing time; say what it means {_ENTRY}: values = {{{{ state = {{{{ {{toml}} = "closed" }}}} }}}}',
    "refused_share": "{file}: {share:.1%} of its rows were refused, {earlier:.1%} in the loads before; see: itsq quarantine",
    "time_order": "{file}: {rows:,} rows ({share:.1%}) tell of an end before the beginning; see: itsq quarantine --rule {rule}",
    "after_the_load": "{file}: {rows:,} rows tell of times after the load ({clock}) and were refused; are zone and order of "
    "day and month right? see: itsq quarantine --rule after_the_load",
    "refused_cells": "{file}, {cells}: rows refused: {rows:,}; repair them with: itsq quarantine export FILE.xlsx",
    "missing_columns": "{file} lacks {columns}, which all {files:,} earlier files had, in its {rows:,} rows; export them too",
    "new_columns": "{file} has {columns} in its {rows:,} rows, which none of {files:,} earlier files had; if a header was renamed, "
    f"name it {_ENTRY}",
    "changed_type": "{file}: {column} could not be read in {rows:,} rows ({share:.1%}), before in {earlier:.1%}; has it changed?",
    "conflict": "{rows:,} rows of {file} differ from those of {other} under the same key, such as {example}; those of {other} are "
    "used; see: itsq quarantine --rule conflict",
    "same_number": "{rows:,} numbers stand for tickets that were opened at different times, such as {example}; one is kept; "
    f"if they are different tickets, make the numbers differ, for example {_ENTRY}: "
    'columns = {{ number = ["{{repository}}-{{number}}"] }}',
    "early": "{rows:,} tickets were opened long before all others ({earliest}; nearly all from {usual} on)",
    "last_alone": "the data seem to reach {last}, but between {before} and then {days} working days passed without a ticket; "
    "if that row is wrong, so is everything that is called complete",
    "gap": "no ticket from {start} to {end}, {days} working days; about {expected:,.0f} were to be expected",
    "service_stops": "service {service!r} has had no ticket since {last}; about {expected:,.0f} were to be expected",
}


def sentence(doubt: Mapping[str, Any]) -> str:
    """A recorded doubt in English.

    >>> sentence({"kind": "early", "table": "changes", "facts": {"rows": 1, "earliest": "2001-01-01", "usual": "2024-01-02"}})
    'changes: 1 tickets were opened long before all others (2001-01-01; nearly all from 2024-01-02 on)'
    """
    return f"{doubt['table']}: {_SENTENCES[doubt['kind']].format(**doubt['facts'])}"


def doubts_of_files(staged: Sequence[Staged], rules: Mapping[tuple[str, str], int], earlier: Sequence[Mapping[str, Any]],
                    clock: datetime) -> Iterator[Doubt]:  # fmt: skip
    """What is doubtful in the files of a load.

    Args:
        staged: of this load.
        rules: (file, rule) -> rows refused in this load.
        earlier: the ledger's files before it.
        clock: when the load runs.
    """
    from itsq_analysis.tables import toml_text

    for facts in staged:
        where = {"file": facts.file}
        if facts.read in EXPORT_LIMITS:
            yield Doubt("export_limit", facts.table, where | {"rows": facts.read})
        for word, rows in facts.unmapped.get("state", {}).items():
            yield Doubt("unknown_state", facts.table, where | {"word": word, "rows": rows, "toml": toml_text(word)})
        if (late := rules.get((facts.file, "after_the_load"), 0)) > 0:
            yield Doubt("after_the_load", facts.table, where | {"rows": late, "clock": clock.isoformat(timespec="minutes")})
        for (file, rule), rows in sorted(rules.items()):
            if file == facts.file and "_before_" in rule and rows > max(EXAMPLES, EARLY_SHARE * facts.read):
                yield Doubt("time_order", facts.table, where | {"rows": rows, "share": rows / facts.read, "rule": rule})
        yield from _refused_share(facts, earlier)


def _refused_share(facts: Staged, earlier: Sequence[Mapping[str, Any]]) -> Iterator[Doubt]:
    """A share of refused rows that the earlier loads of the table do not explain: five standard errors and a point more."""
    before = [entry for entry in earlier if entry["table"] == facts.table and entry["sha256"] != facts.sha256]
    read = sum(entry["read"] for entry in before)
    if read < 100 or not facts.read:
        return
    usual, share = sum(entry["quarantined"] for entry in before) / read, facts.refused / facts.read
    if share > usual + 0.01 + 5 * sqrt(usual * (1 - usual) * (1 / facts.read + 1 / read)):
        yield Doubt("refused_share", facts.table, {"file": facts.file, "share": share, "earlier": usual})


def doubts_of_numbers(connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[str]) -> Iterator[Doubt]:
    """Numbers of tickets with several opening times: among the rows of this load, and between these and the stored ones.

    Args:
        connection: with the relations `incoming_TABLE` (`_file`: position in `files`) and `old_TABLE`.
    """
    rows = connection.execute(
        f"SELECT number, arg_min(file, opened_at), min(opened_at)::VARCHAR, arg_max(file, opened_at), max(opened_at)::VARCHAR, "
        f"count(*) OVER () FROM (SELECT number, opened_at, _file AS file FROM incoming_{table} UNION ALL "
        f"SELECT number, opened_at, -1 FROM old_{table} WHERE number IN (SELECT number FROM incoming_{table})) "
        f"GROUP BY number HAVING min(opened_at) <> max(opened_at) ORDER BY number LIMIT {EXAMPLES}"
    ).fetchall()
    if rows:
        names = [*files, "an earlier load"]
        number, first, opened, second, other, count = rows[0]
        example = f"{number} ({opened} in {names[first]}, {other} in {names[second]})"
        yield Doubt("same_number", table, {"rows": count, "numbers": [row[0] for row in rows], "example": example})


def doubts_of_tickets(
    connection: duckdb.DuckDBPyConnection, table: str, calendar: Calendar, zone: str, horizon: datetime
) -> Iterator[Doubt]:
    """What is doubtful in when the tickets of a table were opened.

    Args:
        connection: with the relation `logical_TABLE`, the table as it will be.
        calendar: whose working days count.
        zone: in which days are counted.
        horizon: up to when the data are known.
    """
    day = f"(opened_at AT TIME ZONE {literal(zone)})::DATE"
    has_service = _has_column(connection, table, "service")
    rows = connection.execute(
        f"SELECT {'service' if has_service else 'NULL'} AS service, {day} AS day, count(*) FROM logical_{table} "
        "WHERE opened_at IS NOT NULL GROUP BY ALL ORDER BY 2"
    ).fetchall()
    if not rows:
        return
    days = _Days([(at, count) for _, at, count in rows], calendar)
    yield from _early(table, days)
    yield from _last_alone(table, days)
    for start, end, expected in days.gaps():
        yield Doubt(
            "gap", table, {"start": str(start), "end": str(end), "days": days.working_between(start, end), "expected": expected}
        )
    until = min(days.last, horizon.date())
    services = sorted({service for service, _, _ in rows if service})
    for service in services if len(services) > 1 else ():
        own = _Days([(at, count) for name, at, count in rows if name == service], calendar)
        expected = own.expected_after(until)
        if expected >= SURE:
            yield Doubt("service_stops", table, {"service": service, "last": str(own.last), "expected": expected})


def _has_column(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    return column in connection.sql(f"SELECT * FROM {quoted('logical_' + table)} LIMIT 0").columns


class _Days:
    """Tickets by day; only working days of the calendar are judged."""

    def __init__(self, counts: Iterable[tuple[date, int]], calendar: Calendar) -> None:
        summed: dict[date, int] = {}
        for day, count in counts:
            summed[day] = summed.get(day, 0) + count
        self.counts = dict(sorted(summed.items()))
        self.days = list(self.counts)
        self.first, self.last = self.days[0], self.days[-1]
        self.total = sum(self.counts.values())
        self.calendar = calendar
        span = calendar.span
        self.low, self.high = (np.datetime64(edge, "us").astype("datetime64[D]") for edge in span)

    def working(self, start: date, end: date) -> NDArray[np.datetime64]:
        """The working days from `start` to before `end`, as far as the calendar knows them."""
        low, high = max(np.datetime64(start), self.low + 1), min(np.datetime64(end), self.high - 1)
        days = np.arange(low, high) if low < high else np.empty(0, "datetime64[D]")
        return days[self.calendar.is_working_day(days)] if days.size else days

    def working_between(self, start: date, end: date) -> int:
        """Working days from `start` to `end`, both included."""
        return int(self.working(start, end + timedelta(days=1)).size)

    def usual(self, days: NDArray[np.datetime64]) -> float:
        """Tickets of a working day, over the days given."""
        return sum(self.counts.get(day, 0) for day in days.tolist()) / days.size if days.size else 0.0

    def gaps(self) -> Iterator[tuple[date, date, float]]:
        """First and last working day without a ticket, and how many were to be expected there, by the days before and after."""
        days = self.working(self.first, self.last)
        counts = np.array([self.counts.get(day, 0) for day in days.tolist()])
        edges = np.flatnonzero(np.diff(np.concatenate([[1], (counts > 0).astype(int), [1]])))
        for start, after in zip(edges[0::2], edges[1::2], strict=True):
            around = np.concatenate([counts[max(0, start - USUAL_DAYS) : start], counts[after : after + USUAL_DAYS]])
            expected = float(np.median(around)) * (after - start) if around.size >= FEWEST_DAYS else 0.0
            if expected >= SURE:
                yield days[start].item(), days[after - 1].item(), expected

    def expected_after(self, until: date) -> float:
        """Tickets expected from the last one to `until`; 0 where it stopped so long ago that it is known."""
        silent = self.working_between(self.last + timedelta(days=1), until)
        before = self.working(self.last - timedelta(days=2 * USUAL_DAYS), self.last)[-USUAL_DAYS:]
        return self.usual(before) * silent if silent <= USUAL_DAYS else 0.0


def _early(table: str, days: _Days) -> Iterator[Doubt]:
    """Tickets that were opened years before nearly all others."""
    seen = 0
    for day, count in days.counts.items():
        if seen + count > EARLY_SHARE * days.total:
            if seen and day - days.first > EARLY:
                early = sum(found for at, found in days.counts.items() if at < day)
                yield Doubt("early", table, {"rows": early, "earliest": str(days.first), "usual": str(day)})
            return
        seen += count


def _last_alone(table: str, days: _Days) -> Iterator[Doubt]:
    """The last day with tickets lies far behind the others, so that it alone says up to when the data reach."""
    if len(days.days) < EXAMPLES:
        return
    before = days.days[-2]
    silent = days.working(before + timedelta(days=1), days.last)
    usual = days.usual(days.working(before - timedelta(days=2 * USUAL_DAYS), before)[-USUAL_DAYS:])
    if usual * silent.size >= SURE:
        yield Doubt("last_alone", table, {"last": str(days.last), "before": str(before), "days": int(silent.size)})
