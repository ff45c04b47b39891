"""An event in words: when and how much, where, what happened before, what to check next."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from itsq_analysis.page.brief import brief_day, commas
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.forecast.words import things
from itsq_analysis.pages.unusual.events import Event
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences
from itsq_analysis.text.length import shortened

NAME = 40  # columns of a name
PRECEDENTS = 2  # unusual happenings that are told
RARE = 0.25  # a month; rarer than that is told as once in so many months


def days_text(context: ReportContext, event: Event) -> str:
    """The days of an event: "20 October", "22 to 25 October"."""
    if event.first == event.last:
        return brief_day(context, event.first)
    return context.say("unusual_days", first=brief_day(context, event.first), last=brief_day(context, event.last))


def subject(context: ReportContext, event: Event) -> str:
    """Whose series it was."""
    told = event.told
    if not told.dimension:
        return context.say("unusual_whole", things=things(context, event.table))
    return member_text(context, told.dimension, told.series)


def heading(context: ReportContext, event: Event) -> str:
    """Who, when, how much."""
    size = round(abs(event.told.excess.size))
    key = "unusual_more" if event.told.up else "unusual_fewer"
    facts = {"days": days_text(context, event), "n": context.number(size), "things": things(context, event.table)}
    return context.say(key, who=subject(context, event), **facts)


def lines(context: ReportContext, event: Event) -> list[str]:
    """The event in sentences."""
    return [size(context, event), *where(context, event), *before(context, event), follow_up(context, event)]


def size(context: ReportContext, event: Event) -> str:
    """Counted against expected, with the interval of the difference."""
    excess = event.told.excess
    ends = sorted((abs(excess.lower), abs(excess.upper)))
    facts = {
        "counted": context.number(excess.counted),
        "expected": context.number(excess.expected, 0 if excess.expected >= 9.5 else 1),
    }
    facts["things"] = things(context, event.table)
    if not event.certain:
        return context.say("unusual_size_chance", **facts)
    key = "unusual_size_more" if event.told.up else "unusual_size_fewer"
    return context.say(key, **facts, low=context.number(ends[0]), high=context.number(ends[1]))


def where(context: ReportContext, event: Event) -> Iterator[str]:
    """Which members carry it, at most five lines."""
    found = event.told.where
    if found.empty:
        yield context.say("unusual_where_none")
        return
    for _, row in found.iterrows():
        facts = {
            "counted": context.number(row["counted"]),
            "expected": context.number(row["expected"], 0 if row["expected"] >= 9.5 else 1),
        }
        if pd.isna(row["first_dimension"]):
            if not event.told.dimension or len(found) == 1:
                yield context.say("unusual_where_alike")
            continue
        parts = [("first_dimension", "first_member"), ("second_dimension", "second_member")]
        named = [member_text(context, row[kind], row[name]) for kind, name in parts if pd.notna(row[kind])]
        also = [member_text(context, kind, name) for kind, name in row["also"].items()]
        text = context.say("unusual_where", who=context.listed(named), **facts)
        yield (
            text
            + (context.aside(context.say("unusual_where_also", who=context.listed(also))) if also else "")
            + context.term("full_stop")
        )


def before(context: ReportContext, event: Event) -> Iterator[str]:
    """The changes and outages before it that are unusual there; if none is, that there were as many as usual, or none."""
    if not event.told.up:
        return
    found = event.told.before
    unusual = found[found["unusual"].astype(bool)] if len(found) else found
    told = [_happening(context, event, row) for _, row in unusual.head(PRECEDENTS).iterrows()]
    if told:
        yield from told[:-1]
        yield sentences([told[-1], context.say("unusual_no_proof")], context.language)
    elif len(found) and not _everywhere(event):
        yield context.say("unusual_before_usual", n=context.number(len(found)))
    else:
        yield context.say("unusual_before_everywhere" if _everywhere(event) and len(found) else "unusual_before_none")


def _everywhere(event: Event) -> bool:
    """Whether the event could not be laid to services, so that what happened on any of them was looked at."""
    return event.told.before["service"].nunique() > 1


def _happening(context: ReportContext, event: Event, row: pd.Series) -> str:
    what = context.term(f"happening_{row['what']}") if row["kind"] == "outage" else _change_kind(context, row)
    months = 1.0 / row["per_month"] if row["per_month"] > 0 else float("nan")
    if not row["alike"]:
        often = context.say("unusual_never")
    elif row["per_month"] >= RARE:
        often = context.say("unusual_often", n=context.number(row["per_month"], 1))
    else:
        often = context.say("unusual_seldom", n=context.number(months))
    moment = f"{brief_day(context, row['at'].date())} {row['at']:%H:%M}"
    key = "unusual_before_same_day" if row["at"].date() >= event.first else "unusual_before"
    return context.say(key, number=shortened(str(row["id"]), NAME), what=what, moment=moment, often=often)


def _change_kind(context: ReportContext, row: pd.Series) -> str:
    kind = context.term(f"happening_{row['what']}") if pd.notna(row["what"]) else context.term("happening_change")
    return commas(context, [kind, *([context.term(str(row["outcome"]))] if pd.notna(row["outcome"]) else [])])


def follow_up(context: ReportContext, event: Event) -> str:
    """What to check next, by what is known of the event."""
    found = event.told.before
    unusual = found[found["unusual"].astype(bool)] if len(found) else found
    if len(unusual):
        first = unusual.iloc[0]
        key = "unusual_check_change" if first["kind"] == "change" else "unusual_check_outage"
        return context.say(key, number=shortened(str(first["id"]), NAME), things=things(context, event.table))
    if not event.told.up:
        everywhere = event.told.where["first_dimension"].isna().any()
        return context.say("unusual_check_recording" if everywhere else "unusual_check_lack")
    return context.say("unusual_check_tickets", list=context.listed(examples(context, event)), things=things(context, event.table))


def examples(context: ReportContext, event: Event, most: int = 3) -> list[str]:
    """Numbers of the first tickets that carry it."""
    found = event.told.where
    conditions, facts = [], {}
    columns = {
        "service": "service",
        "group": "assignment_group",
        "category": "category",
        "priority": "priority",
        "channel": "channel",
    }
    parts = {event.told.dimension: event.told.series} if event.told.dimension else {}
    if len(found) and pd.notna(found.iloc[0]["first_dimension"]):
        row = found.iloc[0]
        parts |= {
            row[f"{place}_dimension"]: row[f"{place}_member"]
            for place in ("first", "second")
            if pd.notna(row[f"{place}_dimension"])
        }
    for place, (dimension, member) in enumerate(parts.items()):
        conditions.append(f'CAST("{columns.get(dimension, "ci")}" AS VARCHAR) = $member{place}')
        facts[f"member{place}"] = member
    where = " AND ".join([*conditions, "opened_at >= $first AND opened_at < $last"])
    rows = context.query(
        f'SELECT number FROM "{event.table}" WHERE {where} ORDER BY opened_at, number LIMIT {most}',
        **facts,
        **_bounds(context, event),
    )
    return [shortened(number, NAME) for number in rows["number"]]


def _bounds(context: ReportContext, event: Event) -> dict[str, object]:
    zone = context.workspace.settings.organisation.zone
    excess = event.told.excess
    return {
        "first": excess.start.tz_localize(zone).to_pydatetime(),
        "last": (excess.end + pd.Timedelta(days=1)).tz_localize(zone).to_pydatetime(),
    }


def member_text(context: ReportContext, dimension: str, member: object) -> str:
    """A member as a sentence names it."""
    if dimension in ("category", "ci"):
        return context.term(f"{dimension}_named").format(name=shortened(str(member), NAME))
    if dimension in ("service", "group"):
        return shortened(str(member), NAME)
    return context.named(dimension, member)


def day_of(context: ReportContext, moment: pd.Timestamp) -> str:
    """A moment to the minute, for a table."""
    return formats.minute(moment, context.language)
