"""Loading and reading millions of measurements: itsq against DuckDB's CSV → Parquet on the same files."""

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
from bench.measure import Cost, python, run

SCRATCH = Path(__file__).parent / "data" / "metrics"
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
import sys, duckdb
files = sys.argv[1] + "/store/tables/metrics/*/*.parquet"
frame = duckdb.sql(f"SELECT resource, date_trunc('hour', time) AS ds, quantile_cont(value, 0.95) AS y FROM read_parquet('{files}') GROUP BY ALL")
assert frame.df()["resource"].nunique() == 1000
"""


def measure() -> str:
    """The block of RESULTS.md."""
    parts = [
        "## Measurements\n\n"
        f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores; "
        + ", ".join(f"{name} {version(name)}" for name in ("itsq-analysis", "duckdb", "deltalake", "pyarrow"))
        + f".\n{SERIES:,} series at 5 minutes; DuckDB's own CSV → Parquet (no types, no checks, no dedupe, one file) is the first row of "
        "the same run. Seconds on the clock depend on what else the machine does; the ratio of CPU seconds is what travels."
    ]
    # In a process of its own: what this one holds would count towards the peak of every child that it forks.
    subprocess.run([sys.executable, "-c", "from bench.metrics import write_all; write_all()"], check=True)
    for points in SIZES:
        export = SCRATCH / f"points_{points}.csv"
        parts.append(
            _table(f"### Load {points:,} measurements ({export.stat().st_size / 1e6:.0f} MB of CSV)", load(export, "metrics_csv"))
        )
    answer = SCRATCH / f"points_{SIZES[0]}.json"
    first = SCRATCH / f"points_{SIZES[0]}.csv"
    peer = {"DuckDB CSV → Parquet": python(DUCKDB, str(first), str(SCRATCH / "peer.parquet"), times=2)}
    costs = peer | load(answer, "prometheus_query_range", again=False)
    parts.append(_table(f"### The same {SIZES[0]:,} as Prometheus' answer ({answer.stat().st_size / 1e6:.0f} MB of JSON)", costs))
    return "\n\n".join(parts)


def load(export: Path, mapping: str, again: bool = True) -> dict[str, Cost]:
    """What a first load, a second one of the same file, and reading P95 by hour cost; for a CSV, also what DuckDB alone needs."""
    folder = SCRATCH / "workspace"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "exports").mkdir(parents=True)
    (folder / "itsq.toml").write_text(ITSQ.format(mapping=mapping), encoding="utf-8")
    (folder / "exports" / export.name).symlink_to(export)
    found = {}
    if export.suffix == ".csv":
        found["DuckDB CSV → Parquet"] = python(DUCKDB, str(export), str(SCRATCH / "peer.parquet"), times=2)
    itsq = [sys.executable, "-m", "itsq_analysis.cli", "load", "-w", str(folder)]
    found["itsq load"] = run(*itsq)
    if again:
        found["itsq load, the same file again"] = run(*itsq)
        found["DuckDB: P95 by hour of every series, over the stored files"] = python(BY_HAND, str(folder))
        found["itsq: metric_series, P95 by hour of every series"] = python(READ, str(folder))
    return found


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


def _table(title: str, costs: dict[str, Cost]) -> str:
    first = next(iter(costs.values()))
    rows = [
        f"| {name} | {cost.wall:.1f} | {cost.wall / first.wall:.2f} | {cost.cpu:.1f} | {cost.cpu / first.cpu:.2f} | {cost.peak:.0f} |"
        for name, cost in costs.items()
    ]
    return "\n".join([title, "", "| | wall s | ratio | CPU s | ratio | peak MiB |", "|---|--:|--:|--:|--:|--:|", *rows])
