"""Case mix in words: from what to what, of which mix, of which performance, and the part that moved most."""

from __future__ import annotations

from itsq_analysis.indicators.case_mix import DIMENSION, CaseMix, case_mix
from itsq_analysis.page.context import ReportContext
from itsq_analysis.text import formats


def case_mix_sentence(context: ReportContext) -> str:
    """One sentence; empty where attainment did not move by more than chance."""
    moved = case_mix(context.scope)
    if moved is None:
        return ""
    part = moved.most
    ends = (part.rate_before, part.rate_now) if moved.moved == "performance" else (part.weight_before, part.weight_now)
    facts = {"member": context.member(DIMENSION, part.member)} | dict(
        zip(("first", "last"), map(formats.percent, ends), strict=True)
    )
    return context.say(
        "case_mix_up" if moved.points > 0 else "case_mix_down",
        title=context.title(moved.indicator),
        before=formats.percent(moved.before),
        now=formats.percent(moved.now),
        points=context.number(abs(moved.points) * 100, 1),
        shares=_shares(context, moved),
        most=context.say(f"case_mix_{moved.moved}", **facts),
    )


def _shares(context: ReportContext, moved: CaseMix) -> str:
    """What work and mix contribute, in points that add up as printed; one that went the other way is told so."""
    up = 1 if moved.points > 0 else -1
    mix = round(up * moved.mix * 100, 1)
    performance = round(up * moved.points * 100, 1) - mix
    sentence = "case_mix_against_mix" if mix < 0 else "case_mix_against_work" if performance < 0 else "case_mix_both"
    return context.say(sentence, mix=context.number(abs(mix), 1), performance=context.number(abs(performance), 1))
