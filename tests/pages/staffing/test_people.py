"""People in words, on an organisation that can be worked out by hand; and what is said where something is missing."""

from __future__ import annotations

from datetime import date

import pytest

from itsq_analysis.charts import Chart
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section
from itsq_analysis.pages.staffing.people import people, people_pointer
from itsq_analysis.pages.staffing.sheets import people_sheets
from itsq_analysis.staffing.planning import staffing_plan
from tests.page.made import told
from tests.pages.staffing.organisation import SETTINGS, contacts, context, roster, tables_of

DATES = "2 Nov, 9 Nov, 16 Nov, 23 Nov, 30 Nov, 7 Dec"


@pytest.fixture(scope="module")
def desk() -> ReportContext:
    """Two too few on Mondays, two too many on Fridays."""
    return context(contacts=contacts(), roster=roster({0: 3, 4: 7}))


@pytest.fixture(scope="module")
def section(desk: ReportContext) -> Section:
    return people(desk)


def grid_of(section: Section) -> dict[str, list[str]]:
    """Weekday -> the cells of the only picture."""
    (grid,) = (part for part in section.parts if isinstance(part, Chart))
    return {row[0]: list(row[1:]) for row in grid.data.itertuples(index=False, name=None)}


def test_when_people_lack_comes_first(section: Section) -> None:
    assert f"{section.answer} {section.more}" == (
        f"Desk: 2 people too few on Mondays 09:00–12:00, in 6 of 6 weeks ({DATES}). "
        "Desk: 18 of 90 open hours up to 13 Dec have too few people, 36 person-hours in all."
    )
    spare = "Desk: 2 people more than needed on Fridays 09:00–12:00, in 6 of 6 weeks; they would be busy for 36% of their time."
    assert spare in told(section)


def test_week_by_week(section: Section) -> None:
    (rows,) = tables_of(section)
    assert [row["Week"] for row in rows] == ["2–8 Nov", "9–15 Nov", "16–22 Nov", "23–29 Nov", "30 Nov–6 Dec", "7–13 Dec"]
    first = rows[0]
    assert (first["Contacts expected"], first["Person-hours needed"], first["Person-hours rostered"]) == ("750", "75", "75")
    assert (first["Person-hours short"], first["Largest gap"]) == ("6", "2 people, Mon 2 Nov 09:00")


def test_a_week_of_one_day_is_that_day() -> None:
    found = context(contacts=contacts(), roster=roster({0: 3}), as_of="2026-11-01 00:00")
    (rows,) = tables_of(people(found))
    assert [row["Week"] for row in rows][:2] == ["1 Nov", "2–8 Nov"]


def test_the_grid_of_the_week(section: Section) -> None:
    enough = dict.fromkeys(("Tue", "Wed", "Thu"), ["0"] * 3)
    assert grid_of(section) == {"Mon": ["−2"] * 3, **enough, "Fri": ["+2"] * 3}


def test_where_the_handling_time_comes_from(section: Section) -> None:
    assert "A contact takes 180 seconds (180 to 180), measured on 9,750 contacts of the last 13 weeks." in told(section)
    promise = next(sentence for sentence in told(section) if sentence.startswith("Needed:"))
    assert "80% of all callers are answered within 20 seconds and nobody is busy for more than 100%" in promise
    assert "(Erlang C)" in promise


def test_the_workbook_has_every_hour(desk: ReportContext) -> None:
    (sheet,) = people_sheets(desk)
    team, day, weekday, hour, expected, *rest = sheet.rows[0]
    assert (len(sheet.rows), team, day, weekday, hour) == (90, "Desk", date(2026, 11, 2), "Mon", "09:00")
    assert (round(expected), rest) == (50, [5, 3.0, 2.0, ""])


def test_other_reports_tell_it_in_one_sentence_and_point_here(desk: ReportContext) -> None:
    first, pointer = people_pointer(desk)
    assert first == people(desk).answer
    assert pointer == "The forecast report has the hours and weeks."


