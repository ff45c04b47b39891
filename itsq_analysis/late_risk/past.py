"""What the log told of tickets at earlier moments: which stretch they were in, and what had become of their time by then."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from itsq_analysis.indicators.late.stretches import KINDS, UNASSIGNED
from itsq_analysis.ingest.sla import MISSING, Int64s
from itsq_analysis.late_risk.tickets import HOUR, Floats, Tickets
from itsq_analysis.worktime.moments import SECOND


@dataclass(frozen=True)
class Past:
    """The log of tickets, added up from row to row. All times in hours on the clock of the ticket's rule."""

    tickets: Tickets

    def place(self, ticket: Int64s, at: Int64s) -> Int64s:
        """The newest row of the log that each ticket had at its moment; -1 where it had none."""
        found = np.searchsorted(self._order, self._key(ticket, at), side="right") - 1
        mine = (found >= 0) & (self.tickets.stretches.row[found] == ticket) if self.tickets.logged else np.zeros(found.size, bool)
        return np.where(mine, found, -1)

    def hours(self, ticket: Int64s, at: Int64s) -> pd.DataFrame:
        """Columns whole (since opened), used (without pauses), here (in the state that it was in), one for each of `KINDS`."""
        place = self.place(ticket, at)
        shown = self.tickets.on_clock(ticket, at)
        whole = shown - self._opened[ticket]
        here = np.where(place < 0, whole, shown - self._start[place])
        spent = np.where(place[:, None] < 0, 0, self._spent[place])
        before = np.where(place < 0, 0, self._paused[place])
        stopped = (place >= 0) & self.tickets.stops[place] if self.tickets.logged else np.zeros(place.size, bool)
        kind = self.kind(place)
        spent[np.arange(place.size), kind] += here
        used = whole - before - np.where(stopped, here, 0)
        columns = {"whole": whole, "used": used, "here": here} | {name: spent[:, n] for n, name in enumerate(KINDS)}
        return pd.DataFrame({name: values / HOUR for name, values in columns.items()})

    def kind(self, place: Int64s) -> Int64s:
        """The kind of these stretches; before its first row a ticket was new."""
        if not self.tickets.logged:
            return np.full(place.size, UNASSIGNED)
        return np.where(place < 0, UNASSIGNED, self.tickets.stretches.kind[place])

    def over(self, place: Int64s) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether the ticket was resolved, closed or canceled."""
        if not self.tickets.logged:
            return np.zeros(place.size, bool)
        return np.asarray((place >= 0) & self.tickets.stretches.over[place])

    def counts(self, place: Int64s) -> pd.DataFrame:
        """Columns rows (of the log so far), moves (changes of group), reopened, waits (times on hold)."""
        columns = {"rows": self._rows, "moves": self._moves, "reopened": self._reopened, "waits": self._waits}
        return pd.DataFrame({name: np.where(place < 0, 0, running[place]) for name, running in columns.items()}).astype(float)

    def group(self, place: Int64s) -> Int64s:
        """The number of the group that held each; -1 where the log names none."""
        return np.where(place < 0, -1, self.holders[0][place])

    @cached_property
    def holders(self) -> tuple[Int64s, list[str]]:
        """Per row of the log the number of the group that holds (-1: none), and the groups' names."""
        codes, names = pd.factorize(self.tickets.stretches.holder.to_pandas(), sort=True)
        return _one_more(codes.astype(np.int64), -1), [str(name) for name in names]

    def _key(self, ticket: Int64s, at: Int64s) -> Int64s:
        second = (at - self._first) // SECOND
        return ticket * self._span + np.clip(second, 0, self._span - 1)

    @cached_property
    def _first(self) -> int:
        return int(
            min(self.tickets.opened.min(initial=self.tickets.moment), self.tickets.stretches.start.min(initial=self.tickets.moment))
        )

    @cached_property
    def _span(self) -> int:
        return (self.tickets.moment - self._first) // SECOND + 2

    @cached_property
    def _order(self) -> Int64s:
        return self._key(self.tickets.stretches.row, self.tickets.stretches.start)

    @cached_property
    def _opened(self) -> Int64s:
        return self.tickets.on_clock(np.arange(self.tickets.opened.size), self.tickets.opened)

    @cached_property
    def _start(self) -> Int64s:
        rows = self.tickets.stretches
        start = np.maximum(rows.start, self.tickets.opened[rows.row])
        return _one_more(self.tickets.on_clock(rows.row, start), 0)

    @cached_property
    def _lasted(self) -> Int64s:
        rows = self.tickets.stretches
        end = np.where(rows.end == MISSING, self.tickets.moment, rows.end)
        end = np.maximum(end, self.tickets.opened[rows.row])
        return np.asarray(np.maximum(self.tickets.on_clock(rows.row, end) - self._start[:-1], 0))

    @cached_property
    def _spent(self) -> Int64s:
        rows = self.tickets.stretches
        parts = np.zeros((rows.row.size + 1, len(KINDS)), np.int64)
        parts[np.arange(rows.row.size), rows.kind] = self._lasted
        for number in range(len(KINDS)):
            parts[:-1, number] = self._before(parts[:-1, number])
        first = np.flatnonzero(np.diff(rows.row, prepend=-1))  # before its first row the ticket was new
        lead = np.zeros(self.tickets.opened.size, np.int64)
        lead[rows.row[first]] = np.maximum(self._start[:-1][first] - self._opened[rows.row[first]], 0)
        parts[:-1, UNASSIGNED] += lead[rows.row]
        return parts

    @cached_property
    def _paused(self) -> Int64s:
        return _one_more(self._before(np.where(self.tickets.stops, self._lasted, 0)), 0)

    @cached_property
    def _rows(self) -> Int64s:
        return _one_more(self._before(np.ones_like(self.tickets.stretches.row)) + 1, 0)

    @cached_property
    def _moves(self) -> Int64s:
        row, holder = self.tickets.stretches.row, self.holders[0][:-1]
        moved = (np.diff(row, prepend=-1) == 0) & (np.diff(holder, prepend=-1) != 0) & (np.roll(holder, 1) >= 0)
        return self._so_far(moved)

    @cached_property
    def _reopened(self) -> Int64s:
        row, over = self.tickets.stretches.row, self.tickets.stretches.over
        return self._so_far((np.diff(row, prepend=-1) == 0) & ~over & np.roll(over, 1))

    @cached_property
    def _waits(self) -> Int64s:
        return self._so_far(self.tickets.stretches.held)

    def _so_far(self, marked: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Int64s:
        """How many rows of its ticket are marked, up to each row."""
        steps = marked.astype(np.int64)
        return _one_more(self._before(steps) + steps, 0)

    def _before(self, values: Int64s) -> Int64s:
        """The sum of the values of earlier rows of the same ticket."""
        running = np.cumsum(values) - values
        row = self.tickets.stretches.row
        return np.asarray(running - running[np.searchsorted(row, row, side="left")]) if row.size else running


def _one_more(values: Int64s, last: int) -> Int64s:
    """With a last entry that the place -1 finds."""
    return np.append(values, last)


def share(part: Floats, whole: Floats) -> Floats:
    """A part of a whole; NaN where there is no whole."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(whole > 0, part / whole, np.nan))
