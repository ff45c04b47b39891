"""Records of a CSV file whose lines are not records: several lines in quotation marks, blank lines, broken rows.

The fast path never comes here: a file that DuckDB reads in strict mode with as many records as lines is right as it is.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LONGEST = 2_000_000  # bytes of one record; DuckDB's own limit


@dataclass
class Records:
    """What a file holds.

    Attributes:
        path: a copy with the well-formed records alone, each ending in a newline.
        lines: physical line (1-based) on which each of them starts.
        malformed: physical line and text of every record that is not well-formed.
    """

    path: Path
    lines: list[int] = field(default_factory=list)
    malformed: list[tuple[int, str]] = field(default_factory=list)


def split_records(source: Path, copy: Path, delimiter: str, fields: int, skip: int) -> Records:
    """Tell well-formed records from malformed ones.

    A record with sound quotation marks but another number of fields is malformed as a whole. Where the marks themselves are broken,
    only that line is malformed and reading goes on with the next one, so that one stray mark costs one row.

    Args:
        source: a UTF-8 file.
        copy: where the well-formed records are written.
        delimiter: between fields.
        fields: number of fields of a well-formed record.
        skip: physical lines at the start that are no records (titles and header).
    """
    found = Records(copy)
    with source.open("rb") as file, copy.open("wb") as target:
        if source.stat().st_size == 0:
            return found
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            for line, text, sound in _records(data, delimiter.encode(), fields, skip):
                if sound:
                    found.lines.append(line)
                    target.write(text + b"\n")
                else:
                    found.malformed.append((line, text.decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")))
    return found


def _records(data: mmap.mmap, delimiter: bytes, fields: int, skip: int) -> Iterator[tuple[int, bytes, bool]]:
    """Physical line, bytes without the line end, and soundness of each record."""
    line_break = b"\n" if data.find(b"\n") >= 0 else b"\r"
    sound, quoted, physical = _patterns(delimiter, fields, line_break)
    position, line, size = 0, 1, len(data)
    while position < size:
        end = min(position + LONGEST, size)
        match = None if line <= skip else sound.match(data, position, end) or quoted.match(data, position, end)
        if match is None or (match.end() == end < size):
            match = physical.match(data, position)
            assert match is not None  # noqa: S101 - the pattern matches any bytes
        text = match[1]
        if line > skip and text:
            yield line, text, match.re is sound
        line += 1 + text.count(line_break)
        position = match.end()


def _patterns(delimiter: bytes, fields: int, line_break: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes], re.Pattern[bytes]]:
    """A record with the right number of fields; one with any number; one line, whatever stands in it.

    As DuckDB in strict mode: spaces around a quoted field are ignored, a mark inside an unquoted field is text.
    """
    separator = re.escape(delimiter)
    one = rb'(?: *+"(?:[^"]++|"")*+" *+|(?! *+")[^%s\r\n]*+)' % separator
    end = rb"(?:\r?\n|\Z)" if line_break == b"\n" else rb"(?:\r|\Z)"
    return (
        re.compile(rb"(%s(?:%s%s){%d})%s" % (one, separator, one, fields - 1, end)),
        re.compile(rb"(%s(?:%s%s)*+)%s" % (one, separator, one, end)),
        re.compile(rb"([^%s]*?)%s" % (line_break, end)),
    )
