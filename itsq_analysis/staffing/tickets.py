"""Teams that work on tickets: what becomes of their backlog in the coming weeks, with the people on the roster and with others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itsq_analysis.forecasting.paths import paths
from itsq_analysis.settings import StaffingSettings
from itsq_analysis.staffing.backlog import chance_by_hours, fewest_people
from itsq_analysis.staffing.handling import WEEKS as RECENT
from itsq_analysis.staffing.handling import Rate, inferred_rate, stated_rate
from itsq_analysis.staffing.roster import on_duty
from itsq_analysis.staffing.weeks import Weeks, by_week

PATHS = 1000
LIKELY, SAFE = 0.8, 0.95  # probabilities that a plan is made for
MOST_TRIED = 12  # numbers of people above today's
SHIFT = 8.0  # hours of a person's day where no roster says it


@dataclass(frozen=True, eq=False)
class TeamWork:
    """The backlog of one team at the end of the plan.

    Attributes:
        team: its name.
        open: tickets open now.
        per_week: tickets expected in a week.
        limit: open tickets that are not to be exceeded, in whole tickets.
        rate: tickets finished in a person-hour; None where neither roster nor settings tell it, `chances` is then empty.
        people: on duty on an ordinary day by the roster; None without one.
        chances: as `chance_by_hours` gives them, by number of people.
        likely, safe: the fewest people that end within the limit with 80 and 95 % probability; None if none of those tried.
        kept_up: whether the backlog was within the limit at the end of every day of the last 13 weeks. A rate inferred from such
            weeks says what came in rather than what the team could do: the chances are then lower bounds, the people upper ones.
    """

    team: str
    open: int
    per_week: float
    limit: int
    rate: Rate | None
    people: int | None
    chances: pd.DataFrame
    likely: int | None
    safe: int | None
    kept_up: bool

    @property
    def bounds(self) -> bool:
        """Whether chances are lower bounds."""
        return self.kept_up and self.rate is not None and self.rate.source == "inferred"

    def chance(self, people: int) -> float:
        """The probability that the backlog ends within its limit with so many people; NaN if they were not tried."""
        chances = self.chances.loc[self.chances["people"] == people, "within"]
        return float(chances.iloc[0]) if len(chances) else float("nan")

    @property
    def chance_now(self) -> float:
        """The probability that the backlog ends within its limit with the people on the roster; NaN without one."""
        return float("nan") if self.people is None else self.chance(self.people)

    def better(self, count: int) -> list[tuple[int, float]]:
        """The next larger numbers of people that keep the limit with at least 80 % probability, and with which."""
        more = self.chances[(self.chances["people"] > (self.people or 0)) & (self.chances["within"] >= LIKELY)].head(count)
        return list(zip(more["people"].tolist(), more["within"].tolist(), strict=True))

    @property
    def most_tried(self) -> int:
        """The largest number of people that was tried."""
        return int(self.chances["people"].max())

    @property
    def levels(self) -> list[Level]:
        """What becomes of the backlog, by number of people."""
        columns = self.chances[["people", "within", "median", "p90"]]
        return [Level(self, *row) for row in columns.itertuples(index=False, name=None)]


@dataclass(frozen=True, eq=False)
class Level:
    """A team's backlog at the end of the plan with so many people: the chance that it is within its limit, its median and p90."""

    work: TeamWork
    people: int
    within: float
    median: float
    p90: float


def team_work(
    team: str,
    days: pd.DataFrame,
    forecast: pd.DataFrame,
    roster: pd.DataFrame,
    opened: dict[str, int],
    mix: dict[str, int],
    settings: StaffingSettings,
    weeks: Weeks,
) -> TeamWork:
    """What becomes of a team's backlog.

    Args:
        team: its name.
        days: tickets that came in and were finished per day, `ds`, `opened` and `ended`.
        forecast: of the tickets that come in per day, with intervals.
        roster: its shifts, those of the last quarter of a year too; may be empty.
        opened: open tickets by kind (incidents, requests).
        mix: tickets of the last quarter of a year by kind, for handling times that are stated by kind.
        settings: what holds for this team.
        weeks: the days of the plan.
    """
    daily = forecast["mean"].to_numpy(dtype=float) * settings.demand
    working = np.array([weeks.special(day) != "holiday" and bool(weeks.calendar.is_working_day(day)) for day in weeks.days])
    usual = float(daily[working].mean()) if working.any() else float(daily.mean())
    limit = settings.backlog_limit if settings.backlog_limit is not None else settings.backlog_days * usual
    rate = rate_of(days, roster, mix, settings, weeks)
    now = sum(opened.values())
    facts = (team, now, float(daily.sum() / len(daily) * 7), round(limit), rate)
    if rate is None:
        return TeamWork(*facts, None, pd.DataFrame(columns=["people", "within", "always", "median", "p90"]), None, None, False)
    inflow = paths(forecast, PATHS) * settings.demand
    usually, hours = levels_of(roster, settings, weeks, working)
    if rate.source == "stated":
        hours = {people: worked * (1 - settings.shrinkage) for people, worked in hours.items()}
    past = past_backlog(days, now, weeks.start)
    chances = chance_by_hours(inflow, max(past[-1], 0.0), hours, rate.draw(PATHS, 0), round(limit))
    enough = (fewest_people(chances, LIKELY), fewest_people(chances, SAFE))
    return TeamWork(*facts, usually, chances, *enough, bool((past <= round(limit)).all()))


