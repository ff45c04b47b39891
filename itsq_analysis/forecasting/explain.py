"""explain: why a forecast is what it is, per series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.forecasting.calendar import Holidays
from itsq_analysis.forecasting.clock import real
from itsq_analysis.forecasting.combined import PanelForecast, panel_forecasts
from itsq_analysis.forecasting.forecast import Request, result_of
from itsq_analysis.forecasting.frame import Layout
from itsq_analysis.forecasting.holiday_effects import REPLACED
from itsq_analysis.forecasting.models import MODELS
from itsq_analysis.forecasting.models.seasonal_naive import fold
from itsq_analysis.forecasting.month_effects import FIRST, LAST, MonthEffects
from itsq_analysis.forecasting.origins import absolute_error, actual
from itsq_analysis.forecasting.panel import Array, mean_known
from itsq_analysis.forecasting.result import stamps_of

BETTER = 0.98  # of the naive error: above that a forecast is called no better


@dataclass(frozen=True)
class Explanation:
    """Frames that explain a forecast.

    Attributes:
        series: unique_id; level (mean of the last season); trend (change of the level over the horizon that the forecast tells);
            mae and
            naive_mae (mean absolute error at earlier origins, of the forecast and of the seasonal naive one), origins, no_better
            (True where mae is not below 98 % of naive_mae; missing without a backtest).
        components: unique_id, ds, component, median, weight: what each component says, before holidays are put back.
        pattern: unique_id, season (steps), slot (0 = Monday, or midnight where the season is a day), factor: the slot's usual
            value over
            the mean.
        holidays: unique_id, kind, name, effect: by what share a day of that name differs from its usual level (-0.6 = 60 % less).
        month: unique_id, place (1 = the month's first working day, -1 = its last), effect: by what share such a day differs from
            one in the middle of a month; only of series where months agree on it.
    """

    series: pd.DataFrame
    components: pd.DataFrame
    pattern: pd.DataFrame
    holidays: pd.DataFrame
    month: pd.DataFrame


def explain(
    frame: pd.DataFrame,
    horizon: int,
    *,
    freq: str | None = None,
    season_length: int | Sequence[int] | None = None,
    holidays: Holidays = None,
    events: pd.DataFrame | None = None,
    model: str = "auto",
    seed: int = 0,
) -> Explanation:
    """Explain the forecast that `forecast` makes of the same arguments.

    Args:
        frame: as for `forecast`, and so the other arguments.
        horizon: steps.
        freq: the step.
        season_length: seasons in steps.
        holidays: country codes or a frame.
        events: as for `forecast`.
        model: as for `forecast`.
        seed: as for `forecast`.

    Raises:
        ForecastError: as `forecast`.

    >>> days = pd.date_range("2026-01-05", periods=56, freq="D")
    >>> frame = pd.DataFrame({"unique_id": "mail", "ds": days, "y": [5, 4, 4, 4, 3, 0, 0] * 8})
    >>> explain(frame, 7, model="profile").pattern["factor"].tolist()
    [1.75, 1.4, 1.4, 1.4, 1.05, 0.0, 0.0]
    """
    request = Request(frame, horizon, freq, season_length, holidays=holidays, events=events, model=model)
    return forecast_explained(request, seed)[1]


def forecast_explained(request: Request, seed: int = 0) -> tuple[pd.DataFrame, Explanation]:
    """What `forecast` gives, and its explanation, at the price of one of them."""
    job = request.job()
    ((panels, notes),) = panel_forecasts([job], seed)
    horizon = int(request.horizon)
    explanation = Explanation(
        _together([_series(panel, job.horizon) for panel in panels]),
        _together([_components(job.layout, panel, horizon) for panel in panels]),
        _together([_pattern(panel) for panel in panels]),
        _together([_holidays(panel) for panel in panels]),
        _together([_month(panel) for panel in panels]),
    )
    return result_of(request, job, panels, notes), explanation


def _together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)] or list(frames[:1])
    return pd.concat(filled, ignore_index=True).sort_values("unique_id", kind="stable", ignore_index=True)


def _series(forecast: PanelForecast, horizon: int) -> pd.DataFrame:
    history, combination = forecast.history, forecast.alone
    earlier = [offset for offset in combination.offsets if offset >= horizon]
    season = max(min(history.season, history.length), 1)
    level = mean_known(history.y[:, -season:])
    ahead = combination.paths[0][:, : season * max(horizon // season, 1)].mean(axis=1) if horizon >= season else level
    columns: dict[str, Any] = {"unique_id": history.ids, "level": level, "trend": ahead - level, "origins": len(earlier)}
    if earlier:
        naive = MODELS["seasonal-naive"].predict(history, horizon, earlier)
        truths = [actual(history, offset, horizon) for offset in earlier]
        paths = [combination.paths[combination.offsets.index(offset)] for offset in earlier]
        columns["mae"] = _mean_error(paths, truths)
        columns["naive_mae"] = _mean_error(list(naive), truths)
        known = ~np.isnan(columns["mae"])
        columns["no_better"] = pd.arrays.BooleanArray(columns["mae"] >= BETTER * columns["naive_mae"], ~known)
    else:
        columns |= {"mae": np.nan, "naive_mae": np.nan, "no_better": pd.array([pd.NA] * history.n, dtype="boolean")}
    return pd.DataFrame(columns)


def _mean_error(paths: Sequence[Array], truths: Sequence[Array]) -> Array:
    total = np.stack([absolute_error(path[None], truth)[0] for path, truth in zip(paths, truths, strict=True)])
    count = np.stack([(~np.isnan(truth)).sum(axis=1) for truth in truths]).sum(axis=0)
    return np.asarray(np.where(count > 0, np.nansum(total, axis=0) / np.maximum(count, 1), np.nan))


def _components(layout: Layout, forecast: PanelForecast, horizon: int) -> pd.DataFrame:
    panel, combination = forecast.panel, forecast.alone
    there = real(layout, panel, horizon)
    places = panel.future(there.shape[1])
    stamps = stamps_of(layout, panel, places[there])
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "unique_id": np.repeat(panel.ids, horizon),
                    "ds": stamps,
                    "component": name,
                    "median": combination.parts[place, 0][there],
                    "weight": np.repeat(combination.weights[place], horizon),
                }
            )
            for place, name in enumerate(combination.components)
        ],
        ignore_index=True,
    )


def _pattern(forecast: PanelForecast) -> pd.DataFrame:
    """Usual value per slot over the mean, for each season of which the history has two."""
    history = forecast.history
    frames = []
    for season in history.seasons:
        if history.length < 2 * season or (history.last != history.last[0]).any():
            continue
        usual = mean_known(fold(history.y, season), axis=1)
        mean = mean_known(usual)
        factor = usual / np.where(mean > 0, mean, np.nan)[:, None]
        slot = (int(history.last[0]) + 1 + np.arange(season)) % season
        frames.append(
            pd.DataFrame(
                {
                    "unique_id": np.repeat(history.ids, season),
                    "season": season,
                    "slot": np.tile(slot, history.n),
                    "factor": np.round(factor.ravel(), 4),
                }
            )
        )
    columns = {"unique_id": history.ids[:0], "season": np.zeros(0, "int64"), "slot": np.zeros(0, "int64"), "factor": np.zeros(0)}
    joined = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns)
    return joined.sort_values(["unique_id", "season", "slot"], kind="stable", ignore_index=True)


def _holidays(forecast: PanelForecast) -> pd.DataFrame:
    effects = forecast.effects
    columns = ["unique_id", "kind", "name", "effect"]
    if effects is None:
        return pd.DataFrame(columns=columns)
    rows = []
    for kind, name in sorted(effects.named):
        change = effects.change(kind, name)
        rows += [(series, kind, name, share) for series, share in zip(forecast.panel.ids.tolist(), change.tolist(), strict=True)]
    frame = pd.DataFrame(rows, columns=columns)
    return frame[frame["kind"].isin(REPLACED) | (frame["effect"].abs() >= 0.05)].reset_index(drop=True)


def _month(forecast: PanelForecast) -> pd.DataFrame:
    """The places of a month that differ from its middle."""
    columns = ["unique_id", "place", "effect"]
    if not isinstance(forecast.month, MonthEffects):
        return pd.DataFrame(columns=columns)
    effect = forecast.month.effect
    places = [*range(1, FIRST + 1), *range(-1, -LAST - 1, -1)]
    rows = [
        (name, place, (1 + share) / (1 + row[0]) - 1)
        for name, row in zip(forecast.panel.ids.tolist(), effect, strict=True)
        if row.any()
        for place, share in zip(places, row[1:].tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=columns)
