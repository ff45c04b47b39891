"""A service in a period for the meeting with its customer: what was promised, what was delivered, what comes."""

from __future__ import annotations

from itsq_analysis.briefing.verdict import majors_line
from itsq_analysis.facts import Scope, Sentence, fact
from itsq_analysis.facts.sentence import Duration, Listed, Measure, Name, Number, Part, PeriodName, Range, Share, Title
from itsq_analysis.forecasting.vs_actual import LEVEL, forecast_vs_actual
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.notes import open_actions
from itsq_analysis.indicators.slo import SloCourse, slo_courses
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value

TICKETS = "occurrences"


@fact
def service_verdict(scope: Scope) -> Sentence:
    """How many promises to these services were kept, and by name those that were not."""
    promises = agreed_targets(scope)
    if not promises:
        return Sentence("review_no_promises", {"services": _services(scope)})
    missed = [value for value in promises if value.missed]
    kept = sum(value.status == "met" for value in promises)
    facts: dict[str, Part] = {"n": Number(len(promises)), "services": _services(scope), "kept": Number(kept)}
    if missed:
        named = [Sentence("review_promise", _promise(value)) for value in missed]
        return Sentence("review_missed", facts | {"list": Listed(tuple(named), "clauses")})
    return Sentence("review_kept" if kept == len(promises) else "review_unmeasured", facts)


@fact
def service_lines(scope: Scope) -> tuple[Sentence, ...]:
    """What the meeting must know beside the promises, one line each: budget, major incidents, users, actions, what comes."""
    lines = [*budget_lines(scope), majors_line(scope)]
    satisfied = cube(scope).value("csat")
    if satisfied.known:
        lines.append(Sentence("review_users", {"measured": Measure(satisfied, "measured")}))
    still = open_actions(scope)
    late = sum(note.overdue for note in still)
    lines.append(Sentence("review_actions" if still else "actions_none_open", {"n": Number(len(still)), "late": Number(late)}))
    return (*lines, *volume_ahead(scope))


@fact
def volume_ahead(scope: Scope) -> tuple[Sentence, ...]:
    """Incidents to expect in the next period; nothing where the history is too short."""
    judged = forecast_vs_actual(scope)
    if judged is None:
        return ()
    period, row = judged.ahead[0]
    facts: dict[str, Part] = {"period": PeriodName(period.label), "mean": Number(row.mean), "range": Range(*row.range(LEVEL))}
    return (Sentence("review_ahead", facts),)


def spent(course: SloCourse) -> Part:
    """What has gone wrong in the reporting period: tickets, or time."""
    return Number(course.now.spent) if course.slo.counting == TICKETS else Duration(course.now.spent)


def allowed(course: SloCourse) -> Part:
    """What may go wrong in the reporting period: whole tickets and parts of them, or time."""
    return Number(course.now.allowed, 1) if course.slo.counting == TICKETS else Duration(course.now.allowed)


@fact
def budget_lines(scope: Scope) -> tuple[Sentence, ...]:
    """The error budget that burned fastest, in a line; () where no objective counts anything in the period."""
    known = [course for course in slo_courses(scope) if course.now.total]
    if not known:
        return ()
    worst = max(known, key=lambda course: course.now.burn)
    facts: dict[str, Part] = {
        "slo": _objective(scope, worst),
        "spent": spent(worst),
        "allowed": allowed(worst),
    }
    key = "review_budget_over" if worst.now.status == "missed" else "review_budget_left"
    return (Sentence(key, facts | {"left": Share(max(0.0, worst.now.left), whole=True)}),)


def _objective(scope: Scope, course: SloCourse) -> Part:
    """What an objective is about, with its service where the report has others."""
    title: Part = Title(course.slo.indicator) if course.slo.indicator else Name(course.slo.id, 0)
    named = course.slo.service and len(scope.services) != 1
    return Listed((title, Name(course.slo.service or "")), "commas") if named else title


def _services(scope: Scope) -> Listed:
    return Listed(tuple(Name(service, 0) for service in scope.services))


def _promise(value: Value) -> dict[str, Part]:
    """A promise by its title, what was delivered, and what was agreed."""
    return {"title": Title(value.indicator), "value": Measure(value, "shown"), "target": Measure(value, "target")}
