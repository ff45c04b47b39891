"""Findings about incidents in time: the whole with where it went wrong, P1 and P2 as counts, and members that stand out."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

import pandas as pd

from itsq_analysis.indicators.attainment import RECOMPUTED, attainment
from itsq_analysis.page.brief import brief_day, brief_member, brief_period, brief_scoped, brief_title, commas, tight
from itsq_analysis.page.context import URGENT, ReportContext
from itsq_analysis.page.finding import CERTAINTY, GOOD, Finding
from itsq_analysis.pages.quality.case_mix import CaseMix, case_mix
from itsq_analysis.pages.quality.differences import Difference, worse_members
from itsq_analysis.pages.quality.onset import onset
from itsq_analysis.pages.quality.processes import process
from itsq_analysis.pages.quality.shifts import before, shift_of
from itsq_analysis.pages.quality.targets import agreed
from itsq_analysis.text import formats

WEIGHT = {"1": 10.0, "2": 5.0}  # what a case of P1 or P2 counts, where another counts one
SELDOM = 0.2  # a share of P1 and P2 in time that is "almost never"
CLEAR = 0.05  # by so much attainment must move where few periods lie before: they do not tell how much it usually does
FEWEST = 5  # cases of a priority from which "almost never" is said


def late_findings(context: ReportContext) -> Iterator[Finding]:
    """All about incidents resolved in time, or late."""
    whole = list(_whole(context))
    yield from whole or _moved(context)
    yield from _urgent_targets(context)
    yield from _seldom(context)
    told = any("late where" in one.tells for one in whole)
    if (first := _worst(context)) and not told:
        sentence, change = _lay_with(context, first)
        yield Finding(sentence, first.cases, 1.0, change, cause="late where")


def _whole(context: ReportContext) -> Iterator[Finding]:
    """Attainment as a whole, where it missed its agreed target for certain or fell beyond chance: with where that happened."""
    row = context.now([attainment(context.scope)])[attainment(context.scope)]
    shift = shift_of(context, row)
    promised = agreed(context)
    promised = promised[(promised["indicator"] == row["indicator"]) & promised["dimension"].isna()]
    row = row if promised.empty else promised.iloc[0]  # what was agreed is judged after exemptions
    fell = shift if shift and shift.process.direction == "down" else None
    missed = row["status"] == "missed" and row["target_kind"] == "agreed" and row["certainty"] == "certain"
    first = _worst(context)
    if not (missed or fell) or (not missed and first is None):
        return
    facts = {"title": brief_scoped(context, row), "value": context.shown(row), "target": context.shown(row, "target")}
    if fell:
        facts["before"] = before(context, fell)
    key = "finding_missed_certain" if missed else "finding_down"
    sentence, change = context.say(f"{key}_fell" if missed and fell else key, **facts), fell is not None
    if first:
        second, fallen = _lay_with(context, first)
        sentence, change = context.say("both", first=sentence, second=second), change or fallen
    levels = [float(row["target"])] * bool(missed) + ([fell.process.centre] if fell else [])
    tells = frozenset({"late where"} if first else ())
    yield Finding(sentence, abs(float(row["value"]) - max(levels)) * float(row["denominator"]), 1.0, change, "attainment", tells)


def _moved(context: ReportContext) -> Iterator[Finding]:
    """Attainment against the period before, where it moved by more than chance: by other work, or by another mix."""
    found = case_mix(context)
    row = context.now([attainment(context.scope)])[attainment(context.scope)]
    few = process(context, row).reason == "few_periods"
    if found is None or (abs(found.points) < CLEAR if few else not shift_of(context, row)):
        return
    sentence = _mix_sentence(context, found, row)
    bad = found.points < 0
    if sentence:
        size = abs(found.points) * float(row["denominator"]) * (1.0 if bad else GOOD)
        yield Finding(sentence, size, 1.0, change=True, cause="attainment")


def _mix_sentence(context: ReportContext, found: CaseMix, row: pd.Series) -> str:
    """From what to what, and whether the cases or the work were others; empty where the part that moved was not there before."""
    part = found.parts.iloc[found.most]
    by_mix = abs(found.mix) > abs(found.performance)
    first, last = (float(part[end]) for end in (("weight_before", "weight_now") if by_mix else ("rate_before", "rate_now")))
    if isnan(first) or isnan(last):
        return ""
    return context.say(
        f"finding_{'mix' if by_mix else 'work'}_{'up' if found.points > 0 else 'down'}",
        title=brief_scoped(context, row),
        value=formats.percent(found.now),
        before=formats.percent(found.before),
        period=brief_period(context, context.period.previous().label),
        member=context.member("priority", part["member"]),
        first=formats.percent(first),
        last=formats.percent(last),
    )


def _worst(context: ReportContext) -> Difference | None:
    """The group or service that stands out most by late incidents."""
    return next((one for one in worse_members(context).worse if one.row["indicator"].startswith("sla_")), None)


def _lay_with(context: ReportContext, one: Difference) -> tuple[str, bool]:
    """With whom the late incidents lay, and whether that is told as a change."""
    row, shift = _judged(context, one.row), shift_of(context, one.row)
    total = context.values([row["indicator"]]).iloc[0]
    fell = shift is not None and shift.process.direction == "down"
    facts = {
        "late": context.number(row["denominator"] - row["numerator"]),
        "all": context.number(total["denominator"] - total["numerator"]),
        "member": brief_member(context, row["dimension"], row["member"]),
        "value": formats.percent(float(row["value"])),
        "rest": formats.percent(one.rest),
    }
    key = "finding_where" if row["dimension"] == "group" else "finding_where_service"
    if shift is None or not fell:
        return tight(context.say(key, **facts)), False
    facts["before"] = before(context, shift)
    since = onset(context, row, shift.process.centre)
    if since is None:
        return tight(context.say(f"{key}_fell", **facts)), True
    return tight(context.say(f"{key}_fell_since", **facts, day=brief_day(context, since.day))), True


def _judged(context: ReportContext, row: pd.Series) -> pd.Series:
    """A member's row after approved exemptions, as what was agreed is judged; the same where they leave nothing of it."""
    after = context.values([row["indicator"]], by=row["dimension"])
    found = after[after["member"] == row["member"]]
    return row if found.empty or pd.isna(found["value"].iloc[0]) else found.iloc[0]


