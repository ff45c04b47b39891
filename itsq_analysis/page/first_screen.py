"""The first screen of a report: what a director reads in half a minute, counted so that it fits a phone.

One verdict, at most three decisions, at most three findings, one line last. No picture, no interval. Every language tells the
same decisions and findings: what does not fit in one of them is told in none, but for the heaviest finding, which is always told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import takewhile
from typing import Any

from markupsafe import Markup

from itsq_analysis.facts import Decision, Finding
from itsq_analysis.facts.sentence import Part, Sentence
from itsq_analysis.indicators.completeness import is_complete
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Section
from itsq_analysis.text import LANGUAGES, formats
from itsq_analysis.text.length import shortened, words
from itsq_analysis.text.marks import plain, with_links

LIMIT = {"en": 120, "zh": 260}  # English words, Chinese characters, with the title and the words above
ROWS = 3  # of decisions, and of findings
ENOUGH = 2  # decisions for which the heaviest finding is told shorter
OWNER = 48  # columns of a name
TAG = re.compile(r"<[^>]*>")


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


@dataclass(frozen=True)
class Opening:
    """What a first screen could tell: all decisions and findings, the weightiest first."""

    answer: Part
    decisions: Sequence[Decision]
    findings: Sequence[Finding]
    last: Part


def block(context: ReportContext, opening: Opening) -> Markup:
    """Decisions, findings and the last line as HTML, as many as fit the limit in every language.

    Counted is what a phone shows; the heading is for those who listen.
    """
    asked, sentences = chosen(context, opening)
    cards = Markup("").join(_card(context, decision) for decision in sorted(asked, key=lambda decision: decision.by or date.max))
    none = Markup('<p class="note">{}</p>').format(context.say("decisions_none"))
    parts = [Markup("<h3>{}</h3>").format(context.term("decisions_needed"))]
    parts.append(Markup('<ol class="decisions cards">{}</ol>').format(cards) if cards else none)
    if sentences:
        told = zip(sentences, opening.findings, strict=False)
        items = Markup("").join(linked(context.brief.part(sentence), finding.section) for sentence, finding in told)
        parts.append(Markup("<h3>{}</h3>").format(context.term("findings")))
        parts.append(Markup('<ul class="findings">{}</ul>').format(items))
    parts.append(Markup('<p class="majors">{}</p>').format(context.brief.part(opening.last)))
    return Markup("\n").join(parts)


def linked(text: str, section: str) -> Markup:
    """A finding as an item of a list, with the way to the section that has more.

    >>> str(linked("a < b", "speed"))
    '<li><a href="#speed">a &lt; b</a></li>'
    """
    return Markup('<li><a href="#{}">{}</a></li>').format(section, text) if section else Markup("<li>{}</li>").format(text)


def chosen(context: ReportContext, opening: Opening) -> tuple[list[Decision], list[Part]]:
    """The decisions and the sentences of the findings that are told, the same in every language.

    The heaviest finding is always told, shorter where that makes room; then come two decisions in order, a second
    finding, a third decision and a third finding.
    """
    contexts = [context if language == context.language else replace(context, language=language) for language in LANGUAGES]

    def fits(decisions: Sequence[Decision], sentences: Sequence[Part]) -> bool:
        return all(_length(one, opening, decisions, sentences) <= LIMIT[one.language] for one in contexts)

    def asked_beside(sentences: Sequence[Part]) -> list[Decision]:
        longest = takewhile(lambda count: fits(opening.decisions[:count], sentences), range(min(ROWS, len(opening.decisions)) + 1))
        return list(opening.decisions[: max(longest, default=0)])

    def room(told: Sequence[Part]) -> tuple[int, bool]:
        """How many decisions have room beside these sentences, and whether a second finding has."""
        asked, seconds = asked_beside(told)[:ENOUGH], [form for one in opening.findings[1:2] for form in _forms(one.sentence)]
        return len(asked), any(fits(asked, [*told, form]) for form in seconds)

    forms = [[form] for finding in opening.findings[:1] for form in _forms(finding.sentence)] or [[]]
    fitting = [form for form in forms if fits([], form)] or forms[-1:]
    sentences: list[Part] = max(fitting, key=room)  # of equals the first, the fullest
    asked = asked_beside(sentences)[:ENOUGH]
    for finding in opening.findings[1:ROWS]:
        form = next((form for form in _forms(finding.sentence) if fits(asked, [*sentences, form])), None)
        if form is None:
            break
        sentences = [*sentences, form]
        asked = max(asked, asked_beside(sentences), key=len)
    return max(asked, asked_beside(sentences), key=len), sentences


def above(context: ReportContext) -> str:
    """What the page prints above the verdict: organisation, title, period, data as of, complete."""
    organisation = context.called(context.workspace.settings.organisation.name)
    complete = context.term("complete_yes" if is_complete(context.scope) else "complete_no")
    return " ".join([organisation, context.title_of_report, context.period_name, as_of(context), complete])


def as_of(context: ReportContext) -> str:
    """The moment up to which data are known, in words."""
    return context.say("first_as_of", moment=formats.minute(context.moment, context.language))


def _forms(sentence: Part) -> Iterator[Part]:
    """A sentence, then its shorter forms."""
    yield sentence
    while isinstance(sentence, Sentence) and sentence.shorter is not None:
        sentence = sentence.shorter
        yield sentence


def _length(context: ReportContext, opening: Opening, decisions: Sequence[Decision], sentences: Sequence[Part]) -> int:
    """English words or Chinese characters of a first screen."""
    brief = context.brief
    texts = [above(context), brief.part(opening.answer), brief.part(opening.last), context.term("decisions_needed")]
    texts += [TAG.sub(" ", _card(context, decision)) for decision in decisions] or [context.say("decisions_none")]
    texts += [context.term("findings"), *(brief.part(sentence) for sentence in sentences)]
    return sum(words(text, context.language) for text in texts)


def _card(context: ReportContext, decision: Decision) -> Markup:
    """A decision: what, the number, by when and whose, and why it is asked."""
    brief = context.brief
    owner = shortened(context.called(decision.owner), OWNER) if decision.owner else context.say("decision_owner_none")
    by = [context.say("decision_by", day=brief.day(decision.by))] if decision.by else []
    asked = Markup('<a href="#actions">{}</a>').format(context.say("decision_asked"))
    why = context.say("decision_rule", rule=brief.part(decision.rule)) if decision.rule else asked
    what = decision.what if isinstance(decision.what, str) else brief.part(decision.what)
    return Markup('<li><p class="what">{}</p><p class="terms">{}<span>{}</span></p><p class="rule">{}</p></li>').format(
        what,
        Markup("<strong>{}</strong> ").format(brief.part(decision.number)) if decision.number else Markup(""),
        " · ".join([*by, owner]),
        why,
    )
