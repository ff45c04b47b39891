"""What is not monitored, how is it computed? Resources without data by name, hours known, definitions, provenance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from itsq_analysis.capacity.figures import figures
from itsq_analysis.capacity.margins import DAYS, margins
from itsq_analysis.capacity.resource_register import resource_register
from itsq_analysis.page.appendix import provenance
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.doubts import told_doubts
from itsq_analysis.page.section import Html, Part, Section, bullets, folded, nested, paragraph, subheading, table
from itsq_analysis.page.table import html_table
from itsq_analysis.pages.capacity.tables import FIGURES, WHY
from itsq_analysis.pages.capacity.words import percent, wording

THIN = 0.9  # share of the hours below which a resource is named
DEFINITIONS = (
    *("busy_hour", "limit", "time_to_limit", "order_by", "options", "idle", "loss", "fills", "planned", "record"),
    "no_data",
)


def appendix(context: ReportContext, parameters: dict[str, Any]) -> Section:
    """Coverage first, then how every number is computed, then where the numbers come from."""
    measured, registered = margins(context.scope), resource_register(context.scope)
    silent = [row for row in figures(context.scope) if row.reason]
    thin = [one for one in measured if one.coverage < THIN]
    counts = {"n": len(registered), "measured": len(measured), "silent": len(silent), "thin": len(thin)}
    doubtful = told_doubts(context)
    parts: list[Part] = [bullets(doubtful)] if doubtful else []
    if silent:
        columns = [FIGURES["cap_resource"], FIGURES["service"], WHY, FIGURES["owner"]]
        parts += [subheading(context.term("cap_unmeasured")), html_table(context, wording(context), columns, silent)]
    if thin:
        names = context.listed(context.called(one.resource.label) + context.aside(percent(one.coverage)) for one in thin)
        parts.append(paragraph(context.say("cap_thin", days=DAYS, list=names)))
    parts += [folded(context.say("cap_definitions_fold", n=len(DEFINITIONS)), definitions(context))]
    parts += nested(replace(provenance(context, parameters), answer=context.say("provenance")))
    return Section("appendix", context.term("appendix"), context.say("cap_coverage_answer", **counts), tuple(parts))


def definitions(context: ReportContext) -> Html:
    """What each number means and how it is computed."""
    rows = [{"item": context.term(f"cap_def_{name}"), "definition": context.say(f"cap_def_{name}")} for name in DEFINITIONS]
    return table({key: context.term(key) for key in ("item", "definition")}, rows)
