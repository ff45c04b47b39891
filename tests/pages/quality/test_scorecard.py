"""The headline: value, target, judgement, and the last 13 periods."""

from __future__ import annotations

from itsq_analysis.pages.quality.scorecard import scorecard
from tests.page.courses import NO_HOLIDAYS, of_months
from tests.page.made import RULES, agreed, answer, context, incidents, moment, rows_of

HEADLINE = '[report]\nheadline = ["sla_resolution_met", "incidents_opened", "reopen_rate", "csat"]\n'


def test_each_line_says_how_far_its_number_goes() -> None:
    toml = RULES + agreed("sla_resolution_met", '"95%"') + agreed("reopen_rate", '"3%"') + HEADLINE
    rows = incidents(1700, late=149, reopen_count=0) + incidents(3, "2026-09-01 09:00", late=1, reopen_count=0)
    section = scorecard(context(toml, incidents=rows))
    assert answer(section) == "Missed beyond doubt: Resolution in time (recomputed)."
    resolved, reopened = rows_of(section)[1:]
    opened, csat = rows_of(section, 1)[1:]
    few = " too few complete periods before (1)"
    assert resolved[:5] == ["Resolution in time (recomputed)", "91.2% 1,551 of 1,700", "▲ missed, certain", "95%", few]
    assert opened[:3] == ["Incidents opened", "1,700 94.4 per working day", few]
    assert reopened[1:4] == ["0% 0 of 1,700", "● met, certain", "3%"]
    assert csat[:3] == ["Satisfied users", "–", "–"]


def test_p1_and_p2_stand_first_as_counts_and_few_with_the_last_periods_together() -> None:
    rows = [
        *incidents(3, late=1, priority=1),
        *incidents(40, "2026-10-13 09:00", late=10, priority=2),
        *incidents(400, "2026-10-14 09:00"),
        *incidents(35, "2026-09-01 09:00", late=6, priority=1),
    ]
    section = scorecard(context(RULES + agreed("sla_resolution_met", '"90%"', "priority = 1") + HEADLINE, incidents=rows))
    (first,) = rows_of(section)[1:]
    assert first[:4] == ["P1 resolved in time", "2 of 3 last 2 periods: 31 of 38", "▲ missed, too few to tell", "90%"]
    assert first[-3] == "29 of 35"
    second, third, *_ = rows_of(section, 1)[1:]
    assert second[:2] == ["P2 resolved in time", "30 of 40 75.0%"]
    assert third[0] == "Resolution in time (recomputed)"


def test_without_urgent_incidents_there_is_no_row_of_them() -> None:
    section = scorecard(context(RULES + HEADLINE, incidents=incidents(30)))
    assert [row[0] for row in rows_of(section)[1:]][:1] == ["Resolution in time (recomputed)"]
    elsewhere = HEADLINE.replace('"sla_resolution_met", ', "")
    section = scorecard(context(RULES + elsewhere, incidents=incidents(30, priority=1)))
    assert rows_of(section)[1][0] == "Incidents opened"


def test_without_rules_the_tools_flag_stands_for_attainment_and_says_so() -> None:
    flagged = incidents(30, sla_resolution_met=None, made_sla=True) + incidents(
        4, "2026-10-13 09:00", resolved_at=None, closed_at=moment("2026-10-20 10:00"), sla_resolution_met=None, made_sla=False
    )
    section = scorecard(context(HEADLINE, incidents=flagged))
    assert rows_of(section)[1][:2] == ["Resolution in time (tool's flag)", "100% 30 of 30"]
    assert section.more == (
        "itsq.toml has no resolution rule, so resolution in time follows the tool's own flag. 4 flagged "
        "incidents were closed without a resolution time and are excluded from all percentages."
    )
    ruled = scorecard(context(RULES + HEADLINE, incidents=flagged))
    assert rows_of(ruled)[1][0] == "Resolution in time (recomputed)"


