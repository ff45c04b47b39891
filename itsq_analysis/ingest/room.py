"""Room for a load: asked before the work begins, and how much of the memory it may take."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

from itsq_analysis.errors import IngestError

MOST, LEAST = 1_500_000_000, 250_000_000  # bytes of rows that DuckDB holds; what is more lies on the disk meanwhile
BESIDE = 250_000_000  # bytes that the program itself takes
TIMES = 2  # the files' size that the disk must have room for: rows that memory cannot hold, and the tables


def memory_for_rows(paths: Iterable[Path], folder: Path) -> int:
    """Bytes that DuckDB may hold: half of the free memory, within limits.

    Args:
        paths: of the files to load; those that cannot be looked at count as nothing.
        folder: of the store.

    Raises:
        IngestError: there is no room on the disk or in memory.
    """
    size = 0
    for path in paths:
        with suppress(OSError):
            size += path.stat().st_size
    free = shutil.disk_usage(folder).free
    if free < TIMES * size:
        raise IngestError(
            f"the disk of the store must have room for twice the files of a load, {_shown(TIMES * size)}; found {_shown(free)} "
            f"free for {_shown(size)} of files; make room, or load fewer files at once"
        )
    available = int(psutil.virtual_memory().available)
    if available < LEAST + BESIDE:
        raise IngestError(
            f"a load must have {_shown(LEAST + BESIDE)} of memory; found {_shown(available)} free; end other programs, or load on "
            "another machine"
        )
    return min(MOST, max(LEAST, available // 2))


def _shown(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
