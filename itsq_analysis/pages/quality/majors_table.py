"""Major incidents one by one, with what nobody has recorded said, and causes that came back."""

from __future__ import annotations

from datetime import date

import pandas as pd
from markupsafe import Markup

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, bullets, paragraph, subheading, table
from itsq_analysis.pages.quality.causes import Repeated, repeated_causes
from itsq_analysis.pages.quality.majors import Major, are_marked, majors, outages, review_days_over
from itsq_analysis.text import formats

SHOWN = 15  # incidents in the table; of services, incidents and causes in a sentence, a few
FEW = 5
COLUMNS = ("number_service", "course", "users_lost", "cause", "links", "action", "review")


def majors_answer(context: ReportContext) -> list[str]:
    """How many, how long, for whom; nothing where the data could not hold any."""
    found = majors(context)
    if not found:
        if not are_marked(context):
            return [context.say("majors_unmarked")]
        known = context.now(["incidents_opened"])["incidents_opened"]["value"] > 0 or not outages(context).empty
        return [context.say("majors_none")] if known else []
    hours = [one.hours for one in found if one.hours is not None]
    lost = [one.user_hours for one in found if one.user_hours is not None]
    facts = [context.say("majors_longest", n=len(found), time=formats.duration(max(hours), context.language))] if hours else []
    facts += [context.say("majors_user_hours", n=context.number(sum(lost)))] if lost else []
    told = context.aside((", " if context.language == "en" else "\N{FULLWIDTH COMMA}").join(facts)) if facts else ""
    return [context.say("majors_count", n=len(found), facts=told)]


def majors_parts(context: ReportContext) -> list[Html]:
    """The list, the overdue reviews, and the repeated causes; nothing for no incident."""
    found = majors(context)
    if not found:
        return []
    rows = [_row(context, one) for one in found[:SHOWN]]
    listed = table({key: context.term(key) for key in COLUMNS}, rows, numeric={"users_lost"})
    rest = len(found) - len(rows)
    more = [paragraph(context.say("majors_rest", n=rest))] if rest else []
    repeated = [_repeated(context, one) for one in repeated_causes(context)]
    told = [bullets([*_overdue(context, found), *repeated[:FEW]])] if repeated or any(_overdue(context, found)) else []
    return [subheading(context.say("majors_list")), *told, listed, *more]


def _overdue(context: ReportContext, found: list[Major]) -> list[str]:
    """Those restored more than five working days ago whose review has not been held."""
    late = [one.number for one in found if one.reviewed_on is None and (review_days_over(context, one) or 0) > 0]
    return [context.say("review_overdue", n=len(late), list=capped(context, late))] if late else []


def capped(context: ReportContext, names: list[str], more_of: str = "and_more") -> str:
    """The first few names, and how many more there are."""
    more = [context.say(more_of, n=len(names) - FEW)] if len(names) > FEW else []
    return context.listed([*names[:FEW], *more])


def _repeated(context: ReportContext, one: Repeated) -> str:
    first = formats.day(one.days[0], context.language)
    return context.say("repeated_cause", cause=one.cause, n=len(one.numbers), first=first, list=capped(context, [*one.numbers]))


def _row(context: ReportContext, one: Major) -> dict[str, str | Markup]:
    """One incident; what is not recorded says so."""
    users = _or_not(context, None if one.users is None else context.number(one.users))
    lost = _or_not(context, None if one.user_hours is None else context.number(one.user_hours))
    return {
        "number_service": lines(one.number, one.service or context.term("unknown")),
        "course": _course(context, one),
        "users_lost": f"{users} / {lost}" if one.users is not None else users,
        "cause": _or_not(context, one.cause),
        "links": lines(*(_labelled(context, key, value) for key, value in (("change", one.change), ("problem", one.problem)))),
        "action": _or_not(context, one.action),
        "review": _review(context, one),
    }


def _course(context: ReportContext, one: Major) -> Markup:
    """Start, detected, restored and length, one a line."""
    moments = {"start": one.started, "detected": one.detected, "restored": one.restored_at}
    told, day = [], None
    for key, moment in moments.items():
        if key != "restored" or one.restored:
            told.append(_labelled(context, key, None if moment is None else _minute(context, moment, day)))
            day = day if moment is None else _local(context, moment).date()
    if one.hours is not None:
        time = formats.duration(one.hours, context.language)
        told.append(time if one.restored else context.say("not_restored", time=time))
    elif not one.restored:
        told.append(context.term("still_open"))
    return lines(*told)


def _local(context: ReportContext, moment: pd.Timestamp) -> pd.Timestamp:
    return moment.tz_convert(context.workspace.settings.organisation.zone)


def _minute(context: ReportContext, moment: pd.Timestamp, told: date | None) -> str:
    """A moment; the time alone on a day that was just told."""
    local = _local(context, moment)
    return f"{local:%H:%M}" if local.date() == told else formats.minute(local, context.language)


def _review(context: ReportContext, one: Major) -> Markup | str:
    over = review_days_over(context, one)
    if one.reviewed_on is not None:
        day = formats.day(one.reviewed_on, context.language)
        return lines(day, context.say("review_late", n=over)) if over else day
    return lines(context.term("not_recorded"), context.say("review_missing", n=over)) if over else context.term("not_recorded")


def _labelled(context: ReportContext, key: str, value: str | None) -> str:
    return context.say("labelled", label=context.term(key), text=_or_not(context, value))


def _or_not(context: ReportContext, value: str | None) -> str:
    return value or context.term("not_recorded")


def lines(first: str, *rest: str) -> Markup:
    """A cell whose further lines are smaller.

    >>> str(lines("INC1", "E-mail <x>"))
    'INC1 <span class="note">E-mail &lt;x&gt;</span>'
    """
    return Markup("{}").format(first) + Markup("").join(Markup(' <span class="note">{}</span>').format(text) for text in rest)
