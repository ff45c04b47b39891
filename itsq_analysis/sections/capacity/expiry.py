"""What ends when? Licences, certificates and maintenance over twelve months, and how many seats are taken."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from itsq_analysis.charts import deadlines
from itsq_analysis.narrative import formats
from itsq_analysis.sections.brief import brief_day
from itsq_analysis.sections.capacity.estate import Resource, resources, today
from itsq_analysis.sections.capacity.orders import AHEAD, End, ends, renewals
from itsq_analysis.sections.capacity.outlook import outlook_of
from itsq_analysis.sections.capacity.words import amount, money, named, percent, say_of
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, paragraph, subheading, table

SHOWN = 20  # lanes of the picture


def expiry(scene: Scene) -> Section:
    """The calendar of what ends, and the seats of licences."""
    title = scene.term("cap_expiry")
    found, every = ends(scene), [one for one in resources(scene) if one.ends]
    licences = seats(scene)
    if not every and not licences:
        return Section("expiry", title, scene.say("cap_expiry_none"))
    over = [one for one in found if one.day < today(scene)]
    answer = scene.say("cap_expiry_answer", n=len(found), of=len(every), due=len(renewals(scene)), over=len(over))
    parts: list[Part] = [_picture(scene, found), _table(scene, found)] if found else []
    if licences:
        parts += [subheading(scene.term("cap_seats")), _seats(scene, licences)]
        full = [
            f"{named(scene, one)}{scene.aside(_used(one, used))}"
            for one, used in licences
            if one.counted and used >= one.warning * one.whole
        ]
        if full:
            parts.append(paragraph(scene.say("cap_seats_full", n=len(full), of=len(licences), list=scene.listed(full))))
        parts.append(paragraph(scene.say("cap_seats_note")))
    return Section("expiry", title, answer, tuple(parts))


def seats(scene: Scene) -> list[tuple[Resource, float]]:
    """Licences with what is in use: the register's number, or the metric's last value; the fullest first."""
    found = []
    for one in resources(scene):
        measured = outlook_of(scene, one.key)
        used = one.in_use if measured is None or measured.crossing.last is None else measured.crossing.last
        if one.kind == "licence" and used is not None:
            found.append((one, used))
    return sorted(found, key=lambda pair: (-pair[1] / pair[0].whole if pair[0].counted else 0.0, pair[0].name))


def _label(scene: Scene, one: End) -> str:
    """A resource with what ends where that is not what it is."""
    name = named(scene, one.resource)
    return name if one.what == one.resource.kind else name + scene.aside(scene.term(f"cap_kind_{one.what}"))


def _picture(scene: Scene, found: list[End]) -> Part:
    shown = found[:SHOWN]
    frame = pd.DataFrame(
        {"member": [_label(scene, one) for one in shown], "act": [one.act for one in shown], "end": [one.day for one in shown]}
    )
    first = shown[0]
    day = formats.day(first.day, scene.language)
    summary = say_of(scene, "cap_expiry_picture", _label(scene, first), n=len(shown), of=len(found), day=day)
    return deadlines(
        frame,
        start=today(scene),
        end=today(scene) + timedelta(days=AHEAD),
        title=scene.say("cap_expiry_chart"),
        summary=summary,
        language=scene.language,
        names=(scene.term("cap_renew_from"), scene.term("cap_end")),
    )


def _table(scene: Scene, found: list[End]) -> Part:
    keys = ("cap_resource", "cap_kind", "cap_end", "cap_days_left", "cap_act_by", "cap_yearly", "supplier", "owner")
    rows = [
        {
            "cap_resource": named(scene, one.resource),
            "cap_kind": scene.term(f"cap_kind_{one.what}"),
            "cap_end": formats.day(one.day, scene.language),
            "cap_days_left": _left(scene, one),
            "cap_act_by": scene.say("cap_past", day=brief_day(scene, one.act))
            if one.act < today(scene)
            else brief_day(scene, one.act),
            "cap_yearly": money(scene, one.resource.yearly_cost),
            "supplier": one.resource.supplier or formats.MISSING,
            "owner": one.resource.owner or formats.MISSING,
        }
        for one in found
    ]
    return table({key: scene.term(key) for key in keys}, rows, caption=scene.term("cap_expiry"))


def _left(scene: Scene, one: End) -> str:
    days = (one.day - today(scene)).days
    return scene.say("cap_ended_ago", n=-days) if days < 0 else scene.say("cap_days", n=days)


def _used(one: Resource, used: float) -> str:
    """The share of the seats that are taken."""
    return formats.percent(used / one.whole) if one.counted else formats.MISSING


def _seats(scene: Scene, licences: list[tuple[Resource, float]]) -> Part:
    keys = ("cap_resource", "cap_seats_used", "cap_seats_bought", "cap_share", "cap_limit")
    rows = [
        {
            "cap_resource": named(scene, one),
            "cap_seats_used": amount(scene, used, one.unit),
            "cap_seats_bought": amount(scene, one.whole if one.counted else None, one.unit),
            "cap_share": _used(one, used),
            "cap_limit": percent(one.critical),
        }
        for one, used in licences
    ]
    return table({key: scene.term(key) for key in keys}, rows, numeric={"cap_seats_used", "cap_seats_bought", "cap_share"})
