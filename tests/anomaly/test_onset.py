"""Since when a share differs: the week is found by when cases began, and told with the cases that were counted since."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from itsq_analysis.pages.quality.onset import onset as onset_in

from itsq_analysis import open_workspace
from itsq_analysis.anomaly.onset import Onset, onset
from itsq_analysis.page.context import ReportContext

OCTOBER = date(2026, 10, 1), date(2026, 11, 1)


def daily(hits: list[float], lag: int = 0) -> pd.DataFrame:
    days = pd.date_range("2026-10-01", periods=len(hits), freq="D")
    return pd.DataFrame({"began": days, "counted": days + pd.Timedelta(days=lag), "hits": hits, "n": 10.0})


def test_cases_that_began_before_and_were_counted_since_count_since() -> None:
    found = onset(daily([9.0] * 11 + [5.0] * 17, lag=3), *OCTOBER, usual=0.9)
    assert found == Onset(date(2026, 10, 12), 72.0, 80.0, 27.0 + 85.0, 200.0)


def test_both_sides_add_up_to_the_period() -> None:
    draw = np.random.default_rng(1)
    frame = daily(draw.integers(2, 10, 28).astype(float).tolist(), lag=2)
    frame.loc[14:, "hits"] = 1.0
    found = onset(frame, *OCTOBER, usual=0.8)
    assert found is not None
    assert (found.hits_before + found.hits_since, found.cases_before + found.cases_since) == (frame["hits"].sum(), 280.0)


@pytest.mark.parametrize(("hits", "usual"), [([9.0] * 28, 0.9), ([], 0.9), ([5.0] * 28, 1.0)], ids=["as usual", "none", "no level"])
def test_where_no_week_stands_out_there_is_no_onset(hits: list[float], usual: float) -> None:
    assert onset(daily(hits), *OCTOBER, usual=usual) is None


def test_the_slump_of_the_demo_is_dated_and_told_with_the_share_since(demo, truth) -> None:
    workspace = open_workspace(demo)
    context = ReportContext(workspace, workspace.period("2026-10"), "en", workspace.moment())
    planted = truth["planted"]["slump"]
    values = context.values(["sla_resolution_met"], by="group")
    found = onset_in(context, values[values["member"] == planted["group"]].iloc[0], usual=0.941)
    assert found is not None
    assert found.day == date.fromisoformat(planted["from"][:10])
    assert (found.hits_since, found.cases_since, found.hits_before, found.cases_before) == (60, 102, 30, 34)
    assert found.cases_since + found.cases_before == planted["resolved_judged"]["2026-10"]
