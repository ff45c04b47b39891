"""The late incidents of a report: those resolved late in its period, and those that are late, or soon will be, as of its moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.late.stretches import KINDS
from itsq_analysis.indicators.late.tickets import late_tickets, soon_until

STANDINGS = ("late", "open", "soon")
BARS = 6  # groups in the picture; further ones are one bar together
ALONE = 0.25  # of a group's hours: an incident that takes more of them is named
JOINED = ("waiting_supplier", "waiting_other")  # one part of the picture where all six kinds occur: it shows five
TOGETHER = "waiting_joined"


@dataclass(frozen=True)
class LateIncident:
    """One incident; durations in working hours of its rule's calendar, moments in the workspace's zone.

    Attributes:
        number: of the ticket.
        standing: "late": resolved late in the period; as of the moment "open": past its limit, "soon": within five working days
            of it.
        service: None where not known, as of the next three.
        priority: 1 to 5.
        group: that held it when its limit passed.
        supplier: its own, else of that group, else of the service.
        due_at: its limit.
        over: hours past the limit, negative while any are left; None without a rule.
        whole: hours from opened to resolved, of open ones to the moment.
        spent: kind of `KINDS` -> hours, together `whole`; empty without a state log.
    """

    number: str
    standing: str
    service: str | None
    priority: int | None
    group: str | None
    supplier: str | None
    due_at: datetime
    over: float | None
    whole: float
    spent: Mapping[str, float]


@dataclass(frozen=True)
class GroupHours:
    """The late incidents that one group (None: not known) held at their limit, and their working hours."""

    group: str | None
    incidents: tuple[LateIncident, ...]

    @property
    def hours(self) -> float:
        """All of them."""
        return sum(incident.whole for incident in self.incidents)

    @property
    def logged(self) -> int:
        """Incidents with a state log."""
        return sum(bool(incident.spent) for incident in self.incidents)

    @cached_property
    def spent(self) -> dict[str, float]:
        """Kind -> hours, of those with a state log."""
        return {kind: sum(incident.spent.get(kind, 0.0) for incident in self.incidents) for kind in KINDS}

    @property
    def known(self) -> float:
        """Hours of those with a state log."""
        return sum(self.spent.values())

    @property
    def most(self) -> str:
        """The kind on which most hours went."""
        return max(self.spent, key=lambda kind: self.spent[kind])

    @property
    def alone(self) -> LateIncident | None:
        """The one incident of several that takes more than a quarter of the hours."""
        longest = max(self.incidents, key=lambda incident: (incident.whole, incident.number))
        return longest if len(self.incidents) > 1 and longest.whole > ALONE * self.hours else None


@fact
def late_frame(scope: Scope) -> pd.DataFrame:
    """`late_tickets` with durations in hours and moments in the workspace's zone.

    Resolved late are those of the period; open ones are as of the scope's moment, so that none is listed that was resolved since.
    """
    workspace, zone = scope.workspace, scope.settings.organisation.zone
    start, end = scope.period.bounds(zone)
    tickets = (workspace.connection, scope.settings, workspace.calendar)
    resolved = late_tickets(*tickets, start, min(end, scope.moment))
    now = late_tickets(*tickets, scope.moment, scope.moment)
    frame = pd.concat([resolved[resolved["standing"] == "late"], now], ignore_index=True)
    hours = {name: frame[name].astype("Float64") / 3600 for name in ("over", "whole", *KINDS)}
    moments = {name: frame[name].dt.tz_convert(zone) for name in ("opened_at", "ended_at", "due_at")}
    return frame.assign(**moments, **hours)


@fact
def late_incidents(scope: Scope, standing: str) -> tuple[LateIncident, ...]:
    """Those of one standing: the soon late by their limit, others P1 first, then by hours over the limit."""
    frame = late_frame(scope)
    incidents = [_incident(row) for _, row in frame[frame["standing"] == standing].iterrows()]
    return tuple(sorted(incidents, key=_by_limit if standing == "soon" else _worst_first))


@fact
def late_hours(scope: Scope) -> tuple[GroupHours, ...]:
    """The incidents resolved late by the group that held them at their limit, most hours first."""
    groups: dict[str | None, list[LateIncident]] = {}
    for incident in late_incidents(scope, "late"):
        groups.setdefault(incident.group, []).append(incident)
    held = [GroupHours(group, tuple(incidents)) for group, incidents in groups.items()]
    return tuple(sorted(held, key=lambda held_by: (-held_by.hours, held_by.group is None, held_by.group or "")))


def hours_of(scope: Scope, group: str | None) -> GroupHours | None:
    """What one group held; None where that is nothing."""
    return next((held for held in late_hours(scope) if held.group == group), None)


@fact
def hours_by_kind(scope: Scope) -> pd.DataFrame:
    """Working hours by group and kind, of the incidents with a state log; for a picture.

    Columns member (a group, missing where not known; the last ones together are the number of these groups), part (a kind that
    occurs; two kinds of waiting are "waiting_joined" where all six occur), value (hours).
    """
    known = sorted((held for held in late_hours(scope) if held.known), key=lambda held: -held.known)
    bars: list[tuple[Any, dict[str, float]]] = [(held.group, held.spent) for held in known]
    if len(bars) > BARS + 1:
        rest = {kind: sum(spent[kind] for _, spent in bars[BARS:]) for kind in KINDS}
        bars = [*bars[:BARS], (len(bars) - BARS, rest)]
    kinds = [kind for kind in KINDS if sum(spent[kind] for _, spent in bars)]
    parts: dict[str, tuple[str, ...]] = {kind: (kind,) for kind in kinds}
    if len(kinds) == len(KINDS):
        parts = {kind: (kind,) for kind in kinds if kind not in JOINED} | {TOGETHER: JOINED}
    rows = [(member, part, sum(spent[kind] for kind in of)) for part, of in parts.items() for member, spent in bars]
    return pd.DataFrame(rows, columns=["member", "part", "value"]).astype({"member": object})


@fact
def soon_late_until(scope: Scope) -> datetime:
    """Until when the limit of an incident that is soon late passes (workspace's zone)."""
    until = soon_until(scope.settings, scope.workspace.calendar, scope.moment)
    return until.astimezone(scope.settings.organisation.zone)


def _incident(row: pd.Series) -> LateIncident:
    spent = {} if pd.isna(row["worked"]) else {kind: float(row[kind]) for kind in KINDS}
    texts = {name: None if pd.isna(row[name]) else str(row[name]) for name in ("service", "group", "supplier")}
    return LateIncident(
        number=row["number"],
        standing=row["standing"],
        priority=None if pd.isna(row["priority"]) else int(row["priority"]),
        due_at=row["due_at"],
        over=None if pd.isna(row["over"]) else float(row["over"]),
        whole=float(row["whole"]),
        spent=spent,
        **texts,
    )


def _worst_first(incident: LateIncident) -> tuple[Any, ...]:
    return incident.priority != 1, incident.over is None, -(incident.over or 0.0), incident.number


def _by_limit(incident: LateIncident) -> tuple[Any, ...]:
    return incident.due_at, incident.number


def longest_kinds(spent: Mapping[str, float], least: float) -> Iterable[tuple[str, float]]:
    """The kinds with at least so many hours, most first."""
    return sorted(((kind, hours) for kind, hours in spent.items() if hours >= least), key=lambda item: -item[1])
