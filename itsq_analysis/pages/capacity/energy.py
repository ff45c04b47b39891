"""How much energy? Kilowatt-hours a month and the PUE, where they are measured; without data the report has no such section."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from itsq_analysis.charts import line
from itsq_analysis.charts.labels import Unit
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, paragraph
from itsq_analysis.pages.capacity.estate import Resource, last_whole_day, resources
from itsq_analysis.pages.capacity.words import amount, month_name, named, say_of
from itsq_analysis.text import paragraph as sentences

MONTHS = 13
WHOLE = 0.95  # share of a month's days from which its sum is told
IT = "it_"  # what the metric of the machines' own energy begins with
PUE = "pue"


def energy(context: ReportContext) -> Section | None:
    """Energy month by month and the PUE; None where nothing measures it."""
    found = [one for one in resources(context) if one.energy]
    if not found:
        return None
    parts: list[Part] = []
    told = []
    for one in found:
        months = monthly(context, one)
        whole = months.get(one.metric, pd.Series(dtype=float))
        if one.metric.lower() != PUE and len(whole) > 1:
            parts.append(_picture(context, named(context, one), whole, one.unit, "count"))
        if len(quotient := pue(one, months)) > 1:
            told.append(_pue(context, one, quotient))
            parts.append(
                _picture(
                    context, context.say("labelled", label=named(context, one), text=context.term("cap_pue")), quotient, "", "score"
                )
            )
    title = context.term("cap_energy")
    if not parts:
        return Section("energy", title, context.say("cap_energy_short"))
    answer = sentences(told, context.language) or context.say("cap_energy_answer")
    return Section("energy", title, answer, (*parts, paragraph(context.say("cap_energy_note", share=f"{WHOLE:.0%}"))))


def monthly(context: ReportContext, one: Resource) -> dict[str, pd.Series]:
    """Metric -> the sum of each whole month (of a quotient, the mean); a month with too few days known is left out.

    A month that lacks a day or so is told as so many days at the mean of those that are known.
    """
    frame = context.query(
        'SELECT metric, ("time" AT TIME ZONE $zone)::DATE AS "day", sum(value) AS total, avg(value) AS mean FROM "metrics" '
        'WHERE "resource" = $resource AND value IS NOT NULL AND "time" < $moment GROUP BY ALL ORDER BY ALL',
        zone=context.workspace.settings.organisation.timezone,
        resource=one.key,
    )
    over = pd.Period(last_whole_day(context) + timedelta(days=1), "M")
    found = {}
    for metric, rows in frame.groupby("metric", sort=True):
        month = pd.PeriodIndex(pd.to_datetime(rows["day"]), freq="M")
        share = str(metric).lower() == PUE
        groups = rows["mean" if share else "total"].astype(float).groupby(month)
        days = pd.Series([period.days_in_month for period in groups.count().index], index=groups.count().index)
        kept = (groups.count() >= WHOLE * days) & (groups.count().index < over)
        values = groups.mean() * (1 if share else days)
        found[str(metric)] = values[kept].tail(MONTHS)
    return found


def pue(one: Resource, months: dict[str, pd.Series]) -> pd.Series:
    """The whole energy over that of the machines, by month: measured, or from both sums of the same months."""
    measured = next((values for metric, values in months.items() if metric.lower() == PUE), None)
    if measured is not None:
        return measured
    machines = next((values for metric, values in months.items() if metric.lower().startswith(IT)), None)
    whole = months.get(one.metric)
    if machines is None or whole is None:
        return pd.Series(dtype=float)
    return (whole / machines[machines > 0]).dropna()


def _pue(context: ReportContext, one: Resource, quotient: pd.Series) -> str:
    months = pd.PeriodIndex(quotient.index).to_timestamp()
    facts = {"pue": f"{quotient.iloc[-1]:.2f}", "before": f"{quotient.iloc[0]:.2f}"}
    names = {"month": month_name(context, months[-1]), "first": month_name(context, months[0])}
    return say_of(context, "cap_energy_pue", named(context, one), **facts, **names)


def _picture(context: ReportContext, name: str, months: pd.Series, unit: str, kind: Unit) -> Part:
    frame = pd.DataFrame({"ds": pd.PeriodIndex(months.index).to_timestamp(), "y": months.to_numpy()})
    value = f"{months.iloc[-1]:.2f}" if kind == "score" else amount(context, float(months.iloc[-1]), unit)
    summary = context.say("cap_energy_picture", value=value, n=len(months))
    return line(frame, title=name, summary=summary, language=context.language, unit=kind, grain="M", zero=kind != "score")
