"""A small file beside the pages that says which of them are stale: REPORTS/JOB.stale.txt, there as long as something is."""

from __future__ import annotations

from itsq_analysis.jobs.ledger import Ledger
from itsq_analysis.jobs.series import all_series, stale
from itsq_analysis.jobs.workspace_jobs import WorkspaceJobs
from itsq_analysis.reports.failure import one_line
from itsq_analysis.text import LANGUAGES, say

ENDING = ".stale.txt"
WHY = 200  # characters


def write_notices(jobs: WorkspaceJobs, ledger: Ledger) -> None:
    """Write the notice of every job of which a report is stale, and remove those of the others."""
    told: dict[str, list[str]] = {}
    for (job, _), rows in all_series(ledger).items():
        old, known = stale(rows), jobs.job(job)
        if old is None or known is None or known.load:
            continue
        zone = jobs.timetable(known).zone
        facts = {"due": old.failed.scheduled_for.astimezone(zone).strftime("%Y-%m-%d %H:%M")}
        for language in LANGUAGES:
            why = say("job_reason", language, error=one_line(old.failed.error.split(" | ")[0], WHY))
            if old.last is None:
                line = say("job_stale_never", language, **facts)
            else:
                last = f"{old.last.scheduled_for.astimezone(zone):%Y-%m-%d %H:%M} ({str(old.last.page).rpartition('/')[2]})"
                line = say("job_stale", language, **facts, last=last)
            told.setdefault(job, []).append(f"{line} {why}")
    folder = jobs.folder / "reports"
    for job, lines in told.items():
        folder.mkdir(exist_ok=True)
        hidden = ledger.folder / f".{job}{ENDING}.tmp"
        hidden.write_text("\n".join(lines) + "\n", encoding="utf-8")
        hidden.replace(folder / f"{job}{ENDING}")
    for file in folder.glob(f"*{ENDING}"):
        if file.name.removesuffix(ENDING) not in told:
            file.unlink(missing_ok=True)
