"""One pull: the source's rows as a file of the folder pulled/ID; what was not finished goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.pulling import glpi, jira, measurements, servicenow
from itsq_analysis.ingest.pulling.api import PAUSE, Api
from itsq_analysis.ingest.pulling.database import fetch
from itsq_analysis.ingest.pulling.pages import Pages
from itsq_analysis.ingest.pulling.progress import Progress
from itsq_analysis.settings import PullSettings

FOLDER = "pulled"
TICKETS: dict[str, Pages] = {"servicenow": servicenow.pages, "jira": jira.pages, "glpi": glpi.pages}
MEASURED: dict[str, measurements.Measured] = {"prometheus": measurements.prometheus, "zabbix": measurements.zabbix}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pulled:
    """What a pull has fetched: rows (days of measurements), the files that it wrote, and the newest time or key that is had."""

    id: str
    rows: int
    files: tuple[Path, ...]
    watermark: str | None


def pull_one(
    pull: PullSettings,
    workspace: Path,
    zone: ZoneInfo,
    at: datetime,
    *,
    pause: float = PAUSE,
    progress: Callable[[str, int], None] | None = None,
) -> Pulled:
    """Fetch what is new.

    Args:
        pull: an entry of `[[pull]]`.
        workspace: its folder; the files lie in pulled/ID.
        zone: of the organisation; `since` begins there. Measurements are cut into days of UTC.
        at: the present moment (aware); names the file, and measurements end there.
        pause: seconds before a question that failed is asked again the first time.
        progress: told the pull and the rows so far.

    Raises:
        IngestError: the source cannot be read, or another process pulls the same; what is had already is kept.
    """
    folder = workspace / FOLDER / pull.id
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            state = Progress.of(folder)
            if pull.kind == "database":
                return _database(pull, state, workspace, at)
            if pull.kind in MEASURED:
                return _measured(pull, state, at, pause, progress)
            return _tickets(pull, state, zone, at, pause, progress)
    except Timeout:
        raise IngestError(f"pull {pull.id} must run once at a time; found another one running; wait for it") from None


def _database(pull: PullSettings, state: Progress, workspace: Path, at: datetime) -> Pulled:
    """All rows under one name that is replaced; or, with a watermark, the changed ones in a file of their own."""
    file = f"{_stamp(at)}.parquet" if pull.watermark else f"{pull.id}.parquet"
    part = state.folder / f".{file}.part"
    rows, newest = fetch(pull, state.watermark, part, workspace)
    if pull.watermark and not rows:
        part.unlink()
        return Pulled(pull.id, 0, (), state.watermark)
    part.replace(state.folder / file)
    state.watermark = newest or state.watermark
    state.save()
    return Pulled(pull.id, rows, (state.folder / file,), state.watermark)


def _tickets(
    pull: PullSettings,
    state: Progress,
    zone: ZoneInfo,
    at: datetime,
    pause: float,
    progress: Callable[[str, int], None] | None,
) -> Pulled:
    since = datetime.combine(pull.since, time(), zone) if pull.since else None
    if state.watermark:
        newest = datetime.fromisoformat(state.watermark)
        since = (newest if newest.tzinfo or pull.kind == "glpi" else newest.replace(tzinfo=UTC)) - timedelta(seconds=pull.overlap)
    api = Api(pull, glpi.headers(pull) if pull.kind == "glpi" else None, pause=pause)
    state.begin(state.file or f"{_stamp(at)}.json")
    for page in TICKETS[pull.kind](api, pull, since, state.cursor):
        state.add(page.records, page.cursor, page.reached)
        if progress is not None:
            progress(pull.id, state.rows)
    rows = state.rows
    path = state.finish()
    return Pulled(pull.id, rows, (path,) if path else (), state.watermark)


def _measured(
    pull: PullSettings, state: Progress, at: datetime, pause: float, progress: Callable[[str, int], None] | None
) -> Pulled:
    """A file per day; from the day of the newest that is had, less the overlap, to the present."""
    api = Api(pull, pause=pause)
    files = []
    for number, start in enumerate(_days(pull, state, at), 1):
        content = MEASURED[pull.kind](api, pull, start, min(start + DAY, at))
        if content is not None:
            path, part = state.folder / f"{start:%Y-%m-%d}.json", state.folder / f".{start:%Y-%m-%d}.part"
            part.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
            part.replace(path)
            files.append(path)
        state.watermark = min(start + DAY, at).isoformat()
        state.save()
        if progress is not None:
            progress(pull.id, number)
    return Pulled(pull.id, len(files), tuple(files), state.watermark)


def _days(pull: PullSettings, state: Progress, at: datetime) -> Iterator[datetime]:
    first = datetime.combine(pull.since, time(), UTC) if pull.since else at
    if state.watermark:
        first = max(first, datetime.fromisoformat(state.watermark) - timedelta(seconds=pull.overlap))
    day = datetime.combine(first.astimezone(UTC).date(), time(), UTC)
    while day < at:
        yield day
        day += DAY


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
