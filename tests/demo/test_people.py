"""Explanations, actions and exemptions of the demo, as the report tells them."""

import pytest
from itsq_analysis.pages.quality.register_checks import register_checks

from itsq_analysis import quality_report
from itsq_analysis.page.notes import decisions_asked, note_cell, notes, notes_for, open_actions
from itsq_analysis.pages.quality.actions import actions
from itsq_analysis.pages.quality.exemptions import exempted, listed_exemptions, turned_by_exemptions
from itsq_analysis.pages.quality.targets import agreed


@pytest.fixture(scope="module")
def october(demo):
    return quality_report(demo, period="2026-10", language="zh").context


def test_the_miss_of_october_is_explained_and_another_one_is_not(october, truth):
    rows = {row["indicator"]: row for _, row in agreed(october).iterrows() if row["dimension"] != row["dimension"]}
    assert truth["planted"]["notes"]["explains"]["action"] in [
        note.action for note in notes_for(october, rows["sla_resolution_met"])
    ]
    [name] = truth["planted"]["notes"]["without_explanation"]
    assert rows[name]["status"] == "missed"
    assert "none" in note_cell(october, rows[name])


def test_actions_are_open_overdue_and_done_as_planted(october, truth):
    planted = truth["planted"]["notes"]
    late = [(one.note.action, one.days_overdue) for one in open_actions(october) if one.overdue]
    assert late == [(planted["overdue"]["action"], 34)]  # 30 September to 3 November
    done = {note.action: str(note.done_on) for note in notes(october) if note.done_on}
    assert done == {planted[name]["action"]: planted[name]["done"] for name in ("done", "done_in_october")}
    assert [(note.action, str(note.due)) for note in decisions_asked(october)] == [tuple(planted["decision_needed"].values())]
    assert all(name in "".join(str(part.markup) for part in actions(october).parts) for name in done)


def test_exemptions_are_counted_as_planted(october, truth):
    planted = truth["planted"]["exemptions"]
    listed = [{"ticket": one.ticket, "indicator": one.indicator, "approved": one.approved} for one in listed_exemptions(october)]
    assert sorted(listed, key=str) == sorted(planted["tickets"], key=str)
    assert [one.indicator for one in exempted(october) if one.turned] == planted["turned_into_met"]
    assert turned_by_exemptions(october) is not None
    assert register_checks(october) == []


def test_in_september_nothing_of_october_is_told(demo, truth):
    september = quality_report(demo, period="2026-09", language="zh", as_of="2026-09-30").context
    planted = truth["planted"]["notes"]
    assert [(one.note.action, one.days_overdue) for one in open_actions(september)] == [
        (planted["overdue"]["action"], 0),
        (planted["done_in_october"]["action"], -31),
    ]
    assert exempted(september) == []
    assert decisions_asked(september) == []
