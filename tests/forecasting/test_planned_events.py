"""Planned events: learned from earlier ones as holidays are, else as announced; known only from when they were announced."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from itsq_analysis import ForecastError, forecast
from itsq_analysis.forecasting.at_cutoffs import forecast_at_cutoffs
from itsq_analysis.forecasting.next_periods import next_periods
from itsq_analysis.forecasting.planned_events import planned_events
from tests.page.made import context, on_days, weekdays

DAYS = pd.date_range("2025-01-06", "2026-10-31")
SALE = pd.Timestamp("2025-11-11")


def series(name: str = "shop", *, sale: float = 1.0) -> pd.DataFrame:
    """A hundred on each working day, ten on the others; on 11 November 2025, a Tuesday, times `sale`: no other day is as high."""
    y = np.where(DAYS.day_of_week < 5, 100.0, 10.0)
    y[DAYS == SALE] *= sale
    return pd.DataFrame({"unique_id": name, "ds": DAYS, "y": y})


def events(*rows: tuple[str, str, str | None, float | None], **more: Any) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["name", "first", "last", "effect"]).assign(**more)


def wednesday(frame: pd.DataFrame, given: pd.DataFrame | None) -> float:
    """The mean of 11 November 2026, a Wednesday, of the first series."""
    found = forecast(frame, 28, model="profile", events=given)
    return float(found.loc[found["ds"] == "2026-11-11", "mean"].iloc[0])


def test_an_announced_change_is_used_where_history_has_none() -> None:
    given = events(("sale", "2026-11-11", "2026-11-12", 0.58))
    found = forecast(series(), 28, model="profile", events=given).set_index("ds")["mean"]
    assert found["2026-11-11"] == pytest.approx(158, rel=0.02)
    assert found["2026-11-12"] == pytest.approx(158, rel=0.02)
    assert found["2026-11-13"] == pytest.approx(100, rel=0.02)


def test_an_earlier_event_of_the_name_teaches_its_effect() -> None:
    """Half as much again a year ago: with nothing announced drawn towards none by a day and a half, 0.5 / 2.5 = 0.2."""
    past = ("sale", "2025-11-11", "2025-11-11", None)
    found = forecast(series(sale=1.5), 28, model="profile", events=events(past, ("sale", "2026-11-11", "2026-11-11", None)))
    (counted,) = found.attrs["events"]
    assert counted["effect"] == pytest.approx(0.2, abs=0.01)
    assert (counted["learned"], counted["first"]) == (1, date(2026, 11, 11))
    assert found.loc[found["ds"] == "2026-11-11", "mean"].iloc[0] == pytest.approx(120, rel=0.02)
    assert wednesday(series(sale=1.5), events(past, ("sale", "2026-11-11", "2026-11-11", 0.5))) == pytest.approx(150, rel=0.02)


def test_an_event_that_goes_on_is_taken_out_of_the_history_and_ends() -> None:
    frame = series()
    frame.loc[frame["ds"] >= "2026-10-19", "y"] *= 1.25
    found = forecast(frame, 21, model="profile", events=events(("peak", "2026-10-19", "2026-11-08", 0.25))).set_index("ds")["mean"]
    assert found["2026-11-04"] == pytest.approx(125, rel=0.03)
    assert found["2026-11-11"] == pytest.approx(100, rel=0.03)


def test_only_the_series_that_an_event_is_about_moves() -> None:
    frame = pd.concat([series("shop"), series("mail")])
    given = events(("sale", "2026-11-11", "2026-11-12", 0.58), unique_id="shop")
    moved = forecast(frame, 28, model="profile", events=given).groupby("unique_id")["mean"].apply(np.array)
    plain = forecast(frame, 28, model="profile").groupby("unique_id")["mean"].apply(np.array)
    assert (moved["mail"] == plain["mail"]).all()
    assert (moved["shop"] != plain["shop"]).sum() == 2


@pytest.mark.parametrize(
    ("known", "expected"), [("2026-10-20", 158), ("2026-11-01", 158), ("2026-11-02", 100), (None, 158)], ids=str
)
def test_an_event_counts_only_from_when_it_is_announced(known: str | None, expected: float) -> None:
    """The last known day is 31 October: what is announced on 1 November, the first day ahead, is known."""
    given = events(("sale", "2026-11-11", "2026-11-12", 0.58), known=known)
    assert wednesday(series(), given) == pytest.approx(expected, rel=0.02)


def test_a_past_cutoff_does_not_know_what_was_announced_later() -> None:
    past = series().query("ds < '2025-11-03'")
    later = events(("sale", "2025-11-11", "2025-11-11", 0.58), known="2026-10-01")
    (found,), (plain,) = (forecast_at_cutoffs([(past, 28)], model="profile", events=given) for given in (later, None))
    pd.testing.assert_frame_equal(found, plain)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (pd.DataFrame({"name": ["sale"]}), "events must have the columns name, first, last, effect; found none named first"),
        (events(("sale", "2026-11-11", None, 58.0)), "effect between -0.95 and 10"),
    ],
)
def test_a_wrong_frame_says_what_is_wrong(given: pd.DataFrame, message: str) -> None:
    with pytest.raises(ForecastError, match=message):
        forecast(series(), 28, model="profile", events=given)


def made(**driver: Any) -> Any:
    """Two services of ten and thirty incidents on each weekday; an event of the first, registered as told."""
    rows = on_days(weekdays("2026-04-01", "2026-11-02"), 10, service="Shop") + on_days(
        weekdays("2026-04-01", "2026-11-02"), 30, service="E-mail"
    )
    for place, row in enumerate(rows):
        row["number"] = f"{place}"
    orders = [
        {"number": f"o{day}", "date": day, "driver": "Orders", "service": "Shop", "value": 100.0, "kind": "measured"}
        for day in weekdays("2026-09-01", "2026-11-02")
    ]
    event = {"number": "e", "date": date(2026, 11, 11), "until": date(2026, 11, 12), "driver": "Orders", "service": "Shop"}
    event |= {"kind": "planned", "event": "Sale 2026", "value": 158.0}
    return context(
        '[organisation]\nholidays = ""\n', as_of="2026-11-03 08:00", incidents=rows, demand_drivers=[*orders, event | driver]
    )


def test_the_register_moves_a_service_by_its_change_and_the_whole_by_its_share() -> None:
    """158 orders against 100 a day are 58 % more; a quarter of all incidents are of that service."""
    workspace = made().workspace
    (whole,) = planned_events(workspace, "incidents", None, date(2026, 11, 3)).to_dict("records")
    (shop,) = planned_events(workspace, "incidents", "service", date(2026, 11, 3)).to_dict("records")
    assert (shop["name"], shop["unique_id"]) == ("Sale", "Shop")
    assert shop["effect"] == pytest.approx(0.58)
    assert (whole["unique_id"], whole["effect"]) == ("incidents", pytest.approx(0.58 / 4))
    assert planned_events(workspace, "changes", None, date(2026, 11, 3)) is None


def test_forecasts_of_a_workspace_count_the_register() -> None:
    workspace = made().workspace
    none = pd.DataFrame(columns=["name", "first", "last", "effect"])
    counted, plain = (
        workspace.forecast("incidents", 14, model="profile", events=given).set_index("ds")["mean"] for given in (None, none)
    )
    assert (counted / plain)["2026-11-11"] == pytest.approx(1.145, rel=0.01)
    assert (counted / plain)["2026-11-10"] == pytest.approx(1.0)


@pytest.mark.parametrize(("changed", "known"), [(datetime(2026, 9, 1, tzinfo=UTC), True), (None, False)])
def test_a_recomputed_forecast_does_without_an_event_whose_announcement_is_not_known(changed: datetime | None, known: bool) -> None:
    """The event lies in October: the forecast that is recomputed for 1 October counts it where it was registered before."""
    october = {"date": date(2026, 10, 12), "until": date(2026, 10, 16), "growth": 1.0, "value": None}
    found = next_periods(made(**october, updated_at=changed).scope)
    plain = next_periods(made(**october | {"growth": 0.0}).scope)
    assert found is not None
    assert plain is not None
    more = found.earlier["mean"].iloc[-1] - plain.earlier["mean"].iloc[-1]
    assert more == pytest.approx(50 if known else 0, abs=2)
