"""What users answered: how many gave which score, by service."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.exemptions import approved, without

SATISFIED = "csat"
SCORES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Answers:
    """The answers of the period about one service.

    Attributes:
        service: None is not known.
        negative, neutral, positive: with score 1 or 2, 3, 4 or 5.
    """

    service: str | None
    negative: int
    neutral: int
    positive: int

    @property
    def n(self) -> int:
        """All of them."""
        return self.negative + self.neutral + self.positive


@fact
def answers(scope: Scope) -> tuple[Answers, ...]:
    """Scores that users gave in the period, by service, the unknown one last: the answers that satisfaction is a share of."""
    tickets = approved(scope).get(SATISFIED, ())
    counts = ", ".join(f"count(*) FILTER (score = {score}) AS s{score}" for score in SCORES)
    with without(scope.workspace.connection, tickets) if tickets else nullcontext():
        rows = scope.query(
            f"SELECT service, {counts} FROM surveys WHERE answered_at >= $start AND answered_at < $end AND automatic IS NOT TRUE "
            "AND score IS NOT NULL GROUP BY 1 ORDER BY 1 NULLS LAST"
        )
    return tuple(
        Answers(None if pd.isna(row["service"]) else str(row["service"]), row["s1"] + row["s2"], row["s3"], row["s4"] + row["s5"])
        for row in rows.to_dict("records")
    )
