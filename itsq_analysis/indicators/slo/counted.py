"""What an objective counts in any windows of time: seconds of agreed service time, tickets, or hours of a measurement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from itsq_analysis.errors import IndicatorError
from itsq_analysis.facts import Scope
from itsq_analysis.indicators.computed import COMPUTED
from itsq_analysis.indicators.computed_scope import ComputedScope
from itsq_analysis.indicators.evidence.evidence import rows_of
from itsq_analysis.indicators.query import known_name
from itsq_analysis.indicators.slo.budget import Budget
from itsq_analysis.periods import parse_period
from itsq_analysis.settings.slo import AVAILABILITY, SloSettings

Windows = Sequence[tuple[datetime, datetime]]


def budgets(scope: Scope, slo: SloSettings, windows: Windows) -> list[Budget]:
    """The budget of every window (start and end, aware, end exclusive).

    Raises:
        IndicatorError: the objective's indicator is no share of tickets.
    """
    if slo.indicator == AVAILABILITY:
        counted = _service_time(scope, slo, windows)
    elif slo.indicator is not None:
        counted = _tickets(scope, slo, windows)
    else:
        counted = _measured(scope, slo, windows)
    return [Budget(slo.objective, good, total) for good, total in counted]


def _service_time(scope: Scope, slo: SloSettings, windows: Windows) -> list[tuple[float, float]]:
    """Hours of agreed service time."""
    moment = scope.moment.astimezone(UTC)
    asked = ComputedScope(
        connection=scope.workspace.connection,
        settings=scope.settings,
        calendars=scope.workspace.calendar,
        periods=(scope.period,) * len(windows),
        starts=tuple(start.astimezone(UTC) for start, _ in windows),
        ends=tuple(min(end.astimezone(UTC), moment) for _, end in windows),
        dimension="service" if slo.service else None,
        as_of=moment,
    )
    frame = COMPUTED["availability_with_maintenance" if slo.maintenance else AVAILABILITY](asked)
    if slo.service:
        frame = frame[frame["member"] == slo.service]
    sums = frame[["period", "numerator", "denominator"]].groupby("period").sum()
    by_place = {int(str(place)): (float(good), float(total)) for place, good, total in sums.itertuples(name=None)}
    return [by_place.get(place, (0.0, 0.0)) for place in range(len(windows))]


def _tickets(scope: Scope, slo: SloSettings, windows: Windows) -> list[tuple[float, float]]:
    """Tickets, after approved exemptions."""
    name = str(slo.indicator)
    known_name(name, scope.catalogue, "the indicator of an [[slo]]")
    indicator = scope.catalogue[name]
    if indicator.kind != "proportion" or indicator.until or indicator.better != "higher":
        raise IndicatorError(
            f"the indicator of an [[slo]] must be availability or a share of tickets of which more is better; found {name}; use "
            "sla_resolution_met"
        )
    zone = scope.settings.organisation.zone
    first, last = (
        moment.astimezone(zone).date() for moment in (min(start for start, _ in windows), max(end for _, end in windows))
    )
    rows = rows_of(
        scope.workspace.scope_at(parse_period(f"{first}..{last}"), scope.moment), name, "service" if slo.service else None
    )
    rows = rows[rows["counts"] & ((rows["member"] == slo.service) if slo.service else True)]
    times = pd.to_datetime(rows[str(indicator.time)], utc=True)
    return [_sum(rows, (times >= start) & (times < end)) for start, end in windows]


def _sum(rows: pd.DataFrame, inside: pd.Series) -> tuple[float, float]:
    return float(rows.loc[inside, "numerator"].sum()), float(rows.loc[inside, "denominator"].sum())


def _measured(scope: Scope, slo: SloSettings, windows: Windows) -> list[tuple[float, float]]:
    """Whole hours whose mean is known."""
    frame = scope.workspace.metric_series(slo.resource, slo.metric, how="mean", as_of=None)
    ends = pd.to_datetime(frame["ds"], utc=True) + timedelta(hours=1)
    known, kept = frame["y"].notna(), frame["y"] <= float(slo.at_most or 0.0)
    counted = []
    for start, end in windows:
        inside = known & (ends > start) & (ends <= min(end, scope.moment))
        counted.append((float(np.count_nonzero(inside & kept)), float(np.count_nonzero(inside))))
    return counted
