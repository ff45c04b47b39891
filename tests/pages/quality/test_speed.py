"""How long, in time by each way of counting, right first time, and calls: one section."""

from __future__ import annotations

from itsq_analysis.charts import Chart
from itsq_analysis.pages.quality.speed import speed
from itsq_analysis.pages.quality.used import used_indicators
from tests.page.made import RULES, agreed, answer, context, incidents, moment, rows_of, told
from tests.tables import Row

RESOLVED = "sla_resolution_met"


def contacts(**given: object) -> list[Row]:
    """Ten days of 20 offered each: 18 answered, 15 of them within 20 seconds, 2 given up."""
    counted = {"minutes": 60, "offered": 20, "answered": 18, "answered_in_target": 15, "abandoned": 2}
    times = {"wait_seconds": 180, "handle_seconds": 5400}
    return [{"start": f"2026-10-{day:02d} 09:00"} | counted | times | given for day in range(5, 15)]


def test_it_is_told_by_median_and_ninety_percent() -> None:
    """Ten incidents of 1 to 10 h: median 5.5 h; nine in ten (interpolated) up to 9.1 h."""
    rows = [
        row for hours in range(1, 11) for row in incidents(1, f"2026-10-{hours:02d} 09:00", hours=hours, priority=1 + hours % 2)
    ]
    section = speed(context(incidents=rows))
    assert answer(section).startswith(
        "Half of the 10 incidents resolved in October 2026 took 5 h 30 min or less, nine in ten 9 h 6"
    )
    table = rows_of(section)
    assert [row[0] for row in table[1:]] == ["P1", "P2", "All"]
    assert table[3][1:3] == ["5 h 30 min", "9 h 6 min"]
    assert table[1][1] == "6 h"


def test_one_and_none() -> None:
    one = speed(context(incidents=incidents(1, hours=3)))
    assert answer(one) == "One incident was resolved in October 2026, after 3 h (clock time)."
    none = speed(context(incidents=incidents(2, resolved_at=None, state="new")))
    assert answer(none) == "No incident was resolved in October 2026."


def test_a12_a_wait_is_said_alike_in_the_text_the_table_and_the_picture() -> None:
    """90 % point of P1: 214 h."""
    section = speed(context(incidents=incidents(30, hours=214, priority=1)))
    assert "nine in ten 8.9 days or less" in answer(section)
    assert rows_of(section)[1][2] == "8.9 days"
    picture = next(part for part in section.parts if isinstance(part, Chart))
    assert picture.data.iloc[0].tolist()[1:] == ["8.9 days"] * 3
    assert picture.summary == "P1 waits longest: one in ten took more than 8.9 days."


def test_urgent_ones_come_first_and_as_counts() -> None:
    rows = incidents(13, late=2, priority=1) + incidents(95, "2026-10-13 09:00", late=14, priority=2) + incidents(92, "2026-10-14")
    section = speed(context(RULES + agreed(RESOLVED, '"90%"', "priority = 2"), incidents=rows))
    table = rows_of(section)
    place = table[0].index("Resolution in time (recomputed)")
    assert [(row[0], row[place]) for row in table[1:]] == [
        ("P1", "11 of 13"),
        ("P2", "81 of 95 (85.3%)"),
        ("P3", "100% (92 of 92)"),
        ("All", "92.0% (184 of 200)"),
    ]


def ways(*rows: Row, rules: str = RULES) -> str:
    return next(
        sentence
        for sentence in told(speed(context(rules, incidents=list(rows))))
        if "agreed rules" in sentence or "tool flags" in sentence
    )


def test_flag_and_recomputation_are_reconciled() -> None:
    """Of 30: the flag is kind on 2 late ones, and strict on 1 in time."""
    rows = incidents(30, late=5, made_sla=True)
    for place in (0, 1, 2, 29):
        rows[place]["made_sla"] = False
    assert ways(*rows).endswith("own flag says 86.7%; it differs on 3 of 30 incidents, 2 of them in the tool's favour.")
    assert ways(*incidents(30, made_sla=True)).endswith("own flag says the same, 100%, on all 30 incidents.")


