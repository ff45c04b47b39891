"""Deliveries: entered with the run's result, sent at least once, and not again once the ledger knows that they were sent.

The ledger says "sending" before a message goes out and "sent" after the server has taken it. A process that dies between the two
leaves the one window in which a message is sent twice; a mail then bears the same Message-ID.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from itsq_analysis.errors import ItsqError, ReportError
from itsq_analysis.jobs import chat, mail
from itsq_analysis.jobs.ledger import Entry, Ledger, RunRow, text
from itsq_analysis.jobs.message import Message, attached, failure_message, language_of, report_message
from itsq_analysis.jobs.planning import Fate
from itsq_analysis.jobs.workspace_jobs import WorkspaceJobs
from itsq_analysis.reports.failure import one_line
from itsq_analysis.settings import Settings
from itsq_analysis.settings.jobs import JobSettings, RecipientSettings
from itsq_analysis.settings.references import looked_up

ATTEMPTS = 6
BACK_OFF = timedelta(minutes=1)  # after the first attempt, then twice as long, and so on
LOCK = "deliver.lock"
Kind = Literal["report", "file", "failure"]  # a file is what WeCom is given beside the post


def report_entries(job: JobSettings, settings: Settings, row: RunRow) -> list[Entry]:
    """Who gets the report of a run: recipients of its language and services, held where somebody must approve first."""
    parameters, state = json.loads(row.parameters), "held" if job.approve else "pending"
    about = set(parameters.get("services", ()))
    chosen = [
        recipient
        for recipient in settings.recipients
        if recipient.id in job.to
        and recipient.language in (None, language_of(row, settings))
        and (not recipient.services or not about or about & set(recipient.services))
    ]
    files = [("file", recipient.id, "", state) for recipient in chosen if recipient.chat == "wecom" and recipient.attach == "pdf"]
    return [("report", recipient.id, address, state) for recipient in chosen for address in recipient.mail or ("",)] + files


def failure_entries(job: JobSettings, settings: Settings) -> list[Entry]:
    """Who is told that a run failed."""
    owners = [recipient for recipient in settings.recipients if recipient.id == job.owner]
    return [("failure", owner.id, address, "pending") for owner in owners for address in owner.mail or ("",)]


def fate_of(job: JobSettings | None, settings: Settings) -> Fate:
    """What becomes of a job's run that fails; a job that itsq.toml no longer has is not tried again."""
    if job is None:
        return Fate()
    return Fate(job.retries, job.back_off, tuple(failure_entries(job, settings)))


@dataclass(frozen=True)
class Delivery:
    """One delivery as the ledger has it; `address` is "" for a chat, whose address is a reference in itsq.toml."""

    run: int
    kind: Kind
    recipient: str
    address: str
    attempt: int

    @property
    def key(self) -> tuple[int, str, str, str]:
        """What tells it from all others."""
        return self.run, self.kind, self.recipient, self.address


@dataclass(frozen=True)
class Post:
    """A message in the form in which it goes out: the bytes, and how they go."""

    ending: str
    content: bytes
    send: Callable[[], None]


def deliver(
    jobs: WorkspaceJobs, ledger: Ledger, now: Callable[[], datetime], dry_run: Path | None = None
) -> list[tuple[str, bool]]:
    """Send all that is to be sent now; what each became, and whether it went well.

    Args:
        jobs: of the workspace.
        ledger: with the deliveries.
        now: the present moment.
        dry_run: write what would be sent into this folder, and send and record nothing.
    """
    try:
        with FileLock(ledger.folder / LOCK, timeout=0):
            waiting = _waiting(ledger, now())
            if dry_run is not None:
                dry_run.mkdir(parents=True, exist_ok=True)
            return [done for delivery in waiting if (done := _one(jobs, ledger, delivery, now, dry_run))]
    except Timeout:  # another scheduler delivers
        return []


def _waiting(ledger: Ledger, now: datetime) -> list[Delivery]:
    """What is to be sent; what is "sending" was left by a killed process, since this one holds the lock."""
    with ledger.writing() as connection:
        connection.execute("UPDATE deliveries SET state = 'pending' WHERE state = 'held' AND run IN (SELECT run FROM approvals)")
    waiting = ledger.query(
        "SELECT run, kind, recipient, address, attempt FROM deliveries WHERE state IN ('pending', 'sending') AND not_before <= ? "
        "ORDER BY run, kind DESC, recipient, address",
        [text(now)],
    )
    return [Delivery(*row) for row in waiting]


