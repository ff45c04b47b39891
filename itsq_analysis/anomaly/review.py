"""The alarms of one table for an analyst's review: listed, explained, judged, and what the judgements say of the budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd

from itsq_analysis.anomaly import labels
from itsq_analysis.anomaly.alarms import Alarms, alarms, counts
from itsq_analysis.anomaly.unusual import Event
from itsq_analysis.errors import ReportError
from itsq_analysis.facts import Scope, fact

AROUND = pd.Timedelta(days=42)  # shown before and after an event
DIMENSIONS = ("service", "group", "category", "priority", "channel")
TABLES = ("incidents", "requests")


@dataclass(frozen=True)
class Review:
    """The alarms of one table as of one moment.

    Attributes:
        scope: as of its moment.
        table: incidents or requests.
        dimension: whose members are looked at; None is the whole table.
        freq: "D" judges days, "h" hours.
        alarms_per_month: the budget of every series.
        weeks: looked back over.

    Raises:
        ReportError: one of them is none.
    """

    scope: Scope
    table: str = "incidents"
    dimension: str | None = None
    freq: Literal["D", "h"] = "D"
    alarms_per_month: float = 1.0
    weeks: int = 26

    def __post_init__(self) -> None:
        """Refuse what cannot be reviewed."""
        known = self.dimension in (None, *DIMENSIONS) and self.freq in ("D", "h") and self.table in TABLES
        if not known or self.weeks < 1:
            raise ReportError(
                f"a review must be of incidents or requests, by {', '.join(DIMENSIONS)} or None, by D or h, over at least a week; "
                f"found {self.table!r}, {self.dimension!r}, {self.freq!r}, {self.weeks} weeks; correct it"
            )

    @property
    def path(self) -> Path:
        """Where the judgements are kept."""
        return self.scope.workspace.path / labels.FILE

    @property
    def end(self) -> date:
        """The day after the last that is reviewed."""
        return self.scope.today + timedelta(days=1)

    @property
    def start(self) -> date:
        """The first day that is reviewed."""
        return self.end - timedelta(weeks=self.weeks)

    @cached_property
    def alarms(self) -> pd.DataFrame:
        """Alarms of the days reviewed, the newest first, as `Alarms` has them; days naive, whatever the step; `series` is
        "service=E-mail" or the table's name."""
        rows = self._raised.rows
        days = {name: _naive_days(rows[name]) for name in ("start", "end", "peak")}
        rows = rows.assign(**days)
        inside = (rows["end"] >= pd.Timestamp(self.start)) & (rows["start"] < pd.Timestamp(self.end))
        ordered = rows[inside].sort_values(["peak", "unique_id"], ascending=[False, True], kind="stable", ignore_index=True)
        pairs = zip(ordered["dimension"], ordered["unique_id"], strict=True)
        named = [f"{dimension}={member}" if dimension else member for dimension, member in pairs]
        return ordered.assign(series=pd.Series(named, dtype="str"))

    @property
    def judged(self) -> int:
        """How many series were long enough."""
        return self._raised.judged

    @property
    def _raised(self) -> Alarms:
        return alarms(self.scope, self.table, (self.dimension or "",), self.alarms_per_month, self.freq, each=True)

    def row(self, number: int) -> pd.Series:
        """One alarm.

        Raises:
            ReportError: there is no such row.
        """
        if not 0 <= number < len(self.alarms):
            raise ReportError(
                f"an alarm must be one of the {len(self.alarms)} rows of events(), counted from 0; found {number}; look at events()"
            )
        return self.alarms.iloc[number]

    def events(self) -> pd.DataFrame:
        """The alarms, the newest first; the row's number is what judges it.

        series, start, end, peak, direction, y and expected (at the peak), size, score (0-1), label ("confirmed", "false" or "").
        """
        rows = self.alarms.drop(columns=["unique_id", "dimension"])
        columns = ["series", *(name for name in rows.columns if name != "series")]
        return rows[columns].assign(label=labels.labelled(rows, labels.read_labels(self.path)))

    def explained(self, numbers: Sequence[int] | None = None) -> tuple[Event, ...]:
        """All alarms, or some of them, as events; whether one is certain is judged by all the days reviewed."""
        chosen = None if numbers is None else tuple(numbers)
        return _explained(self.scope, self.table, self.dimension, self.freq, self.alarms_per_month, self.weeks, chosen)

    def together(self, event: Event) -> pd.DataFrame:
        """Series of the same dimension that move with an event's, whatever the event (`moved_together`)."""
        from itsq_analysis.anomaly.explain.event import moved_with

        return moved_with(self.scope, event.table, event.dimension, event.series)

    def around(self, number: int) -> pd.DataFrame:
        """The series of an alarm by day, some weeks before and after it: ds, y, lower, upper.

        Raises:
            ReportError: there is no such row.
        """
        from itsq_analysis.anomaly.detect import detect

        alarm = self.row(number)
        frame = counts(self.scope, self.table, self.dimension or "", "D")
        judged = detect(frame[frame["unique_id"] == alarm["unique_id"]], freq="D", holidays=self.scope.special_days)
        near = judged["ds"].between(alarm["start"] - AROUND, alarm["end"] + AROUND)
        return judged.loc[near, ["ds", "y", "lower", "upper"]]

    def label(self, number: int, label: Literal["confirmed", "false"], note: str = "") -> pd.DataFrame:
        """Judge one alarm: it is kept in labels.csv beside the workspace. Returns all judgements."""
        alarm = self.row(number)
        return labels.write_label(self.path, alarm["series"], alarm["start"].date(), alarm["end"].date(), label, note)

    def precision(self, budgets: Sequence[float] = labels.BUDGETS) -> pd.DataFrame:
        """For each alarm budget up to the one reviewed: alarms, how many were confirmed, precision with its interval."""
        asked = {*(budget for budget in budgets if budget <= self.alarms_per_month), self.alarms_per_month}
        return labels.precision(self.events(), sorted(asked))


@fact(disk=True)
def _explained(
    scope: Scope,
    table: str,
    dimension: str | None,
    freq: Literal["D", "h"],
    budget: float,
    weeks: int,
    numbers: tuple[int, ...] | None,
) -> tuple[Event, ...]:
    from itsq_analysis.anomaly.explained import explained

    review = Review(scope, table, dimension, freq, budget, weeks)
    rows = review.alarms if numbers is None else review.alarms.loc[list(numbers)]
    return explained(scope, rows, table, review.judged, budget, days=(review.end - review.start).days)


def _naive_days(moments: pd.Series) -> pd.Series:
    days = pd.to_datetime(moments)
    return (days.dt.tz_localize(None) if days.dt.tz is not None else days).dt.normalize().astype("datetime64[us]")
