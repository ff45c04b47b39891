"""The days that capacity is told by: up to when metrics are known, and when the next report is due."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.periods import month_of


@fact
def metrics_scope(scope: Scope) -> Scope | None:
    """The scope as of the newest point of the metrics, where that is earlier than its own moment; None without metrics."""
    newest = scope.query('SELECT max("time") AS newest FROM "metrics"')["newest"].iloc[0]
    if pd.isna(newest):
        return None
    moment = pd.Timestamp(newest).to_pydatetime().astimezone(scope.settings.organisation.zone)
    return scope if moment >= scope.moment else scope.workspace.scope_at(scope.period, moment)


def last_whole_day(scope: Scope) -> date:
    """The last local day that was over at the scope's moment; its last hour's point may carry the hour's beginning."""
    zone = scope.settings.organisation.zone
    moment = scope.moment.astimezone(zone) + timedelta(hours=1)
    return (datetime.combine(moment.date(), time(), zone) - timedelta(days=1)).date()


def next_report(scope: Scope) -> date:
    """The day before which the next report is made: the last one of the period after, or of the scope's own month if later."""
    starts_on = scope.settings.period.month_starts_on
    if scope.period.grain == "month":
        after = month_of(scope.period.end, starts_on).end
    else:
        after = scope.period.end + timedelta(days=scope.period.days)
    return max(after, month_of(scope.today, starts_on).end) - timedelta(days=1)
