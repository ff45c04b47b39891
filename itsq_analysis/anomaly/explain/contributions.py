"""Where an excess lies: which members, alone or in pairs of two dimensions, carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.anomaly.explain.days import Holidays, Ints, day_grid, day_slots
from itsq_analysis.anomaly.explain.expectation import Array, Window, expect, quantile, tail
from itsq_analysis.anomaly.explain.members import Candidate, Tickets, candidates, encode
from itsq_analysis.errors import ForecastError

LINES = 5
HISTORY = 364  # days before the event that are looked at
SHORTEST = 28  # days before it that are needed
ALPHA = 0.05
WORTH = 0.1  # of the largest excess told, below which a member is not worth a line
LOOKED_AT = 20  # candidates whose chance is computed, the best
NEAR, NEAR_SHARE = 2.0, 0.08  # so little less merit, absolute or of the best, tells it about as well
NEARLY_ALL = 0.9
WHOLE = Candidate(())
COLUMNS = (
    "first_dimension", "first_member", "second_dimension", "second_member", "also",
    "counted", "expected", "excess", "lower", "upper", "chance",
)  # fmt: skip


def contributions(
    tickets: pd.DataFrame,
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    holidays: Holidays = None,
    lines: int = LINES,
    alpha: float = ALPHA,
) -> pd.DataFrame:
    """Which members carry the excess, or the lack, of the days start to end.

    Every member of every dimension, every pair of two and the whole is expected from its own earlier days: its level, its week and
    its holidays (bent towards those of the whole where it is small). What best explains the counts is told first: the gain in
    log-likelihood of a rate of its own, less the log of how many candidates of its kind there are. Its tickets are then taken out
    and the rest looked at again, so that what overlaps is told once; a pair is told only where neither of its parts, raised as a
    whole, would explain it. Lines are in order of size.

    Args:
        tickets: one row per ticket (or `n` of them): `ds` (naive local time of opening), and a column of names per dimension;
            missing = not known. All of the event's series, at least four weeks before the event. Of dimensions that tell it about
            as well, the one whose column comes first is told.
        start, end: first and last day of the event.
        holidays: as for `itsq_analysis.detect`.
        lines: at most so many.
        alpha: probability of even one line where nothing changed but chance (Bonferroni over all candidates).

    Returns:
        first_dimension, first_member, second_dimension, second_member (missing where one dimension tells it; all four where the
        whole rose or fell alike), also (dimension -> a further member that holds nearly all of these tickets), counted, expected,
        excess (counted - expected), lower, upper (95 % interval of the excess), chance (after the correction). attrs: counted,
        expected, spread (of all tickets), tested (number of candidates), up (whether more or fewer than expected).

    Raises:
        ForecastError: a column `ds` is missing, or less than four weeks lie before the event.

    >>> days = pd.date_range("2026-08-03", periods=63, freq="D")
    >>> rows = [(day, place, 5) for day in days for place in ("north", "south")] + [(days[-1], "south", 30)]
    >>> found = contributions(pd.DataFrame(rows, columns=["ds", "site", "n"]), days[-1], days[-1])
    >>> found[["first_member", "counted", "expected"]].round(1).values.tolist()
    [['south', 35.0, 5.0]]
    """
    grid, first, last = _grid(tickets, start, end)
    search = _Search(encode(tickets, grid), day_slots(grid, holidays), first, last, alpha)
    return search.run(lines)


def _grid(tickets: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.DatetimeIndex, int, int]:
    if "ds" not in tickets:
        columns = ", ".join(map(str, tickets.columns)) or "none"
        raise ForecastError(
            f"tickets must have a column ds, the local time of opening; found {columns}; rename the one that holds it"
        )
    start, end = (pd.Timestamp(day).tz_localize(None).normalize() for day in (start, end))
    known_from = tickets["ds"].min() if len(tickets) else start
    begin = max(pd.Timestamp(known_from).normalize(), start - pd.Timedelta(days=HISTORY))
    if (start - begin).days < SHORTEST or end < start:
        raise ForecastError(
            f"an event must have {SHORTEST} days of tickets before it and end after it starts; found {start.date()} to "
            f"{end.date()} with tickets from {begin.date()} on; explain a later event"
        )
    grid = day_grid(begin, end)
    return grid, (start - begin).days, len(grid) - 1


@dataclass
class _Search:
    """The search for what explains one event."""

    tickets: Tickets
    slots: Ints
    first: int
    last: int
    alpha: float

    def run(self, lines: int) -> pd.DataFrame:
        whole = self._window(self.tickets, [WHOLE])
        up = bool(whole.counted[0] >= whole.mean[0])
        ratio, rest = 1.0, self.tickets
        rows: list[dict[str, Any]] = []
        tested = 0
        while len(rows) < lines:
            listed = candidates(rest, self.first, self.last)
            tested = max(tested, len(listed) + 1)
            best = self._best(rest, listed, up, ratio, tested, alone=not rows)
            if best is None:
                break
            chosen, row = best
            largest = max([abs(earlier["excess"]) for earlier in rows], default=0.0)
            if abs(row["excess"]) < WORTH * largest:
                break
            rows.append(row)
            if chosen == WHOLE:
                ratio = row["counted"] / max(row["expected"], 1e-9)
                if ratio <= 0:
                    break
            else:
                rest = rest.without(rest.of(chosen))
        return self._frame(rows, whole, up, tested)

    def _window(self, tickets: Tickets, listed: list[Candidate]) -> Window:
        counts = tickets.counts(listed)
        whole = np.bincount(tickets.day, tickets.weight, tickets.days).astype(float)
        return expect(counts, self.slots, whole, self.first).window(self.first, self.last)

    def _best(
        self, tickets: Tickets, listed: list[Candidate], up: bool, ratio: float, tested: int, *, alone: bool
    ) -> tuple[Candidate, dict[str, Any]] | None:
        """The candidate that explains most of what is left, if chance does not."""
        listed = [WHOLE, *listed] if alone else listed
        if not listed:
            return None
        plain = self._window(tickets, listed)
        window = Window(plain.counted, plain.mean * ratio, plain.spread)
        merit = window.gain(up) - _cost(listed)
        for place in self._order(listed, merit):
            chance = min(1.0, 2 * tested * _chance(window, place, up))
            if merit[place] <= 0 or chance > self.alpha:
                continue
            if _adds(listed, window, place, up, self.alpha):
                return listed[place], _row(listed[place], window, place, chance) | {"also": self._also(tickets, listed[place])}
        return None

    def _also(self, tickets: Tickets, chosen: Candidate) -> dict[str, str]:
        """Members of other dimensions that hold nearly all of a candidate's tickets in the event."""
        rows = tickets.of(chosen) & (tickets.day >= self.first) & (tickets.day <= self.last)
        nearly_all = {}
        for dimension, code in tickets.codes.items():
            known = rows & (code >= 0)
            if not chosen.parts or dimension in chosen.dimensions or not known.any():
                continue
            sizes = np.bincount(code[known], tickets.weight[known])
            if sizes.max() >= NEARLY_ALL * tickets.weight[rows].sum():
                nearly_all[dimension] = tickets.names[dimension][int(sizes.argmax())]
        return nearly_all

    def _order(self, listed: list[Candidate], merit: Array) -> list[int]:
        """The best candidates; of those that tell it about as well as the best, the one whose dimensions are named first."""
        best = np.argsort(-merit, kind="stable")[:LOOKED_AT].tolist()
        near = [place for place in best if merit[place] >= merit[best[0]] - max(NEAR, NEAR_SHARE * merit[best[0]])]
        place_of = {dimension: place for place, dimension in enumerate(self.tickets.codes)}
        near.sort(key=lambda place: (len(listed[place].parts), sum(place_of[name] for name in listed[place].dimensions)))
        return [*near, *(place for place in best if place not in near)]

    def _frame(self, rows: list[dict[str, Any]], whole: Window, up: bool, tested: int) -> pd.DataFrame:
        rows = sorted(rows, key=lambda row: (row["first_dimension"] is not None, -abs(row["excess"])))
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        frame.attrs |= {
            "counted": float(whole.counted[0]),
            "expected": float(whole.mean[0]),
            "spread": float(whole.spread[0]),
            "tested": tested,
            "up": up,
        }
        return frame


