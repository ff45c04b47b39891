"""Actions: open ones until they are closed, done ones with the value before and after."""

from datetime import date
from typing import Any

import pytest

from itsq_analysis.indicators.notes import done_actions, effect_of
from itsq_analysis.pages.quality.actions import actions
from tests.page.made import RULES, answer, context, incidents, rows_of, told

SLA = "sla_resolution_met"


def note(period: str = "2026-10", indicator: str = SLA, **columns: Any) -> dict[str, Any]:
    return {"period": period, "indicator": indicator, "action": "do it"} | columns


def test_an_empty_register_tells_how_to_begin() -> None:
    section = actions(context(RULES, incidents=incidents(5)))
    assert answer(section) == "No explanations or actions are recorded; begin with the command: itsq template notes"
    assert section.parts == ()


def test_open_actions_stand_by_days_overdue() -> None:
    made = context(
        RULES,
        incidents=incidents(20),
        notes=[
            note("2026-08", action="first", owner="Ops", due=date(2026, 10, 10), cause="why"),
            note(action="second", due=date(2026, 11, 18)),
            note(action="third", decision_needed=True, due=date(2026, 12, 1)),
            note(action="fourth"),
        ],
        as_of="2026-11-20",
    )
    section = actions(made)
    assert answer(section) == (
        "4 actions are open, 2 of them overdue. The longest overdue, by 40 days: first (Ops). None was done since the period began."
    )
    title = made.title(SLA)
    assert rows_of(section) == [
        ["Action", "Overdue", "Owner", "Due", "Indicator", "From period"],
        ["first", "40 days", "Ops", "10 October 2026", title, "August 2026"],
        ["second", "1 day", "\u2013", "18 November 2026", title, "October 2026"],
        ["Decision needed: third", "not due yet", "\u2013", "1 December 2026", title, "October 2026"],
        ["fourth", "no due date", "\u2013", "\u2013", title, "October 2026"],
    ]


def test_a_done_action_is_told_with_the_value_before_and_after() -> None:
    rows = [
        *incidents(400, "2026-08-03 09:00", late=80, assignment_group="G"),
        *incidents(400, "2026-10-12 09:00", late=4, assignment_group="G"),
        *incidents(400, "2026-10-13 09:00", late=200, assignment_group="H"),
    ]
    made = context(
        RULES,
        incidents=rows,
        notes=[
            note("2026-08", action="of G", assignment_group="G", done_on=date(2026, 9, 20)),
            note("2026-08", action="of all", done_on=date(2026, 9, 19)),
            note("2026-08", action="in the period", done_on=date(2026, 10, 1)),
            note("2026-08", action="unheard of", indicator="x", done_on=date(2026, 9, 18)),
            note("2026-08", action="long ago", done_on=date(2026, 6, 30)),
        ],
    )
    section = actions(made)
    assert answer(section) == "No action is open. One was done since the period began."
    assert [row[:4] for row in rows_of(section)[1:]] == [
        ["in the period", "too early to tell: no whole period since", "80.0% (2026-08)", "\u2013"],
        ["of G", "better, beyond chance", "80.0% (2026-08)", "99.0% (2026-10)"],
        ["of all", "worse, beyond chance", "80.0% (2026-08)", "74.5% (2026-10)"],
        ["unheard of", "not measurable", "\u2013", "\u2013"],
    ]
    assert told(section)[-1] == "One note names an indicator that is not in the catalogue: x."
    became = {note.action: effect_of(made.scope, note) for note in done_actions(made.scope)}
    words = {action: effect.word for action, effect in became.items()}
    assert words == {"in the period": "early", "of G": "better", "of all": "worse", "unheard of": "unmeasured"}
    before, after = became["of G"].before, became["of G"].after
    assert before
    assert after
    assert (before.value, after.value) == pytest.approx((0.8, 0.99))


def test_the_section_is_told_in_chinese() -> None:
    made = context(
        RULES, incidents=incidents(20), notes=[note(owner="Ops", due=date(2026, 11, 1))], as_of="2026-11-20", language="zh"
    )
    assert answer(actions(made)) == (
        "\u672a\u5b8c\u6210\u7684\u6539\u8fdb\u63aa\u65bd 1 \u9879\uff0c\u5176\u4e2d\u903e\u671f 1 \u9879\u3002"
        "\u903e\u671f\u6700\u4e45 18 \u5929\uff1ado it\uff08Ops\uff09\u3002"
        "\u7edf\u8ba1\u671f\u5f00\u59cb\u4ee5\u6765\u6ca1\u6709\u5b8c\u6210\u7684\u63aa\u65bd\u3002"
    )
