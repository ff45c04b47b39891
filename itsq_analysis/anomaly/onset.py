"""Since when a share differs from its usual level: the Monday that divides its days best."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

CLEAR = 6.0  # twice the log of how much likelier the best week must be than the whole period: about one in 100 for four weeks


def onset(daily: pd.DataFrame, start: date, end: date, usual: float) -> date | None:
    """The Monday of a period from which on a share differs from its usual level; None where no week stands out.

    Binomial likelihood: the usual level before the week, another from it on; against another level in the whole period.

    Args:
        daily: `hits` and `n` (cases) by the local day on which the cases began (a DatetimeIndex): what then changes is how they
            are worked on. Days before the period, of cases that were counted in it, are judged as those before every week.
        start, end: of the period, `end` exclusive.
        usual: the level of the periods before, between 0 and 1.

    >>> days = pd.date_range("2026-10-01", "2026-10-31", freq="D")
    >>> daily = pd.DataFrame({"hits": [9.0] * 11 + [5.0] * 20, "n": 10.0}, index=days)
    >>> onset(daily, date(2026, 10, 1), date(2026, 11, 1), 0.9)
    datetime.date(2026, 10, 12)
    """
    if daily.empty or not 0 < usual < 1:
        return None
    first = start + timedelta(days=-start.weekday() % 7)
    weeks = [first + timedelta(days=days) for days in range(0, (end - first).days, 7)]
    weeks = [week for week in weeks if start < week and (daily.index >= pd.Timestamp(week)).any()]
    whole = _likelihood(daily, start, usual)
    gains = [2 * (_likelihood(daily, week, usual) - whole) for week in weeks]
    return weeks[int(np.argmax(gains))] if gains and max(gains) >= CLEAR else None


def _likelihood(daily: pd.DataFrame, cut: date, usual: float) -> float:
    """Log-likelihood of the usual level before the cut and the best one from it on."""
    old, new = (daily[part].sum() for part in (daily.index < pd.Timestamp(cut), daily.index >= pd.Timestamp(cut)))
    return _log(old, usual) + (_log(new, new["hits"] / new["n"]) if new["n"] else 0.0)


def _log(counts: pd.Series, level: float) -> float:
    missed = counts["n"] - counts["hits"]
    parts = ((counts["hits"], level), (missed, 1 - level))
    return float(sum(count * np.log(share) for count, share in parts if count))
