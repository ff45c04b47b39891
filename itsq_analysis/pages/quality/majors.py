"""Outages as they were known at the moment of the report, and the major incidents that tickets and the register tell of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from itsq_analysis.page.context import ReportContext

REVIEW_DAYS = 5  # working days after restoration within which a review is held


@dataclass(frozen=True)
class Major:
    """One major incident, told by its ticket and its outages; what neither says is None.

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
    """

    number: str
    service: str | None
    hours: float | None = None
    user_hours: float | None = None
    restored: bool = True
    started: pd.Timestamp | None = None
    detected: pd.Timestamp | None = None
    restored_at: pd.Timestamp | None = None
    users: int | None = None
    cause: str | None = None
    problem: str | None = None
    change: str | None = None
    action: str | None = None
    reviewed_on: date | None = None

    @property
    def at(self) -> pd.Timestamp | None:
        """The first moment known of it."""
        return self.started if self.started is not None else self.detected


def outages(context: ReportContext, start: datetime | None = None, kind: str = "unplanned") -> pd.DataFrame:
    """Outages that touch the period, with `hours` (clock time, so far if not restored) and `user_hours`.

    What was restored after the moment of the report had not been restored then. `start` is another begin of the span; `kind` is
    "unplanned" or "maintenance".
    """
    return context.query(
        "WITH known AS (SELECT * REPLACE (CASE WHEN restored_at <= $moment THEN restored_at END AS restored_at) FROM outages), "
        "timed AS (SELECT *, epoch(coalesce(restored_at, $moment)) / 3600 - epoch(started_at) / 3600 AS hours FROM known) "
        "SELECT *, hours * users_affected AS user_hours FROM timed "
        "WHERE kind = $kind AND started_at < $end AND coalesce(restored_at, $moment) > $start ORDER BY started_at, number",
        kind=kind,
        **({} if start is None else {"start": start}),
    )


def majors(context: ReportContext, start: datetime | None = None) -> list[Major]:
    """Major incidents of the period, or from `start` to its end, the longest first.

    Tickets opened then, and major outages that touch it. An outage belongs to the ticket that it names; one that names none, to
    the major ticket of its service that was opened while it lasted, or in the hour before.
    """
    begin = context.period.bounds(context.workspace.settings.organisation.zone)[0] if start is None else start
    tickets = _tickets(context)
    declared = tickets[tickets["major"].fillna(False).astype(bool)]
    known = outages(context, start)
    ticket = pd.Series([_ticket(row, declared, context) for _, row in known.iterrows()], index=known.index, dtype=object)
    known = known.assign(ticket=ticket)[known["major"].fillna(False) | ticket.isin(declared["number"])]
    linked, causes = set(known["ticket"]), _root_causes(context)
    alone = [row for _, row in declared[declared["opened_at"] >= begin].iterrows() if row["number"] not in linked]
    by_number = {row["number"]: row for _, row in tickets.iterrows()}
    found = [
        _major(str(number), rows, by_number.get(number), causes, context) for number, rows in known.groupby("ticket", sort=False)
    ]
    found += [_major(row["number"], known.iloc[:0], row, causes, context) for row in alone]
    return sorted(found, key=lambda one: -(one.hours or 0))


def _tickets(context: ReportContext) -> pd.DataFrame:
    """Major tickets, and those that an outage names, opened before the period's end; as they were known at the moment."""
    return context.query(
        "SELECT number, service, opened_at, CASE WHEN resolved_at <= $moment THEN resolved_at END AS resolved_at, problem, "
        "caused_by_change, major FROM incidents WHERE opened_at < $end "
        "AND (major OR number IN (SELECT incident FROM outages WHERE incident IS NOT NULL)) ORDER BY opened_at, number"
    )


def _root_causes(context: ReportContext) -> dict[str, str]:
    """Problem -> its cause in words, of those found by the moment of the report."""
    found = context.query(
        "SELECT number, root_cause FROM problems WHERE root_cause IS NOT NULL AND coalesce(known_error_at, opened_at) <= $moment"
    )
    return dict(zip(found["number"], found["root_cause"], strict=True))


