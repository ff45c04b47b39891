"""`itsq run-due` killed at random moments over load, run and delivery: is the ledger whole, is a page always readable, is nothing
sent twice but in the stated window? By hand, never in CI.

    python tools/kill_unattended.py --kills 300

Each round makes a load, a report of it and a mail due, and kills the scheduler alone or it with all that it has started. After each
third kill `itsq run-due` runs to its end: then every run must be done, every report sent, and nothing left over.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from itsq_analysis.jobs.ledger import Ledger
from tools.kill import SETTINGS, export

TOGETHER = 3
JOBS = """
[[job]]
id = "data"
load = true
cron = "0 0 29 2 1"
catch_up = "none"
retries = 20
back_off = "1s"
[[job]]
id = "small"
report = "small"
cron = "0 0 29 2 1"
catch_up = "none"
after = "data"
retries = 20
back_off = "1s"
to = "boss"
[[recipient]]
id = "boss"
mail = ["boss@example.com"]
[delivery]
smtp = "localhost"
port = {port}
security = "none"
sender = "it@example.com"
"""
PARAMETERS = 'from pathlib import Path\n\nround: str = ""\nsnapshot: int | None = None\nworkspace: Path | None = None\n'
CELL = """\
from IPython.display import HTML, display
from itsq_analysis import open_workspace
from itsq_analysis.page.files import Files
n = len(open_workspace(workspace, snapshot=snapshot).sql("SELECT number FROM incidents"))
display({"application/vnd.itsq.report+json": {"title": "Small", "language": "en"}, "text/plain": ""}, raw=True)
display(HTML(f"<h2 id='verdict'>round {round}, {n} incidents</h2>"))
Files({".facts.json": ('{"round": "%s"}' % round).encode()})
"""


class Mails:
    """A mail server that counts what it took by Message-ID."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002 - aiosmtpd's names
        """Take a message."""
        self.taken[str(message_from_bytes(envelope.content)["Message-ID"])] += 1
        return "250 OK"


def notebook(folder: Path) -> None:
    """The small report's notebook."""
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"c{place}",
            "metadata": {"tags": tags},
            "source": source,
            "execution_count": None,
            "outputs": [],
        }
        for place, (tags, source) in enumerate([(["parameters"], PARAMETERS), ([], CELL)])
    ]
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "p"}},
        "cells": cells,
    }
    (folder / "notebooks").mkdir(exist_ok=True)
    (folder / "notebooks" / "small_report.ipynb").write_text(json.dumps(content), encoding="utf-8")


def due(ledger: Ledger, number: int) -> None:
    """Make a load and a report of it due."""
    at = f"2026-01-01T{number // 60:02}:{number % 60:02}:00.000000+00:00"
    with ledger.writing() as connection:
        connection.executemany(
            "INSERT INTO runs (job, scheduled_for, parameters, state, not_before) VALUES (?, ?, ?, 'queued', ?)",
            [("data", at, "{}", at), ("small", at, json.dumps({"round": str(number)}), at)],
        )


def start(folder: Path) -> subprocess.Popen[bytes]:
    """`itsq run-due` in a session of its own."""
    command = [sys.executable, "-m", "itsq_analysis.cli", "run-due", "-w", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)  # noqa: S603


def wrong(folder: Path, ledger: Ledger) -> list[str]:
    """What readers and the ledger must never show."""
    found = [] if ledger.query("PRAGMA integrity_check") == [("ok",)] else ["ledger damaged"]
    for page in (folder / "reports").glob("*.html"):
        text, facts = page.read_text(encoding="utf-8"), page.with_suffix(".facts.json")
        if not text.rstrip().endswith("</html>"):
            found.append(f"half a page: {page.name}")
        if facts.is_file() and f"round {json.loads(facts.read_text(encoding='utf-8'))['round']}," not in text:
            found.append(f"page and facts of two runs: {page.name}")
    return found


def settled(folder: Path, ledger: Ledger, mails: Mails) -> list[str]:
    """What must hold once `itsq run-due` has ended by itself."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:  # children of killed schedulers end first, and back-offs pass
        start(folder).wait()
        if not ledger.rows("state NOT IN ('done')") and not ledger.query("SELECT 1 FROM deliveries WHERE state != 'sent'"):
            break
        time.sleep(1.0)
    found = [f"run {row.id} is {row.state}: {row.error}" for row in ledger.rows("state != 'done'")]
    [(sent,)] = ledger.query("SELECT count(*) FROM deliveries WHERE state = 'sent'")
    [(asked,)] = ledger.query("SELECT count(*) FROM runs WHERE job = 'small'")
    if not sent == asked == len(mails.taken):
        found.append(f"{asked} reports, {sent} sent, {len(mails.taken)} arrived")
    left = [
        path
        for path in folder.rglob("*")
        if path.name.endswith((".tmp", "pending.json", "-journal")) or path.name.startswith("failed.")
    ]
    return found + [f"left: {path.relative_to(folder)}" for path in left]


def main() -> None:
    """Kill and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261103)
    parser.add_argument("--port", type=int, default=8625)
    asked = parser.parse_args()
    draw, mails, seen = random.Random(asked.seed), Mails(), Counter[str]()  # noqa: S311 - moments to kill at, not secrets
    server = Controller(mails, hostname="localhost", port=asked.port)
    server.start()
    with tempfile.TemporaryDirectory(prefix="itsq-kill-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        export(folder, 1)
        (folder / "itsq.toml").write_text(SETTINGS + JOBS.format(port=asked.port), encoding="utf-8")
        notebook(folder)
        ledger = Ledger(folder)
        due(ledger, 0)
        started = time.monotonic()
        start(folder).wait()
        took = time.monotonic() - started
        problems = settled(folder, ledger, mails)
        for kill in range(1, asked.kills + 1):
            export(folder, 1 + kill % 9)
            (folder / "itsq.toml").write_text(SETTINGS + JOBS.format(port=asked.port), encoding="utf-8")
            due(ledger, kill)
            process = start(folder)
            time.sleep(draw.uniform(0.0, 1.05) * took)
            whole = draw.random() < 0.5
            if process.poll() is None:
                (os.killpg if whole else os.kill)(process.pid, signal.SIGKILL)
                seen["killed with all that it started" if whole else "scheduler alone killed"] += 1
            else:
                seen["had ended"] += 1
            process.wait()
            problems += wrong(folder, ledger)
            if kill % TOGETHER == 0:
                problems += settled(folder, ledger, mails)
        problems += settled(folder, ledger, mails)
    server.stop()
    twice = sum(count - 1 for count in mails.taken.values())
    told = f"{asked.kills} rounds of {took:.1f} s: {dict(sorted(seen.items()))}; reports sent {len(mails.taken)}, twice {twice}"
    print(told)  # noqa: T201 - a tool tells
    print("\n".join(problems) or "nothing lost, nothing half, nothing left over")  # noqa: T201 - a tool tells


if __name__ == "__main__":
    main()
