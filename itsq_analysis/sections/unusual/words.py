"""An event in words: when and how much, where, what happened before, what to check next."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from itsq_analysis.narrative import formats
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.narrative.length import shortened
from itsq_analysis.sections.brief import brief_day, commas
from itsq_analysis.sections.forecast.words import things
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.unusual.events import Event

NAME = 40  # columns of a name
PRECEDENTS = 2  # unusual happenings that are told
RARE = 0.25  # a month; rarer than that is told as once in so many months


def days_text(scene: Scene, event: Event) -> str:
    """The days of an event: "20 October", "22 to 25 October"."""
    if event.first == event.last:
        return brief_day(scene, event.first)
    return scene.say("unusual_days", first=brief_day(scene, event.first), last=brief_day(scene, event.last))


def subject(scene: Scene, event: Event) -> str:
    """Whose series it was."""
    told = event.told
    if not told.dimension:
        return scene.say("unusual_whole", things=things(scene, event.table))
    return member_text(scene, told.dimension, told.series)


def heading(scene: Scene, event: Event) -> str:
    """Who, when, how much."""
    size = round(abs(event.told.excess.size))
    key = "unusual_more" if event.told.up else "unusual_fewer"
    facts = {"days": days_text(scene, event), "n": scene.number(size), "things": things(scene, event.table)}
    return scene.say(key, who=subject(scene, event), **facts)


def lines(scene: Scene, event: Event) -> list[str]:
    """The event in sentences."""
    return [size(scene, event), *where(scene, event), *before(scene, event), follow_up(scene, event)]


def size(scene: Scene, event: Event) -> str:
    """Counted against expected, with the interval of the difference."""
    excess = event.told.excess
    ends = sorted((abs(excess.lower), abs(excess.upper)))
    facts = {"counted": scene.number(excess.counted), "expected": scene.number(excess.expected, 0 if excess.expected >= 9.5 else 1)}
    facts["things"] = things(scene, event.table)
    if not event.certain:
        return scene.say("unusual_size_chance", **facts)
    key = "unusual_size_more" if event.told.up else "unusual_size_fewer"
    return scene.say(key, **facts, low=scene.number(ends[0]), high=scene.number(ends[1]))


def where(scene: Scene, event: Event) -> Iterator[str]:
    """Which members carry it, at most five lines."""
    found = event.told.where
    if found.empty:
        yield scene.say("unusual_where_none")
        return
    for _, row in found.iterrows():
        facts = {
            "counted": scene.number(row["counted"]),
            "expected": scene.number(row["expected"], 0 if row["expected"] >= 9.5 else 1),
        }
        if pd.isna(row["first_dimension"]):
            if not event.told.dimension or len(found) == 1:
                yield scene.say("unusual_where_alike")
            continue
        parts = [("first_dimension", "first_member"), ("second_dimension", "second_member")]
        named = [member_text(scene, row[kind], row[name]) for kind, name in parts if pd.notna(row[kind])]
        also = [member_text(scene, kind, name) for kind, name in row["also"].items()]
        text = scene.say("unusual_where", who=scene.listed(named), **facts)
        yield (
            text + (scene.aside(scene.say("unusual_where_also", who=scene.listed(also))) if also else "") + scene.term("full_stop")
        )


def before(scene: Scene, event: Event) -> Iterator[str]:
    """The changes and outages before it that are unusual there; if none is, that there were as many as usual, or none."""
    if not event.told.up:
        return
    found = event.told.before
    unusual = found[found["unusual"].astype(bool)] if len(found) else found
    told = [_happening(scene, event, row) for _, row in unusual.head(PRECEDENTS).iterrows()]
    if told:
        yield from told[:-1]
        yield sentences([told[-1], scene.say("unusual_no_proof")], scene.language)
    elif len(found) and not _everywhere(event):
        yield scene.say("unusual_before_usual", n=scene.number(len(found)))
    else:
        yield scene.say("unusual_before_everywhere" if _everywhere(event) and len(found) else "unusual_before_none")


def _everywhere(event: Event) -> bool:
    """Whether the event could not be laid to services, so that what happened on any of them was looked at."""
    return event.told.before["service"].nunique() > 1


def _happening(scene: Scene, event: Event, row: pd.Series) -> str:
    what = scene.term(f"happening_{row['what']}") if row["kind"] == "outage" else _change_kind(scene, row)
    months = 1.0 / row["per_month"] if row["per_month"] > 0 else float("nan")
    if not row["alike"]:
        often = scene.say("unusual_never")
    elif row["per_month"] >= RARE:
        often = scene.say("unusual_often", n=scene.number(row["per_month"], 1))
    else:
        often = scene.say("unusual_seldom", n=scene.number(months))
    moment = f"{brief_day(scene, row['at'].date())} {row['at']:%H:%M}"
    key = "unusual_before_same_day" if row["at"].date() >= event.first else "unusual_before"
    return scene.say(key, number=shortened(str(row["id"]), NAME), what=what, moment=moment, often=often)


def _change_kind(scene: Scene, row: pd.Series) -> str:
    kind = scene.term(f"happening_{row['what']}") if pd.notna(row["what"]) else scene.term("happening_change")
    return commas(scene, [kind, *([scene.term(str(row["outcome"]))] if pd.notna(row["outcome"]) else [])])


def follow_up(scene: Scene, event: Event) -> str:
    """What to check next, by what is known of the event."""
    found = event.told.before
    unusual = found[found["unusual"].astype(bool)] if len(found) else found
    if len(unusual):
        first = unusual.iloc[0]
        key = "unusual_check_change" if first["kind"] == "change" else "unusual_check_outage"
        return scene.say(key, number=shortened(str(first["id"]), NAME), things=things(scene, event.table))
    if not event.told.up:
        everywhere = event.told.where["first_dimension"].isna().any()
        return scene.say("unusual_check_recording" if everywhere else "unusual_check_lack")
    return scene.say("unusual_check_tickets", list=scene.listed(examples(scene, event)), things=things(scene, event.table))


def examples(scene: Scene, event: Event, most: int = 3) -> list[str]:
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
    rows = scene.query(
        f'SELECT number FROM "{event.table}" WHERE {where} ORDER BY opened_at, number LIMIT {most}',
        **facts,
        **_bounds(scene, event),
    )
    return [shortened(number, NAME) for number in rows["number"]]


def _bounds(scene: Scene, event: Event) -> dict[str, object]:
    zone = scene.workspace.settings.organisation.zone
    excess = event.told.excess
    return {
        "first": excess.start.tz_localize(zone).to_pydatetime(),
        "last": (excess.end + pd.Timedelta(days=1)).tz_localize(zone).to_pydatetime(),
    }


def member_text(scene: Scene, dimension: str, member: object) -> str:
    """A member as a sentence names it."""
    if dimension in ("category", "ci"):
        return scene.term(f"{dimension}_named").format(name=shortened(str(member), NAME))
    if dimension in ("service", "group"):
        return shortened(str(member), NAME)
    return scene.named(dimension, member)


def day_of(scene: Scene, moment: pd.Timestamp) -> str:
    """A moment to the minute, for a table."""
    return formats.minute(moment, scene.language)
