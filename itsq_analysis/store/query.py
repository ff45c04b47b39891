"""A user's query, within limits of time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import psutil
import pyarrow as pa

from itsq_analysis.errors import IndicatorError

if TYPE_CHECKING:
    from itsq_analysis.settings import SqlSettings

PROCESS = Path(__file__).with_name("query_process.py")
LOOKED_AT = 0.01  # seconds
MB = 2**20
OUT_OF_MEMORY = "Out of Memory"  # how DuckDB begins to say so


def limited_query(setup: Sequence[str], query: str, limits: SqlSettings) -> pa.Table:
    """The rows of a query that runs in a process of its own, which is ended where it takes too long or too much memory.

    Within the process nothing could end it: DuckDB makes a text of a gigabyte, or a list of 2 billion numbers, in one piece.

    Args:
        setup: statements that make a connection ready (see `Store.setup`).
        query: one SELECT.
        limits: how long, and how much memory.

    Raises:
        IndicatorError: DuckDB refuses the query, or it is beyond a limit.
    """
    ready = [f"SET memory_limit='{limits.memory_mb}MB'", "SET temp_directory=''", *setup]
    with TemporaryFile() as answer, TemporaryFile() as refusal:
        command = [sys.executable, "-P", str(PROCESS)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=answer, stderr=refusal) as process:  # noqa: S603 - our own file
            try:
                assert process.stdin is not None  # noqa: S101 - it is a pipe
                with suppress(BrokenPipeError):  # it has ended: what it says follows
                    process.stdin.write(json.dumps({"setup": ready, "query": query}).encode() + b"\n")
                    process.stdin.flush()
                _watch(process, answer, limits)
            finally:
                process.kill()
        refusal.seek(0)
        refused = refusal.read().decode("utf-8", "replace").strip()
        if refused.startswith(OUT_OF_MEMORY):
            raise _too_much(limits)
        if process.returncode:
            raise IndicatorError(f"DuckDB refuses the query: {refused or 'its process ended by itself'}")
        answer.seek(0)
        return pa.ipc.open_stream(answer).read_all()


def _watch(process: subprocess.Popen[bytes], answer: IO[bytes], limits: SqlSettings) -> None:
    """Wait for the end of the process, as long as it keeps within its limits."""
    started, child = time.monotonic(), psutil.Process(process.pid)
    while process.poll() is None:
        if time.monotonic() - started > limits.seconds:
            raise IndicatorError(
                f"a query must end within {limits.seconds} s; found one that had not; ask for less, or raise the limit in [sql] of "
                f"itsq.toml: seconds = {10 * limits.seconds}"
            )
        with suppress(psutil.Error):  # it has just ended
            taken = child.memory_info().rss + answer.seek(0, 2)
            if taken > limits.memory_mb * MB:
                raise _too_much(limits)
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOKED_AT)


def _too_much(limits: SqlSettings) -> IndicatorError:
    return IndicatorError(
        f"a query must take at most {limits.memory_mb} MB of memory; found one that takes more; ask for less, or raise the limit "
        f"in [sql] of itsq.toml: memory_mb = {2 * limits.memory_mb}"
    )
