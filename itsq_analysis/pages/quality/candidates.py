"""What could be told on the first screen: missed targets, P1 and P2, what chance does not explain, unusable data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from itsq_analysis.anomaly.findings import unusual_findings
from itsq_analysis.anomaly.late_onset import late_onset
from itsq_analysis.indicators.attainment import attainment
from itsq_analysis.indicators.completeness import thin_edges
from itsq_analysis.indicators.late.findings import late_findings
from itsq_analysis.indicators.major_incidents import major_incidents
from itsq_analysis.indicators.shifts import cause_of
from itsq_analysis.indicators.standouts import worse_members
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.brief import NAME, brief_day, brief_member, brief_scoped, brief_title, tight
from itsq_analysis.page.context import URGENT, ReportContext
from itsq_analysis.page.finding import CERTAINTY, Finding
from itsq_analysis.pages.quality.changed import changes_found
from itsq_analysis.pages.quality.inflow import inflow
from itsq_analysis.pages.quality.targets import agreed
from itsq_analysis.pages.unusual.words import brief
from itsq_analysis.text import formats
from itsq_analysis.text.length import shortened

LINKED = 5  # incidents that name the same change as their cause, from which it is told
REFUSED = 0.02  # share of rows refused from which the numbers are not the whole


def candidates(context: ReportContext) -> list[Any]:
    """Every finding that the period gives reason for, in no order."""
    volume = inflow(context)
    onset = late_onset(context.scope, volume)
    late = list(late_findings(context.scope, volume, onset and onset.day))
    fell = any(one.change for one in late)  # the same late incidents, cut another way, are not told again
    return [
        *_thin(context),
        *_refused(context),
        *_missed(context),
        *late,
        *(one for one in changes_found(context) if not (fell and one.cause == "attainment")),
        *_outliers(context),
        *_after_changes(context),
        *(
            Finding(brief(context).sentence(event.sentence), event.size, event.certainty, event.change, event.cause)
            for event in unusual_findings(context.scope)
        ),
    ]


def _thin(context: ReportContext) -> Iterator[Finding]:
    """The extraction thins out in the period: nothing else can then be trusted."""
    for edge in thin_edges(context.scope):
        if edge.period == context.period:
            lost = (edge.usual - edge.rate) * context.working_days(context.period)
            facts = {"rate": context.number(edge.rate, 1), "usual": context.number(edge.usual, 1)}
            yield Finding(context.say("finding_thin", **facts), lost * 10, 1.0, cause="thin")


def _refused(context: ReportContext) -> Iterator[Finding]:
    """More rows refused than a report can shrug off."""
    files = context.workspace.snapshot.files
    refused, read = (sum(entry[key] for entry in files) for key in ("quarantined", "read"))
    if read and refused / read > REFUSED:
        sentence = context.say("finding_refused", n=context.number(refused), read=context.number(read))
        yield Finding(sentence, float(refused), 1.0, cause="refused")


def _missed(context: ReportContext) -> Iterator[Finding]:
    """Missed agreed targets, but for attainment as a whole and P1 and P2."""
    judged = agreed(context)
    down = {incident.service for incident in major_incidents(context.scope)}
    for _, row in judged[judged["status"] == "missed"].iterrows():
        whole = row["indicator"] == attainment(context.scope) and pd.isna(row["dimension"]) and row["certainty"] == "certain"
        urgent = row["dimension"] == "priority" and row["member"] in URGENT
        if whole or urgent or (row["indicator"].startswith("availability") and row["member"] in down):
            continue  # told among late incidents, or by the line of major incidents
        size = abs(float(row["value"]) - float(row["target"])) * float(row["certainty_n"])
        yield Finding(
            _missed_sentence(context, row), size, CERTAINTY[row["certainty"]], cause=cause_of(context.scope, _value(context, row))
        )


def _value(context: ReportContext, row: pd.Series) -> Value:
    dimension, member = (None if pd.isna(row[name]) else str(row[name]) for name in ("dimension", "member"))
    return context.cube.value(row["indicator"], dimension, member)


def _missed_sentence(context: ReportContext, row: pd.Series) -> str:
    measured = context.shown(row) if row["certainty"] == "certain" else context.measured(row)
    facts = {"title": brief_scoped(context, row), "value": measured, "target": context.shown(row, "target")}
    return context.say(f"finding_missed_{row['certainty'].replace(' ', '_')}", **facts)


def _outliers(context: ReportContext) -> Iterator[Finding]:
    """The group or service with far more reopened incidents than all others together, by more than chance."""
    worse = [one for one in worse_members(context.scope).worse if not one.value.indicator.startswith("sla_")]
    for one in worse[:1]:
        row = one.value
        facts = {"member": brief_member(context, str(row.dimension), row.member), "value": context.shown(row)}
        title = brief_title(context, row.indicator)
        sentence = tight(context.say("finding_outlier", title=title, rest=formats.percent(one.rest), **facts))
        yield Finding(sentence, one.cases, 1.0, cause=f"{row.indicator} where")


def _after_changes(context: ReportContext) -> Iterator[Finding]:
    """Changes that several incidents of the period name as their cause."""
    rows = context.query(
        "SELECT i.caused_by_change AS change, count(*) AS n, any_value(c.service) AS service, any_value(c.ended_at) AS ended_at "
        "FROM incidents i LEFT JOIN changes c ON c.number = i.caused_by_change "
        "WHERE i.opened_at >= $start AND i.opened_at < $end AND i.caused_by_change IS NOT NULL "
        f"GROUP BY 1 HAVING count(*) >= {LINKED} ORDER BY n DESC, change"
    )
    for _, row in rows.iterrows():
        about = [] if pd.isna(row["service"]) else [shortened(row["service"], NAME)]
        about += [] if pd.isna(row["ended_at"]) else [brief_day(context, row["ended_at"].date())]
        change = shortened(row["change"], NAME) + (context.aside(context.listed(about)) if about else "")
        sentence = context.say("finding_change", n=context.number(row["n"]), change=change)
        yield Finding(sentence, float(row["n"]), 1.0, cause=f"change:{row['change']}")
