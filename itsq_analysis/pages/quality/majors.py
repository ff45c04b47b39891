"""Major incidents one by one, with what nobody has recorded said, and causes that came back; page and workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from markupsafe import Markup

from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.major_incidents import MajorIncident, major_incidents, majors_are_marked
from itsq_analysis.indicators.outages import outages
from itsq_analysis.indicators.repeated_causes import RepeatedCause, repeated_causes
from itsq_analysis.page.cells import headings, yes
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, bullets, lines, subheading
from itsq_analysis.page.spreadsheet import Kind, Sheet
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.text import formats

SHOWN = FEW = 5  # incidents in the table; incidents and causes in a sentence
SHEET: dict[str, tuple[str, Kind]] = {  # heading -> attribute, kind
    **{"number": ("number", "text"), "service": ("service", "text"), "started_at": ("started", "time")},
    **{"detected_at": ("detected", "time"), "restored_at": ("restored_at", "time"), "restored": ("restored", "text")},
    **{"hours": ("hours", "hours"), "users_affected": ("users", "count"), "user_hours": ("user_hours", "number")},
    **{"cause": ("cause", "text"), "problem": ("problem", "text"), "change": ("change", "text"), "action": ("action", "text")},
    **{"reviewed_on": ("reviewed_on", "date"), "review_days_over": ("review_days_over", "count")},
}


def majors_answer(context: ReportContext) -> list[str]:
    """How many, how long, for whom; nothing where the data could not hold any."""
    incidents = major_incidents(context.scope)
    if not incidents:
        if not majors_are_marked(context.scope):
            return [context.say("majors_unmarked")]
        known = cube(context.scope).value("incidents_opened").value > 0 or outages(context.scope)
        return [context.say("majors_none")] if known else []
    hours = [incident.hours for incident in incidents if incident.hours is not None]
    lost = [incident.user_hours for incident in incidents if incident.user_hours is not None]
    facts = [context.say("majors_longest", n=len(incidents), time=formats.duration(max(hours), context.language))] if hours else []
    facts += [context.say("majors_user_hours", n=context.number(sum(lost)))] if lost else []
    told = context.aside(context.wording.joined(facts, "commas")) if facts else ""
    return [context.say("majors_count", n=len(incidents), facts=told)]


def majors_parts(context: ReportContext) -> list[Html]:
    """The list, the overdue reviews, and the repeated causes; nothing for no incident."""
    incidents = major_incidents(context.scope)
    if not incidents:
        return []
    told = [*_overdue(context, incidents), *(_repeated(context, cause) for cause in repeated_causes(context.scope)[:FEW])]
    told += [context.say("in_sheet", sheet=context.term("majors"))] if len(incidents) > SHOWN else []
    listed = html_table(context, context.wording, _columns(context), incidents[:SHOWN])
    return [subheading(context.say("majors_list")), listed, *([bullets(told)] if told else [])]


def majors_sheet(context: ReportContext) -> Sheet:
    """One row per major incident, also those that the page counts only; an empty cell is not recorded."""
    columns = headings(context, {key: kind for key, (_, kind) in SHEET.items()}, "outages")
    records = [{key: getattr(incident, name) for key, (name, _) in SHEET.items()} for incident in major_incidents(context.scope)]
    rows = [list((record | {"restored": yes(context)(record["restored"])}).values()) for record in records]
    return Sheet(context.term("majors"), columns, rows, " ".join(majors_answer(context)) or context.term("none"), fixed=1)


def _capped(context: ReportContext, names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = [context.say("and_more", n=len(names) - FEW)] if len(names) > FEW else []
    return context.listed([*names[:FEW], *more])


def _overdue(context: ReportContext, incidents: Sequence[MajorIncident]) -> Iterator[str]:
    late = [incident.number for incident in incidents if incident.review_overdue]
    if late:
        yield context.say("review_overdue", n=len(late), list=_capped(context, late))


def _repeated(context: ReportContext, cause: RepeatedCause) -> str:
    facts = {"first": formats.day(cause.days[0], context.language), "list": _capped(context, cause.numbers)}
    return context.say("repeated_cause", cause=cause.cause, n=len(cause.numbers), **facts)


def _columns(context: ReportContext) -> list[Column[MajorIncident]]:
    """What is not recorded says so."""

    def known(text: object) -> str:
        return context.term("not_recorded") if text is None else str(text)

    def labelled(key: str, text: object) -> str:
        return context.say("labelled", label=context.term(key), text=known(text))

    def users(incident: MajorIncident) -> str:
        if incident.users is None:
            return known(None)
        lost = None if incident.user_hours is None else context.number(incident.user_hours)
        return f"{context.number(incident.users)} / {known(lost)}"

    return [
        Column(
            "number_service", lambda incident: lines(incident.number, context.called(incident.service or context.term("unknown")))
        ),
        Column("users_lost", users, "count", users),
        Column("cause", lambda incident: known(incident.cause)),
        Column("course", lambda incident: _course(context, incident)),
        Column("links", lambda one: lines(labelled("change", one.change), labelled("problem", one.problem))),
        Column("action", lambda incident: known(incident.action)),
        Column("review", lambda incident: _review(context, incident)),
    ]


def _course(context: ReportContext, incident: MajorIncident) -> Markup:
    """Start, detected, restored and length, one a line."""
    moments = {"start": incident.started, "detected": incident.detected, "restored": incident.restored_at}
    told, day = [], None
    for key, moment in moments.items():
        if key != "restored" or incident.restored:
            text = context.term("not_recorded") if moment is None else _minute(context, moment, day)
            told.append(context.say("labelled", label=context.term(key), text=text))
            day = day if moment is None else moment.date()
    if incident.hours is not None:
        time = formats.duration(incident.hours, context.language)
        told.append(time if incident.restored else context.say("not_restored", time=time))
    elif not incident.restored:
        told.append(context.term("still_open"))
    return lines(*told)


def _minute(context: ReportContext, moment: datetime, told: date | None) -> str:
    """A moment; the time alone on a day that was just told."""
    return f"{moment:%H:%M}" if moment.date() == told else formats.minute(moment, context.language)


def _review(context: ReportContext, incident: MajorIncident) -> str:
    over = incident.review_days_over
    if incident.reviewed_on is not None:
        day = formats.day(incident.reviewed_on, context.language)
        return lines(day, context.say("review_late", n=over)) if over else day
    missing = context.term("not_recorded")
    return lines(missing, context.say("review_missing", n=over)) if over else missing
