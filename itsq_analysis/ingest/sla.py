"""Which SLA rule holds for a ticket, and when its clock stood still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itsq_analysis.worktime import utc_microseconds

if TYPE_CHECKING:
    from itsq_analysis.settings import SlaRule

Int64s = NDArray[np.int64]

MISSING = np.iinfo(np.int64).min
"""A moment, duration or number that is not known."""


def moments(table: pa.Table, column: str) -> Int64s:
    """A time column as microseconds since the epoch, `MISSING` where it is NULL."""
    times = table[column].cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
    return np.asarray(times.fill_null(MISSING).to_numpy(), dtype=np.int64)


def integers(values: pa.ChunkedArray) -> Int64s:
    """A column of whole numbers, `MISSING` where it is NULL."""
    return np.asarray(values.cast(pa.int64()).fill_null(MISSING).to_numpy(), dtype=np.int64)


def choose_rules(incidents: pa.Table, services: pa.Table, rules: Sequence[SlaRule], zone: ZoneInfo) -> Int64s:
    """The position of the rule that holds for each incident, -1 where none does.

    A rule matches if service, tier and priority are as it says (where it says nothing, all are) and it was in force on the local
    day on which the ticket was opened. Of several the most specific one holds: a service goes before a tier, a tier before
    priorities, fewer priorities before more; then the newest `valid_from`; then the last in the file.

    Args:
        incidents: columns service, priority, opened_at.
        services: columns service, tier.
        rules: in the order of itsq.toml.
        zone: the workspace's zone, for the day of opening.
    """
    opened = moments(incidents, "opened_at")
    priority = integers(incidents["priority"])
    position = pc.index_in(incidents["service"], value_set=services["service"].combine_chunks(), skip_nulls=True)
    tier = integers(services["tier"].combine_chunks().take(position.combine_chunks()))
    chosen = np.full(opened.size, -1, dtype=np.int64)
    for number in sorted(range(len(rules)), key=lambda number: (*_specificity(rules[number]), number)):
        rule = rules[number]
        matches = np.ones(opened.size, dtype=bool)
        if rule.service is not None:
            matches &= pc.equal(incidents["service"], rule.service).fill_null(False).to_numpy()
        if rule.tier is not None:
            matches &= tier == rule.tier
        if rule.priority:
            matches &= np.isin(priority, rule.priority)
        if rule.valid_from is not None:
            matches &= opened >= utc_microseconds(datetime.combine(rule.valid_from, time()), zone)
        chosen[matches] = number
    return chosen


def _specificity(rule: SlaRule) -> tuple[bool, bool, bool, int, date]:
    """Greater is more specific, then newer."""
    return (
        rule.service is not None,
        rule.tier is not None,
        bool(rule.priority),
        -len(rule.priority),
        rule.valid_from or date.min,
    )


@dataclass(frozen=True)
class Log:
    """The state log of some tickets, as far as their clocks need it.

    `logged` and `last`: per ticket, whether it has log rows, and the moment of the newest. `row`, `start`, `end`, `reason`: per
    time on hold the ticket's position, from when until when (`MISSING` = still), and why (None = not said).
    """

    logged: NDArray[np.bool_]
    last: Int64s
    row: Int64s
    start: Int64s
    end: Int64s
    reason: pa.ChunkedArray

    def stopping(self, rules: Sequence[SlaRule], chosen: Int64s) -> NDArray[np.bool_]:
        """Which times on hold stop the clock of their ticket, whose rule is `chosen` (-1 = none, and no clock stops).

        A time without a reason stops it only where the rule says "all".
        """
        reasons = sorted({reason for rule in rules for reason in rule.paused} - {"all"})
        stops = np.zeros((len(rules) + 1, len(reasons) + 1), dtype=bool)
        for number, rule in enumerate(rules):
            stops[number] = "all" in rule.paused
            stops[number, [reasons.index(reason) for reason in rule.paused if reason != "all"]] = True
        code = pc.index_in(self.reason, value_set=pa.array(reasons, pa.string()), skip_nulls=True).fill_null(-1)
        return np.asarray(stops[chosen[self.row], code.to_numpy()])


def read_log(tickets: pa.ChunkedArray, state_log: pa.Table, table: str) -> Log:
    """Times on hold of tickets: from each on_hold row of the log to the ticket's next row, ordered by (at, seq).

    Args:
        tickets: ticket numbers, distinct.
        state_log: columns ticket_table, number, seq, at, state, hold_reason; any order.
        table: rows of other tables are left out.
    """
    log = state_log.filter(pc.equal(state_log["ticket_table"], table))
    position = pc.index_in(log["number"], value_set=tickets.combine_chunks(), skip_nulls=True)
    log, position = log.filter(position.is_valid()), position.drop_null()
    row, at = integers(position), moments(log, "at")
    last = np.full(len(tickets), MISSING)
    np.maximum.at(last, row, at)
    on_hold = pc.equal(log["state"], "on_hold").fill_null(False).to_numpy()
    held = np.zeros(len(tickets), dtype=bool)
    held[row[on_hold]] = True
    rows = np.flatnonzero(held[row])  # the others need no order
    rows = rows[np.lexsort((integers(log["seq"])[rows], at[rows], row[rows]))]
    same = np.append(row[rows][1:] == row[rows][:-1], False)[: rows.size]
    until = np.where(same, np.append(at[rows][1:], MISSING)[: rows.size], MISSING)
    holds = on_hold[rows]
    reason = log["hold_reason"].cast(pa.string()).take(pa.array(rows[holds]))
    return Log(last != MISSING, last, row[rows][holds], at[rows][holds], until[holds], reason)
