"""The period in two sentences: what became of the agreed targets, and major incidents."""

from __future__ import annotations

from collections.abc import Sequence

from itsq_analysis.facts import Scope, Sentence, fact
from itsq_analysis.facts.sentence import Aside, Duration, Listed, Measure, Name, Number, Part
from itsq_analysis.indicators.exempted import exempted
from itsq_analysis.indicators.major_incidents import costly_outages, major_incidents, majors_are_marked
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value


@fact
def verdict(scope: Scope) -> Sentence:
    """How many agreed targets were met, missed (first of all which), and not measurable."""
    targets = agreed_targets(scope)
    if not targets:
        return Sentence("first_none", {})
    statuses = [value.status for value in targets]
    met, missed, unmeasured = (statuses.count(word) for word in ("met", "missed", "not measurable"))
    turned = sum(exemption.value.turned for exemption in exempted(scope))
    after: Part = Aside(Sentence("first_exempted", {"count": Number(turned)})) if turned else ""
    facts: dict[str, Part] = {"n": Number(len(targets)), "exempted": after}
    if met == len(targets):
        return Sentence("first_all_met", facts)
    rest = []
    if missed:
        worst, sentence = _worst(targets)
        rest.append(Sentence(sentence, {"n": Number(missed), "worst": Measure(worst, "scoped")}))
    if unmeasured:
        rest.append(Sentence("first_unmeasured", {"n": Number(unmeasured)}))
    return Sentence("first_targets", facts | {"met": Number(met), "rest": Listed(tuple(rest), "commas")})


def _worst(targets: Sequence[Value]) -> tuple[Value, str]:
    """The missed target with most cases on the wrong side: of those that chance does not explain, else of all."""
    missed = [value for value in targets if value.missed]
    certain = [value for value in missed if value.certainty == "certain"]
    worst = max(certain or missed, key=lambda value: abs(value.value - value.target) * value.population)
    return worst, "first_missed_certain" if certain else "first_missed"


@fact
def majors_line(scope: Scope) -> Sentence:
    """Major incidents in one line: how many, time lost, users, service and cause if it was one; an outage as costly."""
    incidents = major_incidents(scope)
    if not incidents:
        return Sentence("first_majors_none" if majors_are_marked(scope) else "first_majors_unmarked", {})
    facts: list[Part] = []
    services = list(dict.fromkeys(incident.service for incident in incidents if incident.service))
    if len(services) == 1:
        facts.append(Name(services[0]))
    hours = [incident.hours for incident in incidents if incident.hours is not None]
    if hours:
        facts.append(Sentence("first_majors_time", {"time": Duration(sum(hours))}))
    users = [incident.users for incident in incidents if incident.users is not None]
    if users:
        facts.append(Sentence("first_majors_users", {"n": Number(sum(users))}))
    causes = list(dict.fromkeys(incident.cause for incident in incidents if incident.cause))
    if len(causes) == 1:
        facts.append(Name(causes[0]))
    told: Part = Sentence("first_majors_facts", {"list": Listed(tuple(facts), "commas")}) if facts else ""
    line = Sentence("first_majors", {"n": Number(len(incidents)), "facts": told})
    if not (costly := costly_outages(scope)):
        return line
    beside = Sentence("first_costly", {"name": Name(costly[0].service), "time": Duration(costly[0].hours)})
    return Sentence("both", {"first": line, "second": beside}, line)
