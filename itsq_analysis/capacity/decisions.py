"""What must be ordered or accepted before the next report: decisions without words."""

from __future__ import annotations

from dataclasses import replace

from itsq_analysis.capacity.days import metrics_scope, next_report
from itsq_analysis.capacity.orders import later_orders, orders, renewals
from itsq_analysis.capacity.outlook import capacity_outlooks
from itsq_analysis.capacity.resource_register import resource_register
from itsq_analysis.capacity.statements import card_lines, likely_day, order_line, reached, reached_in_short
from itsq_analysis.facts import Decision, Scope, Sentence, fact
from itsq_analysis.facts.sentence import Day, Name, Number


@fact
def capacity_decisions(scope: Scope) -> tuple[Decision, ...]:
    """One for each of `orders`, in their order; `details` tell when the limit is reached, until when to order, and the rest."""
    rule = Sentence("rule_capacity", {})
    return tuple(
        Decision(
            what=Sentence("rule_capacity_what", {"name": Name(outlook.resource.name)}),
            number=reached_in_short(outlook),
            by=outlook.safe.by,
            owner=outlook.resource.owner,
            rule=rule,
            details=(reached(outlook), order_line(outlook), *card_lines(scope, outlook)),
        )
        for outlook in orders(scope)
    )


def first_capacity_decision(scope: Scope) -> Decision | None:
    """The most urgent one as known by the metrics, for reports about more than capacity: its rule says how many more there are."""
    seen = metrics_scope(scope) if scope.has("resources") else None
    decisions = capacity_decisions(seen) if seen is not None else ()
    if not decisions:
        return None
    more = Sentence("rule_capacity_more", {"n": Number(len(decisions) - 1)})
    return replace(decisions[0], rule=more) if len(decisions) > 1 else decisions[0]


@fact
def lapsed_contracts(scope: Scope) -> tuple[Decision, ...]:
    """One for each licence, certificate or maintenance contract that has ended: renewed, or run without?"""
    seen = metrics_scope(scope) if scope.has("resources") else None
    ended = [end for end in renewals(seen) if end.day < seen.today] if seen is not None else []
    return tuple(
        Decision(
            what=Sentence("rule_lapsed_what", {"name": Name(end.resource.name)}),
            number=Sentence("rule_lapsed_number", {"day": Day(end.day)}),
            by=scope.today,
            owner=end.resource.owner,
            rule=Sentence("rule_lapsed", {}),
        )
        for end in ended
    )


@fact
def capacity_verdict(scope: Scope) -> Sentence:
    """The whole of capacity in one sentence."""
    outlooks, asked, coming = capacity_outlooks(scope), orders(scope), later_orders(scope)
    if not resource_register(scope):
        return Sentence("cap_no_register", {})
    if not outlooks:
        return Sentence("cap_nothing_measured", {"n": Number(len(resource_register(scope)))})
    only, facts = "_only" if len(outlooks) == 1 else "", {"of": Number(len(outlooks)), "day": Day(next_report(scope))}
    if asked:
        n = {} if only else {"n": Number(len(asked))}
        return Sentence(f"cap_verdict{only}", facts | n | {"first": reached(asked[0])})
    if coming:
        first = {"name": Name(coming[0].resource.label), "by": likely_day(coming[0].safe.by)}
        return Sentence(f"cap_verdict_later{only}", facts | first)
    return Sentence(f"cap_verdict_none{only}", facts)
