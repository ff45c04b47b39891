"""What a sheet says of days that are past, or lie beyond the 12 months that are looked at: futures by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from itsq_analysis.capacity import order_by
from itsq_analysis.capacity.outlook import RISKS, CapacityOutlook, capacity_outlooks
from itsq_analysis.capacity.statements import statement
from itsq_analysis.charts import Chart
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.capacity.first import first_screen
from itsq_analysis.pages.capacity.sheets import sheets
from itsq_analysis.pages.capacity.words import said
from itsq_analysis.text import Language
from tests.pages.capacity.estates import context, html, resource, rising

NEVER = 366  # steps: not within the horizon


def crossing_after(steps: dict[int, int], lead: int, language: Language = "en") -> tuple[ReportContext, CapacityOutlook]:
    """A disk at 60 %, that so many of ten futures fill after so many days from 2 November; no other resource."""
    risk = '[capacity]\norder_risk = "10%"\n'  # what only may happen has a sheet too
    subject = context(risk, language=language, resources=[resource(lead_time_days=lead)], metrics=rising())
    [one] = capacity_outlooks(subject.scope)
    forecast = replace(one.forecast, steps=np.repeat([*steps], [*steps.values()]))
    safe, even = order_by(forecast, lead, RISKS)
    made = replace(one, forecast=forecast, safe=safe, even=even)
    for key in [key for key in subject.scope.memory if "capacity_outlooks" in str(key)]:
        subject.scope.memory[key] = (made,)
    return subject, made


def stated(subject: ReportContext, outlook: CapacityOutlook) -> str:
    return said(subject, statement(subject.scope, outlook))


def summary(subject: ReportContext) -> str:
    [chart] = [part for part in sheets(subject).parts if isinstance(part, Chart)]
    return chart.summary


def test_a_latest_day_beyond_the_horizon_is_said_to_be_beyond_it() -> None:
    subject, one = crossing_after({30: 2, 60: 4, NEVER: 4}, lead=20)
    assert "on 1 January 2027 (80% range 2 December to more than 12 months ahead)." in stated(subject, one)
    assert "Earliest 2 December, latest more than 12 months ahead." in html(first_screen(subject))
    assert summary(subject).endswith("(earliest 2 December, latest more than 12 months ahead).")


def test_a_limit_that_is_rather_not_reached_has_a_picture_and_an_order_day_without_even_odds() -> None:
    subject, one = crossing_after({30: 2, NEVER: 8}, lead=60)
    assert stated(subject, one).endswith(
        "Supply takes 60 days: the order-by date for a one-in-ten risk of being late was 3 October, 30 days ago."
    )
    assert summary(subject) == "60% now; may reach its 90% limit from 2 December on, but more likely not within 12 months."


@pytest.mark.parametrize(
    ("steps", "lead", "said"),
    [
        ({30: 2, 60: 8}, 31, "was 1 November, one day ago; for even odds it is 1 December."),
        ({30: 2, 40: 8}, 60, "was 3 October, 30 days ago."),
        (
            {30: 2, 60: 8},
            1,
            "Supply takes 1 day: order by 1 December for a one-in-ten risk of being late, by 31 December for even odds.",
        ),
    ],
)
def test_an_order_day_that_is_past_says_for_how_long(steps: dict[int, int], lead: int, said: str) -> None:
    assert stated(*crossing_after(steps, lead)).endswith(said)


def test_the_picture_of_what_is_beyond_its_limit_says_so() -> None:
    subject = context(resources=[resource()], metrics=rising(end=95.0))
    assert summary(subject) == "95% now, already beyond the 90% limit."


def test_a_picture_shows_shares_of_the_capacity_of_the_day() -> None:
    """60 GiB and one a day; 100 GiB more from 19 November on: 76 of 100 the day before, 77 of 200 then."""
    more = {"resource": "disk", "option": "extend", "title": "More", "size": 100.0, "lead_time_days": 30, "outcome": "chosen"}
    [one] = capacity_outlooks(
        context(resources=[resource()], metrics=rising(), capacity_options=[{**more, "decided_on": date(2026, 10, 20)}]).scope
    )
    ahead = one.ahead().set_index("ds")["median"]
    assert ahead["2026-11-18"] == pytest.approx(0.76)
    assert ahead["2026-11-19"] == pytest.approx(0.385)


def test_a_simulated_chance_is_never_none_and_never_sure() -> None:
    subject = context()
    assert [subject.chance(share) for share in (0.0, 0.004, 0.34, 0.997, 1.0)] == [
        "less than 1%",
        "less than 1%",
        "34%",
        "more than 99%",
        "more than 99%",
    ]
