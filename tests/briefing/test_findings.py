"""Findings: ranked by size and certainty, each cause once, worded as a change only where chance does not explain it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from itsq_analysis import quality_report
from itsq_analysis.briefing.findings import told_once
from itsq_analysis.facts import Finding, Sentence
from tests.briefing.worded import Told, told
from tests.page.made import RULES, agreed, context, incidents

RESOLVED = "sla_resolution_met"
OVERALL = RULES + agreed(RESOLVED, '"95%"')


def of(toml: str, rows: Any, **facts: Any) -> list[Told]:
    return told(context(toml, incidents=rows, **facts))


def test_size_times_certainty_ranks_and_a_cause_is_told_once() -> None:
    likely = Finding(Sentence("likely", {}), 50, 0.4, cause="a")
    certain = Finding(Sentence("certain", {}), 30, 1.0, cause="b", tells=frozenset("c"))
    again, nothing = Finding(Sentence("again", {}), 5, 1.0, cause="c"), Finding(Sentence("nothing", {}), 0, 1.0)
    assert told_once([likely, again, certain, nothing]) == (certain, likely)


def test_a_certain_miss_is_told_with_the_group_that_had_the_late_ones() -> None:
    """30 of the 40 late ones lie with a group that has 40 of 240: 25 % in time, elsewhere 190 of 200."""
    rows = incidents(40, late=30, assignment_group="Slow", service="Mail")
    rows += incidents(200, "2026-10-13 09:00", late=10, assignment_group="Quick", service="Mail")
    (found,) = of(OVERALL, rows)
    assert found.sentence == (
        "Resolution in time: 83.3%, 95% agreed. 30 of the 40 late ones lay with Slow: 25.0% in time, 95.0% elsewhere."
    )
    assert (round(found.size), found.certainty, found.change) == (28, 1.0, False)
    (chinese,) = of(OVERALL, rows, language="zh")
    assert "40 件超时中 30 件属 Slow，其及时率 25.0%，其余 95.0%。" in chinese.sentence


def test_without_targets_a_group_that_stands_out_is_still_told() -> None:
    rows = incidents(40, late=30, assignment_group="Slow") + incidents(200, "2026-10-13 09:00", late=10, assignment_group="Quick")
    (found,) = of(RULES, rows)
    assert found.sentence.startswith("30 of the 40 late ones lay with Slow")


def test_p1_and_p2_are_counts_in_one_sentence() -> None:
    """P1 2 of 3 is too few to tell; P2 81 of 95 of 90 % could be chance; the more certain word is said."""
    toml = RULES + agreed(RESOLVED, '"95%"', "priority = 1") + agreed(RESOLVED, '"90%"', "priority = 2")
    rows = incidents(3, late=1, priority=1) + incidents(95, "2026-10-13 09:00", late=14, priority=2)
    (found,) = of(toml, rows)
    assert found.sentence == "In time: P1 2 of 3, P2 81 of 95; missed, could be chance."


def test_urgent_ones_that_are_almost_never_in_time_are_told_without_a_target() -> None:
    rows = incidents(89, late=88, priority=1) + incidents(109, "2026-10-13 09:00", late=109, priority=2) + incidents(500)
    assert of(RULES, rows)[0].sentence == "Urgent incidents are almost never resolved in time: P1 1 of 89, P2 0 of 109."


def test_incidents_that_name_one_change_are_told_with_it() -> None:
    rows = incidents(24, caused_by_change="CHG1") + incidents(4, "2026-10-13 09:00", caused_by_change="CHG2")
    change = {"number": "CHG1", "service": "Network", "ended_at": "2026-10-11 21:30", "opened_at": "2026-10-01 09:00"}
    (found,) = of("", rows, changes=[change])
    assert found.sentence == "24 incidents name change CHG1 (Network, 11 October) as their cause."


def test_the_outage_of_a_major_incident_is_not_told_again_as_a_missed_target() -> None:
    toml = agreed("availability", '"99.9%"', 'service = "Mail"')
    outage = {"number": "OUT1", "service": "Mail", "started_at": "2026-10-13 09:00", "restored_at": "2026-10-13 14:00"}
    services = [{"service": "Mail", "calendar": "7x24"}]
    missed = of(toml, [], services=services, outages=[outage | {"major": False}])
    assert [one.sentence.startswith("Availability, Mail") for one in missed] == [True]
    assert of(toml, [], services=services, outages=[outage | {"major": True}]) == []


def test_many_refused_rows_are_a_finding_and_few_are_not() -> None:
    def refused(count: int) -> list[Told]:
        found = context("", incidents=incidents(3))
        found.workspace.snapshot.files.append({"read": 1000, "quarantined": count})
        return told(found)

    assert [one.sentence for one in refused(30)] == ["30 of 1,000 rows could not be used."]
    assert refused(20) == []


def test_a_thin_extraction_comes_before_everything_else() -> None:
    rows = [row for month in (6, 7, 8, 9) for row in incidents(200, f"2026-{month:02}-07 09:00")]
    first, *_ = of(OVERALL, rows + incidents(10, late=9), as_of="2026-11-01 00:00")
    assert first.sentence.startswith("Incidents are missing from the data: 0.6 a working day")


def test_the_planted_events_of_the_demo_month_in_their_order(demo: Path) -> None:
    """truth.json: Business Applications' slump from 12 October, then the change of 21 October with 24 linked incidents."""
    first, second, third = told(quality_report(demo, period="2026-10").context)[:3]
    assert "46 of the 137 late ones lay with Business Applications: 58.8% in time from the week of 12 October" in first.sentence
    assert second.sentence == "24 incidents name change CHG0031493 (Network, 21 October) as their cause."
    assert third.sentence.startswith("In time: P1 11 of 13, P2 81 of 93; missed")
    assert [one.change for one in (first, second, third)] == [True, False, False]


@pytest.mark.real_data
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_real_log_of_april_2016(real_log: Path, language: Any) -> None:
    """P1 and P2 almost never meet the flag; the rise is P3's own; the holidays of April are no change, one group's days are."""
    report = quality_report(real_log, period="2016-04", language=language)
    first, second, *_ = told(report.context)
    if language == "en":
        assert first.sentence == "Urgent incidents almost never meet the tool's own limit: P1 1 of 89, P2 0 of 109."
        assert second.sentence == (
            "Resolution in time rose to 72.7% (March: 42.5%); the rise comes from P3 itself (42.2% to 74.4%), not from the mix."
        )
    else:
        assert "P1 1/89" in first.sentence
        assert "并非构成变化" in second.sentence
    group = {
        "en": "Group 12: 29 more incidents than expected, 4 April to 6 April.",
        "zh": "Group 12：4月4日至4月6日事件比预期多 29 件。",
    }
    changes = [one.sentence for one in told(report.context) if one.change]
    assert changes == [second.sentence, group[language]]
