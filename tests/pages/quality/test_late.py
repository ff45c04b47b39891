"""Why targets were missed: the sentence, the picture, the tables, on incidents whose hours can be counted by hand."""

from collections.abc import Sequence
from typing import Any

import pytest

from itsq_analysis import quality_report
from itsq_analysis.charts import Chart
from itsq_analysis.page.section import Html, Section
from itsq_analysis.pages.quality.late import late_section
from tests.page.made import RULES, agreed, answer, context, incidents, rows_of, told
from tests.tables import Row

OFFICE = """
[organisation]
holidays = ""
[[sla]]
priority = [1, 3]
calendar = "5x8"
resolution = "8h"
paused = ["caller"]
"""


def late(number: str, *log: str, resolved: str = "2026-10-07 12:00", **given: Any) -> tuple[Row, list[Row]]:
    """An incident of Monday the 5th at nine, resolved on Wednesday at noon: 19 working hours, of which 8 are allowed."""
    opened = "2026-10-05 09:00"
    row = {"number": number, "opened_at": opened, "resolved_at": resolved, "priority": 3, "sla_resolution_met": False, **given}
    rows = []
    for seq, text in enumerate(log):
        at, state, reason, group = text.split(", ")
        facts = {"number": number, "seq": seq, "at": f"2026-10-{at}", "state": state}
        rows.append(facts | {"hold_reason": reason or None, "assignment_group": group})
    return row, rows


def section(*found: tuple[Row, list[Row]], toml: str = OFFICE, more: Sequence[Row] = (), **given: Any) -> Section:
    """The section over late incidents with their logs, and more incidents without."""
    rows = [row for row, _ in found]
    log = [entry for _, entries in found for entry in entries]
    return late_section(context(toml, incidents=[*rows, *more], state_log=log, **given))


def picture(made: Section) -> Chart:
    [chart] = [part for part in made.parts if isinstance(part, Chart)]
    return chart


DESK = (
    "05 09:00, new, , Desk",
    "05 12:00, in_progress, , Desk",
    "06 09:00, on_hold, caller, Desk",
    "06 15:00, in_progress, , Desk",
)


def test_without_rules_nothing_is_measurable():
    unmeasured = "Late incidents cannot be told: itsq.toml has no SLA rules."
    assert answer(section(more=incidents(4, made_sla=True), toml="")) == unmeasured
    response_only = '[[sla]]\ncalendar = "5x8"\nresponse = "1h"\n'
    assert answer(section(toml=response_only)) == unmeasured


def test_a_month_without_a_judged_incident_says_so():
    assert answer(section()) == "No incident with an SLA rule was resolved in October 2026."


def test_a_month_without_a_late_incident_says_so():
    made = section(more=incidents(40), toml=RULES)
    assert answer(made) == "None of the 40 incidents with an SLA rule resolved in October 2026 was late."
    assert made.parts == ()


def test_one_late_incident_is_told_with_its_hours():
    made = section(late("A", *DESK), more=incidents(9))
    assert answer(made) == (
        "One of the 10 incidents with an SLA rule resolved in October 2026 was late. When its time ran out "
        "it was with group Desk: 19 working hours, 57.9% of them in progress."
    )
    # Monday 9–12 new; 13–18 in progress; Tuesday 9–12 and 13–15 waiting; 15–18 and Wednesday 9–12 in progress.
    assert rows_of(made)[1] == ["A, P3 Desk", "6.0", "in progress 11.0, waiting for the user 5.0"]
    assert picture(made).data.to_numpy().tolist() == [["Desk", "3 h", "11 h", "5 h", "19 h"]]


def test_the_same_in_chinese():
    made = section(late("A", *DESK), more=incidents(9), language="zh")
    assert made.title == "未达标原因"
    assert answer(made) == (
        "2026年10月解决的适用 SLA 规则的事件 10 件，其中 1 件超时。"
        "超时时由支持组“Desk”持有，用 19 个工作小时，其中 57.9% 为处理中。"
    )
    assert rows_of(made)[1][-1] == "处理中 11.0、等待用户 5.0"


