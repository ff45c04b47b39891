"""What drives it? Measured demand month by month, and what is planned."""

from __future__ import annotations

from itsq_analysis.capacity.demand import DemandHistory, PlannedEvent, demand_histories, planned_amounts, planned_events
from itsq_analysis.capacity.resource_register import measured_demand, planned_demand
from itsq_analysis.charts import Chart, line
from itsq_analysis.facts.sentence import Growth, Listed, Name, Quantity, Sentence, Share, Term
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, beside, folded, paragraph, subheading
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.capacity.tables import dash
from itsq_analysis.pages.capacity.words import say, wording
from itsq_analysis.pages.staffing.people import people_pointer
from itsq_analysis.text import paragraph as sentences

SHOWN = 4  # pictures; the other drivers stand in the table


def demand(context: ReportContext, tickets: ReportContext | None) -> Section:
    """One small picture a driver, and the planned events; people in a sentence, as of the tickets, where there are any."""
    title, scope = context.term("cap_demand"), context.scope
    if measured_demand(scope).empty and planned_demand(scope).empty:
        return Section("demand_drivers", title, context.say("cap_demand_none"))
    histories, events = demand_histories(scope), planned_events(scope)
    parts: list[Part] = [*beside(*([_picture(context, history)] for history in histories[:SHOWN]))]
    if more := [history.driver for history in histories[SHOWN:]]:
        parts.append(paragraph(context.say("cap_demand_more", list=context.listed(more))))
    for amount in planned_amounts(scope):
        months = {"until": wording(context).month(amount.until), "month": wording(context).month(amount.month)}
        value = Quantity(amount.largest, amount.unit)
        parts.append(paragraph(say(context, "cap_demand_planned", name=Name(amount.driver, 0), value=value, **months)))
    if events:
        parts += [subheading(context.term("cap_events")), _events(context, events), paragraph(context.say("cap_events_note"))]
    answer = context.say("cap_demand_answer", n=len(histories), planned=len(events))
    people = people_pointer(tickets) if tickets else []
    return Section("demand_drivers", title, answer, tuple(parts), sentences(people, context.language))


def _picture(context: ReportContext, history: DemandHistory) -> Chart:
    rows = history.months.to_dict("records")
    first, last = rows[0], rows[-1]
    summary = say(
        context,
        "cap_demand_picture",
        value=Quantity(last["y"], history.unit),
        month=wording(context).month(last["ds"]),
        before=Quantity(first["y"], history.unit),
        first=wording(context).month(first["ds"]),
    )
    return line(
        history.months, title=context.called(history.driver), summary=summary, language=context.language, unit="count", grain="M"
    )


COLUMNS: list[Column[PlannedEvent]] = [
    Column("cap_event", lambda event: event.name),
    Column("service", lambda event: event.service or Term("all_services")),
    Column("cap_from", lambda event: event.start, "date"),
    Column("cap_until", lambda event: event.until, "date"),
    Column("cap_growth", lambda event: _growth(event)),
    Column("cap_fullest", lambda event: _fullest(event)),
    Column("remark", lambda event: dash(event.note)),
]


def _events(context: ReportContext, events: tuple[PlannedEvent, ...]) -> Part:
    table = html_table(context, wording(context), COLUMNS, events)
    return folded(context.say("cap_events_fold", n=len(events)), table) if len(events) > 2 * SHOWN else table


def _growth(event: PlannedEvent) -> Listed:
    """The amount of an event and its growth, as far as they are known."""
    amount = () if event.value is None else (Quantity(event.value, event.unit),)
    return Listed((*amount, *(() if event.growth is None else (Growth(event.growth),))))


def _fullest(event: PlannedEvent) -> Sentence | None:
    """Which resource of the event's service is then the fullest against its limit."""
    if event.fullest is None:
        return None
    shares = {"share": event.fullest.median, "high": event.fullest.upper, "limit": event.fullest.resource.critical}
    facts = {name: Share(share, whole=True) for name, share in shares.items()}
    return Sentence("cap_event_fullest", {"name": Name(event.fullest.resource.label, 0), **facts})
