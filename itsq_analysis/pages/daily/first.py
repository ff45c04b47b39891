"""What needs a hand today? The answer in a few lines, then the incidents that will miss their limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from itsq_analysis.briefing.due import due_today
from itsq_analysis.facts import Scope, Sentence
from itsq_analysis.facts.sentence import Listed, Member, Number
from itsq_analysis.late_risk.outlook import RiskyTicket, helps, late_outlook
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.first_screen import FirstScreen
from itsq_analysis.page.section import Section, bullets, paragraph
from itsq_analysis.pages.daily.unusual import since_yesterday
from itsq_analysis.pages.late_risk.tickets import SHOWN, risk_table

FIRST = 3  # incidents
EVEN = 0.5  # chance


def verdict(scope: Scope) -> Sentence:
    """How many open incidents will be late."""
    known = late_outlook(scope)
    if known is None:
        return Sentence("risk_unlearned", {})
    late = {"late": Number(known.late)}
    if known.whole.high == 0:
        return Sentence("daily_calm", late)
    counts = {name: Number(getattr(known.whole, name)) for name in ("expected", "low", "high")}
    return Sentence("daily_verdict", counts | late | {"open": Number(len(known.tickets))})


def first_screen(context: ReportContext) -> FirstScreen:
    """How many will be late, which to take first, whose most are, and what else there is."""
    told = bullets([context.brief.sentence(sentence) for sentence in _notable(context.scope)]).markup
    answer = context.brief.sentence(verdict(context.scope))
    return FirstScreen("verdict", context.term("verdict"), answer, block=told)


def _notable(scope: Scope) -> Iterator[Sentence]:
    known = late_outlook(scope)
    first = [ticket for ticket in known.tickets[:FIRST] if ticket.probability >= EVEN] if known else []
    if first:
        named = [Sentence("daily_first_ticket", _facts(ticket)) for ticket in first]
        yield Sentence("daily_first", {"list": Listed(tuple(named), "clauses")})
    if known and known.groups and known.groups[0].expected >= EVEN:
        most = known.groups[0]
        facts = {"group": Member("group", most.group, named=True), "n": Number(most.expected)}
        yield Sentence("daily_group", facts | {"low": Number(most.low), "high": Number(most.high)})
    due = due_today(scope)
    today = sum(not thing.days for thing in due)
    counts = {"unusual": Number(len(since_yesterday(scope))), "due": Number(today), "overdue": Number(len(due) - today)}
    yield Sentence("daily_also", counts)


def _facts(ticket: RiskyTicket) -> dict[str, Any]:
    return {"number": ticket.number, "group": Member("group", ticket.group), "help": helps(ticket)}


def tickets(context: ReportContext) -> Section:
    """The likeliest ten, with why and what would help."""
    known = late_outlook(context.scope)
    if known is None:
        return context.section("at_risk", [context.say("risk_unlearned")])
    worse = sum(ticket.probability >= EVEN for ticket in known.tickets)
    answer = context.say("daily_tickets", n=worse) if worse else context.say("daily_tickets_none")
    note = paragraph(context.say("risk_sheet_where", sheet=context.term("at_risk")))
    return context.section("at_risk", [answer], [*risk_table(context, known.tickets[:SHOWN]), note])
