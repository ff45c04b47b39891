"""The value frame over tables in memory, without a workspace and before any exemption."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pandas as pd
from duckdb import DuckDBPyConnection

from itsq_analysis.indicators.query import Catalogue, Query, asked_keys, dimensions, no_calendars
from itsq_analysis.indicators.values import evaluate
from itsq_analysis.periods import Period
from itsq_analysis.settings import Settings
from itsq_analysis.worktime import Calendar


def values(
    connection: DuckDBPyConnection,
    catalogue: Catalogue,
    settings: Settings,
    ids: Sequence[str] | None,
    periods: Sequence[Period],
    by: str | Sequence[str] | None,
    as_of: datetime,
    *,
    calendars: Callable[[str], Calendar] | None = None,
) -> pd.DataFrame:
    """`evaluate` of indicators by dimensions; `as_of` is aware."""
    keys = asked_keys(catalogue, ids, dimensions(by))
    return evaluate(Query(connection, catalogue, settings, tuple(periods), as_of.astimezone(UTC), calendars or no_calendars), keys)
