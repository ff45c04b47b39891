"""What the words of an export's columns say, proposed for the columns of a table; what nobody knows is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from itsq_analysis.ingest.checks import MARKS
from itsq_analysis.ingest.header import normal
from itsq_analysis.ingest.recognition.profile import Profile
from itsq_analysis.ingest.recognition.vocabulary import Tool, answers, scale_of, word_meaning
from itsq_analysis.ingest.values import FALSE, TRUE, is_outside, look_up
from itsq_analysis.tables import Column, Contract

Value = str | int | float | bool

STATES = {
    "incidents": {"new": "new", "active": "in_progress"},
    "requests": {"new": "open", "active": "in_progress", "resolved": "fulfilled", "closed": "fulfilled"},
    "changes": {"active": "implement", "on_hold": "scheduled", "resolved": "closed"},
    "problems": {"active": "root_cause_analysis", "on_hold": "assess"},
}
ASKED = frozenset(("state", "priority", "type", "outcome"))  # columns whose unknown words are asked for
LEAST_SHARE = 0.001  # of the rows, below which an unknown word is told but not asked for


@dataclass
class Meanings:
    """What the words of a column mean.

    Attributes:
        values: word -> canonical value, as far as the column's own reading does not do without.
        told: word -> rows, value: all words, for a person to look at.
        unknown: word -> rows that nothing explains.
    """

    values: dict[str, Value] = field(default_factory=dict)
    told: list[tuple[str, int, Value | None]] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)


def word_values(
    table: Contract, column: Column, profile: Profile, tool: Tool | None, given: Mapping[str, str], *, breached: bool = False
) -> Meanings:
    """What the words of one column mean.

    Args:
        table: the canonical table.
        column: its column: a choice, a scale such as priority, or yes/no.
        profile: of the file's column.
        tool: that wrote it, if known; what it alone means goes before the vocabulary.
        given: word -> canonical value, as a person has said.
        breached: the words tell whether the agreed time was missed, the column whether it was kept.
    """
    found = Meanings()
    codes = {normal(word): value for word, value in (tool.codes.get(table.name, {}).get(column.name, {}) if tool else {}).items()}
    scale = scale_of(profile.words) if column.name == "priority" else {}
    stated = {normal(word): value for word, value in given.items()}
    for word, rows in profile.words.items():
        value: Value | None
        if normal(word) in stated:
            value = _typed(column, stated[normal(word)])
        elif normal(word) in codes:
            value = codes[normal(word)]
        elif word in scale:
            value = scale[word]
        else:
            value = _meaning(table, column, word, breached=breached)
        plain = look_up(column, [word], {}, frozenset()).values.get(word)
        if value is None and not breached:
            value = plain
        if value is not None and is_outside(column, value):
            value = None
        if value is None and word.strip().upper() not in MARKS:
            found.unknown[word] = rows
        elif value is not None and (value != plain or breached):
            found.values[word] = value
        found.told.append((word, rows, value))
    return found


def _typed(column: Column, text: str) -> Value:
    if column.type == "int" and re.fullmatch(r"\d+", text):
        return int(text)
    return text.lower() in TRUE if column.type == "bool" else text


def _meaning(table: Contract, column: Column, word: str, *, breached: bool) -> Value | None:
    """What the vocabulary says of a word; None where it says nothing, or nothing that the column can hold."""
    if column.type == "bool":
        yes, no = answers("made_sla")
        key = normal(word)
        is_yes = key in TRUE or (key in yes and not breached)
        is_no = key in FALSE or (key in no and not breached)
        if breached:  # yes means late; other words say themselves whether it was in time
            return False if key in TRUE or (key in no and key not in FALSE) else True if key in FALSE or key in yes else None
        return True if is_yes else False if is_no else None
    if column.name in ("priority", "impact", "urgency"):
        meaning = word_meaning("priority", word)
        most = int(column.max or 5)
        if column.name != "priority":  # 1 high, 2 medium, 3 low
            return {"1": 1, "2": 1, "3": 2, "4": 3, "5": 3}.get(meaning or "") if not word.strip().isdigit() else None
        return min(int(meaning), most) if meaning and not word.strip().isdigit() else None
    if column.name == "state":
        own = {normal(value): value for value in column.values}
        if normal(word) in own:
            return own[normal(word)]
        meaning = word_meaning("state", word)
        value = STATES.get(table.name, {}).get(meaning or "", meaning)
        return value if value in column.values else None
    if column.name in ("channel", "type", "outcome", "risk", "hold_reason"):
        meaning = word_meaning(column.name, word)
        return meaning if meaning in column.values else None
    return None
