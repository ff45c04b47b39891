"""Holiday effects: estimated once, taken out of the history before any model sees it, and put back into every path.

A holiday is a step from a day's usual level towards that of a Sunday (an adjusted working day: towards that of a working day).
How long the step is, is learned from all series and all holidays of a kind, so that a holiday that was never seen is forecast
too; what a series' own holidays, and the same holiday in earlier years, add to that is shrunk by how often they were seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from itsq_analysis.forecasting.calendar import SpecialDays
from itsq_analysis.forecasting.day_levels import columns_by_day, level_of, reference_of, same_end
from itsq_analysis.forecasting.panel import Array, Bools, Ints, Panel, mean_known
from itsq_analysis.forecasting.steps import DAY

PRIOR_STEP = {"public": 0.85, "working": 0.8, "bridge": 0.4, "after": 0.0, "before": 0.0}
OF_PUBLIC = {"optional": 0.6, "half": 0.5, "minor": 0.35}  # prior steps as shares of what public holidays turn out to be
PRIOR_DAYS = 2.0  # days (of all series together) that the prior step counts as
OWN_DAYS = 3.0  # days of its own at which a series' own departure counts half
NAMED_DAYS = 1.5
WEEKS = 4  # on either side, from which the usual level is taken
REPLACED = ("public", "optional", "half", "minor", "working")  # days that no model sees; of the others only the effect is taken out
DAYS_OFF = ("public", "optional", "half", "minor")
LEAST_LEFT = 0.5


@dataclass(frozen=True)
class Effects:
    """What the special days do to the series of a panel.

    Attributes:
        history: the panel without them.
        special: the days.
        step: kind -> how far a day moves towards its reference, over all series.
        own: kind -> what each series departs from that, as a share of its usual level.
        named: kind and name -> what each series departs from both on days of that name.
        unrest: how much wider than on ordinary days errors are on special days.
    """

    history: Panel
    special: SpecialDays
    step: dict[str, float]
    own: dict[str, Array]
    named: dict[tuple[str, str], Array]
    unrest: float

    def apply(self, paths: Array, last: Ints) -> tuple[Array, Bools]:
        """Put the effects into paths.

        Args:
            paths: quantiles or paths × series × horizon, as the models see the future.
            last: place of the last known column, one per series.

        Returns:
            The paths, and which series × step are special.
        """
        panel = self.history
        result = paths.copy()
        touched = np.zeros(paths.shape[1:], dtype=bool)
        places = last[:, None] + np.arange(1, paths.shape[2] + 1)[None, :]
        for rows in same_end(last):
            numbers = panel.grid.number(places[rows[0]])
            for day, columns in columns_by_day(panel, numbers).items():
                if day not in self.special.days:
                    continue
                kind, name = self.special.days[day]
                reference, usual = self._future_levels(rows, numbers[columns], kind)
                usual = np.nan_to_num(usual)
                expected = self._expected(rows, kind, name, usual, reference)
                ratio = np.where(usual > 0, expected / np.where(usual > 0, usual, 1.0), 1.0)
                piece = result[:, rows[:, None], columns]
                moved = np.where((usual > 0) & (ratio < 3), piece * ratio, piece + (expected - usual))
                result[:, rows[:, None], columns] = np.where(panel.negative[rows][None, :, None], piece + (expected - usual), moved)
                touched[rows[:, None], columns] = kind in REPLACED or kind == "bridge"
        return result, touched

    def change(self, kind: str, name: str) -> Array:
        """By what share a day of that name, on a usual weekday, differs from its usual level, one per series."""
        panel = self.history
        per_day = DAY // panel.grid.step.minutes
        result = np.zeros(panel.n)
        for rows in same_end(panel.last):
            numbers = panel.grid.number(panel.last[rows[:1]])[0] - np.arange(7 * per_day)
            weekday = ((numbers * panel.grid.step.minutes + panel.grid.step.origin) // DAY) % 7
            chosen = numbers[(weekday >= 5) if kind == "working" else (weekday < 5)]
            usual = np.nan_to_num(level_of(panel, rows, chosen, [-7 * per_day * week for week in range(WEEKS)]))
            reference = reference_of(panel, rows, chosen, kind, per_day, [-7 * week for week in range(WEEKS)])
            expected = self._expected(rows, kind, name, usual, reference)
            total = usual.sum(axis=1)
            result[rows] = np.where(total > 0, expected.sum(axis=1) / np.where(total > 0, total, 1.0) - 1.0, 0.0)
        return result

    def _future_levels(self, rows: Ints, numbers: Ints, kind: str) -> tuple[Array, Array]:
        """Reference and usual level of future slots, from the last weeks of the cleaned history."""
        panel = self.history
        per_day = DAY // panel.grid.step.minutes
        end = panel.grid.number(panel.last[rows[:1]])[0]
        back = numbers - 7 * per_day * (-(-(numbers - end) // (7 * per_day)))
        usual = level_of(panel, rows, back, [-7 * per_day * week for week in range(WEEKS)])
        return reference_of(panel, rows, back, kind, per_day, [-7 * week for week in range(WEEKS)]), usual

    def _expected(self, rows: Ints, kind: str, name: str, usual: Array, reference: Array) -> Array:
        move = np.where(np.isnan(reference), 0.0, reference - usual)
        ratio = self.own.get(kind, np.zeros(self.history.n))[rows]
        if (kind, name) in self.named:
            ratio = ratio + self.named[kind, name][rows]
        return np.asarray(np.nan_to_num(usual + self.step.get(kind, 0.0) * move + ratio[:, None] * np.abs(usual)))


def find_effects(panel: Panel, special: SpecialDays) -> Effects | None:
    """Estimate the effects on a panel and clean its history; None where there is nothing to do."""
    if not special.days or not panel.grid.step.minutes or panel.grid.step.minutes > DAY or DAY % panel.grid.step.minutes:
        return None
    days = _observed(panel, special)
    shut = _shut(panel, special)
    step = _steps(days, {kind for kind, _ in special.days.values()}, panel, shut=shut)
    own, named = _own(days, step, panel.n)
    y = panel.y.copy()
    for day in days:
        rows, columns = day.rows[:, None], day.columns
        ratio = own[day.kind][day.rows] + named.get((day.kind, day.name), np.zeros(panel.n))[day.rows]
        effect = step[day.kind] * np.nan_to_num(day.reference - day.usual) + ratio[:, None] * np.abs(day.usual)
        y[rows, columns] = np.nan if day.kind in REPLACED else y[rows, columns] - np.nan_to_num(effect)
    if not panel.negative.all():
        y = np.where(panel.negative[:, None], y, np.maximum(y, 0.0))
    bare = (~np.isnan(y)).sum(axis=1) < LEAST_LEFT * panel.known.sum(axis=1)  # hardly anything but special days: left as it is
    y[bare] = panel.y[bare]
    return Effects(panel.with_values(y), special, step, own, named, _unrest(days, step, own, panel))


@dataclass(frozen=True)
class _Day:
    """One special day in the history of series that end together: series × columns of that day."""

    kind: str
    name: str
    rows: Ints
    columns: Ints
    seen: Array
    usual: Array
    reference: Array


def _observed(panel: Panel, special: SpecialDays) -> list[_Day]:
    per_day = DAY // panel.grid.step.minutes
    masked = _masked(panel, special)
    weeks = [7 * week for week in range(-WEEKS, WEEKS + 1)]
    around = [day * per_day for day in weeks if day]
    days_seen = []
    for rows in same_end(panel.last):
        numbers = panel.grid.number(panel.past()[rows[0]])
        by_kind: dict[str, list[tuple[date, Ints]]] = {}
        for day, columns in columns_by_day(panel, numbers).items():
            if day in special.days and not np.isnan(panel.y[rows[:, None], columns]).all():
                by_kind.setdefault(special.days[day][0], []).append((day, columns))
        for kind, days in by_kind.items():  # the days of a kind together: each slot is looked up by itself
            slots = np.concatenate([numbers[columns] for _, columns in days])
            usual = level_of(masked, rows, slots, around)
            reference = reference_of(masked, rows, slots, kind, per_day, weeks)
            ends = np.cumsum([len(columns) for _, columns in days]).tolist()
            for (day, columns), end in zip(days, ends, strict=True):
                own = slice(end - len(columns), end)
                seen = panel.y[rows[:, None], columns]
                days_seen.append((day, _Day(kind, special.days[day][1], rows, columns, seen, usual[:, own], reference[:, own])))
    return [observed for _, observed in sorted(days_seen, key=lambda item: item[0])]


def _masked(panel: Panel, special: SpecialDays) -> Panel:
    """The panel with every special day unknown."""
    y = panel.y.copy()
    for rows in same_end(panel.last):
        by_day = columns_by_day(panel, panel.grid.number(panel.past()[rows[0]]))
        columns = [columns for day, columns in by_day.items() if day in special.days and special.days[day][0] in REPLACED]
        if columns:
            y[rows[:, None], np.concatenate(columns)] = np.nan
    return panel.with_values(y)


def _shut(panel: Panel, special: SpecialDays) -> bool:
    """Whether series with closed slots had no row at all on a holiday: what is forecast for such a day is an open day's."""
    if not panel.grid.open:
        return False
    first = np.argmax(panel.known, axis=1)
    for rows in same_end(panel.last):
        for day, columns in columns_by_day(panel, panel.grid.number(panel.past()[rows[0]])).items():
            begun = rows[first[rows] < columns[0]]
            if special.days.get(day, ("",))[0] in DAYS_OFF and len(begun) and np.isnan(panel.y[begun[:, None], columns]).all():
                return True
    return False


