"""Which resources run out within 30, 90, 180 and 365 days?"""

from __future__ import annotations

from itsq_analysis.capacity.figures import figures
from itsq_analysis.capacity.outlook import HORIZONS, SAFE, CapacityOutlook, at_risk, capacity_outlooks, unmeasured
from itsq_analysis.charts import Chart, risk_grid
from itsq_analysis.facts.sentence import Chance, Name, Number
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, folded, paragraph
from itsq_analysis.page.table import frame_of, html_table
from itsq_analysis.pages.capacity.tables import FIGURES, LIMIT, OF_FIGURES, pick
from itsq_analysis.pages.capacity.words import labels, say, wording

SHOWN = 20  # rows of the picture


def risk_map(context: ReportContext) -> Section:
    """The grid of those at risk, every resource in a table, and by name what will not run out."""
    title, every, risky = context.term("cap_risk_map"), capacity_outlooks(context.scope), at_risk(context.scope)
    if not every:
        return Section("risk_map", title, context.say("cap_nothing_to_judge"))
    fine = [one.resource for one in every if one.forecast.probability < SAFE]
    soon, year = (sum(one.forecast.probability_by(days) >= 0.5 for one in every) for days in (90, 365))
    answer = context.say("cap_risk_answer", of=len(every), n=len(risky), soon=soon, year=year)
    if len(every) == 1:
        answer = say(context, "cap_risk_answer_only", probability=Chance(every[0].forecast.probability))
    parts: list[Part] = [_picture(context, risky)] if risky else []
    if fine:
        parts.append(paragraph(context.say("cap_risk_fine", n=len(fine), list=labels(context, fine))))
    if silent := [one.resource for one in unmeasured(context.scope)]:
        parts.append(paragraph(context.say("cap_risk_unknown", n=len(silent), list=labels(context, silent))))
    rows = {row.key: row for row in figures(context.scope)}
    keys = ("cap_earliest", "cap_likely", "cap_latest", "cap_order_by_day")
    columns = [*pick(FIGURES, "cap_resource", "service", "cap_now"), LIMIT, *pick(FIGURES, *keys)]
    table = html_table(context, wording(context), columns, [rows[one.resource.key] for one in every], source=OF_FIGURES)
    parts.append(folded(context.say("cap_every_resource", n=len(every)), table))
    return Section("risk_map", title, answer, tuple(parts))


def _picture(context: ReportContext, risky: tuple[CapacityOutlook, ...]) -> Chart:
    rows = [
        {
            "member": context.say("labelled", label=one.resource.service, text=one.resource.label)
            if one.resource.service
            else context.called(one.resource.label),
            "horizon": context.say("days", n=days),
            "value": one.forecast.probability_by(days),
        }
        for one in risky[:SHOWN]
        for days in HORIZONS
    ]
    summary = say(
        context,
        "cap_risk_picture",
        name=Name(risky[0].resource.label, 0),
        probability=Chance(risky[0].forecast.probability_by(HORIZONS[1])),
        n=Number(min(SHOWN, len(risky))),
        of=Number(len(risky)),
    )
    return risk_grid(frame_of(rows), title=context.say("cap_risk_chart"), summary=summary, language=context.language)
