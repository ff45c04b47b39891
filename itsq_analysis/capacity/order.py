"""The latest day to order: from the distribution of the time to threshold and the lead time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from itsq_analysis.capacity.threshold_forecast import ThresholdForecast
from itsq_analysis.errors import ForecastError


@dataclass(frozen=True)
class OrderBy:
    """The last day on which an order is late with no more than a given risk.

    Attributes:
        risk: of being late, 0 to 1.
        by: the day; None: even an order on the horizon's last day but the lead time has a smaller risk.
        overdue_days: how long that day is past already; 0 where it is not.
    """

    risk: float
    by: date | None
    overdue_days: int = 0


def order_by(
    crossing: ThresholdForecast, lead_time_days: int, risk: Sequence[float] = (0.1, 0.5), today: date | None = None
) -> tuple[OrderBy, ...]:
    """The last days to order.

    Args:
        crossing: when the limit is reached.
        lead_time_days: from the order until the capacity can be used.
        risk: of being late, at most.
        today: the day on which it is asked; None is the last day of the history.

    Raises:
        ForecastError: a negative lead time.

    >>> import numpy as np, pandas as pd
    >>> paths = np.repeat([40, 60, 90], [1, 5, 4])
    >>> day, none = pd.Timestamp("2026-10-31"), np.zeros(90)
    >>> forecast = ThresholdForecast("db", 85, "above", 70, day, 90, "D", paths, np.zeros((3, 90)), none)
    >>> [(one.risk, one.by.isoformat(), one.overdue_days) for one in order_by(forecast, 45)]
    [(0.1, '2026-10-26', 5), (0.5, '2026-11-15', 0)]
    """
    if lead_time_days < 0:
        raise ForecastError(f"lead_time_days must not be negative; found {lead_time_days!r}; give the days from order to use")
    asked = today if today is not None else crossing.as_of.date()
    orders = []
    for share in risk:
        reached = crossing.date_at(share)
        by = None if reached is None else reached - timedelta(days=int(lead_time_days))
        orders.append(OrderBy(float(share), by, 0 if by is None else max((asked - by).days, 0)))
    return tuple(orders)
