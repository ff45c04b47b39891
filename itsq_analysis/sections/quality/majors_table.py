"""Major incidents one by one, with what nobody has recorded said, and causes that came back."""

from __future__ import annotations

from datetime import date

import pandas as pd
from markupsafe import Markup

from itsq_analysis.narrative import formats
from itsq_analysis.sections.quality.causes import Repeated, repeated_causes
from itsq_analysis.sections.quality.majors import Major, are_marked, majors, outages, review_days_over
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Html, bullets, paragraph, subheading, table

SHOWN = 15  # incidents in the table; of services, incidents and causes in a sentence, a few
FEW = 5
COLUMNS = ("number_service", "course", "users_lost", "cause", "links", "action", "review")


def majors_answer(scene: Scene) -> list[str]:
    """How many, how long, for whom; nothing where the data could not hold any."""
    found = majors(scene)
    if not found:
        if not are_marked(scene):
            return [scene.say("majors_unmarked")]
        known = scene.now(["incidents_opened"])["incidents_opened"]["value"] > 0 or not outages(scene).empty
        return [scene.say("majors_none")] if known else []
    hours = [one.hours for one in found if one.hours is not None]
    lost = [one.user_hours for one in found if one.user_hours is not None]
    facts = [scene.say("majors_longest", n=len(found), time=formats.duration(max(hours), scene.language))] if hours else []
    facts += [scene.say("majors_user_hours", n=scene.number(sum(lost)))] if lost else []
    told = scene.aside((", " if scene.language == "en" else "\N{FULLWIDTH COMMA}").join(facts)) if facts else ""
    return [scene.say("majors_count", n=len(found), facts=told)]


def majors_parts(scene: Scene) -> list[Html]:
    """The list, the overdue reviews, and the repeated causes; nothing for no incident."""
    found = majors(scene)
    if not found:
        return []
    rows = [_row(scene, one) for one in found[:SHOWN]]
    listed = table({key: scene.term(key) for key in COLUMNS}, rows, numeric={"users_lost"})
    rest = len(found) - len(rows)
    more = [paragraph(scene.say("majors_rest", n=rest))] if rest else []
    repeated = [_repeated(scene, one) for one in repeated_causes(scene)]
    told = [bullets([*_overdue(scene, found), *repeated[:FEW]])] if repeated or any(_overdue(scene, found)) else []
    return [subheading(scene.say("majors_list")), *told, listed, *more]


def _overdue(scene: Scene, found: list[Major]) -> list[str]:
    """Those restored more than five working days ago whose review has not been held."""
    late = [one.number for one in found if one.reviewed_on is None and (review_days_over(scene, one) or 0) > 0]
    return [scene.say("review_overdue", n=len(late), list=capped(scene, late))] if late else []


def capped(scene: Scene, names: list[str], more_of: str = "and_more") -> str:
    """The first few names, and how many more there are."""
    more = [scene.say(more_of, n=len(names) - FEW)] if len(names) > FEW else []
    return scene.listed([*names[:FEW], *more])


def _repeated(scene: Scene, one: Repeated) -> str:
    first = formats.day(one.days[0], scene.language)
    return scene.say("repeated_cause", cause=one.cause, n=len(one.numbers), first=first, list=capped(scene, [*one.numbers]))


def _row(scene: Scene, one: Major) -> dict[str, str | Markup]:
    """One incident; what is not recorded says so."""
    users = _or_not(scene, None if one.users is None else scene.number(one.users))
    lost = _or_not(scene, None if one.user_hours is None else scene.number(one.user_hours))
    return {
        "number_service": lines(one.number, one.service or scene.term("unknown")),
        "course": _course(scene, one),
        "users_lost": f"{users} / {lost}" if one.users is not None else users,
        "cause": _or_not(scene, one.cause),
        "links": lines(*(_labelled(scene, key, value) for key, value in (("change", one.change), ("problem", one.problem)))),
        "action": _or_not(scene, one.action),
        "review": _review(scene, one),
    }


def _course(scene: Scene, one: Major) -> Markup:
    """Start, detected, restored and length, one a line."""
    moments = {"start": one.started, "detected": one.detected, "restored": one.restored_at}
    told, day = [], None
    for key, moment in moments.items():
        if key != "restored" or one.restored:
            told.append(_labelled(scene, key, None if moment is None else _minute(scene, moment, day)))
            day = day if moment is None else _local(scene, moment).date()
    if one.hours is not None:
        time = formats.duration(one.hours, scene.language)
        told.append(time if one.restored else scene.say("not_restored", time=time))
    elif not one.restored:
        told.append(scene.term("still_open"))
    return lines(*told)


def _local(scene: Scene, moment: pd.Timestamp) -> pd.Timestamp:
    return moment.tz_convert(scene.workspace.settings.organisation.zone)


def _minute(scene: Scene, moment: pd.Timestamp, told: date | None) -> str:
    """A moment; the time alone on a day that was just told."""
    local = _local(scene, moment)
    return f"{local:%H:%M}" if local.date() == told else formats.minute(local, scene.language)


def _review(scene: Scene, one: Major) -> Markup | str:
    over = review_days_over(scene, one)
    if one.reviewed_on is not None:
        day = formats.day(one.reviewed_on, scene.language)
        return lines(day, scene.say("review_late", n=over)) if over else day
    return lines(scene.term("not_recorded"), scene.say("review_missing", n=over)) if over else scene.term("not_recorded")


def _labelled(scene: Scene, key: str, value: str | None) -> str:
    return scene.say("labelled", label=scene.term(key), text=_or_not(scene, value))


def _or_not(scene: Scene, value: str | None) -> str:
    return value or scene.term("not_recorded")


def lines(first: str, *rest: str) -> Markup:
    """A cell whose further lines are smaller.

    >>> str(lines("INC1", "E-mail <x>"))
    'INC1 <span class="note">E-mail &lt;x&gt;</span>'
    """
    return Markup("{}").format(first) + Markup("").join(Markup(' <span class="note">{}</span>').format(text) for text in rest)
