"""The service review: what was promised, what was delivered, what comes; tiny tables with numbers that a pencil can check."""

from datetime import date

import pytest

from itsq_analysis import ReportError, service_review
from itsq_analysis.briefing.service import service_lines, service_verdict
from itsq_analysis.indicators.coming import planned_work
from itsq_analysis.indicators.slo import slo_courses
from itsq_analysis.indicators.targets import common_targets
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.availability import availability as quality_availability
from itsq_analysis.pages.service.delivered import availability, demand
from itsq_analysis.pages.service.promises import promises
from tests.page.made import RULES, agreed, context, incidents, rows_of, told

SLOS = (
    '[[calendar]]\nid = "7x24"\nhours = "7x24"\n'
    '[[slo]]\nid = "up"\nservice = "Mail"\nindicator = "availability"\nobjective = "99%"\n'
    '[[slo]]\nid = "other"\nservice = "ERP"\nindicator = "availability"\nobjective = "99%"\n'
    '[[slo]]\nid = "late"\nindicator = "sla_resolution_met"\nobjective = "90%"\n'
)
SERVICES = [{"service": name, "calendar": "7x24", "tier": 1} for name in ("Mail",)]


def scene(**rows: object) -> ReportContext:
    """Mail: 20 incidents, 3 late; an outage of 12 of the month's 744 hours."""
    toml = (
        RULES
        + SLOS
        + agreed("availability", '"99%"', 'service = "Mail"')
        + 'consequence = "5% of the fee"\n'
        + agreed("sla_resolution_met", '"90%"')
    )
    tables = {
        "incidents": incidents(20, late=3, service="Mail"),
        "services": SERVICES,
        "outages": [
            {
                "number": "O1",
                "service": "Mail",
                "started_at": "2026-10-12 00:00",
                "restored_at": "2026-10-12 12:00",
                "kind": "unplanned",
            },
            {
                "number": "O2",
                "service": "Mail",
                "started_at": "2026-11-25 01:00",
                "restored_at": "2026-11-25 02:00",
                "kind": "maintenance",
            },
        ],
        "changes": [
            {
                "number": "C1",
                "service": "Mail",
                "opened_at": "2026-11-01 08:00",
                "planned_start": "2026-11-24 22:00",
                "state": "scheduled",
            },
            {
                "number": "C2",
                "service": "Mail",
                "opened_at": "2026-11-01 08:00",
                "planned_start": "2026-11-26 22:00",
                "state": "canceled",
            },
            {
                "number": "C3",
                "service": "Mail",
                "opened_at": "2026-11-01 08:00",
                "planned_start": "2026-12-01 22:00",
                "state": "scheduled",
            },
        ],
    }
    return context(toml, only=["Mail"], **(tables | rows))


def test_a_promise_to_the_service_is_judged_and_what_is_agreed_for_all_stands_beside_its_own_value() -> None:
    made = scene()
    verdict = service_verdict(made.scope)
    assert (verdict.id, verdict.facts["n"].value, verdict.facts["kept"].value) == ("review_missed", 1, 0)
    (common,) = common_targets(made.scope)
    assert (common.value.indicator, common.value.numerator, common.value.denominator) == ("sla_resolution_met", 17, 20)
    assert (common.target, common.kept, common.value.status) == (0.9, False, "no target")
    own, budget, *_ = (rows_of(promises(made), place) for place in range(2))
    assert own[1][:3] == ["Availability", "99%", "98.4% 12 h of 744 hours lost"]
    assert own[1][3].startswith("\u25b2 missed")
    assert own[1][3].endswith("agreed for a miss: 5% of the fee")
    assert [row[0] for row in budget[1:]] == ["Availability Mail", "Resolution in time (recomputed) of all services; counted here"]


def test_an_error_budget_is_what_the_objective_allows_of_the_period() -> None:
    up, late = slo_courses(scene().scope)  # not that of another service
    assert (up.now.total, up.now.spent, round(up.now.allowed, 9), round(up.now.burn, 9)) == (744, 12, 7.44, round(12 / 7.44, 9))
    assert (late.now.total, late.now.spent, round(late.now.allowed, 9), late.now.burn) == (20, 3, 2.0, 1.5)
    assert [one.now.status for one in (up, late)] == ["missed", "missed"]
    assert len(up.periods) == len(up.budgets) == 13
    (line, *_) = service_lines(scene().scope)
    assert "Error budget overspent: 12 h, 7 h 26 min allowed (Availability)." in " ".join(told(quality_availability(scene())))
    assert (line.id, line.facts["spent"].hours) == ("review_budget_over", 12)  # the one that burns fastest


def test_what_is_planned_for_the_next_period_is_told_in_order() -> None:
    made = scene()
    assert [(one.kind, one.number) for one in planned_work(made.scope)] == [("change", "C1"), ("maintenance", "O2")]
    assert "2 pieces of work are planned." in " ".join(told(demand(made)))
    assert "Availability was 98.4%; one unplanned outage cost 12 h of agreed service time." in " ".join(told(availability(made)))


def test_a_service_without_a_promise_says_so_and_a_review_of_no_service_is_refused(demo: object) -> None:
    assert service_verdict(context(RULES, only=["Mail"], incidents=incidents(2, service="Mail")).scope).id == "review_no_promises"
    with pytest.raises(ReportError, match="a service review must be of a service; found none named"):
        service_review(str(demo), period=str(date(2026, 10, 1))[:7])
