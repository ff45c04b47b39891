"""Findings of a period: missed targets, P1 and P2, what chance does not explain, unusable data; each cause told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from itsq_analysis.anomaly.findings import unusual_findings
from itsq_analysis.anomaly.late_onset import late_onset
from itsq_analysis.facts import Finding, Scope, Sentence, fact
from itsq_analysis.facts.sentence import Aside, Day, Listed, Measure, Member, Name, Number, Part, Share, Title
from itsq_analysis.forecasting.inflow import inflow
from itsq_analysis.indicators.attainment import attainment
from itsq_analysis.indicators.completeness import thin_edge
from itsq_analysis.indicators.judge import CERTAINTY
from itsq_analysis.indicators.late.findings import late_findings
from itsq_analysis.indicators.major_incidents import major_incidents
from itsq_analysis.indicators.shifts import URGENT, cause_of, shift_findings
from itsq_analysis.indicators.standouts import worse_members
from itsq_analysis.indicators.targets import agreed_targets

LINKED = 5  # incidents that name the same change as their cause, from which it is told
REFUSED = 0.02  # share of rows refused from which the numbers are not the whole


@fact
def findings(scope: Scope) -> tuple[Finding, ...]:
    """All findings that the period gives reason for, the weightiest first; of two about the same cause the weightier."""
    return told_once(_candidates(scope))


def told_once(candidates: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sorted by weight; what a weightier finding has told already is left out.

    >>> late = Finding(Sentence("late", {}), 50, 1, cause="late", tells=frozenset({"group"}))
    >>> where = Finding(Sentence("group", {}), 40, 1, cause="group")
    >>> [finding.sentence.id for finding in told_once([where, late])]
    ['late']
    """
    causes: set[str] = set()
    kept = []
    for finding in sorted(candidates, key=lambda finding: -finding.weight):
        if finding.weight <= 0 or (finding.cause and finding.cause in causes):
            continue
        causes |= {finding.cause, *finding.tells}
        kept.append(finding)
    return tuple(kept)


def _candidates(scope: Scope) -> Iterator[Finding]:
    volume = inflow(scope)
    late = list(late_findings(scope, volume, late_onset(scope, volume)))
    fell = any(finding.change for finding in late)  # the same late incidents, cut another way, are not told again
    yield from _thin(scope)
    yield from _refused(scope)
    yield from _missed(scope)
    yield from late
    yield from (finding for finding in shift_findings(scope, volume) if not (fell and finding.cause == "attainment"))
    yield from _standout(scope)
    yield from _after_changes(scope)
    yield from unusual_findings(scope)


def _thin(scope: Scope) -> Iterator[Finding]:
    """The extraction thins out in the period: nothing else can then be trusted."""
    edge = thin_edge(scope)
    if edge is not None:
        lost = (edge.usual - edge.rate) * scope.working_days(scope.period)
        facts = {"rate": Number(edge.rate, 1), "usual": Number(edge.usual, 1)}
        yield Finding(Sentence("finding_thin", facts), lost * 10, 1.0, cause="thin", section="appendix")


def _refused(scope: Scope) -> Iterator[Finding]:
    """More rows refused than a report can shrug off."""
    files = scope.workspace.snapshot.files
    refused, read = (sum(entry[key] for entry in files) for key in ("quarantined", "read"))
    if read and refused / read > REFUSED:
        sentence = Sentence("finding_refused", {"n": Number(refused), "read": Number(read)})
        yield Finding(sentence, float(refused), 1.0, cause="refused", section="appendix")


def _missed(scope: Scope) -> Iterator[Finding]:
    """Missed agreed targets, but for attainment as a whole and P1 and P2, and services whose major incidents are told."""
    down = {incident.service for incident in major_incidents(scope)}
    for value in agreed_targets(scope):
        whole = value.indicator == attainment(scope) and value.dimension is None and value.certainty == "certain"
        urgent = value.dimension == "priority" and value.member in URGENT
        told = whole or urgent or (value.indicator.startswith("availability") and value.member in down)
        if value.status != "missed" or told:
            continue
        certainty = str(value.certainty)
        measured = Measure(value, "shown" if certainty == "certain" else "measured")
        facts = {"title": Measure(value, "scoped"), "value": measured, "target": Measure(value, "target")}
        size = abs(value.value - value.target) * value.population
        sentence = Sentence(f"finding_missed_{certainty.replace(' ', '_')}", facts)
        yield Finding(sentence, size, CERTAINTY[certainty], cause=cause_of(scope, value), section="scorecard")


def _standout(scope: Scope) -> Iterator[Finding]:
    """The group or service with far more reopened incidents than all others together, by more than chance."""
    worse = [member for member in worse_members(scope).worse if not member.value.indicator.startswith("sla_")]
    for member in worse[:1]:
        value = member.value
        facts: dict[str, Part] = {"title": Title(value.indicator), "member": Member(str(value.dimension), value.member)}
        facts |= {"value": Measure(value), "rest": Share(member.rest)}
        cause = f"{value.indicator} where"
        yield Finding(Sentence("finding_outlier", facts), member.cases, 1.0, cause=cause, section="speed")


def _after_changes(scope: Scope) -> Iterator[Finding]:
    """Changes that several incidents of the period name as their cause."""
    rows = scope.query(
        "SELECT i.caused_by_change AS change, count(*) AS n, any_value(c.service) AS service, any_value(c.ended_at) AS ended_at "
        "FROM incidents i LEFT JOIN changes c ON c.number = i.caused_by_change "
        "WHERE i.opened_at >= $start AND i.opened_at < $end AND i.caused_by_change IS NOT NULL "
        f"GROUP BY 1 HAVING count(*) >= {LINKED} ORDER BY n DESC, change"
    )
    for row in rows.to_dict("records"):
        about: list[Part] = [Name(row["service"])] if isinstance(row["service"], str) else []
        about += [Day(row["ended_at"].date())] if row["ended_at"] == row["ended_at"] else []
        facts: dict[str, Part] = {"n": Number(row["n"]), "change": Name(row["change"])}
        alone = Sentence("finding_change_alone", facts)
        sentence = Sentence("finding_change", facts | {"about": Aside(Listed(tuple(about)))}, shorter=alone) if about else alone
        yield Finding(sentence, float(row["n"]), 1.0, cause=f"change:{row['change']}", section="changes")
