"""How much a group had to do at a moment: its open tickets, and how many it had ended in the week before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from itsq_analysis.ingest.sla import MISSING, Int64s
from itsq_analysis.late_risk.past import Past
from itsq_analysis.worktime.moments import SECOND

WEEK = 7 * 86_400


@dataclass(frozen=True)
class GroupLoad:
    """Moments at which tickets came to and left each group (number of `Past.holders`; the last one is all groups together)."""

    came: Int64s
    left: Int64s
    ended: Int64s
    groups: int
    first: int

    @classmethod
    def of(cls, past: Past) -> GroupLoad:
        """From the log; without one only all groups together."""
        tickets, rows = past.tickets, past.tickets.stretches
        until = tickets.until[rows.row]
        end = np.minimum(np.where(rows.end == MISSING, until, rows.end), until)
        working = ~rows.over & (end > rows.start)
        gone = (rows.end != MISSING) | ~tickets.open[rows.row]  # the others hold their ticket still
        holder, groups = past.holders[0][:-1], len(past.holders[1])
        known = working & (holder >= 0)
        every = np.full(tickets.opened.size, groups)
        over = ~tickets.open
        last = past.group(past.place(np.arange(over.size), tickets.until))
        by_group = over & (last >= 0)
        first = int(tickets.opened.min(initial=tickets.moment))
        load = cls(every, every, every, groups, first)
        return cls(
            load.sorted_keys(np.append(holder[known], every), np.append(rows.start[known], tickets.opened)),
            load.sorted_keys(np.append(holder[known & gone], every[over]), np.append(end[known & gone], tickets.ended[over])),
            load.sorted_keys(np.append(last[by_group], every[over]), np.append(tickets.ended[by_group], tickets.ended[over])),
            groups,
            first,
        )

    def sorted_keys(self, group: Int64s, at: Int64s) -> Int64s:
        """Moments of all groups as one ascending array."""
        return np.sort(self.key(group, at))

    def key(self, group: Int64s, at: Int64s) -> Int64s:
        """A group's moment in that array."""
        return group * (1 << 40) + (1 << 30) + (at - self.first) // SECOND

    def at(self, group: Int64s, at: Int64s) -> pd.DataFrame:
        """Columns open, ended (in the week before), all_open and all_ended; missing for a group that is not known."""
        columns = {}
        for name, asked in (("", group), ("all_", np.full(group.size, self.groups))):
            now = self.key(asked, at)
            columns[f"{name}open"] = self._until(self.came, asked, now) - self._until(self.left, asked, now)
            columns[f"{name}ended"] = self._until(self.ended, asked, now) - self._until(self.ended, asked, now - WEEK)
        frame = pd.DataFrame(columns).astype(float)
        return frame.where((group >= 0)[:, None] | frame.columns.str.startswith("all_")[None, :])

    def _until(self, keys: Int64s, group: Int64s, now: Int64s) -> Int64s:
        """How many of the group's moments lie at or before these."""
        return np.asarray(np.searchsorted(keys, now, side="right") - np.searchsorted(keys, group * (1 << 40), side="left"))
