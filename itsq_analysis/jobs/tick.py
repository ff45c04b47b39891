"""One tick: what is due is entered, made and delivered, and what a killed process left is put right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from filelock import Timeout

from itsq_analysis.errors import ItsqError
from itsq_analysis.jobs.child import lock_of
from itsq_analysis.jobs.clock import present
from itsq_analysis.jobs.deliver import deliver, fate_of
from itsq_analysis.jobs.ledger import Ledger, RunRow, text
from itsq_analysis.jobs.notices import write_notices
from itsq_analysis.jobs.planning import enter_due, recover
from itsq_analysis.jobs.portal import MARK, portal_of, write_portal
from itsq_analysis.jobs.readiness import lacking, waits_until
from itsq_analysis.jobs.supervise import supervise
from itsq_analysis.jobs.workspace_jobs import WorkspaceJobs
from itsq_analysis.settings.jobs import JobSettings

Batch = tuple[JobSettings, list[RunRow]]


@dataclass
class Ticked:
    """What a tick did: runs that it made or that failed, deliveries (`failed` of them in vain), and what is wrong with jobs."""

    runs: list[RunRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    failed: int = 0


def tick(
    folder: Path, say: Callable[[str], None], *, stop: Event | None = None, dry_run: Path | None = None, at_once: int = 1
) -> Ticked:
    """Make all that is due; a second tick at once does nothing.

    Args:
        folder: of the workspace.
        say: told what is made, as it is made.
        stop: set when this process is to end.
        dry_run: send nothing, and write what would be sent into this folder.
        at_once: so many runs are made at the same time, each in a process of its own; a load is made alone.

    Raises:
        SettingsError: itsq.toml is wrong.
    """
    folder, ticked, busy = folder.resolve(), Ticked(), set[str]()
    ledger = Ledger(folder)
    try:
        while not (stop is not None and stop.is_set()):
            jobs = WorkspaceJobs.read(folder)
            _enter(jobs, ledger, ticked)
            _deliver(jobs, ledger, ticked, dry_run)
            batches = _next(jobs, ledger, busy)[:at_once]
            if not batches:
                break
            for job, rows in batches:
                say(f"{job.id}: {len(rows)} {'run' if len(rows) == 1 else 'runs'}")
            _make(jobs, _shared_out(batches, at_once), stop)
            for job, rows in batches:
                after = [ledger.row(row.id) for row in rows]
                ticked.runs += [new for old, new in zip(rows, after, strict=True) if new != old]
                if after == rows:  # another scheduler makes this job's runs
                    busy.add(job.id)
        if ticked.runs:
            _publish(WorkspaceJobs.read(folder), ledger, ticked)
        return ticked
    finally:
        ledger.close()


def _deliver(jobs: WorkspaceJobs, ledger: Ledger, ticked: Ticked, dry_run: Path | None) -> None:
    for line, well in deliver(jobs, ledger, present, dry_run):
        ticked.sent += [line] if line not in ticked.sent else []
        ticked.failed += not well


def _publish(jobs: WorkspaceJobs, ledger: Ledger, ticked: Ticked) -> None:
    """Tell readers beside the pages what is stale, and bring the portal up to date."""
    try:
        write_notices(jobs, ledger)
        if jobs.settings.delivery.portal or (portal_of(jobs) / MARK).is_file():
            write_portal(jobs, ledger, portal_of(jobs), present())
    except (ItsqError, OSError) as error:
        ticked.problems.append(f"portal: {error}")


def alive(folder: Path, row: RunRow) -> bool:
    """Whether the process that makes a run lives: it holds the run's lock."""
    try:
        with lock_of(folder, row.id):
            return False
    except Timeout:
        return True


def _enter(jobs: WorkspaceJobs, ledger: Ledger, ticked: Ticked) -> None:
    recover(ledger, lambda row: alive(jobs.folder, row), lambda name: fate_of(jobs.job(name), jobs.settings), present())
    for job in jobs.settings.jobs:
        try:
            enter_due(ledger, jobs.timetable(job), jobs.asked(job), present())
        except ItsqError as error:
            problem = f"job {job.id}: {error}"
            ticked.problems += [problem] if problem not in ticked.problems else []


def _next(jobs: WorkspaceJobs, ledger: Ledger, busy: set[str]) -> list[Batch]:
    """The next runs to make, by job: a load alone, then what was due first."""
    queued = ledger.rows("state = 'queued' AND not_before <= ?", [text(present())])
    ready = [(job, row) for row in queued if row.job not in busy and (job := jobs.job(row.job)) and _ready(jobs, ledger, row, job)]
    loads = [found for found in ready if found[0].load]
    ordered = dict.fromkeys(job.id for job, _ in loads[:1] or ready)
    return [(job, [row for other, row in ready if other is job]) for job in map(jobs.job, ordered) if job is not None]


def _shared_out(batches: Sequence[Batch], at_once: int) -> list[Batch]:
    """For each process that is started its job and runs: a job with more runs than one has several, which take them in turn."""
    processes = [*batches]
    while len(processes) < at_once:
        waiting = [(len(rows) / sum(job is one for one, _ in processes), job, rows) for job, rows in batches]
        share, job, rows = max(waiting, key=lambda found: found[0])
        if share <= 1 or job.load:
            break
        processes.append((job, rows))
    return processes


def _make(jobs: WorkspaceJobs, processes: Sequence[Batch], stop: Event | None) -> None:
    """Start the processes, and wait for their ends."""

    def one(batch: Batch) -> None:
        job, rows = batch
        with closing(Ledger(jobs.folder)) as ledger:  # a connection belongs to one thread
            supervise(jobs.folder, ledger, job, fate_of(job, jobs.settings), rows, stop)

    with ThreadPoolExecutor(len(processes)) as pool:
        for done in [pool.submit(one, batch) for batch in processes]:
            done.result()


def _ready(jobs: WorkspaceJobs, ledger: Ledger, row: RunRow, job: JobSettings) -> bool:
    """Whether a run can be made now: what it needs is there, or it has waited long enough and is made all the same."""
    if job.load:
        return True
    try:
        missing = lacking(ledger, row, job, jobs.settings, jobs.names(job), jobs.known_until)
    except ItsqError:  # told by `_enter`
        return False
    over = present() >= waits_until(row, job)
    if missing and over and job.late == "skip":
        ledger.update(row.id, "queued", state="skipped", note=missing)
        return False
    if missing != row.note:
        ledger.update(row.id, "queued", note=missing)
    return not missing or over
