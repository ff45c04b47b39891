"""Decisions that the period asks for: those that people marked in a note, and those that a stated rule proposes.

A rule proposes, it never decides: each proposal is worded as a question and names its rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from itsq_analysis.capacity.decisions import first_capacity_decision
from itsq_analysis.page.brief import brief_member, brief_scoped
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.decision import Decision
from itsq_analysis.page.notes import decisions_asked
from itsq_analysis.pages.capacity.words import wording
from itsq_analysis.pages.forecast.next_periods import expected
from itsq_analysis.pages.forecast.words import working_days
from itsq_analysis.pages.quality.targets import agreed
from itsq_analysis.periods import month_of

MOST = 3  # decisions on the first screen
IN_A_ROW = 3  # periods missed with certainty
SUPPLIER = (3, 6)  # periods below target, of so many
BACKLOG_DAYS = 5  # working days of inflow that may be open, where no target of the backlog is agreed
CAPACITY = 3  # periods from which the resolved per working day are taken


def decisions(context: ReportContext) -> list[Decision]:
    """All decisions needed, those asked for by people first; the first screen shows three."""
    if "decisions" not in context.kept:
        context.kept["decisions"] = [
            *_asked(context),
            *_capacity(context),
            *_backlog(context),
            *_missed(context),
            *_causes(context),
            *_suppliers(context),
        ]
    return list(context.kept["decisions"])


def decide_by(context: ReportContext) -> date:
    """The day by which a rule asks for a decision: the last of the period after, before the next report counts again."""
    return context.period.following().end - timedelta(days=1)


def owner_of(context: ReportContext, row: pd.Series) -> str:
    """Who answers for a value: the owner of its service, or its group; "" where nobody is named."""
    if row["dimension"] == "service":
        return service_owner(context, row["member"])
    return str(row["member"]) if row["dimension"] == "group" and pd.notna(row["member"]) else ""


def service_owner(context: ReportContext, service: object) -> str:
    """The owner of a service in the register of services; "" where none is named."""
    found = context.query("SELECT owner FROM services WHERE service = $service AND owner IS NOT NULL", service=str(service))
    return "" if found.empty else str(found["owner"].iloc[0])


def _asked(context: ReportContext) -> Iterator[Decision]:
    """What people asked for in a note, with the value that the note is about."""
    for note in decisions_asked(context.scope):
        number, owner = "", note.group or (service_owner(context, note.service) if note.service else "")
        if note.known:
            by, member = place_of(context.scope, note)
            rows = context.values([note.indicator], by=by)
            rows = rows[rows["member"] == member] if by else rows
            rows = rows[rows["value"].notna()]
            if not rows.empty:
                number = context.say(
                    "decision_number", title=brief_scoped(context, rows.iloc[0]), value=context.shown(rows.iloc[0])
                )
        yield Decision(note.what, number, note.due, note.owner or owner, "")


def _capacity(context: ReportContext) -> Iterator[Decision]:
    """The resource that must be ordered first, where that day lies before the next report; how many more there are is said."""
    decision = first_capacity_decision(context.scope)
    if decision is not None:
        what, number, rule = (wording(context).part(part) for part in (decision.what, decision.number, decision.rule))
        yield Decision(what, number, decision.by, decision.owner, rule)


def _missed(context: ReportContext) -> Iterator[Decision]:
    """Agreed targets missed with certainty in this period and the two before; those of suppliers have a rule of their own."""
    judged = agreed(context)
    judged = judged[judged["dimension"] != "supplier"]
    for _, row in judged[(judged["status"] == "missed") & (judged["certainty"] == "certain")].iterrows():
        course = _course(context, row, IN_A_ROW)
        if len(course) == IN_A_ROW and (course["status"] == "missed").all() and (course["certainty"] == "certain").all():
            yield Decision(
                context.say("rule_missed_what", title=brief_scoped(context, row)),
                context.say("rule_missed_number", value=context.shown(row), target=context.shown(row, "target")),
                decide_by(context),
                owner_of(context, row),
                context.say("rule_missed"),
            )


def _course(context: ReportContext, row: pd.Series, periods: int) -> pd.DataFrame:
    """The rows of the last periods of one indicator, whole or of one member."""
    by = None if pd.isna(row["dimension"]) else row["dimension"]
    frame = context.values([row["indicator"]], by=by, history=periods)
    return frame if by is None else frame[frame["member"] == row["member"]]


def _backlog(context: ReportContext) -> Iterator[Decision]:
    """More open than the limit, while more is expected than can be resolved."""
    past = context.values(["incidents_resolved", "incident_backlog", "incidents_opened"], history=CAPACITY)
    parts = {str(name): rows for name, rows in past.groupby("indicator")}
    row = parts["incident_backlog"].iloc[-1]
    days = sum(context.working_days(one) for one in context.workspace.history(context.period, CAPACITY))
    coming = month_of(context.period.end, context.workspace.settings.period.month_starts_on)
    inflow, ahead = expected(context, coming), working_days(context, coming.start, coming.end)
    if not days or not ahead or pd.isna(inflow) or pd.isna(row["value"]):
        return
    limit = float(row["target"]) if row["target_kind"] == "agreed" else BACKLOG_DAYS * inflow / ahead
    capacity = float(parts["incidents_resolved"]["value"].sum()) / days * ahead
    if row["value"] > limit and inflow > capacity:
        yield Decision(
            context.say("rule_backlog_what"),
            context.say("rule_backlog_number", n=context.number(row["value"]), limit=context.number(limit)),
            decide_by(context),
            "",
            context.say("rule_backlog"),
        )


def _suppliers(context: ReportContext) -> Iterator[Decision]:
    """Suppliers below a target that was agreed for them in three of six periods, this one included."""
    least, of = SUPPLIER
    judged = agreed(context)
    for _, row in judged[(judged["dimension"] == "supplier") & (judged["status"] == "missed")].iterrows():
        missed = int((_course(context, row, of)["status"] == "missed").sum())
        if missed >= least:
            title = brief_scoped(context, row.drop("dimension").reindex(row.index))
            facts = {"title": title, "value": context.measured(row), "target": context.shown(row, "target")}
            yield Decision(
                context.say("rule_supplier_what", supplier=brief_member(context, "supplier", row["member"]).strip()),
                context.say("rule_supplier_number", **facts),
                decide_by(context),
                "",
                context.say("rule_supplier", n=missed, of=of),
            )


def _causes(context: ReportContext) -> Iterator[Decision]:
    """Major incidents of the period with a cause that an earlier one of twelve months had."""
    for one in repeated_causes(context.scope):
        yield Decision(
            context.say("rule_cause_what", cause=one.cause),
            context.say("rule_cause_number", n=len(one.numbers)),
            decide_by(context),
            service_owner(context, one.service) if one.service else "",
            context.say("rule_cause"),
        )
