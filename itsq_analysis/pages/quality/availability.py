"""What broke, for whom, how long, and is it fixed for good? Major incidents, availability by service, outages one by one."""

from __future__ import annotations

from itsq_analysis.charts import heat_grid, timeline
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.interruptions import interruptions
from itsq_analysis.indicators.major_incidents import major_incidents
from itsq_analysis.indicators.outages import (
    SERVICES,
    Outage,
    ServiceAvailability,
    all_services,
    lost_minutes,
    outages,
    services_availability,
    user_hours,
)
from itsq_analysis.page.columns import Declared, declared_table
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import judgement, why
from itsq_analysis.page.section import Html, Part, Section, folded, paragraph, subheading
from itsq_analysis.pages.quality.majors import capped, majors_answer, majors_parts
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

SHOWN = 15  # outages in the table, the longest ones


def availability(context: ReportContext) -> Section:
    """Major incidents first; then minutes and counts beside the percentage, which hides number and length of outages."""
    parts: list[Part] = [*_timeline(context), *majors_parts(context)]
    if not context.has("outages") and not context.scope.services:
        answer = context.say("availability_no_data")
    else:
        answer = _answer(context)
        parts += [subheading(context.say("availability_services")), *_grid(context), *_by_service(context), *_list(context)]
    majors = majors_answer(context)  # that there were none, or that nobody can know, is told last
    answers = [*majors, answer] if major_incidents(context.scope) else [answer, *majors]
    return Section("availability", context.term("availability"), sentences(answers, context.language), tuple(parts))


def _answer(context: ReportContext) -> str:
    total = all_services(context.scope)
    value, count, longest = cube(context.scope).value("availability"), len(total.outages), context.shown(total.longest)
    if not value.known:
        counted = [context.say("outages_counted", n=count, longest=longest)] if count else []
        return sentences([*counted, context.say("availability_unmeasured", reason=why(context, value))], context.language)
    if not count:
        return context.say("outages_none", period=context.period_name)
    lost = formats.duration(total.lost, context.language)
    return context.say("availability", n=count, lost=lost, longest=longest, value=context.shown(value))


def _by_service(context: ReportContext) -> list[Html]:
    """One row a service, those that lost most first, and all together."""
    services = services_availability(context.scope)
    told = [service for service in services if service.told]
    quiet = [service.service or "" for service in services if not service.told]
    weighted = cube(context.scope).value("availability_user_weighted")
    notes = [context.say("services_more", n=len(told) - SERVICES)] if len(told) > SERVICES else []
    notes += [context.say("services_quiet", n=len(quiet), list=capped(context, quiet, "and_more_services"))] if quiet else []
    notes += [context.say("availability_weighted", value=context.shown(weighted))] if weighted.known else []
    rows = [*told[:SERVICES], all_services(context.scope)]
    return [
        declared_table(context, _service_columns(context), rows, context.term("by_service")),
        *(paragraph(note) for note in notes),
    ]


def _service_columns(context: ReportContext) -> list[Declared[ServiceAvailability]]:
    """A service that no register of services holds has outages only."""

    def time(row: ServiceAvailability, hours: float) -> str:
        if not row.measured:
            return formats.MISSING
        return formats.duration(hours, context.language) if hours > 0 else "0"

    return [
        Declared("service", lambda row: row.service or context.term("all_services")),
        Declared("lost", lambda row: row.lost, "hours", lambda row: time(row, row.lost)),
        Declared("outages", lambda row: len(row.outages), "count"),
        Declared("longest", lambda row: row.longest.value, "hours", lambda row: context.shown(row.longest)),
        Declared("user_hours", lambda row: user_hours(row.outages), "number"),
        Declared("maintenance", lambda row: row.planned, "hours", lambda row: time(row, row.planned)),
        Declared(
            "share_available",
            lambda row: row.availability and row.availability.value,
            "share",
            lambda row: context.shown(row.availability) if row.availability else formats.MISSING,
        ),
        Declared("judgement", lambda row: judgement(context, row.availability) if row.availability else formats.MISSING),
    ]


def _grid(context: ReportContext) -> list[Part]:
    """Minutes lost, service × period, of the services that lost most."""
    lost = lost_minutes(context.scope)
    if not lost.service:
        return []
    if not lost.minutes:
        return [paragraph(context.say("availability_picture_none"))]
    time = formats.duration(lost.minutes / 60, context.language)
    when = context.wording.period_name(lost.period)
    told = [context.say("availability_picture", service=lost.service, period=when, time=time)]
    told += [context.say("availability_picture_quiet", n=lost.quiet)] if lost.quiet else []
    summary, title = sentences(told, context.language), context.say("availability_chart")
    return [heat_grid(lost.frame, title=title, summary=summary, language=context.language, unit="minutes")]


def _timeline(context: ReportContext) -> list[Part]:
    """Outages, major incidents without one in the register, and maintenance, as they lay in the period."""
    frame = interruptions(context.scope)
    if not (frame["kind"] != "maintenance").any():
        return []
    unplanned, summary = outages(context.scope), context.say("timeline_majors")
    if unplanned:
        longest = max(unplanned, key=lambda outage: outage.hours)
        start, time = formats.minute(longest.started_at, context.language), _length(context, longest)
        summary = context.say("timeline_picture", n=len(unplanned), service=longest.service, start=start, time=time)
    return [
        timeline(
            frame.assign(service=frame["service"].fillna(context.term("unknown"))),
            start=context.period.start,
            end=context.period.end,
            timezone=context.scope.settings.organisation.timezone,
            title=context.say("timeline_chart"),
            summary=summary,
            language=context.language,
        )
    ]


def _list(context: ReportContext) -> list[Html]:
    """The longest outages in a fold; how many more there are is said."""
    unplanned = outages(context.scope)
    if not unplanned:
        return []
    longest = sorted(unplanned, key=lambda outage: -outage.hours)[:SHOWN]
    shown = [outage for outage in unplanned if outage in longest]
    part = context.say("outages_shown", shown=len(shown), n=context.number(len(unplanned)))
    title = part if len(shown) < len(unplanned) else context.term("show_table")
    return [subheading(context.say("outage_list")), folded(title, declared_table(context, _outage_columns(context), shown))]


def _outage_columns(context: ReportContext) -> list[Declared[Outage]]:
    """What the register does not say is a dash."""

    def users(outage: Outage) -> str:
        if outage.users_affected is None:
            return formats.MISSING
        return f"{context.number(outage.users_affected)} / {context.number(outage.user_hours or 0)}"

    def links(outage: Outage) -> str | None:
        return context.listed(filter(None, (outage.change, outage.problem))) or None

    return [
        Declared("number", lambda outage: outage.number + (context.aside(context.term("major")) if outage.major else "")),
        Declared("service", lambda outage: outage.service),
        Declared("start", lambda outage: formats.minute(outage.started_at, context.language)),
        Declared("length", lambda outage: _length(context, outage)),
        Declared("users_lost", users, "count", users),
        Declared("cause", lambda outage: outage.cause),
        Declared("links", links),
        Declared("review", lambda outage: outage.reviewed_on and formats.day(outage.reviewed_on, context.language)),
    ]


def _length(context: ReportContext, outage: Outage) -> str:
    time = formats.duration(outage.hours, context.language)
    return time if outage.restored_at else context.say("not_restored", time=time)
