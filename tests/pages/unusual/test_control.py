"""The control chart of an indicator in a review."""

import pytest

from itsq_analysis import anomaly_review
from itsq_analysis.anomaly.control import control
from itsq_analysis.errors import ReportError


@pytest.fixture(scope="module")
def review(demo):
    return anomaly_review(demo, dimension="service", weeks=8)


def test_a_month_that_fell_is_a_signal_judged_by_the_months_before(review):
    section, chart = review.control("sla_resolution_met"), control(review.scope, "sla_resolution_met")
    assert chart.kind == "proportion"
    assert chart.signals[["period", "rule", "side"]].values.tolist() == [["2026-10", "outside", "down"]]
    assert not chart.frame["baseline"].iloc[-1]
    assert len(section.parts) == 2
    assert "One of" in section.answer


def test_volumes_are_rates_per_working_day(review):
    chart = control(review.scope, "incidents_opened")
    assert chart.kind == "rate"
    assert chart.frame["value"].between(50, 130).all()
    assert review.control("incidents_opened").title == "Incidents opened"


def test_what_has_no_chart_says_so(review):
    with pytest.raises(ReportError, match="must be of the catalogue"):
        review.control("luck")
    early = anomaly_review(review.context.workspace, as_of="2025-06-30")
    with pytest.raises(ReportError, match="needs 12 periods"):
        early.control("sla_resolution_met")


def test_events_are_listed_shown_and_judged_by_their_row(review):
    events = review.events()
    assert events["peak"].is_monotonic_decreasing
    strongest = int(events["score"].idxmax())
    assert review.show(strongest).title.startswith("Network, 22 October")
    review.label(strongest, "confirmed")
    try:
        assert review.events()["label"].tolist().count("confirmed") == 1
        assert review.precision()["confirmed"].iloc[-1] == 1
    finally:
        review.path.unlink()
    with pytest.raises(ReportError, match="an alarm must be one of"):
        review.show(len(events))


@pytest.mark.parametrize("wrong", [{"dimension": "tier"}, {"freq": "W"}, {"table": "changes"}, {"weeks": 0}])
def test_a_review_of_nothing_is_refused(review, wrong):
    with pytest.raises(ReportError, match="a review must be of incidents or requests"):
        anomaly_review(review.context.workspace, **wrong)
