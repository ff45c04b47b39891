"""What was known of a ticket at a moment, as numbers for a model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from itsq_analysis.indicators.late.stretches import KINDS
from itsq_analysis.ingest.sla import MISSING, Int64s
from itsq_analysis.late_risk.load import GroupLoad
from itsq_analysis.late_risk.past import Past
from itsq_analysis.late_risk.tickets import OPENING, Tickets

MOST = 200  # values of a field that a model tells apart; the rarer ones are one together
NUMBERS = ("priority", "impact", "urgency")


@dataclass(frozen=True)
class Features:
    """Features of tickets at moments.

    Attributes:
        tickets: as they were known at the last of the moments.
        zone: of the hours and weekdays.
        unknown: fields of `OPENING` that are filled at closing: they are left out.
    """

    tickets: Tickets
    zone: ZoneInfo
    unknown: tuple[str, ...] = ()

    def at(self, ticket: Int64s, at: Int64s) -> pd.DataFrame:
        """One row per ticket and moment; hours are on the clock of the ticket's rule. Missing is NaN.

        Columns: allowed, left (hours until the promise is missed, negative after it), used_share; what `Past.hours` and
        `Past.counts` give; state (number of a kind); group; open, ended, all_open, all_ended (`GroupLoad`); opened_hour,
        opened_day, hour, day; and the fields. Without a log only what is fixed at opening, and what follows from age.
        """
        allowed = self._allowed[ticket]
        hours = self.past.hours(ticket, at)
        place = self.past.place(ticket, at)
        columns = {"allowed": allowed, "left": allowed - hours["used"], "used_share": hours["used"] / allowed}
        frame = pd.DataFrame(columns | {"whole": hours["whole"], "used": hours["used"]})
        if self.tickets.logged:
            group = self.past.group(place)
            state = pd.DataFrame({"state": self.past.kind(place), "group": self._codes(pd.Series(group), self._groups)})
            parts = [hours[["here", *KINDS]], self.past.counts(place), state, self.load.at(group, at)]
        else:
            parts = [self.load.at(np.full(at.size, -1), at)[["all_open", "all_ended"]]]
        fields = self.fields.iloc[ticket].reset_index(drop=True)
        return pd.concat([frame, *parts, self._times(ticket, at), fields], axis=1).astype(float)

    @cached_property
    def categorical(self) -> frozenset[str]:
        """The columns whose numbers have no order."""
        return frozenset({"state", "group", *OPENING} - {*NUMBERS})

    @cached_property
    def past(self) -> Past:
        """The log."""
        return Past(self.tickets)

    @cached_property
    def load(self) -> GroupLoad:
        """Of the groups."""
        return GroupLoad.of(self.past)

    @cached_property
    def fields(self) -> pd.DataFrame:
        """The fields that are known at opening, as numbers."""
        known = [name for name in OPENING if name not in self.unknown and self.tickets.fields[name].notna().any()]
        own = self.tickets.fields[known]
        return pd.DataFrame(
            {name: own[name].astype(float) if name in NUMBERS else self._codes(own[name], _usual(own[name])) for name in known}
        )

    @cached_property
    def _groups(self) -> dict[object, int]:
        return _usual(pd.Series(self.past.holders[0][:-1]).replace(-1, np.nan))

    @cached_property
    def _allowed(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.where(self.tickets.allowed == MISSING, np.nan, self.tickets.allowed / 3600)

    def _codes(self, values: pd.Series, usual: dict[object, int]) -> pd.Series:
        codes = values.map(usual)
        return codes.where(codes.notna() | values.isna() | (values == -1), float(MOST))

    def _times(self, ticket: Int64s, at: Int64s) -> pd.DataFrame:
        columns: dict[str, pd.Series] = {}
        for name, moment in (("opened_", self.tickets.opened[ticket]), ("", at)):
            local = pd.Series(pd.to_datetime(moment, unit="us", utc=True)).dt.tz_convert(self.zone).dt
            columns |= {f"{name}hour": local.hour + local.minute / 60, f"{name}day": local.day_of_week}
        return pd.DataFrame(columns)


def _usual(values: pd.Series) -> dict[object, int]:
    """The most frequent values, numbered; of equally frequent ones the first by name."""
    counts = values.dropna().value_counts()
    order = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return {value: number for number, (value, _) in enumerate(order[:MOST])}
