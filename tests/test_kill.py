"""A load that is killed at any moment leaves the store as before or as after, and the next load finishes the work."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from itsq_analysis import open_workspace

KILLS = 24
ROWS = 4000
LOAD = "import sys; from itsq_analysis import open_workspace; open_workspace(sys.argv[1]).load()"


def export(path: Path, version: int) -> None:
    """The same tickets, all of them changed by each version."""
    lines = ["number,opened_at,resolved_at,sys_updated_on,state,priority,short_description"]
    for number in range(ROWS):
        opened = f"2026-{1 + number % 9:02}-{1 + number % 28:02} 08:00:00"
        updated = f"2026-10-{version:02} 10:00:00"
        lines.append(f"INC{number:06},{opened},{opened[:11]}09:30:00,{updated},Closed,3 - Moderate,version {version}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    """A workspace with one load, and the export of the next."""
    folder = tmp_path_factory.mktemp("运维 数据")
    (folder / "exports").mkdir()
    (folder / "itsq.toml").write_text(
        '[organisation]\nname = "Test"\n[[source]]\nglob = "exports/*.csv"\nmapping = "servicenow"\ntable = "incidents"\n',
        encoding="utf-8",
    )
    export(folder / "exports" / "incident.csv", 1)
    open_workspace(folder).load()
    export(folder / "exports" / "incident.csv", 2)
    return folder


def versions(folder: Path) -> tuple[int, list[tuple[str, int]]]:
    """Newest snapshot, and the versions that its rows are of."""
    ws = open_workspace(folder)
    found = ws.sql("SELECT short_description AS version, count(*) AS n FROM incidents GROUP BY 1")
    return ws.snapshot.id, list(zip(found["version"], found["n"], strict=True))


BEFORE = (1, [("version 1", ROWS)])
AFTER = (2, [("version 2", ROWS)])


def test_a_killed_load_never_shows(base, tmp_path):
    complete = tmp_path / "complete"
    shutil.copytree(base, complete)
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", LOAD, str(complete)], check=True)
    took = time.monotonic() - started
    assert versions(complete) == AFTER
    draw, seen = random.Random(20261103), []  # noqa: S311 - moments to kill at, not secrets
    for attempt in range(KILLS):
        folder = tmp_path / str(attempt)
        shutil.copytree(base, folder)
        child = subprocess.Popen([sys.executable, "-c", LOAD, str(folder)])
        time.sleep(draw.uniform(0.3, 1.0) * took)
        child.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        child.wait()
        found = versions(folder)
        assert found in (BEFORE, AFTER)
        seen.append(found)
        if attempt % 4 == 0:
            open_workspace(folder).load()
            assert versions(folder) == AFTER
        shutil.rmtree(folder)
    assert BEFORE in seen