def test_what_only_pauses_saved_is_counted() -> None:
    """Limit 8 h: of 100 incidents, 3 worked 7 h after 2 h on hold; 2 worked 5 h after 2 h, in time either way."""
    rows = incidents(100, late=10, working_seconds=3600, paused_seconds=0)
    for row in rows[50:53]:
        row |= {"working_seconds": 7 * 3600, "paused_seconds": 2 * 3600}
    for row in rows[53:55]:
        row |= {"working_seconds": 5 * 3600, "paused_seconds": 2 * 3600}
    assert "3 of them only because the clock was stopped: with pauses counted it is 87.0%." in ways(*rows)


def test_without_rules_the_flag_stands_alone() -> None:
    assert ways(*incidents(40, made_sla=True, sla_resolution_met=None), rules="") == (
        "The tool flags 100% (40 of 40) of the incidents as resolved in time. A recomputation is not "
        "possible: itsq.toml has no [[sla]] rules."
    )


def test_flagged_incidents_without_a_resolution_time_are_counted_apart() -> None:
    """Of 25 flagged ones 20 were resolved; 5 were closed only."""
    times = {"resolved_at": None, "closed_at": moment("2026-10-21"), "sla_resolution_met": None}
    closed = incidents(5, "2026-10-20 09:00", made_sla=False, **times)
    resolved = incidents(20, made_sla=True, sla_resolution_met=None)
    assert ways(*resolved, *closed, rules="").endswith(
        "5 incidents were closed in the period without a resolution time and are excluded from these percentages."
    )


def test_right_first_time_in_a_sentence_a_funnel_and_a_table() -> None:
    rows = incidents(30, assignment_group="Desk", reassignment_count=0, reopen_count=0)
    rows += incidents(10, "2026-10-13 09:00", assignment_group="Net", reassignment_count=1, reopen_count=0)
    for row in rows[:4]:
        row["reopen_count"] = 1
    groups = [{"assignment_group": "Desk", "level": 1}, {"assignment_group": "Net", "level": 2}]
    section = speed(context(incidents=rows, groups=groups))
    assert answer(section).endswith(
        "The first line resolved 75.0% (30 of 40) of the incidents by itself. 10.0% (4 of 40) were reopened."
    )
    funnel = [part for part in section.parts if isinstance(part, Chart)][-1]
    assert funnel.data.to_numpy().tolist() == [["Desk", "13.3%", "30"], ["Net", "0.0%", "10"]]
    assert funnel.summary == "Reopen rate: no group differs from the whole by more than chance."
    assert [row[:2] for row in rows_of(section, 1)][2] == ["Resolved without reassignment", "75.0% 30 of 40"]


def test_a_group_beyond_chance_is_named_by_the_funnel() -> None:
    rows = incidents(40, assignment_group="Desk", reopen_count=1) + incidents(
        400, "2026-10-13 09:00", assignment_group="Net", reopen_count=0
    )
    funnel = [part for part in speed(context(incidents=rows)).parts if isinstance(part, Chart)][-1]
    assert funnel.summary == "Reopen rate: group Desk beyond what chance explains."


def test_what_cannot_be_known_is_left_out() -> None:
    section = speed(context(incidents=incidents(30, reopen_count=0)))
    assert answer(section).endswith("0% (0 of 30) were reopened.")
    assert "Ping-pong share" not in [row[0] for row in rows_of(section, 1)]


def test_calls_stand_in_a_table_and_among_the_report_s_values() -> None:
    made = context(incidents=incidents(30), contacts=contacts())
    rows = {row[0]: row[1:] for row in rows_of(speed(made), -1)}
    assert rows["Contacts offered"][0] == "200"
    assert rows["Answered within 20 seconds"][0] == "75.0% 150 of 200"
    assert rows["Abandon rate"][2] == "5% (reference)"
    assert {"contacts_offered", "service_level_20s", "handle_time_mean"} <= set(used_indicators(made.scope))


def test_without_contacts_there_is_no_such_table() -> None:
    bare = context(incidents=incidents(30))
    assert "answer_rate" not in used_indicators(bare.scope)
    assert not any("Telephone" in getattr(one, "markup", "") for one in speed(bare).parts)
