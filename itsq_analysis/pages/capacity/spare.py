"""What can be given back? Capacity that the busy hour, the peak and a failure leave idle, and its cost a year."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itsq_analysis.capacity import Idle, idle
from itsq_analysis.charts import stacked_bars
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, paragraph, table
from itsq_analysis.pages.capacity.estate import Resource, resources
from itsq_analysis.pages.capacity.load import service_hours
from itsq_analysis.pages.capacity.outlook import YEAR, hourly_values, outlook_of
from itsq_analysis.pages.capacity.risk_map import SAFE
from itsq_analysis.pages.capacity.words import money, named, percent, quantity, say_of

LEAST = 0.2  # share of the capacity from which it is worth a line
SHORT = 90  # days of history below which a season may be missing: said with the number
SHOWN = 12


@dataclass(frozen=True)
class Spare:
    """One resource with what is idle, and the days that it was looked at."""

    resource: Resource
    idle: Idle
    days: int


def spares(context: ReportContext) -> list[Spare]:
    """Resources at least a fifth of which could be given back, the most money first; none that runs out within 12 months."""
    if "spares" not in context.kept:
        hourly = hourly_values(context, YEAR)
        found = [_spare(context, one, hourly[one.key]) for one in resources(context) if one.key in hourly and _asked(context, one)]
        kept = [one for one in found if one is not None and one.idle.share >= LEAST]
        context.kept["spares"] = sorted(kept, key=lambda one: (-(one.idle.saving or 0.0), -one.idle.share, one.resource.name))
    return list(context.kept["spares"])


def _asked(context: ReportContext, one: Resource) -> bool:
    outlook = outlook_of(context, one.key)
    return outlook is not None and outlook.crossing.probability < SAFE


def _spare(context: ReportContext, one: Resource, hourly: pd.DataFrame) -> Spare | None:
    found = idle(
        hourly,
        capacity=one.whole,
        yearly_cost=one.yearly_cost,
        target=one.warning,
        step=one.step_size,
        members=one.members,
        service_hours=service_hours(context, one),
    )
    days = (hourly["ds"].max() - hourly["ds"].min()).days + 1
    return None if found is None else Spare(one, found, days)


def spare(context: ReportContext) -> Section:
    """Bars of money a year, and a table."""
    title = context.term("cap_idle")
    found = spares(context)
    if not resources(context) or not hourly_values(context, YEAR):
        return Section("idle", title, context.say("cap_nothing_to_judge"))
    if not found:
        return Section("idle", title, context.say("cap_idle_none", share=percent(LEAST)))
    known = [one for one in found if one.idle.saving is not None]
    answer = context.say("cap_idle_answer_unpriced", n=len(found))
    if known:
        total = money(context, sum(one.idle.saving or 0.0 for one in known))
        answer = context.say("cap_idle_answer", n=len(found), money=total, priced=len(known))
    parts: list[Part] = [_picture(context, known)] if len(known) > 1 else []
    parts += [_table(context, found), paragraph(context.say("cap_idle_note"))]
    return Section("idle", title, answer, tuple(parts))


def _picture(context: ReportContext, known: list[Spare]) -> Part:
    shown = known[:SHOWN]
    part = context.term("cap_saving")
    frame = pd.DataFrame(
        {"member": [named(context, one.resource) for one in shown], "part": part, "value": [one.idle.saving for one in shown]}
    )
    summary = say_of(context, "cap_idle_picture", named(context, shown[0].resource), money=money(context, shown[0].idle.saving))
    return stacked_bars(frame, title=context.say("cap_idle_chart"), summary=summary, language=context.language)


def _table(context: ReportContext, found: list[Spare]) -> Part:
    keys = ("cap_resource", "cap_busy_hour", "cap_peak", "cap_spare", "cap_share", "cap_saving", "cap_days_seen")
    rows = [
        {
            "cap_resource": named(context, one.resource),
            "cap_busy_hour": percent(one.idle.busy_hour),
            "cap_peak": percent(one.idle.peak),
            "cap_spare": quantity(context, one.resource, one.idle.spare),
            "cap_share": percent(one.idle.share),
            "cap_saving": money(context, one.idle.saving),
            "cap_days_seen": context.say("cap_days_short" if one.days < SHORT else "cap_days", n=one.days),
        }
        for one in found
    ]
    numeric = {"cap_busy_hour", "cap_peak", "cap_spare", "cap_share"}
    return table({key: context.term(key) for key in keys}, rows, numeric=numeric, caption=context.term("cap_idle"))