def _chance(window: Window, place: int, up: bool) -> float:
    return tail(float(window.counted[place]), float(window.mean[place]), float(window.spread[place]), up=up)


def _cost(listed: list[Candidate]) -> Array:
    """The log of how many candidates of its dimensions there are."""
    families: dict[tuple[str, ...], int] = {}
    for candidate in listed:
        families[candidate.dimensions] = families.get(candidate.dimensions, 0) + 1
    return np.array([np.log(families[candidate.dimensions]) + 0.5 * len(candidate.parts) for candidate in listed])


def _adds(listed: list[Candidate], window: Window, place: int, up: bool, alpha: float) -> bool:
    """Whether a pair holds more than its share of either part, had that part risen as a whole."""
    chosen = listed[place]
    if len(chosen.parts) < 2:
        return True
    for part in chosen.parts:
        single = Candidate((part,))
        if single not in listed:
            continue
        at = listed.index(single)
        counted, mean = float(window.counted[at]), float(window.mean[at])
        own = float(window.mean[place])
        inside = float(window.counted[place])
        # Of the part's tickets outside the pair, how far they too have risen is what the pair would have had.
        outside, due = counted - inside, max(mean - own, 1e-9)
        raised = own * (outside + 1.0) / (due + 1.0)
        if tail(inside, max(raised, own) if up else min(raised, own), float(window.spread[place]), up=up) > alpha:
            return False
    return True


def _row(chosen: Candidate, window: Window, place: int, chance: float) -> dict[str, Any]:
    parts = [*chosen.parts, (None, None), (None, None)][:2]
    counted, mean, spread = (float(part[place]) for part in (window.counted, window.mean, window.spread))
    return {
        "first_dimension": parts[0][0],
        "first_member": parts[0][1],
        "second_dimension": parts[1][0],
        "second_member": parts[1][1],
        "counted": counted,
        "expected": mean,
        "excess": counted - mean,
        "lower": counted - quantile(0.975, mean, spread),
        "upper": counted - quantile(0.025, mean, spread),
        "chance": chance,
    }
