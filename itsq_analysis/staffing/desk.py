"""A desk whose contacts wait to be answered: people needed in every hour of the coming weeks, beside those on its roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import inf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itsq_analysis.forecasting.clock import localized
from itsq_analysis.settings import StaffingSettings
from itsq_analysis.staffing.handling import WEEKS as RECENT
from itsq_analysis.staffing.handling import Handling, measured_handling, stated_handling
from itsq_analysis.staffing.need import (
    WEEKS,
    QueueTarget,
    against_roster,
    day_course,
    hourly_load,
    kinds_of_days,
    people_by_hour,
    rounded,
)
from itsq_analysis.staffing.queue import Load, service
from itsq_analysis.staffing.roster import on_duty
from itsq_analysis.staffing.weeks import Weeks, by_week
from itsq_analysis.worktime import Calendar

COLUMNS = ["ds", "expected", "needed", "rostered", "gap", "holiday", "special", "busy"]
HOUR = pd.Timedelta(hours=1)
OPEN_SHARE = 0.5  # of the days of a kind; an hour in which the telephone system counted on so many of them is open


@dataclass(frozen=True, eq=False)
class Desk:
    """What is planned for one desk.

    Attributes:
        team: its name; "" where the contacts name no group.
        hours: one row per hour in which the desk is open, `ds` (naive local hour), `expected` (contacts), `needed` and `rostered`
            (people; the latter missing where no roster reaches the day), `gap` (needed − rostered), `holiday` (English name or
            None), `special` (holiday, adjusted, after or None), `busy` (share of their time for which those rostered are busy).
        handling: time to handle a contact; None where it is neither measured nor stated, `hours` is then empty.
        target: what callers are promised.
        contacts: those known, up to the moment of the plan; the forecast is made of the days before it.
        lowest_occupancy: share of their time for which people should be busy at least.
    """

    team: str
    hours: pd.DataFrame
    handling: Handling | None
    target: QueueTarget
    contacts: int
    lowest_occupancy: float


def daily_contacts(hours: pd.DataFrame, weeks: Weeks) -> pd.DataFrame:
    """Contacts per day before the plan: `ds`, `y`; a day without a row is not known and lacks."""
    known = hours[hours["ds"] < pd.Timestamp(weeks.start)]
    days = known.groupby(known["ds"].dt.normalize())["offered"].sum()
    return pd.DataFrame({"ds": days.index, "y": days.to_numpy(dtype=float)})


def handling_of(hours: pd.DataFrame, settings: StaffingSettings, weeks: Weeks) -> Handling | None:
    """Measured over the last 13 whole weeks where the contacts know it, else as stated, else None."""
    since = pd.Timestamp(weeks.start - timedelta(weeks=RECENT + 1))
    recent = hours.loc[(hours["ds"] >= since) & (hours["handled"] > 0), ["ds", "handled", "handle_seconds"]]
    measured = measured_handling(by_week(recent, weeks.start)) if len(recent) else None
    stated = settings.handling.get("contacts")
    return measured or (stated_handling(stated) if stated else None)


def desk(
    team: str,
    hours: pd.DataFrame,
    daily: pd.DataFrame,
    roster: pd.DataFrame,
    settings: StaffingSettings,
    weeks: Weeks,
    calendar: Calendar | None,
) -> Desk:
    """People needed in every open hour of the weeks, beside the roster.

    Args:
        team: the desk's name.
        hours: its contacts, as `contact_hours` gives them.
        daily: contacts expected on each day, `ds` and `mean`; a day that lacks is closed.
        roster: its shifts, also of the day before the first.
        settings: what holds for this team.
        weeks: the days of the plan.
        calendar: hours in which it is open; None takes those in which contacts were counted on half of the days.
    """
    handling, target = handling_of(hours, settings, weeks), queue_target(settings)
    contacts = int(hours["offered"].sum())
    if handling is None:
        return Desk(team, pd.DataFrame(columns=COLUMNS), None, target, contacts, settings.occupancy[0])
    known = hours[hours["ds"] < pd.Timestamp(weeks.start)]
    course = day_course(known, weeks.holiday, weeks.worked)
    scaled = daily.assign(mean=daily["mean"] * settings.demand)
    load = hourly_load(scaled, course, weeks.holiday, weeks.worked)
    is_open = _open_hours(load["ds"], known, weeks, calendar)
    need = people_by_hour(load, handling.seconds, target, open_hours=is_open)
    duty = on_duty(roster, weeks.start, len(weeks.days)).assign(people=lambda rows: rows["people"] * settings.people)
    beside = against_roster(need, duty)[is_open | (duty.set_index("ds")["people"].reindex(need["ds"]).to_numpy() > 0)]
    days = beside["ds"].dt.date
    special = days.map({day: weeks.special(day) for day in days.unique()}).astype(object)
    shown = beside.rename(columns={"per_hour": "expected"}).assign(
        special=special.where(special.notna(), None), busy=_busy(beside, handling.seconds, target)
    )
    return Desk(team, shown[COLUMNS].reset_index(drop=True), handling, target, contacts, settings.occupancy[0])


def queue_target(settings: StaffingSettings) -> QueueTarget:
    """What callers are promised, as the settings say it."""
    return QueueTarget(
        in_target=settings.service_level,
        target_seconds=settings.answer_within,
        patience=inf if settings.patience is None else settings.patience,
        occupancy=settings.occupancy[1],
        shrinkage=settings.shrinkage,
    )


def _open_hours(stamps: pd.Series, known: pd.DataFrame, weeks: Weeks, calendar: Calendar | None) -> NDArray[np.bool_]:
    if calendar is not None:
        return np.asarray(calendar.working_seconds(_moments(stamps, calendar), _moments(stamps + HOUR, calendar)) > 0)
    counted = counted_hours(known, weeks)
    return np.asarray(counted[kinds_of_days(stamps, weeks.holiday, weeks.worked), stamps.dt.hour.to_numpy()])


def _moments(stamps: pd.Series, calendar: Calendar) -> NDArray[np.int64]:
    """Naive local times as microseconds since 1970 UTC; one that summer time leaves out is the next that there is."""
    local = localized(pd.DatetimeIndex(stamps), calendar.zone)
    return np.asarray(local.tz_convert("UTC").tz_localize(None).astype("datetime64[us]").astype("int64"))


def counted_hours(known: pd.DataFrame, weeks: Weeks) -> NDArray[np.bool_]:
    """Kinds of days × 24: in which hours contacts were counted on half of the days of that kind of the last eight weeks.

    A kind of day not seen in them is open as a Sunday is.
    """
    recent = known[known["ds"] >= known["ds"].max().normalize() - pd.Timedelta(weeks=WEEKS)]
    kinds = kinds_of_days(recent["ds"], weeks.holiday, weeks.worked)
    counts = np.zeros((8, 24))
    np.add.at(counts, (kinds, recent["ds"].dt.hour.to_numpy()), 1)
    days = pd.Series(recent["ds"].dt.date.to_numpy()).groupby(kinds).nunique().reindex(range(8), fill_value=0).to_numpy()
    is_open = counts >= OPEN_SHARE * np.maximum(days, 1)[:, None]
    is_open[days == 0] = is_open[6]
    return np.asarray(is_open)


def _busy(beside: pd.DataFrame, handle_seconds: float, target: QueueTarget) -> list[float]:
    """The share of their time for which those on the roster are busy; missing where nobody is."""
    known: dict[tuple[float, float], float] = {}
    pairs = list(zip(rounded(beside["per_hour"]), beside["rostered"].fillna(0.0), strict=True))
    for amount, people in dict.fromkeys(pairs):
        present = int(people * (1 - target.shrinkage) + 0.5)
        met = service(Load(amount, handle_seconds, target.patience), present, target.target_seconds) if present else None
        known[amount, people] = met.occupancy if met else float("nan")
    return [known[pair] for pair in pairs]
