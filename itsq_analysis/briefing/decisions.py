"""Decisions that the period asks for: those that people marked in a note, and those that a stated rule proposes.

A rule proposes, it never decides: each proposal is worded as a question and names its rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import isnan

from itsq_analysis.capacity.decisions import first_capacity_decision, lapsed_contracts
from itsq_analysis.facts import Decision, Scope, Sentence, fact
from itsq_analysis.facts.sentence import Measure, Member, Name, Number, Part, Title
from itsq_analysis.forecasting.next_periods import expected_tickets
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.notes import decisions_asked, place_of
from itsq_analysis.indicators.repeated_causes import repeated_causes
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value
from itsq_analysis.periods import month_of

IN_A_ROW = 3  # periods missed with certainty
SUPPLIER = (3, 6)  # periods below target, of so many
BACKLOG_DAYS = 5  # working days of inflow that may be open, where no target of the backlog is agreed
CAPACITY = 3  # periods from which the resolved per working day are taken
WHAT = 64  # columns of what people wrote


@fact
def decisions(scope: Scope) -> tuple[Decision, ...]:
    """All decisions needed, those asked for by people first."""
    capacity = first_capacity_decision(scope)
    return (
        *_asked(scope),
        *lapsed_contracts(scope),
        *([capacity] if capacity else []),
        *_backlog(scope),
        *_missed(scope),
        *_causes(scope),
        *_suppliers(scope),
    )


def decide_by(scope: Scope) -> date:
    """The day by which a rule asks for a decision: the last of the period after, before the next report counts again."""
    return scope.period.following().end - timedelta(days=1)


@fact
def service_owner(scope: Scope, service: str) -> str:
    """The owner of a service in the register of services; "" where none is named."""
    owners = scope.query("SELECT owner FROM services WHERE service = $service AND owner IS NOT NULL", service=service)["owner"]
    return "" if owners.empty else str(owners.iloc[0])


def owner_of(scope: Scope, value: Value) -> str:
    """Who answers for a value: the owner of its service, or its group; "" where nobody is named."""
    if value.dimension == "service" and value.member:
        return service_owner(scope, value.member)
    return value.member or "" if value.dimension == "group" else ""


def _asked(scope: Scope) -> Iterator[Decision]:
    """What people asked for in a note, with the value that the note is about."""
    for note in decisions_asked(scope):
        number, owner = None, note.group or (service_owner(scope, note.service) if note.service else "")
        if note.known:
            value = cube(scope).value(note.indicator, *place_of(scope, note))
            facts: dict[str, Part] = {"title": Measure(value, "scoped"), "value": Measure(value)}
            number = Sentence("decision_number", facts) if value.known else None
        yield Decision(Name(note.what, WHAT), number, note.due, note.owner or owner, None)


def _missed(scope: Scope) -> Iterator[Decision]:
    """Agreed targets missed with certainty in this period and the two before; those of suppliers have a rule of their own."""
    for value in agreed_targets(scope):
        course = cube(scope).course(value, IN_A_ROW)
        if value.dimension != "supplier" and all(
            (earlier.status, earlier.certainty) == ("missed", "certain") for earlier in course
        ):
            missed = {"value": Measure(value), "target": Measure(value, "target")}
            yield Decision(
                Sentence("rule_missed_what", {"title": Measure(value, "scoped")}),
                Sentence("rule_missed_number", missed),
                decide_by(scope),
                owner_of(scope, value),
                Sentence("rule_missed", {}),
            )


def _backlog(scope: Scope) -> Iterator[Decision]:
    """More open than the limit, while more is expected than can be resolved."""
    cells = cube(scope)
    backlog = cells.value("incident_backlog")
    resolved = sum(value.value for value in cells.course(cells.value("incidents_resolved"), CAPACITY) if value.known)
    days = sum(scope.working_days(period) for period in scope.history(CAPACITY))
    if not days or not backlog.known:  # no working days: also of a period in years that the calendar does not know
        return
    coming = month_of(scope.period.end, scope.settings.period.month_starts_on)
    coming_inflow, ahead = expected_tickets(scope, coming), scope.working_days_between(coming.start, coming.end)
    if not ahead or isnan(coming_inflow):
        return
    limit = backlog.target if backlog.agreed else BACKLOG_DAYS * coming_inflow / ahead
    if backlog.value > limit and coming_inflow > resolved / days * ahead:
        facts = {"n": Measure(backlog), "limit": Number(limit)}
        number, rule = Sentence("rule_backlog_number", facts), Sentence("rule_backlog", {})
        yield Decision(Sentence("rule_backlog_what", {}), number, decide_by(scope), "", rule)


def _suppliers(scope: Scope) -> Iterator[Decision]:
    """Suppliers below a target that was agreed for them in three of six periods, this one included."""
    least, of = SUPPLIER
    for value in agreed_targets(scope):
        if value.dimension != "supplier" or value.status != "missed":
            continue
        missed = sum(earlier.status == "missed" for earlier in cube(scope).course(value, of))
        if missed >= least:
            facts: dict[str, Part] = {"title": Title(value.indicator), "value": Measure(value, "measured")}
            yield Decision(
                Sentence("rule_supplier_what", {"supplier": Member("supplier", value.member)}),
                Sentence("rule_supplier_number", facts | {"target": Measure(value, "target")}),
                decide_by(scope),
                "",
                Sentence("rule_supplier", {"n": Number(missed), "of": Number(of)}),
            )


def _causes(scope: Scope) -> Iterator[Decision]:
    """Major incidents of the period with a cause that an earlier one of twelve months had."""
    for repeated in repeated_causes(scope):
        yield Decision(
            Sentence("rule_cause_what", {"cause": Name(repeated.cause)}),
            Sentence("rule_cause_number", {"n": Number(len(repeated.numbers))}),
            decide_by(scope),
            service_owner(scope, repeated.service) if repeated.service else "",
            Sentence("rule_cause", {}),
        )