def _ticket(outage: pd.Series, tickets: pd.DataFrame, context: ReportContext) -> str:
    """The number under which an outage is told: of its ticket, else its own."""
    if pd.notna(outage["incident"]):
        return str(outage["incident"])
    if pd.isna(outage["major"]) or not outage["major"]:
        return str(outage["number"])
    ended = context.moment if pd.isna(outage["restored_at"]) else outage["restored_at"]
    during = (tickets["opened_at"] >= outage["started_at"] - pd.Timedelta(hours=1)) & (tickets["opened_at"] <= ended)
    own = tickets[during & (tickets["service"] == outage["service"])]
    return str(outage["number"] if own.empty else own["number"].iloc[0])


def _major(number: str, rows: pd.DataFrame, ticket: pd.Series | None, causes: dict[str, str], context: ReportContext) -> Major:
    """One incident of the rows of the register (none, or some) and of its ticket, if that is known."""
    own = pd.Series(dtype=object) if ticket is None else ticket
    known = rows.sort_values("started_at", kind="stable")
    over = pd.Series([own.get("resolved_at")]) if rows.empty else rows["restored_at"]
    lasting = bool(over.isna().any())
    problem = _first([*known["problem"], own.get("problem")])
    reviews = [_day(value) for value in rows["reviewed_on"].dropna()]
    return Major(
        number,
        _first([*known["service"], own.get("service")]),
        hours=None if rows.empty else float(rows["hours"].max()),
        user_hours=None if rows["user_hours"].isna().all() else float(rows["user_hours"].sum()),
        restored=not lasting,
        started=None if rows.empty else known["started_at"].iloc[0],
        detected=_earliest([*known["detected_at"], *([] if known["detected_at"].notna().any() else [own.get("opened_at")])]),
        restored_at=None if lasting else over.max(),
        users=None if rows["users_affected"].isna().all() else int(rows["users_affected"].max()),
        cause=_first([*known["cause"], causes.get(problem or "")]),
        problem=problem,
        change=_first([*known["change"], own.get("caused_by_change")]),
        action=_first(known["action"]),
        reviewed_on=min((day for day in reviews if day <= context.moment.date()), default=None),
    )


def _first(values: Iterable[object]) -> str | None:
    """The first text among values that may be missing."""
    return next((str(value) for value in values if isinstance(value, str) and value.strip()), None)


def _earliest(values: Iterable[object]) -> pd.Timestamp | None:
    return min((value for value in values if isinstance(value, pd.Timestamp) and pd.notna(value)), default=None)


def _day(value: object) -> date:
    return pd.Timestamp(value).date()  # type: ignore[arg-type]


def review_days_over(context: ReportContext, one: Major) -> int | None:
    """Working days by which the review is overdue or was late; 0 within five working days of restoration, None while it lasts."""
    if one.restored_at is None:
        return None
    zone = context.workspace.settings.organisation.zone
    restored = one.restored_at.tz_convert(zone).date()
    until = one.reviewed_on or context.moment.astimezone(zone).date()
    calendar = context.workspace.calendar(context.workspace.settings.calendars[0].id)
    first, last = restored + timedelta(days=1), until + timedelta(days=1)
    if last <= first or first.year < calendar.first_year:
        return 0
    return max(0, int(calendar.working_days(first, last)) - REVIEW_DAYS)


def are_marked(context: ReportContext) -> bool:
    """Whether the data say of any ticket or outage that it is, or is not, a major incident; silence is not "none"."""
    found = context.query(
        "SELECT EXISTS (SELECT 1 FROM incidents WHERE major IS NOT NULL) "
        "OR EXISTS (SELECT 1 FROM outages WHERE major IS NOT NULL) AS marked"
    )
    return bool(found["marked"].iloc[0])
