"""What ends when? Licences, certificates and maintenance over twelve months, and how many seats are taken."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from itsq_analysis.charts import deadlines
from itsq_analysis.page.brief import brief_day
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, paragraph, subheading, table
from itsq_analysis.pages.capacity.estate import Resource, resources, today
from itsq_analysis.pages.capacity.orders import AHEAD, End, ends, renewals
from itsq_analysis.pages.capacity.outlook import outlook_of
from itsq_analysis.pages.capacity.words import amount, money, named, percent, say_of
from itsq_analysis.text import formats

SHOWN = 20  # lanes of the picture


def expiry(context: ReportContext) -> Section:
    """The calendar of what ends, and the seats of licences."""
    title = context.term("cap_expiry")
    found, every = ends(context), [one for one in resources(context) if one.ends]
    licences = seats(context)
    if not every and not licences:
        return Section("expiry", title, context.say("cap_expiry_none"))
    over = [one for one in found if one.day < today(context)]
    answer = context.say("cap_expiry_answer", n=len(found), of=len(every), due=len(renewals(context)), over=len(over))
    parts: list[Part] = [_picture(context, found), _table(context, found)] if found else []
    if licences:
        parts += [subheading(context.term("cap_seats")), _seats(context, licences)]
        full = [
            f"{named(context, one)}{context.aside(_used(one, used))}"
            for one, used in licences
            if one.counted and used >= one.warning * one.whole
        ]
        if full:
            parts.append(paragraph(context.say("cap_seats_full", n=len(full), of=len(licences), list=context.listed(full))))
        parts.append(paragraph(context.say("cap_seats_note")))
    return Section("expiry", title, answer, tuple(parts))


def seats(context: ReportContext) -> list[tuple[Resource, float]]:
    """Licences with what is in use: the register's number, or the metric's last value; the fullest first."""
    found = []
    for one in resources(context):
        measured = outlook_of(context, one.key)
        used = one.in_use if measured is None or measured.crossing.last is None else measured.crossing.last
        if one.kind == "licence" and used is not None:
            found.append((one, used))
    return sorted(found, key=lambda pair: (-pair[1] / pair[0].whole if pair[0].counted else 0.0, pair[0].name))


def _label(context: ReportContext, one: End) -> str:
    """A resource with what ends where that is not what it is."""
    name = named(context, one.resource)
    return name if one.what == one.resource.kind else name + context.aside(context.term(f"cap_kind_{one.what}"))


def _picture(context: ReportContext, found: list[End]) -> Part:
    shown = found[:SHOWN]
    frame = pd.DataFrame(
        {"member": [_label(context, one) for one in shown], "act": [one.act for one in shown], "end": [one.day for one in shown]}
    )
    first = shown[0]
    day = formats.day(first.day, context.language)
    summary = say_of(context, "cap_expiry_picture", _label(context, first), n=len(shown), of=len(found), day=day)
    return deadlines(
        frame,
        start=today(context),
        end=today(context) + timedelta(days=AHEAD),
        title=context.say("cap_expiry_chart"),
        summary=summary,
        language=context.language,
        names=(context.term("cap_renew_from"), context.term("cap_end")),
    )


def _table(context: ReportContext, found: list[End]) -> Part:
    keys = ("cap_resource", "cap_kind", "cap_end", "cap_days_left", "cap_act_by", "cap_yearly", "supplier", "owner")
    rows = [
        {
            "cap_resource": named(context, one.resource),
            "cap_kind": context.term(f"cap_kind_{one.what}"),
            "cap_end": formats.day(one.day, context.language),
            "cap_days_left": _left(context, one),
            "cap_act_by": context.say("cap_past", day=brief_day(context, one.act))
            if one.act < today(context)
            else brief_day(context, one.act),
            "cap_yearly": money(context, one.resource.yearly_cost),
            "supplier": one.resource.supplier or formats.MISSING,
            "owner": one.resource.owner or formats.MISSING,
        }
        for one in found
    ]
    return table({key: context.term(key) for key in keys}, rows, caption=context.term("cap_expiry"))


def _left(context: ReportContext, one: End) -> str:
    days = (one.day - today(context)).days
    return context.say("cap_ended_ago", n=-days) if days < 0 else context.say("cap_days", n=days)


def _used(one: Resource, used: float) -> str:
    """The share of the seats that are taken."""
    return formats.percent(used / one.whole) if one.counted else formats.MISSING


def _seats(context: ReportContext, licences: list[tuple[Resource, float]]) -> Part:
    keys = ("cap_resource", "cap_seats_used", "cap_seats_bought", "cap_share", "cap_limit")
    rows = [
        {
            "cap_resource": named(context, one),
            "cap_seats_used": amount(context, used, one.unit),
            "cap_seats_bought": amount(context, one.whole if one.counted else None, one.unit),
            "cap_share": _used(one, used),
            "cap_limit": percent(one.critical),
        }
        for one, used in licences
    ]
    return table({key: context.term(key) for key in keys}, rows, numeric={"cap_seats_used", "cap_seats_bought", "cap_share"})