def test_the_group_with_most_hours_and_the_one_that_stands_out_are_both_told():
    slow = [late(f"S{place}", "05 09:00, in_progress, , Slow", assignment_group="Slow") for place in range(20)]
    long = late("L", "05 09:00, in_progress, , Desk", resolved="2026-10-30 18:00", assignment_group="Desk")
    longer = late("M", "05 09:00, new, , Desk", resolved="2026-10-30 18:00", assignment_group="Desk", priority=1)
    even = [late(f"E{place}", "05 09:00, new, , Desk", assignment_group="Desk") for place in range(3)]
    made = section(*slow, long, longer, *even, more=incidents(95, assignment_group="Desk"))
    assert answer(made) == (
        "Slow stands out: 20 of its 20 incidents were late (5.0% elsewhere); 19.0 of 19.0 working hours each "
        "were spent in progress. 25 of the 120 incidents with an SLA rule resolved in October 2026 were "
        "late. The 20 it held when their time ran out also took most hours, 380 of 757."
    )
    assert [row[0] for row in picture(made).data.to_numpy().tolist()] == ["Slow", "Desk"]
    assert [row[0].partition(" Desk")[0] for row in rows_of(made)[1:4]] == ["M, P1", "L, P3", "E0, P3"]
    assert len(rows_of(made)) == 6
    assert any("with the 25 resolved late: workbook, sheet “Late incidents”." in sentence for sentence in told(made))


def test_a_group_that_was_handed_late_incidents_did_not_hold_them_at_their_limit():
    slow = [late(f"S{place}", "05 09:00, new, , Desk", "07 09:00, new, , Slow", assignment_group="Slow") for place in range(20)]
    made = section(*slow, more=incidents(95, assignment_group="Desk"))
    assert "20 of its 20 incidents were late (0% elsewhere); it held none of them when their time ran out." in answer(made)
    assert "All were with" in answer(made)


def test_where_nobody_stands_out_the_group_with_most_hours_is_told():
    made = section(late("A", *DESK), late("B", "05 09:00, new, , Servers", resolved="2026-10-06 18:00"))
    assert answer(made).endswith(
        "Most hours, 19 of 35, went into one that group Desk held when its time ran out, 57.9% of them in progress."
    )


def test_one_incident_that_rules_the_longest_bar_is_named():
    long = late("L", "05 09:00, new, , Desk", resolved="2026-10-30 18:00")
    made = section(long, late("A", *DESK))
    assert "One incident alone, L, accounts for 160 of the 179 working hours of group Desk." in told(made)
    assert not any(sentence.startswith("One incident alone") for sentence in told(section(long)))


def test_without_a_state_log_the_split_is_not_measurable():
    made = section(late("A", assignment_group="Desk"))
    assert answer(made).endswith(
        "When its time ran out it was with group Desk: 19 working hours; how the hours were spent is not measurable."
    )
    assert rows_of(made)[1][1:] == ["11.0", "not measurable"]
    assert "The late incidents have no state log, so how their hours were spent is unknown." in told(made)
    assert not any(isinstance(part, Chart) for part in made.parts)


def test_incidents_without_a_log_are_counted_and_not_drawn():
    made = section(late("A", *DESK), late("B", assignment_group="Desk"))
    assert any(sentence.startswith("One of the late incidents has no state log") for sentence in told(made))
    assert picture(made).data["total"].tolist() == ["19 h"]


