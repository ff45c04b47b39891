"""What a desk could use instead: the share of the time that is used, the group's rate, Kaplan-Meier by priority."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from itsq_analysis.ingest.sla import MISSING, Int64s
from itsq_analysis.late_risk.kaplan_meier import curve
from itsq_analysis.late_risk.snapshots import Snapshots
from itsq_analysis.late_risk.tickets import Floats, Tickets

PRIOR = 20  # snapshots of all groups that a group's rate begins with


def known(snapshots: Snapshots) -> tuple[Snapshots, NDArray[np.bool_]]:
    """The snapshots before the promise whose outcome could be seen, and whether they missed it."""
    seen = snapshots.part(snapshots.known)
    return seen, seen.ahead > seen.left


def by_share_used(share: Floats, missed: NDArray[np.bool_], asked: Floats) -> Floats:
    """Logistic regression on the share of the time that is used."""
    fitted = LogisticRegression(C=np.inf).fit(share[:, None], missed)
    return np.asarray(fitted.predict_proba(asked[:, None])[:, 1])


def by_group(group: Floats, missed: NDArray[np.bool_], asked: Floats) -> Floats:
    """How often open tickets of the group missed their promise."""
    sums = pd.Series(missed, dtype=float).groupby(pd.Series(group).fillna(-1)).agg(["sum", "count"])
    rates = (sums["sum"] + PRIOR * missed.mean()) / (sums["count"] + PRIOR)
    return pd.Series(asked).fillna(-1).map(rates).fillna(missed.mean()).to_numpy()


def by_kaplan_meier(tickets: Tickets, ticket: Int64s, used: Floats) -> Floats:
    """Open still when the time runs out, given open now: Kaplan-Meier on the clock of the promise, by priority."""
    priority = tickets.fields["priority"].fillna(0).to_numpy()
    allowed = tickets.allowed / 3600.0
    result = np.empty(ticket.size)
    for level in np.unique(priority[ticket]):
        mine, of = priority == level, priority[ticket] == level
        at, lasting = curve(
            tickets.used[mine & (tickets.allowed != MISSING)] / 3600, ~tickets.open[mine & (tickets.allowed != MISSING)]
        )
        then, now = (lasting[np.searchsorted(at, hours, side="right")] for hours in (allowed[ticket[of]], used[of]))
        result[of] = np.where(now > 0, then / np.where(now > 0, now, 1), 1.0)
    return result
