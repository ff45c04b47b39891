"""The net promoter score and its interval."""

from __future__ import annotations

from itertools import product
from math import comb, isnan

import pytest

from itsq_analysis.indicators.computed.promoters import nps_interval
from tests.indicators.scopes import one
from tests.tables import Row, tables


def answers(*points: int | None, automatic: bool | None = None) -> list[Row]:
    return [{"sent_at": "2026-09-30", "answered_at": "2026-10-02", "recommend": point, "automatic": automatic} for point in points]


def test_promoters_minus_detractors() -> None:
    row = one("nps", tables(surveys=answers(10, 9, 8, 7, 6, None, automatic=False) + answers(9)), "2026-10")
    assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (pytest.approx(100 * 2 / 6), 2, 6, 6)
    assert row["lower"] < row["value"] < row["upper"]


def test_answers_filled_in_by_the_system_are_left_out_and_counted() -> None:
    row = one("nps", tables(surveys=answers(0) + answers(10, 10, automatic=True)), "2026-10")
    assert (row["value"], row["n"], row["reason"]) == (-100, 1, "automatic_answers=2")
    row = one("nps", tables(surveys=answers(10, automatic=True)), "2026-10")
    assert isnan(row["value"])
    assert row["reason"] == "automatic_answers=1"


def test_an_answer_counts_when_it_wgiven_workspace() -> None:
    surveys = answers(10)
    row = one("nps", tables(surveys=surveys), "2026-09")
    assert isnan(row["value"])
    assert row["reason"] == "before_data"
    assert one("nps", tables(surveys=surveys), "2026-11")["reason"] == "empty_population"


@pytest.mark.parametrize(("promoters", "detractors"), [(0.5, 0.2), (0.8, 0.05), (0.9, 0.0), (0.3, 0.3)])
@pytest.mark.parametrize("n", [5, 10, 20])
def test_the_interval_covers_the_truth(promoters: float, detractors: float, n: int) -> None:
    """Summed over every possible outcome, not simulated."""
    truth, covered = 100 * (promoters - detractors), 0.0
    for up, down in product(range(n + 1), repeat=2):
        if up + down <= n:
            passive = 1 - promoters - detractors
            chance = comb(n, up) * comb(n - up, down) * promoters**up * detractors**down * passive ** (n - up - down)
            lower, upper = nps_interval(up, down, n)
            covered += chance * (lower <= truth <= upper)
    assert covered > 0.92
