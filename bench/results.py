"""RESULTS.md: one block a part, so that a part can be measured again without the others."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"


def write(part: str, text: str, path: Path = RESULTS) -> None:
    """Put a part's block in place of its last one, or at the end."""
    first, last = f"<!-- {part} -->", f"<!-- end of {part} -->"
    block = f"{first}\n{text.strip()}\n{last}"
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    before, found, rest = known.partition(first)
    whole = f"{before}{block}{rest.partition(last)[2]}" if found else f"{known.rstrip()}\n\n{block}"
    path.write_text(whole.strip() + "\n", encoding="utf-8")
