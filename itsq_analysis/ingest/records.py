"""Records of a delimited text: which bytes are a sound record, on which line each begins, and what is malformed.

The grammar is RFC 4180: a field is quoted as a whole or holds no quotation mark, marks inside it are doubled, and every record has
as many fields as the header. Spaces around a quoted field are ignored. This is the only verdict: pyarrow then cuts the fields of
records that are sound, and finds the same ones.

Whole blocks are judged at once; where a block breaks the grammar, the record there is judged by a pattern of the same grammar.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LONGEST = 2_000_000  # bytes of one record
BLOCK = 1 << 20  # bytes that are judged at once
RELEASED = 1 << 25  # bytes whose pages are given back at once
KEPT = 1 << 16  # bytes of a malformed record that quarantine keeps
SMALL = 1 << 12  # after a broken record, so that many of them stay cheap
QUOTE, APOSTROPHE, LF, CR = (ord(sign) for sign in "\"'\n\r")

Places = NDArray[np.int64]


@dataclass
class Records:
    """What a text holds.

    Attributes:
        path: a text with the sound records alone from byte `start` on: the source itself, or a copy.
        lines: physical line (1-based) on which each of them starts.
        malformed: physical line and text of every other record.
        swallowing: lines of those among `malformed` that hold, in one quoted field, lines that look like records.
        multiline: whether a sound record has a line break in a field.
        longest: bytes of the longest sound record.
        open_end: whether the last line has no line end, so that the text may have been cut off.
    """

    path: Path
    start: int
    lines: Places
    malformed: list[tuple[int, str]] = field(default_factory=list)
    swallowing: set[int] = field(default_factory=set)
    multiline: bool = False
    longest: int = 0
    open_end: bool = False

    def before(self, line: int) -> int:
        """The position of the last sound record that begins before a line; -1 where there is none."""
        return int(np.searchsorted(self.lines, line)) - 1


def is_sound_header(text: str, delimiter: str) -> bool:
    """Whether the text of a header row follows the grammar of records."""
    record, _ = _patterns(delimiter.encode(), b"\n" if "\n" in text else b"\r")
    return record.fullmatch(text.encode()) is not None


def split_records(source: Path, copy: Path, delimiter: str, fields: int, skip: int) -> Records:
    """Tell sound records from malformed ones.

    A record with sound quotation marks but another number of fields is malformed as a whole; so is one with a NUL, or with a field
    in apostrophes. Where the marks themselves are broken, only that line is malformed and reading goes on with the next one: one
    stray mark costs one row. A quoted field that spans lines of which one has as many delimiters as a record may be text, or
    records that a lost mark has swallowed: it is malformed too.

    Args:
        source: a UTF-8 file.
        copy: where the sound records are written, unless `source` holds nothing else below its header.
        delimiter: between fields.
        fields: number of fields of a sound record.
        skip: physical lines at the start that are no records (titles and header).
    """
    if source.stat().st_size == 0:
        return Records(source, 0, np.empty(0, np.int64))
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = _Splitting(data, delimiter.encode(), fields, skip)
        try:
            found.split()
            if found.plain:
                return found.records(source, found.start)
            with copy.open("wb") as target:
                for part in found.parts:
                    text = part if isinstance(part, bytes) else data[part[0] : part[1]]
                    target.write(text if text.endswith(found.line_break) else text + found.line_break)
            return found.records(copy, 0)
        finally:
            del found.view  # the map cannot be closed before


class _Splitting:
    """A text while it is split.

    Attributes:
        parts: sound records in the text's order: start and end of bytes that hold nothing else, or one record without the spaces
            around its quoted fields.
        plain: whether the text below the header is nothing but sound records that stand one below the other.
    """

    def __init__(self, data: mmap.mmap, delimiter: bytes, fields: int, skip: int) -> None:
        self.data = data
        self.view = np.frombuffer(data, np.uint8)
        self.delimiter, self.fields = delimiter[0], fields
        self.line_break = b"\n" if data.find(b"\n") >= 0 else b"\r"
        self.end_sign = self.line_break[0]
        self.patterns = _patterns(delimiter, self.line_break)
        self.position, self.line, self.plain = 0, 1, True
        for _ in range(skip):
            newline = data.find(self.line_break, self.position)
            self.position = len(data) if newline < 0 else newline + 1
            self.line += 1
        self.start = self.position
        self.parts: list[tuple[int, int] | bytes] = []
        self.lines: list[Places] = []
        self.malformed: list[tuple[int, str]] = []
        self.swallowing: set[int] = set()
        self.multiline = False
        self.longest = 0

    @cached_property
    def has_apostrophes(self) -> bool:
        """Whether an apostrophe stands at the beginning of a field."""
        return any(self.data.find(before + b"'") >= 0 for before in (bytes([self.delimiter]), self.line_break))

    def records(self, path: Path, start: int) -> Records:
        """What was found; `path` holds the sound records from byte `start` on."""
        lines = np.concatenate([np.empty(0, np.int64), *self.lines])
        open_end = self.view[-1] not in (LF, CR)
        return Records(path, start, lines, sorted(self.malformed), self.swallowing, self.multiline, self.longest, open_end)

    def split(self) -> None:
        """Judge the whole text."""
        block, released = BLOCK, 0
        while self.position < len(self.data):
            if self.position - released >= RELEASED and hasattr(mmap, "MADV_DONTNEED"):  # else the file counts as memory
                self.data.madvise(mmap.MADV_DONTNEED, released, RELEASED)
                released += RELEASED
            if self._judge_block(min(self.position + block, len(self.data))):
                block = min(2 * block, BLOCK)
            else:
                self._judge_one()
                block = SMALL

    # whole blocks ----------------------------------------------------------------------------------------------------

    def _judge_block(self, end: int) -> bool:
        """Judge the records that end before `end` and before the first broken quotation mark; False where there is none."""
        chunk = self.view[self.position : end]
        at_end = end == len(self.data)
        marks, broken = self._marks(chunk, at_end)
        ends = np.flatnonzero(chunk[:broken] == self.end_sign)
        if marks.size:
            ends = ends[~_inside(marks, ends)]
        if at_end and broken == chunk.size and chunk[-1] != self.end_sign and marks.size % 2 == 0:
            ends = np.append(ends, chunk.size)
        if not ends.size:
            return False
        starts = np.concatenate([[0], ends[:-1] + 1])
        length = ends - starts
        if self.end_sign == LF:  # the CR of a CRLF is no text
            length -= (length > 0) & (chunk[ends - 1] == CR)
        sound = (self._delimiters(chunk[: ends[-1] + 1], starts, ends, marks) == self.fields - 1) & (length <= LONGEST)
        if (chunk == APOSTROPHE).any() and self.has_apostrophes:
            sound &= ~self._in_apostrophes(chunk[: ends[-1]], ends)
        if (is_nul := chunk[: ends[-1]] == 0).any():
            sound[np.searchsorted(ends, np.flatnonzero(is_nul))] = False
        physical = np.flatnonzero(chunk[: ends[-1]] == self.end_sign) if marks.size else ends[:-1]
        first_lines = self.line + (np.searchsorted(physical, starts) if marks.size else np.arange(ends.size))
        if marks.size and physical.size > ends.size - 1:
            swallowing = sound & self._swallows(chunk, starts, ends, physical)
            self.swallowing.update(first_lines[swallowing].tolist())
            sound &= ~swallowing
            self.multiline = True
        self._take(starts, starts + length, ends, first_lines, sound)
        self.line += physical.size + 1
        self.position += int(ends[-1]) + 1
        return True

    def _marks(self, chunk: NDArray[np.uint8], at_end: bool) -> tuple[Places, int]:
        """Where quotation marks stand, and where the first broken one does (else the chunk's size)."""
        marks = np.flatnonzero(chunk == QUOTE)
        broken = chunk.size
        if marks.size:
            opens, closes = marks[0::2], marks[1::2]
            doubled = np.zeros(opens.size, np.bool_)
            doubled[1:] = opens[1:] - 1 == closes[: opens.size - 1]
            before = chunk[opens - 1]
            opened = doubled | (before == self.delimiter) | (before == self.end_sign) | (opens == 0)
            after = chunk[np.minimum(closes + 1, chunk.size - 1)]
            closed = (after == self.delimiter) | (after == self.end_sign) | (after == CR) | (closes + 1 == chunk.size)
            closed[: opens.size - 1] |= doubled[1 : closes.size + 1]
            wrong = np.concatenate([opens[~opened], closes[~closed]])
            broken = int(wrong.min()) if wrong.size else broken
        if self.end_sign == LF:
            returns = np.flatnonzero(chunk == CR)
            if returns.size:
                lone = chunk[np.minimum(returns + 1, chunk.size - 1)] != LF
                lone &= at_end | (returns + 1 < chunk.size)
                lone &= ~_inside(marks, returns)
                broken = min(broken, int(returns[lone][0])) if lone.any() else broken
        return marks, broken

    def _delimiters(self, chunk: NDArray[np.uint8], starts: Places, ends: Places, marks: Places) -> NDArray[np.int64]:
        """How many delimiters outside quoted fields each record has."""
        found = (chunk == self.delimiter).view(np.uint8)
        counts = np.add.reduceat(found, starts, dtype=np.uint32).astype(np.int64)
        paired = marks[: np.searchsorted(marks, ends[-1])]
        if paired.size:
            quoted = np.add.reduceat(found, paired, dtype=np.uint32)[0::2]
            record = np.searchsorted(ends, paired[0::2])
            counts -= np.bincount(record, weights=quoted, minlength=ends.size).astype(np.int64)
        return counts

    def _swallows(self, chunk: NDArray[np.uint8], starts: Places, ends: Places, physical: Places) -> NDArray[np.bool_]:
        """Records of several lines whose first line and another one have as many delimiters as a record, marks aside."""
        edges = np.concatenate([physical[physical < ends[-1]], [ends[-1]]])
        per_line = np.diff(np.searchsorted(np.flatnonzero(chunk[: ends[-1]] == self.delimiter), edges), prepend=0)
        full = per_line >= self.fields - 1
        first = np.searchsorted(edges, starts)
        last = np.searchsorted(edges, ends)
        seen = np.concatenate([[0], np.cumsum(full)])
        return np.asarray((last > first) & full[first] & (seen[last + 1] - seen[first] > 1))

    def _in_apostrophes(self, chunk: NDArray[np.uint8], ends: Places) -> NDArray[np.bool_]:
        """Records of which one field begins with an apostrophe and one ends with it: the tool may have quoted so."""
        places = np.flatnonzero(chunk == APOSTROPHE)
        before, after = chunk[np.maximum(places - 1, 0)], chunk[np.minimum(places + 1, chunk.size - 1)]
        edge = (self.delimiter, LF, CR)
        begins = np.isin(before, edge) | (places == 0)
        stops = np.isin(after, edge) | (places == chunk.size - 1)
        found = np.zeros((2, ends.size), np.bool_)
        for kind, marked in enumerate((begins, stops)):
            found[kind, np.searchsorted(ends, places[marked])] = True
        return np.asarray(found.all(axis=0))

    def _take(self, starts: Places, stops: Places, ends: Places, lines: Places, sound: NDArray[np.bool_]) -> None:
        """Note which records of a block are sound and which are malformed; blank lines are neither."""
        blank = stops == starts
        for place in np.flatnonzero(~sound & ~blank):
            start, stop = int(starts[place]), int(min(stops[place], starts[place] + KEPT))
            self._refuse(int(lines[place]), self.data[self.position + start : self.position + stop])
        sound &= ~blank
        self.longest = max(self.longest, int((ends - starts)[sound].max(initial=0)))
        self.lines.append(lines[sound])
        if sound.all():
            self._keep(self.position, min(self.position + int(ends[-1]) + 1, len(self.data)))
            return
        self.plain = False
        edges = np.flatnonzero(np.diff(np.concatenate([[False], sound, [False]]).astype(np.int8)))
        for first, after in zip(edges[0::2], edges[1::2], strict=True):
            end = min(self.position + int(ends[after - 1]) + 1, len(self.data))
            self._keep(self.position + int(starts[first]), end)

    def _keep(self, start: int, end: int) -> None:
        before = self.parts[-1] if self.parts else None
        if isinstance(before, tuple) and before[1] == start:
            self.parts[-1] = (before[0], end)
        else:
            self.parts.append((start, end))

    def _refuse(self, line: int, text: bytes) -> None:
        self.plain = False
        self.malformed.append((line, text.decode("utf-8", errors="ignore").replace("\0", "\N{REPLACEMENT CHARACTER}")))

    # one record ------------------------------------------------------------------------------------------------------

    def _judge_one(self) -> None:
        """Judge the record at hand: several lines where its marks are sound, else one line."""
        self.plain = False
        record, one = self.patterns
        end = min(self.position + LONGEST, len(self.data))
        match = record.match(self.data, self.position, end)
        if match is not None and (match.end() < end or end == len(self.data)):
            text, fields, after = match[1], [*_fields(match[1], one)], match.end()
        else:
            newline = self.data.find(self.line_break, self.position)
            after = len(self.data) if newline < 0 else newline + 1
            text, fields = self.data[self.position : min(after, self.position + KEPT)].rstrip(b"\r\n"), []
        lines = text.split(self.line_break)
        swallows = len(lines) > 1 and sum(line.count(self.delimiter) >= self.fields - 1 for line in lines) > 1
        if len(fields) == self.fields and b"\0" not in text and not swallows:
            self.parts.append(bytes([self.delimiter]).join(part.strip(b" ") if b'"' in part else part for part in fields))
            self.lines.append(np.array([self.line], np.int64))
            self.longest = max(self.longest, len(text))
            self.multiline |= len(lines) > 1
        elif text:
            self._refuse(self.line, text[:KEPT])
            if swallows and len(fields) == self.fields:
                self.swallowing.add(self.line)
        self.line += len(lines)
        self.position = after


def _inside(marks: Places, places: Places) -> NDArray[np.bool_]:
    """Which places stand inside a quoted field, the mark that opens it included."""
    return np.asarray(np.searchsorted(marks, places, side="right") % 2 == 1)


def _fields(text: bytes, one: re.Pattern[bytes]) -> Iterator[bytes]:
    """The fields of a record whose marks are sound, as they stand in it."""
    place = -1
    while place < len(text):
        match = one.match(text, place + 1)
        assert match is not None  # noqa: S101 - the record has matched a pattern made of this one
        yield match[0]
        place = match.end()


def _patterns(delimiter: bytes, line_break: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """A record with any number of fields; one field."""
    separator = re.escape(delimiter)
    one = rb'(?: *+"(?:[^"]++|"")*+" *+|[^%s"\r\n]*+)' % separator
    end = rb"(?:\r?\n|\Z)" if line_break == b"\n" else rb"(?:\r|\Z)"
    return (
        re.compile(rb"(%s(?:%s%s)*+)%s" % (one, separator, one, end)),
        re.compile(one),
    )
