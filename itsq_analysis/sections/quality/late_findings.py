"""Findings about incidents in time: the whole with where it went wrong, P1 and P2 as counts, and members that stand out."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

import pandas as pd

from itsq_analysis.narrative import formats
from itsq_analysis.sections.brief import brief_day, brief_member, brief_period, brief_scoped, brief_title, commas, tight
from itsq_analysis.sections.finding import CERTAINTY, GOOD, Finding
from itsq_analysis.sections.quality.attainment import RECOMPUTED, attainment
from itsq_analysis.sections.quality.case_mix import CaseMix, case_mix
from itsq_analysis.sections.quality.differences import Difference, worse_members
from itsq_analysis.sections.quality.left_out import values_after
from itsq_analysis.sections.quality.onset import onset
from itsq_analysis.sections.quality.processes import process
from itsq_analysis.sections.quality.shifts import before, shift_of
from itsq_analysis.sections.quality.targets import agreed
from itsq_analysis.sections.scene import URGENT, Scene

WEIGHT = {"1": 10.0, "2": 5.0}  # what a case of P1 or P2 counts, where another counts one
SELDOM = 0.2  # a share of P1 and P2 in time that is "almost never"
CLEAR = 0.05  # by so much attainment must move where few periods lie before: they do not tell how much it usually does
FEWEST = 5  # cases of a priority from which "almost never" is said


def late_findings(scene: Scene) -> Iterator[Finding]:
    """All about incidents resolved in time, or late."""
    whole = list(_whole(scene))
    yield from whole or _moved(scene)
    yield from _urgent_targets(scene)
    yield from _seldom(scene)
    told = any("late where" in one.tells for one in whole)
    if (first := _worst(scene)) and not told:
        sentence, change = _lay_with(scene, first)
        yield Finding(sentence, first.cases, 1.0, change, cause="late where")


def _whole(scene: Scene) -> Iterator[Finding]:
    """Attainment as a whole, where it missed its agreed target for certain or fell beyond chance: with where that happened."""
    row = scene.now([attainment(scene)])[attainment(scene)]
    shift = shift_of(scene, row)
    promised = agreed(scene)
    promised = promised[(promised["indicator"] == row["indicator"]) & promised["dimension"].isna()]
    row = row if promised.empty else promised.iloc[0]  # what was agreed is judged after exemptions
    fell = shift if shift and shift.process.direction == "down" else None
    missed = row["status"] == "missed" and row["target_kind"] == "agreed" and row["certainty"] == "certain"
    first = _worst(scene)
    if not (missed or fell) or (not missed and first is None):
        return
    facts = {"title": brief_scoped(scene, row), "value": scene.shown(row), "target": scene.shown(row, "target")}
    if fell:
        facts["before"] = before(scene, fell)
    key = "finding_missed_certain" if missed else "finding_down"
    sentence, change = scene.say(f"{key}_fell" if missed and fell else key, **facts), fell is not None
    if first:
        second, fallen = _lay_with(scene, first)
        sentence, change = scene.say("both", first=sentence, second=second), change or fallen
    levels = [float(row["target"])] * bool(missed) + ([fell.process.centre] if fell else [])
    tells = frozenset({"late where"} if first else ())
    yield Finding(sentence, abs(float(row["value"]) - max(levels)) * float(row["denominator"]), 1.0, change, "attainment", tells)


def _moved(scene: Scene) -> Iterator[Finding]:
    """Attainment against the period before, where it moved by more than chance: by other work, or by another mix."""
    found = case_mix(scene)
    row = scene.now([attainment(scene)])[attainment(scene)]
    few = process(scene, row).reason == "few_periods"
    if found is None or (abs(found.points) < CLEAR if few else not shift_of(scene, row)):
        return
    sentence = _mix_sentence(scene, found, row)
    bad = found.points < 0
    if sentence:
        size = abs(found.points) * float(row["denominator"]) * (1.0 if bad else GOOD)
        yield Finding(sentence, size, 1.0, change=True, cause="attainment")


def _mix_sentence(scene: Scene, found: CaseMix, row: pd.Series) -> str:
    """From what to what, and whether the cases or the work were others; empty where the part that moved was not there before."""
    part = found.parts.iloc[found.most]
    by_mix = abs(found.mix) > abs(found.performance)
    first, last = (float(part[end]) for end in (("weight_before", "weight_now") if by_mix else ("rate_before", "rate_now")))
    if isnan(first) or isnan(last):
        return ""
    return scene.say(
        f"finding_{'mix' if by_mix else 'work'}_{'up' if found.points > 0 else 'down'}",
        title=brief_scoped(scene, row),
        value=formats.percent(found.now),
        before=formats.percent(found.before),
        period=brief_period(scene, scene.period.previous().label),
        member=scene.member("priority", part["member"]),
        first=formats.percent(first),
        last=formats.percent(last),
    )


def _worst(scene: Scene) -> Difference | None:
    """The group or service that stands out most by late incidents."""
    return next((one for one in worse_members(scene).worse if one.row["indicator"].startswith("sla_")), None)


def _lay_with(scene: Scene, one: Difference) -> tuple[str, bool]:
    """With whom the late incidents lay, and whether that is told as a change."""
    row, shift = _judged(scene, one.row), shift_of(scene, one.row)
    total = values_after(scene, [row["indicator"]]).iloc[0]
    fell = shift is not None and shift.process.direction == "down"
    facts = {
        "late": scene.number(row["denominator"] - row["numerator"]),
        "all": scene.number(total["denominator"] - total["numerator"]),
        "member": brief_member(scene, row["dimension"], row["member"]),
        "value": formats.percent(float(row["value"])),
        "rest": formats.percent(one.rest),
    }
    key = "finding_where" if row["dimension"] == "group" else "finding_where_service"
    if shift is None or not fell:
        return tight(scene.say(key, **facts)), False
    facts["before"] = before(scene, shift)
    week = onset(scene, row, shift.process.centre)
    if week is None:
        return tight(scene.say(f"{key}_fell", **facts)), True
    return tight(scene.say(f"{key}_fell_since", **facts, day=brief_day(scene, week))), True


def _judged(scene: Scene, row: pd.Series) -> pd.Series:
    """A member's row after approved exemptions, as what was agreed is judged; the same where they leave nothing of it."""
    after = values_after(scene, [row["indicator"]], by=row["dimension"])
    found = after[after["member"] == row["member"]]
    return row if found.empty or pd.isna(found["value"].iloc[0]) else found.iloc[0]


