"""An export's bytes as UTF-8 text on disk, decoded as a whole.

A UTF-8 file is used where it lies; every other encoding needs a copy. Nothing is ever held in memory as a whole.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.encodings import EXAMINED, codec_of, is_sure, readings, wide_encoding

BLOCK = 1 << 20
HEAD = 4096  # bytes by which UTF-16 is told


@dataclass(frozen=True)
class TextFile:
    """A text in UTF-8.

    Attributes:
        path: where the UTF-8 bytes lie: the export itself, or a copy.
        encoding: how the export was written, such as "utf-8", "utf-8 with BOM", "gb18030" or "windows-1252".
        example: words with a non-ASCII character, as they read in an encoding that was judged; "" where none had to be.
    """

    path: Path
    encoding: str
    example: str = ""


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as they lie on disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_text(plain: Path, display: str, folder: Path, encoding: str | None = None) -> TextFile:
    """Decode an export as a whole and say in which encoding it is.

    Args:
        plain: the export, unpacked.
        display: its name in messages.
        folder: an existing folder for a copy.
        encoding: as stated by the source; None judges it.

    Raises:
        IngestError: the text is not in the stated encoding, or no encoding is plausible, or several are.
    """
    copy = folder / "utf-8"
    with plain.open("rb") as file:
        wide = wide_encoding(file.read(HEAD))
    if stated := encoding or wide:
        return _decode_stated(plain, stated, copy, display)
    try:
        return _decode(plain, "utf-8", None)
    except _Undecodable as error:
        refused = error
    sample = _sample(plain)
    if _is_damaged_utf8(sample, refused):
        raise IngestError(
            f"a text in UTF-8 must be complete; found {refused.byte} in line {refused.line} of {display}, which is not; was it "
            "cut off, or put together from files in several encodings? export it again"
        )
    ranked = readings(sample)
    while is_sure(ranked):
        try:
            found = _decode(plain, ranked[0].encoding, copy)
        except _Undecodable:
            ranked = ranked[1:]
        else:
            return TextFile(found.path, found.encoding, ranked[0].example)
    likely = [f'encoding = "{reading.encoding}" reads {reading.example!r}' for reading in ranked[:3] if reading.score > 0]
    advice = "; ".join(likely) or "save it again as CSV UTF-8"
    raise IngestError(
        f"the encoding of a text must be known; found {refused.byte} in line {refused.line} of {display}, which is not UTF-8, and "
        f"no other encoding that is clearly right; say which holds in the source's entry of itsq.toml: {advice}"
    )


def _decode_stated(plain: Path, encoding: str, copy: Path, display: str) -> TextFile:
    try:
        is_utf8 = codec_of(encoding) == "utf-8"
        return _decode(plain, "utf-8" if is_utf8 else encoding, None if is_utf8 else copy)
    except _Undecodable as error:
        raise IngestError(
            f"a text must be in the encoding that is stated, {encoding}; found {error.byte} in line {error.line} of {display}; "
            "correct encoding in the source's entry of itsq.toml, or export the file again"
        ) from error
    except LookupError as error:
        raise IngestError(
            f'encoding of a source must be a known one, such as "gb18030" or "windows-1252"; found {encoding!r}; correct it in '
            "itsq.toml"
        ) from error


def _sample(plain: Path) -> bytes:
    """The lines that have bytes above 0x7F, as many as are examined."""
    lines = bytearray()
    with plain.open("rb") as file:
        while len(lines) < EXAMINED and (line := file.readline(EXAMINED)):
            if not line.isascii():
                lines += line if line.endswith(b"\n") else line + b"\n"
    return bytes(lines)


def _is_damaged_utf8(sample: bytes, refused: _Undecodable) -> bool:
    """Whether nearly all non-ASCII characters are UTF-8, or the text ends within one."""
    wide = sum(sign > "\x7f" for sign in sample.decode("utf-8", errors="ignore"))
    broken = sample.decode("utf-8", errors="replace").count("\N{REPLACEMENT CHARACTER}")
    return wide > 3 * broken or refused.left > 1 or (refused.left == 1 and broken == 1)


class _Undecodable(Exception):  # noqa: N818 - it tells `open_text` to try the next encoding
    """A byte that an encoding does not have, its physical line, and `left`: bytes of a character that the text ends in."""

    def __init__(self, byte: int, line: int, left: int = 0) -> None:
        super().__init__()
        self.left = left
        self.byte = f"byte 0x{byte:02X}"
        self.line = line


def _decode(plain: Path, encoding: str, copy: Path | None) -> TextFile:
    """Decode the file as a whole; write it as UTF-8 to `copy` where one is wanted."""
    decoder = codecs.getincrementaldecoder(codec_of(encoding))()
    newlines = 0
    start = b""
    target = copy.open("wb") if copy is not None else None
    try:
        with plain.open("rb") as source:
            for block in _blocks(source):
                start = start or block[: len(codecs.BOM_UTF8)]
                if block and target is None and block.isascii() and not decoder.getstate()[0]:  # nothing to decode
                    newlines += block.count(b"\n")
                    continue
                try:
                    text = decoder.decode(block, final=not block)
                except UnicodeDecodeError as error:
                    before = error.object[: error.start].count(b"\n")
                    left = len(error.object) - error.start if not block else 0
                    raise _Undecodable(error.object[error.start], newlines + before + 1, left) from error
                newlines += block.count(b"\n")
                if target is not None:
                    target.write(text.encode("utf-8", errors="replace"))
    finally:
        if target is not None:
            target.close()
    has_bom = encoding == "utf-8" and start == codecs.BOM_UTF8
    return TextFile(copy or plain, f"{encoding} with BOM" if has_bom else encoding)


def _blocks(source: BinaryIO) -> Iterator[bytes]:
    """Blocks of the file, then b"" once, so that a character cut off at the end is noticed."""
    while block := source.read(BLOCK):
        yield block
    yield b""
