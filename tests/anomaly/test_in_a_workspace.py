"""Detection and explanation through the workspace: what it reads, which holidays it takes, what it refuses."""

import pandas as pd
import pytest

from itsq_analysis import open_workspace, to_events
from itsq_analysis.anomaly.detect import detect
from itsq_analysis.anomaly.explain.sources import happenings
from itsq_analysis.errors import ForecastError, IndicatorError
from itsq_analysis.workspace import Workspace
from tests.page.made import context


@pytest.fixture(scope="module")
def workspace(demo):
    return open_workspace(demo)


def test_detect_judges_the_series_of_the_table_with_the_holidays_of_the_organisation(workspace):
    found = workspace.detect("incidents", by="service", as_of="2026-06-30")
    frame = workspace.series("incidents", by="service", as_of="2026-06-30")
    assert found["ds"].max() == pd.Timestamp("2026-06-30")
    pd.testing.assert_frame_equal(found, detect(frame, freq="D", holidays="CN"))
    assert not found.equals(workspace.detect("incidents", by="service", as_of="2026-06-30", holidays=""))


def incidents(day: pd.Timestamp) -> int:
    """None on Founders' Day, a Wednesday; else 20 to 23 on working days and 2 at weekends."""
    if day == pd.Timestamp("2026-10-14"):
        return 0
    return 2 if day.day_of_week > 4 else 20 + day.day % 4


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A workspace without a country, with a holiday of its own."""
    folder = tmp_path_factory.mktemp("founded")
    settings = '[organisation]\nname = "Test"\n[[source]]\nglob = "i.csv"\nmapping = "register"\ntable = "incidents"\n'
    (folder / "itsq.toml").write_text(settings, encoding="utf-8")
    (folder / "calendar").mkdir()
    (folder / "calendar" / "2026.csv").write_text("date,kind,name\n2026-10-14,holiday,Founders' Day\n", encoding="utf-8")
    days = pd.date_range("2026-07-01", "2026-11-01", freq="D")
    opened = [day + pd.Timedelta(hours=9, minutes=minute) for day in days for minute in range(incidents(day))]
    rows = [f"{number},{at},new,3,{at}" for number, at in enumerate(opened)]
    (folder / "i.csv").write_text("\n".join(["number,opened_at,state,priority,updated_at", *rows]) + "\n", encoding="utf-8")
    found = open_workspace(folder)
    found.load()
    return found


def test_a_holiday_of_the_workspace_s_calendar_is_no_alarm(founded):
    alarms = {}
    for holidays in (None, ""):
        found = founded.detect("incidents", holidays=holidays)
        alarms[holidays] = found.loc[found["is_anomaly"], "ds"].dt.strftime("%m-%d").tolist()
    assert alarms == {None: [], "": ["10-14"]}


def test_a_frame_of_days_takes_the_same_holidays_and_a_frame_of_weeks_none(founded):
    days = founded.series("incidents")
    pd.testing.assert_frame_equal(founded.detect(days), founded.detect("incidents"))
    pd.testing.assert_frame_equal(founded.detect(days, freq="1D"), founded.detect("incidents"))
    weeks = founded.series("incidents", freq="W")
    weeks = pd.concat([weeks.assign(ds=weeks["ds"] - pd.Timedelta(weeks=len(weeks))), weeks])
    pd.testing.assert_frame_equal(founded.detect(weeks), detect(weeks))


def test_a_larger_budget_raises_more_alarms(workspace):
    few, many = (workspace.detect("incidents", by="service", alarms_per_month=budget)["is_anomaly"] for budget in (0.1, 2.0))
    assert many[few].all()
    assert many.sum() > few.sum()


def test_hours_and_weeks_are_judged_too(workspace):
    hours = workspace.detect("incidents", freq="h", as_of="2025-02-28")
    assert str(hours["ds"].dt.tz) == "Asia/Shanghai"
    weeks = workspace.detect("incidents", freq="W")
    assert weeks["ds"].dt.day_of_week.eq(0).all()


def test_an_unknown_dimension_or_column_is_refused(workspace):
    with pytest.raises(IndicatorError):
        workspace.detect("incidents", by="colour")
    with pytest.raises(IndicatorError):
        workspace.detect("incidents", time="short_description")


def test_an_event_is_explained_as_of_its_moment(workspace):
    """Nothing after the moment is used: neither tickets nor changes."""
    events = to_events(workspace.detect("incidents", by="service", as_of="2026-10-22", alarms_per_month=1.0))
    event = events[events["unique_id"] == "Network"].iloc[-1]
    found = workspace.explain_event(event, by="service", together=False, as_of="2026-10-22")
    assert found.excess.end <= pd.Timestamp("2026-10-22")
    assert (found.before["at"] < pd.Timestamp("2026-10-23")).all()
    assert found.where.attrs["counted"] == found.excess.counted


def a_wave(until: str) -> Workspace:
    """Three tickets a day on each of two services; a wave after a change on 14 October, and in its evening a change and an outage.

    The wave has one ticket an hour from 09:05 on; nothing from `until` on is there.
    """
    days = [day + pd.Timedelta(hours=hour) for day in pd.date_range("2026-07-01", "2026-10-16") for hour in range(8, 20, 2)]
    wave = [pd.Timestamp("2026-10-14 09:05") + pd.Timedelta(hours=hour) for hour in range(30)]
    tickets = [(f"I{place}", at, "mail" if place % 2 else "vpn") for place, at in enumerate(days)]
    tickets += [(f"W{place}", at, "mail") for place, at in enumerate(wave)]
    made = {"incidents": [{"number": number, "opened_at": str(at), "service": service} for number, at, service in tickets]}
    changes = [("C1", "2026-09-02 20:00"), ("C2", "2026-10-14 08:30"), ("C3", "2026-10-14 18:00"), ("C4", "2026-10-15 10:00")]
    made["changes"] = [{"number": number, "ended_at": at, "service": "mail", "state": "closed"} for number, at in changes]
    outages = [("O1", "2026-10-14 07:30"), ("O2", "2026-10-14 21:00")]
    made["outages"] = [{"number": number, "started_at": at, "service": "mail", "kind": "unplanned"} for number, at in outages]
    time = {"incidents": "opened_at", "changes": "ended_at", "outages": "started_at"}
    known = {table: [row for row in rows if row[time[table]] < until] for table, rows in made.items()}
    return context(as_of=until, **known).workspace


def test_what_comes_after_the_moment_explains_nothing():
    """At two in the afternoon of the first day of a wave: as if the workspace ended then, and not as two days later."""
    day = pd.Timestamp("2026-10-14")
    event = pd.Series({"unique_id": "mail", "start": day, "end": day, "peak": day, "size": 9.0, "score": 0.9})
    whole, cut = a_wave("2026-10-17"), a_wave("2026-10-14 14:00")
    found, same, later = (
        workspace.explain_event(event, by="service", as_of=as_of)
        for workspace, as_of in ((whole, "2026-10-14 14:00"), (cut, None), (whole, None))
    )
    assert found.excess == same.excess
    assert (found.excess.counted, later.excess.counted) == (6, 18)  # 5 of the wave beside 10:00; 15 beside 10:00, 14:00, 18:00
    for name in ("where", "before", "together"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(same, name))
        assert getattr(found, name).attrs == getattr(same, name).attrs
    assert set(found.before["id"]) == {"C2", "O1"}
    assert set(later.before["id"]) == {"C2", "C3", "O1", "O2"}


def test_a_dimension_that_cannot_be_explained_is_refused(workspace):
    day = pd.Timestamp("2026-10-20")
    event = pd.Series({"unique_id": "1", "start": day, "end": day, "peak": day, "size": 9.0, "score": 0.9})
    with pytest.raises(IndicatorError, match="to be explained"):
        workspace.explain_event(event, by="tier")


def test_an_event_at_the_start_of_the_data_is_not_explained(workspace):
    day = pd.Timestamp("2024-11-12")
    event = pd.Series({"unique_id": "incidents", "start": day, "end": day, "peak": day, "size": 9.0, "score": 0.9})
    assert workspace.explain_event(event) is None


def test_requests_are_explained_too(workspace):
    day = pd.Timestamp("2026-10-20")
    event = pd.Series({"unique_id": "requests", "start": day, "end": day, "peak": day, "size": 1.0, "score": 0.9})
    found = workspace.explain_event(event, "requests")
    assert found.excess.expected > 0


def test_a_change_that_is_none_is_refused(workspace):
    with pytest.raises(ForecastError, match="found 'CHG0'"):
        workspace.impact("CHG0")


def test_a_change_may_have_moved_a_resource(workspace):
    changes = happenings(workspace.scope())
    change = changes[(changes["kind"] == "change") & changes["at"].between("2026-10-05", "2026-10-20")].iloc[0]
    found = workspace.impact(change["id"], resource="wms-db01:/data", days=2)
    load = workspace.metric_series("wms-db01:/data", how="mean")
    hours = load["ds"].dt.tz_localize(None)
    after = load.loc[(hours >= change["at"]) & (hours < change["at"] + pd.Timedelta(days=2)), "y"]
    assert len(after) == 24  # every second hour
    assert found.counted == pytest.approx(after.mean())
    assert found.expected == pytest.approx(found.counted, rel=0.005)  # the disk fills as before
    assert not found.certain
