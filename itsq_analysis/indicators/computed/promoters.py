"""The net promoter score."""

from __future__ import annotations

from math import sqrt

import pandas as pd
from scipy.special import ndtri

from itsq_analysis.indicators.computed.result import EMPTY, Key, Result, notes, over, results
from itsq_analysis.indicators.computed_scope import ComputedScope
from itsq_analysis.indicators.intervals import TAIL

BY_USER = "t.automatic IS DISTINCT FROM true"


@over("surveys", "answered_at")
def nps(scope: ComputedScope) -> pd.DataFrame:
    """Promoters (9–10) minus detractors (0–6) per 100 answers to the recommend question, −100 to 100 points.

    Answers given in the period; those filled in by the system are left out and counted in the reason. Numerator: promoters −
    detractors; denominator and n: answers.
    """
    rows = scope.connection.sql(
        f"""SELECT p.period, {scope.member_sql("surveys")} AS member, count(*) FILTER (WHERE t.recommend >= 9 AND {BY_USER}),
                   count(*) FILTER (WHERE t.recommend <= 6 AND {BY_USER}), count(*) FILTER (WHERE {BY_USER}), count(*)
            {scope.from_sql("surveys")} JOIN {scope.periods_sql} ON t.answered_at >= p.start AND t.answered_at < p.stop
            WHERE t.recommend IS NOT NULL GROUP BY ALL"""
    ).fetchall()
    measured: dict[Key, Result] = {}
    for period, member, promoters, detractors, answers, filled in rows:
        reason = notes(automatic_answers=filled - answers)
        if answers:
            points = 100 * (promoters - detractors) / answers
            interval = nps_interval(promoters, detractors, answers)
            measured[period, member] = Result(points, promoters - detractors, answers, answers, *interval, reason)
        else:
            measured[period, member] = Result(denominator=0, reason=reason)
    return results(scope, measured, EMPTY)


def nps_interval(promoters: int, detractors: int, answers: int) -> tuple[float, float]:
    """95 % limits of the score in points.

    The adjusted Wald interval for a difference of two shares of the same answers: one answer is added to each side before the
    usual variance p + d − (p − d)² is taken (Bonett & Price 2012, J. Educational and Behavioral Statistics 37:479-488), honest
    also where answers are few or all agree.

    >>> [round(limit, 1) for limit in nps_interval(50, 20, 100)]
    [14.1, 44.7]
    >>> [round(limit, 1) for limit in nps_interval(3, 0, 3)]
    [-10.1, 100.0]
    """
    up, down = (promoters + 1) / (answers + 2), (detractors + 1) / (answers + 2)
    half = -float(ndtri(TAIL)) * sqrt((up + down - (up - down) ** 2) / (answers + 2))
    return 100 * max(-1.0, up - down - half), 100 * min(1.0, up - down + half)
