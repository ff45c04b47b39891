"""What was unusual: a calendar of the last weeks, every event of the period explained, and what came after doubtful changes."""

from __future__ import annotations

from collections.abc import Sequence

from itsq_analysis.narrative import clauses
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.narrative.length import shortened
from itsq_analysis.sections.brief import brief_day, spaced, tight
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, bullets, paragraph, subheading
from itsq_analysis.sections.section import shortened as shortened_table
from itsq_analysis.sections.unusual.calendar import calendar
from itsq_analysis.sections.unusual.events import Event, Unusual, unusual_events
from itsq_analysis.sections.unusual.impacts import DAYS, Effect, impacts
from itsq_analysis.sections.unusual.levels import Level, levels
from itsq_analysis.sections.unusual.words import NAME, day_of, heading, lines

TABLE = "incidents"
TOLD = 5  # events told one by one
ROWS = 8  # changes before the fold
A_YEAR = 12  # months
COLUMNS = (
    "change_number", "service", "took_effect", "outcome_of_change", "came_after", "was_expected", "difference", "named_as_cause"
)  # fmt: skip


def unusual(scene: Scene) -> Section:
    """The anomalies of the period; that there was none is told too."""
    found = unusual_events(scene)
    title = scene.term("unusual")
    if not found.series:
        return Section("unusual", title, scene.say("unusual_short"))
    inside = found.within(scene.period.start, scene.period.end)
    certain = [one for one in inside if one.certain]
    largest = sorted(certain, key=lambda one: -abs(one.told.excess.size))
    told = largest[:TOLD]
    parts: list[Part] = [calendar(scene, found.start, found.end, [one for one in found.events if one.certain], TABLE)]
    for event in sorted(told, key=lambda one: one.first):
        parts += [subheading(heading(scene, event)), bullets(lines(scene, event), "notes")]
    if told:
        tested = max(one.told.where.attrs["tested"] for one in told)
        parts.append(paragraph(scene.say("unusual_method", tested=scene.number(tested))))
    further = sorted(largest[TOLD:], key=lambda one: one.first)
    parts += _others(scene, further, [one for one in inside if not one.certain], found)
    shifted = levels(scene, found.start, found.end)
    parts += _levels(scene, shifted)
    parts += _changes(scene, certain)
    return Section("unusual", title, _answer(scene, found, largest, shifted), tuple(parts))


def _answer(scene: Scene, found: Unusual, largest: Sequence[Event], shifted: Sequence[Level]) -> str:
    """What was unusual, the largest first, or that nothing was; and what an alarm is worth."""
    if largest:
        key = "unusual_found" if len(largest) <= TOLD else "unusual_found_many"
        facts = {"n": scene.number(len(largest)), "most": TOLD, "period": scene.period_name}
        first = scene.say(key, list=_headings(scene, largest[:TOLD]), **facts)
    else:
        first = scene.say("unusual_none", period=scene.period_name)
    listed = spaced(scene, scene.listed(shortened(one.member, NAME) for one in shifted))
    moved = [tight(scene.say("unusual_level_answer", list=listed))] if shifted else []
    return sentences([first, *moved, scene.say("unusual_budget", series=scene.number(found.series), n=A_YEAR)], scene.language)


def _headings(scene: Scene, events: Sequence[Event]) -> str:
    return clauses([heading(scene, one) for one in events], scene.language)


def _others(scene: Scene, further: Sequence[Event], perhaps: Sequence[Event], found: Unusual) -> list[Part]:
    """Events that are not told one by one, alarms that may be chance, and events of the weeks before the period."""
    told = [scene.say("unusual_further", list=_headings(scene, further))] if further else []
    if perhaps:
        told.append(scene.say("unusual_may_be_chance", list=_headings(scene, perhaps)))
    earlier = [one for one in found.events if one.certain and one.last < scene.period.start]
    if earlier:
        told.append(scene.say("unusual_earlier", list=_headings(scene, earlier)))
    return [paragraph(text) for text in told]


def _levels(scene: Scene, shifted: Sequence[Level]) -> list[Part]:
    """Services whose level changed in the weeks looked back over, and stayed."""
    told = []
    for one in shifted:
        facts = {
            "who": shortened(one.member, NAME),
            "day": brief_day(scene, one.at),
            "first": brief_day(scene, one.earliest),
            "last": brief_day(scene, one.latest),
            "before": scene.number(one.before, 1),
            "after": scene.number(one.after, 1),
        }
        way = "up" if one.after > one.before else "down"
        told.append(scene.say(f"unusual_level_{way}" if one.latest > one.earliest else f"unusual_level_{way}_day", **facts))
    return [subheading(scene.say("unusual_levels")), bullets(told, "notes")] if told else []


def _changes(scene: Scene, certain: Sequence[Event]) -> list[Part]:
    """Changes that failed or lie before an event, with the incidents after them."""
    found = impacts(scene, certain)
    if not found:
        return []
    columns = {key: scene.term(key) for key in COLUMNS}
    more = scene.say("unusual_more_changes", n=len(found) - ROWS)
    numeric = {"came_after", "was_expected", "named_as_cause"}
    rows = [_row(scene, one) for one in found]
    return [
        subheading(scene.say("unusual_changes", days=DAYS)),
        *shortened_table(columns, rows, ROWS, more, numeric=numeric),
        paragraph(scene.say("unusual_changes_note", days=DAYS)),
    ]


def _row(scene: Scene, one: Effect) -> dict[str, str]:
    impact = one.impact
    low, high = scene.number(impact.lower), scene.number(impact.upper)
    difference = scene.say("unusual_difference", size=_signed(scene, impact.excess), low=low, high=high)
    word = scene.term("certain" if one.certain else "could_be_chance")
    return {
        "change_number": shortened(one.number, NAME),
        "service": shortened(one.service, NAME),
        "took_effect": day_of(scene, one.at),
        "outcome_of_change": scene.term(one.outcome) if one.outcome else scene.term("unknown"),
        "came_after": scene.number(impact.counted),
        "was_expected": scene.number(impact.expected, 0 if impact.expected >= 9.5 else 1),
        "difference": difference + scene.aside(word),
        "named_as_cause": scene.number(one.named),
    }


def _signed(scene: Scene, size: float) -> str:
    text = scene.number(size)
    return f"+{text}" if round(size) > 0 else text
