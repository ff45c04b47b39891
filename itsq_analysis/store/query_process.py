"""The process in which a user's query runs, by itself: it can be ended whatever it does, and takes no one's memory with it.

It reads one line of JSON: `setup` (statements) and `query`, and writes an Arrow stream; what DuckDB refuses goes to stderr, with
exit code 1. It ends with whoever started it. It imports nothing of itsq, which takes longer to import than a query.
"""

from __future__ import annotations

import json
import os
import sys
import threading

import duckdb
import pyarrow as pa

ROWS = 65_536  # of a batch


def main() -> int:
    """Answer the query on stdin."""
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        connection = duckdb.connect()
        for statement in asked["setup"]:
            connection.execute(statement)
        batches = connection.sql(asked["query"]).to_arrow_reader(ROWS)
        with pa.ipc.new_stream(sys.stdout.buffer, batches.schema) as stream:
            for batch in batches:
                stream.write_batch(batch)
        sys.stdout.buffer.flush()
    except (duckdb.Error, pa.ArrowException, MemoryError, OSError) as error:  # Arrow passes on what DuckDB says while it streams
        sys.stderr.buffer.write(str(error).encode("utf-8", "replace"))
        sys.stderr.buffer.flush()
        return 1
    return 0


def _end_with_parent() -> None:
    """Wait for the end of stdin, which its writer holds open while it waits for the answer."""
    sys.stdin.buffer.read()
    os._exit(2)


if __name__ == "__main__":
    code = main()
    os._exit(code)  # the thread still reads stdin, which Python would wait for
