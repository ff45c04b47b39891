"""Each section below the first screen: its numbers by hand, what it says where nothing is known."""

from __future__ import annotations

from datetime import date

import pytest

from itsq_analysis.capacity.energy import energy
from itsq_analysis.capacity.margins import margins, overprovisioned
from itsq_analysis.capacity.options import Option, options
from itsq_analysis.capacity.outlook import CapacityOutlook, at_risk, capacity_outlooks, what_if_outcomes
from itsq_analysis.capacity.record import forecast_checks
from itsq_analysis.capacity.statements import remarks, statement
from itsq_analysis.charts import Chart
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.capacity.words import said
from tests.page.made import rows_of, told
from tests.pages.capacity.estates import context, daily, flat, hourly, html, report, resource, rising, sections


def charts(found: object) -> list[Chart]:
    return [part for part in found.parts if isinstance(part, Chart)]  # type: ignore[attr-defined]


def outlooks(subject: ReportContext) -> tuple[CapacityOutlook, ...]:
    return capacity_outlooks(subject.scope)


def choices(subject: ReportContext) -> tuple[Option, ...]:
    """The options of the only resource."""
    return options(subject.scope)["disk"]


def test_the_risk_map_shows_what_is_at_risk_and_names_the_others() -> None:
    """50 GiB and one a day: 90 in forty days."""
    rows = [resource(), resource("safe"), resource("ghost")]
    found = report(resources=rows, metrics=[*rising(end=50.0), *flat("safe", 10)])
    section = found.risk_map()
    assert [one.resource.key for one in at_risk(found.context.scope)] == ["disk"]
    assert charts(section)[0].data.to_numpy().tolist() == [["Orders: The disk", "<1%", ">99%", ">99%", ">99%"]]
    assert section.answer.startswith("1 of 2 measured resources may reach their limit within 12 months")
    assert "One resource is safe for 12 months (risk below 10%): The safe." in told(section)
    assert "One resource has no data and is not judged: The ghost." in told(section)


def test_of_what_is_certain_within_90_days_the_sooner_is_the_more_urgent() -> None:
    """Eighty days and twenty."""
    found = report(resources=[resource("a"), resource("b")], metrics=[*rising("a", end=10.0), *rising("b", end=70.0)])
    assert [one.resource.key for one in at_risk(found.context.scope)] == ["b", "a"]
    assert charts(found.risk_map())[0].summary.startswith("The b is the most urgent")


def test_a_sheet_says_the_model_sentence() -> None:
    subject = context(resources=[resource(lead_time_days=20)], metrics=rising())
    assert said(subject, statement(subject.scope, outlooks(subject)[0])) == (
        "The disk, now at 60%, will most likely reach its 90% limit on 2 December (80% range 2 December to 2 "
        "December). Supply takes 20 days: order by 12 November; a day later, an order is more likely late "
        "than not."
    )


def test_a_sheet_lists_every_option_with_what_it_gains_and_doing_nothing() -> None:
    """10 GiB cleaned gain ten days at one a day; 100 more raise the limit by 90, ninety days."""
    clean = {"resource": "disk", "option": "clean", "title": "Clean", "size": 10.0, "price": 500.0, "lead_time_days": 5}
    more = {"resource": "disk", "option": "extend", "title": "More", "size": 100.0, "price": 86000.0, "lead_time_days": 20}
    accept = {"resource": "disk", "option": "accept", "title": "Wait", "note": "orders stop"}
    found = report(resources=[resource(lead_time_days=20)], metrics=rising(), capacity_options=[clean, more, accept])
    options = choices(found.context)
    assert [(one.option, one.by, one.likely) for one in options if one.months] == [
        ("extend", date(2026, 11, 12), date(2027, 3, 2)),
        ("clean", date(2026, 11, 27), date(2026, 12, 12)),
    ]
    table = rows_of(found.sheets())
    assert [row[0] for row in table[1:]] == ["Extend (More)", "Clean up (Clean)", "Accept, do nothing (Wait)orders stop"]
    assert [row[6] for row in table[1:]] == ["3 months", "0.3 months", ""]
    fan = charts(found.sheets())[0]
    assert "2 December" in fan.summary
    assert fan.data.iloc[-1, 0] > "2027-01"


