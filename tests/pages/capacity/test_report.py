"""The report of a loaded workspace: up to when it knows, whose resources, and what the quality report takes from it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from itsq_analysis import ReportError, capacity_report
from itsq_analysis.briefing import decisions
from itsq_analysis.capacity.outlook import capacity_outlooks
from tests.briefing.worded import asked
from tests.page.loaded import incident, workspace
from tests.page.made import context
from tests.pages.capacity.estates import context as capacity_scene
from tests.pages.capacity.estates import resource, rising


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tickets up to 19 November, metrics up to the noon of the second: 60 days that rise by one."""
    first = datetime(2026, 9, 4, 12)
    metrics = [{"time": first + timedelta(days=n), "resource": "disk", "metric": "used", "value": n + 1} for n in range(60)]
    columns = ("resource", "name", "kind", "unit", "capacity", "metric", "lead_time_days", "service")
    register = [{key: resource()[key] for key in columns}]
    return workspace(
        tmp_path_factory.mktemp("capacity"),
        incidents=[incident(n, service="Wiki") for n in range(30)],
        resources=register,
        metrics=metrics,
    )


def test_it_is_told_as_of_the_metrics_and_says_so(folder: Path) -> None:
    report = capacity_report(folder, period="2026-10")
    facts = report.header().facts
    assert facts["state"] == "Metrics up to 2 November 2026 12:00"
    assert (facts["title"], facts["complete"]) == ("Capacity report", True)
    assert "most likely reaches its 90% limit on 2 December" in report.decisions().answer


def test_as_of_an_earlier_day_it_knows_less(folder: Path) -> None:
    report = capacity_report(folder, period="2026-10", as_of="2026-10-03")
    assert report.header().facts["state"] == "Metrics up to 4 October 2026 00:00"
    assert not report.header().facts["complete"]
    [one] = capacity_outlooks(report.context.scope)
    assert (f"{one.forecast.as_of:%Y-%m-%d}", one.forecast.last) == ("2026-10-03", 30.0)


def test_a_service_without_resources_is_refused(folder: Path) -> None:
    found = capacity_report(folder, period="2026-10", services=["Orders"])
    assert found.risk_map().answer.startswith("The one measured resource reaches")
    with pytest.raises(ReportError, match="services must have resources; found none of 'Wiki'"):
        capacity_report(folder, period="2026-10", services=["Wiki"])


def test_tickets_alone_are_a_report_that_says_what_is_not_there(tmp_path: Path) -> None:
    report = capacity_report(workspace(tmp_path, incidents=[incident(1)]), period="2026-10")
    assert report.decisions().answer == "The register holds no resources, so nothing can be said about capacity."
    assert report.header().facts["state"].startswith("Metrics up to")
    assert report.demand().answer


def test_an_order_before_the_next_report_is_a_decision_of_the_quality_report() -> None:
    tables = {
        "resources": [resource(lead_time_days=20), resource("other", lead_time_days=20)],
        "metrics": [*rising(), *rising("other")],
    }
    alone = context(resources=[resource(lead_time_days=20)], metrics=rising())
    [found] = asked(alone)
    assert (found.what, found.number, found.by) == ("Extend The disk?", "90% limit 2 December", date(2026, 11, 12))
    assert (found.owner, found.rule) == ("Head of infrastructure", "order-by date before the next report")
    [first] = asked(context(**tables))
    assert first.rule == "order-by date; 1 more"
    assert decisions(context(resources=[resource(lead_time_days=0)], metrics=rising(end=40.0)).scope) == ()
    assert decisions(capacity_scene(resources=[resource()]).scope) == ()
