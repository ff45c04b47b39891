"""In time: P1 and P2 as counts, flag beside recomputation, with and without pauses, and the late ones that are open."""

from __future__ import annotations

from itsq_analysis.charts import Chart
from itsq_analysis.pages.quality.service_levels import service_levels
from itsq_analysis.pages.quality.speed import speed
from tests.page.made import RULES, agreed, answer, context, incidents, moment, rows_of, told

RESOLVED = "sla_resolution_met"


def test_urgent_ones_come_first_and_as_counts() -> None:
    rows = incidents(13, late=2, priority=1) + incidents(95, "2026-10-13 09:00", late=14, priority=2) + incidents(92, "2026-10-14")
    section = service_levels(context(RULES + agreed(RESOLVED, '"90%"', "priority = 2"), incidents=rows))
    assert answer(section) == (
        "Resolved in time: P1 11 of 13, P2 81 of 95. Of all incidents resolved in October 2026, 92.0% (184 of 200) were in time "
        "by the rules of itsq.toml, pauses subtracted. The tool has no flag of its own."
    )
    assert rows_of(section)[1:] == [
        ["recomputed, pauses subtracted", "92.0%", "184 of 200"],
        ["recomputed, pauses not subtracted", "92.0%", "184 of 200"],
    ]
    head, first, second, third, every = rows_of(section, 1)
    assert head == ["Priority", "Resolution in time (recomputed)", "Open and overdue incidents", "Judgement"]
    assert first == ["P1", "11 of 13", "0", "○ reference only"]
    assert second == ["P2", "81 of 95 (85.3%)", "0", "▲ missed, could be chance"]
    assert third == ["P3", "100% (92 of 92)", "0", "○ reference only"]
    assert every == ["All", "92.0% (184 of 200)", "0", "○ reference only"]
    (picture,) = (part for part in section.parts if isinstance(part, Chart))
    assert picture.data.iloc[:, 0].tolist() == ["P1", "P2", "P3"]


def test_flag_and_recomputation_are_reconciled() -> None:
    """Of 30: the flag is kind on 2 late ones, and strict on 1 in time."""
    rows = incidents(30, late=5, made_sla=True)
    for place in (0, 1, 2, 29):
        rows[place]["made_sla"] = False
    section = service_levels(context(RULES, incidents=rows))
    assert told(section)[0].endswith("By the tool's own flag it was 86.7% (26 of 30).")
    assert told(section)[1:] == [
        "The tool's flag and the recomputation differ on 3 of the 30 incidents that have both; "
        "on 2 of these the flag is the kinder one."
    ]
    same = service_levels(context(RULES, incidents=incidents(30, made_sla=True)))
    assert told(same)[1:] == ["The tool's flag and the recomputation agree on all 30 incidents that have both."]


def test_what_only_pauses_saved_is_counted() -> None:
    """Limit 8 h: of 100 incidents, 3 worked 7 h after 2 h on hold; 2 worked 5 h after 2 h, in time either way."""
    rows = incidents(100, late=10, working_seconds=3600, paused_seconds=0)
    for row in rows[50:53]:
        row |= {"working_seconds": 7 * 3600, "paused_seconds": 2 * 3600}
    for row in rows[53:55]:
        row |= {"working_seconds": 5 * 3600, "paused_seconds": 2 * 3600}
    section = service_levels(context(RULES, incidents=rows))
    assert told(section)[1:] == ["3 incidents were in time only because their clock was stopped."]
    assert rows_of(section)[2] == ["recomputed, pauses not subtracted", "87.0%", "87 of 100"]


def test_open_and_late_ones_are_in_no_percentage() -> None:
    late = {"resolved_at": None, "state": "new", "sla_resolution_met": None, "sla_due_at": "2026-10-30"}
    for count, sentence in ((2, "2 incidents were open and past their time"), (1, "One incident was open and past its time")):
        section = service_levels(context(RULES, incidents=incidents(30) + incidents(count, "2026-10-20 09:00", **late)))
        assert told(section)[1].startswith(sentence)


def test_without_rules_the_flag_stands_alone() -> None:
    section = service_levels(context(incidents=incidents(40, made_sla=True, sla_resolution_met=None)))
    assert answer(section) == (
        "The tool flags 100% (40 of 40) of the incidents as resolved in time. "
        "Recomputation is not measurable: itsq.toml has no [[sla]] rules."
    )
    assert rows_of(section)[0] == ["Priority", "Resolution in time (tool's flag)", "Judgement"]


def test_without_rules_and_flag_nothing_is_measurable() -> None:
    section = service_levels(context(incidents=incidents(4, sla_resolution_met=None)))
    assert answer(section) == "Resolution in time is not measurable: itsq.toml has no [[sla]] rules."
    assert section.parts == ()


def test_flagged_incidents_without_a_resolution_time_are_counted_apart() -> None:
    """Of 25 flagged ones 20 were resolved; 5 were closed only."""
    closed = incidents(5, "2026-10-20 09:00", made_sla=False, resolved_at=None, closed_at=moment("2026-10-21"))
    resolved = incidents(20, made_sla=True, sla_resolution_met=None)
    section = service_levels(context(incidents=resolved + [row | {"sla_resolution_met": None} for row in closed]))
    assert answer(section).startswith("The tool flags 100% (20 of 20) of the incidents")
    assert told(section)[1] == (
        "5 incidents were closed in the period without a resolution time; they are in none of these percentages."
    )
    only = service_levels(context(incidents=closed))
    assert answer(only).startswith("The tool flags 0 of 5 of the incidents")
    assert len(told(only)) == 1


def test_speed_is_told_by_median_and_ninety_percent() -> None:
    """Ten incidents of 1 to 10 h: median 5.5 h; nine in ten (interpolated) up to 9.1 h."""
    rows = [
        row for hours in range(1, 11) for row in incidents(1, f"2026-10-{hours:02d} 09:00", hours=hours, priority=1 + hours % 2)
    ]
    section = speed(context(incidents=rows))
    assert answer(section) == (
        "Half of the 10 incidents resolved in October 2026 took up to 5 h 30 min, nine in ten up to 9 h 6 min (clock time)."
    )
    table = rows_of(section)
    assert [row[:2] for row in table[1:]] == [["All", "10"], ["P1", "5"], ["P2", "5"]]
    assert table[1][3:6] == ["5 h 30 min", "9 h 6 min", "5 h 30 min"]
    assert table[2][3] == "6 h"


def test_speed_of_one_and_of_none() -> None:
    one = speed(context(incidents=incidents(1, hours=3)))
    assert answer(one) == "One incident was resolved in October 2026, after 3 h (clock time)."
    none = speed(context(incidents=incidents(2, resolved_at=None, state="new")))
    assert answer(none) == "No incident was resolved in October 2026."


def test_a12_a_wait_is_said_alike_in_the_text_the_table_and_the_picture() -> None:
    """90 % point of P1: 214 h."""
    section = speed(context(incidents=incidents(30, hours=214, priority=1)))
    assert "nine in ten up to 8.9 days" in answer(section)
    assert rows_of(section)[2][4] == "8.9 days"
    (picture,) = (part for part in section.parts if isinstance(part, Chart))
    assert picture.data.iloc[0].tolist()[1:] == ["8.9 days"] * 3
