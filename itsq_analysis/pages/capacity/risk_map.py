"""Which resources run out within 30, 90, 180 and 365 days?"""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import risk_grid
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, folded, paragraph, table
from itsq_analysis.pages.capacity.outlook import Outlook, outlooks, unmeasured
from itsq_analysis.pages.capacity.words import by_day, listed_names, named, percent, say_of, with_service
from itsq_analysis.text import formats

HORIZONS = (30, 90, 180, 365)  # days
SAFE = 0.1  # a smaller probability within 12 months is told by name alone
SHOWN = 20  # rows of the picture


def at_risk(context: ReportContext) -> list[Outlook]:
    """Resources that reach their limit within 12 months with a probability of at least 10 %, the most urgent first.

    That is the likeliest within 90 days; of those that are as likely in whole per cent, the likeliest within 30 days.
    """

    def urgency(one: Outlook) -> tuple[float, float, float, str]:
        soon, near = (one.crossing.probability_by(days) for days in HORIZONS[:2])
        return -round(near, 2), -soon, -one.crossing.probability, one.resource.name

    return sorted((one for one in outlooks(context) if one.crossing.probability >= SAFE), key=urgency)


def risk_map(context: ReportContext) -> Section:
    """The grid of those at risk, every resource in a table, and by name what will not run out."""
    title = context.term("cap_risk_map")
    every = outlooks(context)
    if not every:
        return Section("risk_map", title, context.say("cap_nothing_to_judge"))
    risky = at_risk(context)
    fine = [one.resource for one in every if one.crossing.probability < SAFE]
    counts = {str(days): sum(one.crossing.probability_by(days) >= 0.5 for one in every) for days in HORIZONS}
    answer = context.say("cap_risk_answer", of=len(every), n=len(risky), soon=counts["90"], year=counts["365"])
    if len(every) == 1:
        answer = context.say("cap_risk_answer_only", probability=context.chance(every[0].crossing.probability))
    parts: list[Part] = [_picture(context, risky)] if risky else []
    if fine:
        parts.append(paragraph(context.say("cap_risk_fine", n=len(fine), list=listed_names(context, fine))))
    if silent := unmeasured(context):
        names = listed_names(context, [one.resource for one in silent])
        parts.append(paragraph(context.say("cap_risk_unknown", n=len(silent), list=names)))
    parts.append(folded(context.say("cap_every_resource", n=len(every)), _table(context, every)))
    return Section("risk_map", title, answer, tuple(parts))


def _picture(context: ReportContext, risky: list[Outlook]) -> Part:
    shown = sorted(risky[:SHOWN], key=lambda one: (one.resource.service, named(context, one.resource)))
    rows = [
        {
            "member": with_service(context, one.resource),
            "horizon": context.say("cap_days", n=days),
            "value": one.crossing.probability_by(days),
        }
        for one in shown
        for days in HORIZONS
    ]
    most = risky[0]
    summary = say_of(
        context,
        "cap_risk_picture",
        named(context, most.resource),
        probability=context.chance(most.crossing.probability_by(HORIZONS[1])),
        n=len(shown),
        of=len(risky),
    )
    return risk_grid(pd.DataFrame(rows), title=context.say("cap_risk_chart"), summary=summary, language=context.language)


def _table(context: ReportContext, every: list[Outlook]) -> Html:
    """Every measured resource with its limit, its use now and its days."""
    keys = ("cap_resource", "service", "cap_now", "cap_limit", "cap_earliest", "cap_likely", "cap_latest", "cap_order_by_day")
    rows = [
        {
            "cap_resource": named(context, one.resource),
            "service": one.resource.service or formats.MISSING,
            "cap_now": percent(one.share),
            "cap_limit": percent(one.resource.critical),
            "cap_earliest": by_day(context, one.crossing.earliest),
            "cap_likely": by_day(context, one.crossing.likely),
            "cap_latest": by_day(context, one.crossing.latest),
            "cap_order_by_day": by_day(context, one.safe.by),
        }
        for one in every
    ]
    return table({key: context.term(key) for key in keys}, rows, numeric={"cap_now", "cap_limit"})
