"""How much of each resource is used, hour by hour: what monitoring sees, and how it would go on after the last export.

All amounts are whole numbers of a small unit (MiB, thousandths of a share, hundredths of a megabit), so that every platform makes
the same ones. What is planted here is told by `foreseen`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrivals import OFFICE_YEAR, QUIET_HOURS, TRADE_YEAR, WEEK, WORKING_HOURS, days
from tools.demo.draws import Bools, Draws, Ints
from tools.demo.planted import DAY, EXTRACTED, HOUR, OFFSET, moment

FIRST = moment("2025-10-01")
AHEAD = 400  # days that are known beyond the last export, for the truth alone
GIB = 1024

FILLS_ON = moment("2026-12-13")  # the warehouse's disk reaches its critical threshold
ORDERS_FULL_ON = moment("2027-03-28")
CLEANED_ON = moment("2026-03-14 22:00")  # the finance database, by an earlier decision
LEAK_FROM = moment("2026-03-16 22:00")
RESTARTS = tuple(
    moment(f"{text} 03:00")
    for text in ("2026-04-12", "2026-05-10", "2026-06-07", "2026-06-28", "2026-07-26", "2026-08-23", "2026-09-20", "2026-10-18")
)
LEAK = 1130  # MiB a day
STEP_ON = moment("2026-05-11 06:00")  # another warehouse joins the ERP
STEP_PERCENT = 155
BURST = (moment("2026-08-19 09:00"), moment("2026-08-20 21:00"))
GAP = (moment("2026-07-03 12:00"), moment("2026-07-09 10:00"))
PEAKS = {(6, 17): 118, (6, 18): 128, (11, 10): 128, (11, 11): 150, (11, 12): 132, (12, 12): 122}  # month, day -> per cent


@dataclass(frozen=True)
class Hours:
    """One entry per hour from `FIRST` on, also after the last export; `start` is in seconds since 1970 UTC."""

    start: Ints
    hour: Ints
    month: Ints
    day: Ints
    weekday: Ints
    working: Bools
    month_end: Bools  # the last two working days of a month and the first of the next

    @property
    def number(self) -> Ints:
        """Whole days since `FIRST`."""
        return (self.start - FIRST) // DAY


@dataclass(frozen=True)
class Course:
    """What one metric of one resource shows.

    Attributes:
        resource: as in the register.
        metric: its name.
        values: per hour, in `1 / scale` of the unit.
        every: hours between two values that are exported.
        known: hours that monitoring saw.
    """

    resource: str
    metric: str
    values: Ints
    scale: int
    every: int
    known: Bools


def hours() -> Hours:
    """The hours of the demo's monitoring."""
    calendar = days(EXTRACTED + AHEAD * DAY)
    kept = calendar.start >= FIRST
    start, working = calendar.start[kept], calendar.working[kept]
    dates = (start + OFFSET).astype("datetime64[s]").astype("datetime64[D]")
    month = calendar.month[kept]
    left = np.array([int(working[place:][month[place:] == month[place]][:31].sum()) for place in range(start.size)])
    first = working & (np.diff(month, prepend=month[0]) != 0)
    day = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    fields = (month, day, calendar.weekday[kept], working, (working & (left <= 2)) | first)
    return Hours(
        (start[:, None] + HOUR * np.arange(24)).ravel(),
        np.tile(np.arange(24), start.size),
        *(np.repeat(field, 24) for field in fields),
    )


