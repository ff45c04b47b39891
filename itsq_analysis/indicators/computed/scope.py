"""What a computed indicator is asked for: the tables, the periods, and one dimension."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from itsq_analysis.periods import Period
    from itsq_analysis.settings import Settings
    from itsq_analysis.worktime import Calendar


@dataclass(frozen=True)
class Scope:
    """One question to all computed indicators.

    `starts` and `ends` are the periods' bounds as aware UTC moments, end exclusive, ends clipped at `as_of`: nothing after
    `as_of` is known. `calendars` returns the business calendar of an id of itsq.toml. `dimension` is None for the whole
    organisation.
    """

    connection: DuckDBPyConnection
    settings: Settings
    calendars: Callable[[str], Calendar]
    periods: tuple[Period, ...]
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    dimension: str | None
    as_of: datetime
