"""The headline: value, target, judgement, and the last 13 periods."""

from __future__ import annotations

from itsq_analysis.sections.scorecard import scorecard
from tests.sections.made import RULES, agreed, incidents, rows_of, scene, told

HEADLINE = '[report]\nheadline = ["sla_resolution_met", "incidents_opened", "reopen_rate", "csat"]\n'


def test_each_line_says_how_far_its_number_goes() -> None:
    toml = RULES + agreed("sla_resolution_met", '"95%"') + agreed("reopen_rate", '"3%"') + HEADLINE
    rows = incidents(1700, late=149, reopen_count=0) + incidents(3, "2026-09-07 09:00", late=1, reopen_count=0)
    section = scorecard(scene(toml, incidents=rows))
    assert section.answer == (
        "1 of the 2 headline indicators with an agreed target met it; missed for certain: Resolution in time (recomputed)."
    )
    resolved, opened, reopened, csat = rows_of(section)[1:]
    assert resolved[:5] == [
        "Resolution in time (recomputed)",
        "91.2%1,551 of 1,700 · 89.8% – 92.5%",
        "95%",
        "▲ missed, certain",
        "2 of 3",
    ]
    assert opened[:4] == ["Incidents opened", "1,7001,620 – 1,783", "–", "○ no target"]
    assert reopened[1:5] == ["0%0 of 1,700 · 0% – 0.2%", "3%", "● met, certain", "0 of 3"]
    assert csat[1:5] == ["–", "95% (reference)", "– not measurable the table is empty: nothing of this kind has been loaded", "–"]


def test_a_value_that_can_still_change_is_marked_and_explained() -> None:
    toml = HEADLINE.replace('"sla_resolution_met", ', "")
    settled = scorecard(scene(toml, incidents=incidents(30, reopen_count=0), as_of="2026-11-16"))
    moving = scorecard(scene(toml, incidents=incidents(30, reopen_count=0), as_of="2026-11-05"))
    assert told(settled)[1:] == []
    assert told(moving)[1:] == ["* Provisional: the time in which the value can still change was not over."]
    assert 'class="provisional" title="provisional"' in str(moving.parts[0].markup)  # type: ignore[union-attr]


def test_one_agreed_target_and_none() -> None:
    one = scorecard(scene(RULES + agreed("sla_resolution_met", '"95%"') + HEADLINE, incidents=incidents(100)))
    assert one.answer == "One headline indicator has an agreed target; met: 1; missed for certain: none."
    none = scorecard(scene(HEADLINE, incidents=incidents(100)))
    assert none.answer.startswith("None of the headline indicators has an agreed target")


def test_the_reference_target_is_pale_and_says_what_it_is_in_both_languages() -> None:
    zh = scorecard(scene(HEADLINE, incidents=incidents(100, reopen_count=0), language="zh"))
    assert '<span class="note">3%（参考目标）</span>' in str(zh.parts[0].markup)  # type: ignore[union-attr]
    assert rows_of(zh)[3][3] == "○ 未设目标"
