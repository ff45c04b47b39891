"""Were we right, was it done? Earlier decisions with their outcome, and earlier forecasts against what came."""

from __future__ import annotations

from itsq_analysis.capacity.days import last_whole_day
from itsq_analysis.capacity.record import ForecastCheck, PastDecision, forecast_checks, past_decisions
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, folded, paragraph, subheading
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.capacity.tables import dash
from itsq_analysis.pages.capacity.words import percent, wording
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

BAND = 0.8
DECISIONS = 10


def record(context: ReportContext) -> Section:
    """Decisions of the past, and forecasts made again as of earlier days."""
    title, decided, checks = context.term("cap_record"), past_decisions(context.scope), forecast_checks(context.scope)
    if not decided and not checks:
        return Section("record", title, context.say("cap_record_none"))
    late = sum(decision.late for decision in decided)
    told = [_held(context, checks)] if checks else []
    key = "cap_record_decided" if decided else "cap_record_no_decisions"
    parts: list[Part] = []
    if decided:
        parts += [subheading(context.term("cap_decisions_past")), *_decisions(context, decided)]
    if checks:
        parts += [subheading(context.term("cap_forecasts_past")), paragraph(_marked(context, checks)), _forecasts(context, checks)]
    first, *rest = [*told, context.say(key, n=len(decided), late=late)]
    return Section("record", title, first, tuple(parts), sentences(rest, context.language))


def _held(context: ReportContext, checks: tuple[ForecastCheck, ...]) -> str:
    """How many daily values lay in their ranges, and how long before those were foretold."""
    days = sorted({check.days for check in checks})
    facts = {"n": sum(check.held for check in checks), "of": sum(check.of for check in checks), "band": percent(BAND)}
    return context.say("cap_record_held", **facts) if len(days) > 1 else context.say("cap_record_held_days", days=days[0], **facts)


def _marked(context: ReportContext, checks: tuple[ForecastCheck, ...]) -> str:
    made = {check.days: check.made for check in checks}
    days = context.listed(formats.day(made[number], context.language) for number in sorted(made))
    return context.say("cap_recomputed", list=days, day=formats.day(last_whole_day(context.scope), context.language))


def _decisions(context: ReportContext, decided: tuple[PastDecision, ...]) -> list[Part]:
    """A table of decisions; what is left is folded."""

    def done(one: PastDecision) -> str | None:
        if one.late:
            return context.say("cap_late", day=formats.day(one.due, context.language))
        return None if one.done_on is None else formats.day(one.done_on, context.language)

    columns: list[Column[PastDecision]] = [
        Column("cap_decided_on", lambda one: formats.day(one.decided_on, context.language)),
        Column("cap_resource", lambda one: one.resource.label),
        Column("cap_option", lambda one: context.term(f"cap_option_{one.option}") + context.aside(one.title)),
        Column("cap_outcome", lambda one: context.term(f"cap_outcome_{one.outcome}") if one.outcome else None),
        Column("cap_done_on", done),
        Column("cap_effect", lambda one: dash(one.effect)),
    ]
    shown, rest = decided[:DECISIONS], decided[DECISIONS:]
    parts: list[Part] = [html_table(context, wording(context), columns, shown)]
    if rest:
        parts.append(folded(context.say("cap_decisions_fold", n=len(rest)), html_table(context, wording(context), columns, rest)))
    return parts


def _forecasts(context: ReportContext, checks: tuple[ForecastCheck, ...]) -> Part:
    columns: list[Column[ForecastCheck]] = [
        Column("cap_resource", lambda one: one.resource.label),
        Column("cap_made_before", lambda one: context.say("days", n=one.days)),
        Column("cap_expected", lambda one: percent(one.median) + context.aside(f"{percent(one.lower)}–{percent(one.upper)}")),
        Column("cap_came", lambda one: percent(one.truth)),
        Column("cap_held", lambda one: context.say("cap_held_of", n=one.held, of=one.of)),
    ]
    return folded(context.say("cap_forecasts_fold", n=len(checks)), html_table(context, wording(context), columns, checks))
