"""Forecasts of a workspace: one cutoff, the organisation's holidays, and the command line."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.workspace import Workspace
from itsq_analysis.workspace.calendars import special_days
from tests.cli.running import itsq

WEEK = [20, 18, 18, 17, 15, 3, 2]
DAYS = pd.date_range("2026-08-03", periods=70, freq="D")
FRAME = pd.concat(
    [
        pd.DataFrame({"unique_id": "mail", "ds": DAYS, "y": np.tile(WEEK, 10)}),
        pd.DataFrame({"unique_id": "fax", "ds": DAYS, "y": [2, 0, 1] * 8 + [0] * 46}),
    ]
)


def workspace(holidays: str = "CN", asked: dict[str, Any] | None = None, own: str | None = None) -> Any:
    """What Workspace.forecast uses of a workspace."""

    def series(table: str, **options: Any) -> pd.DataFrame:
        if asked is not None:
            asked.update(options, table=table)
        return FRAME

    settings = SimpleNamespace(organisation=SimpleNamespace(holidays=holidays))
    snapshot = SimpleNamespace(resolved={"calendar": {} if own is None else {"2026.csv": own}})
    days = special_days(settings, snapshot) or None  # type: ignore[arg-type]
    register = pd.DataFrame(columns=["date", "until", "driver", "service", "kind", "event", "value", "growth", "updated_at"])
    settings.organisation.zone = "Asia/Shanghai"
    bound = SimpleNamespace(series=series, special_days=days, settings=settings, rows=lambda *_: register)
    bound.forecast = lambda *arguments, **options: Workspace.forecast(bound, *arguments, **options)  # type: ignore[arg-type]
    return bound


def test_the_series_are_asked_for_and_an_ended_member_is_named() -> None:
    asked: dict[str, Any] = {}
    result = workspace(asked=asked).forecast("requests", 7, by="service", as_of="2026-10-11", model="profile")
    assert asked == {"table": "requests", "by": "service", "freq": "D", "time": "opened_at", "as_of": "2026-10-11"}
    assert result["unique_id"].unique().tolist() == ["mail"]
    assert result["median"].tolist() == WEEK
    assert result.attrs["notes"] == ["fax has had nothing since 2026-08-26: taken as ended, not forecast"]


def test_the_organisation_s_holidays_count_unless_others_are_given() -> None:
    golden_week = FRAME[FRAME["ds"] <= "2026-09-27"]
    by_country = {}
    for holidays in ("CN", ""):
        one = workspace(holidays)
        one.series = lambda *_, **__: golden_week
        by_country[holidays] = one.forecast("incidents", 7, model="profile").set_index("ds")["median"]
    assert by_country["CN"]["2026-10-01"] < 14 < by_country[""]["2026-10-01"]
    assert by_country["CN"]["2026-09-28"] == by_country[""]["2026-09-28"]


def test_the_workspace_s_own_days_override_the_country_s() -> None:
    worked = workspace("", own="date,kind,name\n2026-10-13,holiday,Founders' Day\n")
    plain = workspace("").forecast("incidents", 7, model="profile").set_index("ds")["median"]
    told = worked.forecast("incidents", 7, model="profile").set_index("ds")["median"]
    assert told["2026-10-13"] < 12 < plain["2026-10-13"]
    assert told["2026-10-15"] == plain["2026-10-15"]


def test_the_command_prints_ranges_and_warns_of_what_has_ended(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itsq_analysis.workspace.open_workspace", lambda *_, **__: workspace())
    ended = itsq(capsys, "forecast", "incidents", 2, "--model", "profile", "--level", "80")
    assert ended.code == 0
    first = next(line.split() for line in ended.out.splitlines() if line.strip().startswith("mail"))
    assert first[:2] == ["mail", "2026-10-12"]
    assert "80 % between" in ended.out
    assert "fax has had nothing since 2026-08-26" in ended.err
    data = itsq(capsys, "forecast", "incidents", 2, "--model", "profile", "--format", "csv")
    assert data.out.splitlines()[0] == "unique_id,ds,mean,median,lo-80,hi-80,lo-95,hi-95"
    assert len(data.out.splitlines()) == 3


def test_components_stand_beside_it_on_request(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsq_analysis.workspace.open_workspace", lambda *_, **__: workspace())
    shown = itsq(capsys, "forecast", "incidents", 2, "--model", "profile+smoothing", "--components").out
    assert next(line.split() for line in shown.splitlines() if "median" in line)[-2:] == ["profile", "smoothing"]
    assert "%)" in next(line for line in shown.splitlines() if line.strip().startswith("mail"))
    data = itsq(capsys, "forecast", "incidents", 2, "--model", "profile", "--components", "--format", "csv").out
    assert data.splitlines()[0] == "unique_id,ds,mean,median,lo-80,hi-80,lo-95,hi-95,profile,weight-profile"


def test_a_wrong_model_ends_with_2(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsq_analysis.workspace.open_workspace", lambda *_, **__: workspace())
    ended = itsq(capsys, "forecast", "incidents", "--model", "oracle")
    assert ended.code == 2
    assert "model must be one of auto, " in ended.err
