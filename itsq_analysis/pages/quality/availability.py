"""What broke, for whom, how long, and is it fixed for good? Major incidents, then outages and availability by service."""

from __future__ import annotations

from itsq_analysis.briefing.service import budget_lines
from itsq_analysis.charts import heat_grid, timeline
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.interruptions import interruptions
from itsq_analysis.indicators.major_incidents import costly_outages, major_incidents
from itsq_analysis.indicators.outages import (
    Outage,
    ServiceAvailability,
    all_services,
    lost_minutes,
    outages,
    services_availability,
    user_hours,
)
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import judgement, why
from itsq_analysis.page.section import Part, Section, beside, paragraph, subheading
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.quality.majors import majors_answer, majors_parts
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

SHOWN = 5  # outages one by one, those that cost most
SERVICES = 10  # of which something is told, those that lost most


def availability(context: ReportContext) -> Section:
    """Major incidents first; then minutes and user-hours beside the percentage, which hides number and length of outages."""
    known = context.has("outages") or bool(context.scope.services)
    told = availability_answer(context) if known else [context.say("availability_no_data")]
    told = [*told, *(context.wording.sentence(line) for line in budget_lines(context.scope))]
    majors = majors_answer(context)  # that there were none, or that nobody can know, is told last
    answers = [*majors, *told] if major_incidents(context.scope) else [*told, *majors]
    parts = [*beside(interruptions_picture(context), _grid(context) if known else []), *majors_parts(context)]
    parts += [*outage_list(context), *_by_service(context)] if known else []
    return context.section("availability", answers, parts)


def availability_answer(context: ReportContext) -> list[str]:
    """What was lost; outages that cost users as much as a major incident; availability, also by users."""
    total = all_services(context.scope)
    value, count, longest = cube(context.scope).value("availability"), len(total.outages), context.shown(total.longest)
    costly = [
        context.say("outage_costly", number=outage.number, service=outage.service, hours=context.number(outage.user_hours or 0))
        for outage in costly_outages(context.scope)
    ]
    if not value.known:
        counted = [context.say("outages_counted", n=count, longest=longest)] if count else []
        return [*counted, *costly, context.say("availability_unmeasured", reason=why(context, value))]
    if not count:
        return [context.say("outages_none", period=context.period_name)]
    lost, weighted = formats.duration(total.lost, context.language), cube(context.scope).value("availability_user_weighted")
    told = context.say("availability", n=count, lost=lost, longest=longest, value=context.shown(value))
    by_users = [context.say("availability_weighted", value=context.shown(weighted))] if weighted.known else []
    return [told, *by_users, *costly]


def _grid(context: ReportContext) -> list[Part]:
    """Minutes lost, service × period, of the services that lost most."""
    lost = lost_minutes(context.scope)
    if not lost.service or not lost.minutes:
        return []
    time = formats.duration(lost.minutes / 60, context.language)
    when = context.wording.period_name(lost.period)
    told = [context.say("availability_picture", service=lost.service, period=when, time=time)]
    told += [context.say("availability_picture_quiet", n=lost.quiet)] if lost.quiet else []
    summary, title = sentences(told, context.language), context.say("availability_chart")
    return [heat_grid(context.named_in(lost.frame), title=title, summary=summary, language=context.language, unit="minutes")]


def interruptions_picture(context: ReportContext) -> list[Part]:
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
            context.named_in(frame.assign(service=frame["service"].fillna(context.term("unknown")))),
            start=context.period.start,
            end=context.period.end,
            timezone=context.scope.settings.organisation.timezone,
            title=context.say("timeline_chart"),
            summary=summary,
            language=context.language,
        )
    ]


def outage_list(context: ReportContext) -> list[Part]:
    """The outages that are no major incident and cost users most."""
    others = [outage for outage in outages(context.scope) if not outage.major]
    if not others:
        return []

    def users(outage: Outage) -> str | None:
        known = outage.users_affected is not None
        return f"{context.number(outage.users_affected or 0)} / {context.number(outage.user_hours or 0)}" if known else None

    columns: list[Column[Outage]] = [
        Column("service", lambda outage: outage.service),
        Column("length", lambda outage: _length(context, outage)),
        Column("users_lost", users, "count", users),
        Column("start", lambda outage: formats.minute(outage.started_at, context.language)),
        Column("cause", lambda outage: outage.cause or context.term("not_recorded")),
        Column("number", lambda outage: outage.number),
        Column("links", lambda outage: context.listed(filter(None, (outage.change, outage.problem))) or None),
    ]
    costliest = sorted(others, key=lambda outage: (-(outage.user_hours or 0), -outage.hours))[:SHOWN]
    more = [paragraph(context.say("in_sheet", sheet=context.term("outages")))] if len(others) > SHOWN else []
    return [subheading(context.say("outage_list")), html_table(context, context.wording, columns, costliest), *more]


def _by_service(context: ReportContext) -> list[Part]:
    """One row a service that was interrupted, has an agreed target, or is not known; all together; how many stand apart."""
    services = services_availability(context.scope)
    told = [service for service in services if service.told]
    quiet = len(services) - len(told)
    notes = [context.say("services_more", n=len(told) - SERVICES)] if len(told) > SERVICES else []
    notes += [context.say("services_quiet", n=quiet)] if quiet else []
    rows = [*told[:SERVICES], all_services(context.scope)]
    table = html_table(context, context.wording, _service_columns(context), rows)
    return [subheading(context.say("availability_services")), table, *map(paragraph, notes)]


def _service_columns(context: ReportContext) -> list[Column[ServiceAvailability]]:
    """A service that no register of services holds has outages only."""

    def time(row: ServiceAvailability, hours: float) -> str:
        if not row.measured:
            return formats.MISSING
        return formats.duration(hours, context.language) if hours > 0 else "0"

    def share(row: ServiceAvailability) -> str | None:
        return context.shown(row.availability) if row.availability else None

    return [
        Column("service", lambda row: row.service or context.term("all_services")),
        Column("share_available", share, "share", share),
        Column("judgement", lambda row: judgement(context, row.availability) if row.availability else None),
        Column("lost", lambda row: row.lost, "hours", lambda row: time(row, row.lost)),
        Column("outages", lambda row: len(row.outages), "count"),
        Column("longest", lambda row: row.longest.value, "hours", lambda row: context.shown(row.longest)),
        Column("user_hours", lambda row: user_hours(row.outages), "number"),
        Column("maintenance", lambda row: row.planned, "hours", lambda row: time(row, row.planned)),
    ]


def _length(context: ReportContext, outage: Outage) -> str:
    time = formats.duration(outage.hours, context.language)
    return time if outage.restored_at else context.say("not_restored", time=time)
