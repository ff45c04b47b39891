"""The scorecard: sums of weights, critical misses, coverage, needs, changes beyond noise."""

from math import isnan

import pytest

from bench.scorecards import RATE, drawn_changes
from itsq_analysis.errors import SettingsError
from itsq_analysis.indicators.scorecard import scorecard
from itsq_analysis.indicators.scorecard.changed import discovery_limit
from itsq_analysis.indicators.scorecard.scorecard import SECTIONS
from itsq_analysis.process.exact import binomial_quantile
from itsq_analysis.settings import parse_settings
from tests.page.made import RULES, agreed, context, incidents

CRITICAL = '[[target]]\nindicator = "reopen_rate"\nvalue = "3%"\ncritical = true\n'


def rows():
    """40 incidents: 4 late (of which 2 of 20 with priority 1), 8 reopened."""
    return [
        row | {"number": f"INC{place}", "priority": 1 + place % 2, "reopen_count": int(place < 8)}
        for place, row in enumerate(incidents(40, late=4))
    ]


def test_weights_are_summed_and_percentages_not_averaged() -> None:
    toml = RULES + agreed("sla_resolution_met", '"85%"') + agreed("sla_resolution_met", '"99%"', "priority = 1") + CRITICAL
    toml += (
        '[scorecard]\nweights = { sla_resolution_met = 3 }\nsections = { "3.2" = 2 }\ngrades = { A = "90%", B = "50%", C = "0%" }\n'
    )
    card = scorecard(context(toml, incidents=rows()).scope)
    scores = {(one.level, one.key): one for one in card.scores}
    resolution, reopened = (
        next(one for one in card.scored if one.value.indicator == name) for name in ("sla_resolution_met", "reopen_rate")
    )
    assert (resolution.weight, resolution.met, resolution.status) == (6, 3, "missed")  # one of its two targets is met
    assert (reopened.weight, reopened.met, reopened.status) == (1, 0, "critical miss")
    assert (scores["section", "3.2"].met, scores["section", "3.2"].with_target) == (3, 6)
    whole = scores["overall", ""]
    assert (whole.met, whole.with_target, whole.share) == (3, 7, 3 / 7)  # not the mean of 50 % and 0 %
    assert whole.status == scores["chapter", reopened.section[0]].status == "critical miss"
    assert card.grades["section", "3.2"] == "B"
    assert card.grades["overall", ""] == "C"  # the lowest: a critical target is missed
    assert "critical miss" in repr(card)
    assert "reopen_rate" in card.table.set_index("level").loc["overall", "critical"]


def test_all_32_sections_stand_with_what_they_need() -> None:
    card = scorecard(context(incidents=rows()).scope)
    sections = {one.key: one for one in card.scores if one.level == "section"}
    assert tuple(sections) == SECTIONS
    assert len(SECTIONS) == 32
    assert all(one.needs for one in sections.values() if not one.known)
    assert "table surveys" in sections["3.4"].needs
    assert "[[sla]] rules" in sections["3.2"].needs
    assert isnan(sections["3.4"].share)
    assert sections["3.2"].coverage == pytest.approx(sections["3.2"].known / sections["3.2"].indicators)
    assert card.grades == {}  # only if the workspace says so


def test_discoveries_are_controlled_by_benjamini_and_hochberg() -> None:
    assert discovery_limit([0.01, 0.013, 0.014, 0.19, 0.35, 0.5, 0.63, 0.67, 0.75, 0.81], 0.05) == 0.014
    assert discovery_limit([0.03] * 10, 0.05) == 0.03
    assert discovery_limit([0.2, 0.03], 0.05) < 0
    assert discovery_limit([], 0.05) < 0


def test_quiet_scorecards_seldom_call_anything_changed() -> None:
    """As `bench scorecards`, smaller: more than these would be called changed once in a thousand times if the rate were kept."""
    scorecards = 120
    called = sum(drawn_changes(seed, indicators=9) > 0 for seed in range(scorecards))
    assert called <= binomial_quantile(0.999, scorecards, RATE)


def test_grades_reach_down_to_nothing() -> None:
    with pytest.raises(SettingsError, match='must hold a grade from "0%" on'):
        parse_settings('[scorecard]\ngrades = { A = "90%" }\n')