def _one(
    jobs: WorkspaceJobs, ledger: Ledger, delivery: Delivery, now: Callable[[], datetime], dry_run: Path | None
) -> tuple[str, bool] | None:
    """Send one message; None where nothing is to be said of it."""
    row, settings = ledger.row(delivery.run), jobs.settings
    recipient = next((known for known in settings.recipients if known.id == delivery.recipient), None)
    name = f"{delivery.recipient}{' ' if delivery.address else ''}{delivery.address}"
    try:
        if recipient is None:
            raise ReportError(
                f"a recipient must be in itsq.toml; found none called {delivery.recipient}; add it, or leave this one"
            )
        message = _message(jobs, ledger, row, delivery)
        if recipient.only_when_changed and not message.changed:
            if dry_run is None:
                _record(ledger, delivery, state="quiet", error="")
            return None
        post = form(jobs, delivery, recipient, message, now())
        if dry_run is not None:
            place = recipient.mail.index(delivery.address) + 1 if delivery.address in recipient.mail else 0
            file = dry_run / f"{delivery.run}-{delivery.kind}-{delivery.recipient}-{place}{post.ending}"
            file.write_bytes(post.content)
            return f"written: {file}", True
        _record(ledger, delivery, state="sending", attempt=delivery.attempt + 1)
        post.send()
    except (ItsqError, OSError) as error:
        return _failed(ledger, delivery, name, one_line(str(error)), now(), dry=dry_run is not None)
    _record(ledger, delivery, state="sent", sent_at=text(now()), error="")
    return f"sent: {row.job} {delivery.kind} to {name}", True


def _message(jobs: WorkspaceJobs, ledger: Ledger, row: RunRow, delivery: Delivery) -> Message:
    if delivery.kind == "failure":
        job = jobs.job(row.job)
        zone = jobs.timetable(job).zone if job else jobs.settings.organisation.zone
        return failure_message(jobs.settings, row, row.scheduled_for.astimezone(zone))
    return report_message(jobs.folder, jobs.settings, ledger, row, pictures=bool(delivery.address))


def form(jobs: WorkspaceJobs, delivery: Delivery, recipient: RecipientSettings, message: Message, now: datetime) -> Post:
    """The mail or post of a message; what it holds needs no secret, sending it does."""
    settings, secret = jobs.settings.delivery, looked_up
    if delivery.address:
        key = "|".join((jobs.folder.name, *map(str, delivery.key)))
        content = mail.mail(message, delivery.address, key, settings, recipient.attach, now)
        return Post(".eml", content, lambda: mail.send(content, delivery.address, settings, secret(settings.password)))
    if delivery.kind == "file":
        ending, (name, file) = attached(message, recipient.attach)
        return Post(ending, file, lambda: chat.send_file(name, file, secret(recipient.address), now))
    kind = recipient.chat or "apprise"
    body = chat.body(message, kind)
    content = (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    return Post(".json", content, lambda: chat.send(body, kind, secret(recipient.address), secret(recipient.secret), now))


def _failed(ledger: Ledger, delivery: Delivery, name: str, error: str, now: datetime, *, dry: bool) -> tuple[str, bool]:
    attempt = delivery.attempt + 1
    again = attempt < ATTEMPTS
    if not dry:
        later = now + BACK_OFF * 2 ** (attempt - 1)
        _record(ledger, delivery, state="pending" if again else "failed", attempt=attempt, error=error, not_before=text(later))
    return f"not sent to {name}: {error}" + ("; it is tried again" if again and not dry else ""), False


def _record(ledger: Ledger, delivery: Delivery, **changes: object) -> None:
    assignments = ", ".join(f"{name} = ?" for name in changes)
    with ledger.writing() as connection:
        connection.execute(
            f"UPDATE deliveries SET {assignments} WHERE run = ? AND kind = ? AND recipient = ? AND address = ?",
            [*changes.values(), *delivery.key],
        )
