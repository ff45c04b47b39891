"""How sure is it, what are the options, what if nothing is done? One sheet for each decision."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from markupsafe import Markup

from itsq_analysis.capacity import Change
from itsq_analysis.charts import fan
from itsq_analysis.page.brief import brief_day, spaced, tight
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, paragraph, subheading, table
from itsq_analysis.pages.capacity.choices import Choice, choices
from itsq_analysis.pages.capacity.estate import Resource, next_report, today
from itsq_analysis.pages.capacity.first import gained_cell, nothing, recurring
from itsq_analysis.pages.capacity.orders import later, orders
from itsq_analysis.pages.capacity.outlook import Outlook
from itsq_analysis.pages.capacity.words import by_day, latest_day, money, named, percent, quantity, say_of
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

SHEETS = 6  # with a picture of their own; the others stand in the table
PAST = 150  # days of the picture before today
STEP = 3  # days from one point of the fan to the next
AFTER = 45  # days shown after the latest day
LEAST = 120


def sheets(context: ReportContext) -> Section:
    """A sheet for each decision needed, then what must be ordered later."""
    title = context.term("cap_sheets")
    asked, coming = orders(context), later(context)
    day = brief_day(context, next_report(context))
    if not asked and not coming:
        return Section("sheets", title, context.say("cap_sheets_none", day=day))
    answer = context.say("cap_sheets_answer", n=len(asked), day=day, later=len(coming))
    parts = [part for place, one in enumerate(asked[:SHEETS], 1) for part in _sheet(context, one, place)]
    rest = [*asked[SHEETS:], *coming]
    if rest:
        parts += [subheading(context.say("cap_later", n=len(rest))), _later(context, rest)]
    return Section("sheets", title, answer, tuple(parts))


def _sheet(context: ReportContext, one: Outlook, place: int) -> list[Part]:
    heading = Html(Markup('<h3 id="sheet-{}">{}</h3>').format(place, named(context, one.resource)))
    owner = one.resource.owner
    asked = tight(context.say("cap_decision", owner=spaced(context, owner))) if owner else context.say("cap_decision_nobody")
    told = [statement(context, one), nothing(context, one), asked]
    facts = [*recurring(context, one), *remarks(context, one), *([one.resource.note] if one.resource.note else [])]
    parts: list[Part] = [
        heading,
        paragraph(sentences(told, context.language), "statement"),
        _picture(context, one),
        _options(context, one),
    ]
    return [*parts, *[paragraph(text) for text in facts]]


def statement(context: ReportContext, one: Outlook) -> str:
    """When the limit is reached and until when more must be ordered, with the risk of either day."""
    facts = {
        "limit": percent(one.resource.critical),
        "share": percent(one.share),
        "earliest": by_day(context, one.crossing.earliest),
        "latest": latest_day(context, one.crossing.latest),
        "lead": context.say("cap_days", n=one.resource.lead_days),
    }
    name = named(context, one.resource)
    if one.crossed:
        return say_of(context, "cap_statement_crossed", name, **facts)
    key = "cap_statement" if one.crossing.likely else "cap_statement_may"
    said = say_of(context, key, name, likely=by_day(context, one.crossing.likely), **facts)
    return sentences([said, _order(context, one)], context.language)


def _order(context: ReportContext, one: Outlook) -> str:
    """Until when to order; a day of even odds is told where it lies within 12 months, and said to be past where it is."""
    lead = context.say("cap_days", n=one.resource.lead_days)
    days = {"safe": by_day(context, one.safe.by), "even": by_day(context, one.even.by), "lead": lead}
    if one.safe.overdue_days:
        both = "_both" if one.even.overdue_days else ""
        key = f"cap_statement_overdue{both}" if one.even.by else "cap_statement_overdue_only"
        return context.say(key, ago=context.say("cap_ago", n=one.safe.overdue_days), **days)
    if one.even.by == one.safe.by:
        return context.say("cap_statement_order_same", **days)
    return context.say("cap_statement_order" if one.even.by else "cap_statement_order_only", **days)


def remarks(context: ReportContext, one: Outlook) -> list[str]:
    """What a reader must know of the data behind a forecast: resets, steps, gaps, planned changes."""
    told = []
    for note in one.crossing.notes:
        facts = {key: _fact(context, value) for key, value in note.values.items()}
        if "size" in note.values:
            facts["size"] = _jump(context, one.resource, abs(float(note.values["size"])))
        if "share" in note.values:
            facts["share"] = percent(float(note.values["share"]))
        told += [] if note.kind == "crossed" else [context.say(f"cap_note_{note.kind}", **facts)]
    if one.changes:
        told.append(
            context.say("cap_reckons_with", list=context.listed(dict.fromkeys(_planned(context, change) for change in one.changes)))
        )
    return told


def _planned(context: ReportContext, change: Change) -> str:
    """What is planned, on what day, and how much more demand it brings until when."""
    key = "cap_planned" if not change.growth else "cap_planned_growth" if change.until is None else "cap_planned_until"
    until = None if change.until is None else brief_day(context, change.until)
    return context.say(key, name=change.name, day=brief_day(context, change.on), growth=f"{change.growth:+.0%}", until=until)


def _jump(context: ReportContext, one: Resource, size: float) -> str:
    return quantity(context, one, size) if one.counted else context.say("cap_points", n=context.number(size * 100))


def _fact(context: ReportContext, value: object) -> object:
    return formats.day(value, context.language) if isinstance(value, date) else value


def _picture(context: ReportContext, one: Outlook) -> Part:
    """The past, the fan up to a while after the latest day, limits, and the days to act."""
    last = one.crossing.as_of.date()
    reach = one.crossing.latest or one.crossing.likely
    end = max((reach or date.max), last + timedelta(days=LEAST)) if reach else last + timedelta(days=365)
    future = one.ahead()
    future = future[future["ds"] <= pd.Timestamp(min(end + timedelta(days=AFTER), last + timedelta(days=365)))].iloc[::STEP]
    past = one.daily[one.daily["ds"] > pd.Timestamp(last - timedelta(days=PAST))]
    known = pd.DataFrame({"ds": past["ds"], "y": past["y"] / one.resource.whole})
    frame = pd.concat([known, future], ignore_index=True)
    for column in ("median", "lower", "upper"):
        frame[column] = frame[column].astype(float)
    days = {"cap_mark_safe": one.safe.by, "cap_mark_even": one.even.by, "cap_mark_likely": one.crossing.likely}
    return fan(
        frame,
        title=say_of(context, "cap_fan_chart", named(context, one.resource)),
        summary=_summary(context, one),
        language=context.language,
        limits={context.term("chart_critical"): one.resource.critical, context.term("chart_warning"): one.resource.warning},
        marks={context.term(key): day for key, day in days.items() if day is not None},
        band_name=context.term("cap_band"),
    )


def _summary(context: ReportContext, one: Outlook) -> str:
    key = "cap_fan_picture_crossed" if one.crossed else "cap_fan_picture" if one.crossing.likely else "cap_fan_picture_may"
    return context.say(
        key,
        share=percent(one.share),
        limit=percent(one.resource.critical),
        likely=by_day(context, one.crossing.likely),
        earliest=by_day(context, one.crossing.earliest),
        latest=latest_day(context, one.crossing.latest),
    )


def _options(context: ReportContext, one: Outlook) -> Part:
    """Every option beside doing nothing: price, until when, what it gains."""
    keys = ("cap_option", "cap_gain_size", "cap_price", "cap_lead", "cap_decide_by", "cap_limit_then", "cap_months_gained", "owner")
    found = [choice for choice in choices(context, one) if choice.option != "accept"]
    accepted: list[Choice | None] = [choice for choice in choices(context, one) if choice.option == "accept"]
    rows = [_row(context, one, choice) for choice in found]
    rows += [_accepted(context, one, choice) for choice in accepted or [None]]
    return table({key: context.term(key) for key in keys}, rows, caption=context.term("cap_options"))


def _row(context: ReportContext, one: Outlook, choice: Choice) -> dict[str, str | Markup]:
    """An option; what it says of itself stands beneath its name."""
    late = choice.by is not None and choice.by < today(context)
    title = Markup("{}{}").format(context.term(f"cap_option_{choice.option}") + context.aside(choice.title), _beneath(choice.note))
    then = context.say("cap_not_within_two") if choice.at_least and choice.months is not None else by_day(context, choice.likely)
    return {
        "cap_option": title,
        "cap_gain_size": quantity(context, one.resource, choice.size),
        "cap_price": money(context, choice.price),
        "cap_lead": context.say("cap_days", n=choice.lead_days),
        "cap_decide_by": context.say("cap_past", day=by_day(context, choice.by)) if late else by_day(context, choice.by),
        "cap_limit_then": then if choice.months is not None else formats.MISSING,
        "cap_months_gained": gained_cell(context, choice),
        "owner": choice.owner or formats.MISSING,
    }


def _accepted(context: ReportContext, one: Outlook, choice: Choice | None) -> dict[str, str | Markup]:
    """To do nothing is an option too."""
    name = context.term("cap_option_accept") + (context.aside(choice.title) if choice else "")
    return {
        "cap_option": Markup("{}{}").format(name, _beneath(choice.note if choice else "")),
        "cap_gain_size": "",
        "cap_price": money(context, choice.price) if choice and choice.price else "",
        "cap_lead": "",
        "cap_decide_by": "",
        "cap_limit_then": context.say("cap_already") if one.crossed else by_day(context, one.crossing.likely),
        "cap_months_gained": "",
        "owner": (choice.owner if choice else one.resource.owner) or formats.MISSING,
    }


def _beneath(note: str) -> Markup:
    return Markup('<span class="note">{}</span>').format(note) if note else Markup("")


def _later(context: ReportContext, rest: list[Outlook]) -> Part:
    keys = ("cap_resource", "service", "cap_order_by_day", "cap_even_day", "cap_likely", "cap_price", "owner")
    rows = [
        {
            "cap_resource": named(context, one.resource),
            "service": one.resource.service or formats.MISSING,
            "cap_order_by_day": by_day(context, one.safe.by),
            "cap_even_day": by_day(context, one.even.by),
            "cap_likely": by_day(context, one.crossing.likely),
            "cap_price": money(context, one.resource.step_price),
            "owner": one.resource.owner or formats.MISSING,
        }
        for one in rest
    ]
    return table({key: context.term(key) for key in keys}, rows)
