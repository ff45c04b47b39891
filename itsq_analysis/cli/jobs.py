"""The commands of unattended runs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from itsq_analysis.cli import completions
from itsq_analysis.cli.commands import FormatOption, WorkspaceOption, _folder, app
from itsq_analysis.cli.output import say, show, warn, write_records
from itsq_analysis.errors import ReportError

if TYPE_CHECKING:
    from itsq_analysis.jobs.ledger import Ledger, RunRow
    from itsq_analysis.jobs.workspace_jobs import WorkspaceJobs
    from itsq_analysis.settings.jobs import JobSettings

AtOnceOption = Annotated[
    int, typer.Option("--at-once", metavar="N", min=1, max=32, help="Runs made at the same time, each with memory of its own.")
]
JOB_COLUMNS = ("due", "zone", "job", "makes", "for")
NumberArgument = Annotated[int, typer.Argument(metavar="ID", help="A run's number; itsq runs lists them.")]


@app.command()
def jobs(
    next_: Annotated[int, typer.Option("--next", metavar="K", min=1, help="The next K of all jobs, at least one of each.")] = 10,
    workspace: WorkspaceOption = None,
    format: FormatOption = "table",  # noqa: A002 - the option's name
) -> None:
    """List the jobs and when they are due next."""
    from itsq_analysis.jobs.clock import present
    from itsq_analysis.jobs.workspace_jobs import WorkspaceJobs

    found = WorkspaceJobs.read(_folder(workspace))
    if not found.settings.jobs and format == "table":
        say("no jobs yet; add a [[job]] to itsq.toml, such as the commented one that itsq init writes")
        return
    now = present()
    following = {job.id: found.timetable(job).following(now, next_) for job in found.settings.jobs}
    moments = sorted((due, job.id, job) for job in found.settings.jobs for due in following[job.id])
    # a daily job must not push a monthly one off the list
    coming = [moment for place, moment in enumerate(moments) if place < next_ or moment[0] == following[moment[1]][0]]
    rows = [
        (_local(due, found, job), found.timetable(job).zone.key, job.id, _makes(job), ", ".join(job.to)) for due, _, job in coming
    ]
    if format != "table":
        write_records([dict(zip(JOB_COLUMNS, row, strict=True)) for row in rows], format)
        return
    show(JOB_COLUMNS, rows)
    until = max((due for due, *_ in coming), default=now).date()
    lines = [line for job in found.settings.jobs for line in found.timetable(job).warnings(until)]
    lines += [
        f'job {job.id}: its cron must meet a day of on = "{job.on}"; found none ahead; let the cron name every day, '
        'such as "30 7 * * *"'
        for job in found.settings.jobs
        if not following[job.id]
    ]
    for line in dict.fromkeys(lines):
        warn(line)


@app.command("run-due")
def run_due(
    dry_run: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Send nothing; write what would be sent into this folder.")
    ] = None,
    at_once: AtOnceOption = 1,
    workspace: WorkspaceOption = None,
) -> None:
    """Make and deliver what is due, once.

    For cron, a systemd timer, Windows Task Scheduler or Airflow. A second call at once does nothing. The exit code is 1 where a run
    or a delivery has failed, 2 where a job is wrong.
    """
    from itsq_analysis.jobs.tick import tick

    folder = _folder(workspace)
    ticked = tick(folder, say, dry_run=dry_run, at_once=at_once)
    for row in ticked.runs:
        _tell(row)
    for line in (*ticked.sent, *ticked.problems):
        (warn if line in ticked.problems else say)(line)
    if not (ticked.runs or ticked.sent or ticked.problems):
        say("nothing is due")
    if ticked.problems:
        raise typer.Exit(2)
    if ticked.failed or any(row.state == "failed" or row.error for row in ticked.runs):
        raise typer.Exit(1)


@app.command()
def schedule(
    every: Annotated[int, typer.Option(metavar="SECONDS", min=1, help="Between two looks at what is due.")] = 30,
    at_once: AtOnceOption = 1,
    workspace: WorkspaceOption = None,
) -> None:
    """Make and deliver what is due, until it is stopped.

    It ends with Ctrl-C or SIGTERM. A run that is being made then goes back into the queue; a line of health is written every hour.
    """
    from itsq_analysis.jobs.schedule import schedule as keep_going

    keep_going(_folder(workspace), say, warn, every, at_once)


@app.command()
def backfill(
    job: Annotated[str, typer.Argument(metavar="JOB", help="Its id in itsq.toml.")],
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="The first local day.")],
    end: Annotated[str, typer.Option("--to", metavar="DATE", help="The last local day.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Queue the runs of a job between two days.

    itsq run-due makes them; they are sent to nobody. What is done is not made again.
    """
    from datetime import timedelta

    from itsq_analysis.jobs.clock import present
    from itsq_analysis.jobs.planning import enter_backfill

    found, ledger = _opened(workspace)
    chosen = _known(found, job)
    timetable = found.timetable(chosen)
    first = _day(start, "--from").replace(tzinfo=timetable.zone) - timedelta(microseconds=1)
    last = (_day(end, "--to") + timedelta(days=1)).replace(tzinfo=timetable.zone) - timedelta(microseconds=1)
    if last <= first:
        raise ReportError(f"--to must not lie before --from; found {start} to {end}; exchange them")
    queued = enter_backfill(ledger, timetable, found.asked(chosen), first, last, present())
    say(f"queued: {queued}" + ("; next: itsq run-due" if queued else "; all runs of these days are done or queued already"))