def test_the_step_of_the_register_is_an_option_where_no_extension_is_named() -> None:
    subject = context(resources=[resource(step_size=50.0, step_price=4000.0)], metrics=rising())
    assert [(one.title, one.size, one.price, one.likely) for one in choices(subject)] == [("", 50.0, 4000.0, date(2027, 1, 16))]


def test_the_step_of_a_share_is_a_share() -> None:
    """60 % and one point a day: a quarter more moves 90 % by 22.5 points."""
    share = resource(capacity=None, unit="", step_size=0.25, lead_time_days=20)
    found = report(resources=[share], metrics=rising(end=0.6, step=0.01))
    assert [one.size for one in choices(found.context)] == [0.25]
    assert rows_of(found.sheets())[1][:2] == ["Extend (one step, 25%)", "25%"]


def test_an_option_beyond_two_years_gains_at_least_so_much() -> None:
    more = {"resource": "disk", "option": "extend", "title": "Huge", "size": 10_000.0}
    subject = context(resources=[resource()], metrics=rising(), capacity_options=[more])
    [one] = choices(subject)
    assert (one.likely, one.at_least, one.months) == (None, True, pytest.approx(700 / 30.4375))


def test_remarks_tell_of_gaps_and_plans() -> None:
    gaps = [None if 20 <= n < 40 else float(n) for n in range(1, 61)]
    event = {"date": date(2026, 12, 24), "driver": "d", "kind": "planned", "event": "Sale", "growth": 0.1}
    peak = event | {"date": date(2026, 12, 1), "until": date(2026, 12, 12), "event": "Peak", "growth": 0.25}
    subject = context(resources=[resource()], metrics=daily("disk", gaps), demand_drivers=[event, peak])
    found = [said(subject, [sentence]) for sentence in remarks(outlooks(subject)[0])]
    assert "33% of the history is missing; it is left out, not counted as zero." in found
    assert (
        "The forecast includes what is planned: Peak (+25% from 1 December to 12 December), Sale (+10% from 24 December)."
    ) in found


def test_a_jump_of_a_share_is_told_in_percentage_points_and_one_fall_may_be_followed_by_another() -> None:
    """From 20 % to 45 %; a disk that rose to 70 GiB in 70 days fell once, by 60."""
    rows = [resource("cpu", kind="cpu", capacity=None, unit=""), resource()]
    fallen = [*map(float, range(1, 71)), *map(float, range(10, 30))]
    subject = context(resources=rows, metrics=[*daily("cpu", [0.2] * 40 + [0.45] * 40), *daily("disk", fallen)])
    found = {one.resource.key: [said(subject, [sentence]) for sentence in remarks(one)] for one in outlooks(subject)}
    assert any("jumped by 25 percentage points on 24 September;" in text for text in found["cpu"])
    assert any(text.endswith("gives another fall at most three chances in ten.") for text in found["disk"])


def test_demand_of_several_services_is_added_up_and_a_month_that_lacks_one_is_left_out() -> None:
    """300 and 100 in October; August has the portal's 300 alone, between months that have both: no fall by a quarter."""
    amounts = [(7, "Portal", 200.0), (7, "Mail", 50.0), (8, "Portal", 300.0)]
    amounts += [(9, "Portal", 300.0), (9, "Mail", 80.0), (10, "Portal", 300.0), (10, "Mail", 100.0)]
    rows = [
        {"date": date(2026, month, day), "driver": "Orders", "kind": "measured", "value": value, "service": service}
        for month, service, value in amounts
        for day in range(1, 15 if service == "Mail" else 29)
    ]
    plan = {"date": date(2026, 12, 1), "driver": "Orders", "kind": "planned"}
    rows += [{**plan, "service": service, "value": value} for service, value in (("Portal", 310.0), ("Mail", 110.0))]
    section = report(demand_drivers=rows).demand()
    assert charts(section)[0].data.iloc[:, 1].tolist() == ["250", "380", "400"]
    assert any("the most 420 in December 2026" in text for text in told(section))


