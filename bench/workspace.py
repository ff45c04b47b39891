"""A workspace over the benchmark's export."""

from __future__ import annotations

import shutil
from pathlib import Path

SETTINGS = """\
[organisation]
name = "Benchmark"
timezone = "Asia/Shanghai"
language = "en"
holidays = "CN"

[[source]]
glob = "exports/*.csv"
mapping = "servicenow"
table = "incidents"

[[source]]
glob = "logs/*.csv"
mapping = "register"
table = "state_log"

[[sla]]
priority = [1, 2]
calendar = "7x24"
resolution = "8h"

[[sla]]
priority = [3, 4]
calendar = "5x8"
resolution = "2d"
"""


def make(folder: Path, export: Path, log: Path | None = None) -> Path:
    """An empty workspace whose sources are the export and the state log, where one is given (linked, not copied)."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "exports").mkdir(parents=True)
    (folder / "itsq.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "exports" / export.name).hardlink_to(export)
    if log is not None:
        (folder / "logs").mkdir()
        (folder / "logs" / log.name).hardlink_to(log)
    return folder
