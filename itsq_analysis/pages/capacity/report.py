"""The capacity report: its sections in reading order, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from itsq_analysis.capacity.days import metrics_scope
from itsq_analysis.capacity.decisions import capacity_decisions, capacity_verdict
from itsq_analysis.capacity.resource_register import require_resources
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.facts_file import facts_json
from itsq_analysis.page.files import FACTS, VALUES, WORKBOOK, Files
from itsq_analysis.page.report import Report
from itsq_analysis.page.section import Section
from itsq_analysis.page.spreadsheet import workbook
from itsq_analysis.pages.capacity import coverage, demand, energy, expiry, first, idle, load, record, risk_map, sheets, what_if
from itsq_analysis.pages.capacity.workbook import sheets as workbook_sheets
from itsq_analysis.pages.capacity.workbook import to_csv
from itsq_analysis.text import Language, formats
from itsq_analysis.workspace import LAST_MONTH, Workspace, given_workspace


class CapacityReport(Report):
    """A capacity report; each method gives one section. It is told as of the metrics, which may know more than the tickets.

    Make it with `capacity_report`.

    Attributes:
        tickets: the context as of the tickets' moment, for what follows from them; None without tickets.
    """

    def __init__(self, context: ReportContext, parameters: dict[str, Any], tickets: ReportContext | None = None) -> None:
        super().__init__(context, parameters)
        self.tickets = tickets

    def complete(self) -> bool:
        """Whether there are metrics up to the period's end."""
        return self.context.scope.today >= self.context.period.end - timedelta(days=1)

    def state(self) -> str:
        """Up to when there are metrics, in words."""
        return self.context.say("cap_as_of", moment=formats.minute(self.context.moment, self.context.language))

    def decisions(self) -> Section:
        """What must be ordered or accepted before the next report."""
        return first.first_screen(self.context)

    def risk_map(self) -> Section:
        """Which resources run out within 30, 90, 180 and 365 days."""
        return risk_map.risk_map(self.context)

    def sheets(self) -> Section:
        """How sure it is, the options, what happens if nothing is done."""
        return sheets.sheets(self.context)

    def demand(self) -> Section:
        """What drives it, and whether there are enough people."""
        return demand.demand(self.context, self.tickets)

    def load(self) -> Section:
        """Whether it holds in the busy hour and after a failure."""
        return load.load(self.context)

    def expiry(self) -> Section:
        """What ends when."""
        return expiry.expiry(self.context)

    def idle(self) -> Section:
        """What can be given back."""
        return idle.idle(self.context)

    def what_if(self) -> Section:
        """If demand grows, a limit is raised, a project is late."""
        return what_if.what_if(self.context)

    def energy(self) -> Section | None:
        """Energy and PUE; None where nothing measures them."""
        return energy.energy(self.context)

    def record(self) -> Section:
        """Earlier decisions and forecasts, and what became of them."""
        return record.record(self.context)

    def appendix(self) -> Section:
        """What is not monitored; how every number is computed; where the numbers come from."""
        return coverage.appendix(self.context, self.parameters)

    def files(self) -> Files:
        """The figures as CSV and the workbook; `itsq run` writes them beside the page."""
        title = f"{self.context.title_of_report} {self.context.period_name}"
        book = workbook(workbook_sheets(self.context, self.tickets), title, self.context.language)
        facts = facts_json(self.context, (), capacity_decisions(self.context.scope), verdict=capacity_verdict(self.context.scope))
        return Files({WORKBOOK: book, VALUES: to_csv(self.context), FACTS: facts})


def capacity_report(
    workspace: Workspace | str | Path | None = None,
    *,
    period: str | int | date = LAST_MONTH,
    services: Sequence[str] = (),
    language: Language = "en",
    as_of: date | datetime | str | None = None,
    snapshot: int | None = None,
) -> CapacityReport:
    """The capacity report of a workspace.

    Forecasts begin where the metrics end, utilisation is that of the four weeks before; the period names the report and says when
    the next one is due.

    Args:
        workspace: the workspace as it is, its folder or itsq.toml; None finds it (see `open_workspace`).
        period: such as "2026-10", or "last-month": the last complete month of the data.
        services: resources of these services only; () is all, or those that the workspace was opened with.
        language: of the page, "en" or "zh".
        as_of: as known at the end of this day; None is where the metrics end.
        snapshot: an older snapshot; None is the newest, or the one that the workspace was opened with.

    Raises:
        IndicatorError: an unknown service.
        ReportError: a service that no resource has.

    >>> report = capacity_report("data/sample", period="2026-10", language="zh")  # doctest: +SKIP
    >>> report.decisions()  # doctest: +SKIP
    """
    opened = given_workspace(workspace, services=services, snapshot=snapshot)
    known = opened.scope(period, as_of)
    require_resources(known)
    scope = metrics_scope(known) or known
    context = ReportContext(opened, scope.period, language, scope.moment, titled="capacity_report_title")
    stated: dict[str, Any] = {"period": scope.period.label, "services": list(opened.services), "language": language}
    told = opened.snapshot.horizon is not None and any(known.has(table) for table in ("incidents", "contacts"))
    tickets = replace(context, moment=known.moment) if told else None
    return CapacityReport(context, stated | {"as_of": as_of and str(as_of), "snapshot": opened.snapshot.id}, tickets)