def test_an_event_finds_a_resource_as_large_as_it_is_then() -> None:
    """100 GiB more from 19 November on: on 2 December 90 of 200."""
    sale = {"date": date(2026, 12, 2), "until": date(2026, 12, 2), "driver": "d", "kind": "planned", "event": "Sale", "growth": 0.0}
    more = {"resource": "disk", "option": "extend", "title": "More", "size": 100.0, "lead_time_days": 30, "outcome": "chosen"}
    more["decided_on"] = date(2026, 10, 20)
    section = report(resources=[resource()], metrics=rising(), demand_drivers=[sale], capacity_options=[more]).demand()
    assert rows_of(section)[1][5] == "The disk: 45% (80% range up to 45%), limit 90%"


def test_demand_is_told_by_whole_months() -> None:
    """October has 31 values of 100, September 30 of 80; November is not over."""
    days = [
        *((date(2026, 9, n + 1), 80.0) for n in range(30)),
        *((date(2026, 10, n + 1), 100.0) for n in range(31)),
        (date(2026, 11, 1), 9e9),
    ]
    measured = [{"date": day, "driver": "Orders", "kind": "measured", "value": value, "unit": "orders"} for day, value in days]
    sale = {"date": date(2026, 11, 11), "driver": "Orders", "kind": "planned", "event": "Sale", "growth": 0.5, "service": "Orders"}
    plan = {"date": date(2027, 1, 1), "driver": "Orders", "kind": "planned", "value": 120.0, "unit": "orders"}
    section = report(demand_drivers=[*measured, sale, plan]).demand()
    assert section.answer == "One demand driver is measured; planned events: 1."
    assert charts(section)[0].summary == "Monthly mean: 100 orders in October 2026, 80 orders in September 2026."
    assert ["Sale", "Orders", "11 November", "–", "+50%", "–", "–"] in rows_of(section)
    assert any(
        "Orders: amounts are planned until January 2027, the most 120 orders in January 2027" in text for text in told(section)
    )


def test_an_event_says_which_resource_is_then_the_fullest() -> None:
    """60 GiB and one a day until 2 December, thirty more in the month of the event: 90 of 100 at its end."""
    sale = {
        "date": date(2026, 11, 3),
        "until": date(2026, 12, 2),
        "driver": "d",
        "kind": "planned",
        "event": "Sale",
        "growth": 0.0,
        "service": "Orders",
    }
    rows = [resource(), resource("small", capacity=1000.0), resource("other", service="Mail")]
    metrics = [*rising(), *rising("small"), *rising("other", end=89.0)]
    section = report(resources=rows, metrics=metrics, demand_drivers=[sale]).demand()
    assert rows_of(section)[1][5] == "The disk: 90% (80% range up to 90%), limit 90%"


def test_the_busy_hour_is_the_95th_percentile_and_a_failure_is_carried_by_the_rest() -> None:
    """101 hours from 0 to 100: P95 = 95, the highest 100, of 200: 47.5 % and 50 %; with one of two lost 95 %."""
    rows = [
        resource("pair", kind="cpu", capacity=200.0, unit="", members=2),
        resource("lone", kind="cpu", capacity=200.0, members=1),
    ]
    trio = resource("trio", kind="cpu", capacity=200.0, members=3, members_needed=3)
    metrics = [row for key in ("pair", "lone", "trio") for row in hourly(key, map(float, range(101)))]
    found = report(resources=[*rows, trio], metrics=metrics)
    cells = {row[0]: row[1:6] for row in rows_of(found.load())[1:]}
    assert cells["The pair"] == ["48%", "● below both", "50%", "95%", "70% / 85%"]
    assert cells["The lone"][3] == "no second member"
    assert cells["The trio"][3] == "does not run"
    assert {one.resource.key for one in margins(found.context.scope) if one.fails} == {"trio"}
    assert margins(found.context.scope)[0].used.hours == 101


def test_what_is_measured_once_a_day_has_no_gaps_and_what_fell_silent_has() -> None:
    """28 of 28 days with one value; 14 of 28 days with 24 hours."""
    rows = [resource("daily"), resource("gaps", kind="cpu")]
    metrics = [
        *flat("daily", 10.0),
        *hourly("gaps", [10.0] * 24 * 14, end="2026-11-03 00:00"),
        *daily("gaps", [10.0] * 20, date(2026, 9, 30)),
    ]
    found = {one.resource.key: one.coverage for one in margins(context(resources=rows, metrics=metrics).scope)}
    assert found == {"daily": 1.0, "gaps": 0.5}


