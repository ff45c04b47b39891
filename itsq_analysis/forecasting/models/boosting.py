"""Global gradient boosting: one set of trees for all series of a panel, on what a plain seasonal base leaves.

For every origin and step the base is the mean of the last values of the same slot. The trees see how those values, the last day
and the last hours departed from it, where in the week the target lies and how far ahead it is; they learn the departure of the
target, by absolute error, so the answer is a median. Paths of earlier origins come from trees that were grown before them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from itsq_analysis.forecasting.models.features import Table
from itsq_analysis.forecasting.panel import Array, Panel

# The trees are grown on. A few series of days have few targets, each seen from many origins: more rows tell the trees little more.
FEW_ROWS, ROWS_A_SERIES, MOST_ROWS = 12_000, 1_500, 80_000
FEWEST_ROWS = 400
FITS = 2  # earlier times at which trees are grown for the earlier origins


def predict(panel: Panel, horizon: int, offsets: Sequence[int], seed: int = 0, /) -> Array:
    """Medians, offsets × series × horizon."""
    with threadpool_limits(limits=1, user_api="openmp"):  # threads that wait for each other burn a busy machine's time
        return _predict(panel, horizon, offsets, seed)


def _predict(panel: Panel, horizon: int, offsets: Sequence[int], seed: int) -> Array:
    table = Table(panel, horizon)
    most = MOST_ROWS if table.day > 1 else min(max(FEW_ROWS, ROWS_A_SERIES * panel.n), MOST_ROWS)
    paths = {}
    for group in groups(offsets):
        newest = max(group)
        trees = _grow(table, panel.length - newest, seed, most if newest == 0 else most // 2)
        for offset in group:
            paths[offset] = _path(table, panel.length - offset - 1, trees)
    return np.stack([paths[offset] for offset in offsets])


def groups(offsets: Sequence[int]) -> list[list[int]]:
    """Offsets that share trees: the present alone, the earlier ones in neighbours."""
    earlier = sorted(offset for offset in set(offsets) if offset)
    parts = [list(part) for part in np.array_split(np.array(earlier, dtype=int), min(FITS, len(earlier)))] if earlier else []
    return [[offset] for offset in offsets if offset == 0][:1] + [[int(offset) for offset in part] for part in parts]


def _grow(table: Table, end: int, seed: int, most: int) -> HistGradientBoostingRegressor | None:
    """Trees from targets before column `end`; None where there are too few."""
    rows, target = table.training(end, most)
    if len(target) < FEWEST_ROWS:
        return None
    trees = HistGradientBoostingRegressor(
        loss="absolute_error",
        learning_rate=0.08,
        max_iter=150,
        max_leaf_nodes=15,
        min_samples_leaf=max(20, min(200, len(target) // 500)),
        l2_regularization=1.0,
        max_features=0.5,
        early_stopping=False,
        random_state=seed,
    )
    empty = np.isnan(rows).all(axis=0)
    return trees.fit(np.where(empty, 0.0, rows).astype(np.float32), target)


def _path(table: Table, origin: int, trees: HistGradientBoostingRegressor | None) -> Array:
    """Series × horizon from one origin."""
    base, scale = table.base(origin), table.scale(origin)
    if trees is None:
        return base
    departure = trees.predict(table.rows(origin).reshape(-1, table.width)).reshape(base.shape)
    return np.asarray(base + departure * scale[:, None])
