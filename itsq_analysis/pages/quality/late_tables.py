"""Late incidents one by one, and open ones that are or soon will be late."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from itsq_analysis.indicators.late import KINDS, soon_until
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, folded, paragraph, shortened, subheading, table
from itsq_analysis.text import formats

SHOWN = 15  # incidents in one table; how many more there are is said
OPENED = 5  # of the worst ones without opening a fold
LATE = ("number_priority", "service", "group_at_limit", "over", "whole", "spent_on")
OPEN = ("number_priority", "service", "group_at_limit", "due_at", "over", "spent_on")
SOON = ("number_priority", "service", "holder", "due_at", "left", "spent_on")
NUMERIC = {"over", "left", "whole"}
LEAST = 0.05  # hours: a shorter stay is not told


def worst_table(context: ReportContext, late: pd.DataFrame) -> list[Html]:
    """The worst late incidents: P1 first, then by hours over the limit."""
    if late.empty:
        return []
    shown = _worst(late)
    rest = len(late) - len(shown)
    more = [paragraph(context.say("late_more", n=context.number(rest)))] if rest else []
    columns, rows = _cells(context, shown, LATE)
    parts = shortened(columns, rows, OPENED, context.say("late_next", n=len(rows) - OPENED), numeric=NUMERIC)
    return [subheading(context.say("late_list")), *parts, *more]


def open_tables(context: ReportContext, frame: pd.DataFrame) -> list[Html]:
    """Incidents open at the end of the period that are late, and those that will be within five working days."""
    late, soon = (frame[frame["standing"] == standing] for standing in ("open", "soon"))
    return [
        subheading(context.say("late_open", n=context.number(len(late)))),
        *_some(context, late, _worst(late), OPEN),
        subheading(_soon_title(context, len(soon))),
        *_some(context, soon, soon.sort_values(["due_at", "number"]).head(SHOWN), SOON),
    ]


def _soon_title(context: ReportContext, count: int) -> str:
    if not count:
        return context.say("late_soon_none")
    zone = context.workspace.settings.organisation.zone
    until = soon_until(context.workspace.settings, context.workspace.calendar, min(context.period.bounds(zone)[1], context.moment))
    return context.say("late_soon", until=formats.minute(until.astimezone(zone), context.language), n=context.number(count))


def _some(context: ReportContext, rows: pd.DataFrame, shown: pd.DataFrame, names: tuple[str, ...]) -> list[Html]:
    """A folded table that says of how many incidents it shows some; nothing for none."""
    if rows.empty:
        return []
    part = context.say("late_shown", shown=len(shown), n=context.number(len(rows)))
    return [folded(part if len(shown) < len(rows) else context.term("show_table"), _table(context, shown, names))]


def _worst(rows: pd.DataFrame) -> pd.DataFrame:
    """P1 first, then by hours over the limit; a limit not known last."""
    first = rows["priority"].ne(1).fillna(True)
    return rows.assign(first=first).sort_values(["first", "over", "number"], ascending=[True, False, True]).head(SHOWN)


def _table(context: ReportContext, rows: pd.DataFrame, names: tuple[str, ...]) -> Html:
    columns, told = _cells(context, rows, names)
    return table(columns, told, numeric=NUMERIC)


def _cells(
    context: ReportContext, rows: pd.DataFrame, names: tuple[str, ...]
) -> tuple[dict[str, str], list[dict[str, str | Markup]]]:
    """Headings, and one row per incident; the service is left out where none is known."""
    columns = {name: context.term(name) for name in names if name != "service" or rows["service"].notna().any()}
    told = [_told(context, row) for _, row in rows.iterrows()]
    return columns, [{name: row[name] for name in columns} for row in told]


def _told(context: ReportContext, row: pd.Series) -> dict[str, str | Markup]:
    """Every cell of an incident."""
    group = _with_note(context.member("group", row["group"]), row["supplier"])
    return {
        "number_priority": _with_note(row["number"], context.member("priority", row["priority"])),
        "service": formats.MISSING if pd.isna(row["service"]) else str(row["service"]),
        "group_at_limit": group,
        "holder": group,
        "due_at": formats.minute(row["due_at"], context.language),
        "over": _hours(context, row["over"]),
        "left": _hours(context, -row["over"]),
        "whole": _hours(context, row["whole"]),
        "spent_on": _spent_on(context, row),
    }


def _with_note(text: str, note: str | None) -> Markup:
    """A cell with a smaller line beneath, if there is one."""
    smaller = Markup("") if pd.isna(note) else Markup(' <span class="note">{}</span>').format(note)
    return Markup("{}").format(text) + smaller


def _spent_on(context: ReportContext, row: pd.Series) -> Markup:
    """The kinds on which an incident's hours went, one a line, most first."""
    if pd.isna(row["worked"]):
        return Markup("{}").format(context.term("not_measurable"))
    spent = sorted(((float(row[kind]), -place) for place, kind in enumerate(KINDS) if row[kind] >= LEAST), reverse=True)
    told = [f"{context.term(KINDS[-place])} {context.number(hours, 1)}" for hours, place in spent]
    return Markup(" <br>").join(told or [formats.MISSING])


def _hours(context: ReportContext, hours: float) -> str:
    return formats.MISSING if pd.isna(hours) else context.number(hours, 1)
