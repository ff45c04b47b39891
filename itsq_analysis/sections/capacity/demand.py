"""What drives it? Measured demand month by month, and what is planned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from itsq_analysis.charts import line
from itsq_analysis.narrative import formats
from itsq_analysis.sections.capacity.estate import drivers, last_whole_day, planned_events
from itsq_analysis.sections.capacity.outlook import outlooks
from itsq_analysis.sections.capacity.words import amount, month_name, named, percent, say_of
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, folded, paragraph, subheading, table

SHOWN = 4  # pictures; the other drivers stand in the table
MONTHS = 13
LASTING = 30  # days of an event without an end that are looked at


def demand(scene: Scene) -> Section:
    """One small picture a driver, and the planned events."""
    title = scene.term("cap_demand")
    measured, planned = drivers(scene, "measured"), planned_events(scene)
    if measured.empty and planned.empty:
        return Section("demand_drivers", title, scene.say("cap_demand_none"))
    courses = {name: course for name, rows in measured.groupby("driver", sort=True) if len(course := monthly(scene, rows)) > 1}
    events = planned[planned["event"].notna() | planned["growth"].notna()]
    answer = scene.say("cap_demand_answer", n=len(courses), planned=len(events))
    parts: list[Part] = [_picture(scene, measured, str(name), course) for name, course in list(courses.items())[:SHOWN]]
    if len(courses) > SHOWN:
        parts.append(paragraph(scene.say("cap_demand_more", list=scene.listed(str(name) for name in list(courses)[SHOWN:]))))
    parts += [paragraph(text) for text in _amounts(scene, planned.drop(events.index))]
    if not events.empty:
        parts += [subheading(scene.term("cap_events")), _events(scene, events), paragraph(scene.say("cap_events_note"))]
    return Section("demand_drivers", title, answer, tuple(parts))


def monthly(scene: Scene, rows: pd.DataFrame) -> pd.DataFrame:
    """`ds` (first day), `y` (mean of the values) of each month that is over, the last thirteen; services are added up.

    A month in which a service is not known that is known before and after is left out: the sum would look like a fall.
    """
    known = _together(rows)
    months = pd.to_datetime(known["date"]).dt.to_period("M")
    means = known["value"].astype(float).groupby([months, known["service"].fillna("")]).mean().unstack()
    gaps = means.isna() & means.ffill().notna() & means.bfill().notna()
    values = means[~gaps.any(axis=1)].sum(axis=1)
    over = pd.Period(last_whole_day(scene) + timedelta(days=1), "M")
    values = values[values.index < over]
    return pd.DataFrame({"ds": pd.PeriodIndex(values.index).to_timestamp(), "y": values.to_numpy()}).tail(MONTHS)


def _together(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a value of which the amount of all services is made: those of no service, else those of each."""
    known = rows[rows["value"].notna()]
    return known[known["service"].isna()] if known["service"].isna().any() else known


def _picture(scene: Scene, measured: pd.DataFrame, name: str, course: pd.DataFrame) -> Part:
    unit = str(measured.loc[measured["driver"] == name, "unit"].dropna().iloc[-1]) if _has_unit(measured, name) else ""
    first, last = course.iloc[0], course.iloc[-1]
    summary = scene.say(
        "cap_demand_picture",
        value=amount(scene, float(last["y"]), unit),
        month=month_name(scene, last["ds"]),
        before=amount(scene, float(first["y"]), unit),
        first=month_name(scene, first["ds"]),
    )
    return line(course, title=name, summary=summary, language=scene.language, unit="count", grain="M")


def _has_unit(measured: pd.DataFrame, name: str) -> bool:
    return bool(measured.loc[measured["driver"] == name, "unit"].notna().any())


def _amounts(scene: Scene, rows: pd.DataFrame) -> list[str]:
    """Planned amounts that are no events: how far they reach, and the largest."""
    told = []
    for name, course in rows[rows["value"].notna()].groupby("driver", sort=True):
        units = course["unit"].dropna()
        amounts = _together(course).assign(date=pd.to_datetime(course["date"])).groupby("date")["value"].sum().astype(float)
        facts = {"until": month_name(scene, amounts.index.max()), "month": month_name(scene, amounts.index[int(amounts.argmax())])}
        value = amount(scene, float(amounts.max()), str(units.iloc[-1]) if len(units) else "")
        told.append(say_of(scene, "cap_demand_planned", str(name), value=value, **facts))
    return told


def _events(scene: Scene, planned: pd.DataFrame) -> Part:
    keys = ("cap_event", "service", "cap_from", "cap_until", "cap_growth", "cap_fullest", "remark")
    rows = [
        {
            "cap_event": str(row["event"] if pd.notna(row["event"]) else row["driver"]),
            "service": str(row["service"]) if pd.notna(row["service"]) else scene.term("all_services"),
            "cap_from": formats.day(pd.Timestamp(row["date"]), scene.language),
            "cap_until": formats.MISSING if pd.isna(row["until"]) else formats.day(pd.Timestamp(row["until"]), scene.language),
            "cap_growth": _growth(scene, row),
            "cap_fullest": fullest(scene, row),
            "remark": formats.MISSING if pd.isna(row["note"]) else str(row["note"]),
        }
        for row in planned.to_dict("records")
    ]
    columns = {key: scene.term(key) for key in keys}
    if len(rows) > 2 * SHOWN:
        return folded(scene.say("cap_events_fold", n=len(rows)), table(columns, rows))
    return table(columns, rows)


def fullest(scene: Scene, row: Mapping[Any, Any]) -> str:
    """Which resource of the event's service is then the fullest against its limit: its highest day expected, and in the range."""
    first = pd.Timestamp(row["date"])
    last = first + pd.Timedelta(days=LASTING - 1) if pd.isna(row["until"]) else pd.Timestamp(row["until"])
    found = []
    for one in outlooks(scene):
        if pd.notna(row["service"]) and one.resource.service != row["service"]:
            continue
        ahead = one.ahead()
        days = ahead[(ahead["ds"] >= first) & (ahead["ds"] <= last)]
        if not days.empty:
            high = float(days["upper"].max())
            found.append((high / one.resource.critical, float(days["median"].max()), high, one.resource))
    if not found:
        return formats.MISSING
    _, median, high, resource = max(found, key=lambda item: (item[0], item[3].name))
    shares = {"share": percent(median), "high": percent(high), "limit": percent(resource.critical)}
    return say_of(scene, "cap_event_fullest", named(scene, resource), **shares)


def _growth(scene: Scene, row: Mapping[Any, Any]) -> str:
    """The amount of an event and its growth, as far as they are known."""
    unit = "" if pd.isna(row["unit"]) else str(row["unit"])
    told = [] if pd.isna(row["value"]) else [amount(scene, float(row["value"]), unit)]
    told += [] if pd.isna(row["growth"]) else [f"{float(row['growth']):+.0%}"]
    return scene.listed(told)
