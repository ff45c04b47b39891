"""Who has how much work; which groups and services stand out; which supplier keeps what was agreed?"""

from __future__ import annotations

from collections.abc import Sequence

from itsq_analysis.indicators.workload import Workload, workload
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Section, nested, shortened, subheading
from itsq_analysis.pages.quality.standouts import standouts
from itsq_analysis.pages.quality.suppliers import supplier_answer, supplier_parts
from itsq_analysis.pages.staffing.people import people_short
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

SHOWN = 15  # groups in the table
OPENED = 5  # of them without opening a fold


def teams(context: ReportContext) -> Section:
    """Suppliers, work by group, people needed against the roster, and who stands out by more than chance."""
    title, loads = context.term("teams"), workload(context.scope)
    if all(load.group is None for load in loads):
        answer = [*supplier_answer(context), context.say("teams_none", period=context.period_name)]
        parts = (*supplier_parts(context), *people_short(context))
        return Section("teams", title, sentences(answer, context.language), parts)
    work = [subheading(context.term("by_group")), *_table(context, loads)]
    parts = (*supplier_parts(context), *work, *people_short(context), *nested(standouts(context)))
    return Section("teams", title, sentences([*supplier_answer(context), _answer(context, loads)], context.language), parts)


def _answer(context: ReportContext, loads: Sequence[Workload]) -> str:
    """Who has most open work per person, where people are known; else who has most of it."""
    total = sum(load.backlog for load in loads)
    if not total:
        return context.say("teams_no_backlog", n=len(loads))
    staffed = [load for load in loads if load.people > 0]
    if len(staffed) > 1 and any(load.backlog for load in staffed):
        first = max(staffed, key=lambda load: load.per_person)
        mean = sum(load.backlog for load in staffed) / sum(load.people for load in staffed)
        facts = {"rate": context.number(first.per_person, 1), "n": context.number(first.backlog), "all": context.number(mean, 1)}
        group = context.named("group", first.group)
        return context.say("teams_per_person", group=group, people=_people(context, first.people), **facts)
    group = context.term("unknown") if loads[0].group is None else context.named("group", loads[0].group)
    return context.say("teams_backlog", group=group, n=context.number(loads[0].backlog), all=context.number(total))


def _people(context: ReportContext, people: float) -> str:
    return context.number(people, 0 if people.is_integer() else 1)


def _table(context: ReportContext, loads: Sequence[Workload]) -> list[Html]:
    """The groups with most open incidents; all others as one row."""
    people = ["people", "per_person"] if any(load.people > 0 for load in loads) else []
    columns = {key: context.term(key) for key in ("group", "opened", "resolved", "backlog", *people)}
    shown = loads if len(loads) <= SHOWN + 1 else loads[:SHOWN]
    rows = [_row(context, context.member("group", load.group), load) for load in shown]
    if len(shown) < len(loads):
        rest = loads[SHOWN:]
        sums = (sum(getattr(load, name) for load in rest) for name in ("opened", "resolved", "backlog"))
        rows.append(_row(context, context.say("late_other_groups", n=len(rest)), Workload(None, float("nan"), *sums)))
    cells = [{key: row[key] for key in columns} for row in rows]
    return shortened(columns, cells, OPENED, context.say("groups_next", n=len(cells) - OPENED), numeric=set(columns) - {"group"})


def _row(context: ReportContext, name: str, load: Workload) -> dict[str, str]:
    counts = {key: context.number(getattr(load, key)) for key in ("opened", "resolved", "backlog")}
    people = _people(context, load.people) if load.people > 0 else formats.MISSING
    return {"group": name, **counts, "people": people, "per_person": context.number(load.per_person, 1)}