def _steps(days: Sequence[_Day], kinds: set[str], panel: Panel, *, shut: bool) -> dict[str, float]:
    """Kind -> step. A series that is shut on holidays has no prior: the rows that it has on them are of days it was open on."""
    public = _step(days, "public", panel, 0.0 if shut else PRIOR_STEP["public"])
    steps = {}
    for kind in sorted(kinds):
        prior = OF_PUBLIC[kind] * public if kind in OF_PUBLIC else PRIOR_STEP.get(kind, 0.0)
        steps[kind] = public if kind == "public" else _step(days, kind, panel, prior)
    return steps


def _step(days: Sequence[_Day], kind: str, panel: Panel, prior: float) -> float:
    """How far days of a kind move towards their reference, over all series; the prior counts as some days."""
    over, under = 0.0, 0.0
    for day in days:
        if day.kind != kind:
            continue
        scale = panel.scale[day.rows][:, None] * np.sqrt(max(len(day.columns), 1))
        move = (day.reference - day.usual) / scale
        took = (day.seen - day.usual) / scale
        known = ~(np.isnan(move) | np.isnan(took))
        over += float((move * took)[known].sum())
        under += float((move * move)[known].sum())
    if under <= 0:
        return prior
    weight = under / max(sum(day.kind == kind for day in days), 1)
    return float(np.clip((over + PRIOR_DAYS * weight * prior) / (under + PRIOR_DAYS * weight), -0.2, 1.2))


