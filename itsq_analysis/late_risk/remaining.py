"""Working hours that open tickets still take."""

from __future__ import annotations

import numpy as np
import pandas as pd

from itsq_analysis.ingest.sla import Int64s
from itsq_analysis.late_risk.features import Features
from itsq_analysis.late_risk.kaplan_meier import quantiles
from itsq_analysis.late_risk.snapshots import Snapshots
from itsq_analysis.late_risk.tickets import HOUR, Floats

LEVELS = (0.1, 0.5, 0.9)
LONGEST = 2000.0  # hours: where even that is not enough nothing is said
ALIKE = 400  # past waits of the same kind, those that had lasted most nearly as long
FEWEST = 30  # of them


def remaining(lasting: Floats, ends: Floats) -> Floats:
    """Hours by which each ticket has ended with 10, 50 and 90 %: tickets × 3; NaN beyond `LONGEST`.

    Args:
        lasting: the chance to be open still at the ends of steps.
        ends: of the steps, hours from now; after the last one tickets go on to end as fast as in it.
    """
    logs = -np.log(np.maximum(lasting, 1e-12))
    span = np.maximum(ends[:, -1] - ends[:, -2], 1e-9)
    rate = np.maximum((logs[:, -1] - logs[:, -2]) / span, 1e-9)
    result = np.full((len(lasting), len(LEVELS)), np.nan)
    for column, level in enumerate(LEVELS):
        target = -np.log(1 - level)
        for row in range(len(lasting)):
            hours = float(np.interp(target, logs[row], ends[row]))
            beyond = (target - logs[row, -1]) / rate[row]
            result[row, column] = hours + max(beyond, 0.0)
    return np.where(result <= LONGEST, result, np.nan)


def wait_hours(
    features: Features, ticket: Int64s, now: pd.DataFrame, past: Snapshots, of_past: pd.DataFrame, hours: Floats
) -> None:
    """Fill in the hours of tickets whose clock stands still: by earlier ones that had waited as long for the same (Kaplan-Meier).

    The clock of their promise says nothing of a wait, so their hours are counted with it.
    """
    tickets, log = features.tickets, features.past
    if not tickets.logged:
        return
    stopped = tickets.stops[log.place(past.ticket, past.at)] & (log.place(past.ticket, past.at) >= 0)
    place = log.place(ticket, np.full(ticket.size, tickets.moment))
    asked = np.flatnonzero((place >= 0) & tickets.stops[place])
    ahead = (tickets.on_clock(past.ticket, tickets.until[past.ticket]) - tickets.on_clock(past.ticket, past.at)) / HOUR
    kind, here = of_past["state"].to_numpy(), of_past["here"].to_numpy()
    for row in asked:
        same = np.flatnonzero(stopped & (kind == now["state"].iloc[row]))
        nearest = same[np.argsort(np.abs(np.log1p(here[same]) - np.log1p(now["here"].iloc[row])), kind="stable")[:ALIKE]]
        hours[row] = quantiles(ahead[nearest], past.ended[nearest], LEVELS) if nearest.size >= FEWEST else np.nan
