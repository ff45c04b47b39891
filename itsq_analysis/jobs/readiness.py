"""Whether what a run needs is there: the loads that it comes after, and data up to the end of its period."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta

from itsq_analysis.jobs.asked import needed_until
from itsq_analysis.jobs.ledger import Ledger, RunRow, text
from itsq_analysis.settings import Settings
from itsq_analysis.settings.jobs import JobSettings


def lacking(
    ledger: Ledger, row: RunRow, job: JobSettings, settings: Settings, names: Collection[str], known: datetime | None
) -> str:
    """What a run lacks, in words; "" where it has all.

    Args:
        ledger: with the loads.
        row: the run.
        job: its job.
        settings: of the workspace.
        names: of the notebook's parameters.
        known: up to when the newest snapshot knows the data; None where there is none.
    """
    missing = [f"the load {name} is not done" for name in job.after if not _loaded(ledger, name, row.scheduled_for)]
    end = needed_until(job, row.scheduled_for, settings, names)
    if end is not None:
        bound = datetime.combine(end, time(), settings.organisation.zone)
        if known is None or known < bound:
            reach = "there are none" if known is None else known.astimezone(settings.organisation.zone).strftime("%Y-%m-%d %H:%M")
            missing.append(f"data are needed up to the end of {end - timedelta(days=1)}; they reach {reach}")
    return "; ".join(missing)


def _loaded(ledger: Ledger, load: str, due: datetime) -> bool:
    """Whether a load's newest run that was due by then, or a later one, is done; a load that was never due is none to wait for."""
    asked = ledger.query(
        "SELECT max(scheduled_for) FROM runs WHERE job = ? AND scheduled_for <= ? AND state != 'skipped'", [load, text(due)]
    )[0][0]
    if asked is None:
        return True
    return bool(ledger.query("SELECT 1 FROM runs WHERE job = ? AND scheduled_for >= ? AND state = 'done'", [load, asked]))


def waits_until(row: RunRow, job: JobSettings) -> datetime:
    """How long a run waits: from when it was due, or was seen to be due after a sleep; of a backfill from its day."""
    begin = row.scheduled_for if row.backfilled else max(row.scheduled_for, row.not_before)
    return begin + timedelta(seconds=job.wait)
