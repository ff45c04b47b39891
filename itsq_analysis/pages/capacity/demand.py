"""What drives it? Measured demand month by month, and what is planned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from itsq_analysis.charts import line
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, folded, paragraph, subheading, table
from itsq_analysis.pages.capacity.estate import drivers, last_whole_day, planned_events
from itsq_analysis.pages.capacity.outlook import outlooks
from itsq_analysis.pages.capacity.words import amount, month_name, named, percent, say_of
from itsq_analysis.text import formats

SHOWN = 4  # pictures; the other drivers stand in the table
MONTHS = 13
LASTING = 30  # days of an event without an end that are looked at


def demand(context: ReportContext) -> Section:
    """One small picture a driver, and the planned events."""
    title = context.term("cap_demand")
    measured, planned = drivers(context, "measured"), planned_events(context)
    if measured.empty and planned.empty:
        return Section("demand_drivers", title, context.say("cap_demand_none"))
    courses = {name: course for name, rows in measured.groupby("driver", sort=True) if len(course := monthly(context, rows)) > 1}
    events = planned[planned["event"].notna() | planned["growth"].notna()]
    answer = context.say("cap_demand_answer", n=len(courses), planned=len(events))
    parts: list[Part] = [_picture(context, measured, str(name), course) for name, course in list(courses.items())[:SHOWN]]
    if len(courses) > SHOWN:
        parts.append(paragraph(context.say("cap_demand_more", list=context.listed(str(name) for name in list(courses)[SHOWN:]))))
    parts += [paragraph(text) for text in _amounts(context, planned.drop(events.index))]
    if not events.empty:
        parts += [subheading(context.term("cap_events")), _events(context, events), paragraph(context.say("cap_events_note"))]
    return Section("demand_drivers", title, answer, tuple(parts))


def monthly(context: ReportContext, rows: pd.DataFrame) -> pd.DataFrame:
    """`ds` (first day), `y` (mean of the values) of each month that is over, the last thirteen; services are added up.

    A month in which a service is not known that is known before and after is left out: the sum would look like a fall.
    """
    known = _together(rows)
    months = pd.to_datetime(known["date"]).dt.to_period("M")
    means = known["value"].astype(float).groupby([months, known["service"].fillna("")]).mean().unstack()
    gaps = means.isna() & means.ffill().notna() & means.bfill().notna()
    values = means[~gaps.any(axis=1)].sum(axis=1)
    over = pd.Period(last_whole_day(context) + timedelta(days=1), "M")
    values = values[values.index < over]
    return pd.DataFrame({"ds": pd.PeriodIndex(values.index).to_timestamp(), "y": values.to_numpy()}).tail(MONTHS)


def _together(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a value of which the amount of all services is made: those of no service, else those of each."""
    known = rows[rows["value"].notna()]
    return known[known["service"].isna()] if known["service"].isna().any() else known


def _picture(context: ReportContext, measured: pd.DataFrame, name: str, course: pd.DataFrame) -> Part:
    unit = str(measured.loc[measured["driver"] == name, "unit"].dropna().iloc[-1]) if _has_unit(measured, name) else ""
    first, last = course.iloc[0], course.iloc[-1]
    summary = context.say(
        "cap_demand_picture",
        value=amount(context, float(last["y"]), unit),
        month=month_name(context, last["ds"]),
        before=amount(context, float(first["y"]), unit),
        first=month_name(context, first["ds"]),
    )
    return line(course, title=name, summary=summary, language=context.language, unit="count", grain="M")


def _has_unit(measured: pd.DataFrame, name: str) -> bool:
    return bool(measured.loc[measured["driver"] == name, "unit"].notna().any())


def _amounts(context: ReportContext, rows: pd.DataFrame) -> list[str]:
    """Planned amounts that are no events: how far they reach, and the largest."""
    told = []
    for name, course in rows[rows["value"].notna()].groupby("driver", sort=True):
        units = course["unit"].dropna()
        amounts = _together(course).assign(date=pd.to_datetime(course["date"])).groupby("date")["value"].sum().astype(float)
        facts = {
            "until": month_name(context, amounts.index.max()),
            "month": month_name(context, amounts.index[int(amounts.argmax())]),
        }
        value = amount(context, float(amounts.max()), str(units.iloc[-1]) if len(units) else "")
        told.append(say_of(context, "cap_demand_planned", str(name), value=value, **facts))
    return told


def _events(context: ReportContext, planned: pd.DataFrame) -> Part:
    keys = ("cap_event", "service", "cap_from", "cap_until", "cap_growth", "cap_fullest", "remark")
    rows = [
        {
            "cap_event": str(row["event"] if pd.notna(row["event"]) else row["driver"]),
            "service": str(row["service"]) if pd.notna(row["service"]) else context.term("all_services"),
            "cap_from": formats.day(pd.Timestamp(row["date"]), context.language),
            "cap_until": formats.MISSING if pd.isna(row["until"]) else formats.day(pd.Timestamp(row["until"]), context.language),
            "cap_growth": _growth(context, row),
            "cap_fullest": fullest(context, row),
            "remark": formats.MISSING if pd.isna(row["note"]) else str(row["note"]),
        }
        for row in planned.to_dict("records")
    ]
    columns = {key: context.term(key) for key in keys}
    if len(rows) > 2 * SHOWN:
        return folded(context.say("cap_events_fold", n=len(rows)), table(columns, rows))
    return table(columns, rows)


def fullest(context: ReportContext, row: Mapping[Any, Any]) -> str:
    """Which resource of the event's service is then the fullest against its limit: its highest day expected, and in the range."""
    first = pd.Timestamp(row["date"])
    last = first + pd.Timedelta(days=LASTING - 1) if pd.isna(row["until"]) else pd.Timestamp(row["until"])
    found = []
    for one in outlooks(context):
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
    return say_of(context, "cap_event_fullest", named(context, resource), **shares)


def _growth(context: ReportContext, row: Mapping[Any, Any]) -> str:
    """The amount of an event and its growth, as far as they are known."""
    unit = "" if pd.isna(row["unit"]) else str(row["unit"])
    told = [] if pd.isna(row["value"]) else [amount(context, float(row["value"]), unit)]
    told += [] if pd.isna(row["growth"]) else [f"{float(row['growth']):+.0%}"]
    return context.listed(told)
