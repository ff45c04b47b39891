"""The outlook of a panel: history without holidays, what the models say of it, and how wrong they were before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.calendar import SpecialDays, special_days
from itsq_analysis.forecasting.combine import Combination, combine, components_of
from itsq_analysis.forecasting.frame import Layout
from itsq_analysis.forecasting.hierarchy import Hierarchy, reconcile
from itsq_analysis.forecasting.holiday_effects import Effects, find_effects
from itsq_analysis.forecasting.month_effects import MonthEffects, find_month_effects
from itsq_analysis.forecasting.origins import actual
from itsq_analysis.forecasting.panel import Array, Panel
from itsq_analysis.forecasting.period_effects import PeriodEffects, find_period_effects
from itsq_analysis.forecasting.outliers import without_outliers

AUTO = ("profile", "intraday", "smoothing", "regression", "theta", "boosting")  # those that the usual combination may ask
MOST_WINDOWS = 12

Holidays = str | Sequence[str | pd.DataFrame] | pd.DataFrame | None


@dataclass(frozen=True)
class PanelForecast:
    """What is known of a panel before quantiles are taken.

    Attributes:
        panel: as it came, without outliers.
        history: without holidays, as the models saw it.
        effects: of the holidays, None without any.
        month: effects of the time of month, or of a longer period's working days, None without any.
        combination: the models' paths at the present and at earlier origins.
    """

    panel: Panel
    history: Panel
    effects: Effects | None
    month: MonthEffects | PeriodEffects | None
    combination: Combination


def outlooks(
    layout: Layout, horizon: int, components: Sequence[str], holidays: Holidays, family: Hierarchy | None, seed: int
) -> tuple[list[PanelForecast], list[str]]:
    """The outlook of every panel, and the notes that belong to it.

    Args:
        layout: the frame.
        horizon: steps.
        components: names of models; () takes the usual ones of the step.
        holidays: as `forecast` takes them.
        family: parents and children, whose paths are made to add up before errors are measured.
        seed: for the models that draw.
    """
    special = _special(layout, holidays, horizon)
    found, notes = [], list(special.notes)
    for given in layout.panels:
        panel, outliers = without_outliers(given, layout.numbered)
        notes += outliers
        effects = find_effects(panel, special)
        plain = panel if effects is None else effects.history
        month = None if layout.numbered else find_month_effects(plain, special) or find_period_effects(plain, special)
        history = plain if month is None else month.history
        asked = tuple(components) or tuple(name for name in components_of(panel) if name in AUTO)
        combination = combine(history, horizon, [0, *windows(history, horizon)], asked, seed)
        if family is not None and (panel.last == panel.last[0]).all():
            combination = _added_up(history, combination, horizon, family)
        found.append(PanelForecast(panel, history, effects, month, combination))
    return found, notes


def windows(panel: Panel, horizon: int) -> list[int]:
    """Offsets of the calibration windows: spread over the recent past, each wholly known, with history before it."""
    season = panel.season
    room = panel.length - horizon - max(2 * season, 3)
    if room < 0:
        return []
    stride = max(min(horizon, room // MOST_WINDOWS if room >= MOST_WINDOWS else 1), 1)
    if horizon >= season > 1:
        stride = max(stride, min(season, horizon))
    count = min(room // stride + 1, MOST_WINDOWS)
    return [horizon + place * stride for place in range(count)]


def _special(layout: Layout, holidays: Holidays, horizon: int) -> SpecialDays:
    """The special days of all histories and of the forecast."""
    if holidays is None or (isinstance(holidays, (str, list, tuple)) and not len(holidays)):
        return SpecialDays()
    if layout.numbered:
        raise ForecastError("holidays need timestamps; found whole numbers in ds; give ds as timestamps, or holidays=None")
    ends = [panel.grid.dates(panel.last) for panel in layout.panels]
    future = [panel.grid.dates(panel.last + horizon) for panel in layout.panels]
    first = min(panel.grid.dates(panel.last - panel.length + 1).min() for panel in layout.panels)
    return special_days(holidays, _day(first), _day(max(one.max() for one in future)), _day(min(one.min() for one in ends)))


def _day(stamp: np.datetime64) -> date:
    return pd.Timestamp(stamp).date()


def _added_up(panel: Panel, combination: Combination, horizon: int, family: Hierarchy) -> Combination:
    """The combination with paths that add up at every origin, so that errors are those of the reconciled forecast."""
    equations = family.equations(panel.ids)
    if not len(equations):
        return combination
    variance = panel.scale**2
    if len(combination.offsets) > 1:
        truths = np.stack([actual(panel, offset, horizon) for offset in combination.offsets[1:]])
        errors = truths - combination.paths[1:]
        known = ~np.isnan(errors)
        seen = np.where(known, errors**2, 0.0).sum(axis=(0, 2)) / np.maximum(known.sum(axis=(0, 2)), 1)
        variance = np.where(known.any(axis=(0, 2)), seen, variance)
    paths: Array = np.moveaxis(combination.paths, 1, 2)
    moved = reconcile(paths, equations, np.asarray(0.01 + variance), panel.negative)
    return replace(combination, paths=np.moveaxis(moved, 2, 1))
