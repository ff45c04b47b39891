"""Oracles of the indicators over registers: each restated in plain Python from its written definition, row by row.

A day begins at midnight of the organisation. Nothing here comes from the package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.naive import (
    SHANGHAI,
    Answer,
    Query,
    Row,
    closed_changes,
    closed_requests,
    count,
    equal,
    hours,
    mean,
    opened,
    quantile,
    resolved,
    share,
)

HEADLINES = 10  # of a workspace that names none
TARGET_SINCE = date(2026, 9, 15)  # of the one target of the tests' settings
FIELDS = ("service", "category", "priority", "assignment_group")
Keep = Callable[[Row], bool]


def moment(value: date | datetime | None) -> datetime | None:
    return datetime.combine(value, time(), SHANGHAI) if isinstance(value, date) and not isinstance(value, datetime) else value


def happened(ask: Query, value: date | datetime | None) -> bool:
    at = moment(value)
    return at is not None and ask.known(at)


def during(ask: Query, table: str, column: str, keep: Keep = lambda _: True, planned: bool = False) -> list[Row]:
    """Rows whose day or time lies in the period and is known."""
    rows = [row for row in ask.rows(table) if ask.within(moment(row[column])) and (planned or happened(ask, row[column]))]
    return [row for row in rows if keep(row)]


def present(ask: Query, table: str, begun: str, over: str, keep: Keep = lambda _: True) -> list[Row]:
    """Rows that had begun before the end of the period and were not over before it."""
    rows = [row for row in ask.rows(table) if (at := moment(row[begun])) is not None and at < ask.end]
    return [row for row in rows if ((at := moment(row[over])) is None or at >= ask.end) and keep(row)]


def last_day(ask: Query) -> date:
    return (ask.end - timedelta(microseconds=1)).astimezone(SHANGHAI).date()


def on_time(ask: Query, table: str, due: str, done: str, keep: Keep = lambda _: True) -> Answer:
    rows = during(ask, table, due, keep, planned=True)
    return share(happened(ask, row[done]) and row[done] <= row[due] for row in rows)


def total(numbers: Iterable[float | None]) -> Answer:
    known = [number for number in numbers if number is not None]
    return Answer(sum(known), sum(known), None, len(known))


def ratio(top: Answer, bottom: Answer, per: float = 1) -> Answer:
    assert top.value is not None
    assert bottom.value is not None
    return Answer(per * top.value / bottom.value if bottom.value else None, top.value, bottom.value, bottom.n)


def quotient(rows: Iterable[Row], top: str, bottom: str) -> Answer:
    """The sums of two columns over the rows that know both, and the one by the other."""
    known = [row for row in rows if row[top] is not None and row[bottom] is not None]
    tops, bottoms = sum(row[top] for row in known), sum(row[bottom] for row in known)
    return Answer(tops / bottoms if bottoms else None, tops, bottoms, len(known))


def both(one: bool | None, other: bool | None) -> bool | None:
    """False where either is false, else unknown where either is."""
    return False if one is False or other is False else None if one is None or other is None else True


def at_most(value: Any, limit: Any) -> bool | None:
    return None if value is None or limit is None else value <= limit


def filled(row: Row) -> int:
    return sum(1 for name in FIELDS if row[name] is not None)


def seconds(ask: Query, row: Row, first: str, last: str) -> float | None:
    if not (happened(ask, row[first]) and happened(ask, row[last])):
        return None
    return float((row[last] - row[first]).total_seconds()) / 3600


def is_kind(*kinds: str, column: str = "kind") -> Keep:
    return lambda row: row[column] in kinds


def has(*columns: str) -> Keep:
    return lambda row: all(row[column] is not None for column in columns)


def overdue(ask: Query) -> Keep:
    return lambda row: row["due_on"] is not None and row["due_on"] <= last_day(ask)


def ends_within(ask: Query, row: Row, column: str, days: int) -> bool:
    return row[column] is not None and 0 <= (row[column] - last_day(ask)).days <= days


def held(ask: Query, row: Row) -> bool:
    """Obtained by the last day, and valid on it."""
    obtained = happened(ask, row["obtained_on"]) and row["obtained_on"] <= last_day(ask)
    return obtained and (row["valid_to"] is None or row["valid_to"] >= last_day(ask))


def required(ask: Query, keep: Keep = lambda _: True) -> list[Row]:
    return present(ask, "certificates", "required_on", "released_on", keep)


def checked_days_ago(ask: Query, row: Row, column: str, otherwise: str | None = None) -> int | None:
    if happened(ask, row[column]):
        return int((last_day(ask) - row[column]).days)
    return None if otherwise is None else int((last_day(ask) - row[otherwise]).days)


def not_later(ask: Query, column: str) -> Keep:
    """Rows whose day is not known, or not after the period."""
    return lambda row: not happened(ask, row[column]) or row[column] <= last_day(ask)


def items(ask: Query, keep: Keep = lambda _: True) -> list[Row]:
    return present(ask, "config_items", "installed_on", "retired_on", keep)


def monitored(ask: Query, row: Row) -> bool:
    return happened(ask, row["monitored_since"]) and row["monitored_since"] <= last_day(ask)


def protection(ask: Query, keep: Keep = lambda _: True) -> list[Row]:
    rows = present(ask, "assessments", "held_on", "superseded_on", is_kind("protection"))
    return [row for row in rows if keep(row)]


def skills(ask: Query) -> list[Row]:
    rows = required(ask, has("level", "level_required"))
    return [row | {"missing": max(0, row["level_required"] - row["level"])} for row in rows]


def headcount(ask: Query) -> Answer:
    return count(present(ask, "staff", "joined_on", "left_on"))


def published(ask: Query) -> Answer:
    return count(during(ask, "knowledge_articles", "published_on"))


def hours_of_training(ask: Query, keep: Keep = lambda _: True) -> Answer:
    return total(row["hours"] for row in during(ask, "training", "done_on", keep))


def sessions(ask: Query, column: str, keep: Keep) -> Answer:
    return total(row[column] for row in during(ask, "self_service", "date", keep))


def of_users(row: Row) -> bool:
    return bool(row["channel"] != "automation")


def booked(ask: Query, column: str) -> Answer:
    return total(row[column] for row in during(ask, "costs", "date"))


def losses(ask: Query, column: str, keep: Keep = lambda _: True) -> Answer:
    return total(row[column] for row in present(ask, "risks", "identified_on", "closed_on", keep))


def current(ask: Query, row: Row, column: str) -> bool | None:
    return None if row[column] is None else row[column] >= last_day(ask)


def working(ask: Query) -> list[Row]:
    return present(ask, "services", "introduced_on", "retired_on")


def active(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["state"] != "canceled"]


def without_approval(ask: Query, row: Row, by: str) -> bool:
    return not happened(ask, row["approved_at"]) or row["approved_at"] > row[by]


def targets_agreed(ask: Query) -> Answer:
    agreed = 1 if ask.start.astimezone(SHANGHAI).date() >= TARGET_SINCE else 0
    return Answer(agreed / HEADLINES, agreed, HEADLINES, HEADLINES)


SINCE = {  # table -> what its first row is told by
    "alerts": "raised_at", "assessments": "planned_on", "certificates": "required_on", "changes": "opened_at",
    "complaints": "opened_at", "config_items": "installed_on", "contacts": "start", "controls": "due_on", "costs": "date",
    "deployments": "deployed_at", "documents": "due_on", "drills": "planned_on", "energy": "date", "findings": "raised_on",
    "improvements": "raised_on", "incidents": "opened_at", "knowledge_articles": "published_on", "milestones": "planned_on",
    "outages": "started_at", "requests": "opened_at", "risks": "identified_on", "security_incidents": "detected_at",
    "self_service": "date", "services": "introduced_on", "staff": "joined_on", "surveys": "sent_at", "training": "planned_on",
    "vulnerabilities": "found_on",
}  # fmt: skip


def registers_kept(ask: Query) -> Answer:
    kept = [table for table, since in SINCE.items() if any((moment(row[since]) or ask.end) < ask.end for row in ask.data[table])]
    return Answer(len(kept) / len(SINCE), len(kept), len(SINCE), len(SINCE))


def done(table: str, column: str, flag: Callable[[Row], bool | None], keep: Keep = lambda _: True) -> Callable[[Query], Answer]:
    return lambda ask: share(flag(row) for row in during(ask, table, column, keep))


def known_closed(ask: Query) -> list[Row]:
    return [row for row in ask.rows("incidents") if ask.within(row["closed_at"]) and row["state"] != "canceled"]


REGISTER_ORACLES: dict[str, Callable[[Query], Answer]] = {
    # 1
    "catalogue_complete": lambda ask: share(has("owner", "tier", "agreement")(row) for row in working(ask)),
    "stage_gates_first_time": done(
        "milestones",
        "done_on",
        lambda row: both(equal(row["result"], "passed"), equal(row["attempts"], 1)),
        lambda row: row["stage"] != "retirement",
    ),
    "retirements_on_time": lambda ask: on_time(ask, "milestones", "planned_on", "done_on", is_kind("retirement", column="stage")),
    "targets_agreed": targets_agreed,
    "ticket_fields_filled": lambda ask: quotient(({"filled": filled(row), "all": 4} for row in opened(ask)), "filled", "all"),
    "registers_kept": registers_kept,
    "services_reviewed_on_time": lambda ask: on_time(ask, "assessments", "planned_on", "held_on", is_kind("service_review")),
    "improvements_on_time": lambda ask: on_time(ask, "improvements", "due_on", "done_on"),
    "improvements_overdue": lambda ask: count(present(ask, "improvements", "raised_on", "done_on", overdue(ask))),
    # 2
    "acceptance_first_time": done(
        "milestones", "done_on", lambda row: equal(row["attempts"], 1), is_kind("acceptance", column="stage")
    ),
    "ci_accuracy": done("config_items", "checked_on", lambda row: row["check_passed"]),
    "ci_unchecked_share": lambda ask: share(
        (ago := checked_days_ago(ask, row, "checked_on")) is None or ago > 180 for row in items(ask, not_later(ask, "checked_on"))
    ),
    "milestones_on_time": lambda ask: on_time(ask, "milestones", "planned_on", "done_on"),
    "schedule_performance": lambda ask: quotient(
        during(ask, "milestones", "planned_on", planned=True), "earned_value", "planned_value"
    ),
    "change_failure_rate": lambda ask: share(equal(row["outcome"], "unsuccessful") for row in closed_changes(ask)),
    "changes_without_approval": lambda ask: share(
        without_approval(ask, row, "started_at")
        for row in ask.rows("changes")
        if ask.within(row["started_at"]) and row["type"] in ("normal", "emergency")
    ),
    "deployment_failure_rate": done("deployments", "deployed_at", lambda row: row["failed"]),
    "deployment_recovery_median": lambda ask: quantile(
        (seconds(ask, row, "deployed_at", "restored_at") for row in during(ask, "deployments", "deployed_at") if row["failed"]), 0.5
    ),
    "deployment_rework_rate": done("deployments", "deployed_at", lambda row: row["rework"]),
    # 3
    "monitoring_coverage": lambda ask: share(monitored(ask, row) for row in items(ask, lambda row: row["critical"] is True)),
    "detected_by_monitoring": lambda ask: share(equal(row["channel"], "monitoring") for row in opened(ask)),
    "outage_detection_median": lambda ask: quantile(
        (
            seconds(ask, row, "started_at", "detected_at")
            for row in ask.rows("outages")
            if row["kind"] == "unplanned" and ask.within(row["started_at"])
        ),
        0.5,
    ),
    "alert_noise": done("alerts", "raised_at", lambda row: None if row["actionable"] is None else not row["actionable"]),
    "no_reopen_no_reassign": lambda ask: share(
        both(equal(row["reassignment_count"], 0), equal(row["reopen_count"], 0)) for row in resolved(ask)
    ),
    "repair_time_mean": lambda ask: mean(hours(row["working_seconds"]) for row in resolved(ask)),
    "service_costs": lambda ask: booked(ask, "amount"),
    "cost_per_incident": lambda ask: ratio(booked(ask, "amount"), count(resolved(ask))),
    "cost_against_budget": lambda ask: quotient(during(ask, "costs", "date"), "amount", "budget"),
    "improvements_effective": done(
        "improvements", "done_on", lambda row: row["result"] == "worked", is_kind("worked", "no_effect", column="result")
    ),
    "saving_realised": lambda ask: total(row["realised_saving"] for row in during(ask, "improvements", "done_on")),
    "benefit_realised": lambda ask: quotient(during(ask, "improvements", "done_on"), "realised_saving", "expected_saving"),
    "complaints_received": lambda ask: count(during(ask, "complaints", "opened_at")),
    "complaints_on_time": lambda ask: on_time(ask, "complaints", "due_at", "closed_at"),
    # 4
    "security_incidents": lambda ask: count(during(ask, "security_incidents", "detected_at")),
    "security_incidents_severe": lambda ask: count(
        during(ask, "security_incidents", "detected_at", is_kind("critical", "high", column="severity"))
    ),
    "security_containment_median": lambda ask: quantile(
        (seconds(ask, row, "detected_at", "contained_at") for row in during(ask, "security_incidents", "detected_at")), 0.5
    ),
    "vulnerabilities_fixed_on_time": lambda ask: on_time(ask, "vulnerabilities", "due_on", "fixed_on"),
    "vulnerability_age_median": lambda ask: quantile(
        (
            (ask.end - datetime.combine(row["found_on"], time(), SHANGHAI)).total_seconds() / 3600
            for row in present(ask, "vulnerabilities", "found_on", "fixed_on")
        ),
        0.5,
    ),
    "access_reviews_on_time": lambda ask: on_time(ask, "controls", "due_on", "done_on", is_kind("access_review")),
    "protection_in_force": lambda ask: share(current(ask, row, "next_due_on") for row in protection(ask)),
    "protection_due_180d": lambda ask: count(protection(ask, lambda row: ends_within(ask, row, "next_due_on", 180))),
    "protection_findings_open": lambda ask: count(
        present(ask, "findings", "raised_on", "closed_on", is_kind("protection", column="source"))
    ),
    "risk_residual_loss": lambda ask: losses(ask, "residual_loss"),
    "risk_remaining_share": lambda ask: quotient(
        present(ask, "risks", "identified_on", "closed_on"), "residual_loss", "inherent_loss"
    ),
    "high_risks_treated_on_time": lambda ask: on_time(
        ask, "risks", "treatment_due_on", "treated_on", is_kind("high", column="level")
    ),
    "risks_reviewed": lambda ask: share(
        current(ask, row, "review_due_on") for row in present(ask, "risks", "identified_on", "closed_on")
    ),
    "drills_on_time": lambda ask: on_time(ask, "drills", "planned_on", "held_on"),
    "drills_within_rto": done("drills", "held_on", lambda row: at_most(row["actual_hours"], row["target_hours"])),
    "drills_within_rpo": done("drills", "held_on", lambda row: at_most(row["actual_loss_minutes"], row["target_loss_minutes"])),
    "controls_effective": done("controls", "done_on", lambda row: row["effective"], is_kind("control")),
    "obligations_on_time": lambda ask: on_time(ask, "controls", "due_on", "done_on", is_kind("obligation")),
    "findings_overdue": lambda ask: count(present(ask, "findings", "raised_on", "closed_on", overdue(ask))),
    "policies_acknowledged_on_time": lambda ask: on_time(ask, "controls", "due_on", "done_on", is_kind("policy")),
    # 5
    "training_on_plan": lambda ask: on_time(ask, "training", "planned_on", "done_on", lambda row: row["kind"] != "self_study"),
    "training_pass_rate": done("training", "done_on", lambda row: row["passed"]),
    "training_hours": hours_of_training,
    "training_hours_per_person": lambda ask: ratio(hours_of_training(ask), headcount(ask)),
    "certificate_coverage": lambda ask: share(held(ask, row) for row in required(ask, is_kind("person", column="holder_kind"))),
    "certificates_expiring_90d": lambda ask: count(
        row for row in required(ask, is_kind("person", column="holder_kind")) if ends_within(ask, row, "valid_to", 90)
    ),
    "skill_gap": lambda ask: quotient(skills(ask), "missing", "level_required"),
    "staff_headcount": headcount,
    "staff_leavers": lambda ask: count(during(ask, "staff", "left_on")),
    "staff_turnover": lambda ask: ratio(count(during(ask, "staff", "left_on")), headcount(ask)),
    "articles_published": published,
    "articles_per_person": lambda ask: ratio(published(ask), headcount(ask)),
    "lessons_recorded": lambda ask: share(
        happened(ask, row["reviewed_on"]) for row in ask.rows("outages") if ask.within(row["restored_at"]) and row["major"] is True
    ),
    "self_study_hours": lambda ask: hours_of_training(ask, is_kind("self_study")),
    # 6
    "processes_documented": lambda ask: share(
        happened(ask, row["approved_on"]) and row["approved_on"] <= last_day(ask)
        for row in present(ask, "documents", "due_on", "withdrawn_on", is_kind("process"))
    ),
    "standards_current": lambda ask: share(
        current(ask, row, "review_due_on")
        for row in present(ask, "documents", "issued_on", "withdrawn_on", is_kind("process", "instruction"))
    ),
    "standard_change_share": lambda ask: share(equal(row["type"], "standard") for row in active(closed_changes(ask))),
    "tickets_fully_filled": lambda ask: share(filled(row) == len(FIELDS) for row in opened(ask)),
    "closed_without_resolution": lambda ask: share(not happened(ask, row["resolved_at"]) for row in known_closed(ask)),
    "requests_without_approval": lambda ask: share(without_approval(ask, row, "closed_at") for row in closed_requests(ask)),
    "knowledge_used": lambda ask: share(row["knowledge"] for row in resolved(ask)),
    "knowledge_current": lambda ask: share(
        (checked_days_ago(ask, row, "reviewed_on", "published_on") or 0) <= 365
        for row in present(ask, "knowledge_articles", "published_on", "retired_on", not_later(ask, "reviewed_on"))
    ),
    "documents_on_time": lambda ask: on_time(ask, "documents", "due_on", "issued_on", lambda row: row["kind"] != "report"),
    "knowledge_sessions_solved": lambda ask: quotient(
        during(ask, "self_service", "date", is_kind("knowledge", column="channel")), "solved", "sessions"
    ),
    # 7
    "reports_on_time": lambda ask: on_time(ask, "documents", "due_on", "issued_on", is_kind("report")),
    "management_reviews_on_time": lambda ask: on_time(ask, "assessments", "planned_on", "held_on", is_kind("management_review")),
    "customer_reviews_on_time": lambda ask: on_time(ask, "assessments", "planned_on", "held_on", is_kind("customer_review")),
    "services_with_owner": lambda ask: share(row["owner"] is not None for row in working(ask)),
    "internal_audits_on_time": lambda ask: on_time(ask, "assessments", "planned_on", "held_on", is_kind("internal_audit")),
    "audit_findings": lambda ask: count(during(ask, "findings", "raised_on", is_kind("internal_audit", column="source"))),
    "audit_findings_closed_on_time": lambda ask: on_time(
        ask, "findings", "due_on", "closed_on", is_kind("internal_audit", column="source")
    ),
    "audit_findings_repeated": done(
        "findings", "raised_on", lambda row: row["repeated"], is_kind("internal_audit", column="source")
    ),
    "organisation_certificates_valid": lambda ask: share(
        held(ask, row) for row in required(ask, is_kind("organisation", column="holder_kind"))
    ),
    "organisation_certificates_expiring": lambda ask: count(
        row for row in required(ask, is_kind("organisation", column="holder_kind")) if ends_within(ask, row, "valid_to", 180)
    ),
    "external_major_findings": lambda ask: count(
        row
        for row in during(ask, "findings", "raised_on", is_kind("external_audit", column="source"))
        if row["severity"] == "major"
    ),
    "external_findings_closed_on_time": lambda ask: on_time(
        ask, "findings", "due_on", "closed_on", is_kind("external_audit", column="source")
    ),
    "checks_on_time": lambda ask: on_time(ask, "controls", "due_on", "done_on"),
    "violation_rate": lambda ask: quotient(during(ask, "controls", "done_on"), "violations", "checked"),
    "evidence_complete": done("controls", "done_on", lambda row: row["evidence"]),
    "check_findings_mend_p90": lambda ask: quantile(
        (
            24.0 * (row["closed_on"] - row["raised_on"]).days
            for row in during(ask, "findings", "closed_on", is_kind("compliance_check", column="source"))
            if happened(ask, row["raised_on"])
        ),
        0.9,
    ),
    # 8
    "digital_channel_share": lambda ask: share(
        None if row["channel"] is None else row["channel"] in ("portal", "chat", "monitoring") for row in opened(ask)
    ),
    "deployments_made": lambda ask: count(during(ask, "deployments", "deployed_at")),
    "deployment_lead_time_median": lambda ask: quantile(
        (seconds(ask, row, "committed_at", "deployed_at") for row in during(ask, "deployments", "deployed_at")), 0.5
    ),
    "legacy_share": lambda ask: share(
        None if row["support_ends_on"] is None else row["support_ends_on"] < last_day(ask) for row in items(ask)
    ),
    "automation_runs_solved": lambda ask: sessions(ask, "solved", is_kind("automation", column="channel")),
    "automation_per_100": lambda ask: ratio(
        sessions(ask, "solved", is_kind("automation", column="channel")), count(resolved(ask)), 100
    ),
    "self_service_solved": lambda ask: sessions(ask, "solved", of_users),
    "deflection_of_sessions": lambda ask: quotient(during(ask, "self_service", "date", of_users), "solved", "sessions"),
    "deflection_per_100": lambda ask: ratio(sessions(ask, "solved", of_users), count(opened(ask)), 100),
    "prediction_acceptance": lambda ask: quotient(during(ask, "self_service", "date"), "accepted", "predicted"),
    "energy_used": lambda ask: total(row["total_kwh"] for row in during(ask, "energy", "date")),
    "alert_compression": done("alerts", "raised_at", lambda row: row["incident"] is None),
    "pue": lambda ask: quotient(during(ask, "energy", "date"), "total_kwh", "it_kwh"),
    "cue": lambda ask: quotient(during(ask, "energy", "date"), "co2_kg", "it_kwh"),
    "renewable_share": lambda ask: quotient(during(ask, "energy", "date"), "renewable_kwh", "total_kwh"),
    "recycled_share": lambda ask: quotient(during(ask, "energy", "date"), "recycled_kg", "waste_kg"),
    "international_clauses_evidenced": lambda ask: share(
        happened(ask, row["done_on"]) and row["evidence"]
        for row in during(ask, "controls", "due_on", lambda row: (row["framework"] or "").startswith("ISO"), planned=True)
    ),
    "benchmarks_on_time": lambda ask: on_time(ask, "assessments", "planned_on", "held_on", is_kind("benchmark", "exchange")),
    "external_exchanges": lambda ask: count(during(ask, "training", "done_on", is_kind("exchange"))),
}
