"""The days of a plan: this week and those after it, holidays, and whole weeks of the past."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import pandas as pd

from itsq_analysis.worktime import Calendar

Special = Literal["holiday", "adjusted", "after"]
LANGUAGES = ("en", "zh")  # in which a calendar names its holidays
BREAK = 3  # days off after which the first working day is another one than its weekday


@dataclass(frozen=True)
class SpecialDay:
    """A day not like others of its weekday; `names` of a holiday by language, without what the calendar adds in brackets."""

    day: date
    kind: Special
    names: Mapping[str, str]


@dataclass(frozen=True)
class Weeks:
    """Local days from `start` on that are planned, told by the organisation's first calendar.

    The first week is the one that `start` lies in; it may have begun before.
    """

    start: date
    count: int
    calendar: Calendar

    @property
    def days(self) -> list[date]:
        """Every day up to the Sunday of the last week."""
        end = self.start - timedelta(days=self.start.weekday()) + timedelta(weeks=self.count)
        return [self.start + timedelta(days=place) for place in range((end - self.start).days)]

    @property
    def last(self) -> date:
        """The last day."""
        return self.days[-1]

    def holiday(self, day: date) -> str | None:
        """A holiday's English name."""
        return self.calendar.holiday_name(day)

    def worked(self, day: date) -> bool:
        """Whether a day that is usually off is worked in place of another one."""
        usual = self.calendar.days.week.days[day.weekday()]
        return not usual and bool(self.calendar.is_working_day(day))

    def special(self, day: date) -> Special | None:
        """Why a day is not one like others of its weekday: a holiday, an adjusted working day, the first one after a break."""
        if self.holiday(day) is not None:
            return "holiday"
        if self.worked(day):
            return "adjusted"
        before = [day - timedelta(days=back) for back in range(1, BREAK + 1)]
        off = not any(bool(self.calendar.is_working_day(day)) for day in before)
        return "after" if off and bool(self.calendar.is_working_day(day)) else None

    @property
    def special_days(self) -> tuple[SpecialDay, ...]:
        """The days of the plan that are not like others, in order."""
        kinds = {day: self.special(day) for day in self.days}
        return tuple(SpecialDay(day, kind, self._names(day)) for day, kind in kinds.items() if kind)

    def _names(self, day: date) -> dict[str, str]:
        names = {language: self.calendar.holiday_name(day, language) or "" for language in LANGUAGES}
        return {language: re.split("[(\uff08]", name)[0].strip() for language, name in names.items()}


def by_week(frame: pd.DataFrame, end: date) -> pd.DataFrame:
    """The sums of a frame's number columns per whole week (from Monday) before a day, oldest first; weeks without a row lack.

    >>> frame = pd.DataFrame({"ds": pd.to_datetime(["2026-10-05", "2026-10-11", "2026-10-12"]), "n": [1, 2, 4]})
    >>> by_week(frame, date(2026, 10, 14))["n"].tolist()
    [3]
    """
    monday = pd.Timestamp(end - timedelta(days=end.weekday()))
    known = frame[frame["ds"] < monday]
    weeks = known["ds"].dt.normalize() - pd.to_timedelta(known["ds"].dt.day_of_week, unit="D")
    first = weeks.min()
    sums = known.drop(columns="ds").groupby(weeks).sum()
    whole = frame["ds"].min().normalize() <= first if len(known) else False
    return sums if whole or not len(sums) else sums.iloc[1:]
