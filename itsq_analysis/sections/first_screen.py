"""The first screen of a report: what a director reads in half a minute, counted so that it fits a phone.

One verdict, at most three decisions needed, at most three findings, major incidents in a line. No picture, no interval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from itsq_analysis.narrative import formats
from itsq_analysis.narrative.length import shortened, words
from itsq_analysis.sections.brief import brief_day
from itsq_analysis.sections.decision import Decision
from itsq_analysis.sections.edges import is_complete
from itsq_analysis.sections.finding import Finding
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Section

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
        yield {"text/html": str(first), "text/plain": f"{self.title}\n{self.answer}"}
        yield from list(super().bundles())[1:]


def block(scene: Scene, answer: str, asked: Sequence[Decision], found: Sequence[Finding], majors: str) -> Markup:
    """Decisions, findings and major incidents as HTML, as many as fit the limit.

    Counted is what a phone shows; the heading is for those who listen. Decisions and the line of major incidents come before
    findings, the heaviest finding before the lighter ones.
    """
    left = LIMIT[scene.language] - words(f"{above(scene)} {answer} {majors}", scene.language)
    headings = [scene.term("decisions_needed"), scene.term("findings")]
    left -= sum(words(heading, scene.language) for heading in headings)
    cards, left = _fitting([_card(scene, one) for one in asked[: ROWS["decisions"]]], left, scene)
    told, left = _fitting([Markup("<li>{}</li>").format(one.sentence) for one in found[: ROWS["findings"]]], left, scene)
    parts = [Markup("<h3>{}</h3>").format(headings[0])]
    none = Markup('<p class="note">{}</p>').format(scene.say("decisions_none"))
    parts.append(Markup('<ol class="decisions cards">{}</ol>').format(Markup("").join(cards)) if cards else none)
    if told:
        parts.append(Markup("<h3>{}</h3>").format(headings[1]))
        parts.append(Markup('<ul class="findings">{}</ul>').format(Markup("").join(told)))
    parts.append(Markup('<p class="majors">{}</p>').format(majors))
    return Markup("\n").join(parts)


def above(scene: Scene) -> str:
    """What the page prints above the verdict: organisation, title, period, data as of, complete."""
    organisation = scene.workspace.settings.organisation.name
    complete = scene.term("complete_yes" if is_complete(scene) else "complete_no")
    return " ".join([organisation, scene.title_of_report, scene.period_name, as_of(scene), complete])


def as_of(scene: Scene) -> str:
    """The moment up to which data are known, in words."""
    return scene.say("first_as_of", moment=formats.minute(scene.moment, scene.language))


def _fitting(items: Sequence[Markup], left: int, scene: Scene) -> tuple[list[Markup], int]:
    """The items that fit, in order, and what is left of the limit; a lighter one may take the place of one that is too long."""
    kept = []
    for item in items:
        cost = words(re.sub(r"<[^>]*>", " ", str(item)), scene.language)
        if cost <= left:
            kept.append(item)
            left -= cost
    return kept, left


def _card(scene: Scene, one: Decision) -> Markup:
    """A decision: what, the number, by when and whose, and why it is asked."""
    owner = shortened(one.owner, OWNER) if one.owner else scene.say("decision_owner_none")
    by = [scene.say("decision_by", day=brief_day(scene, one.by))] if one.by else []
    asked = Markup('<a href="#actions">{}</a>').format(scene.say("decision_asked"))
    why = scene.say("decision_rule", rule=one.rule) if one.rule else asked
    terms = " · ".join([*by, owner])
    return Markup('<li><p class="what">{}</p><p class="terms">{}<span>{}</span></p><p class="rule">{}</p></li>').format(
        shortened(one.what, WHAT),
        Markup("<strong>{}</strong> ").format(one.number) if one.number else Markup(""),
        terms,
        why,
    )
