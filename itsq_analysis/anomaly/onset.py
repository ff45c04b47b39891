"""Since when a share differs from its usual level: the Monday that divides its days best."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

CLEAR = 6.0  # twice the log of how much likelier the best week must be than the whole period: about one in 100 for four weeks


@dataclass(frozen=True)
class Onset:
    """The day from which a share differs, and the counts on either side of it: what is told of it is told of these.

    Attributes:
        day: the first day.
        hits_before, cases_before: counted in the period before it.
        hits_since, cases_since: counted from it on.
    """

    day: date
    hits_before: float
    cases_before: float
    hits_since: float
    cases_since: float


def onset(daily: pd.DataFrame, start: date, end: date, usual: float) -> Onset | None:
    """The Monday of a period from which on a share differs from its usual level; None where no week stands out.

    Looked for by the days on which cases began: what then changes is how they are worked on. Told are the cases that the indicator
    counts on either side, by the days on which they were counted. Binomial likelihood: the usual level before the week, another
    from it on; against another level in the whole period.

    Args:
        daily: `began` and `counted` (local days; all counted in the period), `hits` and `n` (cases).
        start, end: of the period, `end` exclusive.
        usual: the level of the periods before, between 0 and 1.

    >>> days = pd.date_range("2026-10-01", "2026-10-31", freq="D")
    >>> daily = pd.DataFrame({"began": days, "counted": days, "hits": [9.0] * 11 + [5.0] * 20, "n": 10.0})
    >>> onset(daily, date(2026, 10, 1), date(2026, 11, 1), 0.9)
    Onset(day=datetime.date(2026, 10, 12), hits_before=99.0, cases_before=110.0, hits_since=100.0, cases_since=200.0)
    """
    if daily.empty or not 0 < usual < 1:
        return None
    first = start + timedelta(days=-start.weekday() % 7)
    weeks = [first + timedelta(days=days) for days in range(0, (end - first).days, 7)]
    weeks = [week for week in weeks if start < week and (daily["began"] >= pd.Timestamp(week)).any()]
    whole = _likelihood(daily, start, usual)
    gains = [2 * (_likelihood(daily, week, usual) - whole) for week in weeks]
    if not gains or max(gains) < CLEAR:
        return None
    day = weeks[int(np.argmax(gains))]
    before, since = _sides(daily, "counted", day)
    return Onset(day, *(float(side[name]) for side in (before, since) for name in ("hits", "n")))


def _sides(daily: pd.DataFrame, column: str, cut: date) -> tuple[pd.Series, pd.Series]:
    """Hits and cases of the days before a day, and from it on."""
    late = daily[column] >= pd.Timestamp(cut)
    return daily.loc[~late, ["hits", "n"]].sum(), daily.loc[late, ["hits", "n"]].sum()


def _likelihood(daily: pd.DataFrame, cut: date, usual: float) -> float:
    """Log-likelihood of the usual level before the cut and the best one from it on."""
    old, new = _sides(daily, "began", cut)
    return _log(old, usual) + (_log(new, new["hits"] / new["n"]) if new["n"] else 0.0)


def _log(counts: pd.Series, level: float) -> float:
    missed = counts["n"] - counts["hits"]
    parts = ((counts["hits"], level), (missed, 1 - level))
    return float(sum(count * np.log(share) for count, share in parts if count))
