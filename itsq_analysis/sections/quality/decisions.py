"""Decisions that the period asks for: those that people marked in a note, and those that a stated rule proposes.

A rule proposes, it never decides: each proposal is worded as a question and names its rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from itsq_analysis.narrative.length import shortened
from itsq_analysis.periods import month_of
from itsq_analysis.sections.brief import brief_day, brief_member, brief_scoped
from itsq_analysis.sections.capacity.estate import as_of_metrics
from itsq_analysis.sections.capacity.orders import orders
from itsq_analysis.sections.capacity.outlook import Outlook
from itsq_analysis.sections.capacity.words import by_day, percent, say_of
from itsq_analysis.sections.decision import Decision
from itsq_analysis.sections.forecast.next_periods import expected
from itsq_analysis.sections.forecast.words import working_days
from itsq_analysis.sections.notes import decisions_asked, scope
from itsq_analysis.sections.quality.causes import repeated_causes
from itsq_analysis.sections.quality.targets import agreed
from itsq_analysis.sections.scene import Scene

MOST = 3  # decisions on the first screen
IN_A_ROW = 3  # periods missed with certainty
SUPPLIER = (3, 6)  # periods below target, of so many
BACKLOG_DAYS = 5  # working days of inflow that may be open, where no target of the backlog is agreed
WIDE = 30  # columns of a resource's name
CAPACITY = 3  # periods from which the resolved per working day are taken


def decisions(scene: Scene) -> list[Decision]:
    """All decisions needed, those asked for by people first; the first screen shows three."""
    if "decisions" not in scene.kept:
        scene.kept["decisions"] = [
            *_asked(scene),
            *_capacity(scene),
            *_backlog(scene),
            *_missed(scene),
            *_causes(scene),
            *_suppliers(scene),
        ]
    return list(scene.kept["decisions"])


def decide_by(scene: Scene) -> date:
    """The day by which a rule asks for a decision: the last of the period after, before the next report counts again."""
    return scene.period.following().end - timedelta(days=1)


def owner_of(scene: Scene, row: pd.Series) -> str:
    """Who answers for a value: the owner of its service, or its group; "" where nobody is named."""
    if row["dimension"] == "service":
        return service_owner(scene, row["member"])
    return str(row["member"]) if row["dimension"] == "group" and pd.notna(row["member"]) else ""


def service_owner(scene: Scene, service: object) -> str:
    """The owner of a service in the register of services; "" where none is named."""
    found = scene.query("SELECT owner FROM services WHERE service = $service AND owner IS NOT NULL", service=str(service))
    return "" if found.empty else str(found["owner"].iloc[0])


def _asked(scene: Scene) -> Iterator[Decision]:
    """What people asked for in a note, with the value that the note is about."""
    for note in decisions_asked(scene):
        number, owner = "", note.group or (service_owner(scene, note.service) if note.service else "")
        if note.known:
            by, member = scope(scene, note)
            rows = scene.values([note.indicator], by=by)
            rows = rows[rows["member"] == member] if by else rows
            rows = rows[rows["value"].notna()]
            if not rows.empty:
                number = scene.say("decision_number", title=brief_scoped(scene, rows.iloc[0]), value=scene.shown(rows.iloc[0]))
        yield Decision(note.what, number, note.due, note.owner or owner, "")


def _capacity(scene: Scene) -> Iterator[Decision]:
    """The resource that must be ordered first, where that day lies before the next report; how many more there are is said."""
    if not scene.has("resources") or (seen := as_of_metrics(scene)) is None:
        return
    asked = orders(seen)
    if asked:
        first, more = asked[0], len(asked) - 1
        yield Decision(
            say_of(scene, "rule_capacity_what", shortened(first.resource.name, WIDE)),
            _reached(scene, first),
            first.safe.by,
            first.resource.owner,
            scene.say("rule_capacity_more", n=more) if more else scene.say("rule_capacity"),
        )


def _reached(scene: Scene, one: Outlook) -> str:
    """That it is beyond its limit, when it most likely will be, or from when on it may."""
    limit = percent(one.resource.critical)
    if one.crossed:
        return scene.say("rule_capacity_crossed", limit=limit)
    if one.crossing.likely is None:
        return scene.say("rule_capacity_may", limit=limit, day=by_day(scene, one.crossing.earliest))
    return scene.say("rule_capacity_number", limit=limit, day=brief_day(scene, one.crossing.likely))


def _missed(scene: Scene) -> Iterator[Decision]:
    """Agreed targets missed with certainty in this period and the two before; those of suppliers have a rule of their own."""
    judged = agreed(scene)
    judged = judged[judged["dimension"] != "supplier"]
    for _, row in judged[(judged["status"] == "missed") & (judged["certainty"] == "certain")].iterrows():
        course = _course(scene, row, IN_A_ROW)
        if len(course) == IN_A_ROW and (course["status"] == "missed").all() and (course["certainty"] == "certain").all():
            yield Decision(
                scene.say("rule_missed_what", title=brief_scoped(scene, row)),
                scene.say("rule_missed_number", value=scene.shown(row), target=scene.shown(row, "target")),
                decide_by(scene),
                owner_of(scene, row),
                scene.say("rule_missed"),
            )


def _course(scene: Scene, row: pd.Series, periods: int) -> pd.DataFrame:
    """The rows of the last periods of one indicator, whole or of one member."""
    by = None if pd.isna(row["dimension"]) else row["dimension"]
    frame = scene.values([row["indicator"]], by=by, history=periods)
    return frame if by is None else frame[frame["member"] == row["member"]]


def _backlog(scene: Scene) -> Iterator[Decision]:
    """More open than the limit, while more is expected than can be resolved."""
    past = scene.values(["incidents_resolved", "incident_backlog", "incidents_opened"], history=CAPACITY)
    parts = {str(name): rows for name, rows in past.groupby("indicator")}
    row = parts["incident_backlog"].iloc[-1]
    days = sum(scene.working_days(one) for one in scene.workspace.history(scene.period, CAPACITY))
    coming = month_of(scene.period.end, scene.workspace.settings.period.month_starts_on)
    inflow, ahead = expected(scene, coming), working_days(scene, coming.start, coming.end)
    if not days or not ahead or pd.isna(inflow) or pd.isna(row["value"]):
        return
    limit = float(row["target"]) if row["target_kind"] == "agreed" else BACKLOG_DAYS * inflow / ahead
    capacity = float(parts["incidents_resolved"]["value"].sum()) / days * ahead
    if row["value"] > limit and inflow > capacity:
        yield Decision(
            scene.say("rule_backlog_what"),
            scene.say("rule_backlog_number", n=scene.number(row["value"]), limit=scene.number(limit)),
            decide_by(scene),
            "",
            scene.say("rule_backlog"),
        )


def _suppliers(scene: Scene) -> Iterator[Decision]:
    """Suppliers below a target that was agreed for them in three of six periods, this one included."""
    least, of = SUPPLIER
    judged = agreed(scene)
    for _, row in judged[(judged["dimension"] == "supplier") & (judged["status"] == "missed")].iterrows():
        missed = int((_course(scene, row, of)["status"] == "missed").sum())
        if missed >= least:
            title = brief_scoped(scene, row.drop("dimension").reindex(row.index))
            facts = {"title": title, "value": scene.measured(row), "target": scene.shown(row, "target")}
            yield Decision(
                scene.say("rule_supplier_what", supplier=brief_member(scene, "supplier", row["member"]).strip()),
                scene.say("rule_supplier_number", **facts),
                decide_by(scene),
                "",
                scene.say("rule_supplier", n=missed, of=of),
            )


def _causes(scene: Scene) -> Iterator[Decision]:
    """Major incidents of the period with a cause that an earlier one of twelve months had."""
    for one in repeated_causes(scene):
        yield Decision(
            scene.say("rule_cause_what", cause=one.cause),
            scene.say("rule_cause_number", n=len(one.numbers)),
            decide_by(scene),
            service_owner(scene, one.service) if one.service else "",
            scene.say("rule_cause"),
        )
