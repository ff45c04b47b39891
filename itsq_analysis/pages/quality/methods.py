"""How the judgements of the page are made, told once in its appendix."""

from __future__ import annotations

from itsq_analysis.anomaly.impacts import DAYS
from itsq_analysis.indicators.late import KINDS
from itsq_analysis.indicators.standouts import FEWEST as COMPARED
from itsq_analysis.page.context import ReportContext
from itsq_analysis.process import FEWEST, MOST


def methods(context: ReportContext) -> list[str]:
    """One or two sentences a method, in the order of the sections."""
    kinds = [context.say("labelled", label=context.term(kind), text=context.say(f"late_kind_{kind}")) for kind in KINDS]
    return [
        context.say("provisional_note"),
        context.say("process_method", fewest=FEWEST, most=MOST),
        context.say("late_method"),
        *kinds,
        context.say("unusual_budget"),
        context.say("unusual_method"),
        context.say("unusual_changes_note", days=DAYS),
        context.say("recurring_method"),
        context.say("risk_method"),
        context.say("differences_method", fewest=COMPARED),
        context.say("users_counted"),
        context.say("supplier_whole"),
        context.say("effect_no_proof"),
    ]
