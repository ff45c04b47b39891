"""The event gate: one event raises one alarm."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import maximum_filter1d

from itsq_analysis.anomaly.windows import Array

REST = 100  # rows after an alarm in which only a stronger one is another


def gate(strength: Array, rest: int = REST) -> Array:
    """Strengths that are larger than all of the `rest` rows before; 0 elsewhere.

    >>> gate(np.array([[1.0, 3.0, 2.0, 4.0, 2.0]]), 2)
    array([[1., 3., 0., 4., 0.]])
    """
    earlier = np.full_like(strength, -np.inf)
    if strength.shape[1] > 1:
        earlier[:, 1:] = maximum_filter1d(strength[:, :-1], rest, axis=1, mode="constant", cval=-np.inf, origin=(rest - 1) // 2)
    return np.where(strength > earlier, strength, 0.0)
