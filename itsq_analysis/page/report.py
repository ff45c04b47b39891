"""What all reports have in common: a subject, the parameters that they were made with, and the head of their page."""

from __future__ import annotations

from typing import Any

from itsq_analysis.indicators.completeness import is_complete
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.earlier import Earlier
from itsq_analysis.page.first_screen import as_of
from itsq_analysis.text import formats

REPORT_MIME = "application/vnd.itsq.report+json"


class Header:
    """The report's own data (title, period, language …): what the page prints above its sections."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:  # noqa: ARG002 - IPython's protocol
        text = f"{self.facts['title']} · {self.facts['organisation']} · {self.facts['period']}"
        return {REPORT_MIME: self.facts, "text/plain": text}


class Report:
    """A report over one period: subclasses give one section a method.

    Attributes:
        context: what it is about.
        parameters: name -> value, as it was asked for; printed in its appendix.
        earlier: the earlier report that it is compared with, where there is one.
    """

    paged = False  # whether every section is a page of its own on paper
    short = False  # whether it is one page on paper: without contents and control block

    def __init__(self, context: ReportContext, parameters: dict[str, Any], earlier: Earlier | None = None) -> None:
        self.context = context
        self.parameters = parameters
        self.earlier = earlier

    def complete(self) -> bool:
        """Whether the data for the period are complete."""
        return is_complete(self.context.scope)

    def state(self) -> str:
        """Up to when data are known, in words."""
        return as_of(self.context)

    def __repr__(self) -> str:
        """Which report it is, of which workspace."""
        return f"{type(self).__name__} {self.context.period.label} of {self.context.workspace.path.name}, {self.context.language}"

    def header(self) -> Header:
        """Title, organisation, period, and whether the data for it are complete."""
        context = self.context
        organisation = context.workspace.settings.organisation
        complete = self.complete()
        facts = {
            "title": context.title_of_report,
            "language": context.language,
            "organisation": context.called(organisation.name),
            "period": context.period_name,
            "period_label": context.period.label,
            "data_as_of": formats.minute(context.moment, context.language),
            "complete": complete,
            "state": self.state(),
            "completeness": context.term("complete_yes" if complete else "complete_no"),
            "scope": context.listed(context.workspace.services),
            "services": context.listed(context.workspace.services) or context.term("all_services"),
            "snapshot": context.workspace.snapshot.id,
            "paged": self.paged,
            "short": self.short,
            **context.workspace.settings.report.model_dump(exclude={"headline"}),
        }
        return Header(facts)
