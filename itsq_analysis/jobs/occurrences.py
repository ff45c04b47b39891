"""When a job is due: cron in its time zone, narrowed to working days.

A fixed time is due once on each of its days: where the clock jumps over it, at the first moment after the jump; where it comes
twice, the first time. A job that runs every so many minutes or hours keeps its pace through both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

from cronsim import CronSim

from itsq_analysis.settings import Settings
from itsq_analysis.settings.fields import zone
from itsq_analysis.settings.jobs import NTH_WORKING_DAY, JobSettings
from itsq_analysis.worktime import Calendar, build_calendar

FARTHEST = timedelta(days=800)  # a job that is not due for so long is never due


@dataclass(frozen=True)
class Timetable:
    """When one job is due.

    Attributes:
        job: as itsq.toml has it.
        settings: of the workspace, for zone and calendars.
        folder: of the workspace, for the days of its folder `calendar`; None is none.
    """

    job: JobSettings
    settings: Settings
    folder: Path | None = None

    @property
    def zone(self) -> ZoneInfo:
        """In which the job's times are meant."""
        return zone(self.job.timezone) if self.job.timezone else self.settings.organisation.zone

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The moments after one and up to another, UTC, oldest first.

        >>> job = JobSettings(id="m", report="quality", cron="30 7 * * *", on="first working day")
        >>> times = Timetable(job, Settings())
        >>> [str(at) for at in times.between(datetime(2026, 9, 20, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))]
        ['2026-10-07 23:30:00+00:00', '2026-11-01 23:30:00+00:00']
        """
        newest = after
        for due in takewhile(lambda moment: moment <= until, self._moments(after)):
            if due > newest and self._counts(due.astimezone(self.zone).date()):
                newest = due
                yield due

    def newest(self, until: datetime) -> datetime | None:
        """The last moment up to another; None where there is none in two years before it."""
        for due in takewhile(lambda moment: moment > until - FARTHEST, self._moments(until + timedelta(seconds=1), back=True)):
            if due <= until and self._counts(due.astimezone(self.zone).date()):
                return due
        return None

    def following(self, after: datetime, count: int) -> list[datetime]:
        """The next moments after one, at most so many."""
        return [due for due, _ in zip(self.between(after, after + FARTHEST), range(count), strict=False)]

    def warnings(self, until: date) -> list[str]:
        """What is not known of working days up to a day; empty where the job asks for none."""
        return [] if self.job.on == "any day" else self._calendar_of(until).warnings(date(until.year, 1, 1), until)

    def _moments(self, start: datetime, back: bool = False) -> Iterator[datetime]:
        """cron's own moments in UTC; without end, or until the calendar of this world ends."""
        for due in CronSim(self.job.cron, start.astimezone(self.zone), reverse=back):
            yield due.astimezone(UTC)

    def _counts(self, day: date) -> bool:
        """Whether the job runs on a local day."""
        on = self.job.on
        if on == "any day":
            return True
        calendar = self._calendar_of(day)
        if not calendar.is_working_day(day):
            return False
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        number, last = calendar.working_days(first, day) + 1, calendar.working_days(day, following) == 1
        nth = NTH_WORKING_DAY.fullmatch(on)
        return on == "working days" or (last if on == "last working day" else number == (int(nth[1]) if nth else 1))

    def _calendar_of(self, day: date) -> Calendar:
        if day.year not in self._built:
            chosen = self.job.calendar or self.settings.calendars[0].id
            calendar = next(calendar for calendar in self.settings.calendars if calendar.id == chosen)
            own = self.folder / "calendar" if self.folder else None
            years = {"first_year": day.year, "last_year": day.year + 1}
            self._built[day.year] = build_calendar(
                calendar.id, calendar.hours, self.settings.organisation.timezone, calendar.holidays, own, **years
            )
        return self._built[day.year]

    @cached_property
    def _built(self) -> dict[int, Calendar]:
        return {}