def _urgent_targets(context: ReportContext) -> Iterator[Finding]:
    """Missed agreed targets of P1 and P2, as counts, in one sentence."""
    judged = agreed(context)
    urgent = judged[(judged["dimension"] == "priority") & judged["member"].isin(URGENT) & (judged["status"] == "missed")]
    for name, rows in urgent.groupby("indicator", sort=False):
        ordered = rows.sort_values("member", kind="stable")
        items = [_count(context, row) for _, row in ordered.iterrows()]
        best = max(ordered["certainty"], key=lambda word: CERTAINTY[word])
        key = f"finding_urgent_{best.replace(' ', '_')}"
        weighed = (ordered["target"] - ordered["value"]).abs() * ordered["certainty_n"] * ordered["member"].map(WEIGHT)
        title = context.say("finding_in_time") if name == attainment(context.scope) else brief_title(context, str(name))
        sentence = context.say(key, title=title, list=commas(context, items))
        cause = "urgent" if name == attainment(context.scope) else f"urgent {name}"
        yield Finding(sentence, float(weighed.sum()), CERTAINTY[best], cause=cause)


def _seldom(context: ReportContext) -> Iterator[Finding]:
    """P1 and P2 as counts, where almost none was in time and no target says what should have been."""
    name, promised = attainment(context.scope), agreed(context)
    of_priority = promised[(promised["indicator"] == name) & (promised["dimension"] == "priority")]
    rows = context.values([name], by="priority")
    late, items = 0.0, []
    for _, row in rows[rows["member"].isin(URGENT)].sort_values("member").iterrows():
        if row["member"] in set(of_priority["member"]) or row["denominator"] < FEWEST or row["value"] > SELDOM:
            continue
        late += float(row["denominator"] - row["numerator"]) * WEIGHT[row["member"]]
        items.append(_count(context, row))
    if items:
        key = "finding_urgent" if name == RECOMPUTED else "finding_urgent_flag"
        yield Finding(context.say(key, list=commas(context, items)), late, 1.0, cause="urgent")


def _count(context: ReportContext, row: pd.Series) -> str:
    """A priority as a count: "P1 11 of 13"."""
    facts = {"hits": context.number(row["numerator"]), "n": context.number(row["denominator"])}
    return context.say("finding_urgent_item", member=context.member("priority", row["member"]), **facts)
