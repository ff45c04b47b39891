"""Alarms on the counts of a table, whole and by member, within one budget."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.facts import Scope, fact
from itsq_analysis.series import UNKNOWN

SHORTEST = 56  # days of a series from which it is judged
COLUMNS = ("unique_id", "start", "end", "peak", "direction", "y", "expected", "size", "score", "dimension")


@dataclass(frozen=True)
class Alarms:
    """Alarms of some series.

    Attributes:
        rows: as `to_events` has them, with `dimension` ("" for the whole).
        judged: how many series were long enough.
    """

    rows: pd.DataFrame
    judged: int


@fact(disk=True)
def alarms(scope: Scope, table: str, dimensions: tuple[str, ...], budget: float, freq: str = "D", each: bool = False) -> Alarms:
    """Alarms on the whole of a table and on the members of some dimensions, over all that is known.

    Args:
        scope: as of its moment.
        table: incidents or requests.
        dimensions: "" is the whole.
        budget: false alarms a month, over all series together.
        freq: "D" or "h".
        each: the budget is that of each series.
    """
    from itsq_analysis.anomaly.detect import detect
    from itsq_analysis.anomaly.events import to_events

    named = []
    for dimension in dimensions:
        frame = counts(scope, table, dimension, freq)
        known = frame[frame["unique_id"] != UNKNOWN]
        named.append(known.assign(unique_id=f"{dimension}\n" + known["unique_id"]))
    series = pd.concat(named, ignore_index=True)
    lengths = series.groupby("unique_id")["ds"].agg(["min", "max"])
    judged = int((lengths["max"] - lengths["min"] >= pd.Timedelta(days=SHORTEST - 1)).sum())
    nothing = pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS})
    if not judged:
        return Alarms(nothing, 0)
    special = scope.special_days if freq == "D" else None
    try:
        rows = detect(series, freq=freq, holidays=special, alarms_per_month=budget if each else budget / judged)
    except ForecastError:  # every series is too short
        return Alarms(nothing, 0)
    events = to_events(rows)
    names = [str(name).partition("\n") for name in events["unique_id"]]
    members, of = (pd.Series([name[place] for name in names], events.index, dtype="str") for place in (2, 0))
    return Alarms(events.assign(unique_id=members, dimension=of), judged)


@fact
def counts(scope: Scope, table: str, dimension: str, freq: str) -> pd.DataFrame:
    """Rows of a table per step, whole ("") or by member, as the long frame `unique_id, ds, y`."""
    return scope.workspace.series(table, freq=freq, by=dimension or None, as_of=scope.moment)
