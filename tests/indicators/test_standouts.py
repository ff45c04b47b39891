"""Who is worse than the others by more than chance; and that chance alone names nobody."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.stats import fisher_exact

from itsq_analysis.charts import Chart
from itsq_analysis.indicators.chance import kept_by_holm
from itsq_analysis.indicators.standouts import Standout, against_the_rest, worse_members
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.standouts import TOLD, group_funnel, standouts
from itsq_analysis.text.marks import plain
from tests.page.made import RULES, context, incidents

ORGANISATIONS = 200


def values(hits: list[int], totals: list[int]) -> list[Value]:
    """A share of groups."""
    place = ("sla_resolution_met", "2026-10", date(2026, 10, 1), date(2026, 11, 1), "group")
    counts = enumerate(zip(hits, totals, strict=True))
    return [Value(*place, f"G{row}", value=hit / n, numerator=hit, denominator=n) for row, (hit, n) in counts]


def named(members: list[Standout]) -> list[str | None]:
    """Those that chance does not explain."""
    kept = kept_by_holm([member.chance for member in members])
    return [member.value.member for place, member in enumerate(members) if place in kept]


def test_each_is_compared_with_all_others_together() -> None:
    found = against_the_rest(values([90, 180, 5], [100, 200, 10]))
    assert [one.value.member for one in found] == ["G0", "G1"]  # 10 cases are too few
    assert [one.rest for one in found] == [pytest.approx(185 / 210), pytest.approx(95 / 110)]
    assert found[0].chance == pytest.approx(fisher_exact([[90, 10], [185, 25]]).pvalue)
    assert found[0].cases == pytest.approx((0.9 - 185 / 210) * 100)
    assert against_the_rest(values([5], [100])) == []  # there are no others


def test_holm_stops_at_the_first_that_could_be_chance() -> None:
    """Of four comparisons the limits are 1.25 %, 1.67 %, 2.5 % and 5 %."""
    assert kept_by_holm([0.04, 0.012, 0.026, 0.016]) == {1, 3}


def test_chance_alone_names_somebody_in_at_most_one_organisation_of_twenty() -> None:
    """Two indicators, 20 members each of very different size, all with the same true share. The seed is fixed."""
    random = np.random.default_rng(20261101)
    wrong = 0
    for _ in range(ORGANISATIONS):
        compared: list[Standout] = []
        for share in (0.95, 0.03):
            totals = random.integers(5, 400, 20)
            compared += against_the_rest(values(random.binomial(totals, share).tolist(), totals.tolist()))
        wrong += bool(named(compared))
    assert wrong <= 0.05 * ORGANISATIONS


def test_a_real_difference_is_found() -> None:
    random = np.random.default_rng(20261101)
    found = 0
    for _ in range(ORGANISATIONS):
        totals = [200] * 10
        hits = random.binomial(totals, [0.8] + [0.95] * 9)
        found += "G0" in named(against_the_rest(values(hits.tolist(), totals)))
    assert found >= 0.95 * ORGANISATIONS


def rows(late: int) -> list[dict[str, object]]:
    quick = {"assignment_group": "Quick", "service": "ERP", "reopen_count": 0}
    slow = {"assignment_group": "Slow", "service": "Mail", "reopen_count": 0}
    return incidents(200, "2026-10-13 09:00", late=10, **quick) + incidents(40, late=late, **slow)


def sentences(found: ReportContext) -> list[str]:
    return [plain(sentence) for sentence in standouts(found)]


def test_who_is_worse_is_named_with_the_others_share_and_drawn() -> None:
    found = context(RULES, incidents=rows(30))
    assert sentences(found) == [
        "Resolution in time (recomputed) of group Slow: 25.0% (10 of 40), all others 95.0%.",
        "Resolution in time (recomputed) of service Mail: 25.0% (10 of 40), all others 95.0%.",
    ]
    assert worse_members(found.scope).compared == 8  # 2 groups and 2 services, in time and reopened
    (picture,) = group_funnel(found, "sla_resolution_met")
    assert isinstance(picture, Chart)
    assert picture.data.to_numpy().tolist() == [["Quick", "95.0%", "200"], ["Slow", "25.0%", "40"]]
    assert picture.summary == "Resolution in time (recomputed): group Slow beyond what chance explains."


def test_better_than_the_others_is_not_worse() -> None:
    found = worse_members(context(RULES, incidents=rows(30)).scope)
    assert {one.value.member for one in found.worse} == {"Slow", "Mail"}


def test_without_real_differences_nobody_is_named() -> None:
    found = context(RULES, incidents=rows(2), language="zh")
    assert sentences(found) == ["各服务与支持组的差异均可能为偶然波动。"]
    (picture,) = group_funnel(found, "sla_resolution_met")
    assert isinstance(picture, Chart)
    assert picture.summary == "及时解决率（按日历重算）：各支持组与整体的差异均未超出偶然波动。"


def test_of_what_cannot_be_compared_nothing_is_said() -> None:
    """Too few cases, none to compare with, none at all: not even that nobody is worse."""
    few = incidents(10, service="Mail") + incidents(19, "2026-10-13 09:00", late=19, service="ERP")
    alone = incidents(40, late=30, service="Mail", assignment_group="Desk")
    nothing = incidents(1, sla_resolution_met=None, resolved_at=None, state="new")
    assert [sentences(context(RULES, incidents=rows)) for rows in (few, alone, nothing)] == [[], [], []]
    assert group_funnel(context(incidents=nothing), "sla_resolution_met") == []


def test_more_than_are_told_one_by_one_are_named() -> None:
    names = [f"Group {place}" for place in range(TOLD + 2)]
    rows = [row for name in names for row in incidents(40, late=30, assignment_group=name, number=None)]
    found = sentences(context(RULES, incidents=rows + incidents(2000, "2026-10-13 09:00", late=20, assignment_group="Desk")))
    told = "25.0% (10 of 40), all others 93.5%."
    assert found == [
        *(f"Resolution in time (recomputed) of {name}: {told}" for name in names[:TOLD]),
        "Also: Group 3, Group 4.",  # a name that says what it is is not told twice
    ]
