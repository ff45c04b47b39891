"""What pages cost, in processor time: `itsq run` against papermill's command followed by nbconvert's on a trivial notebook.

Both sides run in an environment of requirements.lock alone, built once in the machine's folder for temporary files. The chain is
repeated before, between and after the reports, since a busy machine slows both; the ratio to its median is what travels.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from statistics import median

from bench.measure import Cost, run
from bench.results import aim

ROOT = Path(__file__).parent.parent
DEMO, LOCK = ROOT / "data" / "sample", ROOT / "requirements.lock"
REPORTS = ("quality", "capacity", "forecast")
COLD, OTHER, ALL = 4, 2, 16  # chains: a page with an empty cache, its other language after it, all six pages by one command
CHAINS = 3  # between two reports


def measure() -> str:
    """A table: each command with its processor seconds and how many chains these are."""
    with tempfile.TemporaryDirectory(prefix="itsq-bench-") as scratch:
        return _measured(environment(), Path(scratch))


def environment() -> Path:
    """The folder of commands of an environment that holds what requirements.lock names, and this checkout."""
    home = Path(tempfile.gettempdir()) / f"itsq-bench-{sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    bin_ = home / ("Scripts" if os.name == "nt" else "bin")
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        pip = ["uv", "pip", "install", "--quiet", "--python", str(bin_ / "python")]
        for command in (
            ["uv", "venv", "--quiet", "--python", sys.executable, str(home)],
            [*pip, "--compile-bytecode", "--require-hashes", "-r", str(LOCK)],
        ):
            subprocess.run([sys.executable, "-m", *command], check=True)
        (home / "complete").touch()
    # Each time, since the checkout measured may be another one than last time.
    install = ["uv", "pip", "install", "--quiet", "--python", str(bin_ / "python"), "--no-deps", "--no-build-isolation"]
    subprocess.run([sys.executable, "-m", *install, "-e", str(ROOT)], check=True)
    return bin_


def _measured(bin_: Path, scratch: Path) -> str:
    workspace = scratch / "demo"
    shutil.copytree(DEMO, workspace, ignore=shutil.ignore_patterns("store", "cache", "forecasts", "reports"))
    _run(str(bin_ / "itsq"), "load", "-w", str(workspace))
    notebook = _trivial(scratch)
    _chain(bin_, notebook)  # compiles what is not compiled yet, as does the first report
    _itsq(bin_, workspace, "quality", "en")
    costs: dict[str, tuple[float, float | None]] = {}
    chains: list[float] = []
    for name in REPORTS:
        chains += [_chain(bin_, notebook) for _ in range(CHAINS)]
        shutil.rmtree(workspace / "cache", ignore_errors=True)
        costs[f"{name}, English, empty cache"] = _itsq(bin_, workspace, name, "en"), COLD
        costs[f"{name}, Chinese after it"] = _itsq(bin_, workspace, name, "zh"), OTHER
        costs[f"{name}, English again"] = _itsq(bin_, workspace, name, "en"), None
    chains += [_chain(bin_, notebook) for _ in range(CHAINS)]
    shutil.rmtree(workspace / "cache", ignore_errors=True)
    costs["all six by one command, empty cache"] = _itsq(bin_, workspace, *REPORTS, "en,zh"), ALL
    chains += [_chain(bin_, notebook) for _ in range(CHAINS)]
    return _told(costs, chains)


def _told(costs: dict[str, tuple[float, float | None]], chains: list[float]) -> str:
    chain = median(chains)
    rows = [f"| {name} | {cpu:.1f} | {cpu / chain:.1f} | {'' if most is None else most} |" for name, (cpu, most) in costs.items()]
    missed = [name for name, (cpu, most) in costs.items() if most is not None and cpu / chain > most]
    text = f"no command beyond its aim, found {len(missed)} beyond it{': ' * bool(missed)}{'; '.join(missed)}"
    return "\n".join(
        [
            "## Pages of the demo workspace, in processor time",
            "",
            f"The chain is papermill's command and nbconvert's on a notebook of two trivial cells, in an environment of requirements.lock: "
            f"{chain:.2f} s of processor time (median of {len(chains)}; {min(chains):.2f} to {max(chains):.2f}).",
            *("", "| itsq run | CPU s | chains | aim |", "|---|--:|--:|--:|", *rows, ""),
            aim(text, reached=not missed),
        ]
    )


def _itsq(bin_: Path, workspace: Path, *what: str) -> float:
    *names, language = what
    command = ["run", *names, "-w", str(workspace), "--lang", language]  # of the last complete month
    return _run(str(bin_ / "itsq"), *command).cpu


def _chain(bin_: Path, notebook: Path) -> float:
    executed = notebook.with_name("executed.ipynb")
    papermill = _run(str(bin_ / "papermill"), "--no-progress-bar", "-p", "n", "2", str(notebook), str(executed))
    return papermill.cpu + _run(str(bin_ / "jupyter-nbconvert"), "--to", "html", str(executed)).cpu


def _run(*command: str) -> Cost:
    """A command whose Python keeps what it has compiled, as an installation does."""
    return run(*command, environment={"PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": ""})


def _trivial(scratch: Path) -> Path:
    cells = [
        {"cell_type": "code", "id": name, "metadata": {"tags": tags}, "execution_count": None, "outputs": [], "source": source}
        for name, tags, source in (("given", ["parameters"], "n: int = 1"), ("said", [], "print(n)"))
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    file = scratch / "trivial.ipynb"
    file.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}), "utf-8")
    return file