def test_six_kinds_are_five_parts_and_the_last_groups_one_bar():
    log = (
        "05 09:00, new, , A", "05 10:00, in_progress, , A", "05 11:00, in_progress, , B", "06 09:00, on_hold, caller, B",
        "06 10:00, on_hold, supplier, B", "06 11:00, on_hold, problem, B", "07 09:00, in_progress, , B",
    )  # fmt: skip
    groups = [late(f"G{place}", f"05 09:00, in_progress, , Group {place}") for place in range(9)]
    made = section(late("A", *log), *groups)
    table = picture(made).data
    assert list(table.columns[1:-1]) == [
        "unassigned", "in progress", "after a transfer", "waiting for the user", "waiting for a supplier or otherwise",
    ]  # fmt: skip
    assert table["name"].tolist()[0] == "B"
    assert table.iloc[0].tolist()[1:] == ["1 h", "1 h", "9 h", "1 h", "7 h", "19 h"]
    assert table["name"].tolist()[-1] == "4 other groups"
    assert table["total"].tolist()[-1] == "76 h"


def test_open_incidents_are_counted_and_listed_in_the_workbook():
    rows = [
        {"number": "late", "opened_at": "2026-10-29 09:00", "priority": 3, "sla_due_at": "2026-10-29 18:00"},
        {"number": "soon", "opened_at": "2026-10-30 16:00", "priority": 3, "sla_due_at": "2026-11-02 16:00", "service": "ERP"},
    ]
    made = section(more=rows, as_of="2026-11-01")
    assert told(made)[1] == (
        "Already late and still open on 1 November 2026 00:00: 1; late by 6 November 2026 18:00 (within 5 "
        "working days): 1 more. Full list, with the 0 resolved late: workbook, sheet “Late incidents”."
    )


def test_a_period_long_before_the_data_is_told_as_empty():
    made = section(late("A", *DESK), period="2020-01")
    assert answer(made) == "No incident with an SLA rule was resolved in January 2020."
    assert made.parts == ()


def test_every_missed_agreed_target_has_its_explanation_or_says_that_there_is_none():
    toml = OFFICE + agreed("sla_resolution_met", '"95%"') + agreed("reopen_rate", '"3%"')
    note = {"number": "1", "period": "2026-10", "indicator": "sla_resolution_met", "cause": "Two people were ill"}
    rows = incidents(30, reopen_count=0) + incidents(10, "2026-10-13 09:00", sla_resolution_met=False, reopen_count=1)
    found = section(more=rows, toml=toml, notes=[note])
    explained = rows_of(found)
    assert explained[0] == ["Indicator", "What the numbers prove", "Cause, owner, date"]
    assert {row[0]: row[1].partition(" agreed")[0] for row in explained[1:]} == {
        "Resolution in time (recomputed)": "75.0% (30 of 40), 95%",
        "Reopen rate": "25.0% (10 of 40), 3%",
    }
    by_name = {row[0]: row[2] for row in explained[1:]}
    assert "Two people were ill" in by_name["Resolution in time (recomputed)"]
    assert by_name["Reopen rate"] == "no explanation recorded"
    kept = section(more=incidents(40), toml=toml)
    assert "Cause, owner, date" not in "".join(str(part.markup) for part in kept.parts if isinstance(part, Html))


def test_hostile_names_are_shown_as_text():
    name = "<script>alert(1)</script>"
    made = section(late(name, f"05 09:00, new, , {name}", service=name, supplier=name))
    assert "<script>" not in "".join(str(part.markup) for part in made.parts if isinstance(part, Html))
    assert rows_of(made)[1][0] == f"{name}, P3 {name} {name} {name}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_planted_slump_of_the_demo_is_told(demo, truth, language):
    slump, month = truth["planted"]["slump"], "2026-10"
    judged, met = slump["resolved_judged"][month], slump["resolved_in_time"][month]
    total, in_time = truth["incidents"]["resolved_judged"][month], truth["incidents"]["resolved_in_time"][month]
    told = answer(quality_report(demo, period=month, language=language).missed_targets())
    if language == "en":
        assert told.startswith(f"{slump['group']} stands out: {judged - met} of its {judged} incidents were late")
        assert f"{total - in_time} of the {total:,} incidents" in told
        assert "working hours each were spent in progress" in told
    else:
        assert told.startswith(f"业务应用组明显偏离整体：{judged} 件中 {judged - met} 件超时")
        assert f"{total:,} 件，其中 {total - in_time} 件超时" in told
        assert "小时为处理中" in told
