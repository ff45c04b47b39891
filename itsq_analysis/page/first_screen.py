"""The first screen of a report: what a director reads in half a minute, counted so that it fits a phone.

One verdict, at most three decisions needed, at most three findings, major incidents in a line. No picture, no interval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from itsq_analysis.page.brief import brief_day
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.decision import Decision
from itsq_analysis.page.edges import is_complete
from itsq_analysis.page.finding import Finding
from itsq_analysis.page.section import Section
from itsq_analysis.text import formats
from itsq_analysis.text.length import shortened, words
from itsq_analysis.text.marks import plain, with_links

LIMIT = {"en": 120, "zh": 220}  # English words, Chinese characters, with the title and the words above
ROWS = {"decisions": 3, "findings": 3}
OWNER, WHAT = 28, 64  # columns of a name, and of a note's text


@dataclass(frozen=True)
class FirstScreen(Section):
    """The verdict with its decisions and findings in one block; the parts follow below it.

    Displayed in a notebook, the block comes first, then the parts; the page puts its contents between the two.
    """

    block: Markup = field(default_factory=Markup)

    def bundles(self) -> Iterator[dict[str, Any]]:
        """The block as one output, then the parts."""
        first = Markup('<section class="opening" aria-labelledby="{}">\n{}\n{}\n</section><!--opening-->').format(
            self.id, self.opening, self.block
        )
        yield {"text/html": with_links(first), "text/plain": plain(f"{self.title}\n{self.answer}")}
        yield from list(super().bundles())[1:]


def block(context: ReportContext, answer: str, asked: Sequence[Decision], found: Sequence[Finding], majors: str) -> Markup:
    """Decisions, findings and major incidents as HTML, as many as fit the limit.

    Counted is what a phone shows; the heading is for those who listen. Decisions and the line of major incidents come before
    findings, the heaviest finding before the lighter ones.
    """
    left = LIMIT[context.language] - words(f"{above(context)} {answer} {majors}", context.language)
    headings = [context.term("decisions_needed"), context.term("findings")]
    left -= sum(words(heading, context.language) for heading in headings)
    cards, left = _fitting([_card(context, one) for one in asked[: ROWS["decisions"]]], left, context)
    told, left = _fitting([Markup("<li>{}</li>").format(one.sentence) for one in found[: ROWS["findings"]]], left, context)
    parts = [Markup("<h3>{}</h3>").format(headings[0])]
    none = Markup('<p class="note">{}</p>').format(context.say("decisions_none"))
    parts.append(Markup('<ol class="decisions cards">{}</ol>').format(Markup("").join(cards)) if cards else none)
    if told:
        parts.append(Markup("<h3>{}</h3>").format(headings[1]))
        parts.append(Markup('<ul class="findings">{}</ul>').format(Markup("").join(told)))
    parts.append(Markup('<p class="majors">{}</p>').format(majors))
    return Markup("\n").join(parts)


def above(context: ReportContext) -> str:
    """What the page prints above the verdict: organisation, title, period, data as of, complete."""
    organisation = context.workspace.settings.organisation.name
    complete = context.term("complete_yes" if is_complete(context) else "complete_no")
    return " ".join([organisation, context.title_of_report, context.period_name, as_of(context), complete])


def as_of(context: ReportContext) -> str:
    """The moment up to which data are known, in words."""
    return context.say("first_as_of", moment=formats.minute(context.moment, context.language))


def _fitting(items: Sequence[Markup], left: int, context: ReportContext) -> tuple[list[Markup], int]:
    """The items that fit, in order, and what is left of the limit; a lighter one may take the place of one that is too long."""
    kept = []
    for item in items:
        cost = words(re.sub(r"<[^>]*>", " ", str(item)), context.language)
        if cost <= left:
            kept.append(item)
            left -= cost
    return kept, left


def _card(context: ReportContext, one: Decision) -> Markup:
    """A decision: what, the number, by when and whose, and why it is asked."""
    owner = shortened(one.owner, OWNER) if one.owner else context.say("decision_owner_none")
    by = [context.say("decision_by", day=brief_day(context, one.by))] if one.by else []
    asked = Markup('<a href="#actions">{}</a>').format(context.say("decision_asked"))
    why = context.say("decision_rule", rule=one.rule) if one.rule else asked
    terms = " · ".join([*by, owner])
    return Markup('<li><p class="what">{}</p><p class="terms">{}<span>{}</span></p><p class="rule">{}</p></li>').format(
        shortened(one.what, WHAT),
        Markup("<strong>{}</strong> ").format(one.number) if one.number else Markup(""),
        terms,
        why,
    )
