"""Moments as int64 microseconds since 1970-01-01 UTC, and how local wall time becomes one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]

SECOND = 1_000_000
"""Microseconds in a second."""

_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moments: Any) -> Int64s:
    """Moments as int64 microseconds since 1970-01-01 UTC.

    Args:
        moments: int64 microseconds, NumPy datetime64 (UTC), a pandas Series or index (zone-aware, or naive UTC), or one aware
            datetime.

    >>> from datetime import timezone
    >>> int(microseconds(datetime(1970, 1, 2, tzinfo=timezone.utc)))
    86400000000
    """
    if isinstance(moments, datetime):
        offset = moments.utcoffset()
        if offset is None:
            raise TypeError(f"a moment must have a time zone; found {moments!r}; add tzinfo")
        return np.asarray((moments.replace(tzinfo=None) - offset - _EPOCH) // _MICROSECOND, dtype=np.int64)
    if hasattr(moments, "to_numpy"):
        moments = moments.to_numpy(dtype="datetime64[us]")
    values = np.asarray(moments)
    if values.dtype.kind == "M":
        return values.astype("datetime64[us]").view(np.int64)
    return values.astype(np.int64, casting="safe", copy=False)


def utc_microseconds(local: datetime, zone: ZoneInfo) -> int:
    """Microseconds since the epoch of a naive local time; the first of two, or moved forward by the gap where it does not exist.

    >>> gap = utc_microseconds(datetime(2026, 3, 29, 2, 30), ZoneInfo("Europe/Berlin"))
    >>> gap == utc_microseconds(datetime(2026, 3, 29, 3, 30), ZoneInfo("Europe/Berlin"))
    True
    """
    # fold=0 has exactly this meaning (PEP 495): inside a gap it takes the offset before it, inside an overlap the first pass.
    offset = zone.utcoffset(local.replace(tzinfo=zone, fold=0))
    return (local - _EPOCH - (offset or timedelta(0))) // _MICROSECOND
