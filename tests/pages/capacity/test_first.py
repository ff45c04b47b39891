"""The first screen: what to decide by when, at what price, and what happens otherwise; at most three cards."""

from __future__ import annotations

import re
from datetime import date

import pytest

from itsq_analysis.capacity.outlook import capacity_outlooks
from itsq_analysis.capacity.statements import otherwise
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.capacity.first import LIMIT, first_screen
from itsq_analysis.pages.capacity.words import said
from itsq_analysis.text import Language
from itsq_analysis.text.length import words
from tests.pages.capacity.estates import context, daily, flat, html, resource, rising
from tests.tables import Row

HOSTILE = "<script>alert('x')</script>{{7*7}}"


def plain(language: Language = "en", **tables: object) -> str:
    """The text of the first screen."""
    shown = html(first_screen(context(language=language, **tables)))  # type: ignore[arg-type]
    return " ".join(re.sub("<[^>]*>", " ", shown).split())


def verdict(subject: ReportContext) -> str:
    return first_screen(subject).answer


def test_no_register_nothing_measured_nothing_to_order_and_something_later() -> None:
    assert verdict(context()) == "The register holds no resources, so nothing can be said about capacity."
    assert (
        verdict(context(resources=[resource()])) == "The one registered resource is not measured, so when it runs out is unknown."
    )
    safe = context(resources=[resource()], metrics=flat("disk", 20))
    assert verdict(safe) == "The one measured resource has a risk below one in ten of reaching its limit within 12 months."
    slow = context(resources=[resource(lead_time_days=0)], metrics=rising(end=50.0))
    assert verdict(slow) == (
        "The one measured resource needs no decision by 30 November: The disk is to be ordered by 12 December."
    )


def test_a_card_says_when_by_when_at_what_price_and_what_otherwise() -> None:
    """60 GiB and one a day: limit on 2 December, full on the 12th; 50 GiB more raise the limit by 45, which is 1.5 months."""
    more = {"resource": "disk", "option": "extend", "title": "Fifty more", "size": 50.0, "price": 86000.0}
    shown = plain(resources=[resource(lead_time_days=20)], metrics=rising(), capacity_options=[more])
    told = [
        "The disk most likely reaches its 90% limit on 2 December",
        "Order by 12 November Head of infrastructure",
        "Earliest 2 December, latest 2 December. A day later, an order is more likely late than not.",
        "Options: Fifty more (CNY 86,000, 1.5 months gained).",
        "If nothing is done: most likely full (100%) on 12 December.",
    ]
    assert [sentence for sentence in told if sentence not in shown] == []


def test_the_same_card_in_chinese() -> None:
    more = {"resource": "disk", "option": "extend", "title": "\u6269\u5bb9", "size": 50.0, "price": 86000.0}
    name = "\u8ba2\u5355\u76d8"
    shown = plain("zh", resources=[resource(name=name, lead_time_days=20)], metrics=rising(), capacity_options=[more])
    assert f"{name}\u9884\u8ba1\u4e8e 12\u67082\u65e5\u8fbe\u5230 90% \u4e0a\u9650" in shown
    assert "8.6 \u4e07\u5143" in shown
    assert "\u6700\u8fdf 11\u670812\u65e5\u4e0b\u5355" in shown


def test_an_overdue_order_says_for_how_long_and_a_crossed_limit_that_it_is_crossed() -> None:
    shown = plain(resources=[resource(), resource("full")], metrics=[*rising(), *flat("full", 95)])
    assert "Order now: 30 days overdue" in shown
    assert "The full is already beyond its 90% limit" in shown
    assert "Too late for a full order, and no registered option is quicker." in shown


def test_options_that_still_come_in_time_are_named_first() -> None:
    late = {"resource": "disk", "option": "extend", "title": "A larger one", "size": 200.0, "lead_time_days": 90}
    soon = {"resource": "disk", "option": "clean", "title": "Clean it", "size": 10.0, "lead_time_days": 5, "price": 0.0}
    shown = plain(resources=[resource()], metrics=rising(), capacity_options=[late, soon])
    assert shown.index("Clean it (free of charge, 0.3 months gained)") < shown.index("A larger one")


def test_three_cards_and_the_rest_counted() -> None:
    names = ["a", "b", "c", "d", "e"]
    rows = [
        *[resource(name) for name in names],
        resource("ghost"),
        resource("crt", kind="certificate", metric=None, expires_on=date(2026, 12, 8)),
    ]
    shown = html(first_screen(context(resources=rows, metrics=[row for name in names for row in rising(name)])))
    assert shown.count('<p class="what">') == 3
    assert "5 of 5 measured resources need a decision by 30 November." in shown
    assert "2 more decisions below. One renewal is due: The crt (8 December). One resource has no data." in shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whatever_a_register_holds_stays_text_and_the_screen_stays_short(language: Language) -> None:
    rows = [resource(name, name=HOSTILE * 3, owner=HOSTILE * 3, service=HOSTILE) for name in ("a", "b", "c")]
    options = [
        {"resource": name, "option": kind, "title": HOSTILE * 3, "size": 10.0, "price": 1234567.0}
        for name in ("a", "b", "c")
        for kind in ("extend", "clean", "move")
    ]
    subject = context(
        language=language, resources=rows, metrics=[row for name in "abc" for row in rising(name)], capacity_options=options
    )
    shown = html(first_screen(subject))
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert words(re.sub("<[^>]*>", " ", shown), language) <= LIMIT[language]


def test_what_falls_back_again_and_again_says_so() -> None:
    """The last value is the saw's peak, beyond the limit: it will fall back as before."""
    saw = [5.0 * (1 + n % 20) for n in range(200)]
    beyond = sum(value >= 90.9 for value in saw[-90:])
    shown = plain(resources=[resource(capacity=101.0)], metrics=daily("disk", saw))
    assert f"It was beyond its limit on {beyond} of the last 90 days, and fell back each time." in shown
    assert "If nothing is done: it keeps going beyond its limit, as before." in shown


MORE = {"resource": "disk", "option": "extend", "title": "More", "size": 100.0, "lead_time_days": 30, "outcome": "chosen"}


@pytest.mark.parametrize(
    ("columns", "metrics", "options", "told"),
    [
        (
            {},
            flat("disk", 95),
            [],
            "If nothing is done: it stays beyond its limit, but is most likely not full (100%) within 12 months.",
        ),
        ({"kind": "cpu"}, flat("disk", 95), [], "If nothing is done: it stays beyond its limit in the busy hour."),
        ({}, flat("disk", 95), [MORE], "If nothing more is done: most likely below its limit again from 19 November on."),
        ({}, rising(), [MORE], "If nothing is done: most likely full (100%) on 22 March 2027."),
    ],
)
def test_what_happens_otherwise(columns: Row, metrics: list[Row], options: list[Row], told: str) -> None:
    """Ordered on 20 October for thirty days: 200 GiB from 19 November on, full 140 days after 60."""
    ordered = [{**one, "decided_on": date(2026, 10, 20)} for one in options]
    subject = context(resources=[resource(**columns)], metrics=metrics, capacity_options=ordered)
    assert said(subject, [otherwise(capacity_outlooks(subject.scope)[0])]) == told
