"""Earlier origins: how variants of a model would have forecast, and the weights that follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from itsq_analysis.forecasting.panel import Array, Panel

MOST_ORIGINS = 10
SHARPNESS = 12.0  # weight = (error / smallest error) ** -SHARPNESS


def origins_before(panel: Panel, horizon: int, offset: int) -> list[int]:
    """Offsets of origins whose next `horizon` values were all known at `offset`, the newest first."""
    seen = panel.before(offset)
    stride = stride_of(seen, horizon)
    room = seen.length - horizon - 2 * max(seen.season, 1)
    return [offset + horizon + place * stride for place in range(min(MOST_ORIGINS, room // stride + 1 if room >= 0 else 0))]


def stride_of(panel: Panel, horizon: int) -> int:
    """Distance of origins: half a horizon, and a whole number of days where there are days."""
    stride = max(horizon // 2, 1)
    day = min(panel.seasons, default=1)
    return stride if stride < day else stride // day * day


def actual(panel: Panel, offset: int, horizon: int) -> Array:
    """What followed an origin, series × horizon; NaN beyond the last column."""
    start = panel.length - offset
    values = panel.y[:, start : start + horizon]
    missing = horizon - values.shape[1]
    return np.pad(values, ((0, 0), (0, missing)), constant_values=np.nan) if missing else values


def weigh(panel: Panel, horizon: int, offsets: Sequence[int], variants: Mapping[int, Array]) -> Array:
    """Mean of the variants, weighted by their errors at the origins that lie wholly before each offset.

    Args:
        panel: the series.
        horizon: steps.
        offsets: for which paths are wanted.
        variants: offset -> paths, variants × series × horizon; also of the earlier origins.

    Returns:
        offsets × series × horizon.
    """
    errors: dict[int, Array] = {}
    result = []
    for offset in offsets:
        seen = origins_before(panel, horizon, offset)
        for origin in seen:
            if origin not in errors:
                errors[origin] = absolute_error(variants[origin], actual(panel, origin, horizon))
        paths = variants[offset]
        share = weights([errors[origin] for origin in seen], paths.shape[0], panel.n)
        result.append(np.einsum("vn,vnh->nh", share, paths))
    return np.stack(result)


def weights(errors: Sequence[Array], variants: int, n: int, sharpness: float = SHARPNESS) -> Array:
    """Weights, variants × series, from errors (variants × series, NaN = not known) at several origins."""
    if not errors:
        return np.full((variants, n), 1.0 / variants)
    stacked = np.stack(errors)
    known = ~np.isnan(stacked)
    own = np.where(known, stacked, 0.0).sum(axis=0)
    scale = np.maximum(own.mean(axis=0, keepdims=True), 1e-12)
    relative = own / scale
    pooled = relative.mean(axis=1, keepdims=True)
    share = len(errors) / (len(errors) + 2.0)
    mixed = share * relative + (1 - share) * pooled
    power = (np.maximum(mixed, 1e-6) / np.maximum(mixed.min(axis=0, keepdims=True), 1e-6)) ** -sharpness
    return np.asarray(power / power.sum(axis=0, keepdims=True))


def absolute_error(paths: Array, truth: Array) -> Array:
    """Sum of absolute errors, variants × series; NaN where nothing is known."""
    known = ~np.isnan(truth)
    total = np.where(known, np.abs(paths - np.where(known, truth, 0.0)), 0.0).sum(axis=2)
    return np.asarray(np.where(known.any(axis=1), total, np.nan))
