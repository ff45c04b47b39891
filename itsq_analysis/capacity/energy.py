"""How much energy? Kilowatt-hours a month and the PUE, where they are measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from itsq_analysis.capacity.days import last_whole_day
from itsq_analysis.capacity.resource_register import Resource, resource_register
from itsq_analysis.facts import Scope, fact

MONTHS = 13
WHOLE = 0.95  # share of a month's days from which its sum is told
IT = "it_"  # what the metric of the machines' own energy begins with
PUE = "pue"


@dataclass(frozen=True)
class Energy:
    """What one resource tells of energy.

    Attributes:
        months: metric -> `ds` (first day), `y`: the sum of each whole month (of a quotient, the mean).
        total: of `months`, its own metric; no rows where that is a quotient or has no whole month.
        pue: the whole energy over that of the machines, by month: measured, or from both sums of the same months.
    """

    resource: Resource
    months: dict[str, pd.DataFrame]
    total: pd.DataFrame
    pue: pd.DataFrame


@fact
def energy(scope: Scope) -> tuple[Energy, ...]:
    """Energy of each resource that measures it; a month with too few days known is left out.

    A month that lacks a day or so is told as so many days at the mean of those that are known.
    """
    return tuple(_energy(scope, resource) for resource in resource_register(scope) if resource.energy)


def _energy(scope: Scope, resource: Resource) -> Energy:
    months = _monthly(scope, resource.key)
    total = pd.Series(dtype=float) if resource.metric.lower() == PUE else months.get(resource.metric, pd.Series(dtype=float))
    frames = {metric: _frame(values) for metric, values in months.items()}
    return Energy(resource, frames, _frame(total), _frame(_pue(resource, months)))


def _frame(values: pd.Series) -> pd.DataFrame:
    stamps = pd.PeriodIndex(values.index, freq="M").to_timestamp() if len(values) else pd.DatetimeIndex([])
    return pd.DataFrame({"ds": stamps, "y": values.to_numpy()})


def _monthly(scope: Scope, key: str) -> dict[str, pd.Series]:
    frame = scope.query(
        'SELECT metric, ("time" AT TIME ZONE $zone)::DATE AS "day", sum(value ORDER BY "time") AS total, '
        'avg(value ORDER BY "time") AS mean FROM "metrics" '
        'WHERE "resource" = $resource AND value IS NOT NULL AND "time" < $moment GROUP BY ALL ORDER BY ALL',
        zone=scope.settings.organisation.timezone,
        resource=key,
    )
    over = pd.Period(last_whole_day(scope) + timedelta(days=1), "M")
    months = {}
    for metric, rows in frame.groupby("metric", sort=True):
        month = pd.PeriodIndex(pd.to_datetime(rows["day"]), freq="M")
        share = str(metric).lower() == PUE
        groups = rows["mean" if share else "total"].astype(float).groupby(month)
        days = pd.Series([period.days_in_month for period in groups.count().index], index=groups.count().index)
        whole = (groups.count() >= WHOLE * days) & (groups.count().index < over)
        values = groups.mean() * (1 if share else days)
        months[str(metric)] = values[whole].tail(MONTHS)
    return months


def _pue(resource: Resource, months: dict[str, pd.Series]) -> pd.Series:
    measured = next((values for metric, values in months.items() if metric.lower() == PUE), None)
    if measured is not None:
        return measured
    machines = next((values for metric, values in months.items() if metric.lower().startswith(IT)), None)
    whole = months.get(resource.metric)
    if machines is None or whole is None:
        return pd.Series(dtype=float)
    return (whole / machines[machines > 0]).dropna()
