"""How long things last of which some have not ended yet (Kaplan and Meier 1958)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from itsq_analysis.late_risk.tickets import Floats


def curve(lasted: NDArray[Any], ended: NDArray[np.bool_]) -> tuple[NDArray[Any], Floats]:
    """When any ended, ascending, and the share that lasts longer: before the first of these and after each.

    Args:
        lasted: how long each has lasted.
        ended: whether it has ended then; the others go on.

    >>> curve(np.array([1, 2, 2, 3]), np.array([True, True, False, True]))[1].tolist()
    [1.0, 0.75, 0.5, 0.0]
    """
    at, ends = np.unique(lasted[ended], return_counts=True)
    reached = lasted.size - np.searchsorted(np.sort(lasted), at, side="left")
    return at, np.append(1.0, np.cumprod(1 - ends / np.maximum(reached, 1)))


def lasting_longer(lasted: NDArray[Any], ended: NDArray[np.bool_], than: NDArray[Any]) -> Floats:
    """The share that lasts longer than each of these times; arguments as for `curve`."""
    at, share = curve(lasted, ended)
    return np.asarray(share[np.searchsorted(at, than, side="right")])


def quantiles(lasted: NDArray[Any], ended: NDArray[np.bool_], levels: tuple[float, ...]) -> list[float]:
    """By when these shares have ended; NaN where that was never seen."""
    at, share = curve(lasted, ended)
    places = [int(np.searchsorted(-share[1:], level - 1 - 1e-12, side="left")) for level in levels]
    return [float(at[place]) if place < at.size else float("nan") for place in places]
