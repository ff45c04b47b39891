"""The value cube: one value for one number, after approved exemptions, with the value before beside."""

from datetime import date, timedelta
from math import isnan

import pandas as pd
import pytest

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.cube import BEFORE, PERIODS, cube
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.page.context import ReportContext
from tests.page.made import RULES, agreed, context, incidents

SLA = "sla_resolution_met"


def exempted(count: int) -> list[dict[str, object]]:
    approval = {"approved_by": "Board", "approved_on": date(2026, 11, 2), "reason": "agreed"}
    return [{"ticket": f"INC{place}", "indicator": SLA} | approval for place in range(count)]


def october(exemptions: int = 0, toml: str = RULES) -> ReportContext:
    rows = [row | {"number": f"INC{place}"} for place, row in enumerate(incidents(40, late=4, priority=3))]
    return context(toml, incidents=rows, exemptions=exempted(exemptions))


def test_values_are_those_of_the_workspace_and_one_object():
    made = october()
    cells = cube(made.scope)
    value = cells.value(SLA)
    assert (value.numerator, value.denominator, value.n, value.value) == (36, 40, 40, 0.9)
    assert cells.value(SLA) is value
    assert cells.value(SLA, "priority", "3") is cells.values(SLA, "priority")[0]
    frame = made.workspace.values([SLA, "incidents_opened"], "2026-10", history=PERIODS)
    pd.testing.assert_frame_equal(cells.frame([SLA, "incidents_opened"], history=PERIODS)[[*frame.columns]], pd.DataFrame(frame))


def test_a_value_stands_after_exemptions_and_what_it_was_beside():
    value = cube(october(3).scope).value(SLA)
    assert (value.numerator, value.denominator) == (36, 37)
    assert value.before is not None
    assert (value.before.numerator, value.before.denominator, value.before.basis) == (36, 40, "before exemptions")
    assert cube(october().scope).value(SLA).before is None
    frame = cube(october(3).scope).frame([SLA])
    assert frame.loc[0, [f"{name}_before" for name in ("numerator", "denominator", "n")]].tolist() == [36, 40, 40]
    assert [f"{name}_before" for name in BEFORE] == list(frame.columns[-len(BEFORE) :])


def test_a_target_turned_by_exemptions_says_so():
    [target] = agreed_targets(october(3, RULES + agreed(SLA, '"95%"')).scope)
    assert (target.status, target.before and target.before.status, target.turned) == ("met", "missed", True)


def test_what_is_wanted_is_computed_in_one_pass():
    cells = cube(october().scope)
    cells.want([SLA, "incidents_opened", "reopen_rate"])
    cells.want([SLA], "priority")
    cells.want([SLA], ["group", "service"])
    cells.value("incidents_opened")
    cells.values(SLA, "priority")
    cells.frame([SLA], "group", 13)
    cells.course(cells.value("reopen_rate"), PERIODS)
    assert cells.passes == 1
    cells.value("incident_backlog")
    assert cells.passes == 2


def test_a_member_of_whom_nothing_was_counted_is_not_measurable_and_keeps_its_target():
    made = october(0, RULES + agreed(SLA, '"95%"', "priority = 1"))
    value = cube(made.scope).value(SLA, "priority", "1")
    assert (value.status, value.reason, value.target, value.agreed) == ("not measurable", "empty_population", 0.95, True)
    assert isnan(value.value)
    assert value.population == 0


def test_a_course_ends_with_the_reporting_period_and_has_no_gaps():
    cells = cube(october().scope)
    course = cells.course(cells.value(SLA, "priority", "3"), 13)
    assert [value.period for value in course] == [period.label for period in cells.periods[-13:]]
    assert course[-1] is cells.value(SLA, "priority", "3")
    assert {value.status for value in course[:-1]} == {"not measurable"}


def test_another_moment_is_named_in_the_value():
    made = october()
    earlier = made.moment - timedelta(days=30)
    [known] = cube(made.scope).known_at("incidents_opened", [earlier])
    assert known.as_of == earlier
    assert cube(made.scope).value("incidents_opened").as_of is None


def test_promises_of_the_whole_are_none_of_a_service():
    rows = incidents(10, service="Mail", priority=3)
    targets = RULES + agreed(SLA, '"95%"') + agreed(SLA, '"95%"', 'service = "Mail"')
    cells = cube(context(targets, only=["Mail"], incidents=rows).scope)
    assert (cells.value(SLA).status, cells.value(SLA, "service", "Mail").status) == ("no target", "met")


def test_unknown_names_are_refused():
    with pytest.raises(IndicatorError, match="did you mean sla_resolution_met"):
        cube(october().scope).want(["sla_resolution_mett"])
    with pytest.raises(IndicatorError, match="a dimension"):
        cube(october().scope).want([SLA], "priorities")
