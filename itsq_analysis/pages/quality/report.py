"""The quality report: its sections in reading order, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from itsq_analysis.briefing import decisions, findings
from itsq_analysis.briefing.since import Since, since
from itsq_analysis.briefing.verdict import verdict as period_verdict
from itsq_analysis.facts import Decision, Finding, Sentence
from itsq_analysis.facts.record import to_record
from itsq_analysis.forecasting.next_periods import next_periods
from itsq_analysis.forecasting.vs_actual import folder, forecast_vs_actual
from itsq_analysis.indicators.restated import Restated, restated
from itsq_analysis.indicators.standard import chosen_sections, of_section
from itsq_analysis.page.appendix import appendix
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.earlier import read_earlier
from itsq_analysis.page.facts_file import facts_content, facts_json
from itsq_analysis.page.files import FACTS, VALUES, WORKBOOK, Files, Kept
from itsq_analysis.page.report import Report
from itsq_analysis.page.section import Section
from itsq_analysis.page.spreadsheet import workbook
from itsq_analysis.page.values_csv import from_csv, to_csv
from itsq_analysis.pages.quality import (
    actions,
    availability,
    changes,
    chapters,
    data_quality,
    demand,
    late,
    scorecard,
    speed,
    users_voice,
    verdict,
)
from itsq_analysis.pages.quality.methods import methods
from itsq_analysis.pages.quality.sheets import workbook_sheets
from itsq_analysis.pages.quality.used import report_values, used_indicators, want_cells
from itsq_analysis.text import Language
from itsq_analysis.workspace import LAST_MONTH, Workspace, given_workspace

if TYPE_CHECKING:
    import pandas as pd


class QualityReport(Report):
    """A quality report over one period; each method gives one section.

    Make it with `quality_report`.
    """

    paged = True

    def verdict(self) -> Section:
        """Conclusion in sentences, and what is told otherwise than in the earlier report."""
        return verdict.first_screen(self.context, self._since)

    def scorecard(self) -> Section:
        """Every agreed target; headline indicators without one apart."""
        return scorecard.scorecard(self.context)

    def missed_targets(self) -> Section:
        """Causes of missed targets; late incidents: whose, on what their hours went, the worst of them."""
        return late.late_section(self.context)

    def availability(self) -> Section:
        """Major incidents one by one, availability and outages."""
        return availability.availability(self.context)

    def demand(self) -> Section:
        """Volumes per working day, the backlog, who drives them, what comes, and what was unusual."""
        return demand.demand(self.context)

    def speed(self) -> Section:
        """Time to acknowledge and to resolve; resolved by the first line, not sent around, not reopened; calls."""
        return speed.speed(self.context)

    def changes(self) -> Section:
        """Changes and problems."""
        return changes.changes(self.context)

    def users_voice(self) -> Section:
        """Satisfaction, and suppliers against their targets."""
        return users_voice.users_voice(self.context)

    def actions(self) -> Section:
        """Actions until they are closed, and what became of the values of those that were done."""
        return actions.actions(self.context)

    def chapters(self) -> Section | None:
        """Sections of the standard that were asked for (`chapters`), each made of the catalogue; None without any."""
        numbers = chosen_sections(str(self.parameters.get("chapters", "")))
        return chapters.chapters(self.context, numbers) if numbers else None

    def appendix(self) -> Section:
        """What was read, used, refused and restated; how every number is defined; where the numbers come from."""
        quality = data_quality.data_quality(self.context, self._restated)
        used, told = used_indicators(self.context.scope), methods(self.context)
        return appendix(self.context, quality, used, told, self.parameters, self.earlier)

    def values(self) -> pd.DataFrame:
        """The value frame of every indicator of the page over its 13 periods, whole and by the parts that its sections look at."""
        return self._values.copy()

    def files(self) -> Files:
        """The values as CSV and the workbook; `itsq run` writes them beside the page, and keeps the forecast for its record."""
        sheets = workbook_sheets(self.context, self._restated)
        title = f"{self.context.title_of_report} {self.context.period_name}"
        scope, forecast = self.context.scope, next_periods(self.context.scope)
        new = {} if forecast is None else to_record(scope, folder(scope), forecast.rows)
        judged = forecast_vs_actual(scope)
        contents = {
            WORKBOOK: workbook(sheets, title, self.context.language),
            VALUES: to_csv(self._values),
            FACTS: facts_json(self.context, *self._told),
        }
        return Files(contents, Kept(dict(judged.record.files) if judged else {}, new))

    @cached_property
    def _values(self) -> pd.DataFrame:
        numbers = chosen_sections(str(self.parameters.get("chapters", "")))
        return report_values(self.context, of_section(self.context.scope.catalogue, numbers))

    @property
    def _told(self) -> tuple[Sequence[Finding], Sequence[Decision], pd.DataFrame, Sentence]:
        """What the facts file holds."""
        scope = self.context.scope
        return findings(scope), decisions(scope), self._values, period_verdict(scope)

    @property
    def _since(self) -> Since | None:
        if self.earlier is None or not self.earlier.told:
            return None
        return since(self.earlier.told, facts_content(self.context, *self._told))

    @cached_property
    def _restated(self) -> Restated | None:
        if self.earlier is None:
            return None
        return restated(from_csv(to_csv(self._values), "this report"), self.earlier.values, self.earlier.label)


def quality_report(
    workspace: Workspace | str | Path | None = None,
    *,
    period: str | int | date = LAST_MONTH,
    services: Sequence[str] = (),
    language: Language = "en",
    as_of: date | datetime | str | None = None,
    snapshot: int | None = None,
    previous: str | Path | None = None,
    chapters: str = "",
) -> QualityReport:
    """The quality report of a workspace.

    Args:
        workspace: the workspace, its folder or itsq.toml; None finds it (see `open_workspace`).
        period: such as "2026-10", "2026-Q4", or "last-month": the last complete month of the data.
        services: only these; () is all.
        language: of the page, "en" or "zh".
        as_of: tell the numbers as of the end of this day; None is the data's horizon.
        snapshot: an older snapshot.
        previous: NAME.facts.json beside the page of an earlier report, to say what was restated since.
        chapters: sections of the standard that are told in full beside the usual ones, such as "4,5" or "4.1,7.2".

    Raises:
        IndicatorError: a service that the data do not know, or a section that the standard has not.
        ReportError: `previous` is no such file.

    >>> report = quality_report("data/sample", period="2026-10", language="zh")  # doctest: +SKIP
    >>> report.verdict()  # doctest: +SKIP
    """
    opened = given_workspace(workspace, snapshot=snapshot, services=services)
    context = ReportContext(opened, opened.period(period, as_of), language, opened.moment(as_of))
    stated = {
        "period": context.period.label,
        "services": list(opened.services),
        "language": language,
        "as_of": as_of and str(as_of),
    }
    want_cells(context.scope, of_section(context.scope.catalogue, chosen_sections(chapters)))
    earlier = None if previous is None else read_earlier(Path(previous))
    stated |= {"chapters": chapters} if chapters else {}
    return QualityReport(context, stated | {"snapshot": opened.snapshot.id, "previous": earlier and earlier.name}, earlier)
