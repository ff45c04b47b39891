"""Values that can still change: the earlier periods as they stood at the same age."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from math import nan

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.cube import PERIODS, cube
from itsq_analysis.indicators.exemptions import approved, without
from itsq_analysis.indicators.value import Value, span
from itsq_analysis.tables import contract

# One row per resolution in the log: when the next one came, whether it had been reopened before, and when it was next.
_RESOLUTIONS = """
WITH entries AS (
    SELECT l.number, l."at", l.state, lag(l.state) OVER ticket AS before,
    FROM state_log AS l
    JOIN incidents AS i ON i.number = l.number AND i.state IS DISTINCT FROM 'canceled'
    WHERE l.ticket_table = 'incidents' AND l."at" < $moment
    WINDOW ticket AS (PARTITION BY l.number ORDER BY l.seq)
), steps AS (
    SELECT *, state = 'resolved' AND before IS DISTINCT FROM 'resolved' AS resolution,
        before IN ('resolved', 'closed') AND state NOT IN ('resolved', 'closed', 'canceled') AS reopening
    FROM entries
)
SELECT "at", resolution,
    min(CASE WHEN resolution THEN "at" END) OVER later AS next_resolved,
    min(CASE WHEN reopening THEN "at" END) OVER later AS next_reopened,
    coalesce(bool_or(reopening) OVER earlier, FALSE) AS reopened
FROM steps
WHERE resolution OR reopening
WINDOW later AS (PARTITION BY number ORDER BY "at" ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
    earlier AS (PARTITION BY number ORDER BY "at" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
"""


def at_same_age(scope: Scope, value: Value) -> tuple[Value, ...] | None:
    """A provisional value of the scope's period and the 24 before it, each as it stood so long after its own end, oldest first.

    None where what was known at an earlier moment cannot be told: of a member, of what the column that moves has no times for, or
    where the log does not give the value of today.
    """
    return None if value.dimension else _at_same_age(scope, value.indicator)


@fact
def _at_same_age(scope: Scope, name: str) -> tuple[Value, ...] | None:
    indicator, today = scope.catalogue[name], cube(scope).value(name)
    if indicator.table is None or indicator.kind not in ("proportion", "count"):
        return None
    if "reopen_count" in indicator.columns:
        aged = _reopened(scope, today)
    elif _dated(scope, name):
        aged = cube(scope).known_at(name, _moments(scope))
    else:
        return None
    same = aged[-1].numerator == today.numerator and aged[-1].denominator == today.denominator
    return aged if same else None


def _moments(scope: Scope) -> list[datetime]:
    """The moment at which each period was as old as the scope's is now."""
    ends = [period.bounds(scope.settings.organisation.zone)[1] for period in scope.history(PERIODS)]
    return [end + (scope.moment - ends[-1]) for end in ends]


def _dated(scope: Scope, name: str) -> bool:
    """Whether what the indicator asks for carries its own time, so that a later event can be left out."""
    indicator = scope.catalogue[name]
    columns = contract(str(indicator.table)).all_columns
    return indicator.of is not None and any(columns[column].type == "time" for column in indicator.of.columns)


def _reopened(scope: Scope, value: Value) -> tuple[Value, ...]:
    """Incidents resolved in each period and reopened, as the log tells it at each moment."""
    tickets = approved(scope).get(value.indicator, ())
    with without(scope.workspace.connection, tickets) if tickets else nullcontext():
        steps = scope.query(_RESOLUTIONS)
    aged = []
    for then, known in zip(cube(scope).course(value, PERIODS), _moments(scope), strict=True):
        start, end = span(then).bounds(scope.settings.organisation.zone)
        resolved = steps[steps["resolution"] & (steps["at"] >= start) & (steps["at"] < end)]
        # The last resolution before that moment is the one that was known, unless the incident was open again.
        standing = resolved[~(resolved["next_resolved"] < known) & ~(resolved["next_reopened"] < known)]
        total, again = len(standing), int(standing["reopened"].sum())
        share = again / total if total else nan
        aged.append(replace(then, value=share, numerator=float(again), denominator=float(total), n=float(total), before=None))
    return tuple(aged)
