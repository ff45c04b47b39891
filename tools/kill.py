"""Whole commands killed at random moments: is the store whole, is the reader's set whole, is anything left? By hand, never in CI.

    python tools/kill.py                      # 100 of `itsq load` and 100 of `itsq run quality`; about twenty minutes
    python tools/kill.py --kills 10 load

After every kill the store must show what was before the load or what is after it, and the files that readers open must all be of
the last report or all of the new one. After each fifth kill the command runs to its end: then nothing may be left that a run which
was never killed would not have left.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
from deltalake import DeltaTable

from itsq_analysis import open_workspace
from itsq_analysis.store import Store

TOGETHER = 5  # kills between two commands that end by themselves
ROWS = 1500
SETTINGS = """[organisation]
name = "Test"
timezone = "UTC"
holidays = ""
language = "en"
[[source]]
glob = "exports/*.csv"
mapping = "register"
table = "incidents"
"""
READ = ("*.html", "*.csv", "*.xlsx", "*.json")  # what readers open
Seen = Counter[str]


def export(folder: Path, version: int) -> None:
    """The same incidents, all of them changed by each version."""
    lines = ["number,opened_at,resolved_at,updated_at,state,priority,service,short_description"]
    for number in range(ROWS):
        day = f"2026-{7 + number % 4:02}-{1 + number % 28:02}"
        times = f"{day} 08:00,{day} {9 + version:02}:30,2026-11-0{version} 10:00"
        lines.append(f"{number},{times},closed,3,Service {number % 3},version {version}")
    (folder / "exports").mkdir(parents=True, exist_ok=True)
    (folder / "exports/a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "itsq.toml").write_text(SETTINGS, encoding="utf-8")


def itsq(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a command."""
    command = [sys.executable, "-m", "itsq_analysis.cli", *arguments, "-w", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command


def finish(folder: Path, *arguments: str) -> float:
    """Run a command to its end; seconds."""
    started = time.monotonic()
    if itsq(folder, *arguments).wait():
        raise SystemExit(f"itsq {' '.join(arguments)} fails in {folder}")
    return time.monotonic() - started


def shown(folder: Path) -> list[tuple[str, int]]:
    """Which versions the rows of the store are of."""
    rows = open_workspace(folder).rows("SELECT short_description AS version, count(*) AS n FROM incidents GROUP BY 1", {})
    return list(rows.itertuples(index=False, name=None))


def set_of(folder: Path) -> dict[str, str]:
    """The files that readers open, with their hashes."""
    reports = folder / "reports"
    return {path.name: sha256(path.read_bytes()).hexdigest() for kind in READ for path in sorted(reports.glob(kind))}


def unreferenced(folder: Path) -> list[str]:
    """Parquet files of the store that no snapshot names, and whatever is hidden beside them."""
    store = Store(folder / "store")
    named = {path for one in store.snapshots() for name in one.versions for path in store.files(one, name)}
    ledger = store.root / "ledger"
    named |= {ledger / unquote(path) for path in pa.table(DeltaTable(str(ledger)).get_add_actions())["path"].to_pylist()}
    files = [path for path in store.root.rglob("*") if path.is_file() and path.suffix in (".parquet", ".tmp")]
    return [str(path.relative_to(folder)) for path in files if path not in named and "_delta_log" not in path.parts]


def names(folder: Path) -> set[str]:
    """Every file beside the store."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and "store" not in path.parts}


def kill(folder: Path, took: float, draw: random.Random, *arguments: str) -> None:
    """Start a command and kill it at a random moment of its time."""
    process = itsq(folder, *arguments)
    time.sleep(draw.uniform(0.0, 1.05) * took)
    process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    process.wait()


def repeated(base: Path, work: Path, kills: int, killed: Callable[[Path], str], ended: Callable[[Path], list[str]]) -> Seen:
    """Kill, look, and after each `TOGETHER` kills end in peace and look for what is left."""
    seen: Seen = Counter()
    for attempt in range(kills):
        folder = work / str(attempt // TOGETHER) / base.name
        if attempt % TOGETHER == 0:
            shutil.copytree(base, folder)
        found = killed(folder)
        seen[found] += 1
        if found not in ("before", "after"):
            shutil.copytree(folder, work / f"kept-{attempt}" / base.name)
        if attempt % TOGETHER == TOGETHER - 1:
            left = ended(folder)
            seen["ends with nothing left" if not left else "ends with something left"] += 1
            for name in left:
                print(f"  left: {name}", flush=True)  # noqa: T201 - a tool tells
            shutil.rmtree(folder)
    return seen


def loads(work: Path, kills: int, draw: random.Random) -> Seen:
    """Kill whole loads."""
    base = work / "ws"
    export(base, 1)
    finish(base, "load")
    before = shown(base)
    export(base, 2)
    whole = work / "whole" / base.name
    shutil.copytree(base, whole)
    took, after = finish(whole, "load"), shown(whole)

    def killed(folder: Path) -> str:
        kill(folder, took, draw, "load")
        found = shown(folder)
        return "before" if found == before else "after" if found == after else f"mixed: {found}"

    def ended(folder: Path) -> list[str]:
        finish(folder, "load")
        return unreferenced(folder) + sorted(names(folder) - names(whole)) + ([] if shown(folder) == after else ["another table"])

    return repeated(base, work / "load", kills, killed, ended)


def runs(work: Path, kills: int, draw: random.Random) -> Seen:
    """Kill whole runs of the quality report, which was made of an older load before."""
    base, report = work / "ws", ("run", "quality", "--period", "2026-10")
    export(base, 1)
    finish(base, "load")
    finish(base, *report)
    before = set_of(base)
    export(base, 2)
    finish(base, "load")
    whole = work / "whole" / base.name
    shutil.copytree(base, whole)
    took, after = finish(whole, *report), set_of(whole)

    def killed(folder: Path) -> str:
        kill(folder, took, draw, *report)
        found = set_of(folder)
        return "before" if found == before else "after" if found == after else f"mixed: {sorted(found.items())}"

    def ended(folder: Path) -> list[str]:
        finish(folder, *report)
        return sorted(names(folder) ^ names(whole)) + ([] if set_of(folder) == after else ["another set"])

    return repeated(base, work / "run", kills, killed, ended)


def main() -> None:
    """Kill and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["load", "run"], help="load, run")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261103)
    asked = parser.parse_args()
    for name, work in {"load": loads, "run": runs}.items():
        if name in asked.what:
            with tempfile.TemporaryDirectory(prefix="itsq-kill-") as folder:
                seen = work(Path(folder), asked.kills, random.Random(asked.seed))  # noqa: S311 - moments to kill at, not secrets
            print(f"itsq {name}: {dict(sorted(seen.items()))}", flush=True)  # noqa: T201 - a tool tells


if __name__ == "__main__":
    main()
