"""Major incidents: what tickets and the register of outages together tell of each, as known at the moment of the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.outages import Outage, outages, user_hours

REVIEW_DAYS = 5  # working days after restoration within which a review is held
NEARLY = 0.9  # of the user-hours of the costliest major incident: an outage that cost so many is told beside it
BEFORE = timedelta(hours=1)  # a ticket may be opened so long before the outage that it is about begins


@dataclass(frozen=True)
class MajorIncident:
    """One major incident, told by its ticket and its outages; what neither says is None. Moments in the workspace's zone.

    Attributes:
        number: of the ticket, else of the outage.
        service: the first one it touched.
        hours: clock time of its longest outage; None without an outage in the register.
        user_hours: lost in all its outages; None where the register gives no number of users.
        restored: False while it lasts; its hours are then those so far.
        started: when the service stopped working, from the register alone.
        detected: from the register, else when the ticket was opened.
        restored_at: from the register, else when the ticket was resolved; None while it lasts.
        users: most users that an outage of it left without the service.
        cause: in words: the register's, else the root cause of its problem.
        problem: number of its problem.
        change: number of the change that caused it.
        action: what was done so that it does not come back.
        reviewed_on: day of the review.
        review_days_over: working days by which the review is overdue or was late; 0 within five working days of restoration, None
            while it lasts.
    """

    number: str
    service: str | None
    hours: float | None = None
    user_hours: float | None = None
    restored: bool = True
    started: datetime | None = None
    detected: datetime | None = None
    restored_at: datetime | None = None
    users: int | None = None
    cause: str | None = None
    problem: str | None = None
    change: str | None = None
    action: str | None = None
    reviewed_on: date | None = None
    review_days_over: int | None = None

    @property
    def at(self) -> datetime | None:
        """The first moment known of it."""
        return self.started if self.started is not None else self.detected

    @property
    def review_overdue(self) -> bool:
        """Whether its review should have been held and was not."""
        return self.reviewed_on is None and bool(self.review_days_over)


@dataclass(frozen=True)
class Ticket:
    """A ticket that is major, or that an outage names."""

    number: str
    service: str | None
    opened_at: datetime
    resolved_at: datetime | None
    problem: str | None
    caused_by_change: str | None
    major: bool


@fact
def major_incidents(scope: Scope, start: datetime | None = None) -> tuple[MajorIncident, ...]:
    """Major incidents of the period, or from `start` to its end, the longest first.

    Tickets opened then, and major outages that touch it. An outage belongs to the ticket that it names; one that names none, to
    the major ticket of its service that was opened while it lasted, or in the hour before.
    """
    begin = scope.period.bounds(scope.settings.organisation.zone)[0] if start is None else start
    tickets = {ticket.number: ticket for ticket in _tickets(scope)}
    declared = [ticket for ticket in tickets.values() if ticket.major]
    linked: dict[str, list[Outage]] = {}
    for outage in outages(scope, start):
        number = _ticket_of(outage, declared, scope.moment)
        if outage.major or (number in tickets and tickets[number].major):
            linked.setdefault(number, []).append(outage)
    for ticket in declared:
        if ticket.opened_at >= begin:
            linked.setdefault(ticket.number, [])
    causes = _root_causes(scope)
    incidents = [_incident(scope, number, rows, tickets.get(number), causes) for number, rows in linked.items()]
    return tuple(sorted(incidents, key=lambda incident: -(incident.hours or 0)))


@fact
def majors_are_marked(scope: Scope) -> bool:
    """Whether the data say of any ticket or outage that it is, or is not, a major incident; silence is not "none"."""
    rows = scope.query(
        "SELECT EXISTS (SELECT 1 FROM incidents WHERE major IS NOT NULL) "
        "OR EXISTS (SELECT 1 FROM outages WHERE major IS NOT NULL) AS marked"
    )
    return bool(rows["marked"].iloc[0])


def _tickets(scope: Scope) -> Iterable[Ticket]:
    """Major tickets, and those that an outage names, opened before the period's end; as they were known at the moment."""
    rows = scope.query(
        "SELECT number, service, opened_at, CASE WHEN resolved_at <= $moment THEN resolved_at END AS resolved_at, problem, "
        "caused_by_change, coalesce(major, false) AS major FROM incidents WHERE opened_at < $end "
        "AND (major OR number IN (SELECT incident FROM outages WHERE incident IS NOT NULL)) ORDER BY opened_at, number"
    ).astype(object)
    for row in rows.where(rows.notna(), None).to_dict("records"):
        yield Ticket(**{str(name): value for name, value in row.items()})


