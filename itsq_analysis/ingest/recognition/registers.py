"""Exports that a shipped mapping reads as they are: registers kept by hand, event logs, answers of monitoring tools."""

from __future__ import annotations

from collections.abc import Sequence

from itsq_analysis.ingest.binding import Binder
from itsq_analysis.ingest.header import normal
from itsq_analysis.ingest.mapping import load_mapping
from itsq_analysis.tables import contract, contracts

SHARE = 0.75  # of the headers that a register's columns must explain
SPECIAL = (("servicenow_event_log", "incidents"), ("prometheus_query_range", "metrics"), ("zabbix_trends", "metrics"))
TICKETS = ("incidents", "requests", "changes", "problems")  # recognised column by column instead
WHEN_NAMED = {
    "alerts": (
        ("alertmanager", {"startsat"}),
        ("zabbix_problems", {"eventid"}),
        ("zabbix_problems", {"recoverytime"}),
        ("zabbix_problems", {"恢复时间", "严重性"}),
    ),
    "deployments": (
        ("gitlab_deployments", {"deployable.finishedat"}),
        ("github_deployments", {"statusesurl"}),
        ("jenkins_builds", {"timestamp", "result"}),
    ),
    "knowledge_articles": (("servicenow", {"sysid"}),),
    "config_items": (("servicenow", {"sysid"}),),
}  # tables that no file tells by itself: once a person names one, the mappings that read it, by headers
MARKS = {"servicenow_event_log": {"sysmodcount"}, "prometheus_query_range": {"name"}, "zabbix_trends": {"clock", "num"}}


def shipped_proposal(headers: Sequence[str], table: str | None) -> tuple[str, str] | None:
    """The shipped mapping and table that read a file with these headers, or None."""
    keys = {normal(header) for header in headers}
    for name, its_table in SPECIAL:
        marks = {mark for mark in MARKS[name] if mark in keys}
        if marks == MARKS[name] and table in (None, its_table):
            binder = Binder(contract(its_table), load_mapping(name).table(its_table))
            if binder.is_header(headers):
                return name, its_table
    for name, marks in WHEN_NAMED.get(table or "", ()):
        if marks <= keys:
            return name, str(table)
    fitting = []
    for its_table in contracts():
        if its_table in TICKETS or table not in (None, its_table) or its_table not in load_mapping("register").tables:
            continue
        binder = Binder(contract(its_table), load_mapping("register").table(its_table))
        known = set().union(*binder.aliases.values())
        share = sum(key in known for key in keys) / max(1, len(keys))
        if binder.is_header(headers) and share >= SHARE:
            fitting.append((share, len(binder.required), its_table))
    return ("register", max(fitting)[2]) if fitting else None
