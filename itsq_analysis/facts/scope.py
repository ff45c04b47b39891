"""What a fact is about: one snapshot narrowed to services, one period, one moment. It knows no language."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from itsq_analysis.periods import Period, history

if TYPE_CHECKING:
    import pandas as pd

    from itsq_analysis.facts.cache import Cache
    from itsq_analysis.indicators import Indicator
    from itsq_analysis.settings import Settings
    from itsq_analysis.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Scope:
    """What a fact is about.

    Attributes:
        workspace: narrowed to the services of the report.
        period: the reporting period.
        moment: facts are as of this moment (workspace's zone).
        memory: the facts that were worked out for it; `fact` fills it.
    """

    workspace: Workspace
    period: Period
    moment: datetime
    memory: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.workspace.settings

    @property
    def catalogue(self) -> Mapping[str, Indicator]:
        """The indicators by id."""
        return self.workspace.definitions

    @property
    def services(self) -> tuple[str, ...]:
        """Only these services; () is all of them."""
        return self.workspace.services

    @property
    def cache(self) -> Cache | None:
        """Where dear facts are kept; None where there is no folder for them."""
        return self.workspace.cache

    @property
    def special_days(self) -> list[str | pd.DataFrame] | None:
        """The organisation's country and the workspace's own days, as forecasts and detectors take them; None without any."""
        return self.workspace.special_days

    @cached_property
    def today(self) -> date:
        """The local day of the last moment that the data know: a moment at midnight belongs to the day that it ends."""
        return (self.moment - timedelta(microseconds=1)).astimezone(self.settings.organisation.zone).date()

    def days_since(self, day: date) -> int:
        """Days from a day to `today`, negative before it: the one way in which a report tells how long ago or overdue a day is."""
        return (self.today - day).days

    def query(self, sql: str, **values: Any) -> pd.DataFrame:
        """Rows of a SELECT with named parameters; `$start` and `$end` are the period's bounds, cut at `$moment`, the scope's.

        Times come in the workspace's zone.
        """
        start, end = self.period.bounds(self.settings.organisation.zone)
        bounds = {"start": start, "end": min(end, self.moment), "moment": self.moment} | values
        return self.workspace.rows(sql, {name: value for name, value in bounds.items() if f"${name}" in sql})

    def has(self, table: str) -> bool:
        """Whether a table holds any row."""
        key = ("has", table)
        if key not in self.memory:
            self.memory[key] = bool(self.query(f'SELECT EXISTS (SELECT 1 FROM "{table}") AS found')["found"].iloc[0])
        return bool(self.memory[key])

    def history(self, count: int) -> list[Period]:
        """The period and the ones before it, oldest first."""
        return history(self.period, count)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days of the first calendar of itsq.toml from `start` to the day before `end`, also of days to come."""
        return int(self.workspace.calendar(self.settings.calendars[0].id).working_days(start, end))

    def working_days(self, period: Period) -> int:
        """Working days of a period in the first calendar of itsq.toml, up to the scope's moment; 0 long before the data."""
        calendar = self.workspace.calendar(self.settings.calendars[0].id)
        end = min(period.end, self.moment.astimezone(self.settings.organisation.zone).date())
        known = period.start.year >= calendar.first_year
        return int(calendar.working_days(period.start, end)) if known and end > period.start else 0