def _root_causes(scope: Scope) -> dict[str, str]:
    """Problem -> its cause in words, of those found by the moment of the report."""
    rows = scope.query(
        "SELECT number, root_cause FROM problems WHERE root_cause IS NOT NULL AND coalesce(known_error_at, opened_at) <= $moment"
    )
    return dict(zip(rows["number"], rows["root_cause"], strict=True))


def _ticket_of(outage: Outage, declared: Sequence[Ticket], moment: datetime) -> str:
    """The number under which an outage is told: of its ticket, else its own."""
    if outage.incident is not None or not outage.major:
        return outage.incident or outage.number
    first, last = outage.started_at - BEFORE, outage.restored_at or moment
    own = (ticket.number for ticket in declared if ticket.service == outage.service and first <= ticket.opened_at <= last)
    return next(own, outage.number)


def _incident(scope: Scope, number: str, rows: Sequence[Outage], ticket: Ticket | None, causes: Mapping[str, str]) -> MajorIncident:
    """One incident of its outages (none, or some) and of its ticket, if that is known."""
    ends = [outage.restored_at for outage in rows] if rows else [ticket.resolved_at if ticket else None]
    over = [end for end in ends if end is not None]
    restored_at = max(over) if len(over) == len(ends) else None
    problem = _first(*(outage.problem for outage in rows), ticket.problem if ticket else None)
    detected = [outage.detected_at for outage in rows if outage.detected_at] or ([ticket.opened_at] if ticket else [])
    users = [outage.users_affected for outage in rows if outage.users_affected is not None]
    reviews = [outage.reviewed_on for outage in rows if outage.reviewed_on and outage.reviewed_on <= scope.moment.date()]
    reviewed_on = min(reviews, default=None)
    return MajorIncident(
        number,
        _first(*(outage.service for outage in rows), ticket.service if ticket else None),
        hours=max((outage.hours for outage in rows), default=None),
        user_hours=user_hours(rows),
        restored=restored_at is not None,
        started=rows[0].started_at if rows else None,
        detected=min(detected, default=None),
        restored_at=restored_at,
        users=max(users, default=None),
        cause=_first(*(outage.cause for outage in rows), causes.get(problem or "")),
        problem=problem,
        change=_first(*(outage.change for outage in rows), ticket.caused_by_change if ticket else None),
        action=_first(*(outage.action for outage in rows)),
        reviewed_on=reviewed_on,
        review_days_over=_review_days_over(scope, restored_at, reviewed_on),
    )


def _first(*texts: str | None) -> str | None:
    """The first text that says anything."""
    return next((text for text in texts if text and text.strip()), None)


def _review_days_over(scope: Scope, restored_at: datetime | None, reviewed_on: date | None) -> int | None:
    if restored_at is None:
        return None
    zone = scope.settings.organisation.zone
    calendar = scope.workspace.calendar(scope.settings.calendars[0].id)
    first = pd.Timestamp(restored_at).tz_convert(zone).date() + timedelta(days=1)
    last = (reviewed_on or scope.moment.astimezone(zone).date()) + timedelta(days=1)
    if last <= first or first.year < calendar.first_year:
        return 0
    return max(0, int(calendar.working_days(first, last)) - REVIEW_DAYS)


@fact
def costly_outages(scope: Scope) -> tuple[Outage, ...]:
    """Outages of the period that nobody declared major and that cost users about as much as the costliest major incident."""
    most = max((incident.user_hours or 0 for incident in major_incidents(scope)), default=0)
    others = [outage for outage in outages(scope) if not outage.major and most and (outage.user_hours or 0) >= NEARLY * most]
    return tuple(sorted(others, key=lambda outage: -(outage.user_hours or 0)))