def test_the_picture_names_the_fullest_in_the_busy_hour_though_another_loses_more() -> None:
    """50 % of a pair is 100 % of the one that is left, and stands first; 60 % is nevertheless fuller."""
    rows = [resource("pair", kind="cpu", capacity=100.0, members=2), resource("full", kind="cpu", capacity=100.0)]
    metrics = [*hourly("pair", [50.0] * 24 * 28), *hourly("full", [60.0] * 24 * 28)]
    found = report(resources=rows, metrics=metrics)
    assert margins(found.context.scope)[0].resource.key == "pair"
    assert charts(found.load())[0].summary.startswith("The full is the fullest against its limit: 60% in the busy hour")


def test_only_service_hours_count_where_the_service_has_a_calendar() -> None:
    """Full at night, 10 % in the eight hours of a working day: the busy hour is that of the day."""
    night = [1.0 if not (9 <= n % 24 < 17) else 0.1 for n in range(24 * 28)]
    calendar = '[[calendar]]\nid = "day"\nhours = "Mon-Fri 09:00-17:00"\n'
    services = [{"service": "Orders", "calendar": "day"}]
    cpu = resource("cpu", kind="cpu", capacity=None, unit="")
    [one] = margins(context(calendar, resources=[cpu], metrics=hourly("cpu", night), services=services).scope)
    assert (one.used.busy_hour, one.used.peak) == (0.1, 1.0)


def test_what_ends_is_listed_with_the_days_left_and_seats_are_counted() -> None:
    rows = [
        resource("crt", kind="certificate", metric=None, expires_on=date(2026, 12, 2), lead_time_days=10, yearly_cost=3800.0),
        resource("old", kind="certificate", metric=None, expires_on=date(2026, 11, 1)),
        resource("seats", kind="licence", metric=None, capacity=200.0, quantity_in_use=195.0, unit="users"),
    ]
    section = report(resources=rows).expiry()
    table = rows_of(section)
    assert [row[0:6] for row in table[1:]] == [
        ["The old", "certificate", "1 November 2026", "ended 1 day ago", "2 September (past)", "–"],
        ["The crt", "certificate", "2 December 2026", "30 days", "22 November", "CNY 3,800"],
    ]
    assert rows_of(section, 1)[1][:4] == ["The seats", "195 users", "200 users", "97.5%"]
    assert section.answer.startswith("Renewals due before the next report: 2 (")


def test_idle_capacity_is_what_busy_hour_peak_and_failure_leave() -> None:
    """Always 14 of 100 with a warning at 70 %: 20 are needed, 80 idle, 80 % of 5,000 a year; with one of two lost 40 are needed."""
    rows = [
        resource("one", kind="cpu", yearly_cost=5000.0),
        resource("two", kind="cpu", yearly_cost=5000.0, members=2),
        resource("grows", kind="disk", yearly_cost=5000.0),
    ]
    metrics = [*(row for key in ("one", "two") for row in hourly(key, [14.0] * 24 * 30)), *rising("grows", end=30.0)]
    found = report(resources=rows, metrics=metrics)
    assert [(one.resource.key, round(one.idle.spare, 6), one.idle.saving) for one in overprovisioned(found.context.scope)] == [
        ("one", 80.0, 4000.0),
        ("two", 60.0, 3000.0),
    ]
    assert "worth CNY 7,000 a year" in found.idle().answer
    assert rows_of(found.idle())[1][-1] == "30 days: less than a season"
    free = report(resources=[resource("one", kind="cpu")], metrics=hourly("one", [14.0] * 24 * 30))
    assert free.idle().answer == "One resource has capacity to give back; its yearly cost is not known."


