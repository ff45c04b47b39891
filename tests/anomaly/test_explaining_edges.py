"""Explanations at the edges: names made to do harm, members that are not known, changes of other kinds, no data."""

import pandas as pd
import pytest

from itsq_analysis import ForecastError, IndicatorError
from tests.hostile import BIDI, SCRIPT
from tests.page.made import context

QUOTED = "'; DROP TABLE incidents; -- \""
DAY = pd.Timestamp("2026-10-14")
CHANGES = [
    {"number": "C'1 --", "ended_at": "2026-10-14 08:00", "service": SCRIPT, "state": "closed", "type": BIDI},
    {"number": "everywhere", "ended_at": "2026-10-14 08:00", "state": "closed"},
    {"number": "future", "ended_at": "2026-12-13 08:00", "service": QUOTED, "state": "closed"},
    {"number": "untouched", "ended_at": "2026-10-14 08:00", "service": "nobody's", "state": "closed"},
]


def tickets() -> list[dict[str, object]]:
    """Three a day of each of two services and of none; on 14 October forty of one pair, twenty of no service, more."""
    rows: list[dict[str, object]] = []
    for day in pd.date_range("2026-07-01", "2026-10-15"):
        for service in (SCRIPT, QUOTED, None):
            rows += [{"opened_at": day + pd.Timedelta(hours=9 + k), "service": service, "category": "ab"[k % 2]} for k in range(3)]
    rows += [{"opened_at": DAY + pd.Timedelta(minutes=600 + k), "service": SCRIPT, "category": QUOTED} for k in range(40)]
    rows += [{"opened_at": DAY + pd.Timedelta(minutes=600 + k), "priority": 1} for k in range(20)]
    return [
        {"number": f"I{place}", "priority": 1 + (place % 3 == 0)}
        | {name: value if name == "priority" else str(value) for name, value in row.items() if value is not None}
        for place, row in enumerate(rows)
    ]


def event(member, **other):
    return pd.Series({"unique_id": member, "start": DAY, "end": DAY, "peak": DAY, "size": 9.0, "score": 0.9} | other)


@pytest.fixture(scope="module")
def workspace():
    return context(as_of="2026-10-16", incidents=tickets(), changes=CHANGES).workspace


def test_a_planted_pair_of_hostile_names_is_told_first_as_it_is_written(workspace):
    found = workspace.explain_event(event("incidents"))
    first = found.where.iloc[0]
    assert {first["first_member"], first["second_member"]} - {None} <= {SCRIPT, QUOTED}
    assert first["counted"] >= 40
    assert "C'1 --" in found.before["id"].tolist()
    assert workspace.impact("C'1 --").excess == pytest.approx(40, abs=2)


def test_tickets_of_no_service_are_explained_under_the_name_that_detect_gives_them(workspace):
    assert "(unknown)" in workspace.detect("incidents", by="service")["unique_id"].tolist()
    found = workspace.explain_event(event("(unknown)"), by="service")
    assert (found.excess.counted, round(found.excess.expected)) == (23, 3)
    first = found.where.iloc[0]
    assert (first["first_dimension"], first["first_member"], first["counted"]) == ("priority", "1", 22)  # two of it are there daily


def test_a_change_of_no_service_is_measured_on_all_tickets(workspace):
    assert workspace.impact("everywhere").excess == pytest.approx(60, abs=3)


def test_a_member_of_numbers_is_explained(workspace):
    found = workspace.explain_event(event("1"), by="priority")
    assert found.excess.counted > 20 + found.excess.expected


def test_what_cannot_be_explained_says_why(workspace):
    with pytest.raises(IndicatorError, match="an event must be of a service that has incidents; found 'nobody'"):
        workspace.explain_event(event("nobody"), by="service")
    with pytest.raises(IndicatorError, match=r"found \['service', 'group'\]; detect by one of these"):
        workspace.explain_event(event("x"), by=["service", "group"])
    with pytest.raises(ForecastError, match="event must be one row of to_events; found DataFrame"):
        workspace.explain_event(pd.DataFrame([event("x")]), by="service")
    with pytest.raises(ForecastError, match="found 'future'"):
        workspace.impact("future")
    with pytest.raises(ForecastError, match="found no ticket to 2026-10-16"):
        workspace.impact("untouched")
    with pytest.raises(ForecastError, match="resource must be one that has values"):
        workspace.impact("everywhere", resource="nothing")


def test_an_event_in_a_zone_is_that_of_its_local_day(workspace):
    aware = DAY.tz_localize("Asia/Shanghai")
    found = workspace.explain_event(event("incidents", start=aware, end=aware, peak=aware))
    assert found.excess == workspace.explain_event(event("incidents")).excess


def test_without_tickets_nothing_is_explained():
    assert context(as_of="2026-10-16", incidents=[], changes=CHANGES).workspace.explain_event(event("incidents")) is None


@pytest.mark.parametrize("name", ["ds", "y", "n", "unique_id"])
def test_a_service_may_have_any_name(name):
    rows = [row | {"service": name if row.get("service") == SCRIPT else "other"} for row in tickets()]
    workspace = context(as_of="2026-10-16", incidents=rows).workspace
    assert workspace.explain_event(event(name), by="service").excess.counted == 43


def test_five_weeks_explain_an_event_though_not_what_moved_with_it():
    rows = [row for row in tickets() if str(row["opened_at"]) >= "2026-09-08"]
    found = context(as_of="2026-10-16", incidents=rows).workspace.explain_event(event(SCRIPT), by="service")
    assert found.excess.counted == 43
    assert found.together.empty
