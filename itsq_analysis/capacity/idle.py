"""What is idle, and what it costs: capacity beyond what the busy hour, the peak and a failure need."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

import pandas as pd

from itsq_analysis.capacity.utilisation import ServiceHours, utilisation
from itsq_analysis.errors import ForecastError


@dataclass(frozen=True)
class Idle:
    """What could be given back.

    Attributes:
        busy_hour: P95 of the hourly values in service hours, as a share of capacity.
        peak: the highest hour, as a share of capacity.
        needed: capacity that keeps the busy hour at its target and the peak below 100 %, in unit.
        spare: what is beyond that, in unit (whole steps where there is a step).
        share: the spare capacity as a share of all.
        saving: what it costs a year; None where the cost is not known.
    """

    busy_hour: float
    peak: float
    needed: float
    spare: float
    share: float
    saving: float | None


def idle(
    hourly: pd.DataFrame,
    *,
    capacity: float,
    yearly_cost: float | None = None,
    target: float = 0.7,
    step: float | None = None,
    members: int | None = None,
    service_hours: ServiceHours | None = None,
) -> Idle | None:
    """What could be given back without exceeding the target at the busy hour, or 100 % at the peak, also after a failure.

    Args:
        hourly: `ds`, `y` of one resource; take at least as long as its season (a year where there is one).
        capacity: in the unit of `y`.
        yearly_cost: of the whole capacity.
        target: share of capacity at which the busy hour may lie.
        step: the unit in which capacity is given back; None: any amount.
        members: how many equal members share the load; the target is kept after the loss of one.
        service_hours: as for `utilisation`.

    Returns:
        None where no hour is known.

    Raises:
        ForecastError: a target that is not between 0 and 1.

    >>> hours = pd.DataFrame({"ds": pd.date_range("2026-10-05", periods=48, freq="h"), "y": 21.0})
    >>> idle(hours, capacity=100, yearly_cost=5000)
    Idle(busy_hour=0.21, peak=0.21, needed=30.0, spare=70.0, share=0.7, saving=3500.0)
    """
    if not 0 < target <= 1:
        raise ForecastError(f"target must be above 0 and at most 1; found {target!r}; write 0.7 for 70 %")
    used = utilisation(hourly, capacity=capacity, service_hours=service_hours)
    if used.busy_hour is None or used.peak is None:
        return None
    after = members / (members - 1) if members is not None and members > 1 else 1.0
    needed = max(used.busy_hour * capacity * after / target, used.peak * capacity * after)
    needed = round(needed, 9)
    spare = max(capacity - needed, 0.0)
    if step:
        spare = floor(spare / step + 1e-9) * step
    share = spare / capacity
    return Idle(used.busy_hour, used.peak, needed, spare, share, None if yearly_cost is None else share * yearly_cost)
