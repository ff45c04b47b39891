"""What all reports have in common: a subject, the parameters that they were made with, and the head of their page."""

from __future__ import annotations

from typing import Any

from itsq_analysis.narrative import formats
from itsq_analysis.sections.earlier import Earlier
from itsq_analysis.sections.edges import is_complete
from itsq_analysis.sections.first_screen import as_of
from itsq_analysis.sections.scene import Scene

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
        scene: what it is about.
        parameters: name -> value, as it was asked for; printed in its appendix.
        earlier: the earlier report that it is compared with, where there is one.
    """

    def __init__(self, scene: Scene, parameters: dict[str, Any], earlier: Earlier | None = None) -> None:
        self.scene = scene
        self.parameters = parameters
        self.earlier = earlier

    def header(self) -> Header:
        """Title, organisation, period, and whether the data for it are complete."""
        scene = self.scene
        organisation = scene.workspace.settings.organisation
        complete = is_complete(scene)
        facts = {
            "title": scene.title_of_report,
            "language": scene.language,
            "organisation": organisation.name,
            "period": scene.period_name,
            "period_label": scene.period.label,
            "data_as_of": formats.minute(scene.moment, scene.language),
            "complete": complete,
            "state": as_of(scene),
            "completeness": scene.term("complete_yes" if complete else "complete_no"),
            "scope": scene.listed(scene.workspace.services),
            "services": scene.listed(scene.workspace.services) or scene.term("all_services"),
            "snapshot": scene.workspace.snapshot.id,
            **scene.workspace.settings.report.model_dump(exclude={"headline"}),
        }
        return Header(facts)