def _own(days: Sequence[_Day], step: dict[str, float], n: int) -> tuple[dict[str, Array], dict[tuple[str, str], Array]]:
    """What a series departs from the common step, as a share of its usual level: by kind, and by name beyond that."""
    total = {kind: np.zeros(n) for kind in step}
    count = {kind: np.zeros(n) for kind in step}
    by_name: dict[tuple[str, str], tuple[Array, Array]] = {}
    for day in days:
        share, known = _departure(day, step[day.kind])
        total[day.kind][day.rows] += share
        count[day.kind][day.rows] += known
        sums = by_name.setdefault((day.kind, day.name), (np.zeros(n), np.zeros(n)))
        sums[0][day.rows] += share
        sums[1][day.rows] += known
    own = {kind: total[kind] / (count[kind] + OWN_DAYS) for kind in step}
    named = {key: (sums[0] - sums[1] * own[key[0]]) / (sums[1] + NAMED_DAYS) for key, sums in by_name.items()}
    return own, named


def _departure(day: _Day, step: float) -> tuple[Array, Array]:
    """Per series of a day: (seen - expected) / usual, cut at ±1.5, and whether it is known (1 or 0)."""
    expected = day.usual + step * np.nan_to_num(day.reference - day.usual)
    known = ~(np.isnan(day.seen) | np.isnan(expected))
    rest = np.where(known, day.seen - expected, 0.0).sum(axis=1)
    usual = np.where(known, np.abs(day.usual), 0.0).sum(axis=1)
    able = known.any(axis=1) & (usual > 0)
    return np.where(able, np.clip(rest / np.where(able, usual, 1.0), -1.5, 1.5), 0.0), able.astype(float)


def _unrest(days: Sequence[_Day], step: dict[str, float], own: dict[str, Array], panel: Panel) -> float:
    """Size of the errors on holidays over that on ordinary days, drawn towards 1.5, at most 4."""
    sizes = []
    for day in days:
        if day.kind in REPLACED:
            expected = day.usual + step[day.kind] * np.nan_to_num(day.reference - day.usual)
            expected = expected + own[day.kind][day.rows][:, None] * np.abs(day.usual)
            sizes.append(float(mean_or_zero(np.abs(day.seen - expected) / panel.scale[day.rows][:, None]).mean()))
    seen = float(np.mean(sizes)) if sizes else 0.0
    return float(np.clip((seen * len(sizes) + 1.5 * 3) / (len(sizes) + 3), 1.0, 4.0))


def mean_or_zero(values: Array) -> Array:
    """Mean per row over what is known, 0 where nothing is."""
    return np.nan_to_num(mean_known(values))
