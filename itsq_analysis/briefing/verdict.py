"""The period in two sentences: what became of the agreed targets, and major incidents."""

from __future__ import annotations

from itsq_analysis.facts import Scope, Sentence, fact
from itsq_analysis.facts.sentence import Aside, Duration, Listed, Name, Number, Part
from itsq_analysis.indicators.exempted import exempted
from itsq_analysis.indicators.major_incidents import major_incidents, majors_are_marked
from itsq_analysis.indicators.targets import agreed_targets


@fact
def verdict(scope: Scope) -> Sentence:
    """How many agreed targets were met, missed (of these for certain), and not measurable."""
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
    certain = sum((value.status, value.certainty) == ("missed", "certain") for value in targets)
    rest = []
    if missed:
        counts = {"n": Number(missed)} | ({"certain": Number(certain)} if certain else {})
        rest.append(Sentence("first_missed_certain" if certain else "first_missed", counts))
    if unmeasured:
        rest.append(Sentence("first_unmeasured", {"n": Number(unmeasured)}))
    return Sentence("first_targets", facts | {"met": Number(met), "rest": Listed(tuple(rest), "commas")})


@fact
def majors_line(scope: Scope) -> Sentence:
    """Major incidents in one line: how many, time lost, users, and which service if it was one."""
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
    told: Part = Sentence("first_majors_facts", {"list": Listed(tuple(facts), "commas")}) if facts else ""
    return Sentence("first_majors", {"n": Number(len(incidents)), "facts": told})