def test_the_questions_move_the_day() -> None:
    """30 GiB at 1.3 a day take 24 days; to 95 it is 35; the plan to double from 12 November on would save 10 of the 30 days."""
    event = {"date": date(2026, 11, 12), "driver": "d", "kind": "planned", "event": "Project", "growth": 1.0}
    rows = [resource(), resource("planned"), resource("safe")]
    planned = {**event, "service": "Plan"}
    rows[1] = resource("planned", service="Plan")
    subject = context(resources=rows, metrics=[*rising(), *rising("planned"), *flat("safe", 10)], demand_drivers=[planned])
    found = what_if_outcomes(subject.scope)
    assert {name: row.likely for name, row in found["disk"].items()} == {
        "": date(2026, 12, 2),
        "growth": date(2026, 11, 26),
        "raised": date(2026, 12, 7),
    }
    assert found["planned"][""].likely < found["planned"]["late"].likely == date(2026, 12, 2)
    assert "safe" not in found
    table = {row[0]: row[1:] for row in rows_of(report(resources=[resource()], metrics=rising()).what_if())}
    assert table["The disk"] == ["2 December", "26 November", "7 December", "does not apply"]


def test_energy_is_a_sum_a_month_and_the_pue_a_quotient_of_both() -> None:
    """October: 31 days of 150 kWh, of which 100 by machines; September lacks two days of 30 and is left out."""
    power = resource("power", name="Room", kind="energy", unit="kWh", metric="total_kwh", capacity=None)
    days = [150.0] * 31
    metrics = [*daily("power", days, date(2026, 10, 31), "total_kwh"), *daily("power", [100.0] * 31, date(2026, 10, 31), "it_kwh")]
    metrics += daily("power", [150.0] * 28, date(2026, 9, 28), "total_kwh")
    metrics += daily("power", [150.0] * 31, date(2026, 8, 31), "total_kwh") + daily(
        "power", [75.0] * 31, date(2026, 8, 31), "it_kwh"
    )
    subject = context(resources=[power], metrics=metrics)
    [one] = energy(subject.scope)
    total, quotient = ({f"{day:%Y-%m}": value for day, value in frame.to_numpy().tolist()} for frame in (one.total, one.pue))
    assert total == {"2026-08": 4650.0, "2026-10": 4650.0}
    assert quotient == {"2026-08": 2.0, "2026-10": 1.5}
    assert report(resources=[resource()]).energy() is None
    assert report(resources=[power], metrics=metrics).energy().answer == (  # type: ignore[union-attr]
        "Room: PUE 1.50 in October 2026, 2.00 in August 2026."
    )


def test_a_metric_that_is_the_pue_itself_has_one_picture() -> None:
    power = resource("power", name="Room", kind="energy", unit="", metric="pue", capacity=None)
    metrics = daily("power", [1.5] * 62, date(2026, 10, 31), "pue")
    section = report(resources=[power], metrics=metrics).energy()
    assert section is not None
    assert [chart.title for chart in charts(section)] == ["Room: PUE"]
    assert section.answer == "Room: PUE 1.50 in October 2026, 1.50 in September 2026."


def test_a_short_history_says_how_long_before_its_forecasts_were_made() -> None:
    """Of 100 days 70 were known thirty days before, 10 ninety days before."""
    found = report(resources=[resource(capacity=1000.0)], metrics=rising(days=100, end=300.0)).record()
    assert found.answer.startswith("7 of 7 daily values of the last week fell in the range forecast 30 days before")


def test_what_is_late_is_told_first_and_no_decision_is_left_out() -> None:
    """Twelve decisions, the oldest of which is due: it stands first, the newest nine beside it, two in the fold."""
    base = {"resource": "disk", "option": "extend", "size": 1.0, "lead_time_days": 1, "outcome": "rejected"}
    rows = [{**base, "title": f"No {n}", "number": str(n), "decided_on": date(2026, 3, n)} for n in range(2, 13)]
    rows.append({**base, "title": "Late", "number": "1", "decided_on": date(2026, 1, 1), "outcome": "chosen"})
    section = report(resources=[resource()], capacity_options=rows).record()
    assert [row[2] for row in rows_of(section)[1:3]] == ["Extend (Late)", "Extend (No 12)"]
    assert len(rows_of(section)) == 11
    assert "2 earlier decisions" in html(section)
    assert [row[2] for row in rows_of(section, 1)[1:]] == ["Extend (No 3)", "Extend (No 2)"]


