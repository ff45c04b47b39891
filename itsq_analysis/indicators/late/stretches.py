"""The state log of some incidents as stretches of time, each of one kind; together they cover the incident's whole life.

A stretch runs from one row of the log to the next, in the order (at, seq), and is of exactly one kind:

- `unassigned`: the state is new, nobody has taken the incident up;
- `waiting_user`, `waiting_supplier`: on hold, waiting for the caller or for a supplier;
- `worked`: in progress, before any transfer;
- `transferred`: in progress, after a transfer;
- `waiting_other`: everything else: on hold for another or no stated reason, resolved and later reopened, a state not known.

A transfer is a change of group after some group had the incident in progress. Two changes are none: sorting out a new incident
before anybody works on it, and the first line (level 1 of the groups table) handing over to another line, which is its task. Once
an incident has been transferred it stays so, also with a group that had it before. A row without a group leaves the group as it is.

Before its first row an incident whose log begins with new was new; one whose log begins otherwise was in a state not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from itsq_analysis.ingest.sla import MISSING, Int64s, Log, integers, moments

if TYPE_CHECKING:
    from itsq_analysis.settings import SlaRule

KINDS = ("unassigned", "worked", "transferred", "waiting_user", "waiting_supplier", "waiting_other")
ENDS = ("resolved", "closed", "canceled")
UNASSIGNED, WORKED, TRANSFERRED, USER, SUPPLIER, OTHER = range(len(KINDS))

# Ordered by ticket and time; lag and bool_or look at earlier rows of the same incident.
_LOG = f"""
WITH told AS (
    SELECT number, seq, "at", state, hold_reason,
           last_value(assignment_group IGNORE NULLS) OVER (
               PARTITION BY number ORDER BY "at", seq ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS holder
    FROM state_log WHERE ticket_table = 'incidents' AND "at" < $end AND number IN (SELECT unnest($numbers))
), moves AS (
    SELECT told.*, lead("at") OVER so_far AS until,
           coalesce(holder <> lag(holder) OVER so_far, false)
           AND coalesce(bool_or(state = 'in_progress') OVER (
               PARTITION BY number ORDER BY "at", seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false)
           AND NOT (coalesce(lag(g.level) OVER so_far = 1, false) AND g.level IS DISTINCT FROM 1) AS moved
    FROM told LEFT JOIN groups g ON g.assignment_group = told.holder
    WINDOW so_far AS (PARTITION BY number ORDER BY "at", seq)
), passed AS (
    SELECT *, bool_or(moved) OVER (
        PARTITION BY number ORDER BY "at", seq ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS transferred
    FROM moves
)
SELECT number, "at", until, state, hold_reason, holder,
       CASE WHEN state = 'new' THEN {UNASSIGNED}
            WHEN state = 'in_progress' AND transferred THEN {TRANSFERRED}
            WHEN state = 'in_progress' THEN {WORKED}
            WHEN state = 'on_hold' AND hold_reason = 'caller' THEN {USER}
            WHEN state = 'on_hold' AND hold_reason = 'supplier' THEN {SUPPLIER}
            ELSE {OTHER} END AS kind
FROM passed ORDER BY number, "at", seq
"""


@dataclass(frozen=True)
class Stretches:
    """The log of some incidents: per row the incident's position, from when until when it holds (`MISSING` = still), its kind.

    Ascending by incident and time. `held` marks the rows on hold, `over` those resolved, closed or canceled; `reason` says why
    it is on hold (NULL = not said), `holder` is the group.
    """

    row: Int64s
    start: Int64s
    end: Int64s
    kind: Int64s
    held: NDArray[np.bool_]
    over: NDArray[np.bool_]
    reason: pa.ChunkedArray
    holder: pa.ChunkedArray

    def logged(self, size: int) -> NDArray[np.bool_]:
        """Which of `size` incidents have a log."""
        return np.bincount(self.row, minlength=size) > 0

    def stopping(self, rules: Sequence[SlaRule], chosen: Int64s) -> NDArray[np.bool_]:
        """Which stretches stop the clock of their incident, whose rule is `chosen` (-1 = none)."""
        size = chosen.size
        log = Log(self.logged(size), np.full(size, MISSING), self.row, self.start, self.end, self.reason)
        return np.asarray(self.held & log.stopping(rules, chosen))

    def holder_at(self, moment: Int64s) -> pa.ChunkedArray:
        """The group that held each incident at its moment; NULL where the log names none by then."""
        known = np.flatnonzero(self.start <= moment[self.row])
        last = np.full(moment.size, -1)
        last[self.row[known]] = known  # ascending, so the newest stays
        return self.holder.take(pa.array(last, mask=last < 0))

    def within(self, opened: Int64s, until: Int64s) -> tuple[Int64s, Int64s, Int64s, Int64s]:
        """Incident, start, end and kind of stretches that cover each logged incident from opened to until, none overlapping.

        First those of the log, in order, cut to the incident's life; then for each incident the one before its first row.
        """
        first = np.flatnonzero(np.diff(self.row, prepend=-1))
        row = np.append(self.row, self.row[first])
        start = np.append(self.start, opened[self.row[first]])
        end = np.append(np.where(self.end == MISSING, until[self.row], self.end), self.start[first])
        kind = np.append(self.kind, np.where(self.kind[first] == UNASSIGNED, UNASSIGNED, OTHER))
        return row, np.clip(start, opened[row], until[row]), np.clip(end, opened[row], until[row]), kind


def read_stretches(connection: DuckDBPyConnection, numbers: pa.ChunkedArray, end: datetime) -> Stretches:
    """The stretches of incidents, as far as the log knew before `end` (aware).

    Args:
        connection: over the contract tables.
        numbers: of the incidents, distinct.
        end: later rows of the log are left out.
    """
    log = connection.sql(_LOG, params={"end": end, "numbers": numbers.to_pylist()}).to_arrow_table()
    position = pc.index_in(log["number"], value_set=numbers.combine_chunks())
    return Stretches(
        integers(position),
        moments(log, "at"),
        moments(log, "until"),
        integers(log["kind"]),
        pc.equal(log["state"], "on_hold").fill_null(False).to_numpy(),
        pc.is_in(log["state"], value_set=pa.array(ENDS)).to_numpy(),
        log["hold_reason"].cast(pa.string()),
        log["holder"].cast(pa.string()),
    )
