"""Findings and decisions in a report's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from itsq_analysis.briefing import decisions, findings
from itsq_analysis.page.context import ReportContext
from itsq_analysis.text.marks import plain


@dataclass(frozen=True)
class Told:
    """A finding as the first screen words it."""

    sentence: str
    size: float
    certainty: float
    change: bool


@dataclass(frozen=True)
class Asked:
    """A decision as the first screen words it."""

    what: str
    number: str
    by: date | None
    owner: str
    rule: str


def told(context: ReportContext) -> list[Told]:
    """All findings, the weightiest first."""
    words = [plain(context.brief.part(finding.sentence)) for finding in findings(context.scope)]
    pairs = zip(words, findings(context.scope), strict=True)
    return [Told(sentence, finding.size, finding.certainty, finding.change) for sentence, finding in pairs]


def asked(context: ReportContext) -> list[Asked]:
    """All decisions, those asked for by people first."""
    return [
        Asked(
            what=plain(context.brief.part(decision.what)).strip(),
            number=plain(context.brief.part(decision.number)) if decision.number else "",
            by=decision.by,
            owner=decision.owner,
            rule=context.brief.part(decision.rule) if decision.rule else "",
        )
        for decision in decisions(context.scope)
    ]
