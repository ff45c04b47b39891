"""Slow, obvious oracles: every indicator computed again with plain loops over lists of dicts, from its written definition.

Nothing here comes from the package. Outages are laid on a grid of a quarter of an hour, so test data must lie on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
STEP = timedelta(minutes=15)
STEP_HOURS = 0.25
Row = dict[str, Any]


class Answer(NamedTuple):
    """What an indicator says; None where it says nothing."""

    value: float | None
    numerator: float | None
    denominator: float | None
    n: int


@dataclass(frozen=True)
class Query:
    """One period and one member (`dimension` None: everybody). Nothing at or after `as_of` is known; `end` is not after it."""

    data: dict[str, list[Row]]
    start: datetime
    end: datetime
    as_of: datetime
    dimension: str | None = None
    member: str | None = None

    def rows(self, table: str) -> list[Row]:
        """The member's rows."""
        if self.dimension is None:
            return self.data[table]
        return [row for row in self.data[table] if member_of(self.data, row, self.dimension) == self.member]

    def within(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.end

    def known(self, moment: datetime | None) -> bool:
        return moment is not None and moment < self.as_of


def member_of(data: dict[str, list[Row]], row: Row, dimension: str) -> str | None:
    """The member to which a row belongs; None where it is not known."""
    service = next((one for one in data["services"] if one["service"] == row.get("service")), {})
    group = next((one for one in data["groups"] if one["assignment_group"] == row.get("assignment_group")), {})
    if dimension == "supplier":
        return row.get("supplier") or group.get("supplier") or service.get("supplier")
    found = {
        "tier": service.get("tier"),
        "team": group.get("team"),
        "level": group.get("level"),
        "group": row.get("assignment_group"),
    }.get(dimension, row.get(dimension))
    return None if found is None else str(found)


# How numbers are made


def count(rows: Iterable[Row]) -> Answer:
    number = len(list(rows))
    return Answer(number, number, None, number)


def share(flags: Iterable[bool | None]) -> Answer:
    """Of those of which it is known."""
    known = [flag for flag in flags if flag is not None]
    true = sum(1 for flag in known if flag)
    return Answer(true / len(known) if known else None, true, len(known), len(known))


def mean(numbers: Iterable[float | None]) -> Answer:
    known = [number for number in numbers if number is not None]
    return Answer(sum(known) / len(known) if known else None, sum(known), len(known), len(known))


def quantile(numbers: Iterable[float | None], q: float) -> Answer:
    """Linear between the two neighbours in order."""
    known = sorted(number for number in numbers if number is not None)
    if not known:
        return Answer(None, None, None, 0)
    place = (len(known) - 1) * q
    below = floor(place)
    above = min(below + 1, len(known) - 1)
    return Answer(known[below] + (known[above] - known[below]) * (place - below), None, None, len(known))


def hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 3600


# Whom an indicator is about


def resolved(ask: Query) -> list[Row]:
    return [row for row in ask.rows("incidents") if ask.within(row["resolved_at"]) and row["state"] != "canceled"]


def acknowledged(ask: Query) -> list[Row]:
    return [row for row in ask.rows("incidents") if ask.within(row["acknowledged_at"]) and row["state"] != "canceled"]


def opened(ask: Query) -> list[Row]:
    return [row for row in ask.rows("incidents") if ask.within(row["opened_at"])]


def ended(ask: Query) -> list[Row]:
    return [row for row in ask.rows("incidents") if ask.within(row["ended_at"])]


def open_at_end(ask: Query) -> list[Row]:
    begun = [row for row in ask.rows("incidents") if row["opened_at"] < ask.end]
    return [row for row in begun if row["ended_at"] is None or row["ended_at"] >= ask.end]


def age(ask: Query, row: Row) -> float:
    return (ask.end - row["opened_at"]).total_seconds()


def closed_requests(ask: Query) -> list[Row]:
    return [row for row in ask.rows("requests") if ask.within(row["closed_at"]) and row["state"] != "canceled"]


def closed_changes(ask: Query) -> list[Row]:
    return [row for row in ask.rows("changes") if ask.within(row["closed_at"])]


def answers(ask: Query) -> list[Row]:
    return [row for row in ask.rows("surveys") if ask.within(row["answered_at"]) and row["automatic"] is not True]


def restored(ask: Query) -> list[Row]:
    return [row for row in ask.rows("outages") if row["kind"] == "unplanned" and ask.within(row["restored_at"])]


# Incidents


def incident_net_flow(ask: Query) -> Answer:
    plus, minus = len(opened(ask)), len(ended(ask))
    return Answer(plus - minus, None, None, plus + minus)


def open_breached(ask: Query) -> Answer:
    return count(row for row in open_at_end(ask) if (row["sla_late_from"] or row["sla_due_at"] or ask.end) < ask.end)


def first_level_resolution_rate(ask: Query) -> Answer:
    levels = {group["assignment_group"]: group["level"] for group in ask.data["groups"]}
    return share(equal(levels.get(row["assignment_group"]), 1) for row in resolved(ask))


def resolve_time_km_median(ask: Query) -> Answer:
    """The product-limit curve, walked in order of time; where it stays at one half, the middle of that stretch."""
    durations = []
    for row in opened(ask):
        if row["state"] != "canceled":
            over = ask.known(row["ended_at"])
            stop = row["ended_at"] if over else ask.as_of
            durations.append((max((stop - row["opened_at"]).total_seconds(), 0.0) / 3600, over))
    number, events = len(durations), sum(over for _, over in durations)
    if not number:
        return Answer(None, None, 0, 0)
    surviving, half_since = 1.0, None
    for time in sorted({time for time, over in durations if over}):
        at_risk = sum(1 for other, _ in durations if other >= time)
        happened = sum(1 for other, over in durations if over and other == time)
        if half_since is not None:
            return Answer((half_since + time) / 2, events, number, number)
        surviving *= 1 - happened / at_risk
        if abs(surviving - 0.5) < 1e-9:
            half_since = time
        elif surviving < 0.5:
            return Answer(time, events, number, number)
    return Answer(half_since, events, number, number)


def ping_pong_share(ask: Query) -> Answer:
    flags = []
    for row in resolved(ask):
        log = [
            entry
            for entry in ask.data["state_log"]
            if entry["ticket_table"] == "incidents" and entry["number"] == row["number"] and entry["assignment_group"]
        ]
        visited: list[str] = []
        for entry in sorted(log, key=lambda entry: entry["seq"]):
            if ask.known(entry["at"]) and (not visited or visited[-1] != entry["assignment_group"]):
                visited.append(entry["assignment_group"])
        if visited:
            flags.append(any(visited[i] == visited[i + 2] for i in range(len(visited) - 2)))
    return share(flags)


def repeat_incidents(ask: Query) -> Answer:
    flags = []
    for row in opened(ask):
        if row["state"] == "canceled" or likeness(row) is None:
            continue
        flags.append(
            any(
                other["state"] != "canceled"
                and likeness(other) == likeness(row)
                and other["resolved_at"] is not None
                and row["opened_at"] - timedelta(days=90) <= other["resolved_at"] < row["opened_at"]
                for other in ask.data["incidents"]
            )
        )
    return share(flags)


def likeness(row: Row) -> tuple[str, ...] | None:
    if row["service"] is None:
        return None
    if row["ci"] is not None:
        return ("ci", row["service"], row["ci"])
    if row["category"] is None or row["subcategory"] is None:
        return None
    return ("category", row["service"], row["category"], row["subcategory"])


def incidents_per_100_changes(ask: Query) -> Answer:
    incidents = sum(1 for row in opened(ask) if row["caused_by_change"] is not None)
    changes = sum(1 for row in closed_changes(ask) if row["state"] != "canceled")
    return Answer(100 * incidents / changes if changes else None, incidents, changes, changes)


# Outages


def in_service(calendar: str, moment: datetime) -> bool:
    if calendar == "7x24":
        return True
    local = moment.astimezone(SHANGHAI)
    return local.weekday() < 5 and (9 <= local.hour < 12 or 13 <= local.hour < 18)


def steps(start: datetime, end: datetime) -> Iterable[datetime]:
    while start < end:
        yield start
        start += STEP


def outages(ask: Query, service: str, *kinds: str) -> list[Row]:
    return [row for row in ask.data["outages"] if row["service"] == service and row["kind"] in kinds]


def down(ask: Query, rows: list[Row], moment: datetime) -> list[Row]:
    """Those of the outages that cover the quarter of an hour from `moment` on."""
    return [row for row in rows if row["started_at"] <= moment < (row["restored_at"] or ask.as_of)]


def degradation(row: Row) -> float:
    return 1.0 if row["degradation"] is None else row["degradation"]


def served(ask: Query) -> list[Row]:
    return [row for row in ask.rows("services") if row["calendar"] in ("5x8", "7x24")]


def measurable(ask: Query) -> bool:
    """The register of outages has begun before the end of the period."""
    return any(row["started_at"] < ask.end for row in ask.data["outages"])


def available(ask: Query, services: list[Row], kinds: tuple[str, ...], weight: Callable[[Row], float], loss: Any) -> Answer:
    """Quarter by quarter of an hour: what was agreed, and the greatest loss of the outages that cover them."""
    agreed = lost = 0.0
    interruptions = set()
    for service in services if measurable(ask) else []:
        begun = None
        rows = [row for row in outages(ask, service["service"], *kinds) if loss(service, row) > 0]
        for moment in steps(ask.start, ask.end):
            covering = down(ask, rows, moment)
            begun = (begun or moment) if covering else None
            if in_service(service["calendar"], moment):
                agreed += STEP_HOURS * weight(service)
                if covering:
                    lost += STEP_HOURS * max(loss(service, row) for row in covering)
                    interruptions.add((service["service"], begun))
    if not agreed:
        return Answer(None, None, None, 0)
    return Answer(1 - lost / agreed, agreed - lost, agreed, len(interruptions))


def availability(ask: Query) -> Answer:
    return available(ask, served(ask), ("unplanned",), lambda _: 1, lambda _, row: degradation(row))


def availability_with_maintenance(ask: Query) -> Answer:
    return available(ask, served(ask), ("unplanned", "maintenance"), lambda _: 1, lambda _, row: degradation(row))


def availability_user_weighted(ask: Query) -> Answer:
    def lost_users(service: Row, row: Row) -> float:
        if row["users_affected"] is None:
            return service["users"] * degradation(row)
        return min(service["users"], row["users_affected"])

    return available(ask, [row for row in served(ask) if row["users"]], ("unplanned",), lambda row: row["users"], lost_users)


def mtbf(ask: Query) -> Answer:
    working, agreed, failures = 0.0, 0.0, 0
    for service in served(ask) if measurable(ask) else []:
        every = [row for row in outages(ask, service["service"], "unplanned", "maintenance") if degradation(row) > 0]
        unplanned = [row for row in every if row["kind"] == "unplanned"]
        for moment in steps(ask.start, ask.end):
            if in_service(service["calendar"], moment):
                agreed += STEP_HOURS
                working += 0 if down(ask, every, moment) else STEP_HOURS
            if down(ask, unplanned, moment) and not down(ask, unplanned, moment - STEP):
                failures += 1
    if not agreed:
        return Answer(None, None, None, 0)
    return Answer(working / failures if failures else None, working, failures, failures)


def longest_outage(ask: Query) -> Answer:
    lengths = []
    for service in {row["service"] for row in ask.rows("outages")}:
        length = 0.0
        rows = [row for row in outages(ask, service, "unplanned") if degradation(row) > 0]
        for moment in [*steps(ask.start, ask.end), None]:
            if moment is not None and down(ask, rows, moment):
                length += STEP_HOURS
            elif length:
                lengths.append(length)
                length = 0.0
    return Answer(max(lengths) if lengths else None, None, None, len(lengths))


def restore_hours(row: Row) -> float:
    return (row["restored_at"] - row["started_at"]).total_seconds() / 3600


# Surveys


def nps(ask: Query) -> Answer:
    given = [row["recommend"] for row in answers(ask) if row["recommend"] is not None]
    promoters = sum(1 for points in given if points >= 9)
    detractors = sum(1 for points in given if points <= 6)
    if not given:
        return Answer(None, None, 0, 0)
    return Answer(100 * (promoters - detractors) / len(given), promoters - detractors, len(given), len(given))


def survey_response_rate(ask: Query) -> Answer:
    sent = [row for row in ask.rows("surveys") if ask.within(row["sent_at"])]
    return share(ask.known(row["answered_at"]) and row["automatic"] is not True for row in sent)


def over(number: float | None, limit: float) -> bool | None:
    return None if number is None else number > limit


def equal(one: Any, other: Any) -> bool | None:
    return None if one is None else one == other


def contact_sums(ask: Query, part: str, whole: str) -> Answer:
    """Both sums over the intervals that know both, and their quotient."""
    rows = [row for row in ask.rows("contacts") if ask.within(row["start"])]
    known = [row for row in rows if row[part] is not None and row[whole] is not None]
    count, total = sum(row[part] for row in known), sum(row[whole] for row in known)
    if not rows:
        return Answer(None, None, 0, 0)
    return Answer(count / total if total else None, count, total, int(total))


def contacts_offered(ask: Query) -> Answer:
    rows = [row for row in ask.rows("contacts") if ask.within(row["start"])]
    offered = sum(row["offered"] for row in rows)
    return Answer(offered, offered, None, offered) if rows else Answer(None, None, 0, 0)


ORACLES: dict[str, Callable[[Query], Answer]] = {
    "incidents_opened": lambda ask: count(opened(ask)),
    "incidents_resolved": lambda ask: count(resolved(ask)),
    "incidents_ended": lambda ask: count(ended(ask)),
    "incident_backlog": lambda ask: count(open_at_end(ask)),
    "incident_net_flow": incident_net_flow,
    "backlog_age_median": lambda ask: quantile((hours(age(ask, row)) for row in open_at_end(ask)), 0.5),
    "backlog_over_30d_share": lambda ask: share(age(ask, row) > 30 * 86400 for row in open_at_end(ask)),
    "ack_time_mean": lambda ask: mean(hours(row["ack_seconds"]) for row in acknowledged(ask)),
    "ack_time_median": lambda ask: quantile((hours(row["ack_seconds"]) for row in acknowledged(ask)), 0.5),
    "sla_response_met": lambda ask: share(row["sla_response_met"] for row in acknowledged(ask)),
    "resolve_time_mean": lambda ask: mean(hours(row["elapsed_seconds"]) for row in resolved(ask)),
    "resolve_time_median": lambda ask: quantile((hours(row["elapsed_seconds"]) for row in resolved(ask)), 0.5),
    "resolve_time_p90": lambda ask: quantile((hours(row["elapsed_seconds"]) for row in resolved(ask)), 0.9),
    "resolve_work_time_median": lambda ask: quantile((hours(row["working_seconds"]) for row in resolved(ask)), 0.5),
    "resolve_work_time_p90": lambda ask: quantile((hours(row["working_seconds"]) for row in resolved(ask)), 0.9),
    "resolve_time_km_median": resolve_time_km_median,
    "sla_resolution_flagged": lambda ask: share(row["made_sla"] for row in ended(ask) if row["state"] != "canceled"),
    "sla_resolution_met": lambda ask: share(row["sla_resolution_met"] for row in resolved(ask)),
    "sla_resolved_flagged": lambda ask: share(row["made_sla"] for row in resolved(ask)),
    "open_breached": open_breached,
    "reopen_rate": lambda ask: share(over(row["reopen_count"], 0) for row in resolved(ask)),
    "reassignments_mean": lambda ask: mean(row["reassignment_count"] for row in resolved(ask)),
    "no_reassignment_rate": lambda ask: share(equal(row["reassignment_count"], 0) for row in resolved(ask)),
    "ping_pong_share": ping_pong_share,
    "first_contact_resolution_rate": lambda ask: share(row["first_contact_resolved"] for row in resolved(ask)),
    "first_level_resolution_rate": first_level_resolution_rate,
    "major_incidents": lambda ask: count(row for row in opened(ask) if row["major"]),
    "repeat_incidents": repeat_incidents,
    "problem_linked_share": lambda ask: share(row["problem"] is not None for row in resolved(ask)),
    "incidents_caused_by_change": lambda ask: count(row for row in opened(ask) if row["caused_by_change"] is not None),
    "incidents_per_100_changes": incidents_per_100_changes,
    "requests_opened": lambda ask: count(row for row in ask.rows("requests") if ask.within(row["opened_at"])),
    "requests_closed": lambda ask: count(closed_requests(ask)),
    "requests_on_time": lambda ask: share(row["on_time"] for row in closed_requests(ask)),
    "request_lead_time_p50": lambda ask: quantile((hours(row["elapsed_seconds"]) for row in closed_requests(ask)), 0.5),
    "request_lead_time_p90": lambda ask: quantile((hours(row["elapsed_seconds"]) for row in closed_requests(ask)), 0.9),
    "changes_closed": lambda ask: count(row for row in closed_changes(ask) if row["state"] != "canceled"),
    "change_success_rate": lambda ask: share(equal(row["outcome"], "successful") for row in closed_changes(ask)),
    "emergency_change_share": lambda ask: share(
        equal(row["type"], "emergency") for row in closed_changes(ask) if row["state"] != "canceled"
    ),
    "failed_changes": lambda ask: count(row for row in closed_changes(ask) if row["outcome"] == "unsuccessful"),
    "availability": availability,
    "availability_with_maintenance": availability_with_maintenance,
    "availability_user_weighted": availability_user_weighted,
    "mtbf": mtbf,
    "longest_outage": longest_outage,
    "restore_time_mean": lambda ask: mean(restore_hours(row) for row in restored(ask)),
    "restore_time_median": lambda ask: quantile((restore_hours(row) for row in restored(ask)), 0.5),
    "csat": lambda ask: share(over(row["score"], 3) for row in answers(ask)),
    "csat_score": lambda ask: mean(row["score"] for row in answers(ask)),
    "survey_response_rate": survey_response_rate,
    "survey_automatic_answers": lambda ask: count(
        row for row in ask.rows("surveys") if ask.within(row["answered_at"]) and row["automatic"]
    ),
    "nps": nps,
    "contacts_offered": contacts_offered,
    "answer_rate": lambda ask: contact_sums(ask, "answered", "offered"),
    "service_level_20s": lambda ask: contact_sums(ask, "answered_in_target", "offered"),
    "abandon_rate": lambda ask: contact_sums(ask, "abandoned", "offered"),
    "answer_time_mean": lambda ask: contact_sums(ask, "wait_seconds", "answered"),
    "handle_time_mean": lambda ask: contact_sums(ask, "handle_seconds", "answered"),
}
