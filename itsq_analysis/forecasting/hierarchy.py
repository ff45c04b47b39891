"""Hierarchy: means of children that add up to their parent's, by projection (Wickramasuriya et al. 2019, diagonal errors).

Every parent is one equation, so services may add up to the organisation along one split and groups along another. A series whose
errors are large moves more than one whose errors are small.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.panel import Array

ROUNDS = 20


@dataclass(frozen=True)
class Hierarchy:
    """Which children make up which parent."""

    children: dict[Any, tuple[Any, ...]]

    def equations(self, ids: npt.NDArray[Any]) -> Array:
        """Parents × series: 1 at the parent, -1 at its children; only parents all of whose family is there."""
        place = {series: column for column, series in enumerate(ids.tolist())}
        rows = []
        for parent, children in self.children.items():
            if parent in place and all(child in place for child in children):
                row = np.zeros(len(ids))
                row[place[parent]] = 1.0
                row[[place[child] for child in children]] = -1.0
                rows.append(row)
        return np.array(rows).reshape(-1, len(ids))


def check_hierarchy(hierarchy: pd.DataFrame | None, ids: npt.NDArray[Any]) -> Hierarchy | None:
    """A frame parent, child as a hierarchy of ids that are in the frame.

    Raises:
        ForecastError: a column is missing, an id is not in the frame, a pair comes twice, or a series is its own ancestor.

    >>> family = pd.DataFrame({"parent": ["all", "all"], "child": ["mail", "web"]})
    >>> check_hierarchy(family, np.array(["all", "mail", "web"])).children
    {'all': ('mail', 'web')}
    """
    if hierarchy is None:
        return None
    if not isinstance(hierarchy, pd.DataFrame) or not {"parent", "child"} <= set(hierarchy.columns):
        raise ForecastError("hierarchy must be a frame with the columns parent and child; found another; one row per child")
    pairs = hierarchy[["parent", "child"]]
    known = set(ids.tolist())
    for column in ("parent", "child"):
        for row, series in enumerate(pairs[column].tolist()):
            if not isinstance(series, Hashable) or series not in known:
                raise ForecastError(
                    f"hierarchy must name series of the frame; found {column} {series!r} in row {row}; add it, or drop the row"
                )
    if pairs.duplicated().any():
        row = int(pairs.duplicated().to_numpy().argmax())
        raise ForecastError(f"a child must stand once under a parent; found {tuple(pairs.iloc[row])} again in row {row}; drop it")
    children: dict[Any, list[Any]] = {}
    for parent, child in pairs.itertuples(index=False):
        children.setdefault(parent, []).append(child)
    _refuse_circles(children)
    return Hierarchy({parent: tuple(sorted(family)) for parent, family in sorted(children.items())})


def _refuse_circles(children: dict[Any, list[Any]]) -> None:
    left = {parent: set(family) for parent, family in children.items()}
    while left:
        leaves = [parent for parent, family in left.items() if not family & left.keys()]
        if not leaves:
            raise ForecastError(
                f"a series must not be its own ancestor; found a circle through {next(iter(left))!r}; correct the hierarchy"
            )
        for parent in leaves:
            del left[parent]


def reconcile(values: Array, equations: Array, variance: Array, negative: npt.NDArray[np.bool_]) -> Array:
    """The nearest values that satisfy the equations.

    Args:
        values: … × series.
        equations: parents × series.
        variance: … × series, of each value's error; larger ones move more.
        negative: series that may go below zero; the others stop there.
    """
    if not len(equations):
        return values
    free = np.broadcast_to(np.maximum(variance, 1e-9), values.shape).copy()
    flat, weight = values.reshape(-1, values.shape[-1]).copy(), free.reshape(-1, values.shape[-1])
    for row, spread in zip(flat, weight, strict=True):
        spread /= spread.max()
        for _ in range(ROUNDS):
            moved = row - spread * (
                equations.T @ np.linalg.lstsq((equations * spread) @ equations.T, equations @ row, rcond=1e-10)[0]
            )
            below = (moved < 0) & ~negative & (spread > 0)
            row[:] = np.where(below, 0.0, moved)
            if not (moved[below] < -1e-9).any():
                break
            spread[below] = 0.0
    return flat.reshape(values.shape)


def add_up(result: pd.DataFrame, hierarchy: Hierarchy, negative: set[Any], spread: str) -> pd.DataFrame:
    """A result whose means add up at every timestamp.

    Args:
        result: as `forecast` makes it.
        hierarchy: parents and children.
        negative: ids of the series that may go below zero.
        spread: the widest level's name, "95": the half width of its interval is each value's error.
    """
    means = result.pivot(index="ds", columns="unique_id", values="mean")
    half = (result[f"hi-{spread}"] - result[f"lo-{spread}"]) / 2
    width = result.assign(half=half).pivot(index="ds", columns="unique_id", values="half")
    ids = means.columns.to_numpy()
    may = np.array([series in negative for series in ids.tolist()])
    filled = means.to_numpy(copy=True)
    for there in {tuple(row) for row in means.notna().to_numpy().tolist()}:
        rows = np.flatnonzero((means.notna().to_numpy() == np.array(there)).all(axis=1))
        columns = np.flatnonzero(there)
        equations = hierarchy.equations(ids[columns])
        variance = (0.1 + width.to_numpy()[np.ix_(rows, columns)]) ** 2
        filled[np.ix_(rows, columns)] = reconcile(filled[np.ix_(rows, columns)], equations, variance, may[columns])
    place = {series: column for column, series in enumerate(ids.tolist())}
    row = means.index.get_indexer(pd.Index(result["ds"]))
    column = np.array([place[series] for series in result["unique_id"].tolist()])
    return result.assign(mean=filled[row, column])
