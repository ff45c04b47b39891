"""What ends when? Licences, certificates and maintenance over twelve months, and how many seats are taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from itsq_analysis.capacity.orders import AHEAD, End, Seats, ends, renewals, seats
from itsq_analysis.capacity.resource_register import resource_register
from itsq_analysis.charts import Chart, deadlines
from itsq_analysis.facts.sentence import Day, Days, Name, Number, Quantity, Sentence
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, paragraph, subheading
from itsq_analysis.page.table import Column, frame_of, html_table
from itsq_analysis.pages.capacity.tables import ENDS, OF_ENDS, pick
from itsq_analysis.pages.capacity.words import say, wording
from itsq_analysis.text import formats
from itsq_analysis.text.wording import days_between

SHOWN = 20  # lanes of the picture


def expiry(context: ReportContext) -> Section:
    """The calendar of what ends, and the seats of licences."""
    title, scope = context.term("cap_expiry"), context.scope
    ending, every, licences = ends(scope), [one for one in resource_register(scope) if one.ends], seats(scope)
    if not every and not licences:
        return Section("expiry", title, context.say("cap_expiry_none"))
    over = sum(end.day < scope.today for end in ending)
    answer = context.say("cap_expiry_answer", n=len(ending), of=len(every), due=len(renewals(scope)), over=over)
    parts: list[Part] = [_picture(context, ending), _table(context, ending)] if ending else []
    if licences:
        parts += [subheading(context.term("cap_seats")), html_table(context, wording(context), SEATS, licences)]
        full = [context.called(one.resource.label) + context.aside(_share(one)) for one in licences if one.warned]
        if full:
            parts.append(paragraph(context.say("cap_seats_full", n=len(full), of=len(licences), list=context.listed(full))))
        parts.append(paragraph(context.say("cap_seats_note")))
    return Section("expiry", title, answer, tuple(parts))


def _label(context: ReportContext, end: End) -> str:
    """A resource with what ends where that is not what it is."""
    same = end.what == end.resource.kind
    label = context.called(end.resource.label)
    return label if same else label + context.aside(context.term(f"cap_kind_{end.what}"))


def _picture(context: ReportContext, ending: tuple[End, ...]) -> Chart:
    shown, today = ending[:SHOWN], context.scope.today
    first = {"name": Name(_label(context, shown[0]), 0), "day": Day(shown[0].day)}
    return deadlines(
        frame_of([{"member": _label(context, end), "act": end.act, "end": end.day} for end in shown]),
        start=today,
        end=today + timedelta(days=AHEAD),
        title=context.say("cap_expiry_chart"),
        summary=say(context, "cap_expiry_picture", n=Number(len(shown)), of=Number(len(ending)), **first),
        language=context.language,
        names=(context.term("cap_renew_from"), context.term("cap_end")),
    )


def _table(context: ReportContext, ending: tuple[End, ...]) -> Part:
    today = context.scope.today

    def left(end: End) -> Any:
        days = days_between(end.day, today)
        return Sentence("cap_ended_ago", {"days": Days(days)}) if days > 0 else Days(-days)

    def act(end: End) -> Any:
        return Sentence("cap_past", {"day": Day(end.act)}) if end.act < today else Day(end.act)

    day = Column[End]("cap_end", lambda end: end.day, "date", lambda end: formats.day(end.day, context.language))
    by = Column[End]("cap_act_by", lambda end: end.act, "date", act)
    columns = [*pick(ENDS, "cap_resource", "cap_kind"), day, Column("cap_days_left", left), by]
    columns += pick(ENDS, "cap_yearly", "supplier", "owner")
    return html_table(context, wording(context), columns, ending, context.term("cap_expiry"), source=OF_ENDS)


def _share(seat: Seats) -> str:
    """The share of the seats that are taken."""
    return formats.MISSING if seat.share is None else formats.percent(seat.share)


SEATS: list[Column[Seats]] = [
    Column("cap_resource", lambda seat: seat.resource.label),
    Column("cap_seats_used", lambda seat: seat.used, "number", lambda seat: Quantity(seat.used, seat.resource.unit)),
    Column("cap_seats_bought", lambda seat: _bought(seat), "number"),
    Column("cap_share", lambda seat: seat.share, "share", _share),
    Column("cap_limit", lambda seat: seat.resource.critical, "share"),
]


def _bought(seat: Seats) -> Quantity:
    return Quantity(seat.resource.whole if seat.resource.counted else None, seat.resource.unit)
