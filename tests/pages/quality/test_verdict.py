"""The verdict: agreed targets counted and told as far as their numbers go, then what a director must know."""

from __future__ import annotations

from typing import Any

import pytest

from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.pages.quality.late import late_section
from itsq_analysis.pages.quality.verdict import first_screen as verdict
from tests.page.made import RULES, agreed, context, incidents, rows_of, told

RESOLVED = "sla_resolution_met"
OVERALL = RULES + agreed(RESOLVED, '"95%"')


def of(toml: str, rows: Any, **facts: Any) -> list[str]:
    return told(verdict(context(toml, incidents=rows, **facts)))


def proofs(toml: str, rows: Any, **facts: Any) -> list[list[str]]:
    """What was missed and what its numbers prove, in the order of the page."""
    return [row[:2] for row in rows_of(late_section(context(toml, incidents=rows, **facts)))[1:]]


def test_without_agreed_targets_nothing_is_met_or_missed() -> None:
    reference = agreed(RESOLVED, '"95%"') + 'kind = "reference"\n'
    for toml in ("", RULES + reference):
        assert of(toml, incidents(40, late=20))[0].startswith("No targets have been agreed, so none can be met or missed")


def test_all_met() -> None:
    both = OVERALL + agreed("reopen_rate", '"3%"')
    rows = incidents(100, reopen_count=0)
    assert of(both, rows)[0] == "All 2 agreed targets were met."
    assert of(OVERALL, rows)[0] == "The one agreed target was met."
    assert of(both, rows, language="zh")[0] == "约定目标 2 项，全部达标。"


def test_a_certain_miss_is_told_with_its_interval() -> None:
    """149 of 1,700 late: the model sentence; Wilson's interval is 89.8 % to 92.5 %."""
    rows = incidents(1700, late=149)
    assert of(OVERALL, rows)[0] == "The one agreed target: 1 missed (beyond chance: Resolution in time)."
    (proof,) = proofs(OVERALL, rows)
    assert proof == [
        "Resolution in time (recomputed)",
        "91.2% (1,551 of 1,700), 95% agreed. Not by chance: the true level is very likely between 89.8% and 92.5%.",
    ]
    assert proofs(OVERALL, rows, language="zh")[0][1] == (
        "91.2%（1,700 件中 1,551 件），约定目标 95%；不能以偶然波动解释：真实水平很可能在 89.8%–92.5% 之间。"
    )


def test_what_could_be_chance_moves_nobody() -> None:
    """122 of 130 in time: Wilson's upper limit is 96.8 %, above 95 %."""
    toml = OVERALL + agreed("reopen_rate", '"3%"')
    rows = incidents(130, late=8, reopen_count=0)
    for row in rows[:6]:
        row["reopen_count"] = 1
    assert of(toml, rows)[0] == "0 of 2 agreed targets met; 2 missed (worst: Reopen rate)."
    by_name = dict(proofs(toml, rows))
    resolved, reopened = by_name["Resolution in time (recomputed)"], by_name["Reopen rate"]
    assert resolved.startswith(
        "93.8% (122 of 130), 2 short of the agreed 95%. This could be chance: a service that truly keeps 95%"
    )
    assert reopened == ("4.6% (6 of 130), 3% agreed. This could be chance: watch the next period; no reason yet to move people.")


def test_a_small_population_is_a_count_with_the_last_periods_together() -> None:
    """2 of 3 in October; 4 of 5 in September: 6 of 8 together, of the two periods that have any."""
    rows = incidents(3, late=1, priority=1) + incidents(5, "2026-09-07 09:00", late=1, priority=1) + incidents(100)
    toml = RULES + agreed(RESOLVED, '"90%"', "priority = 1")
    assert of(toml, rows)[0] == "The one agreed target: 1 missed (worst: Resolution in time, P1)."
    assert proofs(toml, rows)[0][1] == "2 of 3, 90% agreed. Too few cases to say more. The last 2 periods together: 6 of 8."


def test_p1_and_p2_come_first() -> None:
    """81 of 95 P2 where 90 % was agreed: 86 are needed; Binomial(95, 0.9) gives 81 or fewer once in 11 times."""
    toml = OVERALL + "".join(agreed(RESOLVED, '"90%"', f"priority = {priority}") for priority in (2, 1))
    rows = incidents(1700, late=149) + incidents(95, "2026-10-13 09:00", late=14, priority=2)
    rows += incidents(40, "2026-10-14 09:00", late=20, priority=1)
    assert of(toml, rows)[0] == "0 of 3 agreed targets met; 3 missed (beyond chance: Resolution in time)."
    first, second, third = proofs(toml, rows)
    assert first[1].startswith(
        "20 of 40 (50.0%), 90% agreed. Not by chance: the true level is very likely between 35.2% and 64.8%."
    )
    assert second[1] == (
        "81 of 95 (85.3%), 5 short of the agreed 90%. This could be chance: a service that truly keeps 90% "
        "would still show such a period about one time in 11."
    )
    assert third[0] == "Resolution in time (recomputed)"


def test_targets_of_members_nobody_counted_are_not_measurable_and_stay_in_the_count() -> None:
    toml = OVERALL + agreed(RESOLVED, '"95%"', 'service = "Gone"') + agreed("csat", '"90%"')
    assert of(toml, incidents(100))[0] == "1 of 3 agreed targets met; 2 not measurable."


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
    (proof,) = proofs(RULES + agreed(RESOLVED, '"95%"', scope), rows, **registers)
    assert proof[0] == f"Resolution in time (recomputed), {named}"


def test_an_unfinished_period_says_until_when_the_data_reach() -> None:
    sentences = of("", incidents(30, "2026-10-08 09:00"), as_of="2026-10-20 18:30")
    assert sentences[1] == (
        "The data were extracted (20 October 2026 18:30) before the period ended; its numbers will still change."
    )
    assert not any("can still change" in sentence for sentence in of("", incidents(30), as_of="2026-11-01 00:00"))
