"""Incidents as they were known at a moment: when they were opened, how they ended, their log and the clock of their promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from itsq_analysis.indicators.known import known_sql
from itsq_analysis.indicators.late.clocks import on_clock, read_clocks, rules_of
from itsq_analysis.indicators.late.stretches import Stretches, read_stretches
from itsq_analysis.ingest.sla import MISSING, Int64s, moments
from itsq_analysis.ingest.terms import Terms
from itsq_analysis.worktime import Calendar, microseconds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from itsq_analysis.settings import Settings

Floats = NDArray[np.float64]
HOUR = 3_600_000_000  # microseconds

OPENING = ("priority", "impact", "urgency", "service", "category", "subcategory", "channel", "supplier", "ci")
"""Fields that a ticket is expected to have when it is opened; `fields.filled_at_closing` tells those that it has not."""

_TICKETS = f"""
SELECT number, service, priority, opened_at, CASE WHEN ended_at < $end THEN ended_at END AS ended_at, state, assignment_group,
       sla_due_at, {", ".join(name for name in OPENING if name not in ("service", "priority"))}
FROM {known_sql("incidents", "$end")} WHERE opened_at < $end ORDER BY number
"""


@dataclass(frozen=True)
class Tickets:
    """Incidents that were opened before a moment, by number; moments in microseconds since the epoch.

    Attributes:
        moment: nothing that happened at or after it is in here.
        numbers: of the tickets.
        fields: one column for each of `OPENING`, as the export has it now: a ticket's older values are not kept.
        group: that holds each ticket by the log; without a log row the one that the export names.
        opened, ended: `ended` is `MISSING` of the open ones.
        canceled: ended without being resolved.
        terms, rule: the SLA rules and the position of each ticket's, -1 = none.
        allowed, used: seconds on the clock of the rule, `allowed` `MISSING` without one; `used` until it ended, or the moment.
        due, late: when the allowed time runs out and from when on it is exceeded, if the clock runs on from the moment.
        stretches: of the log.
        stops: which stretches stop the clock of their ticket.
    """

    moment: int
    numbers: pd.Series
    fields: pd.DataFrame
    group: pd.Series
    opened: Int64s
    ended: Int64s
    canceled: NDArray[np.bool_]
    terms: Terms
    rule: Int64s
    allowed: Int64s
    used: Int64s
    due: Int64s
    late: Int64s
    stretches: Stretches
    stops: NDArray[np.bool_]

    @property
    def open(self) -> NDArray[np.bool_]:
        """Which of them had not ended."""
        return np.asarray(self.ended == MISSING)

    @property
    def until(self) -> Int64s:
        """When each ended, or the moment."""
        return np.where(self.open, self.moment, self.ended)

    @property
    def logged(self) -> bool:
        """Whether there is a log to learn from."""
        return self.stretches.row.size > 0

    def on_clock(self, ticket: Int64s, at: Int64s) -> Int64s:
        """What the clock of the ticket's calendar shows, microseconds."""
        return on_clock(self.terms, self.terms.calendar[self.rule[ticket]], at)


def read_tickets(
    connection: DuckDBPyConnection, settings: Settings, calendars: Callable[[str], Calendar], moment: datetime
) -> Tickets:
    """All incidents as they were known at a moment (aware); arguments as for `late_tickets`."""
    table = connection.sql(_TICKETS, params={"end": moment}).to_arrow_table().combine_chunks()
    stretches = read_stretches(connection, table["number"], moment)
    terms, rule = rules_of(connection, table, settings, calendars)
    now = int(microseconds(moment))
    opened, ended = moments(table, "opened_at"), moments(table, "ended_at")
    until = np.where(ended == MISSING, now, np.maximum(ended, opened))
    clocks = read_clocks(terms, rule, settings.sla, stretches, opened, until)
    held_by = stretches.holder_at(until).to_pandas()
    return Tickets(
        now,
        table["number"].to_pandas(),
        table.select(list(OPENING)).to_pandas(),
        held_by.fillna(table["assignment_group"].to_pandas()).astype("str"),
        opened,
        np.where(ended == MISSING, MISSING, until),
        pc.equal(table["state"], "canceled").fill_null(False).to_numpy() & (ended != MISSING),
        terms,
        rule,
        clocks.allowed,
        clocks.used,
        clocks.due,
        clocks.late,
        stretches,
        stretches.stopping(settings.sla, rule),
    )