def past_backlog(days: pd.DataFrame, now: int, start: date) -> NDArray[np.float64]:
    """The open tickets at the end of each of the 91 days before a day, from those open now and what came and went since.

    What came and went on the day itself is in `now` and not in them: the plan begins with that whole day.

    >>> days = pd.DataFrame({"ds": pd.to_datetime(["2026-11-01", "2026-11-02"]), "opened": [3.0, 5.0], "ended": [1.0, 0.0]})
    >>> past_backlog(days, 9, date(2026, 11, 3))[-3:].tolist()
    [2.0, 4.0, 9.0]
    """
    dates = pd.date_range(start - timedelta(weeks=RECENT), start, unit="us")
    net = (days.set_index("ds")["opened"] - days.set_index("ds")["ended"]).reindex(dates).fillna(0).to_numpy()
    later = net[::-1].cumsum()[::-1]
    return np.asarray(now - later[1:], dtype=float)


def rate_of(
    tickets: pd.DataFrame, roster: pd.DataFrame, mix: dict[str, int], settings: StaffingSettings, weeks: Weeks
) -> Rate | None:
    """Tickets finished per rostered person-hour over the last 13 weeks, else from the stated times, else None."""
    since = weeks.start - timedelta(weeks=RECENT + 1)
    past = on_duty(roster, since, (weeks.start - since).days)
    hours = past.groupby(past["ds"].dt.normalize()).agg(hours=("people", "sum"), covered=("covered", "max"))
    days = pd.DataFrame({"ds": hours.index, "hours": hours["hours"].to_numpy()})
    days["resolved"] = tickets.set_index("ds")["ended"].reindex(days["ds"]).fillna(0).to_numpy()
    inferred = inferred_rate(by_week(days, weeks.start)) if hours["covered"].any() else None
    return inferred or _stated(mix, settings)


def _stated(mix: dict[str, int], settings: StaffingSettings) -> Rate | None:
    """The stated time of a ticket, incidents and requests in the proportion in which they come."""
    known = {kind: count for kind, count in mix.items() if count}
    times: dict[str, float] = {kind: seconds for kind, seconds in settings.handling.items() if kind in known}
    if not known or set(times) != set(known):
        return None
    mean = sum(times[kind] * count for kind, count in known.items()) / sum(known.values())
    return stated_rate(mean / 60)


def levels_of(
    roster: pd.DataFrame, settings: StaffingSettings, weeks: Weeks, working: NDArray[np.bool_]
) -> tuple[int | None, dict[int, NDArray[np.float64]]]:
    """Person-hours of every day for several numbers of people.

    Returns:
        The number on duty on an ordinary working day by the roster (None without one), and number -> hours: one person more or
        fewer is there in the hours in which the team has at least half of that number. Without a roster each works eight hours
        on working days.
    """
    days = len(weeks.days)
    duty = on_duty(roster, weeks.start, days)
    people = duty["people"].to_numpy().reshape(days, 24) * settings.people
    most = people.max(axis=1)
    if not (most[working] > 0).any():
        return None, {number: np.asarray(working * SHIFT * number, dtype=float) for number in range(1, MOST_TRIED * 3)}
    usual = max(1, round(float(np.median(most[working & (most > 0)]))))
    days_on_duty = (people >= usual / 2).sum(axis=1)
    hours = people.sum(axis=1)
    tried = range(max(1, usual - 2), usual + MOST_TRIED + 1)
    return usual, {number: np.maximum(hours + (number - usual) * days_on_duty, 0.0) for number in tried}
