"""On which line of an itsq.toml a key stands, so that a message can say it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*[=.]")


def line_of(text: str, loc: Sequence[str | int]) -> int | None:
    """The line (from 1) of a key such as ("sla", 1, "calendar"), else of its entry or section; None where neither is found.

    Texts over several lines are not followed: a file that has them (itsq.toml needs none) gets no line numbers.

    >>> line_of("[[sla]]\\npriority = 1\\n[[sla]]\\n\\ncalendar = '5x9'\\n", ("sla", 1, "calendar"))
    5
    """
    if not loc or '"""' in text or "'''" in text:
        return None
    inner = f"{loc[0]}.{loc[1]}" if len(loc) > 2 and isinstance(loc[2], int) else ""
    if inner and f"[[{inner}]]" in text:  # an entry of a table's own list, such as [[staffing.team]]
        loc = (inner, *loc[2:])
    wanted = (loc[0], loc[1] if len(loc) > 1 and isinstance(loc[1], int) else None)
    inside = loc[2:] if wanted[1] is not None else loc[1:]
    start = None
    section: tuple[str | int, int | None] | None = None
    counted: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        header = _HEADER.fullmatch(line)
        if header:
            double = header[1] == "[["
            section = (header[2], counted.get(header[2], 0) if double else None)
            counted[header[2]] = counted.get(header[2], 0) + 1
            start = number if section == wanted else start
            continue
        key = _KEY.match(line)
        if key and section == wanted and inside and key[1] == inside[0]:
            return number
        if key and section is None and key[1] == loc[0]:
            start = number
    return start
