"""How much energy? Kilowatt-hours a month and the PUE, where they are measured; without data the report has no such section."""

from __future__ import annotations

from itsq_analysis.capacity.energy import WHOLE, Energy
from itsq_analysis.capacity.energy import energy as measured_energy
from itsq_analysis.charts import Chart, line
from itsq_analysis.facts.sentence import Name, Number, Quantity, Sentence
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, beside, paragraph
from itsq_analysis.pages.capacity.words import said, say, wording


def energy(context: ReportContext) -> Section | None:
    """Energy month by month and the PUE; None where nothing measures it."""
    measured = measured_energy(context.scope)
    if not measured:
        return None
    title = context.term("cap_energy")
    parts: list[Part] = []
    for one in measured:
        total = [_total(context, one)] if len(one.total) > 1 else []
        parts += beside(total, [_pue_chart(context, one)] if len(one.pue) > 1 else [])
    if not parts:
        return Section("energy", title, context.say("cap_energy_short"))
    told = said(context, [_pue(context, one) for one in measured if len(one.pue) > 1])
    note = paragraph(context.say("cap_energy_note", share=f"{WHOLE:.0%}"))
    return Section("energy", title, told or context.say("cap_energy_answer"), (*parts, note))


def _pue(context: ReportContext, one: Energy) -> Sentence:
    first, last = one.pue.iloc[0], one.pue.iloc[-1]
    facts = {"pue": f"{last['y']:.2f}", "before": f"{first['y']:.2f}"}
    months = {"month": wording(context).month(last["ds"]), "first": wording(context).month(first["ds"])}
    return Sentence("cap_energy_pue", {"name": Name(one.resource.label, 0), **facts, **months})


def _total(context: ReportContext, one: Energy) -> Chart:
    value = Quantity(float(one.total["y"].iloc[-1]), one.resource.unit)
    summary = say(context, "cap_energy_picture", value=value, n=Number(len(one.total)))
    return line(
        one.total, title=context.called(one.resource.label), summary=summary, language=context.language, unit="count", grain="M"
    )


def _pue_chart(context: ReportContext, one: Energy) -> Chart:
    title = context.say("labelled", label=one.resource.label, text=context.term("cap_pue"))
    summary = say(context, "cap_energy_picture", value=f"{one.pue['y'].iloc[-1]:.2f}", n=Number(len(one.pue)))
    return line(one.pue, title=title, summary=summary, language=context.language, unit="score", grain="M", zero=False)
