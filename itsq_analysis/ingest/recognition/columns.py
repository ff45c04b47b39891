"""Which column of an export is which: by its header, checked against what it holds; by what it holds where no header tells."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from itsq_analysis.ingest.header import normal
from itsq_analysis.ingest.recognition.profile import Profile
from itsq_analysis.ingest.recognition.vocabulary import Tool, meanings, word_meaning

TIMES = frozenset(
    [
        "opened_at",
        "acknowledged_at",
        "resolved_at",
        "closed_at",
        "updated_at",
        "due_at",
        "planned_start",
        "planned_end",
        "started_at",
        "ended_at",
        "approved_at",
        "sent_at",
        "answered_at",
        "event_time",
        "start",
        "known_error_at",
    ]
)
NUMBERS = {
    *("offered", "answered", "abandoned", "answered_in_target", "service_level", "average_wait", "average_handle", "score"),
}
WORDS = {"state": "state", "priority": "priority"}
FEW_WORDS = 60  # a column of words has at most so many different ones
IN_ORDER = 0.98  # share of rows in which a ticket's times must be in order
WEAKEST = 0.45  # a header that tells less is not believed


@dataclass
class Columns:
    """Which concept stands where.

    Attributes:
        places: concept -> position in the file.
        by_content: concepts that no header told, with why they were chosen.
    """

    places: dict[str, int] = field(default_factory=dict)
    by_content: dict[str, str] = field(default_factory=dict)

    def taken(self, place: int) -> bool:
        """Whether a position is used."""
        return place in self.places.values()


def recognised(
    profiles: Sequence[Profile], rows: int, tool: Tool | None, wanted: Collection[str], answers: Mapping[str, str]
) -> Columns:
    """Assign concepts to columns.

    Args:
        profiles: of the file's columns.
        rows: records of the file.
        tool: that wrote it, if known.
        wanted: the concepts that may be used.
        answers: concept -> header, as a person has said.
    """
    columns = Columns()
    named = {normal(profile.header): profile.place for profile in profiles}
    for concept, header in answers.items():
        if normal(header) in named and concept in wanted:
            columns.places[concept] = named[normal(header)]
    candidates = []
    for profile in profiles:
        for concept, strength in meanings(profile.header).items():
            if tool and concept == "opened_at" and normal(profile.header) in tool.opened_first:
                strength = 2.0
            fit = _fit(profile, concept, rows)
            if concept in wanted and concept not in answers and strength * fit >= WEAKEST:
                candidates.append((strength * fit, -profile.place, concept, profile.place))
        if tool and normal(profile.header) in tool.opened_first and "opened_at" in wanted and profile.is_time:
            candidates.append((2.0, 0, "opened_at", profile.place))
    for _, _, concept, place in sorted(candidates, reverse=True):
        if concept not in columns.places and not columns.taken(place):
            columns.places[concept] = place
    return columns


def _fit(profile: Profile, concept: str, rows: int) -> float:
    """How well a column's texts fit a concept, from 0 to 1."""
    if concept in TIMES:
        return 1.0 if profile.is_time else (0.5 if profile.kind == "empty" else 0.0)
    if concept in NUMBERS:
        timed = profile.kind == "duration" or (profile.kind == "clock" and concept.startswith("average_"))
        return 1.0 if profile.kind == "number" or timed else 0.0
    if profile.kind == "empty":
        return 0.5
    if profile.kind == "time":
        return 0.0
    if concept == "number":
        return 1.0 if profile.distinct > 1 or rows <= 1 else 0.3
    if concept in ("state", "priority", "impact", "urgency", "channel", "type", "risk", "outcome", "hold_reason"):
        known = _known(profile, WORDS.get(concept, ""))
        return 0.0 if profile.distinct > FEW_WORDS else 0.7 + 0.3 * known
    if concept in ("made_sla", "breached", "major"):
        return 1.0 if profile.distinct <= 12 else 0.0
    if concept in ("reassignment_count", "reopen_count", "duration"):
        return 1.0 if profile.kind == "number" else 0.0
    if concept == "short_description":
        return 0.5 + 0.5 * min(1.0, profile.distinct / max(1, 0.2 * profile.filled))
    return 1.0


