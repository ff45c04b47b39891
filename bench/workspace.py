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

[[sla]]
priority = [1, 2]
calendar = "7x24"
resolution = "8h"

[[sla]]
priority = [3, 4]
calendar = "5x8"
resolution = "2d"
"""


def make(folder: Path, export: Path) -> Path:
    """An empty workspace whose one source is the export (linked, not copied)."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "exports").mkdir(parents=True)
    (folder / "itsq.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "exports" / export.name).hardlink_to(export)
    return folder
