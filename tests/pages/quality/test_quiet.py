"""Quiet months stay quiet, and a change that was planted is told.

`python -m bench quiet` looks at all 200 organisations; a sample of them is looked at here.
"""

from __future__ import annotations

import pytest
from scipy.stats import binom

from tests.briefing.worded import told
from tests.page.quiet import Plant, quiet

SAMPLE = range(0, 200, 8)
SHARE = 0.05  # of first screens that may carry a false change


def changes(*, seed: int, plant: Plant | None = None, months: int | None = None) -> list[str]:
    return [one.sentence for one in told(quiet(seed, plant, months)) if one.change]


def test_first_screens_of_organisations_in_which_nothing_changes_tell_of_no_change() -> None:
    """Of 25 screens each false with a chance of 5 %, five or more come once in 140 times; two at most are expected."""
    told = {seed: found for seed in SAMPLE if (found := changes(seed=seed))}
    assert binom.sf(len(told) - 1, len(SAMPLE), SHARE) > 0.01, told


@pytest.mark.parametrize("seed", [3, 24])
def test_a_group_that_stops_keeping_its_time_is_told_once_with_its_name(seed: int) -> None:
    (told,) = changes(seed=seed, plant=Plant(in_time=0.2), months=25)
    assert "Group 0" in told


@pytest.mark.parametrize("seed", [3, 10])
def test_twice_the_work_is_told_as_more_than_the_calendar_explains(seed: int) -> None:
    told = changes(seed=seed, plant=Plant(volume=2.0), months=25)
    assert any("calendar explains" in sentence or "按工作日推算" in sentence for sentence in told)
