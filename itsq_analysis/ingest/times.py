"""Texts of dates and times: which formats, which order of day and month, and from a zone's wall time to UTC, all as SQL."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from typing import TypeVar
from zoneinfo import ZoneInfo

import duckdb

from itsq_analysis.errors import IngestError
from itsq_analysis.store import literal

FIRST_YEAR, LAST_YEAR = 1990, 2100  # times outside are implausible
EPOCH = datetime(1970, 1, 1)
EXCEL_EPOCH_DAYS = 25569  # the serial number of 1970-01-01
_YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y")
_CLOCKS = (" %H:%M:%S", " %H:%M", "", "T%H:%M:%S", "T%H:%M", " %H:%M:%S.%f", "T%H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")
_OFFSETS = ("%z", " %z")
_NO_OFFSET = (
    r"[+-](?:1[5-9]|[2-9][0-9]|14:?(?:0[1-9]|[1-9][0-9]))(?::?[0-9]{2})?$|:[0-9]{2} ?[+-][0-9]{2}:?[6-9][0-9]$"  # beyond 14 hours
)
_CHINESE_CLOCKS = (
    "%Y年%m月%d日%H:%M:%S",
    "%Y年%m月%d日%H:%M",
    "%Y年%m月%d日 %H时%M分%S秒",
    "%Y年%m月%d日 %H时%M分",
    "%Y年%m月%d日%H时%M分",
)

Step = TypeVar("Step", int, str)


@dataclass(frozen=True)
class Formats:
    """strptime formats; of any text at most one fits.

    Attributes:
        local: of wall time in the source's zone.
        zoned: with an offset from UTC.
        epoch: whether a bare number counts seconds since 1970 UTC (13 digits: milliseconds).
        serials: whether a bare number of a text is a spreadsheet's serial date.
    """

    local: tuple[str, ...]
    zoned: tuple[str, ...]
    epoch: bool = False
    serials: bool = False


def usual_formats(day_first: bool | None) -> Formats:
    """The formats that are tried without a mapping's own; day/month order only where it is known.

    >>> "%d/%m/%Y %H:%M" in usual_formats(True).local, "%d/%m/%Y %H:%M" in usual_formats(None).local
    (True, False)
    """
    ordered = () if day_first is None else _DAY_FIRST if day_first else _MONTH_FIRST
    local = [day + clock for clock, day in product(_CLOCKS, (*_YEAR_FIRST, *ordered))]
    seconds = [clock for clock in _CLOCKS if clock and "%p" not in clock]
    zoned = [day + clock + offset for offset, clock, day in product(_OFFSETS, seconds, (*_YEAR_FIRST[:2], *ordered))]
    return Formats((*local, *_CHINESE_CLOCKS), tuple(zoned))


def own_formats(connection: duckdb.DuckDBPyConnection, formats: Sequence[str]) -> Formats:
    """A mapping's own formats, told apart.

    Raises:
        IngestError: one is not a strptime format.
    """
    for text in formats:
        try:
            connection.execute("SELECT try_strptime('', ?)", [text]).fetchall()
        except duckdb.InvalidInputException as error:
            raise IngestError(
                f'date_formats of a mapping must be strptime formats, such as "%d.%m.%Y %H:%M"; found {text!r}; correct it'
            ) from error
    return Formats(tuple(text for text in formats if "%z" not in text), tuple(text for text in formats if "%z" in text))


def local_micros(text: str, formats: Sequence[str], *, serials: bool) -> str:
    """SQL: microseconds since 1970 of the wall time that `text` (an SQL expression) names; NULL where no local format fits.

    `serials`: a bare number is an Excel serial date, in days since 1899-12-30, taken to the second.
    """
    parsed = f"epoch_us(try_strptime({text}, {_listed(formats)}))" if formats else "NULL::BIGINT"
    if not serials:
        return parsed
    days = f"try_cast({text} AS DOUBLE)"
    serial = f"CASE WHEN {days} BETWEEN 1 AND 100000 THEN round(({days} - {EXCEL_EPOCH_DAYS}) * 86400)::BIGINT * 1000000 END"
    return f"coalesce({parsed}, {serial})"


def zoned_micros(text: str, formats: Sequence[str], *, epoch: bool = False) -> str:
    """SQL: microseconds since 1970 UTC of a text with an offset or a final Z; NULL where no zoned format fits.

    `epoch`: a bare number counts seconds since 1970 UTC, one of 12 or 13 digits milliseconds.
    """
    parsed = "NULL::BIGINT"
    if formats:
        moment = f"epoch_us(try_strptime(regexp_replace({text}, '\\s*[Zz]$', '+00:00'), {_listed(formats)}))"
        parsed = f"CASE WHEN NOT regexp_matches({text}, '{_NO_OFFSET}') THEN {moment} END"
    return f"coalesce({epoch_micros(text)}, {parsed})" if epoch else parsed


def epoch_micros(text: str) -> str:
    """SQL: microseconds since 1970 UTC of a bare number of seconds (9 or 10 digits) or milliseconds (12 or 13 digits)."""
    return (
        f"CASE WHEN regexp_full_match({text}, '\\d{{9,10}}(\\.\\d{{1,9}})?') "
        f"THEN (try_cast({text} AS DECIMAL(20, 6)) * 1000000)::BIGINT "
        f"WHEN regexp_full_match({text}, '\\d{{12,13}}') THEN try_cast({text} AS BIGINT) * 1000 END"
    )


def _listed(formats: Sequence[str]) -> str:
    return "[" + ", ".join(literal(text) for text in formats) + "]"


@dataclass(frozen=True)
class WallClock:
    """A zone's wall time, 1990 to 2100, as steps: what holds from a wall time (microseconds since 1970) on.

    Attributes:
        offsets: from -> microseconds to subtract for UTC. A wall time that occurs twice is taken as the first; one that does not
            exist is moved forward by the gap.
        doubtful: from -> "ambiguous", "shifted" or "" for the wall times between.
        seconds: from -> microseconds by which the second occurrence of a wall time is later; 0 where it occurs once.
    """

    offsets: tuple[tuple[int, int], ...]
    doubtful: tuple[tuple[int, str], ...]
    seconds: tuple[tuple[int, int], ...]

    def within(self, years: tuple[int, int] | None) -> WallClock:
        """The same clock for wall times of some years, both included; None is all of them."""
        if years is None:
            return self
        low, high = (_micros(datetime(min(max(year, FIRST_YEAR), LAST_YEAR), 1, 1)) for year in (years[0] - 1, years[1] + 2))
        return WallClock(_between(self.offsets, low, high), _between(self.doubtful, low, high), _between(self.seconds, low, high))

    def in_order(self, wall: str, moment: str, start: str) -> str:
        """SQL: a moment made of a wall time, in its second occurrence where the first would lie before `start`."""
        later = f"{moment} + to_microseconds({_steps(wall, self.seconds)})"
        return f"CASE WHEN {moment} < {start} AND {later} >= {start} THEN {later} ELSE {moment} END"

    def utc_micros(self, wall: str) -> str:
        """SQL: microseconds since 1970 UTC of a wall time (an SQL expression)."""
        return f"{wall} - ({_steps(wall, self.offsets)})"

    def is_doubtful(self, wall: str, kind: str) -> str:
        """SQL: whether a wall time is "ambiguous" or "shifted"."""
        if len(self.doubtful) == 1:
            return "false"
        flags = tuple((start, "true" if found == kind else "false") for start, found in self.doubtful)
        return f"coalesce({_steps(wall, flags)}, false)"


@cache
def wall_clock(timezone: str) -> WallClock:
    """The wall clock of an IANA zone, from the time zone database.

    >>> wall_clock("Asia/Shanghai").offsets[-1][1] // 3_600_000_000
    8
    """
    zone = ZoneInfo(timezone)
    start, end = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
    offsets: list[tuple[int, int]] = [(0, _offset(start, zone))]
    doubtful: list[tuple[int, str]] = [(0, "")]
    seconds: list[tuple[int, int]] = [(0, 0)]
    moment = start
    while moment < end:
        following = moment + timedelta(days=1)
        before, after = _offset(moment, zone), _offset(following, zone)
        if before != after:
            change = _micros(_change(moment, following, zone))
            earlier, later = change + min(before, after), change + max(before, after)
            offsets.append((later, after))
            doubtful += [(earlier, "shifted" if after > before else "ambiguous"), (later, "")]
            seconds += [(earlier, before - after), (later, 0)] if before > after else []
        moment = following
    return WallClock(tuple(offsets), tuple(doubtful), tuple(seconds))


def _change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the offset changes between two moments."""
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if _offset(middle, zone) == _offset(low, zone) else (low, middle)
    return high


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)


def _micros(moment: datetime) -> int:
    return (moment.replace(tzinfo=None) - EPOCH) // timedelta(microseconds=1)


def _between(steps: tuple[tuple[int, Step], ...], low: int, high: int) -> tuple[tuple[int, Step], ...]:
    """The steps that hold somewhere from low to high."""
    starts = [start for start, _ in steps]
    return steps[max(bisect_right(starts, low) - 1, 0) : bisect_right(starts, high)]


def _steps(wall: str, steps: Sequence[tuple[int, Step]]) -> str:
    """SQL: the value of the last step at or before a wall time, found by halving."""
    if len(steps) == 1:
        return str(steps[0][1])
    middle = len(steps) // 2
    return f"CASE WHEN {wall} < {steps[middle][0]} THEN {_steps(wall, steps[:middle])} ELSE {_steps(wall, steps[middle:])} END"
