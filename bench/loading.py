"""Loading a million incidents: itsq, against DuckDB's CSV → Parquet and a plain pandas script on the same file."""

from __future__ import annotations

import sys
from pathlib import Path

from bench import workspace
from bench.measure import Cost, python, run

DUCKDB = """
import sys, duckdb
duckdb.sql(f"COPY (SELECT * FROM read_csv('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet)")
"""
PANDAS = """
import sys, pandas as pd
times = ["opened_at", "resolved_at", "closed_at", "sys_updated_on"]
frame = pd.read_csv(sys.argv[1], dtype=str)
for name in times:
    frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d %H:%M:%S").dt.tz_localize("Asia/Shanghai").dt.tz_convert("UTC")
frame["priority"] = frame["priority"].str[0].astype(int)
frame = frame.sort_values("sys_updated_on", kind="stable").drop_duplicates("number", keep="last")
frame.to_parquet(sys.argv[2])
"""

LOAD = "itsq load"


def measure(export: Path, folder: Path) -> dict[str, Cost]:
    """The costs by name; the store of `folder` is loaded afterwards."""
    found = {
        "DuckDB CSV → Parquet": python(DUCKDB, str(export), str(folder.parent / "peer.parquet"), times=2),
        "pandas script (types, zone, dedupe, Parquet)": python(PANDAS, str(export), str(folder.parent / "pandas.parquet")),
    }
    itsq = [sys.executable, "-m", "itsq_analysis.cli", "load", "-w", str(folder)]
    workspace.make(folder, export)
    found[LOAD] = run(*itsq)
    found["itsq load, the same file again"] = run(*itsq)
    return found
