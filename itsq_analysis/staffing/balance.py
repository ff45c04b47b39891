"""People needed against people rostered, desk by desk: what a reader is told of a plan, without words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.staffing.desk import Desk
from itsq_analysis.staffing.need import weekday_grid
from itsq_analysis.staffing.planning import WEEKS, Plan, staffing_plan
from itsq_analysis.staffing.shortage import Occasion, Stretch, occasions, stretches, too_few, too_many


@dataclass(frozen=True)
class Week:
    """One calendar week of a desk, from its first to its last planned day.

    Attributes:
        first, last: days.
        expected: contacts.
        needed: person-hours.
        rostered, short: person-hours of the hours that a roster reaches; None where it reaches none.
        worst: hour (naive local) that lacks most people, and how many; None where none lacks any.
    """

    first: date
    last: date
    expected: float
    needed: float
    rostered: float | None
    short: float | None
    worst: tuple[datetime, float] | None


@dataclass(frozen=True, eq=False)
class Balance:
    """A desk's people needed against those rostered.

    Attributes:
        desk: with its hours.
        needed: person-hours of the whole plan.
        hours: open hours that a roster reaches; 0 without one.
        hours_short: of these, those with at least half a person too few.
        person_hours_short: that these lack.
        repeated: weekdays and hours with too few people, the most person-hours first.
        single: days with too few people beside these, the special ones first.
        spare: weekdays and hours with too many.
        weeks: calendar weeks.
        grid: mean of ordinary days by `weekday` (0 is Monday) and `hour`: `value`, people too few (negative) or too many, without
            a roster people needed; closed weekdays and hours lack, closed hours of open ones are missing.
    """

    desk: Desk
    needed: float
    hours: int
    hours_short: int
    person_hours_short: float
    repeated: tuple[Stretch, ...]
    single: tuple[Occasion, ...]
    spare: tuple[Stretch, ...]
    weeks: tuple[Week, ...]
    grid: pd.DataFrame

    @property
    def team(self) -> str:
        """The desk's name; "" where its contacts name no group."""
        return self.desk.team

    @property
    def lowest(self) -> tuple[int, int, float]:
        """Weekday, hour and value of the grid's lowest cell, the first of several."""
        return self._cell(int(self.grid["value"].argmin()))

    @property
    def highest(self) -> tuple[int, int, float]:
        """Weekday, hour and value of the grid's highest cell, the first of several."""
        return self._cell(int(self.grid["value"].argmax()))

    def _cell(self, place: int) -> tuple[int, int, float]:
        row = self.grid.iloc[place]
        return int(row["weekday"]), int(row["hour"]), float(row["value"])


@fact
def balances(scope: Scope, weeks: int = WEEKS) -> tuple[Balance, ...]:
    """The desks of a plan about which something can be told.

    Args:
        scope: the plan is of its moment.
        weeks: calendar weeks, the present one included.

    >>> balances(open_workspace("data/sample").scope())[0].repeated  # doctest: +SKIP
    """
    plan = staffing_plan(scope, weeks)
    return tuple(balance(plan, desk) for desk in plan.desks if len(desk.hours))


def balance(plan: Plan, desk: Desk) -> Balance:
    """A desk's balance over the days of a plan."""
    hours = desk.hours
    few, many = too_few(hours), too_many(hours, desk.lowest_occupancy)
    repeated = stretches(hours, few)
    return Balance(
        desk,
        float(hours["needed"].sum()),
        int(hours["gap"].notna().sum()),
        int(few.sum()),
        float(hours.loc[few, "gap"].astype(float).sum()),
        tuple(repeated),
        tuple(occasions(hours, few, repeated)),
        tuple(stretches(hours, many)),
        tuple(_week(hours, first, last) for first, last in plan.calendar_weeks),
        _grid(hours),
    )


def _week(hours: pd.DataFrame, first: date, last: date) -> Week:
    rows = hours[(hours["ds"] >= pd.Timestamp(first)) & (hours["ds"] < pd.Timestamp(last + timedelta(days=1)))]
    known = rows[rows["gap"].notna()]
    gaps = known["gap"].astype(float)
    expected, needed = float(rows["expected"].sum()), float(rows["needed"].sum())
    if not len(known):
        return Week(first, last, expected, needed, None, None, None)
    place = int(gaps.to_numpy().argmax())
    worst = (known["ds"].iloc[place].to_pydatetime(), float(gaps.iloc[place])) if gaps.iloc[place] > 0 else None
    rostered = float(known["rostered"].astype(float).sum())
    return Week(first, last, expected, needed, rostered, float(gaps.clip(lower=0).sum()), worst)


def _grid(hours: pd.DataFrame) -> pd.DataFrame:
    ordinary = hours[hours["special"].isna()]
    against = bool(ordinary["gap"].notna().any())
    values = -weekday_grid(ordinary.astype({"gap": float}), "gap") if against else weekday_grid(ordinary, "needed")
    shown = values.dropna(how="all", axis=0).dropna(how="all", axis=1)
    cells = [(weekday, hour, amount) for weekday, row in shown.iterrows() for hour, amount in row.items()]
    return pd.DataFrame(cells, columns=["weekday", "hour", "value"])
