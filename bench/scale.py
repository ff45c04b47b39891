"""From a hundred thousand tickets to ten million, with their state log: itsq load and a report, against DuckDB, pandas and polars.

`python -m bench scale`; other sizes by ROWS="10000000 1000000" in the environment. Of a size's first row every other one is a ratio.
"""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from bench import data, loading, results, workspace
from bench.measure import Cost, python, run, table

SCRATCH = Path(__file__).parent / "data"
PACKAGES = ("itsq-analysis", "duckdb", "deltalake", "pandas", "pyarrow")
SIZES = (100_000, 1_000_000)
LOAD_AIM, AGAIN_AIM = 4, 2  # times the first row's processor time
MOST_PANDAS = 1_000_000  # rows: beyond, it needs all of the memory
DUCKDB = """
import sys, duckdb
for source, target in zip(sys.argv[1::2], sys.argv[2::2]):
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{source}')) TO '{target}' (FORMAT parquet)")
"""
POLARS = """
import sys, polars
times = ["opened_at", "resolved_at", "closed_at", "sys_updated_on"]
frame = polars.scan_csv(sys.argv[1], infer_schema=False)
local = [polars.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S").dt.replace_time_zone("Asia/Shanghai") for name in times]
frame.with_columns(*local).sort("sys_updated_on").unique("number", keep="last").collect().write_parquet(sys.argv[2])
"""
REFERENCE = "DuckDB CSV → Parquet, tickets and log"


def measure() -> str:
    """The block of RESULTS.md."""
    sizes = [int(text) for text in os.environ.get("ROWS", "").split()] or list(SIZES)
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    made = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores; {packages}."
    note = (
        "CPU seconds are of a machine on which others work, too; their ratio against the first row of the same run is what travels."
    )
    return "\n\n".join(["## Scale", f"{made}\n{note}", *(_size(rows) for rows in sizes)])


def _size(rows: int) -> str:
    export = data.write(SCRATCH / f"incident_{rows}.csv", rows)
    log = data.write_log(SCRATCH / f"state_log_{rows}.csv", rows)
    folder = workspace.make(SCRATCH / f"workspace_{rows}", export, log)
    targets = [str(SCRATCH / f"{name}.parquet") for name in ("peer", "peer_log")]
    costs = {REFERENCE: python(DUCKDB, str(export), targets[0], str(log), targets[1], times=2)}
    if rows <= MOST_PANDAS:
        costs["pandas script, tickets alone"] = python(loading.PANDAS, str(export), targets[0])
    if find_spec("polars"):
        costs["polars script, tickets alone"] = python(POLARS, str(export), targets[0])
    itsq = [sys.executable, "-m", "itsq_analysis.cli"]
    costs[loading.LOAD] = run(*itsq, "load", "-w", str(folder))
    costs["itsq load, the same files again"] = run(*itsq, "load", "-w", str(folder))
    costs["itsq run quality, empty cache"] = run(*itsq, "run", "quality", "-w", str(folder))
    title = f"### {rows:,} tickets with their state log ({(export.stat().st_size + log.stat().st_size) / 1e6:,.0f} MB of CSV)"
    return table(title, costs, _told(costs, _bytes(folder / "store"), sum(Path(name).stat().st_size for name in targets)))


def _told(costs: dict[str, Cost], stored: int, peer: int) -> str:
    first, load, again = (costs[name].cpu for name in (REFERENCE, loading.LOAD, "itsq load, the same files again"))
    text = (
        f"a load in at most {LOAD_AIM} times the first row's processor time, found {load / first:.1f}; the same files again in at "
        f"most {AGAIN_AIM} times, found {again / first:.1f}"
    )
    disk = f"On the disk: {stored / 1e6:,.0f} MB in the store, {peer / 1e6:,.0f} MB in DuckDB's two Parquet files."
    return f"{disk}\n\n{results.aim(text, reached=load <= LOAD_AIM * first and again <= AGAIN_AIM * first)}"


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
