"""The forecast report: its sections in reading order, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.files import VALUES, WORKBOOK, Files
from itsq_analysis.page.report import Header, Report
from itsq_analysis.page.section import Section
from itsq_analysis.page.spreadsheet import workbook
from itsq_analysis.pages.forecast import appendix, first, load, members, record, why
from itsq_analysis.pages.forecast.keep import folder_name, keep, kept_of, kept_rows
from itsq_analysis.pages.forecast.outlook import ALL, Asked, Outlook, check, explanation, outlook
from itsq_analysis.pages.forecast.record import Record, record_of
from itsq_analysis.pages.forecast.workbook import sheets, to_csv
from itsq_analysis.pages.staffing.people import people
from itsq_analysis.periods import parse_period
from itsq_analysis.text import Language
from itsq_analysis.workspace import Workspace, open_workspace


class ForecastReport(Report):
    """A forecast report; each method gives one section.

    Make it with `forecast_report`.

    Attributes:
        asked: table, dimension, horizon and levels.
    """

    def __init__(self, context: ReportContext, parameters: dict[str, Any], asked: Asked) -> None:
        super().__init__(context, parameters)
        self.asked = asked

    def header(self) -> Header:
        """Title, organisation, the days ahead, and up to when the data reach."""
        facts = super().header().facts
        return Header(facts | {"complete": True, "completeness": self.context.say("fc_ahead", n=self.asked.horizon)})

    def verdict(self) -> Section:
        """What to expect, where it is unusual, whether to believe it."""
        return first.first_screen(self.context, self._outlook, self._record)

    def members(self) -> Section:
        """A plain sentence per member."""
        return members.members(self.context, self._outlook)

    def calendar(self) -> Section:
        """Expected tickets day by day, holidays by name."""
        return load.load_calendar(self.context, self._outlook)

    def pictures(self) -> Section:
        """Past and forecast of the whole and of the largest members."""
        return members.pictures(self.context, self._outlook)

    def people(self) -> Section:
        """People needed against people rostered."""
        return people(self.context)

    def why(self) -> Section:
        """Trend, week, holidays, models, and where a plain forecast is as good."""
        return why.why(self.context, self._outlook, explanation(self.context, self.asked))

    def record(self) -> Section:
        """Earlier forecasts against what came."""
        return record.track_record(self.context, self._outlook, self._record)

    def appendix(self) -> Section:
        """How the numbers are computed, and where they come from."""
        return appendix.appendix(self.context, self._outlook, self.parameters)

    def files(self) -> Files:
        """The forecast as CSV and the workbook; `itsq run` writes them beside the page, and keeps the forecast for its record."""
        keep(self.context, self._folder, self._outlook.sums)
        title = f"{self.context.title_of_report} {self.context.period_name}"
        book = workbook(sheets(self.context, self._outlook, self._record), title, self.context.language)
        return Files({WORKBOOK: book, VALUES: to_csv(self._outlook)}, kept_of(self.context))

    @property
    def _outlook(self) -> Outlook:
        return outlook(self.context, self.asked)

    @property
    def _folder(self) -> str:
        return folder_name(self.context, self.asked.table, self.asked.dimension, f"days{self.asked.horizon}")

    @cached_property
    def _record(self) -> Record:
        return record_of(self._outlook, kept_rows(self.context, self._folder, self._outlook.start, [ALL]))


def forecast_report(
    workspace: Workspace | str | Path | None = None,
    *,
    table: str = "incidents",
    dimension: str = "service",
    horizon: int = 28,
    levels: Sequence[float] = (80, 95),
    services: Sequence[str] = (),
    language: Language = "en",
    as_of: date | datetime | str | None = None,
    snapshot: int | None = None,
) -> ForecastReport:
    """The forecast report of a workspace: the days after those that the data hold.

    Args:
        workspace: the workspace, its folder or itsq.toml; None finds it (see `open_workspace`).
        table: incidents, requests, changes or another table of tickets.
        dimension: service, group, priority, category, channel …; "" tells the whole alone.
        horizon: days ahead, 7 to 182.
        levels: of the ranges, in per cent; sentences tell the smallest.
        services: only these; () is all.
        language: of the page, "en" or "zh".
        as_of: forecast as of the end of this day; None is the data's horizon.
        snapshot: an older snapshot.

    Raises:
        ForecastError: a horizon or level outside its limits.
        ReportError: too little lies before the first day, or the table has ended.
        IndicatorError: an unknown table or dimension.

    >>> report = forecast_report("data/sample", table="requests", language="zh")  # doctest: +SKIP
    >>> report.verdict()  # doctest: +SKIP
    """
    asked = check(table, dimension, horizon, levels)
    given = workspace.path if isinstance(workspace, Workspace) else workspace
    opened = open_workspace(given, snapshot=snapshot, services=services)
    moment = opened.moment(as_of)
    now = ReportContext(opened, parse_period(moment.date()), language, moment, titled="forecast_report_title")
    ahead = outlook(now, asked)
    context = replace(now, period=parse_period(f"{ahead.start}..{ahead.end - timedelta(days=1)}"))
    context.kept.update(now.kept)
    stated: dict[str, Any] = {
        "table": table,
        "dimension": dimension,
        "horizon": horizon,
        "levels": [f"{one:g}" for one in asked.levels],
    }
    stated |= {"services": list(services), "language": language, "as_of": as_of and str(as_of), "snapshot": opened.snapshot.id}
    return ForecastReport(context, stated, asked)
