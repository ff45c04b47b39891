"""The usual worst: the 99.9 % quantile of a view's own earlier errors, one step at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Single = npt.NDArray[np.float32]

RARE = 0.001  # share of a view's own errors that lies above its usual worst
GENERATION = 3000  # rows; the present and the last generation are remembered, the older ones forgotten
LARGEST = 2 + int(2 * GENERATION * RARE)
FEWEST = 30  # errors before a view speaks
MOST = 50.0  # a ratio is never told larger


def ratios(errors: Single) -> Single:
    """Errors divided by the usual worst of their own past.

    The quantile is interpolated between the largest errors of the last 3,000 to 6,000 rows, all before the row that is
    judged, so a row that breaks the record is seen at once and is a record only once: the view gets used to it.

    Args:
        errors: time × view × series, never negative; NaN = the view has nothing to say.

    Returns:
        The same shape; 0 where the view has not yet seen 30 errors, at most 50.

    >>> steady = np.ones((100, 1, 1), dtype="float32"); steady[60] = 3
    >>> ratios(steady)[[10, 59, 60, 61], 0, 0].round(2).tolist()
    [0.0, 1.0, 3.0, 0.34]
    """
    length, views, series = errors.shape
    width = views * series
    flat = errors.reshape(length, width)
    present, last = _empty(width), _empty(width)
    both = _merge(present, last)
    count, seen = np.zeros(width), np.zeros(width)
    column = np.arange(width)
    result = np.zeros((length, width), dtype="float32")
    for row in range(length):
        if row and row % GENERATION == 0:
            present, last = _empty(width), present
            both = _merge(present, last)
            count = np.minimum(count, GENERATION)
        now = flat[row]
        result[row] = _ratio(now, both, count, seen, column)
        larger = np.flatnonzero(now > present[0])  # NaN is never larger
        if len(larger):
            present[0, larger] = now[larger]
            present[:, larger] = np.sort(present[:, larger], axis=0)
            both[:, larger] = _merge(present[:, larger], last[:, larger])
        known = ~np.isnan(now)
        count += known
        seen += known
    return result.reshape(errors.shape)


def _empty(width: int) -> Single:
    return np.full((LARGEST, width), -1.0, dtype="float32")


def _merge(present: Single, last: Single) -> Single:
    """The largest of two lists, largest first."""
    return -np.sort(-np.concatenate([present, last]), axis=0)[:LARGEST]


def _ratio(now: Single, largest: Single, count: Array, seen: Array, column: npt.NDArray[np.intp]) -> Single:
    place = np.clip((count - 1) * RARE, 0.0, LARGEST - 1.001)
    low = place.astype(np.intp)
    upper, lower = largest[low, column], largest[low + 1, column]
    worst = upper + (lower - upper) * (place - low)
    speaks = (seen >= FEWEST) & (lower >= 0) & ~np.isnan(now)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(worst > 0, now / worst, np.where(now > 0, MOST, 0.0))
    return np.where(speaks, np.minimum(ratio, MOST), 0.0).astype("float32")