@app.command()
def runs(
    failed: Annotated[bool, typer.Option("--failed", help="Only those that failed, or that are tried again.")] = False,
    job: Annotated[str | None, typer.Option(metavar="JOB", help="Only of this job.", autocompletion=completions.jobs)] = None,
    last: Annotated[int, typer.Option(metavar="K", min=1, help="The newest K.")] = 50,
    workspace: WorkspaceOption = None,
    format: FormatOption = "table",  # noqa: A002 - the option's name
) -> None:
    """List the runs and what became of them.

    When each was due, why it failed, how many were sent its report.
    """
    found, ledger = _opened(workspace)
    condition = ("(state = 'failed' OR error != '')" if failed else "1") + (" AND job = ?" if job else "")
    rows = ledger.rows(condition, [job] if job else [])[-last:]
    records = [_record(row, ledger, found) for row in rows]
    if format != "table":
        write_records(records, format)
    elif not records:
        say("no runs yet" if not failed else "no run has failed")
    else:
        show([*records[0]], ([*record.values()] for record in records), right=("id", "attempt"))


@app.command()
def rerun(number: NumberArgument, workspace: WorkspaceOption = None) -> None:
    """Queue a run again.

    itsq run-due makes it, of the newest data. Who was sent its report is not sent it again.
    """
    from itsq_analysis.jobs.clock import present

    _, ledger = _opened(workspace)
    row = ledger.row(number)
    if not ledger.again(number, present()):
        raise ReportError(f"a run can be queued again when it is not being made; found run {row.id} {row.state}; wait for its end")
    say(f"queued: {number}; next: itsq run-due")


@app.command()
def approve(
    number: NumberArgument,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who approves.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Approve a run, whose report is then delivered.

    itsq run-due delivers it. Only runs of jobs with approve = true wait for this.
    """
    from itsq_analysis.jobs.clock import present
    from itsq_analysis.jobs.ledger import text

    _, ledger = _opened(workspace)
    row = ledger.row(number)
    if row.state != "done":
        raise ReportError(f"a run must be done before it is approved; found run {number} {row.state}; look at it first: itsq runs")
    if not by.strip():
        raise ReportError('--by must name who approves; found nothing; write for example --by "Li Wei"')
    with ledger.writing() as connection:
        done = connection.execute("INSERT OR IGNORE INTO approvals VALUES (?, ?, ?)", [number, by.strip(), text(present())])
    [(name, at)] = ledger.query("SELECT name, at FROM approvals WHERE run = ?", [number])
    say(f"approved: {number} by {name}, {at[:16]} UTC" + ("" if done.rowcount else " (before)"))


@app.command()
def portal(
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Its folder; default: the portal of [delivery], else portal.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write static pages over all runs.

    Newest reports, what is stale, history, trends. They work from a share, a web server or the disk, and bring copies of reports
    along. Once they are there, itsq run-due keeps them up to date.
    """
    from itsq_analysis.jobs.clock import present
    from itsq_analysis.jobs.portal import portal_of, write_portal

    found, ledger = _opened(workspace)
    say(str(write_portal(found, ledger, out or portal_of(found), present())))


def _opened(workspace: Path | None) -> tuple[WorkspaceJobs, Ledger]:
    from itsq_analysis.jobs.ledger import Ledger
    from itsq_analysis.jobs.workspace_jobs import WorkspaceJobs

    folder = _folder(workspace)
    return WorkspaceJobs.read(folder), Ledger(folder)


def _known(found: WorkspaceJobs, name: str) -> JobSettings:
    job = found.job(name)
    if job is None:
        from itsq_analysis.settings.findings import proposal

        known = [job.id for job in found.settings.jobs]
        raise ReportError(f"a job must be in itsq.toml; found {name[:60]!r}; {proposal(name, known) if known else 'add a [[job]]'}")
    return job


def _day(text: str, option: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise ReportError(f"{option} must be a day such as 2026-10-01; found {text[:40]!r}; write it so") from None


def _local(moment: datetime | None, found: WorkspaceJobs, job: JobSettings | None) -> str:
    """A moment in the job's zone, to the minute."""
    zone = found.timetable(job).zone if job else found.settings.organisation.zone
    return "" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _makes(job: JobSettings) -> str:
    return "load" if job.load else " x ".join((str(job.report), *job.for_each))


def _record(row: RunRow, ledger: Ledger, found: WorkspaceJobs) -> dict[str, Any]:
    job = found.job(row.job)
    sent = ledger.query("SELECT state, count(*) FROM deliveries WHERE run = ? GROUP BY state ORDER BY state", [row.id])
    approved = ledger.query("SELECT name FROM approvals WHERE run = ?", [row.id])
    return {
        "id": row.id,
        "job": row.job,
        "due": _local(row.scheduled_for, found, job),
        "state": row.state,
        "attempt": row.attempt,
        "started": _local(row.started_at, found, job),
        "took": f"{(row.finished_at - row.started_at).total_seconds():.0f} s" if row.finished_at and row.started_at else "",
        "made": row.page or row.parameters,
        "deliveries": ", ".join(f"{count} {state}" for state, count in sent),
        "approved": approved[0][0] if approved else "",
        "why": row.error or row.note,
    }


def _tell(row: RunRow) -> None:
    line = f"{row.state}: {row.id} {row.job} {row.page or ''}".rstrip()
    if row.error:
        warn(f"{line}: {row.error}")
    else:
        say(line + (f" ({row.note})" if row.note else ""))
