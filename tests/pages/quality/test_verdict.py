"""The verdict: agreed targets counted and told as far as their numbers go, then what a director must know."""

from __future__ import annotations

from typing import Any

import pytest

from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.verdict import first_screen as verdict
from tests.page.made import RULES, agreed, context, incidents, told

RESOLVED = "sla_resolution_met"
OVERALL = RULES + agreed(RESOLVED, '"95%"')


def of(toml: str, rows: Any, **facts: Any) -> list[str]:
    return told(verdict(context(toml, incidents=rows, **facts)))


def test_without_agreed_targets_nothing_is_met_or_missed() -> None:
    reference = agreed(RESOLVED, '"95%"') + 'kind = "reference"\n'
    for toml in ("", RULES + reference):
        assert of(toml, incidents(40, late=20))[0].startswith("No targets have been agreed, so nothing is met or missed")


def test_all_met() -> None:
    both = OVERALL + agreed("reopen_rate", '"3%"')
    rows = incidents(100, reopen_count=0)
    assert of(both, rows)[0] == "All 2 agreed targets were met."
    assert of(OVERALL, rows)[0] == "The one agreed target was met."
    assert of(both, rows, language="zh")[0] == "约定目标 2 项，全部达标。"


def test_a_certain_miss_is_told_with_its_interval() -> None:
    """149 of 1,700 late: the model sentence; Wilson's interval is 89.8 % to 92.5 %."""
    answer, first, *_ = of(OVERALL, incidents(1700, late=149))
    assert answer == "The one agreed target: 1 missed, 1 beyond chance."
    assert first == (
        "Resolution in time (recomputed): 91.2% (1,551 of 1,700); 95% was agreed. "
        "Missed, and not by chance: the true level is very likely between 89.8% and 92.5%."
    )
    assert of(OVERALL, incidents(1700, late=149), language="zh")[1] == (
        "及时解决率（按日历重算） 91.2%（1,700 件中 1,551 件），约定目标 95%，未达标，"
        "且不能以偶然波动解释：真实水平很可能在 89.8%–92.5% 之间。"
    )


def test_what_could_be_chance_is_told_together_and_moves_nobody() -> None:
    """122 of 130 in time: Wilson's upper limit is 96.8 %, above 95 %."""
    toml = OVERALL + agreed("reopen_rate", '"3%"')
    rows = incidents(130, late=8, reopen_count=0)
    for row in rows[:6]:
        row["reopen_count"] = 1
    answer, first, *_ = of(toml, rows)
    assert answer == "0 of 2 agreed targets met; 2 missed."
    assert first == (
        "Missed, but it could be chance; watch the next period, no reason yet to move people: "
        "Reopen rate 4.6% (6 of 130), 3% agreed; Resolution in time (recomputed) 93.8% (122 of 130), 95% agreed."
    )


def test_a_small_population_is_a_count_with_the_last_periods_together() -> None:
    """2 of 3 in October; 4 of 5 in September: 6 of 8 together, of the two periods that have any."""
    rows = incidents(3, late=1, priority=1) + incidents(5, "2026-09-07 09:00", late=1, priority=1) + incidents(100)
    answer, first, *_ = of(RULES + agreed(RESOLVED, '"90%"', "priority = 1"), rows)
    assert answer == "The one agreed target: 1 missed."
    assert first == (
        "Resolution in time (recomputed), P1: 2 of 3, where 90% was agreed. Missed; too few to tell more. "
        "The last 2 periods together: 6 of 8."
    )


def test_p1_and_p2_come_first_and_as_counts() -> None:
    """81 of 95 P2 where 90 % was agreed: 86 are needed; Binomial(95, 0.9) gives 81 or fewer once in 11 times."""
    toml = OVERALL + "".join(agreed(RESOLVED, '"90%"', f"priority = {priority}") for priority in (2, 1))
    rows = incidents(1700, late=149) + incidents(95, "2026-10-13 09:00", late=14, priority=2)
    rows += incidents(40, "2026-10-14 09:00", late=20, priority=1)
    answer, first, second, third, *_ = of(toml, rows)
    assert answer == "0 of 3 agreed targets met; 3 missed, 2 beyond chance."
    assert first == (
        "Resolution in time (recomputed), P1: 20 of 40 (50.0%); 90% was agreed. "
        "Missed, and not by chance: the true level is very likely between 35.2% and 64.8%."
    )
    assert second == (
        "Resolution in time (recomputed), P2: 81 of 95 (85.3%), 5 short of the agreed 90%. Missed, but it could be chance: "
        "a true level of 90% would show such a period about one time in 11."
    )
    assert third.startswith("Resolution in time (recomputed): 90.0% (1,652 of 1,835); 95% was agreed. Missed, and not by chance")


