"""The service review: its sections in reading order, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from itsq_analysis.briefing.service import service_verdict
from itsq_analysis.errors import ReportError
from itsq_analysis.indicators.attainment import headline
from itsq_analysis.indicators.comparisons import want_beside
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.notes import notes
from itsq_analysis.indicators.targets import agreed_targets, common_targets
from itsq_analysis.page.appendix import definitions_table, provenance
from itsq_analysis.page.context import PERIODS, ReportContext
from itsq_analysis.page.facts_file import facts_json
from itsq_analysis.page.files import FACTS, VALUES, WORKBOOK, Files
from itsq_analysis.page.report import Report
from itsq_analysis.page.section import Section, folded, nested, paragraph
from itsq_analysis.page.spreadsheet import workbook
from itsq_analysis.page.values_csv import to_csv
from itsq_analysis.pages.quality.actions import actions
from itsq_analysis.pages.service import delivered, promises
from itsq_analysis.pages.service.sheets import sheets
from itsq_analysis.text import Language
from itsq_analysis.workspace import LAST_MONTH, Workspace, given_workspace


class ServiceReview(Report):
    """A review of one service, or a few, over one period; each method gives one section.

    Make it with `service_review`.
    """

    def promises(self) -> Section:
        """What was promised and what was delivered, and the error budgets: the first screen."""
        return promises.promises(self.context)

    def availability(self) -> Section:
        """Interruptions, major incidents one by one."""
        return delivered.availability(self.context)

    def demand(self) -> Section:
        """Volume, backlog, what users say; changes, and what the next period brings."""
        return delivered.demand(self.context)

    def actions(self) -> Section:
        """Actions open and closed."""
        if not notes(self.context.scope):
            return self.context.section("actions", [self.context.say("actions_none_open")])
        return actions(self.context)

    def appendix(self) -> Section:
        """How every number is defined, and where the numbers come from."""
        context, used = self.context, self._used
        parts = (
            folded(context.say("definitions_fold", n=len(used)), definitions_table(context, used)),
            paragraph(context.say("review_budget_method")),
            *nested(provenance(context, self.parameters)),
        )
        return Section("appendix", context.term("appendix"), context.say("definitions"), parts)

    def files(self) -> Files:
        """The values as CSV and the workbook; `itsq run` writes them beside the page."""
        context = self.context
        values = context.cube.table([(self._used, None), *self._promised], PERIODS)
        title = f"{context.title_of_report} {context.period_name}"
        contents = {
            WORKBOOK: workbook(sheets(context), title, context.language),
            VALUES: to_csv(values),
            FACTS: facts_json(context, (), (), values, service_verdict(context.scope)),
        }
        return Files(contents)

    @property
    def _used(self) -> list[str]:
        """The ids of the indicators of the page."""
        scope = self.context.scope
        promised = [value.indicator for value in agreed_targets(scope)]
        return list(dict.fromkeys([*promised, *(one.value.indicator for one in common_targets(scope)), *headline(scope)]))

    @property
    def _promised(self) -> list[tuple[list[str], str | None]]:
        return [([value.indicator], value.dimension) for value in agreed_targets(self.context.scope) if value.dimension]


def service_review(
    workspace: Workspace | str | Path | None = None,
    *,
    services: Sequence[str] = (),
    period: str | int | date = LAST_MONTH,
    language: Language = "en",
    as_of: date | datetime | str | None = None,
    snapshot: int | None = None,
) -> ServiceReview:
    """The review of a service for the meeting with its customer: what was promised, what was delivered, what comes.

    Args:
        workspace: the workspace, its folder or itsq.toml; None finds it (see `open_workspace`).
        services: the service, or the few services of one customer.
        period: such as "2026-10", "2026-Q4", or "last-month": the last complete month of the data.
        language: of the page, "en" or "zh".
        as_of: tell the numbers as of the end of this day; None is the data's horizon.
        snapshot: an older snapshot.

    Raises:
        ReportError: no service is named.
        IndicatorError: a service that the data do not know.

    >>> review = service_review("data/sample", services=["E-mail"], period="2026-10", language="zh")  # doctest: +SKIP
    >>> review.promises()  # doctest: +SKIP
    """
    opened = given_workspace(workspace, snapshot=snapshot, services=services)
    if not opened.services:
        known = ", ".join(opened.known_services()[:5])
        raise ReportError(f"a service review must be of a service; found none named; write --services, one of: {known} ...")
    context = ReportContext(opened, opened.period(period, as_of), language, opened.moment(as_of), titled="service_review_title")
    stated: dict[str, Any] = {"services": list(opened.services), "period": context.period.label, "language": language}
    report = ServiceReview(context, stated | {"as_of": as_of and str(as_of), "snapshot": opened.snapshot.id})
    cube(context.scope).want([*headline(context.scope)])
    want_beside(context.scope, [*headline(context.scope), *(target.indicator for target in context.scope.settings.targets)])
    return report