def _known(profile: Profile, kind: str) -> float:
    """The share of a column's rows whose words the vocabulary knows."""
    if not kind:
        return 0.0
    total = sum(profile.words.values())
    known = sum(rows for word, rows in profile.words.items() if word_meaning(kind, word) or (kind == "priority" and word.isdigit()))
    return known / max(1, total)


def complete(columns: Columns, profiles: Sequence[Profile], rows: int, day_first: bool | None, wanted: Collection[str]) -> None:
    """Fill in by content what no header told: number, the time of opening, the end, state and priority."""
    free = [profile for profile in profiles if not columns.taken(profile.place) and profile.kind != "empty"]
    if "number" in wanted and "number" not in columns.places:
        unique = [column for column in free if column.filled == rows == column.distinct and not column.is_time and _short(column)]
        if unique:
            columns.places["number"] = unique[0].place
            columns.by_content["number"] = "every row has another text there"
    for concept in ("state", "priority"):
        if concept in wanted and concept not in columns.places:
            scored = [
                (_known(column, concept), column) for column in free if 2 <= column.distinct <= FEW_WORDS and column.kind == "text"
            ]
            best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
            if best[1] is not None and best[0] >= 0.6 and not columns.taken(best[1].place):
                columns.places[concept] = best[1].place
                columns.by_content[concept] = f"{best[0]:.0%} of its words are {concept}s"
    _complete_times(columns, profiles, rows, day_first, wanted)


def _short(profile: Profile) -> bool:
    return max(map(len, profile.words), default=0) <= 40


def _complete_times(
    columns: Columns, profiles: Sequence[Profile], rows: int, day_first: bool | None, wanted: Collection[str]
) -> None:
    times = [column for column in profiles if column.kind == "time" and not columns.taken(column.place)]
    if "opened_at" in wanted and "opened_at" not in columns.places:
        full = [column for column in times if column.filled >= 0.98 * rows]
        first = [
            column
            for column in full
            if all(in_order(column, other, day_first) >= IN_ORDER for other in times if other is not column)
        ]
        if first:
            columns.places["opened_at"] = first[0].place
            columns.by_content["opened_at"] = "always there, and before all other times"
            times = [column for column in times if column is not first[0]]
    _complete_ends(columns, profiles, times, rows, day_first, wanted)


def _complete_ends(
    columns: Columns,
    profiles: Sequence[Profile],
    times: Sequence[Profile],
    rows: int,
    day_first: bool | None,
    wanted: Collection[str],
) -> None:
    """The end of a ticket: the only other time that is not always there; between opening and closing, the resolution."""
    opened, closed = columns.places.get("opened_at"), columns.places.get("closed_at")
    if opened is None or "resolved_at" not in wanted or "resolved_at" in columns.places:
        return
    by_place = {column.place: column for column in profiles}
    later = [column for column in times if 0 < column.filled < rows and in_order(by_place[opened], column, day_first) >= IN_ORDER]
    if closed is not None:
        later = [
            column
            for column in later
            if in_order(column, by_place[closed], day_first) >= IN_ORDER and column.filled >= by_place[closed].filled
        ]
    if len(later) == 1:
        columns.places["resolved_at"] = later[0].place
        columns.by_content["resolved_at"] = (
            "the only other time, never before the opening" if closed is None else "the only time between opening and closing"
        )


def in_order(first: Profile, second: Profile, day_first: bool | None) -> float:
    """The share of rows with both times in which the first is not after the second; 1 where no row has both."""
    side = 1 if day_first is False else 0
    if first.times[side].size != second.times[side].size:
        return 1.0
    both = ~(np.isnan(first.times[side]) | np.isnan(second.times[side]))
    return float(np.mean(first.times[side][both] <= second.times[side][both])) if both.any() else 1.0
