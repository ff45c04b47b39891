"""Which periods are whole: reached by the data, and not at an edge where the extraction thins out."""

from __future__ import annotations

import pytest

from itsq_analysis.indicators.completeness import complete_periods, thin_edge, thin_edges
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.data_quality import _edges
from itsq_analysis.pages.quality.demand import demand
from itsq_analysis.pages.quality.verdict import first_screen
from itsq_analysis.periods import parse_period
from tests.page.courses import NO_HOLIDAYS, months, of_months
from tests.page.made import answer, context, incidents, told

# Working days in China's 2026: 20 or more of every month but February (16) and October (18); 22 in September.
MONTHS = ["2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
DAYS = {"2026-04": 21, "2026-05": 19, "2026-06": 21, "2026-07": 23, "2026-08": 21, "2026-09": 22, "2026-10": 18}


def with_rates(*rates: float) -> ReportContext:
    """A context with so many incidents per working day in each of the months."""
    rows = []
    for month, rate in zip(MONTHS, rates, strict=True):
        rows += incidents(round(rate * DAYS[month]), f"{month}-15 09:00")
    return context(incidents=rows, as_of="2026-11-01 00:00")


def test_the_working_days_are_those_of_the_calendar() -> None:
    found = with_rates(*[1] * 7)
    assert {month: found.working_days(parse_period(month)) for month in MONTHS} == DAYS


@pytest.mark.parametrize(
    ("rates", "thin"),
    [
        ((6, 6, 6, 6, 6, 6, 6), []),
        ((1, 6, 6, 6, 6, 6, 6), ["2026-04"]),
        ((6, 6, 6, 6, 6, 6, 1), ["2026-10"]),
        ((1, 1, 6, 6, 6, 1, 1), ["2026-04", "2026-05", "2026-09", "2026-10"]),
        ((6, 6, 6, 1, 6, 6, 6), []),  # a dip in the middle
        ((6, 1, 6, 6, 6, 1, 6), []),  # dips near the edges, behind full months
        ((2, 2.5, 3, 3.5, 4, 4.5, 5), []),  # growth
        ((2, 2, 2, 9, 2, 2, 2), []),  # a burst
        ((2, 2, 2, 2, 2, 2, 9), []),  # a burst in the newest month
        ((2, 6, 6, 6, 6, 6, 2), []),  # exactly a third is not thin
    ],
)
def test_thin_months(rates: tuple[float, ...], thin: list[str]) -> None:
    assert [edge.period.label for edge in thin_edges(with_rates(*rates).scope)] == thin


def test_two_months_are_too_few_to_know_what_is_usual() -> None:
    rows = incidents(100, "2026-09-15 09:00") + incidents(2, "2026-10-15 09:00")
    assert thin_edges(context(incidents=rows, as_of="2026-11-01 00:00").scope) == ()
    assert thin_edges(context(as_of="2026-11-01 00:00").scope) == ()


def test_the_report_says_so_in_verdict_and_demand_and_calls_nothing_a_change() -> None:
    thin = with_rates(10, 10, 10, 10, 10, 10, 1)
    edge = thin_edge(thin.scope)
    assert edge is not None
    assert (edge.rate, edge.usual) == (1.0, 10.0)
    sentence = (
        "The extract is incomplete: 1.0 incidents opened per working day in October 2026, against about 10.0 "
        "in full months. Rows are very likely missing, so this period's numbers do not describe the service."
    )
    assert sentence in told(first_screen(thin))
    assert answer(demand(thin)) == sentence


def test_months_in_a_row_are_told_as_one_stretch() -> None:
    assert [*_edges(with_rates(1, 6, 6, 6, 6, 1, 1))] == [
        ("Months at the edges of the extract with far fewer incidents than usual: April 2026, September 2026 to October 2026.")
    ]
    assert [*_edges(with_rates(6, 6, 6, 6, 6, 6, 6))] == []


def test_only_whole_periods_since_the_data_began_count() -> None:
    begun = [*incidents(100, "2025-09-10 09:00"), *of_months([100] * 13)]
    whole = complete_periods(context(NO_HOLIDAYS, incidents=begun).scope, "incidents")
    assert list(whole) == months(13)[:-1]
    assert complete_periods(context(NO_HOLIDAYS).scope, "incidents") == ()


def test_a_month_that_began_with_days_off_is_whole() -> None:
    """1 to 8 October 2025 were holidays: data from the 9th on hold all its working days."""
    for first, label in (("2025-10-09 09:00", "2025-10"), ("2025-10-14 09:00", "2025-11")):
        rows = [*incidents(50, first), *of_months([100] * 12)]
        assert complete_periods(context(incidents=rows).scope, "incidents")[0].label == label