def test_more_certain_misses_than_are_told_alone_are_named() -> None:
    names = [f"S{place}" for place in range(7)]
    rows = [row for name in names for row in incidents(50, late=25, service=name, number=None)]
    toml = RULES + "".join(agreed(RESOLVED, '"95%"', f'service = "{name}"') for name in names)
    sentences = of(toml, rows)
    assert sum("not by chance: the true level" in sentence for sentence in sentences) == 5
    (more,) = (sentence for sentence in sentences if sentence.startswith("Also missed"))
    assert more.count("50.0% (25 of 50), 95% agreed") == 2


def test_targets_of_members_nobody_counted_are_not_measurable_and_stay_in_the_count() -> None:
    toml = OVERALL + agreed(RESOLVED, '"95%"', 'service = "Gone"') + agreed("csat", '"90%"')
    answer, first, *_ = of(toml, incidents(100))
    assert answer == "1 of 3 agreed targets met; 2 not measurable."
    assert first == (
        "Agreed, but not measurable: Resolution in time (recomputed), Gone (nothing to count in the period); "
        "Satisfied users (the table is empty: nothing of this kind has been loaded)."
    )


def test_only_the_target_in_force_at_the_periods_start_counts() -> None:
    later = OVERALL + agreed(RESOLVED, '"99%"') + "valid_from = 2026-10-02\n"
    assert [value.target for value in agreed_targets(context(later, incidents=incidents(10)).scope)] == [0.95]
    newer = OVERALL + agreed(RESOLVED, '"99%"') + "valid_from = 2026-10-01\n"
    assert [value.target for value in agreed_targets(context(newer, incidents=incidents(10)).scope)] == [0.99]


def test_a_report_of_some_services_is_judged_by_their_targets_only() -> None:
    toml = OVERALL + "".join(agreed(RESOLVED, '"95%"', f'service = "{name}"') for name in ("Mail", "ERP"))
    part = context(toml, only=["Mail"], incidents=incidents(50, service="Mail"))
    assert verdict(part).answer == "The one agreed target was met."
    whole = part.now([RESOLVED])[RESOLVED]
    assert whole["status"] == "no target"
    assert whole[["target", "target_kind", "certainty"]].isna().all()
    assert part.values([RESOLVED], by="service")["status"].tolist() == ["met"]


SCOPES = {
    "priority = 3": "P3",
    "tier = 1": "tier 1",
    "level = 2": "level 2",
    'channel = "walk_in"': "by walk-in",
    'service = "Mail"': "Mail",
}


@pytest.mark.parametrize(("scope", "named"), SCOPES.items())
def test_a_scoped_target_names_its_member(scope: str, named: str) -> None:
    rows = incidents(4, late=4, service="Mail", channel="walk_in", assignment_group="Desk")
    registers = {"services": [{"service": "Mail", "tier": 1}], "groups": [{"assignment_group": "Desk", "level": 2}]}
    assert f"Resolution in time (recomputed), {named}: 0 of 4" in of(RULES + agreed(RESOLVED, '"95%"', scope), rows, **registers)[1]


def test_demand_per_working_day_in_a_month_of_holidays() -> None:
    """October 2026 has 18 working days in China, September 22."""
    rows = incidents(180) + incidents(44, "2026-09-07 09:00") + incidents(1, "2026-10-20 09:00", resolved_at=None, state="new")
    assert of("", rows)[-1] == (
        "181 incidents were opened, 10.1 per working day (working days: 18; the period before: 2.0); 180 were resolved. "
        "The backlog went from 0 to 1."
    )
    assert of("", incidents(180))[-1] == (
        "180 incidents were opened, 10.0 per working day (working days: 18), and 180 resolved; 0 are open at the end."
    )


def test_one_incident_and_days_off_are_told_without_a_rate() -> None:
    assert of("", incidents(1))[-1] == "One incident was opened and 1 resolved; open at the end: 0."
    weekend = of("", incidents(5, "2026-10-17 09:00"), period="2026-10-17..2026-10-18")
    assert weekend[-1] == "5 incidents were opened and 5 resolved; open at the end: 0."


def test_an_empty_period_says_so_and_claims_nothing() -> None:
    sentences = of("", incidents(10, "2026-08-03 09:00", major=False))
    assert sentences[1:] == ["The data hold no incidents opened in October 2026."]


def test_an_unfinished_period_says_until_when_the_data_reach() -> None:
    sentences = of("", incidents(30, "2026-10-08 09:00"), as_of="2026-10-20 18:30")
    assert sentences[1] == (
        "The period was not over when the data were extracted (20 October 2026 18:30); numbers will still change."
    )
    assert not any("was not over" in sentence for sentence in of("", incidents(30), as_of="2026-11-01 00:00"))


def test_refused_rows_are_counted() -> None:
    def with_files(*refused: int) -> list[str]:
        found: ReportContext = context("", incidents=incidents(3))
        found.workspace.snapshot.files.extend({"read": 1000, "quarantined": count} for count in refused)
        return told(verdict(found))

    assert with_files(3, 0)[-1] == "3 of 2,000 rows read could not be used; they are listed by rule under data quality."
    assert with_files(1)[-1] == "One of 1,000 rows read could not be used; see data quality."
    assert not any("could not be used" in sentence for sentence in with_files(0))
