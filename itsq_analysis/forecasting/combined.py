"""Panels forecast: history without events and holidays, what the models say of it, and how wrong they were before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from itsq_analysis.forecasting.calendar import SpecialDays
from itsq_analysis.forecasting.combine import Combination, combine_each, components_of
from itsq_analysis.forecasting.event_effects import EventEffects, PlannedEvent, find_event_effects
from itsq_analysis.forecasting.frame import Layout
from itsq_analysis.forecasting.hierarchy import Hierarchy, reconcile
from itsq_analysis.forecasting.holiday_effects import Effects, find_effects
from itsq_analysis.forecasting.models import Task
from itsq_analysis.forecasting.month_effects import MonthEffects, find_month_effects
from itsq_analysis.forecasting.origins import actual
from itsq_analysis.forecasting.outliers import without_outliers
from itsq_analysis.forecasting.panel import Array, Panel
from itsq_analysis.forecasting.period_effects import PeriodEffects, find_period_effects

AUTO = ("profile", "intraday", "smoothing", "regression", "theta", "boosting")  # those that the usual combination may ask
MOST_WINDOWS = 12


@dataclass(frozen=True)
class Job:
    """What is to be forecast.

    Attributes:
        layout: the frame.
        horizon: places ahead.
        components: names of models; () takes the usual ones of the step.
        special: the special days of history and horizon.
        events: the planned events that are known at the cutoff, as `known_events` gives them.
        family: parents and children, whose paths are made to add up before errors are measured.
    """

    layout: Layout
    horizon: int
    components: tuple[str, ...] = ()
    special: SpecialDays = field(default_factory=SpecialDays)
    events: tuple[PlannedEvent, ...] = ()
    family: Hierarchy | None = None


@dataclass(frozen=True)
class PanelForecast:
    """What is known of a panel before quantiles are taken.

    Attributes:
        panel: as it came, without events and outliers.
        history: without events and holidays, as the models saw it.
        events: effects of planned events, None without any.
        effects: of the holidays, None without any.
        month: effects of the time of month, or of a longer period's working days, None without any.
        alone: the models' paths at the present and at earlier origins, each series by itself.
        combination: the same, made to add up where there is a family.
    """

    panel: Panel
    history: Panel
    events: EventEffects | None
    effects: Effects | None
    month: MonthEffects | PeriodEffects | None
    alone: Combination
    combination: Combination


def panel_forecasts(jobs: Sequence[Job], seed: int) -> list[tuple[list[PanelForecast], list[str]]]:
    """The forecast of every panel of every job, and the notes that belong to the job. Models answer all jobs together."""
    cleaned = [[_cleaned(panel, job) for panel in job.layout.panels] for job in jobs]
    flat = [(job, clean) for job, parts in zip(jobs, cleaned, strict=True) for clean in parts]
    tasks = [Task(clean.history, job.horizon, (0, *windows(clean.history, job.horizon))) for job, clean in flat]
    asked = [job.components or tuple(name for name in components_of(clean.panel) if name in AUTO) for job, clean in flat]
    combinations = iter(combine_each(tasks, asked, seed))
    result = []
    for job, parts in zip(jobs, cleaned, strict=True):
        panels = [_joined(clean, next(combinations), job) for clean in parts]
        result.append((panels, [*job.special.notes, *(note for clean in parts for note in clean.notes)]))
    return result


@dataclass(frozen=True)
class _Cleaned:
    panel: Panel
    history: Panel
    events: EventEffects | None
    effects: Effects | None
    month: MonthEffects | PeriodEffects | None
    notes: list[str]


def _cleaned(given: Panel, job: Job) -> _Cleaned:
    """A panel and its history without events, outliers, holidays and the time of month."""
    events = find_event_effects(given, job.events, job.special, job.horizon) if job.events else None
    panel, notes = without_outliers(given if events is None else events.history, job.layout.numbered)
    effects = find_effects(panel, job.special)
    plain = panel if effects is None else effects.history
    month = None if job.layout.numbered else find_month_effects(plain, job.special) or find_period_effects(plain, job.special)
    return _Cleaned(panel, plain if month is None else month.history, events, effects, month, notes)


def _joined(clean: _Cleaned, alone: Combination, job: Job) -> PanelForecast:
    combination, panel = alone, clean.panel
    if job.family is not None and (panel.last == panel.last[0]).all():
        combination = _added_up(clean.history, alone, job.horizon, job.family)
    return PanelForecast(panel, clean.history, clean.events, clean.effects, clean.month, alone, combination)


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
