"""Causes that came back: major incidents that share a problem, a causing change or the cause in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.majors import Major, majors
from itsq_analysis.periods import history, month_of

MONTHS = 12
NO_CAUSE = frozenset(
    (
        "unknown",
        "notknown",
        "na",
        "none",
        "tbd",
        "other",
        "underinvestigation",
        "未知",
        "不明",
        "不详",
        "无",
        "其他",
        "待查",
        "待定",
        "调查中",
    )
)


@dataclass(frozen=True)
class Repeated:
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


def repeated_causes(context: ReportContext, months: int = MONTHS) -> list[Repeated]:
    """Causes of major incidents of the reporting period that had also caused another one, in so many months up to the period's end.

    Two incidents have one cause if they name the same problem, the same causing change, or the same cause in words (case, spaces
    and punctuation apart; "unknown" is none). The most frequent first.
    """
    settings = context.workspace.settings
    month = month_of(context.period.end - timedelta(days=1), settings.period.month_starts_on)
    begin = history(month, months)[0].bounds(settings.organisation.zone)[0]
    now = {one.number for one in majors(context)}
    found = sorted((one for one in majors(context, begin) if one.at is not None), key=lambda one: (one.at, one.number))
    shared = [group for group in _groups(found) if len(group) > 1 and now & {one.number for one in group}]
    return [_repeated(group, context) for group in sorted(shared, key=len, reverse=True)]


def _groups(found: list[Major]) -> list[list[Major]]:
    """Incidents joined by any shared key, also by way of a third one."""
    groups: list[tuple[set[str], list[Major]]] = []
    for one in found:
        keys, members = set(_keys(one)), [one]
        touched = [group for group in groups if group[0] & keys]
        for group in touched:
            keys |= group[0]
            members = [*group[1], *members]
        groups = [group for group in groups if group not in touched] + [(keys, members)]
    return [sorted(members, key=found.index) for _, members in groups]


def _keys(one: Major) -> Iterator[str]:
    for kind, number in (("problem", one.problem), ("change", one.change)):
        if number:
            yield f"{kind} {number}"
    if one.cause and _is_cause(one.cause):
        yield f"cause {_plain(one.cause)}"


def _plain(text: str) -> str:
    """A cause in words without case, spaces and punctuation."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _is_cause(text: str) -> bool:
    return bool(_plain(text)) and _plain(text) not in NO_CAUSE


def _repeated(group: list[Major], context: ReportContext) -> Repeated:
    """A group of incidents, told by the newest cause in words, else by what they share."""
    zone = context.workspace.settings.organisation.zone
    newest = group[::-1]
    words = [one.cause for one in newest if one.cause and _is_cause(one.cause)]
    words += [number for one in newest for number in (one.problem, one.change) if number]
    days = tuple(one.at.tz_convert(zone).date() for one in group if one.at is not None)
    services = tuple(dict.fromkeys(one.service for one in group if one.service))
    return Repeated(words[0], tuple(one.number for one in group), services, days)
