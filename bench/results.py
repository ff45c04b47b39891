"""RESULTS.md: one block a part, so that a part can be measured again without the others; what every block says of itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
ROOT = RESULTS.parents[1]


def write(part: str, text: str, path: Path = RESULTS) -> None:
    """Put a part's block in place of its last one, or at the end."""
    first, last = f"<!-- {part} -->", f"<!-- end of {part} -->"
    block = f"{first}\n{text.strip()}\n{last}"
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    before, found, rest = known.partition(first)
    whole = f"{before}{block}{rest.partition(last)[2]}" if found else f"{known.rstrip()}\n\n{block}"
    path.write_text(whole.strip() + "\n", encoding="utf-8")


def commit(*rooms: str) -> str:
    """The last commit of some paths of the project, and whether they hold edits that are in no commit."""
    found = _git("log", "-1", "--format=%h", "--", *rooms)
    return found + (" with edits that are not committed" if _git("status", "--porcelain", "--", *rooms) else "")


def measured(*rooms: str) -> str:
    """The last line of a block: what was measured. To be asked before measuring: others may commit meanwhile."""
    return f"Measured at commit {commit(*rooms)} ({', '.join(rooms)})."


def aim(text: str, *, reached: bool) -> str:
    """An aim with what came of it.

    >>> aim("at most 3 times, found 5.45", reached=False)
    'Aim: at most 3 times, found 5.45: **not reached**.'
    """
    return f"Aim: {text}: {'reached' if reached else '**not reached**'}."


def _git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True).stdout.strip()
