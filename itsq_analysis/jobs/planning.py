"""What is due is entered into the ledger, and what killed processes left is put right. Nothing here reads a clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from itsq_analysis.jobs.asked import canonical
from itsq_analysis.jobs.ledger import Entry, Ledger, RunRow, text
from itsq_analysis.jobs.occurrences import Timetable
from itsq_analysis.settings.jobs import JobSettings

GRACE = timedelta(hours=1)  # a run seen so much later than due was missed, for a job that catches up none
SET_BACK = timedelta(minutes=5)  # less than this is two clocks that differ
MISSED, KILLED = "missed", "its process was killed"

Asked = Callable[[datetime], Sequence[dict[str, Any]]]


def enter_due(ledger: Ledger, timetable: Timetable, asked: Asked, now: datetime) -> list[datetime]:
    """Enter all runs of a job that have become due; returns the moments of those that are to be made.

    A job that is new is due for its newest moment, unless it catches up none. A clock that was set back takes back what was entered
    for moments that are to come again and was not begun.

    Args:
        ledger: where they are entered.
        timetable: of the job.
        asked: a moment → the parameters of the runs that are due at it.
        now: the present moment.
    """
    job, seen = timetable.job, ledger.seen_until(timetable.job.id)
    if seen is not None and seen > now + SET_BACK:
        seen = _take_back(ledger, job, now)
    if seen is None:
        newest = timetable.newest(now)
        moments = [newest] if newest is not None and job.catch_up != "none" else []
    else:
        moments = [*timetable.between(seen, now)]
    made = _caught_up(job, moments, now)
    rows = [
        (job.id, text(due), canonical(parameters), "queued" if due in made else "skipped", text(now), "" if due in made else MISSED)
        for due in moments
        for parameters in asked(due)
    ]
    with ledger.writing() as connection:
        connection.executemany(
            "INSERT OR IGNORE INTO runs (job, scheduled_for, parameters, state, not_before, note) VALUES (?, ?, ?, ?, ?, ?)", rows
        )
        ledger.see(connection, job.id, now)
    return made


def _caught_up(job: JobSettings, moments: Sequence[datetime], now: datetime) -> list[datetime]:
    """Which of the moments that have passed are still made."""
    if job.catch_up == "all":
        return [*moments]
    return [*moments[-1:]] if job.catch_up == "last" else [due for due in moments[-1:] if now - due <= GRACE]


def _take_back(ledger: Ledger, job: JobSettings, now: datetime) -> datetime | None:
    """The clock was wrong and is right again: what it made due or missed, and nobody has begun, is judged anew.

    Returns up to when the due runs had been entered before it went wrong.
    """
    with ledger.writing() as connection:
        connection.execute("DELETE FROM horizons WHERE job = ? AND seen_until > ?", [job.id, text(now)])
        [(seen,)] = connection.execute("SELECT max(seen_until) FROM horizons WHERE job = ?", [job.id]).fetchall()
        connection.execute(
            "DELETE FROM runs WHERE job = ? AND attempt = 0 AND (state IN ('queued', 'skipped') AND scheduled_for > ? "
            "OR state = 'skipped' AND note = ? AND scheduled_for > ?)",
            [job.id, text(now), MISSED, seen or ""],
        )
        connection.execute(
            "UPDATE runs SET not_before = ? WHERE job = ? AND not_before > ? AND state = 'queued'", [text(now), job.id, text(now)]
        )
    return datetime.fromisoformat(seen) if seen else None


def enter_backfill(ledger: Ledger, timetable: Timetable, asked: Asked, start: datetime, end: datetime, now: datetime) -> int:
    """Queue all runs of a job that were due between two moments and are not done; returns how many are queued now.

    The report of a run that is entered here is sent to nobody.
    """
    count = 0
    with ledger.writing() as connection:
        for due in timetable.between(start, min(end, now)):
            for parameters in asked(due):
                done = connection.execute(
                    "INSERT INTO runs (job, scheduled_for, parameters, state, not_before, backfilled) "
                    "VALUES (?, ?, ?, 'queued', ?, 1) "
                    "ON CONFLICT DO UPDATE SET state = 'queued', attempt = 0, note = '', not_before = excluded.not_before "
                    "WHERE state IN ('skipped', 'failed')",
                    [timetable.job.id, text(due), canonical(parameters), text(now)],
                )
                count += done.rowcount
    return count


def recover(ledger: Ledger, alive: Callable[[RunRow], bool], fate: Callable[[str], Fate], now: datetime) -> list[RunRow]:
    """Put runs whose process was killed back into the queue, or record that they failed; returns them.

    Args:
        ledger: with the runs.
        alive: whether the process that makes a run lives.
        fate: a job → what becomes of its runs that fail.
        now: the present moment.
    """
    dead = [row for row in ledger.rows("state = 'running'") if not alive(row)]
    for row in dead:
        failed(ledger, row, replace(fate(row.job), back_off=0.0), KILLED, now)
    return dead


@dataclass(frozen=True)
class Fate:
    """What becomes of a run that fails: it is tried again, so often and after so many seconds; then these are told."""

    retries: int = 0
    back_off: float = 0.0
    told: tuple[Entry, ...] = ()


def failed(ledger: Ledger, row: RunRow, fate: Fate, error: str, now: datetime) -> bool:
    """Record that a running run failed; True where it is tried again, after its back-off, which doubles each time."""
    attempt = ledger.row(row.id).attempt
    if attempt <= fate.retries:
        wait = timedelta(seconds=fate.back_off * 2 ** (attempt - 1))
        return ledger.update(row.id, "running", state="queued", error=error, not_before=now + wait)
    ledger.update(row.id, "running", fate.told, state="failed", error=error, finished_at=now)
    return False