def test_a_process_has_a_mark_of_its_own_and_what_follows_from_it() -> None:
    """Twelve months at 85 of 100: 71.9 to 98.1 %, so it never comes near 99 %, and hits and misses 90 %."""
    late = [15] * 13
    for target, mark, sentence in (
        ("99%", "▼ keeps missing", "Consistently missed, which calls for a decision: Resolution in time (recomputed)."),
        (
            "85%",
            "◇ hit and miss",
            "Hit and miss: 1, which calls for work on the process, not pressure on people.",
        ),
    ):
        toml = NO_HOLIDAYS + RULES + agreed("sla_resolution_met", f'"{target}"') + HEADLINE
        section = scorecard(context(toml, incidents=of_months([100] * 13, late)))
        assert rows_of(section)[1][4].startswith(f"{mark} usual: 71.9% to 98.1%")
        assert sentence in section.more
    kept = NO_HOLIDAYS + RULES + agreed("sla_resolution_met", '"50%"') + HEADLINE
    section = scorecard(context(kept, incidents=of_months([100] * 13, late)))
    assert rows_of(section)[1][4].startswith("■ keeps")
    assert "needs" not in section.more


def test_the_marks_are_shapes_and_words_in_both_languages() -> None:
    toml = NO_HOLIDAYS + RULES + agreed("sla_resolution_met", '"99%"') + HEADLINE
    section = scorecard(context(toml, incidents=of_months([100] * 13, [15] * 13), language="zh"))
    assert rows_of(section)[1][4].startswith("▼ 持续不达标 正常波动范围 71.9% 至 98.1%")
    assert "持续不达标，需要决策：" in section.more


def test_unwanted_events_are_told_as_whole_numbers_of_a_period() -> None:
    """One or two major incidents a month: 0 to 6 are usual; after none at all nothing is."""
    toml = NO_HOLIDAYS + '[report]\nheadline = ["major_incidents"]\n'
    counts = [1, 2] * 6 + [1]
    section = scorecard(context(toml, incidents=of_months(counts, major=True)))
    row = rows_of(section)[1]
    assert (row[1][:1], row[2]) == ("1", " usual: 0 to 6")
    assert row[-3:-1] == ["2 -1", "1 0"]
    never = scorecard(context(toml, incidents=of_months([5] * 13, major=False)))
    assert rows_of(never)[1][2] == " none in the 12 periods before"


def test_the_line_draws_volumes_per_day() -> None:
    headline = NO_HOLIDAYS + '[report]\nheadline = ["incidents_opened"]\n'
    section = scorecard(context(headline, incidents=of_months([110] * 13)))
    assert "Incidents opened, last 13 periods: from 4.8 to 5.0." in str(section.parts[-1].markup)  # type: ignore[union-attr]


def test_a_value_that_can_still_change_is_marked() -> None:
    toml = HEADLINE.replace('"sla_resolution_met", ', "")
    settled = scorecard(context(toml, incidents=incidents(30, reopen_count=0), as_of="2026-11-16"))
    moving = scorecard(context(toml, incidents=incidents(30, reopen_count=0), as_of="2026-11-05"))
    marked = 'class="provisional" title="provisional"'
    assert [marked in str(found.parts[-1].markup) for found in (settled, moving)] == [False, True]  # type: ignore[union-attr]


def test_one_agreed_target_and_none() -> None:
    one = scorecard(context(RULES + agreed("sla_resolution_met", '"95%"') + HEADLINE, incidents=incidents(100)))
    assert answer(one) == "The one agreed target was met."
    none = scorecard(context(HEADLINE, incidents=incidents(100)))
    assert answer(none).startswith("No headline indicator has an agreed target")


def test_a6_an_agreed_target_that_is_no_headline_stands_with_its_status() -> None:
    toml = RULES + agreed("sla_resolution_met", '"90%"') + agreed("sla_resolution_met", '"90%"', "priority = 3")
    section = scorecard(context(toml + agreed("requests_on_time", '"90%"') + HEADLINE, incidents=incidents(100, late=5)))
    assert [[row[0], row[3], row[2]] for row in rows_of(section)[1:]] == [
        ["Service requests on time", "90%", "– not measurable the table is empty: nothing of this kind has been loaded"],
        ["Resolution in time (recomputed)", "90%", "● met, could be chance"],
        ["P3 resolved in time", "90%", "● met, could be chance"],
    ]
