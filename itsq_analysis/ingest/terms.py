"""What working time in a workspace rests on: its calendars, the times of its SLA rules, and a hash of all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from itsq_analysis.errors import SettingsError
from itsq_analysis.ingest.sla import MISSING, Int64s
from itsq_analysis.worktime import Calendar, build_calendar, override_files, parse_duration

if TYPE_CHECKING:
    from itsq_analysis.settings import CalendarSettings, Settings

DERIVATION = 2
"""Raised whenever the same input gives other derived columns, so that stored ones are computed again."""

YEARS = (1980, 2149)  # a date outside is a slip: it is kept, and has no working time
RULE_YEARS = 50  # a deadline lies at most so far ahead
WEEKS = 40  # weeks of ordinary hours that a year has at least


@dataclass(frozen=True)
class Terms:
    """What the rules say, by their position; the last entry is for tickets without a rule."""

    calendars: tuple[Calendar, ...]
    calendar: Int64s
    response: Int64s
    resolution: Int64s


def build_calendars(settings: Settings, workspace: Path, first_year: int, last_year: int) -> dict[str, Calendar]:
    """Every calendar of itsq.toml by id, in its order, for the years of the data and as far ahead as the rules' deadlines reach.

    `calendar/YYYY.csv` overrides the country of a calendar that has one. Where the organisation has no country, it holds for all
    calendars except 7x24.

    Args:
        settings: of the workspace.
        workspace: its folder.
        first_year: first year (UTC) that the data touches.
        last_year: last year (UTC) that the data touches.

    Raises:
        SettingsError: hours, holidays, a calendar file or the time of a rule is wrong.
    """
    first = min(max(first_year - 1, YEARS[0]), YEARS[1])
    last = min(max(last_year, first_year, first) + 1, YEARS[1])
    built = {}
    for calendar in settings.calendars:
        trial = _build(settings, calendar, workspace, first, first)
        ahead = min(last + _years_ahead(settings, trial), YEARS[1] + RULE_YEARS - 1)
        built[calendar.id] = _build(settings, calendar, workspace, first, ahead)
    return built


def _build(settings: Settings, calendar: CalendarSettings, workspace: Path, first: int, last: int) -> Calendar:
    observes = calendar.holidays or not settings.organisation.holidays
    return build_calendar(
        calendar.id,
        calendar.hours,
        settings.organisation.timezone,
        calendar.holidays,
        workspace / "calendar" if observes else None,
        first_year=first,
        last_year=last,
    )


def _years_ahead(settings: Settings, calendar: Calendar) -> int:
    """Years after the data that a deadline in this calendar may need."""
    week = calendar.days.week.seconds
    ahead = 0
    for rule in settings.sla:
        if rule.calendar != calendar.id or rule.resolution is None:
            continue
        years = parse_duration(rule.resolution, calendar) // (WEEKS * week) + 1
        if years > RULE_YEARS:
            raise SettingsError(
                f"an SLA resolution time must end within {RULE_YEARS} years; found {rule.resolution!r} in rule {rule.id!r}, "
                f"whose calendar {calendar.id!r} has {week / 3600:g} hours a week; give a shorter time"
            )
        ahead = max(ahead, years)
    return ahead


def rules_hash(settings: Settings, overrides: Path) -> str:
    """SHA-256 of all that the derived columns depend on besides the tickets, their log and the services.

    That is: calendars, zone, SLA rules, the workspace's calendar files, and the holidays table in hand.

    Args:
        settings: of the workspace.
        overrides: the workspace's `calendar` folder; it need not exist.
    """
    content = {
        "derivation": DERIVATION,
        "holidays": version("holidays"),
        "organisation": [settings.organisation.timezone, settings.organisation.holidays],
        "calendars": [calendar.model_dump(mode="json") for calendar in settings.calendars],
        "sla": [rule.model_dump(mode="json") for rule in settings.sla],
        "overrides": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in override_files(overrides)},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()


def read_terms(settings: Settings, calendars: Mapping[str, Calendar]) -> Terms:
    """The rules' calendars and times, ready to be looked up by rule.

    Raises:
        SettingsError: a rule names a calendar that does not exist, or its time has no valid form.
    """
    known = list(calendars)
    for rule in settings.sla:
        if rule.calendar not in known:
            raise SettingsError(
                f"an SLA rule's calendar must be one of {', '.join(known)}; found {rule.calendar!r} in rule {rule.id!r}; "
                "correct it or add a [[calendar]]"
            )

    def seconds(text: str | None, calendar: str) -> int:
        return MISSING if text is None else parse_duration(text, calendars[calendar])

    return Terms(
        tuple(calendars.values()),
        np.array([*(known.index(rule.calendar) for rule in settings.sla), known.index(settings.calendars[0].id)], dtype=np.int64),
        np.array([*(seconds(rule.response, rule.calendar) for rule in settings.sla), MISSING], dtype=np.int64),
        np.array([*(seconds(rule.resolution, rule.calendar) for rule in settings.sla), MISSING], dtype=np.int64),
    )