def test_earlier_forecasts_are_made_again_as_of_their_day_and_marked_so() -> None:
    """A line of 200 days: 30 and 90 days ago the truth of today lay on the line."""
    found = report(resources=[resource(capacity=1000.0)], metrics=rising(days=200, end=300.0))
    made = forecast_checks(found.context.scope)
    assert [(one.days, one.made, round(one.truth, 3), one.held, one.of) for one in made] == [
        (30, date(2026, 10, 3), 0.3, 7, 7),
        (90, date(2026, 8, 4), 0.3, 7, 7),
    ]
    section = found.record()
    assert section.answer.startswith("14 of 14 daily values of the last week fell in the range forecast 30 and 90 days before")
    assert any(sentence.endswith("no forecast of that time was stored.") for sentence in told(section))


def test_decisions_of_the_past_say_what_came_of_them_and_what_is_late() -> None:
    base = {"resource": "disk", "title": "More", "option": "extend", "size": 10.0, "lead_time_days": 30}
    rows = [
        {**base, "number": "1", "decided_on": date(2026, 9, 1), "outcome": "chosen"},
        {
            **base,
            "number": "2",
            "decided_on": date(2026, 8, 1),
            "outcome": "chosen",
            "done_on": date(2026, 8, 20),
            "effect": "as hoped",
        },
        {**base, "number": "3", "decided_on": date(2026, 7, 1), "outcome": "rejected"},
        {**base, "number": "4", "decided_on": date(2026, 12, 1), "outcome": "chosen"},
    ]
    section = report(resources=[resource()], capacity_options=rows).record()
    assert section.answer == "3 decisions are registered; chosen and overdue: 1."
    assert [(row[3], row[4], row[5]) for row in rows_of(section)[1:]] == [
        ("chosen", "was due on 1 October 2026", "–"),
        ("chosen", "20 August 2026", "as hoped"),
        ("rejected", "–", "–"),
    ]


def test_the_appendix_names_what_has_no_data_and_defines_every_number() -> None:
    found = report(resources=[resource(), resource("ghost"), resource("mute", metric=None)], metrics=rising())
    section = found.appendix()
    assert section.answer.startswith("1 of 3 registered resources are measured; expected but without data: 2;")
    assert [row[0:3:2] for row in rows_of(section)[1:]] == [
        ["The ghost", "Its metric has no values."],
        ["The mute", "The register names no metric, and none was loaded for it."],
    ]
    assert "Busy hour" in html(section)
    assert "parameters" in html(section).lower()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_section_answers_where_there_is_nothing_at_all(language: str) -> None:
    found = sections(report(language=language))  # type: ignore[arg-type]
    assert "energy" not in found
    assert all(section.answer for section in found.values())
    assert not any(isinstance(part, Chart) for section in found.values() for part in section.parts)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_registers_stay_text_in_every_section(language: str) -> None:
    bad = "<img src=x onerror=alert(1)>{{7*7}}"
    columns = {"name": bad, "owner": bad, "supplier": bad, "service": bad, "note": bad, "unit": bad}
    rows = [
        resource(**columns),
        resource("ghost", **columns),
        resource("crt", **columns | {"kind": "certificate", "metric": None, "expires_on": date(2026, 12, 1)}),
        resource("idle", **columns | {"kind": "cpu", "yearly_cost": 100.0, "step_size": 1.0}),
    ]
    options = [{"resource": "disk", "option": "clean", "title": bad, "size": 10.0, "note": bad, "owner": bad}]
    options += [
        {
            "resource": "disk",
            "number": "9",
            "option": "move",
            "title": bad,
            "decided_on": date(2026, 9, 1),
            "outcome": "chosen",
            "effect": bad,
        }
    ]
    event = {"date": date(2026, 12, 24), "driver": bad, "kind": "planned", "event": bad, "growth": 0.1, "note": bad, "service": bad}
    metrics = [*rising(), *hourly("idle", [5.0] * 24 * 30)]
    found = report(language=language, resources=rows, metrics=metrics, capacity_options=options, demand_drivers=[event])  # type: ignore[arg-type]
    for section in sections(found).values():
        assert "<img" not in html(section)
        assert not any("<img" in part.svg() for part in charts(section))
