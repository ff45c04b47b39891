"""Random draws that give the same integers on every platform and under every version of numpy.

Only the raw 64-bit stream of PCG64 is used: numpy guarantees it, unlike the methods of `Generator`, whose algorithms may change.
Everything made from it is integer arithmetic, so no rounding of a logarithm or of a fused multiplication can differ either.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Table = Sequence[tuple[int, int]]


class Draws:
    """One stream of integer draws; streams of different names are independent of each other.

    >>> Draws(1, "example").below(6, 5).tolist() == Draws(1, "example").below(6, 5).tolist()
    True
    >>> Draws(1, "example").chance(1000, 3).tolist()
    [True, True, True]
    """

    def __init__(self, seed: int, name: str) -> None:
        """Open the stream `name` of `seed`; another name leaves this stream as it is."""
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(crc32(name.encode("utf-8")),)))

    def below(self, limit: int | Ints, size: int) -> Ints:
        """`size` integers 0 … limit − 1, each equally likely (limit at most 2**31, a number or one per draw)."""
        raw = (self._bits.random_raw(size) >> np.uint64(32)).astype(np.int64)
        return np.asarray((raw * limit) >> 32, dtype=np.int64)

    def between(self, low: int, high: int, size: int) -> Ints:
        """`size` integers low … high, both ends included."""
        return low + self.below(high - low + 1, size)

    def chance(self, permille: int | Ints, size: int) -> Bools:
        """`size` truth values that are true `permille` times in a thousand (a number or one per draw)."""
        return np.asarray(self.below(1000, size) < permille)

    def pick(self, weights: Sequence[int], size: int) -> Ints:
        """`size` positions in `weights`, each as likely as its weight.

        >>> Draws(1, "example").pick([0, 3, 0], 4).tolist()
        [1, 1, 1, 1]
        """
        edges = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(edges, self.below(int(edges[-1]), size), side="right").astype(np.int64)

    def curve(self, table: Table, size: int) -> Ints:
        """`size` draws from a distribution given by its quantiles: pairs (share in thousandths from 0 to 1000, value).

        Between two pairs the value runs in a straight line.

        >>> Draws(1, "example").curve([(0, 10), (1000, 10)], 2).tolist()
        [10, 10]
        """
        shares, values = np.array(table, dtype=np.int64).T * np.array([[1000], [1]])
        at = self.below(1_000_000, size)
        left = np.searchsorted(shares, at, side="right") - 1
        width = shares[left + 1] - shares[left]
        return np.asarray(values[left] + (values[left + 1] - values[left]) * (at - shares[left]) // width, dtype=np.int64)
