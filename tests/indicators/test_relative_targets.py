"""Targets that are a change of an earlier value."""

import pytest

from itsq_analysis.errors import SettingsError
from itsq_analysis.indicators.cube import cube
from itsq_analysis.settings import parse_settings
from tests.page.made import RULES, context, incidents

SLA = "sla_resolution_met"


def target(change: str, extra: str = "") -> str:
    return f'[[target]]\nindicator = "{SLA}"\nchange = "{change}"\n{extra}'


def rows():
    """In time: 8 of 10 in October 2025, 6 of 10 in September 2026, 9 of 10 in October 2026; P1: 3 of 5, 2 of 5, 4 of 5."""
    made = [
        *incidents(10, "2025-10-14 09:00", late=2),
        *incidents(10, "2026-09-14 09:00", late=4),
        *incidents(10, "2026-10-12 09:00", late=1),
    ]
    return [row | {"priority": 1 + place % 2} for place, row in enumerate(made)]


@pytest.mark.parametrize(
    ("change", "wanted", "status"),
    [
        ("+5% on 2025-10", 0.84, "met"),
        ("+15 % on last year", 0.92, "missed"),
        ("+12.5 points against the same months of last year", 0.925, "missed"),
        ("\u2212 10% on the period before", 0.54, "met"),
    ],
)
def test_a_target_is_a_change_of_an_earlier_value(change: str, wanted: float, status: str) -> None:
    value = cube(context(RULES + target(change), incidents=rows()).scope).value(SLA)
    assert (value.target, value.target_kind, value.status) == (pytest.approx(wanted), "agreed", status)


def test_a_member_is_compared_with_itself() -> None:
    """P1 is every other one, the first late ones among them: 4 of 5 a year before, 4 of 5 now."""
    made = context(RULES + target("+1% on last year", "scope = { priority = 1 }\n"), incidents=rows())
    value = cube(made.scope).value(SLA, "priority", "1")
    assert (value.value, value.target, value.status) == (0.8, pytest.approx(0.8 * 1.01), "missed")
    assert cube(made.scope).value(SLA).target_kind != "agreed"


def test_without_a_baseline_nothing_is_judged() -> None:
    value = cube(context(RULES + target("+5% on 2020-10"), incidents=rows()).scope).value(SLA)
    assert (value.target_kind, value.status) == (None, "no target")


@pytest.mark.parametrize("line", ['change = "more"', 'change = "+5% on 2025-13"', "", 'value = "95%"\nchange = "+5% on 2025"'])
def test_what_cannot_be_read_is_refused_with_an_example(line: str) -> None:
    with pytest.raises(SettingsError, match=r"\+5% on 2025-10"):
        parse_settings(f'[[target]]\nindicator = "csat"\n{line}\n')
