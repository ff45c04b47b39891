"""Loading and reading millions of measurements: itsq against DuckDB on the same files."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import duckdb

from bench.loading import DUCKDB
from bench.measure import Cost, python, run, table

SCRATCH = Path(__file__).parent / "data" / "metrics"
WORKSPACE = SCRATCH / "workspace"
SERIES = 1000
SIZES = (1_000_000, 5_000_000)  # points; at 5 minutes 3½ and 17 days of the thousand series
ITSQ = """
[organisation]
name = "Benchmark"
timezone = "Asia/Shanghai"
[[source]]
glob = "exports/*"
mapping = "{mapping}"
table = "metrics"
"""
READ = """
import sys
from itsq_analysis import open_workspace
ws = open_workspace(sys.argv[1])
assert len(ws.metric_series(freq="h", how="p95").groupby("unique_id")) == 1000
"""
BY_HAND = """
import sys, json, duckdb
files = json.load(open(sys.argv[1]))
frame = duckdb.sql(f"SELECT resource, date_trunc('hour', time) AS ds, quantile_cont(value, 0.95) AS y FROM read_parquet({files}) GROUP BY ALL")
assert frame.df()["resource"].nunique() == 1000
"""
FILES = """
import sys, json
from itsq_analysis import open_workspace
ws = open_workspace(sys.argv[1])
json.dump([str(path) for path in ws.store.files(ws.snapshot, "metrics")], open(sys.argv[2], "w"))
"""
ANSWER = """
import sys, duckdb
duckdb.sql(f'''COPY (
    SELECT to_timestamp((point ->> 0)::BIGINT) AS time, one.metric.instance AS resource, one.metric.__name__ AS metric, (point ->> 1)::DOUBLE AS value
    FROM (SELECT one, unnest(one.values) AS point
          FROM (SELECT unnest(data.result) AS one FROM read_json('{sys.argv[1]}', maximum_object_size=1000000000, columns={{
              data: 'STRUCT(result STRUCT(metric STRUCT(__name__ VARCHAR, instance VARCHAR), "values" JSON[])[])'}})))
    ) TO '{sys.argv[2]}' (FORMAT parquet)''')
"""
TIMES = 2  # of each command the cheaper run counts, on both sides


def measure() -> str:
    """The block of RESULTS.md."""
    parts = [
        "## Measurements\n\n"
        f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores; "
        + ", ".join(f"{name} {version(name)}" for name in ("itsq-analysis", "duckdb", "deltalake", "pyarrow"))
        + f".\n{SERIES:,} series at 5 minutes. The first row of each table is DuckDB alone in the same run, on the same file (no checks, no "
        f"dedupe, one file) or on the stored files of the same snapshot; of every row the cheaper of {TIMES} runs. Seconds on the clock "
        "depend on what else the machine does; the ratio of CPU seconds is what travels."
    ]
    # In a process of its own: what this one holds would count towards the peak of every child that it forks.
    subprocess.run([sys.executable, "-c", "from bench.metrics import write_all; write_all()"], check=True)
    for points in SIZES:
        export = SCRATCH / f"points_{points}.csv"
        size = f"{points:,} measurements ({export.stat().st_size / 1e6:.0f} MB of CSV)"
        parts.append(table(f"### Load {size}", load(export, "metrics_csv", {"DuckDB CSV → Parquet": DUCKDB})))
        parts.append(table(f"### P95 by hour of every series, from {points:,} stored measurements", read()))
    answer = SCRATCH / f"points_{SIZES[0]}.json"
    title = f"### Load the same {SIZES[0]:,} as Prometheus' answer ({answer.stat().st_size / 1e6:.0f} MB of JSON)"
    parts.append(table(title, load(answer, "prometheus_query_range", {"DuckDB JSON → Parquet": ANSWER})))
    return "\n\n".join(parts)


def load(export: Path, mapping: str, peer: dict[str, str]) -> dict[str, Cost]:
    """What the peer, a first load, and a second one of the same file cost; the workspace stays loaded."""
    found = {name: python(code, str(export), str(SCRATCH / "peer.parquet"), times=TIMES) for name, code in peer.items()}
    itsq = [sys.executable, "-m", "itsq_analysis.cli", "load", "-w", str(WORKSPACE)]
    first = []
    for _ in range(TIMES):
        empty(export, mapping)
        first.append(run(*itsq))
    found["itsq load"] = min(first, key=lambda cost: cost.cpu)
    found["itsq load, the same file again"] = run(*itsq, times=TIMES)
    return found


def empty(export: Path, mapping: str) -> None:
    """A new workspace whose one source is the export."""
    shutil.rmtree(WORKSPACE, ignore_errors=True)
    (WORKSPACE / "exports").mkdir(parents=True)
    (WORKSPACE / "itsq.toml").write_text(ITSQ.format(mapping=mapping), encoding="utf-8")
    (WORKSPACE / "exports" / export.name).symlink_to(export)


def read() -> dict[str, Cost]:
    """What reading costs: a query by hand over the files of the newest snapshot, which older loads' files are no part of, and itsq."""
    files = SCRATCH / "files.json"
    python(FILES, str(WORKSPACE), str(files))
    return {
        "DuckDB, over the stored files": python(BY_HAND, str(files), times=TIMES),
        "itsq: metric_series": python(READ, str(WORKSPACE), times=TIMES),
    }


def write_all() -> None:
    """Write the exports that are not there."""
    for points in SIZES:
        write_csv(SCRATCH / f"points_{points}.csv", points)
    write_json(SCRATCH / f"points_{SIZES[0]}.json", SCRATCH / f"points_{SIZES[0]}.csv")


def write_csv(path: Path, points: int) -> Path:
    """Write so many measurements unless they are there: seeded by their number, in the order of time."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = f"""SELECT strftime(TIMESTAMP '2026-10-01' + (i // {SERIES}) * INTERVAL 5 MINUTE, '%Y-%m-%d %H:%M:%S') AS time,
        'host' || lpad((i % {SERIES})::VARCHAR, 4, '0') AS resource, 'cpu_share' AS metric,
        round(0.3 + 0.2 * sin(i // {SERIES} / 46.0) + (hash(i) % 10000)::DOUBLE / 50000, 5) AS value FROM range({points}) t(i) ORDER BY i"""
    with duckdb.connect() as connection:
        connection.execute("SET threads=1")
        connection.execute(f"COPY ({rows}) TO '{path.as_posix()}' (HEADER)")
    return path


def write_json(path: Path, points: Path) -> Path:
    """The measurements of a CSV as Prometheus answers query_range."""
    if path.exists():
        return path
    with duckdb.connect() as connection:
        series = connection.execute(
            f"SELECT resource, list([epoch(time)::BIGINT::VARCHAR, value::VARCHAR] ORDER BY time) FROM '{points.as_posix()}' GROUP BY 1 ORDER BY 1"
        ).fetchall()
    result = [
        {"metric": {"__name__": "cpu_share", "instance": name, "job": "node"}, "values": [[int(at), value] for at, value in values]}
        for name, values in series
    ]
    path.write_text(json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}), encoding="utf-8")
    return path
