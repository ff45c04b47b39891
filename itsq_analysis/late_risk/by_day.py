"""How many tickets will become late on each coming day: sums of chances, with the range of a Poisson-binomial count."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from itsq_analysis.indicators.late.stretches import KINDS
from itsq_analysis.ingest.sla import MISSING, Int64s
from itsq_analysis.late_risk.kaplan_meier import lasting_longer
from itsq_analysis.late_risk.past import Past
from itsq_analysis.late_risk.tickets import Floats
from itsq_analysis.worktime import Calendar
from itsq_analysis.worktime.moments import SECOND

RANGE = (0.1, 0.9)


def count_range(chances: Iterable[float]) -> tuple[int, int]:
    """The 80 % range of how many of independent events happen, by their exact distribution.

    >>> count_range([1.0, 1.0, 0.0]), count_range([0.5] * 4)
    ((2, 2), (1, 3))
    """
    exact = np.ones(1)
    for chance in chances:
        exact = np.convolve(exact, [1 - chance, chance])
    reached = np.cumsum(exact)
    low, high = (int(np.searchsorted(reached, level - 1e-12)) for level in RANGE)
    return low, high


def resume_chances(past: Past, calendar: Calendar, ticket: Int64s, days: int) -> Floats:
    """Chance that the clock of each ticket runs on in each coming working day: tickets × (days + 1), the first is "runs now".

    What is missing to 1 is the chance that it still stands after these days. Times on hold are compared with earlier ones of the
    same kind that lasted as long (Kaplan-Meier).

    Args:
        past: the log.
        calendar: whose working days are counted.
        ticket: positions.
        days: how many.
    """
    tickets, rows = past.tickets, past.tickets.stretches
    result = np.zeros((ticket.size, days + 1))
    place = past.place(ticket, np.full(ticket.size, tickets.moment))
    stopped = (place >= 0) & tickets.stops[place] if tickets.logged else np.zeros(ticket.size, bool)
    result[~stopped, 0] = 1.0
    if not stopped.any():
        return result
    until = np.where(rows.end == MISSING, tickets.moment, rows.end)
    lasted = calendar.worked(until) - calendar.worked(np.minimum(rows.start, until))
    for kind in range(len(KINDS)):
        of_kind = np.flatnonzero(tickets.stops & (rows.kind == kind))
        asked = np.flatnonzero(stopped & (rows.kind[place] == kind))
        if asked.size:
            waits, over = lasted[of_kind], rows.end[of_kind] != MISSING
            reach = lasted[place[asked]][:, None] + np.arange(days + 1) * calendar.seconds_per_day * SECOND
            standing = lasting_longer(waits, over, reach)
            share = standing / np.maximum(standing[:, :1], 1e-9)
            result[asked, 1:] = share[:, :-1] - share[:, 1:]
    return result