def activity(found: Hours, trade: bool, quiet: int) -> Ints:
    """Use by people in thousandths of the busiest hour of an average working day.

    Args:
        found: the hours.
        trade: whether it follows the seasons of trade.
        quiet: per cent of a working day that a day off brings.
    """
    year = np.array(TRADE_YEAR if trade else OFFICE_YEAR)[found.month - 1]
    week = np.where(found.working, np.array(WEEK)[found.weekday], quiet)
    working, off = WORKING_HOURS * 1000 // WORKING_HOURS.max(), QUIET_HOURS * 1000 // QUIET_HOURS.max()
    hour = np.where(found.working, working[found.hour], off[found.hour])
    return np.asarray(year * week * hour // 10_000)


def noise(seed: int, name: str, size: int, width: int) -> Ints:
    """Chance around zero, at most `width`, more often small than large."""
    draws = Draws(seed, f"metrics {name}")
    return (draws.between(-width, width, size) + draws.between(-width, width, size)) // 2


def courses(seed: int) -> tuple[Course, ...]:
    """Every metric of the demo."""
    found = hours()
    seen = found.start + HOUR <= EXTRACTED
    gap = (found.start >= GAP[0]) & (found.start < GAP[1])
    all_of_it: list[tuple[str, str, Ints, int, int, Bools]] = [
        ("wms-db01:/data", "used_gib", _disk(found, seed), GIB, 2, seen),
        ("log01:/var/log", "used_gib", _logs(found, seed), GIB, 2, seen),
        ("mail-store01:/mail", "vfs.fs.size[/mail,free]", 8192 * GIB - _mail(found, seed), GIB, 1, seen),
        ("order-db", "used_gib", _orders(found, seed), GIB, 6, seen),
        ("finance-db", "used_gib", _finance(found, seed), GIB, 6, seen),
        ("tms-app01", "memory_used_gib", _leak(found, seed), GIB, 1, seen),
        ("portal-web", "cpu_share", _portal(found, seed), 10_000, 1, seen),
        ("erp-app", "cpu_share", _erp(found, seed), 10_000, 1, seen),
        ("wms-app-cluster", "system.cpu.util", _cluster(found, seed), 100, 1, seen),
        ("test-cluster", "system.cpu.util", _idle(found, seed, "test-cluster", 340, 620), 100, 1, seen),
        ("wan-hq", "mbit_s", _link(found, seed), 100, 1, seen & ~gap),
        ("wan-backup", "mbit_s", _idle(found, seed, "wan-backup", 900, 3100), 100, 2, seen),
        ("portal-db:connections", "in_use", _pool(found, seed), 1, 1, seen),
        ("erp-licence", "assigned", _licences(found, seed), 1, 24, seen),
        ("dc1", "it_kwh", _energy(found, seed), 1, 24, seen),
        ("dc1", "total_kwh", _site_energy(found, seed), 1, 24, seen),
    ]
    return tuple(Course(*one) for one in all_of_it)


def _filled(found: Hours, a_day: Ints, until: int, level: int) -> Ints:
    """Growth by `a_day` (per hour, what a whole day of that kind brings), laid so that `level` is reached at `until`."""
    grown = np.cumsum(a_day // 24)
    return np.asarray(grown + level - grown[int(np.searchsorted(found.start, until))])


def _disk(found: Hours, seed: int) -> Ints:
    """A disk that fills with the trade; daily backups make small waves."""
    a_day = 5600 * np.array(TRADE_YEAR)[found.month - 1] // 100 * np.where(found.working, 110, 78) // 100
    waves = np.where(found.hour < 4, 6 * GIB, 0) + noise(seed, "disk", found.start.size, 1500)
    return _filled(found, a_day, FILLS_ON, 4096 * GIB * 90 // 100) + waves - 1500


def _logs(found: Hours, seed: int) -> Ints:
    """Logs, cleaned on the first of each month at three."""
    a_day = 7200 * np.where(found.working, 112, 74) // 100 * np.array(OFFICE_YEAR)[found.month - 1] // 100
    grown = np.cumsum(a_day // 24)
    cleaned = (found.day == 1) & (found.hour == 3)
    since = np.maximum.accumulate(np.where(cleaned, grown, 0))
    return np.asarray(62 * GIB + grown - since + noise(seed, "logs", found.start.size, 900))


def _mail(found: Hours, seed: int) -> Ints:
    return _filled(found, np.full(found.start.size, 1900), EXTRACTED, 4996 * GIB) + noise(seed, "mail", found.start.size, 700)


def _orders(found: Hours, seed: int) -> Ints:
    a_day = 1180 * np.array(TRADE_YEAR)[found.month - 1] // 100 * np.where(found.working, 112, 72) // 100
    return _filled(found, a_day, ORDERS_FULL_ON, 2048 * GIB * 90 // 100) + noise(seed, "orders", found.start.size, 350)


def _finance(found: Hours, seed: int) -> Ints:
    """A database that month ends fill; once archived."""
    a_day = np.where(found.month_end, 1750, 390)
    grown = _filled(found, a_day, CLEANED_ON, 846 * GIB) - np.where(found.start >= CLEANED_ON, 178 * GIB, 0)
    return np.asarray(grown + noise(seed, "finance", found.start.size, 250))


def _leak(found: Hours, seed: int) -> Ints:
    """Memory that an application does not give back since a release; restarts free it."""
    since = np.zeros(found.start.size, dtype=np.int64)
    for begins in (LEAK_FROM, *RESTARTS):
        since = np.where(found.start >= begins, begins, since)
    leaked = np.where(since > 0, (found.start - since) * LEAK // DAY, 0)
    used = 26 * GIB + activity(found, False, 40) * 4 + leaked + noise(seed, "leak", found.start.size, 500)
    return np.asarray(np.minimum(used, 64 * GIB))


def _portal(found: Hours, seed: int) -> Ints:
    """Processors of the order portal, in ten-thousandths: week, end of month, shopping peaks, growth."""
    percent = np.full(found.start.size, 100)
    for (month, day), share in PEAKS.items():
        percent = np.where((found.month == month) & (found.day == day), share, percent)
    percent = np.where(found.month_end, percent * 112 // 100, percent)
    used = 700 + activity(found, True, 82) * 410 // 100 * percent // 100 * (3650 + found.number) // 3650
    return np.asarray(np.clip(used + noise(seed, "portal", found.start.size, 180), 150, 10_000))


def _erp(found: Hours, seed: int) -> Ints:
    used = 650 + activity(found, False, 25) * 26 // 10 * np.where(found.month_end, 118, 100) // 100
    used = np.where(found.start >= STEP_ON, used * STEP_PERCENT // 100, used)
    return np.asarray(np.clip(used + noise(seed, "erp", found.start.size, 160), 150, 10_000))


def _cluster(found: Hours, seed: int) -> Ints:
    """Both members of the warehouse's cluster together, in hundredths of a per cent: enough, until one fails."""
    used = 900 + activity(found, True, 70) * 44 // 10 * (7300 + found.number) // 7300
    return np.asarray(np.clip(used + noise(seed, "cluster", found.start.size, 220), 150, 10_000))


def _idle(found: Hours, seed: int, name: str, usual: int, busy: int) -> Ints:
    """Hardly used: `usual` always, `busy` more in the busiest hour."""
    used = usual + activity(found, False, 20) * busy // 1000
    return np.asarray(np.maximum(used + noise(seed, name, found.start.size, usual // 3), 20))


def _link(found: Hours, seed: int) -> Ints:
    """A link to the carrier, in hundredths of Mbit/s; grows by a quarter in a year."""
    used = 4000 + activity(found, False, 30) * 54 * (1460 + found.number) // 1460
    return np.asarray(np.clip(used + noise(seed, "link", found.start.size, 2500), 500, 100_000))


def _pool(found: Hours, seed: int) -> Ints:
    """Connections of a database, of 400; a runaway job held more for two days."""
    used = 24 + activity(found, True, 80) * 128 // 1000 + noise(seed, "pool", found.start.size, 9)
    return np.asarray(np.where((found.start >= BURST[0]) & (found.start < BURST[1]), used + 190, used))


def _licences(found: Hours, seed: int) -> Ints:
    """Users with a licence, of 1,200; people come in steps."""
    draws = Draws(seed, "metrics licences")
    joined = np.cumsum(np.where((found.hour == 0) & found.working, draws.pick([62, 24, 10, 4], found.start.size), 0))
    left = np.cumsum(np.where((found.hour == 0) & (found.day == 1), draws.between(2, 6, found.start.size), 0))
    return np.asarray(1046 + joined - left)


def _energy(found: Hours, seed: int) -> Ints:
    """Electricity of the machines of a room in a day, kWh."""
    return np.asarray(1430 + found.number * 9 // 100 + noise(seed, "energy", found.start.size, 22))


def _site_energy(found: Hours, seed: int) -> Ints:
    """All electricity of that room: cooling takes more in summer."""
    cooling = np.array((38, 38, 41, 46, 52, 58, 63, 63, 57, 49, 43, 39))[found.month - 1]
    return np.asarray(_energy(found, seed) * (100 + cooling) // 100 + noise(seed, "site", found.start.size, 18))


def foreseen(course: Course, limit: int, found: Hours) -> str | None:
    """The first day after the last export on which the second highest hour reaches a limit (in `1 / scale` units)."""
    daily = np.sort(course.values.reshape(-1, 24), axis=1)[:, -2]
    start = found.start[::24]
    reached = start[(start >= EXTRACTED - EXTRACTED % DAY) & (daily >= limit)]
    return str((reached[:1] + OFFSET).astype("datetime64[s]").astype("datetime64[D]")[0]) if reached.size else None
