"""Late incidents one by one, and open ones that are or soon will be late; page and workbook."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from itsq_analysis.indicators.late import KINDS, LateIncident, late_frame, late_incidents, longest_kinds, soon_late_until
from itsq_analysis.page.cells import cell_rows, headings
from itsq_analysis.page.columns import Declared, declared_table
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, folded, lines, paragraph, subheading
from itsq_analysis.page.spreadsheet import Kind, Sheet
from itsq_analysis.text import formats

SHOWN = 15  # incidents in one table; how many more there are is said
OPENED = 5  # of the worst ones without opening a fold
LEAST = 0.05  # hours: a shorter stay is not told
LATE = ("number_priority", "service", "group_at_limit", "over", "whole", "spent_on")
OPEN = ("number_priority", "service", "group_at_limit", "due_at", "over", "spent_on")
SOON = ("number_priority", "service", "holder", "due_at", "left", "spent_on")
STANDINGS = ("late", "open", "soon")
SHEET: dict[str, Kind] = {
    **dict.fromkeys(("number", "standing", "service", "priority", "assignment_group", "supplier"), "text"),
    **{"opened_at": "time", "due_at": "time", "over": "hours", "whole": "hours"},
    **dict.fromkeys(KINDS, "hours"),
}


def late_list(context: ReportContext) -> list[Html]:
    """The worst of those resolved late: P1 first, then by hours over the limit."""
    late = late_incidents(context.scope, "late")
    if not late:
        return []
    shown, rest = late[:SHOWN], len(late) - SHOWN
    parts = [_table(context, shown, LATE)]
    if len(shown) > OPENED + 1:  # one row more is not worth a fold
        more = context.say("late_next", n=len(shown) - OPENED)
        parts = [_table(context, shown[:OPENED], LATE), folded(more, _table(context, shown[OPENED:], LATE))]
    parts += [paragraph(context.say("late_more", n=context.number(rest)))] if rest > 0 else []
    return [subheading(context.say("late_list")), *parts]


def open_lists(context: ReportContext) -> list[Html]:
    """Incidents open at the moment of the data that are late, and those that will be within five working days."""
    late, soon = (late_incidents(context.scope, standing) for standing in ("open", "soon"))
    facts = {"moment": formats.minute(context.moment, context.language), "n": context.number(len(soon))}
    if soon:
        facts["until"] = formats.minute(soon_late_until(context.scope), context.language)
    return [
        subheading(context.say("late_open", moment=facts["moment"], n=context.number(len(late)))),
        *_some(context, late, OPEN),
        subheading(context.say("late_soon" if soon else "late_soon_none", **facts)),
        *_some(context, soon, SOON),
    ]


def kinds_table(context: ReportContext) -> Html:
    """What each kind of time means, folded."""
    columns: list[Declared[str]] = [
        Declared("spent_on", context.term),
        Declared("definition", lambda kind: context.say(f"late_kind_{kind}")),
    ]
    return folded(context.say("late_kinds"), declared_table(context, columns, KINDS))


def late_sheet(context: ReportContext) -> Sheet:
    """Every late incident of the period, those open and late, and those that soon will be, with what their working time went on."""
    rules = any(rule.resolution for rule in context.scope.settings.sla)
    rows = []
    if rules:
        frame = late_frame(context.scope).rename(columns={"group": "assignment_group"})
        place = frame["standing"].map({standing: place for place, standing in enumerate(STANDINGS)})
        worst = frame.assign(place=place).sort_values(["place", "over", "number"], ascending=[True, False, True], kind="stable")
        say = {"standing": lambda one: context.term(f"standing_{one}"), "priority": lambda one: context.member("priority", one)}
        rows = cell_rows(worst, SHEET, **say)
    empty = context.term("none") if rules else context.say("late_unmeasured")
    return Sheet(context.term("late"), headings(context, SHEET, "incidents"), rows, empty, fixed=1)


def _some(context: ReportContext, incidents: Sequence[LateIncident], names: Sequence[str]) -> list[Html]:
    """A folded table that says of how many incidents it shows some; nothing for none."""
    if not incidents:
        return []
    part = context.say("late_shown", shown=SHOWN, n=context.number(len(incidents)))
    title = part if len(incidents) > SHOWN else context.term("show_table")
    return [folded(title, _table(context, incidents[:SHOWN], names))]


def _table(context: ReportContext, incidents: Sequence[LateIncident], names: Sequence[str]) -> Html:
    """The service is left out where none is known."""
    columns, served = _columns(context), any(incident.service for incident in incidents)
    return declared_table(context, [columns[name] for name in names if served or name != "service"], incidents)


def _columns(context: ReportContext) -> dict[str, Declared[LateIncident]]:
    def group(incident: LateIncident) -> str:
        return lines(context.member("group", incident.group), *filter(None, (incident.supplier,)))

    def hours(amount: float | None) -> str:
        return formats.MISSING if amount is None else context.number(amount, 1)

    def spent(incident: LateIncident) -> str:
        """One kind a line, most first."""
        told = [f"{context.term(kind)} {context.number(spent, 1)}" for kind, spent in longest_kinds(incident.spent, LEAST)]
        return Markup(" <br>").join(told or [formats.MISSING]) if incident.spent else context.term("not_measurable")

    def named(incident: LateIncident) -> str:
        return lines(incident.number, context.member("priority", incident.priority))

    columns: list[Declared[LateIncident]] = [
        Declared("number_priority", named),
        Declared("service", lambda incident: incident.service),
        Declared("group_at_limit", group),
        Declared("holder", group),
        Declared("due_at", lambda incident: formats.minute(incident.due_at, context.language)),
        Declared("over", lambda row: row.over, "hours", lambda row: hours(row.over)),
        Declared("left", lambda row: row.over, "hours", lambda row: hours(None if row.over is None else -row.over)),
        Declared("whole", lambda row: row.whole, "hours", lambda row: hours(row.whole)),
        Declared("spent_on", spent),
    ]
    return {column.key: column for column in columns}
