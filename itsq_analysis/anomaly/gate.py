"""The event gate: one event raises one alarm."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import maximum_filter1d

from itsq_analysis.anomaly.windows import Array

REST = 100  # rows after an alarm in which only a stronger one is another


def largest_before(strength: Array, rest: int = REST) -> Array:
    """The largest of the `rest` rows before each row; minus infinity before the first.

    >>> largest_before(np.array([[1.0, 3.0, 2.0, 4.0]]), 2)
    array([[-inf,   1.,   3.,   3.]])
    """
    earlier = np.full_like(strength, -np.inf)
    if strength.shape[1] > 1:
        origin = (rest - 1) // 2
        earlier[:, 1:] = maximum_filter1d(strength[:, :-1], rest, axis=1, mode="constant", cval=-np.inf, origin=origin)
    return earlier


def gate(strength: Array, rest: int = REST) -> Array:
    """Strengths that are larger than all of the `rest` rows before; 0 elsewhere.

    >>> gate(np.array([[1.0, 3.0, 2.0, 4.0, 2.0]]), 2)
    array([[1., 3., 0., 4., 0.]])
    """
    return np.where(strength > largest_before(strength, rest), strength, 0.0)
