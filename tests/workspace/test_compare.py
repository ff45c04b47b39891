"""What moved between two periods, and frames that show themselves as a page does."""

from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import binomtest, fisher_exact

from itsq_analysis import Workspace, open_workspace
from itsq_analysis.indicators.chance import kept_by_holm
from itsq_analysis.workspace.told import Told


@pytest.fixture(scope="module")
def ws(demo: Path) -> Workspace:
    return open_workspace(demo)


@pytest.fixture(scope="module")
def compared(ws: Workspace) -> pd.DataFrame:
    return ws.compare("2026-09", "2026-10", language="en")


def test_what_moved_is_what_chance_does_not_explain(compared: pd.DataFrame, ws: Workspace) -> None:
    tested = compared[compared["reason"] == ""]
    kept = kept_by_holm(tested["chance"].tolist())
    moved = tested["moved"].isin(["better", "worse", "changed"]).tolist()
    assert [place for place, one in enumerate(moved) if one] == sorted(kept)
    assert compared.iloc[0][["indicator", "moved"]].tolist() == ["sla_resolution_met", "worse"]
    values = ws.values(["sla_resolution_met"], "2026-10", history=2)
    hits = values["numerator"].tolist()
    table = [[hits[place], n - hits[place]] for place, n in enumerate(values["denominator"])]
    assert compared.iloc[0]["chance"] >= fisher_exact(table).pvalue * (1 - 1e-6)


def test_mix_and_performance_add_up(compared: pd.DataFrame) -> None:
    parted = compared.dropna(subset="mix")
    assert len(parted) > 4
    assert (parted["mix"] + parted["performance"]).tolist() == pytest.approx(parted["difference"].tolist())


def test_a_count_is_compared_by_its_days(compared: pd.DataFrame, ws: Workspace) -> None:
    row = compared.set_index("indicator").loc["incidents_opened"]
    scope = ws.scope("2026-10")
    days = [scope.working_days(period) for period in (ws.period("2026-09"), ws.period("2026-10"))]
    assert row["difference"] == pytest.approx(row["now"] - row["before"] * days[1] / days[0])
    cases = binomtest(int(row["now"]), int(row["now"] + row["before"]), days[1] / sum(days)).pvalue
    assert row["chance"] >= cases * (1 - 1e-6)


def test_what_can_still_change_or_hangs_on_single_events_is_not_compared(compared: pd.DataFrame) -> None:
    reasons = compared.set_index("indicator")["reason"]
    assert reasons["availability"] == "single_events"
    assert reasons["incidents_caused_by_change"] == "provisional"
    assert compared[compared["reason"] != ""]["chance"].isna().all()


def test_a_period_beside_itself_has_not_moved(ws: Workspace) -> None:
    same = ws.compare("2026-10", "2026-10", by=None)
    assert set(same["moved"]) == {"chance", "not compared"}
    assert (same.loc[same["moved"] == "chance", "difference"] == 0).all()


def test_it_shows_itself_as_a_page_does(compared: pd.DataFrame, ws: Workspace) -> None:
    html = compared._repr_html_()
    assert "September 2026 → October 2026: 1 of " in html
    assert '>▼ worse</td><td style="text-align:right' in html
    assert ">95.8%</td>" in html
    assert ">−3.5 pp</td>" in html
    values = ws.values(["sla_resolution_met"], "2026-10")
    assert ">▲ 未达标" in values._repr_html_()
    assert "1 × 27: indicator, period" in values._repr_html_()


def test_what_pandas_makes_of_it_shows_itself_alike_and_is_pandas(compared: pd.DataFrame) -> None:
    worse = compared.query("moved == 'worse'")[["indicator", "now"]]
    assert isinstance(worse, Told)
    assert ">92.3%</td>" in worse._repr_html_()
    assert "moved by more than chance" not in worse._repr_html_()  # it is told of the whole alone
    assert compared.groupby("moved")["n_now"].size().sum() == len(compared)
    assert not isinstance(pd.DataFrame(compared), Told)
    hostile = worse.assign(member="<script>")
    assert "<script>" not in hostile._repr_html_()
