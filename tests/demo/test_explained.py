"""What was planted in the demo is explained: each cause is named in first place, and dated."""

from datetime import date

import pandas as pd
import pytest

from itsq_analysis import open_workspace, to_events
from itsq_analysis.anomaly.explain.change_points import change_points
from itsq_analysis.anomaly.explain.explanation import Explanation
from itsq_analysis.anomaly.explained import ALPHA, LENGTHS
from itsq_analysis.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(demo) -> Workspace:
    return open_workspace(demo)


@pytest.fixture(scope="module")
def events(workspace) -> dict[str, pd.DataFrame]:
    """Alarms by service and by group, one a year and series."""
    return {by: to_events(workspace.detect("incidents", by=by, alarms_per_month=1 / 12)) for by in ("service", "group")}


def explained(workspace: Workspace, events: dict[str, pd.DataFrame], at: str, days: int) -> Explanation:
    """The strongest alarm whose peak lies so many days from that day on, explained."""
    first = pd.Timestamp(at)
    last = first + pd.Timedelta(days=days)
    near = [(by, row) for by, frame in events.items() for _, row in frame[frame["peak"].between(first, last)].iterrows()]
    by, strongest = max(near, key=lambda pair: pair[1]["score"])
    found = workspace.explain_event(strongest, by=by, together=False)
    assert found is not None
    return found


def places(found: Explanation) -> set[str]:
    """The members that the first line names, and the event's own."""
    first = found.where.iloc[0]
    return {found.series, *first[["first_member", "second_member"]].dropna(), *first["also"].values()}


@pytest.mark.parametrize("number", [0, 1])
def test_a_bad_change_is_the_first_of_what_happened_before_its_wave(workspace, events, truth, number):
    planted = truth["planted"]["bad_changes"][number]
    found = explained(workspace, events, planted["ended_at"][:10], planted["days"])
    assert planted["service"] in places(found)
    assert found.before.iloc[0]["id"] == planted["number"]
    assert found.before.iloc[0]["unusual"]
    assert found.excess.lower - 5 <= planted["extra_incidents"] <= found.excess.upper + 5


@pytest.mark.parametrize("number", [0, 1])
def test_the_impact_of_a_bad_change_is_about_what_was_planted(workspace, truth, number):
    planted = truth["planted"]["bad_changes"][number]
    found = workspace.impact(planted["number"], days=planted["days"])
    assert found.certain
    assert found.lower <= planted["extra_incidents"] <= found.upper
    assert found.at == pd.Timestamp(planted["ended_at"])


def test_the_outage_is_the_first_of_what_happened_before_its_incidents(workspace, events, truth):
    planted = truth["planted"]["outage"]
    found = explained(workspace, events, planted["started_at"][:10], 0)
    assert planted["service"] in places(found)
    assert found.before.iloc[0]["id"] == planted["number"]
    assert found.excess.start.date() == date.fromisoformat(planted["started_at"][:10]) == found.excess.end.date()
    assert found.excess.size == pytest.approx(planted["incidents"], abs=5)


def test_the_shift_of_level_is_the_only_one_of_its_year_and_dated_to_the_day(workspace, truth):
    planted = truth["planted"]["level_shift"]
    frame = workspace.series("incidents", by="service")
    frame = frame[(frame["ds"] >= "2025-11-01") & (frame["ds"] < "2026-10-31")]
    found = change_points(frame, holidays="CN", alpha=0.05 / frame["unique_id"].nunique())
    assert found["unique_id"].tolist() == [planted["service"]]
    one = found.iloc[0]
    assert one["earliest"] <= pd.Timestamp(planted["from"]) <= one["latest"]
    assert one["at"] == pd.Timestamp(planted["from"])
    assert one["after"] / one["before"] == pytest.approx(planted["factor"], abs=0.6)


def test_failed_changes_that_brought_nothing_show_nothing(workspace, truth):
    """Of the changes that failed in a year, but for the planted ones, about one in twenty looks as if it had, by chance."""
    bad = {planted["number"] for planted in truth["planted"]["bad_changes"]}
    changes = workspace.table("changes")
    failed = changes[(changes["outcome"] == "unsuccessful") & (changes["ended_at"] >= "2025-11-01") & ~changes["number"].isin(bad)]
    found = [workspace.impact(number).certain for number in failed["number"]]
    assert len(found) >= 8
    assert sum(found) <= 0.1 * len(found) + 1


def test_the_clean_service_has_no_certain_excess(workspace, events, truth):
    own = events["service"][events["service"]["unique_id"] == truth["planted"]["clean_service"]]
    found = [workspace.explain_event(row, by="service", together=False) for _, row in own.iterrows()]
    assert 1 <= len(own) <= 4  # one a year is the budget; two years
    assert all(one is not None and one.excess.chance > 1e-3 for one in found)
    looked_at = sum(frame["unique_id"].nunique() for frame in events.values()) * 730 * LENGTHS
    assert all(one.excess.chance > 100 * ALPHA / looked_at for one in found)  # far from what a report calls certain
