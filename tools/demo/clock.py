"""Working time in whole seconds: a thin layer over `worktime`, which counts in microseconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itsq_analysis.worktime import Calendar
from tools.demo.draws import Bools, Ints


@dataclass(frozen=True)
class Clock:
    """Working hours for some tickets and the whole day for others.

    `office` is the calendar of the tickets for which `around` is false; the others run 7×24. Moments are seconds since 1970 UTC.
    """

    office: Calendar

    def add(self, start: Ints, seconds: Ints, around: Bools) -> Ints:
        """The moment at which `seconds` of working time have passed since `start`."""
        return np.where(around, start + seconds, self.office.add(self._micro(start), seconds) // 1_000_000)

    def between(self, start: Ints, end: Ints, around: Bools) -> Ints:
        """Seconds of working time from `start` to `end`; 0 where `end` is not later."""
        end = np.maximum(start, end)
        return np.where(around, end - start, self.office.working_seconds(self._micro(start), self._micro(end)))

    def _micro(self, moments: Ints) -> Ints:
        """Microseconds; what never happens (see `work.NEVER`) is moved to the end of the calendar."""
        first, last = self.office.span
        return np.clip(moments * 1_000_000, first, last - 1)
