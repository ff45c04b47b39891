"""Since when a share differs: the Monday that divides the days on which cases began best."""

from datetime import date

import pandas as pd
import pytest

from itsq_analysis import open_workspace
from itsq_analysis.anomaly.late_onset import late_onset
from itsq_analysis.anomaly.onset import onset

OCTOBER = date(2026, 10, 1), date(2026, 11, 1)


def daily(hits: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"hits": hits, "n": 10.0}, index=pd.date_range("2026-10-01", periods=len(hits), freq="D"))


def test_the_week_is_found_in_which_the_share_fell() -> None:
    assert onset(daily([9.0] * 11 + [5.0] * 17), *OCTOBER, usual=0.9) == date(2026, 10, 12)


@pytest.mark.parametrize(("hits", "usual"), [([9.0] * 28, 0.9), ([], 0.9), ([5.0] * 28, 1.0)], ids=["as usual", "none", "no level"])
def test_where_no_week_stands_out_there_is_no_onset(hits: list[float], usual: float) -> None:
    assert onset(daily(hits), *OCTOBER, usual=usual) is None


def test_the_slump_of_the_demo_is_dated(demo, truth) -> None:
    assert late_onset(open_workspace(demo).scope("2026-10"), None) == date.fromisoformat(truth["planted"]["slump"]["from"][:10])