def _urgent_targets(scene: Scene) -> Iterator[Finding]:
    """Missed agreed targets of P1 and P2, as counts, in one sentence."""
    judged = agreed(scene)
    urgent = judged[(judged["dimension"] == "priority") & judged["member"].isin(URGENT) & (judged["status"] == "missed")]
    for name, rows in urgent.groupby("indicator", sort=False):
        ordered = rows.sort_values("member", kind="stable")
        items = [_count(scene, row) for _, row in ordered.iterrows()]
        best = max(ordered["certainty"], key=lambda word: CERTAINTY[word])
        key = f"finding_urgent_{best.replace(' ', '_')}"
        weighed = (ordered["target"] - ordered["value"]).abs() * ordered["certainty_n"] * ordered["member"].map(WEIGHT)
        title = scene.say("finding_in_time") if name == attainment(scene) else brief_title(scene, str(name))
        sentence = scene.say(key, title=title, list=commas(scene, items))
        cause = "urgent" if name == attainment(scene) else f"urgent {name}"
        yield Finding(sentence, float(weighed.sum()), CERTAINTY[best], cause=cause)


def _seldom(scene: Scene) -> Iterator[Finding]:
    """P1 and P2 as counts, where almost none was in time and no target says what should have been."""
    name, promised = attainment(scene), agreed(scene)
    of_priority = promised[(promised["indicator"] == name) & (promised["dimension"] == "priority")]
    rows = scene.values([name], by="priority")
    late, items = 0.0, []
    for _, row in rows[rows["member"].isin(URGENT)].sort_values("member").iterrows():
        if row["member"] in set(of_priority["member"]) or row["denominator"] < FEWEST or row["value"] > SELDOM:
            continue
        late += float(row["denominator"] - row["numerator"]) * WEIGHT[row["member"]]
        items.append(_count(scene, row))
    if items:
        key = "finding_urgent" if name == RECOMPUTED else "finding_urgent_flag"
        yield Finding(scene.say(key, list=commas(scene, items)), late, 1.0, cause="urgent")


def _count(scene: Scene, row: pd.Series) -> str:
    """A priority as a count: "P1 11 of 13"."""
    facts = {"hits": scene.number(row["numerator"]), "n": scene.number(row["denominator"])}
    return scene.say("finding_urgent_item", member=scene.member("priority", row["member"]), **facts)
