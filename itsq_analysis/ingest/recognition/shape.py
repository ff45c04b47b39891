"""What an export is: which table its rows are, whether a row is a ticket or an event, and in which order its dates are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import duckdb
import numpy as np

from itsq_analysis.ingest.recognition.columns import Columns, in_order
from itsq_analysis.ingest.recognition.profile import Profile
from itsq_analysis.ingest.recognition.vocabulary import Tool, meanings
from itsq_analysis.store import quoted

_NUMBERS = {
    "changes": re.compile(r"^(?:CHG|CRQ|CR|RFC|BG|变更)[-_ ]?\d", re.IGNORECASE),
    "problems": re.compile(r"^(?:PRB|PBI|PM|WT)[-_ ]?\d", re.IGNORECASE),
    "requests": re.compile(r"^(?:RITM|REQ|SCTASK|SR)[-_ ]?\d", re.IGNORECASE),
    "incidents": re.compile(r"^(?:INC|IM|INCIDENT)[-_ ]?\d", re.IGNORECASE),
}
_NAMES = {
    "incidents": re.compile(r"incident|incidenc|事件|故障|störung", re.IGNORECASE),
    "changes": re.compile(r"change(?!d)|变更|變更|änderung|mudança|変更", re.IGNORECASE),
    "problems": re.compile(r"problem_|problems?\.|(?<!的)问题管理|problem[-_ ]?ticket", re.IGNORECASE),
    "requests": re.compile(r"sc_req|sc_task|service[-_ ]?request|服务请求|requisic", re.IGNORECASE),
    "surveys": re.compile(r"survey|csat|满意度|satisfaction", re.IGNORECASE),
}
LOG_ROWS = 1.3  # rows per number from which a file is an event log
FEW_REPEATED = 0.05
VIOLATIONS = 0.02


@dataclass(frozen=True)
class Order:
    """The order of day and month: `day_first` None where no date needs one; `why` tells what decided it."""

    day_first: bool | None
    why: str = ""
    is_open: bool = False


def table_of(profiles: Sequence[Profile], file: str, tool: Tool | None) -> str:
    """The canonical table of an export, by its headers, its numbers and its name; incidents where nothing tells otherwise."""
    if tool and tool.monitoring:
        return "incidents"
    concepts = {concept for profile in profiles for concept, strength in meanings(profile.header).items() if strength > 0.6}
    kinds = {profile.place: profile.kind for profile in profiles}
    times = [profile for profile in profiles if profile.is_time]
    numeric = sum(kind == "number" for kind in kinds.values())
    headers = {meaning: profile for profile in profiles for meaning in meanings(profile.header)}
    if "offered" in headers and headers["offered"].kind == "number" and ({"answered", "abandoned"} & headers.keys()):
        return "contacts"
    if "score" in headers and headers["score"].kind == "number" and not {"state", "priority"} & concepts and times:
        return "surveys"
    texts = [profile for profile in profiles if profile.kind == "text"]
    if not tool and len(times) == 1 and numeric and (len(texts) <= 1 or _is_metric(profiles)) and "state" not in concepts:
        return "metrics"
    named = next((table for table, pattern in _NAMES.items() if pattern.search(file)), None)
    if named == "incidents":
        return named
    for profile in profiles:
        if "number" in meanings(profile.header) and profile.words:
            for table, pattern in _NUMBERS.items():
                if sum(bool(pattern.match(word)) for word in profile.words) > 0.8 * len(profile.words):
                    return table
    if named:
        return named
    if {"planned_start", "planned_end"} <= concepts:
        return "changes"
    return "incidents"


def _is_metric(profiles: Sequence[Profile]) -> bool:
    words = {profile.header.strip().lower() for profile in profiles}
    return bool(words & {"value", "metric", "value_avg", "_value", "值", "指标"}) and len(profiles) <= 8


def order_of(profiles: Sequence[Profile], columns: Columns) -> Order:
    """The order of day and month by all rows: by days above 12, else by what cannot be so in the other order.

    What is compared: times that are after each other in a ticket, and how much of the calendar the dates fill.
    """
    used = [profile for profile in profiles if profile.kind == "time" and columns.taken(profile.place)]
    used = used or [profile for profile in profiles if profile.kind == "time"]
    differ = [column for column in used if not np.array_equal(column.times[0], column.times[1], equal_nan=True)]
    if not differ:
        return Order(None)
    unread = [sum(_unread(column, side) for column in differ) for side in (0, 1)]
    if unread[0] != unread[1]:
        day_first = unread[0] < unread[1]
        return Order(day_first, f"{max(unread):,} dates have a day above 12 in {'the first' if day_first else 'the second'} place")
    broken = [_violations(profiles, columns, day_first) for day_first in (True, False)]
    if min(broken) < VIOLATIONS and max(broken) > 5 * max(min(broken), 0.002):
        day_first = broken[0] < broken[1]
        return Order(day_first, f"read the other way, {max(broken):.0%} of the rows would end before they begin")
    spans = [max(float(np.ptp(column.times[side][~np.isnan(column.times[side])])) for column in differ) for side in (0, 1)]
    if max(spans) > 3 * min(spans):
        day_first = spans[0] < spans[1]
        return Order(day_first, "read the other way, the dates would be scattered over months", is_open=False)
    return Order(None, "every date can be read both ways", is_open=True)


def _unread(profile: Profile, side: int) -> int:
    return int(np.isnan(profile.times[side]).sum() - (np.isnan(profile.times[0]) & np.isnan(profile.times[1])).sum())


def _violations(profiles: Sequence[Profile], columns: Columns, day_first: bool) -> float:
    """The share of rows whose times are in the wrong order."""
    by_place = {profile.place: profile for profile in profiles}
    order = [
        columns.places[name] for name in ("opened_at", "acknowledged_at", "resolved_at", "closed_at") if name in columns.places
    ]
    shares = [1 - in_order(by_place[first], by_place[second], day_first) for first, second in combinations(order, 2)]
    return max(shares, default=0.0)


def is_event_log(connection: duckdb.DuckDBPyConnection, relation: str, number: int, rows: int, distinct: int) -> bool:
    """Whether the rows of a file are events of tickets: numbers repeat as a rule, in rows that differ."""
    if distinct == 0 or rows / distinct < LOG_ROWS:
        return False
    [(several,)] = connection.execute(
        f"SELECT count(*) FILTER (n > 1) / count(*) FROM (SELECT count(*) n FROM {quoted(relation)} WHERE c{number} <> '' "
        f"GROUP BY c{number})"
    ).fetchall()
    return float(several) > 0.5


def composite_key(
    connection: duckdb.DuckDBPyConnection, relation: str, profiles: Sequence[Profile], columns: Columns, rows: int
) -> tuple[int, ...]:
    """Positions of columns of which one, or two, before the number tell every row from the others; () where none do."""
    number = columns.places["number"]
    likely = [
        profile.place
        for profile in profiles
        if profile.place != number
        and profile.filled == rows
        and profile.kind in ("text", "number")
        and profile.distinct < 0.5 * rows
    ]
    for size in (1, 2):
        for chosen in combinations(likely[:12], size):
            key = ", ".join(f"c{place}" for place in (*chosen, number))
            [(found,)] = connection.execute(f"SELECT count(DISTINCT ({key})) FROM {quoted(relation)}").fetchall()
            if found == rows:
                return chosen
    return ()
