"""The facts of anomaly/: of the workspace as it was opened, the same after a way through the cache, shared by both languages."""

import pytest

from itsq_analysis import anomaly_review, open_workspace
from itsq_analysis.anomaly.findings import unusual_findings
from itsq_analysis.anomaly.impacts import impacts
from itsq_analysis.anomaly.levels import attributed_shift, level_changes
from itsq_analysis.anomaly.unusual import unusual_events
from itsq_analysis.errors import ReportError
from itsq_analysis.facts import Scope
from itsq_analysis.facts.codec import decode, encode
from itsq_analysis.periods import parse_period


@pytest.fixture(scope="module")
def scope(demo) -> Scope:
    return open_workspace(demo).scope("2026-10")


@pytest.mark.parametrize("fact", [unusual_events, level_changes, impacts, unusual_findings], ids=lambda fact: fact.__name__)
def test_a_fact_is_the_same_after_its_way_through_the_cache(scope, fact):
    found = fact(scope)
    assert decode(encode(found)) == found
    assert fact(scope) is found


def test_what_was_planted_is_told_of_its_services(scope, truth):
    events = [event for event in unusual_events(scope).events if event.certain]
    planted = truth["planted"]
    wave = {change["service"] for change in planted["bad_changes"]} | {planted["outage"]["service"]}
    assert {event.series for event in events} <= wave
    assert all(event.suspects for event in events)
    effects = {effect.number: effect for effect in impacts(scope)}
    assert all(effects[precedent.id].certain for event in events for precedent in event.suspects if precedent.kind == "change")


def test_a_shift_of_all_incidents_is_laid_to_the_service_that_was_changed(scope, truth):
    planted = truth["planted"]["level_shift"]
    (level,) = attributed_shift(scope, parse_period("2026-03"), up=True)
    assert (level.member, str(level.at)) == (planted["service"], planted["from"][:10])
    assert level.whole_after - level.whole_before > 0
    assert level in level_changes(scope)  # one number, wherever it is told


def test_a_review_is_of_the_workspace_as_it_was_opened(demo):
    narrowed = open_workspace(demo, services=["E-mail"])
    review = anomaly_review(narrowed, dimension="service", weeks=104)
    assert review.context.workspace is narrowed
    assert set(review.events()["series"]) == {"service=E-mail"}
    older = open_workspace(demo, snapshot=narrowed.snapshot.id)
    assert anomaly_review(older).context.workspace is older


def test_an_alarm_that_is_none_is_refused(demo):
    review = anomaly_review(demo, weeks=1, alarms_per_month=0.01)
    with pytest.raises(ReportError, match="counted from 0; found 99"):
        review.show(99)
