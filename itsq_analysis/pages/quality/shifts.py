"""Findings that say something has changed: only what its own past does not explain, over everything that is looked at together.

Dozens of series are looked at every month; each alone would signal now and then while nothing changes. Those are told whose chance
stays below 5 % for even one false alarm among all of them (Holm 1979), so that quiet months stay quiet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from itsq_analysis.indicators.attainment import attainment, headline
from itsq_analysis.page.brief import brief_period, brief_scoped
from itsq_analysis.page.context import ALPHA, FEW, URGENT, ReportContext
from itsq_analysis.page.finding import GOOD, Finding
from itsq_analysis.pages.quality.inflow import Inflow, inflow
from itsq_analysis.pages.quality.processes import process
from itsq_analysis.process import Process

DIMENSIONS = ("group", "service", "priority")
VOLUME = "incidents_opened"
TOLD_ELSEWHERE = ("availability", "major_incidents", "failed_changes", "longest_outage", VOLUME)


@dataclass(frozen=True)
class Shift:
    """A value that its own past does not explain."""

    row: pd.Series
    process: Process


def shifts(context: ReportContext) -> dict[tuple[str, str, str], Shift]:
    """By indicator, dimension and member ("" for the whole): what has changed, whatever else is looked at taken into account."""
    _judge(context)
    found: dict[tuple[str, str, str], Shift] = context.kept["shifts"]
    return found


def shift_of(context: ReportContext, row: pd.Series) -> Shift | None:
    """The shift of a value frame's row, if it is one."""
    return shifts(context).get(_key(row))


def shifted(context: ReportContext) -> Iterator[Finding]:
    """The findings worded as a change: headline numbers, members, the number of incidents."""
    for shift in shifts(context).values():
        yield _told(context, shift)
    _judge(context)
    if context.kept["volume shift"]:
        yield _volume(context, context.kept["volume shift"])


def _judge(context: ReportContext) -> None:
    """Everything that is looked at, and what of it remains after Holm."""
    if "shifts" in context.kept:
        return
    judged = [Shift(row, process(context, row)) for row in _rows(context)]
    tested: list[tuple[float, Shift | Inflow]] = [(one.process.chance, one) for one in judged if _known(one.process)]
    counted, volume = inflow(context), context.now([VOLUME])[VOLUME]
    if counted is not None and _known(own := process(context, volume)):
        tested.append((max(counted.chance, own.chance), counted))
    tested.sort(key=lambda pair: pair[0])
    kept = []
    for place, (chance, one) in enumerate(tested):
        if chance > ALPHA / (len(tested) - place):
            break
        kept.append(one)
    context.kept["volume shift"] = next((one for one in kept if isinstance(one, Inflow)), None)
    context.kept["shifts"] = {_key(one.row): one for one in kept if isinstance(one, Shift) and one.process.signal}


def _known(judged: Process) -> bool:
    """Whether the periods before allow a judgement at all."""
    return judged.chance < 1 or (judged.periods > 0 and judged.reason != "few_periods")


def _rows(context: ReportContext) -> Iterator[pd.Series]:
    """Headline numbers as a whole; attainment and reopened incidents by member, where there are enough cases."""
    ids = [name for name in headline(context.scope) if name not in TOLD_ELSEWHERE]
    wide = list(dict.fromkeys([*ids, attainment(context.scope)]))
    for _, row in context.values(wide).iterrows():
        if pd.notna(row["value"]):
            yield row
    for dimension in DIMENSIONS:
        for _, row in context.values([attainment(context.scope)], by=dimension).iterrows():
            if pd.notna(row["member"]) and row["certainty_n"] >= FEW:
                yield row


def _key(row: pd.Series) -> tuple[str, str, str]:
    dimension, member = ("" if pd.isna(row[part]) else str(row[part]) for part in ("dimension", "member"))
    return str(row["indicator"]), dimension, member


def cause_of(context: ReportContext, row: pd.Series) -> str:
    """What a finding about this value is about: attainment is one cause, whichever way it is cut, but for P1 and P2."""
    if row["indicator"] != attainment(context.scope):
        return ":".join(part for part in _key(row) if part)
    return "urgent" if row["dimension"] == "priority" and row["member"] in URGENT else "attainment"


def _told(context: ReportContext, shift: Shift) -> Finding:
    row, judged = shift.row, shift.process
    indicator = context.workspace.catalogue[row["indicator"]]
    facts = {
        "title": brief_scoped(context, row),
        "value": context.shown(row),
        "before": before(context, shift),
        "n": judged.periods,
    }
    outside = not judged.lower <= float(row["value"]) <= judged.upper or indicator.kind == "count"
    key = f"finding_{judged.direction}" if outside else f"finding_run_{judged.direction}"
    if not outside:
        facts["since"] = brief_period(context, str(judged.since))
    bad = {"up": "lower", "down": "higher"}[str(judged.direction)] == indicator.better
    return Finding(context.say(key, **facts), _size(shift) * (1.0 if bad else GOOD), 1.0, change=True, cause=cause_of(context, row))


def before(context: ReportContext, shift: Shift) -> str:
    """The level of the periods before, in the indicator's unit."""
    return context.shown(pd.concat([shift.row.drop("lower"), pd.Series({"lower": shift.process.centre})]), "lower")


def _size(shift: Shift) -> float:
    """How many cases differ: of shares exactly; of other numbers the cases times the relative difference."""
    row, centre = shift.row, shift.process.centre
    cases, value = float(row["certainty_n"]), float(row["value"])
    if pd.notna(row["denominator"]) and 0 <= value <= 1:
        return abs(value - centre) * cases
    return cases * min(1.0, abs(value / centre - 1)) if centre else cases


def _volume(context: ReportContext, found: Inflow) -> Finding:
    """More or fewer incidents than the calendar explains."""
    more = found.opened > found.expected
    sentence = context.say(
        "finding_more" if more else "finding_fewer", n=context.number(found.opened), expected=context.number(found.expected)
    )
    return Finding(sentence, abs(found.opened - found.expected) * GOOD, 1.0, change=True, cause=VOLUME)
