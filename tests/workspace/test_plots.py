"""Charts to explore: what they draw, that Vega-Lite takes them, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import vl_convert

from itsq_analysis import Workspace, open_workspace
from itsq_analysis.anomaly.control import control
from itsq_analysis.charts.interactive import Plot
from itsq_analysis.errors import IndicatorError, ItsqError


@pytest.fixture(scope="module")
def ws(demo: Path) -> Workspace:
    return open_workspace(demo)


def layers(plot: Plot) -> list[dict[str, Any]]:
    """Those of the upper picture."""
    found: list[dict[str, Any]] = (plot.spec["vconcat"][0] if "vconcat" in plot.spec else plot.spec)["layer"]
    return found


def rows(plot: Plot, mark: str, **like: Any) -> list[dict[str, Any]]:
    """The data of the first layer of a mark."""
    chosen = [layer for layer in layers(plot) if layer["mark"]["type"] == mark and like.items() <= layer["mark"].items()]
    found: list[dict[str, Any]] = chosen[0]["data"]["values"] if chosen else []
    return found


def drawn(plot: Plot) -> Plot:
    """The plot, if Vega-Lite compiles it without a word; a warning of it is a defect of ours."""
    assert vl_convert.vegalite_to_vega(plot.spec, vl_version="5.8")["marks"]
    assert sorted(plot._repr_mimebundle_()) == ["application/vnd.vegalite.v5+json", "text/plain"]
    return plot


def test_an_indicator_has_its_limits_target_signals_and_major_incidents(ws: Workspace) -> None:
    plot = drawn(ws.plot("sla_resolution_met", period="2026-10", language="en"))
    chart = control(ws.scope("2026-10"), "sla_resolution_met").frame
    band = rows(plot, "area")
    assert [row["upper"] for row in band] == pytest.approx(chart["upper"].tolist())
    assert [row["period"] for row in rows(plot, "point", shape="diamond")] == ["October 2026"]
    assert {row["y"] for row in rows(plot, "rule", strokeDash=[5, 3])} == {0.95}
    assert any("INC" in row["text"] for row in rows(plot, "rule", strokeDash=[2, 3]))
    newest = plot.data.iloc[-1]
    assert newest["y"] == pytest.approx(ws.values("sla_resolution_met", "2026-10")["value"].iloc[0])
    assert newest["judgement"] == "missed, certain"
    assert (
        plot.summary == "Resolution in time (recomputed): 92.3% (1,649 of 1,786) in October 2026; periods outside what is usual: 1."
    )


def test_limits_of_a_count_are_those_of_its_days(ws: Workspace) -> None:
    plot = drawn(ws.plot("incidents_opened", period="2026-10"))
    chart = control(ws.scope("2026-10"), "incidents_opened").frame
    assert [row["upper"] for row in rows(plot, "area")] == pytest.approx((chart["upper"] * chart["n"]).tolist())


def test_members_are_lines_that_the_legend_chooses(ws: Workspace) -> None:
    plot = drawn(ws.plot("resolve_time_median", by="service", period="2026-10", history=13))
    assert plot.data.groupby("series").size().tolist() == [13] * 12
    names = [param["name"] for layer in layers(plot) for param in layer.get("params", [])]
    assert names == ["member", "hover"]
    band = next(layer for layer in layers(plot) if layer["mark"]["type"] == "area")
    assert band["transform"] == [{"filter": {"param": "member", "empty": False}}]


def test_a_forecast_goes_on_from_its_past(ws: Workspace) -> None:
    forecast = ws.forecast("incidents", 14, model="seasonal-naive")
    plot = drawn(ws.plot(forecast, language="en"))
    ahead = plot.data[~plot.data["known"].astype(bool)]
    assert np.allclose(ahead["y"], forecast["median"])
    assert plot.data.loc[plot.data["known"].astype(bool), "ds"].max() < forecast["ds"].min()
    assert len(rows(plot, "line", strokeWidth=2)) == len(plot.data) - 14
    assert [row["lower"] for row in rows(plot, "area")] == pytest.approx(forecast["lo-95"].tolist())
    assert drawn(ws.plot(forecast[["unique_id", "ds", "median"]])).summary


def test_alarms_are_marked(ws: Workspace) -> None:
    days = pd.date_range("2026-01-01", periods=20)
    frame = pd.DataFrame(
        {"unique_id": "<b>", "ds": days, "y": 10.0, "expected": 10.0, "lower": 5.0, "upper": 15.0, "is_anomaly": False}
    )
    frame.loc[7, ["y", "is_anomaly"]] = 40.0, True
    plot = drawn(ws.plot(frame, language="en"))
    assert [row["y"] for row in rows(plot, "point", shape="diamond")] == [40.0]
    assert plot.summary == "<b> from 1 January 2026 to 20 January 2026; alarms: 1."


def test_series_values_and_resources(ws: Workspace) -> None:
    assert len(drawn(ws.plot(ws.series("incidents", freq="W"))).data) > 100
    values = ws.values(["resolve_time_median", "resolve_time_p90"], period="2026-10", history=3)
    assert drawn(ws.plot(values, "Time to resolve, P90", language="en")).data["series"].unique().tolist() == [
        "Time to resolve, P90"
    ]
    plot = drawn(ws.plot(ws.capacity(), "wms-db01:/data", language="en"))
    assert {row["text"] for row in rows(plot, "rule", strokeDash=[5, 3])} <= {"limit", "warning"}
    assert plot.data["known"].any()
    assert not plot.data["known"].all()


def test_what_cannot_be_drawn_is_refused_with_what_can(ws: Workspace) -> None:
    with pytest.raises(IndicatorError, match="did you mean resolve_time_median"):
        ws.plot("resolve_time_medain")
    with pytest.raises(ItsqError, match="found a frame with the columns a; give one of these"):
        ws.plot(pd.DataFrame({"a": [1]}))
    with pytest.raises(ItsqError, match="found no rows"):
        ws.plot(pd.DataFrame({"unique_id": [], "ds": [], "y": []}))
    with pytest.raises(ItsqError, match="one unit; found %, h"):
        ws.plot(ws.values(["csat", "resolve_time_median"]))
    with pytest.raises(ItsqError, match="none called 'nothing'"):
        ws.plot(ws.capacity(), "nothing")
