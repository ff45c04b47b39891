"""The forecast report: its sections in reading order, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from itsq_analysis.facts import Scope
from itsq_analysis.facts.record import to_record
from itsq_analysis.forecasting.outlook import Asked, check
from itsq_analysis.forecasting.outlook_facts import forecast_outlook, record_folder, track_record
from itsq_analysis.forecasting.reasons import reasons
from itsq_analysis.forecasting.statements import findings, verdict
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.facts_file import facts_json
from itsq_analysis.page.files import FACTS, VALUES, WORKBOOK, Files, Kept
from itsq_analysis.page.report import Header, Report
from itsq_analysis.page.section import Section
from itsq_analysis.page.spreadsheet import workbook
from itsq_analysis.pages.forecast import appendix, first, load, members, record, why
from itsq_analysis.pages.forecast.first import people_decisions
from itsq_analysis.pages.forecast.workbook import sheets, to_csv
from itsq_analysis.pages.staffing.people import people
from itsq_analysis.periods import parse_period
from itsq_analysis.text import Language
from itsq_analysis.workspace import Workspace, given_workspace


class ForecastReport(Report):
    """A forecast report; each method gives one section.

    Make it with `forecast_report`.

    Attributes:
        asked: table, dimension, horizon and levels.
        outlook: the forecast.
        track_record: earlier forecasts with what came.
    """

    def __init__(self, context: ReportContext, parameters: dict[str, Any], asked: Asked, scope: Scope) -> None:
        super().__init__(context, parameters)
        self.asked = asked
        self.outlook = forecast_outlook(scope, asked)
        self.track_record = track_record(scope, asked)
        self._scope = scope

    def header(self) -> Header:
        """Title, organisation, the days ahead, and up to when the data reach."""
        facts = super().header().facts
        return Header(facts | {"complete": True, "completeness": self.context.say("fc_ahead", n=self.asked.horizon)})

    def verdict(self) -> Section:
        """What to expect, where it is unusual, whether to believe it."""
        return first.first_screen(self.context, self.outlook, self.track_record)

    def members(self) -> Section:
        """A plain sentence per member."""
        return members.members(self.context, self.outlook)

    def calendar(self) -> Section:
        """Expected tickets day by day, holidays by name, planned events with what they add."""
        return load.load_calendar(self.context, self.outlook)

    def pictures(self) -> Section:
        """Past and forecast of the whole and of the largest members."""
        return members.pictures(self.context, self.outlook)

    def people(self) -> Section:
        """People needed against people rostered."""
        return people(self.context)

    def why(self) -> Section:
        """Trend, week, holidays, models, and where a plain forecast is as good."""
        return why.why(self.context, self.outlook, reasons(self._scope, self.asked))

    def record(self) -> Section:
        """Earlier forecasts against what came."""
        return record.track_record(self.context, self.outlook, self.track_record)

    def appendix(self) -> Section:
        """How the numbers are computed, and where they come from."""
        return appendix.appendix(self.context, self.outlook, self.track_record, self.parameters)

    def files(self) -> Files:
        """The forecast as CSV and the workbook; `itsq run` writes them beside the page, and keeps the forecast for its record."""
        title = f"{self.context.title_of_report} {self.context.period_name}"
        book = workbook(sheets(self.context, self.outlook, self.track_record), title, self.context.language)
        new = to_record(self._scope, record_folder(self._scope, self.asked), self.outlook.sums)
        facts = facts_json(self.context, findings(self.outlook), people_decisions(self.context), verdict=verdict(self.outlook))
        return Files({WORKBOOK: book, VALUES: to_csv(self.outlook), FACTS: facts}, Kept(dict(self.track_record.files), new))


def forecast_report(
    workspace: Workspace | str | Path | None = None,
    *,
    table: str = "incidents",
    by: str = "service",
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
        by: service, group, priority, category, channel …; "" tells the whole alone.
        horizon: days ahead, 7 to 182.
        levels: of the ranges, in per cent; sentences tell the smallest.
        services: only these; () is all.
        language: of the page, "en" or "zh".
        as_of: forecast as of the end of this day; None is the data's horizon.
        snapshot: an older snapshot.

    Raises:
        ForecastError: a horizon or level outside its limits.
        ReportError: too little lies before the first day, or the table is discontinued.
        IndicatorError: an unknown table or dimension.

    >>> report = forecast_report("data/sample", table="requests", language="zh")  # doctest: +SKIP
    >>> report.verdict()  # doctest: +SKIP
    """
    asked = check(table, by, horizon, levels)
    opened = given_workspace(workspace, snapshot=snapshot, services=services)
    moment = opened.moment(as_of)
    scope = Scope(opened, parse_period(moment.date()), moment)
    ahead = forecast_outlook(scope, asked)
    period = parse_period(f"{ahead.start}..{ahead.end - timedelta(days=1)}")
    stated = {"table": table, "by": by, "horizon": horizon, "levels": [f"{level:g}" for level in asked.levels]}
    stated |= {"services": list(opened.services), "language": language, "as_of": as_of and str(as_of)}
    context = ReportContext(opened, period, language, moment, titled="forecast_report_title")
    return ForecastReport(context, stated | {"snapshot": opened.snapshot.id}, asked, scope)
