"""How the report words its facts: days without the report's year, names as they are."""

from __future__ import annotations

from collections.abc import Iterable

from itsq_analysis.capacity.resource_register import Resource
from itsq_analysis.facts import Sentence
from itsq_analysis.facts.sentence import Part
from itsq_analysis.page.context import ReportContext
from itsq_analysis.text import formats, paragraph
from itsq_analysis.text.wording import Wording


def wording(context: ReportContext) -> Wording:
    """The report's wording."""
    return context.plain.shorter()


def say(context: ReportContext, id: str, **facts: Part) -> str:  # noqa: A002 - the key's name in sentences.toml
    """A sentence with its parts."""
    return wording(context).sentence(Sentence(id, facts))


def said(context: ReportContext, sentences: Iterable[Sentence]) -> str:
    """Sentences one after the other."""
    return paragraph((wording(context).sentence(sentence) for sentence in sentences), context.language)


def part(context: ReportContext, told: Part) -> str:
    """One part, such as an amount."""
    return wording(context).part(told).strip()


def labels(context: ReportContext, resources: Iterable[Resource]) -> str:
    """Names one after the other, in the report's order."""
    return context.listed(resource.label for resource in resources)


def percent(share: float | None) -> str:
    """A share of the whole, without decimals: what is measured is not that exact."""
    return formats.MISSING if share is None or share != share else f"{share:.0%}"
