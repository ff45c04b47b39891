"""First line, transfers, reopened: said with their counts, by group against the limits of chance."""

from __future__ import annotations

from itsq_analysis.charts import Chart
from itsq_analysis.pages.quality.right_first_time import right_first_time
from tests.page.made import answer, context, incidents, rows_of, told


def test_the_three_answers_with_their_counts() -> None:
    """Of 40: 30 by the desk, 10 passed on once; 4 reopened."""
    rows = incidents(30, assignment_group="Desk", reassignment_count=0, reopen_count=0)
    rows += incidents(10, "2026-10-13 09:00", assignment_group="Net", reassignment_count=1, reopen_count=0)
    for row in rows[:4]:
        row["reopen_count"] = 1
    groups = [{"assignment_group": "Desk", "level": 1}, {"assignment_group": "Net", "level": 2}]
    section = right_first_time(context(incidents=rows, groups=groups))
    assert answer(section) == (
        "The first line resolved 75.0% (30 of 40) of the incidents by itself. 75.0% (30 of 40) were never passed on to another "
        "group. 10.0% (4 of 40) were reopened."
    )
    (funnel,) = (part for part in section.parts if isinstance(part, Chart))
    assert funnel.data.to_numpy().tolist() == [["Desk", "13.3%", "30"], ["Net", "0.0%", "10"]]


def test_what_cannot_be_known_is_left_out() -> None:
    section = right_first_time(context(incidents=incidents(30, reopen_count=0)))
    assert answer(section) == "0% (0 of 30) were reopened."
    assert "Ping-pong share" not in [row[0] for row in rows_of(section)]


def test_a_recent_period_can_still_have_reopenings() -> None:
    sentence = "* The share reopened is provisional: an incident can still be reopened."
    rows = incidents(30, reopen_count=0)
    assert sentence in told(right_first_time(context(incidents=rows, as_of="2026-11-02")))
    assert sentence not in told(right_first_time(context(incidents=rows, as_of="2026-11-20")))


def test_nothing_resolved() -> None:
    section = right_first_time(context(incidents=incidents(3, resolved_at=None, state="new")))
    assert answer(section) == "No incident was resolved in October 2026; nothing can be said of how."
    assert section.parts == ()
