"""What is not monitored, how is it computed? Resources without data by name, hours known, definitions, provenance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from itsq_analysis.page.appendix import provenance
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, folded, nested, paragraph, subheading, table
from itsq_analysis.pages.capacity.estate import resources
from itsq_analysis.pages.capacity.load import DAYS, loads
from itsq_analysis.pages.capacity.outlook import Unmeasured, unmeasured
from itsq_analysis.pages.capacity.words import named, percent
from itsq_analysis.text import formats

THIN = 0.9  # share of the hours below which a resource is named
DEFINITIONS = (
    *("busy_hour", "limit", "time_to_limit", "order_by", "options", "idle", "loss", "fills", "planned", "record"),
    "no_data",
)


def appendix(context: ReportContext, parameters: dict[str, Any]) -> Section:
    """Coverage first, then how every number is computed, then where the numbers come from."""
    silent, found = unmeasured(context), loads(context)
    thin = [one for one in found if one.coverage < THIN]
    answer = context.say("cap_coverage_answer", n=len(resources(context)), measured=len(found), silent=len(silent), thin=len(thin))
    parts: list[Part] = []
    if silent:
        parts += [subheading(context.term("cap_unmeasured")), _silent(context, silent)]
    if thin:
        names = context.listed(f"{named(context, one.resource)}{context.aside(percent(one.coverage))}" for one in thin)
        parts.append(paragraph(context.say("cap_thin", days=DAYS, list=names)))
    parts += [folded(context.say("cap_definitions_fold", n=len(DEFINITIONS)), definitions(context))]
    parts += nested(replace(provenance(context, parameters), answer=context.say("provenance")))
    return Section("appendix", context.term("appendix"), answer, tuple(parts))


def _silent(context: ReportContext, silent: list[Unmeasured]) -> Part:
    keys = ("cap_resource", "service", "cap_why", "owner")
    rows = [
        {
            "cap_resource": named(context, one.resource),
            "service": one.resource.service or formats.MISSING,
            "cap_why": reason(context, one),
            "owner": one.resource.owner or formats.MISSING,
        }
        for one in silent
    ]
    return table({key: context.term(key) for key in keys}, rows)


def reason(context: ReportContext, one: Unmeasured) -> str:
    """Why nothing can be said of a resource."""
    day = formats.MISSING if one.last is None else formats.day(one.last, context.language)
    return context.say(f"cap_why_{one.reason}", day=day)


def definitions(context: ReportContext) -> Html:
    """What each number means and how it is computed."""
    rows = [{"item": context.term(f"cap_def_{name}"), "definition": context.say(f"cap_def_{name}")} for name in DEFINITIONS]
    return table({key: context.term(key) for key in ("item", "definition")}, rows)
