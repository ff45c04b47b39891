"""A rate that moved, taken apart into mix and performance."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from itsq_analysis.indicators.case_mix import Cases, case_mix, decompose
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.case_mix import case_mix_sentence
from tests.page.courses import NO_HOLIDAYS, of_months
from tests.page.made import RULES, context, incidents


def cases(*rows: tuple[str, int, int, int, int]) -> list[Cases]:
    return [Cases(*row) for row in rows]


def test_by_hand() -> None:
    """P2 goes from 8 to 15 % of the cases at 50 %, P3 keeps 98 %: all of it is mix.

    Weights move by 0.07; P2's rate lies 0.48 below P3's: −0.0336 together.
    """
    parts = decompose(cases(("2", 40, 80, 75, 150), ("3", 902, 920, 833, 850)))
    assert [part.performance for part in parts] == pytest.approx([0, (833 / 850 - 902 / 920) * (0.92 + 0.85) / 2])
    assert sum(part.mix for part in parts) == pytest.approx(0.07 * (0.5 - (902 / 920 + 833 / 850) / 2))
    assert all(part.mix < 0 for part in parts)  # more of the worse and less of the better both draw the whole down


def test_the_same_mix_leaves_performance_alone() -> None:
    parts = decompose(cases(("1", 5, 10, 9, 10), ("3", 90, 100, 90, 100)))
    assert [part.mix for part in parts] == pytest.approx([0, 0])
    assert [part.performance for part in parts] == pytest.approx([4 / 110, 0])


def test_a_member_without_cases_in_one_period_is_mix() -> None:
    """All of the second period's P1 are new: nobody worked worse."""
    parts = decompose(cases(("1", 0, 0, 0, 50), ("3", 90, 100, 45, 50)))
    assert [part.performance for part in parts] == [0, 0]
    assert sum(part.mix for part in parts) == pytest.approx(0.45 - 0.9)


counted = st.tuples(st.integers(0, 200), st.integers(0, 200), st.floats(0, 1), st.floats(0, 1))


@settings(deadline=None, derandomize=True)
@given(parts=st.lists(counted, min_size=1, max_size=6))
def test_the_parts_add_up_exactly(parts: list[tuple[int, int, float, float]]) -> None:
    rows = [(str(place), round(n * p), n, round(m * q), m) for place, (n, m, p, q) in enumerate(parts)]
    hits, n, hits_now, n_now = (sum(int(row[place]) for row in rows) for place in range(1, 5))
    assume(n and n_now)
    made = decompose(cases(*rows))
    assert sum(part.mix + part.performance for part in made) == pytest.approx(hits_now / n_now - hits / n, abs=1e-12)
    # Told the other way round, every part changes its sign.
    back = decompose([Cases(member, *now, *before) for member, *before, now in ((r[0], r[1], r[2], r[3:]) for r in rows)])
    assert [part.mix for part in back] == pytest.approx([-part.mix for part in made], abs=1e-12)
    assert [part.performance for part in back] == pytest.approx([-part.performance for part in made], abs=1e-12)


def two_months(before: tuple[int, int, int, int], now: tuple[int, int, int, int], **more: str) -> ReportContext:
    """Late and all incidents of P2 and P3 in September and October."""
    rows = []
    for month, (late2, all2, late3, all3) in (("2026-09", before), ("2026-10", now)):
        rows += incidents(all2, f"{month}-01 09:00", late=late2, priority=2)
        rows += incidents(all3, f"{month}-05 09:00", late=late3, priority=3)
    return context(RULES, incidents=rows, **more)


def test_the_sentence_says_how_much_is_mix_and_what_weighed_most() -> None:
    found = two_months((40, 80, 18, 920), (75, 150, 17, 850))
    assert case_mix_sentence(found) == (
        "Resolution in time (recomputed) fell from 94.2% to 90.8%, by 3.4 percentage points: 0.0 come from "
        "the work within each priority, 3.4 from a change in the mix of priorities. The number of P2 "
        "contributed most: 8.0% of all incidents before, 15.0% now."
    )


def test_what_goes_the_other_way_is_told_so() -> None:
    """More P2, but everything is done better: weights move by 0.07, mean rates are 65 and 94 %: 2.0 points of mix."""
    found = two_months((40, 80, 92, 920), (30, 150, 17, 850))
    assert "the work within each priority accounts for 10.5; a change in the mix of priorities offset 2.0" in (
        case_mix_sentence(found)
    )
    zh = two_months((40, 80, 92, 920), (30, 150, 17, 850), language="zh")
    assert "优先级构成变化抵消 2.0 个百分点" in case_mix_sentence(zh)
    worse = two_months((30, 150, 92, 850), (1, 10, 170, 990))
    assert "offset" in case_mix_sentence(worse)


def test_chance_is_not_taken_apart() -> None:
    found = two_months((5, 80, 18, 920), (9, 80, 25, 920))
    assert (case_mix(found.scope), case_mix_sentence(found)) == (None, "")


def test_neither_is_a_part_of_a_period_nor_nothing() -> None:
    assert case_mix(two_months((40, 80, 18, 920), (75, 150, 17, 850), as_of="2026-10-20").scope) is None
    assert case_mix(context(RULES, incidents=incidents(200, late=50)).scope) is None


def test_a_difference_that_the_process_makes_all_the_time_is_not_told() -> None:
    """70 and 95 % in turn: rare by Fisher's test, usual by the twelve months before."""
    late = [300, 50] * 6 + [300]
    found = context(NO_HOLIDAYS + RULES, incidents=of_months([1000] * 13, late))
    assert case_mix(found.scope) is None
    steady = context(NO_HOLIDAYS + RULES, incidents=of_months([400] * 13, [20] * 12 + [120]))
    assert case_mix(steady.scope) is not None
