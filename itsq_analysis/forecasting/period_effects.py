"""Effects of the calendar on weeks, months and longer: how many working days and other days a period has.

A count of a period is taken as proportional to its working days plus a share of its other days. How large that share is, or whether
days matter at all, is weighed by how smooth each choice leaves the history, beginning from what is usual for service desks: a
quarter. Values that are not counts (rates, durations, levels) are left as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itsq_analysis.forecasting.calendar import SpecialDays
from itsq_analysis.forecasting.panel import Array, Grid, Ints, Panel
from itsq_analysis.forecasting.steps import DAY, WEEK

SHARES = (0.0, 0.1, 0.25, 0.5, 1.0)  # of a working day that another day counts as; after them: days do not matter
PRIOR = (0.1, 0.2, 0.3, 0.15, 0.1, 0.15)
WORKED = {"public": 0.0, "optional": 0.4, "half": 0.5, "minor": 0.7, "working": 1.0}  # share of a working day
FEWEST = 3  # periods


@dataclass(frozen=True)
class PeriodEffects:
    """What the number of working days does to the series of a panel.

    Attributes:
        history: the panel as if all periods had the usual number of days.
        special: the days that are not as their weekday.
        weight: series × choices of SHARES and of none.
        usual: days of a usual period by choice.
    """

    history: Panel
    special: SpecialDays
    weight: Array
    usual: Array

    def apply(self, paths: Array, last: Ints) -> Array:
        """Put the effects into paths (… × series × horizon) that begin after `last`."""
        places = last[:, None] + np.arange(1, paths.shape[-1] + 1)[None, :]
        return np.asarray(paths * _factor(self.weight, self.usual, self.history.grid, places, self.special))


def find_period_effects(panel: Panel, special: SpecialDays) -> PeriodEffects | None:
    """Weigh the choices and clean the history; None where steps are shorter, no series counts, or all periods are alike."""
    step = panel.grid.step
    if not (step.months or (step.minutes >= WEEK and step.minutes % WEEK == 0)) or not panel.counts.any() or panel.length < FEWEST:
        return None
    places = panel.past()
    logs = _log_days(panel.grid, places, special)
    if not special.days and np.ptp(logs, axis=(1, 2)).max() < 1e-9:
        return None
    usual = logs.reshape(len(SHARES), -1).mean(axis=1)
    weight = _weights(panel, logs - usual[:, None, None])
    factor = _factor(weight, usual, panel.grid, places, special)
    return PeriodEffects(panel.with_values(panel.y / factor), special, weight, usual)


def _factor(weight: Array, usual: Array, grid: Grid, places: Ints, special: SpecialDays) -> Array:
    """Days of periods over those of a usual one, series × places."""
    logs = _log_days(grid, places, special) - usual[:, None, None]
    return np.asarray(np.exp(np.einsum("nc,cnt->nt", weight[:, : len(SHARES)], logs)))


def _weights(panel: Panel, logs: Array) -> Array:
    """Series × choices: prior times likelihood of what each choice leaves of the changes from period to period."""
    y = np.log(np.maximum(panel.y, 0.5))
    left = np.concatenate([y[None] - logs, y[None]])
    bend = left[:, :, 1:-1] - (left[:, :, :-2] + left[:, :, 2:]) / 2
    known = ~np.isnan(bend)
    count = known[0].sum(axis=1)
    size = np.where(known, np.abs(bend), 0.0).sum(axis=2) / np.maximum(count, 1)
    cost = count / 2 * np.log(np.maximum(size, 1e-6))  # half of the periods: neighbouring bends share values
    share = np.array(PRIOR)[:, None] * np.exp(cost.min(axis=0) - cost)
    weight = (share / share.sum(axis=0)).T
    weight[~panel.counts] = np.eye(len(PRIOR))[-1]
    return np.asarray(weight)


def _log_days(grid: Grid, places: Ints, special: SpecialDays) -> Array:
    """Logarithm of the days of each period by choice, choices × series × places."""
    first, last = int(places.min()), int(places.max())
    worked, others = _days(grid, np.arange(first, last + 1), special)
    days = np.stack([worked + share * others for share in SHARES])
    return np.asarray(np.log(np.maximum(days, 0.25))[:, places - first])


def _days(grid: Grid, places: Ints, special: SpecialDays) -> tuple[Array, Array]:
    """Working days and other days of each period. A week is named by its Monday, or by its Sunday (or another last day)."""
    step = grid.step
    stamps = grid.dates(places).astype("datetime64[D]")
    if step.months:
        day = step.origin % 100
        if day == 31:  # a month named by its last day, as `steps` writes it
            months = stamps.astype("datetime64[M]")
            begin, end = (months - step.months + 1).astype("datetime64[D]"), (months + 1).astype("datetime64[D]")
        else:
            begin = stamps
            end = (stamps.astype("datetime64[M]") + step.months).astype("datetime64[D]") + (day - 1)
    else:
        monday = step.origin // DAY == 0
        begin = stamps if monday else stamps - step.minutes // DAY + 1
        end = begin + step.minutes // DAY
    worked = np.busday_count(begin, end).astype(float)
    for special_day, (kind, _) in special.days.items():
        day64 = np.datetime64(special_day)
        usual = float(np.is_busday(day64))
        now = WORKED.get(kind, usual)
        now = usual if not usual and kind != "working" else now
        worked += np.where((begin <= day64) & (day64 < end), now - usual, 0.0)
    return worked, (end - begin).astype("int64") - worked