def test_as_of_an_earlier_day_nothing_later_is_known() -> None:
    early = context(as_of="2026-10-05 00:00", contacts=contacts(), roster=roster({0: 3}))
    plan = staffing_plan(early.scope)
    assert (plan.start, plan.last) == (date(2026, 10, 5), date(2026, 11, 15))
    (one,) = plan.desks
    assert one.contacts == 22 * 5 * 150  # of the weeks before
    assert one.hours.loc[one.hours["ds"] < "2026-11-02", "gap"].isna().all()
    known = context(as_of="2026-10-05 00:00", contacts=contacts(last=date(2026, 10, 2)), roster=roster({0: 3}))
    assert staffing_plan(known.scope).hours.equals(plan.hours)


def test_enough_people() -> None:
    found = people(context(contacts=contacts(), roster=roster({})))
    assert found.answer == "Desk has enough people in every hour up to 13 Dec."


def test_without_a_roster_the_need_alone_is_told() -> None:
    found = people(context(contacts=contacts()))
    assert found.answer == "Desk: 450 person-hours are needed up to 13 Dec; without a roster they cannot be compared."
    assert any("itsq template roster" in sentence for sentence in told(found))
    assert {cell for cells in grid_of(found).values() for cell in cells} == {"5"}


def test_a_roster_that_ends_says_so() -> None:
    found = people(context(contacts=contacts(), roster=roster({0: 3}, last=date(2026, 11, 20))))
    assert "in 3 of 3 weeks" in found.answer
    assert "The roster reaches to 20 Nov; later days cannot be compared." in told(found)


def test_without_contacts_tickets_are_planned_alone() -> None:
    servers = context(roster=roster({}, 1, team="Servers", first=date(2026, 7, 6)))
    found = people(servers)
    assert "itsq template contacts" in " ".join(told(found))
    ((row,),) = tables_of(found)
    # One ticket a day in three hours, without exception; five working days of that may be open.
    assert (row["Team"], row["Open now"], row["Limit"], row["On duty"]) == ("Servers", "0", "5", "1")
    assert (row["Rostered hours a ticket"], row["Where from"]) == ("3.0 (3.0–3.0)", "inferred from the roster")
    assert row["Chance with these people"].startswith("≥ ")  # it kept up, so it may be able to do more
    (sheet,) = people_sheets(servers)
    assert [row[4] for row in sheet.rows[:2]] == [1, 2]


def test_with_neither_the_registers_are_named() -> None:
    empty = context()
    answer = people(empty).answer + people(empty).more
    assert ("itsq template contacts" in answer, "itsq template roster" in answer) == (True, True)
    assert (people_pointer(empty), people_sheets(empty)) == ([], [])


def test_an_unknown_handling_time_is_asked_for() -> None:
    found = people(context(contacts=contacts(handle_seconds=None), roster=roster({})))
    assert found.answer == (
        "Desk: how long a contact takes is neither measured nor set; write it under staffing in itsq.toml (handling)."
    )


def test_a_stated_handling_time_stands_in() -> None:
    toml = SETTINGS.replace("[staffing]\n", '[staffing]\nhandling = { contacts = "3m" }\n')
    found = people(context(toml, contacts=contacts(handle_seconds=None), roster=roster({0: 3})))
    assert found.answer.startswith("Desk: 2 people too few on Mondays")
    assert "A contact takes 180 seconds, as set in itsq.toml; no contact measures it." in told(found)


def test_contacts_without_a_group_belong_to_the_only_team() -> None:
    found = people(context(contacts=contacts(assignment_group=None), roster=roster({0: 3})))
    assert found.answer.startswith("Desk: 2 people too few on Mondays")


def test_old_contacts_are_no_basis() -> None:
    found = people(context(contacts=contacts(last=date(2026, 8, 31)), roster=roster({})))
    assert found.answer == "Desk: the loaded contacts cover too few days, or end too long ago, to plan from."


def test_a_report_of_some_services_does_not_plan_people() -> None:
    narrowed = context(only=("Mail",), contacts=contacts(), roster=roster({}))
    assert "people are planned for all services together" in people(narrowed).answer
    assert (people_pointer(narrowed), people_sheets(narrowed)) == ([], [])


def test_chinese() -> None:
    found = people(context(language="zh", contacts=contacts(), roster=roster({0: 3, 4: 7})))
    assert found.title == "人员"
    assert "缺 2 人" in found.answer
    assert "6 周中有 6 周" in found.answer
