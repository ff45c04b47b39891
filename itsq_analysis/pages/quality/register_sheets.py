"""The sheets of what people wrote down: exemptions, and actions with what became of the value."""

from __future__ import annotations

from typing import Any

import pandas as pd

from itsq_analysis.indicators.exempted import exemptions_frame
from itsq_analysis.page.cells import cell_rows, headings, in_unit, unit_word, yes
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Kind, Sheet
from itsq_analysis.pages.quality.actions import actions_frame

EXEMPTIONS: dict[str, Kind] = {
    **{"exempted_ticket": "text", "indicator": "text", "exempted_reason": "text", "approved": "text"},
    **{"approved_by": "text", "approved_on": "date", "unit": "text", "exempted_before": "number", "status_before": "text"},
    **{"exempted_value_after": "number", "status_after": "text"},
}
ACTIONS: dict[str, Kind] = {
    **{"action": "text", "indicator": "text", "cause": "text", "note_owner": "text", "note_due": "date", "note_done": "date"},
    **{"days_overdue": "count", "action_from": "text", "decision_needed": "text", "status": "text", "unit": "text"},
    **{"effect_before": "number", "effect_after": "number", "effect": "text"},
}


def exemptions_sheet(context: ReportContext) -> Sheet:
    """Every exemption asked for in the period: value before, value after, and who approved it."""
    frame = exemptions_frame(context.scope).rename(
        columns={
            "ticket": "exempted_ticket",
            "reason": "exempted_reason",
            "before": "exempted_before",
            "after": "exempted_value_after",
        }
    )
    say = {
        "approved": yes(context),
        "indicator": context.title,
        **{key: lambda word: context.term(word.replace(" ", "_")) for key in ("status_before", "status_after")},
    }
    cells = cell_rows(
        _with_units(frame, "exempted_before", "exempted_value_after"), EXEMPTIONS, unit=lambda unit: unit_word(context, unit), **say
    )
    return Sheet(context.term("exemptions"), headings(context, EXEMPTIONS, "exemptions"), cells, context.term("none"), fixed=1)


def actions_sheet(context: ReportContext) -> Sheet:
    """Every action: those still open, then those done with the value before and after."""
    names = {"about": "indicator", "owner": "note_owner", "due": "note_due", "done_on": "note_done", "period": "action_from"}
    frame = actions_frame(context).rename(columns={**names, "state": "status", "before": "effect_before", "after": "effect_after"})
    say: dict[str, Any] = {
        "decision_needed": yes(context),
        "status": lambda word: context.term(f"action_{word}"),
        "effect": lambda word: context.term(f"effect_{word}"),
        "unit": lambda unit: unit_word(context, unit),
    }
    cells = cell_rows(_with_units(frame, "effect_before", "effect_after"), ACTIONS, **say)
    return Sheet(context.term("actions"), headings(context, ACTIONS, "notes"), cells, context.term("none"), fixed=1)


def _with_units(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The frame with these columns as cells in the unit of their row."""
    made = {key: [in_unit(value, unit) for value, unit in zip(frame[key], frame["unit"], strict=True)] for key in columns}
    return frame.assign(**{key: pd.Series(cells, index=frame.index, dtype=object) for key, cells in made.items()})
