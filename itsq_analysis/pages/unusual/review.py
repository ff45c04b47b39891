"""A review of alarms for analysts: list them, look at one with its explanation, judge it, and see what the judgements say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from itsq_analysis.anomaly.review import Review
from itsq_analysis.anomaly.unusual import Event
from itsq_analysis.charts import Chart, line
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, bullets, paragraph
from itsq_analysis.pages.unusual.calendar import calendar
from itsq_analysis.pages.unusual.control import control
from itsq_analysis.pages.unusual.words import heading, lines
from itsq_analysis.text import Language, formats
from itsq_analysis.workspace import Workspace, given_workspace

MOVING = 3  # series that move together, told


@dataclass(frozen=True)
class AnomalyReview(Review):
    """The alarms of one table as of one moment, for looking at them one by one. Make it with `anomaly_review`.

    Attributes:
        language: of words and pictures.
    """

    language: Language = "en"

    @cached_property
    def context(self) -> ReportContext:
        """Workspace, moment and language."""
        return ReportContext(self.scope.workspace, self.scope.period, self.language, self.scope.moment)

    def calendar(self) -> Chart:
        """The unusual days: those of the events that chance does not explain."""
        certain = [event for event in self.explained() if event.certain]
        return calendar(self.context, self.start, self.end, certain, self.table)

    def show(self, number: int = 0) -> Section:
        """One alarm: its explanation in words and the series around it.

        Raises:
            ReportError: there is no such row.
        """
        alarm = self.row(number)
        title, parts = str(alarm["series"]), [self._picture(number)]
        for event in self.explained([number]):
            title = heading(self.context, event)
            parts += [bullets(lines(self.context, event), "notes"), *self._together(event)]
        if len(parts) == 1:
            parts.append(paragraph(self.context.say("unusual_not_explained")))
        score = self.context.say("unusual_score", score=self.context.number(alarm["score"], 3))
        return Section("alarm", title, score, tuple(parts))

    def control(self, indicator: str) -> Section:
        """The control chart of an indicator over its complete periods, with the rules by which periods are signals.

        Raises:
            ReportError: there is no such indicator, or fewer than 12 complete periods.
        """
        return control(self.context, indicator)

    def _picture(self, number: int) -> Part:
        """The series some weeks around the alarm with what was expected of it, by day."""
        alarm = self.row(number)
        facts = {"n": self.context.number(alarm["y"]), "expected": self.context.number(alarm["expected"], 1)}
        summary = self.context.say("unusual_series", day=formats.day(alarm["peak"], self.context.language), **facts)
        return line(self.around(number), title=str(alarm["series"]), summary=summary, language=self.context.language)

    def _together(self, event: Event) -> list[Part]:
        """Series of the same dimension that move with this one, whatever the event."""
        if not event.dimension:
            return []
        rows = self.together(event)
        if rows.empty:
            return [paragraph(self.context.say("unusual_together_none"))]
        named = [self._beside(row["unique_id"], row["correlation"], int(row["lag"])) for _, row in rows.head(MOVING).iterrows()]
        return [paragraph(self.context.say("unusual_together", list=self.context.listed(named)))]

    def _beside(self, who: str, correlation: float, lag: int) -> str:
        """A series that moves with this one, and how many days ahead of it or behind."""
        facts = {"who": who, "r": f"{correlation:+.2f}", "days": str(abs(lag))}
        way = self.context.term("lag_ahead" if lag > 0 else "lag_behind")
        return self.context.say("unusual_moves" if lag else "unusual_moves_same_day", way=way, **facts)


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
        workspace: the workspace as it was opened, its folder or itsq.toml; None finds it (see `open_workspace`).
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
    scope = given_workspace(workspace, snapshot=snapshot).scope(as_of=as_of)
    return AnomalyReview(scope, table, dimension, freq, alarms_per_month, weeks, language)
