"""A review of alarms for analysts: list them, look at one with its explanation, judge it, and see what the judgements say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd

from itsq_analysis.anomaly import detect
from itsq_analysis.charts import Chart, line
from itsq_analysis.errors import ReportError
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, bullets, paragraph
from itsq_analysis.pages.unusual import labels as kept_labels
from itsq_analysis.pages.unusual.calendar import calendar
from itsq_analysis.pages.unusual.control import control
from itsq_analysis.pages.unusual.events import Event, explained, found_alarms
from itsq_analysis.pages.unusual.words import heading, lines
from itsq_analysis.text import Language, formats
from itsq_analysis.workspace import Workspace, open_workspace

AROUND = 42  # days drawn before and after an event
DIMENSIONS = ("service", "group", "category", "priority", "channel")


class AnomalyReview:
    """The alarms of one table as of one moment, for looking at them one by one. Make it with `anomaly_review`.

    Attributes:
        context: workspace, moment and language.
        table, dimension: what was looked at.
        alarms_per_month: the budget of every series.
        start: first day that is reviewed.
        path: where the judgements are kept.
    """

    def __init__(
        self,
        context: ReportContext,
        table: str,
        dimension: str | None,
        freq: Literal["D", "h"],
        alarms_per_month: float,
        weeks: int,
    ) -> None:
        self.context = context
        self.table = table
        self.dimension = dimension
        self.freq = freq
        self.alarms_per_month = alarms_per_month
        last = context.moment.astimezone(context.workspace.settings.organisation.zone).date()
        self.end = last if context.moment.hour == context.moment.minute == 0 else last + pd.Timedelta(days=1)
        self.start = self.end - pd.Timedelta(weeks=weeks)
        self.path = context.workspace.path / kept_labels.FILE

    @cached_property
    def _alarms(self) -> pd.DataFrame:
        """Alarms of the days reviewed, the newest first; days naive, whatever the step."""
        found, self._judged = found_alarms(
            self.context, self.table, (self.dimension,), self.alarms_per_month, freq=self.freq, each=True
        )
        for name in ("start", "end", "peak"):
            days = pd.to_datetime(found[name])
            found[name] = (days.dt.tz_localize(None) if days.dt.tz is not None else days).dt.normalize().astype("datetime64[us]")
        inside = (found["end"] >= pd.Timestamp(self.start)) & (found["start"] < pd.Timestamp(self.end))
        ordered = found[inside].sort_values(["peak", "unique_id"], ascending=[False, True], kind="stable", ignore_index=True)
        named = [
            f"{one}={series}" if one else series for one, series in zip(ordered["dimension"], ordered["unique_id"], strict=True)
        ]
        return ordered.assign(series=pd.Series(named, dtype="str"))

    def events(self) -> pd.DataFrame:
        """The alarms, the newest first; the row's number is what `show` and `label` take.

        series, start, end, peak, direction, y and expected (at the peak), size, score (0-1), label ("confirmed", "false" or "").
        """
        found = self._alarms.drop(columns=["unique_id", "dimension"])
        columns = ["series", *(name for name in found.columns if name != "series")]
        return found[columns].assign(label=kept_labels.labelled(found, kept_labels.read_labels(self.path)))

    def calendar(self) -> Chart:
        """The unusual days: those of the events that chance does not explain."""
        found = [one for one in self._explained(self._alarms) if one.certain]
        return calendar(self.context, self.start, self.end, found, self.table)

    def show(self, number: int = 0) -> Section:
        """One alarm: its explanation in words and the series around it.

        Raises:
            ReportError: there is no such row.
        """
        alarm = self._row(number)
        found = self._explained(self._alarms.loc[[number]])
        title, told = (heading(self.context, found[0]), lines(self.context, found[0])) if found else (str(alarm["series"]), [])
        parts: list[Part] = [self._picture(alarm)]
        parts += [bullets(told, "notes")] if told else [paragraph(self.context.say("unusual_not_explained"))]
        parts += [paragraph(text) for text in self._together(found)]
        score = self.context.say("unusual_score", score=self.context.number(alarm["score"], 3))
        return Section("alarm", title, score, tuple(parts))

    def label(self, number: int, label: Literal["confirmed", "false"], note: str = "") -> pd.DataFrame:
        """Judge one alarm: it is kept in labels.csv beside the workspace. Returns all judgements."""
        alarm = self._row(number)
        return kept_labels.write_label(self.path, alarm["series"], alarm["start"].date(), alarm["end"].date(), label, note)

    def precision(self, budgets: Sequence[float] = kept_labels.BUDGETS) -> pd.DataFrame:
        """For each alarm budget up to the one reviewed: alarms, how many were confirmed, precision with its interval."""
        asked = sorted({*(one for one in budgets if one <= self.alarms_per_month), self.alarms_per_month})
        return kept_labels.precision(self.events(), asked)

    def control(self, indicator: str) -> Section:
        """The control chart of an indicator over its complete periods, with the rules by which periods are signals.

        Raises:
            ReportError: there is no such indicator, or fewer than 12 complete periods.
        """
        return control(self.context, indicator)[0]

    def _explained(self, alarms: pd.DataFrame) -> list[Event]:
        """Some of the alarms as events; whether one is certain is judged by all the days reviewed."""
        days = (self.end - self.start).days
        return explained(self.context, alarms, self.table, self._judged, self.alarms_per_month, days=days)

    def _row(self, number: int) -> pd.Series:
        if not 0 <= number < len(self._alarms):
            raise ReportError(
                f"an alarm must be one of the {len(self._alarms)} rows of events(), from 0; found {number}; look at events()"
            )
        row: pd.Series = self._alarms.iloc[number]
        return row

    def _picture(self, alarm: pd.Series) -> Chart:
        """The series some weeks around the alarm with what was expected of it, by day."""
        by = alarm["dimension"] or None
        frame = self.context.workspace.series(self.table, by=by, as_of=self.context.moment)
        own = frame[frame["unique_id"] == alarm["unique_id"]]
        judged = detect(own, freq="D", holidays=self.context.workspace.explaining(self.context.moment).holidays)
        around = judged["ds"].between(alarm["start"] - pd.Timedelta(days=AROUND), alarm["end"] + pd.Timedelta(days=AROUND))
        shown = judged.loc[around, ["ds", "y", "lower", "upper"]]
        facts = {"n": self.context.number(alarm["y"]), "expected": self.context.number(alarm["expected"], 1)}
        summary = self.context.say("unusual_series", day=formats.day(alarm["peak"], self.context.language), **facts)
        return line(shown, title=str(alarm["series"]), summary=summary, language=self.context.language)

    def _together(self, found: Sequence[Event]) -> list[str]:
        """Series of the same dimension that move with this one, whatever the event."""
        if not found or not found[0].told.dimension:
            return []
        told = found[0].told
        workspace = self.context.workspace
        event = pd.Series({"unique_id": told.series, "start": told.excess.start, "end": told.excess.end, "peak": told.peak})
        event = pd.concat([event, pd.Series({"size": told.excess.size, "score": told.score})])
        again = workspace.explain_event(event, self.table, by=told.dimension, together=True, as_of=self.context.moment)
        if again is None or again.together.empty:
            return [self.context.say("unusual_together_none")]
        named = [self._beside(row) for _, row in again.together.head(3).iterrows()]
        return [self.context.say("unusual_together", list=self.context.listed(named))]

    def _beside(self, row: pd.Series) -> str:
        """A series that moves with this one, and how many days apart."""
        lag = int(row["lag"])
        facts = {"r": f"{row['correlation']:+.2f}", "days": str(abs(lag)), "way": self.context.term(_way(lag))}
        return self.context.say("unusual_moves" if lag else "unusual_moves_same_day", who=row["unique_id"], **facts)


def _way(lag: int) -> str:
    """Whether another series is ahead of this one."""
    return "lag_ahead" if lag > 0 else "lag_behind"


def anomaly_review(
    workspace: Workspace | str | Path | None = None,
    *,
    table: str = "incidents",
    dimension: str | None = None,
    freq: Literal["D", "h"] = "D",
    alarms_per_month: float = 1.0,
    weeks: int = 26,
    language: Language = "en",
    as_of: date | datetime | str | None = None,
    snapshot: int | None = None,
) -> AnomalyReview:
    """The alarms of a workspace for an analyst's review.

    Args:
        workspace: the workspace, its folder or itsq.toml; None finds it (see `open_workspace`).
        table: incidents or requests.
        dimension: service, group, category, priority or channel: each member is a series; None is the whole table.
        freq: "D" judges days, "h" hours.
        alarms_per_month: the budget of every series while nothing is wrong.
        weeks: looked back over.
        language: of words and pictures.
        as_of: as of the end of this day; None is the data's horizon.
        snapshot: an older snapshot.

    Raises:
        ReportError: an argument is wrong.

    >>> review = anomaly_review("data/sample", dimension="service")  # doctest: +SKIP
    >>> review.events()  # doctest: +SKIP
    """
    if dimension not in (None, *DIMENSIONS) or freq not in ("D", "h") or table not in ("incidents", "requests") or weeks < 1:
        raise ReportError(
            f"a review must be of incidents or requests, by {', '.join(DIMENSIONS)} or None, by D or h, over at least a week; "
            f"found {table!r}, {dimension!r}, {freq!r}, {weeks} weeks; correct it"
        )
    given = workspace.path if isinstance(workspace, Workspace) else workspace
    opened = open_workspace(given, snapshot=snapshot)
    context = ReportContext(opened, opened.period(as_of=as_of), language, opened.moment(as_of))
    return AnomalyReview(context, table, dimension, freq, alarms_per_month, weeks)
