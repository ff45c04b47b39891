"""The daily report: what needs a hand today, on one page, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from itsq_analysis.page.cells import about_sheet
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.facts_file import facts_json
from itsq_analysis.page.files import FACTS, WORKBOOK, Files
from itsq_analysis.page.report import Header, Report
from itsq_analysis.page.section import Section
from itsq_analysis.page.spreadsheet import workbook
from itsq_analysis.pages.daily import due, first, groups, unusual
from itsq_analysis.pages.late_risk.tickets import risk_sheet
from itsq_analysis.periods import parse_period
from itsq_analysis.text import Language
from itsq_analysis.workspace import Workspace, given_workspace


class DailyReport(Report):
    """A daily report; each method gives one section.

    Make it with `daily_report`.
    """

    short = True

    def header(self) -> Header:
        """Title, organisation, the day, and up to when the data reach; a day is never called incomplete."""
        return Header(super().header().facts | {"complete": True, "completeness": ""})

    def verdict(self) -> Section:
        """How many will be late, whose, and what else is up."""
        return first.first_screen(self.context)

    def tickets(self) -> Section:
        """Open incidents that will miss their limit, with why and what would help."""
        return first.tickets(self.context)

    def groups(self) -> Section | None:
        """Expected late incidents by group and working day; None where nothing can be said."""
        return groups.groups(self.context)

    def unusual(self) -> Section:
        """Alarms and storms since yesterday."""
        return unusual.unusual(self.context)

    def due(self) -> Section:
        """Changes, renewals, ends and actions of today, and what is overdue."""
        return due.due(self.context)

    def files(self) -> Files:
        """The workbook and the facts; `itsq run` writes them beside the page."""
        sheets = [
            risk_sheet(self.context),
            groups.groups_sheet(self.context),
            due.due_sheet(self.context),
            about_sheet(self.context),
        ]
        title = f"{self.context.title_of_report} {self.context.period_name}"
        facts = facts_json(self.context, (), (), verdict=first.verdict(self.context.scope))
        return Files({WORKBOOK: workbook(sheets, title, self.context.language), FACTS: facts})


def daily_report(
    workspace: Workspace | str | Path | None = None,
    *,
    services: Sequence[str] = (),
    language: Language = "en",
    as_of: date | datetime | str | None = None,
    snapshot: int | None = None,
) -> DailyReport:
    """The daily report of a workspace: for the day in which its data end.

    Args:
        workspace: the workspace, its folder or itsq.toml; None finds it (see `open_workspace`).
        services: only these; () is all.
        language: of the page, "en" or "zh".
        as_of: as known at the end of this day, for the day after it; None is the data's horizon.
        snapshot: an older snapshot.

    Raises:
        IndicatorError: an unknown service, or `as_of` is no day.

    >>> report = daily_report("data/sample", language="zh")  # doctest: +SKIP
    >>> report.tickets()  # doctest: +SKIP
    """
    opened = given_workspace(workspace, snapshot=snapshot, services=services)
    moment = opened.moment(as_of)
    day = moment.astimezone(opened.settings.organisation.zone).date()
    context = ReportContext(opened, parse_period(day), language, moment, titled="daily_report_title")
    stated: dict[str, Any] = {"services": list(opened.services), "language": language, "as_of": as_of and str(as_of)}
    return DailyReport(context, stated | {"snapshot": opened.snapshot.id})
