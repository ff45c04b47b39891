"""How much energy? Kilowatt-hours a month and the PUE, where they are measured; without data the report has no such section."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from itsq_analysis.charts import line
from itsq_analysis.charts.labels import Unit
from itsq_analysis.sections.capacity.estate import Resource, last_whole_day, resources
from itsq_analysis.sections.capacity.words import amount, named
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, paragraph

MONTHS = 13
WHOLE = 0.95  # share of a month's hours from which its sum is told
TOTAL, IT = "energy_total", "energy_it"  # metrics whose quotient is the PUE


def energy(scene: Scene) -> Section | None:
    """Energy month by month and the PUE; None where nothing measures it."""
    found = {one.key: one for one in resources(scene) if one.energy}
    if not found:
        return None
    hourly = scene.workspace.metric_series(list(found), freq="h", how="mean", as_of=scene.moment)
    parts: list[Part] = []
    sums: dict[str, pd.Series] = {}
    for key, one in found.items():
        rows = hourly[(hourly["unique_id"] == key) & hourly["y"].notna()]
        months = _months(scene, rows, mean=one.metric.lower() == "pue")
        if len(months) > 1:
            sums[one.metric.lower()] = months
            parts.append(_picture(scene, one, months))
    pue = _pue(sums)
    if not parts:
        return Section("energy", scene.term("cap_energy"), scene.say("cap_energy_short"))
    told = scene.say("cap_energy_pue", pue=f"{pue.iloc[-1]:.2f}", n=len(pue)) if len(pue) else scene.say("cap_energy_answer")
    note = paragraph(scene.say("cap_energy_note", share=f"{WHOLE:.0%}"))
    return Section("energy", scene.term("cap_energy"), told, (*parts, note))


def _months(scene: Scene, rows: pd.DataFrame, *, mean: bool) -> pd.Series:
    """Each whole month's sum (or mean); a month with too few hours is left out, never filled."""
    if rows.empty:
        return pd.Series(dtype=float)
    local = rows["ds"].dt.tz_localize(None) if rows["ds"].dt.tz is not None else rows["ds"]
    groups = rows["y"].groupby(local.dt.to_period("M"))
    values, counts = (groups.mean() if mean else groups.sum()), groups.count()
    hours = pd.Series([month.days_in_month * 24 for month in values.index], index=values.index)
    over = pd.Period(last_whole_day(scene) + timedelta(days=1), "M")
    kept = values[(counts >= WHOLE * hours) & (values.index < over)]
    return kept.tail(MONTHS) if mean else (kept * hours / counts)[kept.index].tail(MONTHS)


def _pue(sums: dict[str, pd.Series]) -> pd.Series:
    """Whole energy over that of the machines, month by month."""
    if "pue" in sums:
        return sums["pue"]
    if TOTAL in sums and IT in sums:
        return (sums[TOTAL] / sums[IT]).dropna()
    return pd.Series(dtype=float)


def _picture(scene: Scene, one: Resource, months: pd.Series) -> Part:
    frame = pd.DataFrame({"ds": pd.PeriodIndex(months.index).to_timestamp(), "y": months.to_numpy()})
    summary = scene.say("cap_energy_picture", value=amount(scene, float(months.iloc[-1]), one.unit), n=len(months))
    unit: Unit = "score" if one.metric.lower() == "pue" else "count"
    return line(frame, title=named(scene, one), summary=summary, language=scene.language, unit=unit, grain="M")
