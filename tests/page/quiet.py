"""Random organisations in which nothing changes: sizes, priorities, groups, weekly pattern, holidays, noise between the days.

Tables are made of columns, not of rows, so that two hundred organisations are a matter of seconds. The same seed gives the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from itsq_analysis.page.context import ReportContext
from itsq_analysis.periods import Period, history, parse_period
from itsq_analysis.settings import parse_settings
from itsq_analysis.tables import contract, contracts
from itsq_analysis.workspace import Workspace
from itsq_analysis.worktime import build_calendar
from tests.page.made import snapshot

LAST = "2026-10"
COUNTRIES = ("CN", "BR", "DE", "US")


@dataclass(frozen=True)
class Plant:
    """What changes in the last period: the first group's share in time, or all volumes by a factor."""

    in_time: float | None = None
    volume: float = 1.0


def quiet(seed: int, plant: Plant | None = None, months: int | None = None) -> ReportContext:
    """The context of an organisation over up to 25 months, October 2026 the last; without a plant nothing changes in it."""
    draw = np.random.default_rng(seed)
    country = str(draw.choice(COUNTRIES))
    targets = '[[target]]\nindicator = "sla_resolution_met"\nvalue = "92%"\n' if draw.random() < 0.5 else ""
    rules = '[[sla]]\ncalendar = "7x24"\nresolution = "24h"\n' if draw.random() < 0.7 else ""
    settings = parse_settings(f'[organisation]\ntimezone = "Asia/Shanghai"\nholidays = "{country}"\n{rules}{targets}', "itsq.toml")
    periods = history(parse_period(LAST), months or int(draw.choice([2, 4, 8, 13, 14, 19, 25])))
    at = datetime.combine(date(2026, 11, 16), time(), settings.organisation.zone)
    workspace = Workspace(Path("nowhere"), settings)
    workspace.__dict__["snapshot"] = snapshot(settings, at)
    workspace.__dict__["connection"] = _connect(_tables(draw, country, periods, plant or Plant(), recomputed=bool(rules)))
    return ReportContext(workspace, periods[-1], "zh" if seed % 2 else "en", at)


def _tables(
    draw: np.random.Generator, country: str, periods: list[Period], plant: Plant, *, recomputed: bool
) -> dict[str, pa.Table]:
    days = pd.date_range(periods[0].start, date(2026, 11, 15))
    opened = _moments(draw, country, days, periods[-1], plant.volume)
    return {
        "incidents": _incidents(draw, opened, periods[-1], plant, recomputed=recomputed),
        "changes": _changes(draw, days),
        "surveys": _surveys(draw, opened),
    }


def _moments(draw: np.random.Generator, country: str, days: pd.DatetimeIndex, last: Period, factor: float) -> pd.DatetimeIndex:
    """When incidents are opened: a rate for each kind of day, with noise between the days where the organisation has any."""
    rate = float(np.exp(draw.uniform(np.log(3), np.log(40))))
    week = draw.uniform(0.8, 1.25, 5)
    off = float(draw.choice([0.05, 0.25, 0.6]))
    works = _calendar(country).is_working_day(days.to_numpy(dtype="datetime64[D]"))
    mean = np.where(works, rate * week[np.minimum(days.day_of_week, 4)], rate * off)
    mean = np.where((days >= pd.Timestamp(last.start)) & (days < pd.Timestamp(last.end)), mean * factor, mean)
    spread = float(draw.choice([0.0, 0.15, 0.3]))
    counts = draw.poisson(mean * draw.gamma(1 / spread**2, spread**2, len(days)) if spread else mean)
    starts = np.repeat(days.to_numpy(), counts)
    return pd.DatetimeIndex(np.sort(starts + draw.integers(8 * 60, 19 * 60, len(starts)) * np.timedelta64(1, "m")))


_CALENDARS: dict[str, Any] = {}


def _calendar(country: str) -> Any:
    if country not in _CALENDARS:
        _CALENDARS[country] = build_calendar(
            "5x8", "Mon-Fri 09:00-17:00", "Asia/Shanghai", country, first_year=2024, last_year=2027
        )
    return _CALENDARS[country]


