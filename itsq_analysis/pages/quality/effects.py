"""What became of a value after an action was done: the note's period against the report's, beyond chance or not."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Literal

import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.notes import Note, scope

Word = Literal["better", "worse", "changed", "same", "early", "unmeasured"]


@dataclass(frozen=True)
class Effect:
    """A value in the period of a note and in the report's period (rows of the value frame), and how they differ.

    `word`: "better", "worse" or "changed" beyond chance; "same": no difference beyond chance; "early": no whole period has passed
    since the action was done; "unmeasured": one of the values, or its interval, is missing.
    """

    before: pd.Series | None
    after: pd.Series | None
    word: Word


def effect(context: ReportContext, note: Note) -> Effect:
    """The effect of a done action: its indicator, of the note's service or group where the indicator can be told by it.

    A difference after an action is no proof that the action made it.
    """
    if not note.known or note.done_on is None:
        return Effect(None, None, "unmeasured")
    before = _row(context, note, note.period.label)
    if note.done_on >= context.period.start or context.period.start < note.period.end:
        return Effect(before, None, "early")
    after = _row(context, note, context.period.label)
    if before is None or after is None:
        return Effect(before, after, "unmeasured")
    return Effect(before, after, _word(context.workspace.catalogue[note.indicator].better, before, after))


def _row(context: ReportContext, note: Note, period: str) -> pd.Series | None:
    by, member = scope(context, note)
    frame = context.workspace.indicators([note.indicator], period, by=by, as_of=context.moment)
    frame = frame if by is None else frame[frame["member"] == member]
    if frame.empty or pd.isna(frame.iloc[0]["value"]):
        return None
    row = frame.iloc[0].copy()
    row["certainty_n"] = row["denominator"] if pd.notna(row["denominator"]) else row["n"]
    return row


def _word(better: str, before: pd.Series, after: pd.Series) -> Word:
    """Whether the 95 % interval of the difference leaves out zero.

    The interval is made of those of the two values (Zou and Donner 2008, Statistics in Medicine 27:1693; of two Wilson intervals
    it is Newcombe's).

    >>> wide, narrow = {"value": 0.9, "lower": 0.8, "upper": 0.98}, {"value": 0.97, "lower": 0.96, "upper": 0.98}
    >>> _word("higher", pd.Series(wide), pd.Series(narrow)), _word("higher", pd.Series(wide | {"upper": 0.91}), pd.Series(narrow))
    ('same', 'better')
    """
    limits = [row[key] for row in (before, after) for key in ("lower", "upper")]
    if any(pd.isna(limit) for limit in limits):
        return "unmeasured"
    difference = after["value"] - before["value"]
    lower = difference - hypot(after["value"] - after["lower"], before["upper"] - before["value"])
    upper = difference + hypot(after["upper"] - after["value"], before["value"] - before["lower"])
    if lower <= 0 <= upper:
        return "same"
    if better == "none":
        return "changed"
    return "better" if (difference > 0) == (better == "higher") else "worse"
