"""Causes that came back: major incidents that share a problem, a causing change or the cause in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.major_incidents import MajorIncident, major_incidents
from itsq_analysis.periods import history, month_of

MONTHS = 12
ENGLISH = ("unknown", "notknown", "na", "none", "tbd", "other", "underinvestigation")
NO_CAUSE = frozenset((*ENGLISH, "未知", "不明", "不详", "无", "其他", "待查", "待定", "调查中"))


@dataclass(frozen=True)
class RepeatedCause:
    """One cause of at least two major incidents.

    Attributes:
        cause: in words, else the problem's or the change's number.
        numbers: of the incidents, the oldest first.
        services: that they touched, in the same order, each once.
        days: on which they began.
    """

    cause: str
    numbers: tuple[str, ...]
    services: tuple[str, ...]
    days: tuple[date, ...]

    @property
    def service(self) -> str | None:
        """The newest service that it touched; None if not known."""
        return self.services[-1] if self.services else None


@fact
def repeated_causes(scope: Scope, months: int = MONTHS) -> tuple[RepeatedCause, ...]:
    """Causes of major incidents of the reporting period that had also caused another one, in so many months up to the period's end.

    Two incidents have one cause if they name the same problem, the same causing change, or the same cause in words (case, spaces
    and punctuation apart; "unknown" is none). The most frequent first.
    """
    month = month_of(scope.period.end - timedelta(days=1), scope.settings.period.month_starts_on)
    begin = history(month, months)[0].bounds(scope.settings.organisation.zone)[0]
    now = {incident.number for incident in major_incidents(scope)}
    dated = [(incident.at, incident) for incident in major_incidents(scope, begin) if incident.at is not None]
    ordered = [incident for _, incident in sorted(dated, key=lambda pair: (pair[0], pair[1].number))]
    shared = [group for group in _groups(ordered) if len(group) > 1 and now & {incident.number for incident in group}]
    return tuple(_repeated(scope, group) for group in sorted(shared, key=len, reverse=True))


def _groups(ordered: Sequence[MajorIncident]) -> list[list[MajorIncident]]:
    """Incidents joined by any shared key, also by way of a third one."""
    groups: list[tuple[set[str], list[MajorIncident]]] = []
    for incident in ordered:
        keys, members = set(_keys(incident)), [incident]
        touched = [group for group in groups if group[0] & keys]
        for group in touched:
            keys |= group[0]
            members = [*group[1], *members]
        groups = [group for group in groups if group not in touched] + [(keys, members)]
    return [sorted(members, key=ordered.index) for _, members in groups]


def _keys(incident: MajorIncident) -> Iterator[str]:
    for kind, number in (("problem", incident.problem), ("change", incident.change)):
        if number:
            yield f"{kind} {number}"
    if incident.cause and _is_cause(incident.cause):
        yield f"cause {_plain(incident.cause)}"


def _plain(text: str) -> str:
    """A cause in words without case, spaces and punctuation."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _is_cause(text: str) -> bool:
    return bool(_plain(text)) and _plain(text) not in NO_CAUSE


def _repeated(scope: Scope, group: Sequence[MajorIncident]) -> RepeatedCause:
    """A group of incidents, told by the newest cause in words, else by what they share."""
    zone = scope.settings.organisation.zone
    newest = group[::-1]
    words = [incident.cause for incident in newest if incident.cause and _is_cause(incident.cause)]
    words += [number for incident in newest for number in (incident.problem, incident.change) if number]
    days = tuple(incident.at.astimezone(zone).date() for incident in group if incident.at is not None)
    services = tuple(dict.fromkeys(incident.service for incident in group if incident.service))
    return RepeatedCause(words[0], tuple(incident.number for incident in group), services, days)
