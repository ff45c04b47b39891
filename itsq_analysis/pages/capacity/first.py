"""What must be ordered or accepted before the next report? The first screen: at most three cards, the rest counted."""

from __future__ import annotations

from markupsafe import Markup

from itsq_analysis.capacity.days import next_report
from itsq_analysis.capacity.decisions import capacity_decisions, capacity_verdict
from itsq_analysis.capacity.margins import margins
from itsq_analysis.capacity.orders import orders, renewals
from itsq_analysis.capacity.outlook import unmeasured
from itsq_analysis.facts import Decision, Sentence
from itsq_analysis.facts.sentence import Day, Listed, Name, Number
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.first_screen import FirstScreen
from itsq_analysis.pages.capacity.words import said, say, wording
from itsq_analysis.text.length import shortened

CARDS = 3
# English words, Chinese characters of the block: each card tells its range, two options with prices, and what happens otherwise;
# none is cut for length. It is more than the 120 and 260 of the other reports (page/first_screen.py), which tell no options.
LIMIT = {"en": 220, "zh": 420}
OWNER = 48  # columns; a wide character takes two


def first_screen(context: ReportContext) -> FirstScreen:
    """The verdict in a sentence, cards with what to decide by when, and what else is open."""
    verdict = wording(context).sentence(capacity_verdict(context.scope))
    return FirstScreen("decisions", context.term("verdict"), verdict, block=_block(context))


def _block(context: ReportContext) -> Markup:
    shown = _on_cards(context)
    parts = [Markup("<h3>{}</h3>").format(context.term("decisions_needed"))]
    if shown:
        cards = Markup("").join(_card(context, decision, place) for place, decision in enumerate(shown, 1))
        parts.append(Markup('<ol class="decisions cards">{}</ol>').format(cards))
    else:
        none = say(context, "cap_none_needed", day=Day(next_report(context.scope)))
        parts.append(Markup('<p class="note">{}</p>').format(none))
    rest = _rest(context, len(orders(context.scope)) - len(shown))
    parts.append(Markup('<p class="majors">{}</p>').format(said(context, rest)))
    return Markup("\n").join(parts)


def _on_cards(context: ReportContext) -> list[Decision]:
    """What is more likely than not to reach its limit has a card; what only may has one where nothing else does."""
    asked = list(zip(orders(context.scope), capacity_decisions(context.scope), strict=True))
    return [decision for _, decision in [pair for pair in asked if pair[0].expected] or asked][:CARDS]


def _rest(context: ReportContext, more: int) -> list[Sentence]:
    """What no card tells: a cluster that cannot lose a member, further decisions, renewals, resources without data."""
    failing = [Name(one.resource.label) for one in margins(context.scope) if one.fails]
    told = [Sentence("cap_first_failing", {"list": Listed(tuple(failing))})] if failing else []
    told += [Sentence("cap_more", {"n": Number(more)})] if more > 0 else []
    due, silent = renewals(context.scope), unmeasured(context.scope)
    if due:
        key = "cap_ended" if due[0].day < context.scope.today else "cap_ending"
        told.append(Sentence(key, {"n": Number(len(due)), "name": Name(due[0].resource.label), "day": Day(due[0].day)}))
    if silent:
        told.append(Sentence("cap_without_data", {"n": Number(len(silent))}))
    return told or [Sentence("cap_nothing_else", {})]


def _card(context: ReportContext, decision: Decision, place: int) -> Markup:
    """One decision: what runs out when, order by when, what it costs, what happens otherwise, whose it is."""
    owner = shortened(context.called(decision.owner), OWNER) if decision.owner else context.say("decision_owner_none")
    reached, order, *lines = (wording(context).sentence(sentence) for sentence in decision.details)
    told = Markup("").join(Markup('<p class="rule">{}</p>').format(line) for line in lines)
    return Markup(
        '<li><p class="what"><a href="#sheet-{}">{}</a></p><p class="terms"><strong>{}</strong> <span>{}</span></p>{}</li>'
    ).format(place, reached, order, owner, told)
