"""Explanations, actions and exemptions of the demo, as the report tells them."""

import pytest

from itsq_analysis import quality_report
from itsq_analysis.indicators.exempted import exempted, listed_exemptions
from itsq_analysis.indicators.notes import decisions_asked, notes, notes_for, open_actions
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.unknown_names import unknown_names
from itsq_analysis.page.notes import note_cell
from itsq_analysis.pages.quality.actions import actions
from itsq_analysis.pages.quality.exemptions import turned_by_exemptions


@pytest.fixture(scope="module")
def october(demo):
    return quality_report(demo, period="2026-10", language="zh").context


def test_the_miss_of_october_is_explained_and_another_one_is_not(october, truth):
    values = {value.indicator: value for value in agreed_targets(october.scope) if value.dimension is None}
    assert truth["planted"]["notes"]["explains"]["action"] in [
        note.action for note in notes_for(october.scope, values["sla_resolution_met"])
    ]
    [name] = truth["planted"]["notes"]["without_explanation"]
    assert values[name].status == "missed"
    assert "none" in note_cell(october, values[name])


def test_actions_are_open_overdue_and_done_as_planted(october, truth):
    planted = truth["planted"]["notes"]
    late = [(one.action, one.days_overdue) for one in open_actions(october.scope) if one.overdue]
    assert late == [(planted["overdue"]["action"], 34)]  # 30 September to 3 November
    done = {note.action: str(note.done_on) for note in notes(october.scope) if note.done_on}
    assert done == {planted[name]["action"]: planted[name]["done"] for name in ("done", "done_in_october")}
    assert [(note.action, str(note.due)) for note in decisions_asked(october.scope)] == [tuple(planted["decision_needed"].values())]
    assert all(name in "".join(str(part.markup) for part in actions(october).parts) for name in done)


def test_exemptions_are_counted_as_planted(october, truth):
    planted = truth["planted"]["exemptions"]
    register = listed_exemptions(october.scope)
    listed = [{"ticket": one.ticket, "indicator": one.indicator, "approved": one.approved} for one in register]
    assert sorted(listed, key=str) == sorted(planted["tickets"], key=str)
    assert [one.value.indicator for one in exempted(october.scope) if one.value.turned] == planted["turned_into_met"]
    assert turned_by_exemptions(october) is not None
    assert unknown_names(october.scope) == ()


def test_in_september_nothing_of_october_is_told(demo, truth):
    september = quality_report(demo, period="2026-09", language="zh", as_of="2026-09-30").context
    planted = truth["planted"]["notes"]
    assert [(one.action, one.days_overdue) for one in open_actions(september.scope)] == [
        (planted["overdue"]["action"], 0),
        (planted["done_in_october"]["action"], -31),
    ]
    assert exempted(september.scope) == ()
    assert decisions_asked(september.scope) == ()
