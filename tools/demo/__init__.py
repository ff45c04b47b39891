"""The demo workspace: two years of an invented organisation in Shanghai, written from a seed.

    python -m tools.demo data/sample

writes what is committed there. What was planted (bad changes, an outage, a level shift, a slump, wrong rows) stands in truth.json
beside the exports.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from tools.demo import monitoring
from tools.demo.book import book
from tools.demo.dirt import Export
from tools.demo.files import csv_bytes, workbook, write
from tools.demo.truth import truth

__all__ = ["SEED", "write_demo"]

SEED = 20261103


def write_demo(directory: Path, seed: int = SEED) -> None:
    """Write the demo workspace: itsq.toml, exports/, registers/, truth.json, README.md; files of these names are replaced.

    The same seed gives the same content on every platform; the bytes of a .csv.gz also depend on the zlib in use.

    Args:
        directory: the workspace's folder; made if it is not there.
        seed: of all chance.

    Raises:
        OSError: the folder cannot be written.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_demo(folder)
    >>> sorted(path.name for path in folder.iterdir())
    ['README.md', 'exports', 'itsq.toml', 'registers', 'truth.json']
    """
    invented = book(seed)
    for sheet in invented.exports:
        write(directory / sheet.path, _content(sheet))
    planted = json.dumps(truth(invented, seed), ensure_ascii=False, indent=1)
    write(directory / "truth.json", f"{planted}\n".encode())
    for name, shipped in {"itsq.toml": "workspace.toml", "README.md": "README.md"}.items():
        text = resources.files(__package__).joinpath(shipped).read_text(encoding="utf-8")
        write(directory / name, text.encode())


def _content(sheet: Export) -> bytes:
    if sheet.path.endswith(".xlsx"):
        return workbook(sheet.frame, sheet.title, sheet.raw_lines)
    if sheet.path.endswith(".json.gz"):
        return monitoring.answer(sheet.frame)
    return csv_bytes(sheet.frame, sheet.encoding, sheet.raw_lines)