def _incidents(draw: np.random.Generator, opened: pd.DatetimeIndex, last: Period, plant: Plant, *, recomputed: bool) -> pa.Table:
    count = len(opened)
    groups = _members(draw, "Group", int(draw.integers(2, 9)), count)
    services = _members(draw, "Service", int(draw.integers(2, 7)), count)
    priority = draw.choice([1, 2, 3, 4], count, p=draw.dirichlet([0.6, 2.0, 12.0, 6.0]))
    level = dict(zip(sorted(set(groups)), np.clip(draw.normal(draw.uniform(0.75, 0.97), 0.02, 9), 0.5, 0.99), strict=False))
    in_time = draw.random(count) < np.array([level[group] for group in groups])
    if plant.in_time is not None:
        hit = (groups == "Group 0") & (opened >= pd.Timestamp(last.start) + timedelta(days=7))
        in_time = np.where(hit, draw.random(count) < plant.in_time, in_time)
    hours = draw.lognormal(np.log(float(draw.uniform(2, 30))), float(draw.choice([0.8, 1.2])), count)
    resolved = opened + pd.to_timedelta(hours, unit="h")
    known = np.asarray(resolved < pd.Timestamp("2026-11-16"))
    zoned = resolved.where(known).tz_localize("Asia/Shanghai")
    met = pd.array(np.where(known, in_time, False), dtype="boolean")
    met[~known] = pd.NA
    columns = {
        "number": [f"INC{place:06d}" for place in range(count)],
        "opened_at": opened.tz_localize("Asia/Shanghai"),
        "acknowledged_at": (opened + pd.to_timedelta(draw.exponential(0.5, count), unit="h")).tz_localize("Asia/Shanghai"),
        "resolved_at": zoned,
        "ended_at": zoned,
        "state": np.where(known, "closed", "new"),
        "priority": priority,
        "service": services,
        "assignment_group": groups,
        "major": draw.random(count) < 0.001,
        "reopen_count": (draw.random(count) < float(draw.uniform(0.01, 0.06))).astype(int),
        "reassignment_count": draw.poisson(0.6, count),
        "made_sla": met,
        "elapsed_seconds": pd.array(np.where(known, hours * 3600, 0).astype(int), dtype="Int64"),
        "caused_by_change": None,
    }
    if recomputed:
        columns |= {"sla_resolution_met": met, "sla_rule": "all priorities"}
    return _filled("incidents", columns, count)


def _members(draw: np.random.Generator, kind: str, size: int, count: int) -> Any:
    return draw.choice([f"{kind} {place}" for place in range(size)], count, p=draw.dirichlet(np.full(size, 3.0)))


def _changes(draw: np.random.Generator, days: pd.DatetimeIndex) -> pa.Table:
    counts = draw.poisson(float(draw.uniform(0.3, 4)), len(days))
    ended = pd.DatetimeIndex(np.repeat(days.to_numpy(), counts)).tz_localize("Asia/Shanghai") + timedelta(hours=20)
    count = len(ended)
    columns = {
        "number": [f"CHG{place:05d}" for place in range(count)],
        "opened_at": ended,
        "ended_at": ended,
        "closed_at": ended,
        "state": ["closed"] * count,
        "type": draw.choice(["normal", "emergency", "standard"], count, p=[0.6, 0.1, 0.3]),
        "outcome": draw.choice(["successful", "unsuccessful"], count, p=[0.95, 0.05]),
    }
    return _filled("changes", columns, count)


def _surveys(draw: np.random.Generator, opened: pd.DatetimeIndex) -> pa.Table:
    sent = opened[draw.random(len(opened)) < float(draw.choice([0.0, 0.2]))].tz_localize("Asia/Shanghai")
    count = len(sent)
    answered = draw.random(count) < 0.25
    score = pd.array(np.where(answered, draw.choice([1, 2, 3, 4, 5], count, p=[0.03, 0.04, 0.08, 0.3, 0.55]), 0), dtype="Int64")
    score[~answered] = pd.NA
    columns = {
        "number": [f"S{place:06d}" for place in range(count)],
        "sent_at": sent,
        "answered_at": (sent + timedelta(days=1)).where(answered),
        "score": score,
        "automatic": [False] * count,
    }
    return _filled("surveys", columns, count)


def _filled(table: str, columns: dict[str, Any], count: int) -> pa.Table:
    """The contract's columns; those that are not given are not known."""
    schema = contract(table).schema
    arrays = []
    for field in schema:
        given = columns.get(field.name)
        if given is None:
            arrays.append(pa.nulls(count, field.type))
        elif isinstance(given, str):
            arrays.append(pa.array([given] * count, field.type))
        else:
            arrays.append(pa.array(pd.Series(given), from_pandas=True).cast(field.type, safe=False))
    return pa.table(arrays, schema=schema)


def _connect(tables: dict[str, pa.Table]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name in contracts():
        table = tables.get(name, contract(name).schema.empty_table())
        connection.register("arrow_rows", table)
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM arrow_rows')
        connection.unregister("arrow_rows")
    return connection
