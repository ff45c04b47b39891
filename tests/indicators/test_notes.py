"""People's words beside values, actions until they are closed, decisions asked for."""

from datetime import date
from typing import Any

from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.notes import decisions_asked, notes_for, open_actions
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.notes import about, note_cell, words
from tests.page.made import RULES, agreed, context, incidents

SLA = "sla_resolution_met"
MISSED = incidents(40, late=10)


def note(period: str = "2026-10", indicator: str = SLA, **columns: Any) -> dict[str, Any]:
    return {"period": period, "indicator": indicator} | columns


def row(context: ReportContext, by: str | None = None, member: str | None = None) -> Value:
    return cube(context.scope).value(SLA, by, member)


def test_a_note_is_told_by_the_name_of_its_indicator_in_either_language() -> None:
    made = context(incidents=MISSED)
    titles = made.workspace.definitions[SLA].title
    notes = [note(indicator=name, cause="x") for name in (SLA, titles["en"], titles["zh"], SLA.upper(), "no such thing")]
    found = notes_for(context(incidents=MISSED, notes=notes).scope, row(made))
    assert len(found) == 4
    assert {one.indicator for one in found} == {SLA}


def test_beside_a_value_stand_the_notes_of_its_period_and_member() -> None:
    rows = incidents(20, late=5, service="A", assignment_group="G", priority=2)
    made = context(
        incidents=rows,
        notes=[
            note(cause="all"),
            note(cause="of A", service="A"),
            note(cause="of B", service="B"),
            note(cause="of G", assignment_group="G"),
            note("2026-09", cause="before"),
            note("2026-11", cause="later"),
            note("2026-Q4", cause="the quarter"),
            note(indicator="reopen_rate", cause="another"),
        ],
    )

    def causes(by: str | None = None, member: str | None = None) -> list[str]:
        return sorted(one.cause for one in notes_for(made.scope, row(made, by, member)))

    assert causes() == ["all", "of A", "of B", "of G"]
    assert causes("service", "A") == ["of A"]
    assert causes("group", "G") == ["of G"]
    assert causes("priority", "2") == ["all"]


def test_months_are_told_in_the_report_of_their_quarter() -> None:
    made = context(incidents=MISSED, notes=[note(cause="x")], period="2026-Q4")
    assert [one.cause for one in notes_for(made.scope, row(made))] == ["x"]


def test_a_missed_agreed_target_without_a_note_says_so_in_both_languages() -> None:
    toml = RULES + agreed(SLA, '"95%"')
    en, zh = context(toml, incidents=MISSED), context(toml, incidents=MISSED, language="zh")
    assert str(note_cell(en, row(en))) == '<span class="people none">no explanation recorded</span>'
    assert "\u672a\u767b\u8bb0\u8bf4\u660e" in note_cell(zh, row(zh))
    met = context(toml, incidents=incidents(40))
    assert note_cell(met, row(met)) == ""
    only_reference = context(toml + 'kind = "reference"\n', incidents=MISSED)
    assert not note_cell(only_reference, row(only_reference))


def test_words_of_people_are_marked_and_escaped() -> None:
    told = note(cause="<b>", action="{x}", owner="Ops", due=date(2026, 11, 30), assignment_group="G")
    made = context(RULES + agreed(SLA, '"95%"'), incidents=MISSED, notes=[told])
    assert str(note_cell(made, row(made))) == (
        '<span class="people"><strong>Written by people:</strong> group G: Cause: &lt;b&gt;; Owner: Ops; '
        "Due: 30 November 2026</span>"
    )
    zh = context(incidents=MISSED, notes=[told], language="zh")
    [one] = notes_for(zh.scope, row(zh))
    assert words(zh, one) == (
        "\u539f\u56e0\uff1a<b>\uff1b\u8d23\u4efb\u4eba\uff1aOps\uff1b\u671f\u9650\uff1a2026\u5e7411\u670830\u65e5"
    )


def test_the_action_is_told_beside_a_value_only_without_a_cause() -> None:
    """An action has a list of its own."""
    told = note(action="{x} <i>", owner="<Ops>", done_on=date(2026, 11, 10), due=date(2026, 11, 30))
    made = context(RULES + agreed(SLA, '"95%"'), incidents=MISSED, notes=[told])
    assert str(note_cell(made, row(made))) == (
        '<span class="people"><strong>Written by people:</strong> Action: {x} &lt;i&gt;; Owner: &lt;Ops&gt;; '
        "Done on: 10 November 2026</span>"
    )
    zh = context(incidents=MISSED, notes=[note(action="{x}")], language="zh")
    [one] = notes_for(zh.scope, row(zh))
    assert words(zh, one) == "\u6539\u8fdb\u63aa\u65bd\uff1a{x}"


def test_an_action_stays_until_it_is_done_and_counts_its_days_overdue() -> None:
    actions = [
        note("2026-08", action="late", due=date(2026, 9, 30)),
        note("2026-10", action="later", due=date(2026, 11, 20)),
        note("2026-10", action="no day"),
        note("2026-09", action="done", due=date(2026, 9, 1), done_on=date(2026, 11, 18)),
        note("2026-11", action="of a later period", due=date(2026, 11, 1)),
        note("2026-10", cause="no action"),
    ]

    def open_on(as_of: str, period: str = "2026-10") -> list[tuple[str, int | None]]:
        made = context(incidents=MISSED, notes=actions, as_of=as_of, period=period)
        return [(one.action, one.days_overdue) for one in open_actions(made.scope)]

    assert open_on("2026-11-20 00:00") == [("late", 50), ("later", -1), ("no day", None)]  # the last day known is the 19th
    assert open_on("2026-11-20 00:01") == [("late", 51), ("later", 0), ("no day", None)]
    assert open_on("2026-11-18 00:00") == [("done", 77), ("late", 48), ("later", -3), ("no day", None)]
    assert open_on("2026-11-20 00:00", "2026-08") == [("late", 50)]
    assert [name for name, _ in open_on("2026-12-20 00:00", "2026-11")] == ["late", "of a later period", "later", "no day"]


def test_decisions_asked_for_come_by_their_day_and_end_when_done() -> None:
    made = context(
        incidents=MISSED,
        notes=[
            note(action="second", decision_needed=True, due=date(2026, 12, 1)),
            note(cause="no day", decision_needed=True),
            note(action="first", decision_needed=True, due=date(2026, 11, 25), indicator="unheard of"),
            note(action="made", decision_needed=True, done_on=date(2026, 11, 1)),
            note(action="no decision", decision_needed=False),
        ],
    )
    found = decisions_asked(made.scope)
    assert [one.what for one in found] == ["first", "second", "no day"]
    assert [one.known for one in found] == [False, True, True]
    assert about(made, found[0]) == "unheard of"
