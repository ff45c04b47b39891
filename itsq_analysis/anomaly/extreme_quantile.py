"""The extreme quantile: about the largest of a detector's own earlier errors, one step at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Single = npt.NDArray[np.float32]

RARE = 0.00025  # share of a detector's own errors that lies above its extreme quantile
GENERATION = 3000  # rows; the present and the last generation are remembered, the older ones forgotten
LARGEST = 2 + int(2 * GENERATION * RARE)
FEWEST = 30  # errors before a detector speaks
MOST = 50.0  # a ratio is never told larger
LEARNED = 2.0  # a ratio is never learned larger: one disaster does not hide the next


def ratios(errors: Single) -> Single:
    """Errors divided by the extreme quantile of their own past.

    It is the 99.975 % quantile, interpolated between the largest errors of the last 3,000 to 6,000 rows, all before the
    row that is judged. A row that breaks the record is seen at once and moves the record at most to its double.

    Args:
        errors: time × detector × series, never negative; NaN = the detector has nothing to say.

    Returns:
        The same shape; 0 where the detector has not yet seen 30 errors, at most 50.

    >>> steady = np.ones((100, 1, 1), dtype="float32"); steady[60] = 3
    >>> ratios(steady)[[10, 59, 60, 61], 0, 0].astype(float).round(2).tolist()
    [0.0, 1.0, 3.0, 0.5]
    """
    length, detectors, series = errors.shape
    flat = errors.reshape(length, detectors * series)
    memory = _Memory(detectors * series)
    result = np.empty_like(flat)
    for row in range(length):
        if row and row % GENERATION == 0:
            memory.forget()
        result[row] = memory.ratio(flat[row])
        memory.learn(flat[row])
    return result.reshape(errors.shape)


class _Memory:
    """The largest errors of the present and of the last generation, for all series and detectors."""

    def __init__(self, width: int) -> None:
        self.present, self.last = _empty(width), _empty(width)
        self.largest = _merge(self.present, self.last)
        self.count = np.zeros(width, dtype="float32")  # errors that are remembered
        self.seen = np.zeros(width, dtype="int32")
        self.column = np.arange(width)
        self.most = np.full(width, np.inf, dtype="float32")  # that is learned of the errors that were judged last
        self.low = np.zeros(width, dtype=np.intp)  # the quantile lies between this place of the list and the next
        self.upper, self.lower = self.largest[0].copy(), self.largest[1].copy()

    def forget(self) -> None:
        """The present generation becomes the last one."""
        self.present, self.last = _empty(len(self.column)), self.present
        self.largest = _merge(self.present, self.last)
        self.count = np.minimum(self.count, np.float32(GENERATION))
        self._look(self.column)

    def ratio(self, now: Single) -> Single:
        """Errors over the quantile of those learned; of them no more is learned than its double."""
        place = np.clip((self.count - np.float32(1)) * np.float32(RARE), 0, np.float32(LARGEST - 1.001))
        low = place.astype(np.intp)
        moved = np.flatnonzero(low != self.low)
        if len(moved):
            self.low = low
            self._look(moved)
        worst = self.upper + (self.lower - self.upper) * (place - low.astype("float32"))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratio = np.minimum(now / worst, np.float32(MOST))
        speaks = (self.seen >= FEWEST) & (self.lower >= 0)
        ratio[~(speaks & (now > 0))] = 0.0
        self.most = np.where(speaks & (worst > 0), LEARNED * worst, np.float32(np.inf))
        return np.asarray(ratio)

    def learn(self, now: Single) -> None:
        """Remember errors."""
        now = np.minimum(now, self.most)
        larger = np.flatnonzero(now > self.present[0])  # NaN is never larger
        if len(larger):
            own = self.present[:, larger]
            own[0] = now[larger]
            self.present[:, larger] = np.sort(own, axis=0)
            self.largest[:, larger] = _merge(self.present[:, larger], self.last[:, larger])
            self._look(larger)
        known = ~np.isnan(now)
        self.count += known
        self.seen += known

    def _look(self, columns: npt.NDArray[np.intp]) -> None:
        self.upper[columns] = self.largest[self.low[columns], columns]
        self.lower[columns] = self.largest[self.low[columns] + 1, columns]


def _empty(width: int) -> Single:
    return np.full((LARGEST, width), -1.0, dtype="float32")


def _merge(present: Single, last: Single) -> Single:
    """The largest of two lists, largest first."""
    return -np.sort(-np.concatenate([present, last]), axis=0)[:LARGEST]
