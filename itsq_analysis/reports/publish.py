"""A report's files appear together: page, workbook, values, manifest and executed notebook are all of one run, or all of the last.

What is about to happen is written into the run's folder before it happens (`pending.json`):

1. the journal names each file, its hidden new content beside it, and what goes: state "writing";
2. the new contents are written under their hidden names;
3. the journal says "written": this is the moment from which the new report counts;
4. the hidden files are renamed, what goes is removed, and so is the journal.

A process that is killed before 3 leaves the last report; `settle`, with which every `itsq run` begins, removes what it wrote.
One that is killed after 3 leaves some files of either; `settle` renames the others. Where a file cannot be replaced, because a
program has it open, those before it become again what they were. A program that reads several files of a report compares them
with the hashes in `manifest.json`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock, Timeout

from itsq_analysis.errors import ReportError

JOURNAL, UNFINISHED, LOCK = "pending.json", ".pending.json.tmp", ".lock"
WRITING, WRITTEN = "writing", "written"


def publish(run: Path, contents: Mapping[Path, bytes], removed: Collection[Path] = ()) -> None:
    """Replace the files of a report by new ones, all or none; the caller holds the run's lock.

    Args:
        run: the run's folder, which keeps the journal.
        contents: file -> bytes, in the order in which they are renamed: what another program may have open comes first.
        removed: files that the report had and no longer has.

    Raises:
        ReportError: a file cannot be written or replaced; the last report is as it was.
    """
    staged = {path: path.with_name(f".{path.name}.{uuid4().hex[:8]}.tmp") for path in contents}
    journal: dict[str, Any] = {
        "state": WRITING,
        "files": [[str(hidden), str(path)] for path, hidden in staged.items()],
        "removed": [str(path) for path in removed],
    }
    path = run / JOURNAL
    try:
        _write_journal(run, journal)
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(staged[path], content)
        path = run / JOURNAL
        _write_journal(run, {**journal, "state": WRITTEN})
        _rename(staged)
    except OSError as error:
        path = Path(error.filename2 or path)
        for hidden in (*staged.values(), run / JOURNAL):
            with suppress(OSError):
                hidden.unlink(missing_ok=True)
        raise ReportError(
            f"a report's files must be writable; found {path.name} in use, protected or without room ({error.strerror}); "
            "close it where it is open, check folder and disk, and run again"
        ) from error
    _finish(run, journal)


def settle(runs: Path) -> None:
    """Complete or undo what killed runs have left, in every folder of runs that no process works in.

    A report whose files cannot be replaced now is left for the next time.
    """
    for run in sorted({left.parent for name in (JOURNAL, UNFINISHED) for left in runs.glob(f"*/{name}")}):
        with suppress(OSError, Timeout), FileLock(run / LOCK, timeout=0):
            (run / UNFINISHED).unlink(missing_ok=True)
            if (run / JOURNAL).exists():
                _settle(run / JOURNAL)


def _settle(journal: Path) -> None:
    try:
        pending = json.loads(journal.read_text(encoding="utf-8"))
        staged = {Path(path): Path(hidden) for hidden, path in pending["files"]}
        known = pending["state"] in (WRITING, WRITTEN) and _ours(staged, [Path(path) for path in pending["removed"]])
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:  # not ours: nothing that it names is touched
        journal.unlink(missing_ok=True)
        return
    if pending["state"] == WRITTEN:
        _rename({path: hidden for path, hidden in staged.items() if hidden.exists()})
        _finish(journal.parent, pending)
        return
    for hidden in staged.values():
        hidden.unlink(missing_ok=True)
    journal.unlink()


def _ours(staged: Mapping[Path, Path], removed: Collection[Path]) -> bool:
    """Whether a journal, which may come with somebody else's workspace, says what `publish` would."""
    hidden = all(new.parent == path.parent and new.name.startswith(f".{path.name}.") for path, new in staged.items())
    pages = [path for path in staged if path.suffix.lower() in (".html", ".htm")]
    return hidden and all(any(gone.stem.startswith(page.stem) and gone.parent == page.parent for page in pages) for gone in removed)


def _rename(staged: Mapping[Path, Path]) -> None:
    """Put the new files in place; where one cannot be replaced, those before it become again what they were."""
    before: dict[Path, bytes | None] = {}
    try:
        for path, hidden in staged.items():
            old = path.read_bytes() if path.is_file() else None
            hidden.replace(path)
            before[path] = old
    except OSError:
        for path, old in before.items():
            with suppress(OSError):
                if old is None:
                    path.unlink()
                else:
                    _write(staged[path], old)
                    staged[path].replace(path)
        raise


def _finish(run: Path, journal: Mapping[str, Any]) -> None:
    for path in journal["removed"]:
        with suppress(OSError):
            Path(path).unlink(missing_ok=True)
    (run / JOURNAL).unlink(missing_ok=True)


def _write_journal(run: Path, journal: Mapping[str, Any]) -> None:
    run.mkdir(parents=True, exist_ok=True)
    _write(run / UNFINISHED, json.dumps(journal, ensure_ascii=False).encode("utf-8"))
    (run / UNFINISHED).replace(run / JOURNAL)


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it outlives a power cut."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
