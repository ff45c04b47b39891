"""Series that have ended: nothing for so long that going on would be an invention."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.forecasting.frame import lay_out

FEWEST_STEPS = 28  # of nothing at the end
TIMES = 3  # as long as the longest stretch of nothing before


def find_discontinued(frame: pd.DataFrame, freq: str | None = None) -> pd.DataFrame:
    """Series of counts that end in a stretch of zeros far longer than any before.

    Args:
        frame: unique_id, ds, y; all series must reach to the common end, with true zeros.
        freq: the step; None finds it.

    Returns:
        unique_id, last (the last timestamp with a value above zero; NaT where there never was one).

    >>> days = pd.date_range("2026-01-01", periods=90, freq="D")
    >>> find_discontinued(pd.DataFrame({"unique_id": "fax", "ds": days, "y": [2, 0, 1] * 15 + [0] * 45}))["last"].dt.date.tolist()
    [datetime.date(2026, 2, 14)]
    """
    rows = []
    for panel in lay_out(frame, freq).panels:
        for series in range(panel.n):
            y = panel.y[series, panel.first[series] :]
            active = (y != 0).nonzero()[0]
            quiet = len(y) - 1 - (active[-1] if len(active) else -1)
            gaps = [int(gap) - 1 for gap in (active[1:] - active[:-1])]
            if quiet >= max(FEWEST_STEPS, TIMES * max(gaps, default=0)):
                last = panel.last[series : series + 1] - quiet
                stamp = pd.Timestamp(panel.grid.dates(last)[0]) if len(active) else pd.NaT
                rows.append({"unique_id": panel.ids[series], "last": stamp})
    return pd.DataFrame(rows, columns=["unique_id", "last"]).sort_values("unique_id", ignore_index=True)
