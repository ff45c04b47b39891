"""The process that makes runs of one job, one after another, and records what became of each.

It holds a run's lock for as long as it makes it. On stdout it says when a run begins and ends, so that whoever started it can end
it at the run's limit of time or memory; secrets are looked up in its environment only.

    python -P -m itsq_analysis.jobs.child WORKSPACE JOB RUN...
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from itsq_analysis.errors import IngestError, ItsqError, StoreError
from itsq_analysis.jobs.clock import present
from itsq_analysis.jobs.deliver import fate_of, report_entries
from itsq_analysis.jobs.ledger import FOLDER, Ledger, RunRow
from itsq_analysis.jobs.planning import Fate, failed
from itsq_analysis.reports.failure import one_line
from itsq_analysis.reports.forking import preloaded
from itsq_analysis.settings import Settings, load_settings
from itsq_analysis.settings.jobs import JobSettings

if TYPE_CHECKING:
    from itsq_analysis.reports.engine import Kernel

LOCKS = 64
Result = dict[str, Any]


def lock_of(workspace: Path, number: int) -> FileLock:
    """The lock of a run: whoever makes it holds it. Some runs share a file, so that there are never more than `LOCKS`."""
    folder = workspace / FOLDER / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / f"{number % LOCKS}.lock", timeout=0)


def log_of(workspace: Path, number: int) -> Path:
    """Where the traceback of a run that failed outside its notebook stands."""
    return workspace / FOLDER / "failed" / f"{number}.log"


@dataclass
class Worker:
    """Makes runs of one job.

    Attributes:
        workspace: its folder.
        settings: of the workspace.
        job: the job.
        stack: closes the kernel at the end.
    """

    workspace: Path
    settings: Settings
    job: JobSettings
    stack: ExitStack
    _kernel: Kernel | None = field(default=None)

    @property
    def fate(self) -> Fate:
        """What becomes of a run that fails."""
        return fate_of(self.job, self.settings)

    def work(self, ledger: Ledger, row: RunRow) -> None:
        """Make one run that is claimed, and record what became of it."""
        log = log_of(self.workspace, row.id)
        try:
            result = self._load() if self.job.load else self._report(row)
        except (ItsqError, OSError) as error:
            failed(ledger, row, self.fate, one_line(str(error)), present())
        except Exception as error:
            log.parent.mkdir(exist_ok=True)
            log.write_text(traceback.format_exc(), encoding="utf-8")
            where = f"full traceback: {log.relative_to(self.workspace).as_posix()}"
            failed(ledger, row, self.fate, f"{type(error).__name__}: {one_line(str(error))} | {where}", present())
        else:
            entries = [] if self.job.load or row.backfilled else report_entries(self.job, self.settings, row)
            ledger.update(row.id, "running", entries, state="done", finished_at=present(), **result)
            log.unlink(missing_ok=True)

    def _load(self) -> Result:
        from itsq_analysis.ingest.ledger import poorly_kept
        from itsq_analysis.workspace import open_workspace

        opened = open_workspace(self.workspace)
        opened.pull()
        ledger = opened.load()
        if poor := [*poorly_kept(ledger, opened.settings.load.keep_at_least)]:
            raise IngestError("; ".join(poor))
        counts = ", ".join(f"{int(ledger[name].sum()):,} {name}" for name in ("inserted", "updated", "quarantined"))
        return {"snapshot": opened.store.snapshot().id, "note": counts}

    def _report(self, row: RunRow) -> Result:
        import json

        from itsq_analysis.reports.prepare import prepare
        from itsq_analysis.reports.run import Options, kernel_for_reports, make
        from itsq_analysis.reports.source import refresh

        if self._kernel is None:
            with suppress(StoreError):  # a notebook that reads no store needs none; another one is refused by `prepare`
                refresh(self.workspace)
            self._kernel = self.stack.enter_context(kernel_for_reports(self.workspace))
        run = prepare(str(self.job.report), self.workspace, json.loads(row.parameters))
        made = make(run, self._kernel, options=Options(time_limit=self.job.time_limit, pdf=self.job.pdf))
        if made.error is not None or made.page is None:
            raise made.error or ItsqError("no page")
        snapshot = run.source.snapshot.id if run.source else None
        return {"label": made.label, "page": made.page.relative_to(self.workspace).as_posix(), "snapshot": snapshot}


def main(arguments: list[str], say: Callable[[str], None]) -> None:
    """Make the runs of the given numbers that are still queued; several processes may be given the same ones."""
    workspace, name = Path(arguments[0]), arguments[1]
    settings = load_settings(workspace)
    job = next(job for job in settings.jobs if job.id == name)
    with ExitStack() as stack:
        if not job.load:
            stack.enter_context(preloaded([str(job.report)]))
        ledger = Ledger(workspace)
        stack.callback(ledger.close)
        worker = Worker(workspace, settings, job, stack)
        for number in map(int, arguments[2:]):
            row = ledger.row(number)
            with suppress(Timeout), lock_of(workspace, number):
                if row.job == name and ledger.claim(number, present()):
                    say(f"begin {number}")
                    worker.work(ledger, row)
                    say(f"end {number}")


def _say(line: str) -> None:
    """A line to whoever started this process, who may be gone."""
    try:
        sys.__stdout__.write(line + "\n")  # type: ignore[union-attr] # a child of ours has one
        sys.__stdout__.flush()  # type: ignore[union-attr] # likewise
    except OSError:
        return


if __name__ == "__main__":
    main(sys.argv[1:], _say)
