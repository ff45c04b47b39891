"""The snapshot that a report is made from: settled before the kernel starts, so that its number and period are known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

from itsq_analysis.errors import ReportError
from itsq_analysis.periods import last_complete_month, parse_period
from itsq_analysis.settings import Settings, load_settings
from itsq_analysis.store import Snapshot, Store

LAST_MONTH = "last-month"


@dataclass(frozen=True)
class Source:
    """A snapshot and the settings recorded in it.

    Attributes:
        snapshot: as the store's ledger has it.
        settings: those in force when it was made; they, not those of today's itsq.toml, shape the report.
        outdated: itsq.toml says something else today.
        newest: no later snapshot exists.
    """

    snapshot: Snapshot
    settings: Settings
    outdated: bool
    newest: bool

    def period(self, label: str, as_of: date | None = None) -> str:
        """The canonical label of a period; "last-month" is the last complete one.

        Args:
            label: such as "2026-10", or "last-month".
            as_of: count from the end of this local day; None, and any later day, counts from the data's horizon.

        Raises:
            IndicatorError: no such period.
            ReportError: "last-month" of a snapshot without any time in it.
        """
        starts_on = self.settings.period.month_starts_on
        if label != LAST_MONTH:
            return parse_period(label, starts_on).label
        return last_complete_month(self._moment(as_of), self.settings.organisation.zone, starts_on).label

    def day(self, as_of: date | None = None) -> date:
        """The local day of the moment up to which the data are known as of the end of a day.

        Raises:
            ReportError: a snapshot without any time in it.
        """
        return self._moment(as_of).astimezone(self.settings.organisation.zone).date()

    def _moment(self, as_of: date | None) -> datetime:
        moment = self.snapshot.horizon
        if moment is None:
            raise ReportError(
                f"a report needs loaded tickets; found none in snapshot {self.snapshot.id}; load an export: itsq load"
            )
        if as_of is None:
            return moment
        return min(moment, datetime.combine(as_of + timedelta(days=1), time(), self.settings.organisation.zone))


def read_source(workspace: Path, number: int | None = None) -> Source:
    """The snapshot of that number in a workspace's store, or the newest.

    Raises:
        SettingsError: itsq.toml is missing or wrong.
        StoreError: nothing was loaded yet, or there is no such snapshot.
    """
    today = load_settings(workspace)
    store = Store(workspace / today.store.path)
    snapshot = store.snapshot(number)
    recorded = snapshot.resolved["settings"]
    return Source(
        snapshot,
        Settings.model_validate(recorded),
        outdated=today.model_dump(mode="json") != recorded,
        newest=number is None or store.snapshot().id == snapshot.id,
    )


def refresh(workspace: Path, waiting: Callable[[str], None] | None = None) -> int | None:
    """Record today's itsq.toml, catalogue and calendars as a snapshot where they have changed since the newest one; its number.

    A report is made after this, so that the snapshot that it names holds what it used. Reading the catalogue takes half a second,
    so a note in the folder `cache` tells by the files' bytes that nothing has changed since it was read last.

    Args:
        workspace: its folder.
        waiting: told who holds the store when a load is running.
    """
    store = Store(workspace / load_settings(workspace).store.path)
    note = workspace / "cache" / "in_force"
    if note.is_file() and note.read_bytes() == _in_force(workspace, store.snapshot()):
        return None
    from itsq_analysis.workspace import open_workspace

    changed = open_workspace(workspace).refresh(waiting=waiting)
    with suppress(OSError):  # without it the catalogue is read again next time
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_bytes(_in_force(workspace, store.snapshot()))
    return store.snapshot().id if changed else None


def _in_force(workspace: Path, snapshot: Snapshot) -> bytes:
    """A digest of a snapshot and the files that say what is in force, those of the package included."""
    package = Path(__file__).parents[1]
    places = ((workspace, "itsq.toml"), (workspace / "catalogue", "*.toml"), (workspace / "calendar", "*.csv"))
    shipped = [(package / room, ending) for room in ("indicators", "settings") for ending in ("**/*.toml", "**/*.py")]
    digest = sha256(snapshot.hash.encode("ascii"))
    for place, pattern in (*places, *shipped):
        for file in sorted(place.glob(pattern)):
            digest.update(file.name.encode("utf-8", "surrogateescape") + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest().encode("ascii")
