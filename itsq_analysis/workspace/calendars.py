"""The calendars that a snapshot recorded: business calendars, and the days that forecasts and detectors must know."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from itsq_analysis.settings import Settings
from itsq_analysis.store import Snapshot

if TYPE_CHECKING:
    from itsq_analysis.worktime import Calendar


def recorded_calendars(settings: Settings, snapshot: Snapshot, first_year: int, last_year: int) -> dict[str, Calendar]:
    """The business calendars by id, with the workspace's own days as the snapshot recorded them."""
    from itsq_analysis.ingest.derive import build_calendars

    with _recorded(snapshot) as folder:
        return build_calendars(settings, folder, first_year, last_year)


def special_days(settings: Settings, snapshot: Snapshot) -> list[str | pd.DataFrame]:
    """The organisation's country and, as a frame, the workspace's own days that override it."""
    from itsq_analysis.worktime import read_overrides

    with _recorded(snapshot) as folder:
        own = read_overrides(folder / "calendar")
    country = settings.organisation.holidays
    days = [{"ds": day, "kind": special.kind, "name": special.name or special.kind} for day, special in own.items()]
    return [*([country] if country else []), *([pd.DataFrame(days)] if days else [])]


@contextmanager
def _recorded(snapshot: Snapshot) -> Iterator[Path]:
    """A folder with the recorded files in its folder `calendar`, as a workspace has them."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "calendar").mkdir()
        for name, text in snapshot.resolved["calendar"].items():
            (Path(folder) / "calendar" / Path(name).name).write_text(text, encoding="utf-8")
        yield Path(folder)
