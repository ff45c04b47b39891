"""An export's bytes as UTF-8 text on disk: unpacked and decoded as a whole.

A plain UTF-8 file is used where it lies; only gzip and GB18030 need a copy. Nothing is ever held in memory as a whole.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from itsq_analysis.errors import IngestError

if TYPE_CHECKING:
    from itsq_analysis.settings import LoadSettings

BLOCK = MEGABYTE = 1 << 20
HARMLESS = 64 * MEGABYTE  # what is smaller may be packed as tightly as it likes
EXAMINED = 20_000  # characters by which it is judged whether a text is Chinese
COMMON = 0.75  # of them are signs or among the 3,755 most common ones
ENCODINGS = ("utf-8", "gb18030")  # tried in this order, each over the whole file
GZIP = b"\x1f\x8b"
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class TextFile:
    """A text in UTF-8.

    Attributes:
        path: where the UTF-8 bytes lie: the export itself, or a copy.
        encoding: "utf-8", "utf-8 with BOM" or "gb18030": how the export was written.
    """

    path: Path
    encoding: str


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as they lie on disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_bomb(packed: int, unpacked: int, display: str, limits: LoadSettings) -> None:
    """Nothing, or an IngestError where a file unpacks beyond what `[load]` of itsq.toml allows."""
    remedy = "if the file is right, raise {0} in [load] of itsq.toml: {0} = {1}"
    size = -(-unpacked // MEGABYTE)
    if size > limits.unpacked_mb:
        raise IngestError(
            f"an export must have at most {limits.unpacked_mb:,} MB; found {size:,} MB or more in {display}; "
            f"{remedy.format('unpacked_mb', 2 * size)}"
        )
    if unpacked > HARMLESS and unpacked > packed * limits.unpacked_ratio:
        raise IngestError(
            f"a packed export must unpack to at most {limits.unpacked_ratio} times its size; found more in {display}, "
            f"{packed:,} bytes; {remedy.format('unpacked_ratio', 10 * limits.unpacked_ratio)}"
        )


def open_text(path: Path, display: str, folder: Path, limits: LoadSettings) -> TextFile:
    """Decode an export (also .gz) as a whole and say in which encoding it is.

    Args:
        path: the export.
        display: its name in messages.
        folder: an existing folder for copies.
        limits: to size and ratio of what is packed.

    Raises:
        IngestError: the gzip is damaged or cut off, the text beyond the limits, or the text is neither UTF-8 nor GB18030.
    """
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
    refuse_bomb(path.stat().st_size, path.stat().st_size, display, limits)
    plain = _unpack(path, display, folder / "unpacked", limits) if packed else path
    errors = []
    for encoding in ENCODINGS:
        copy = None if encoding == "utf-8" else folder / "utf-8"
        try:
            return _decode(plain, encoding, copy)
        except _Undecodable as error:
            errors.append(f"{error.byte} in line {error.line} is not {encoding.upper()}")
        except _Implausible as error:
            errors.append(f"as GB18030 it would read {str(error)!r}")
    with plain.open("rb") as file:
        utf16 = file.read(2) in UTF16
    found = "UTF-16" if utf16 else "; ".join(errors)
    raise IngestError(f"a CSV file must be UTF-8 or GB18030; found {found} in {display}; save it again as CSV UTF-8")


def _unpack(path: Path, display: str, copy: Path, limits: LoadSettings) -> Path:
    size = path.stat().st_size
    try:
        with gzip.open(path, "rb") as packed, copy.open("wb") as plain:
            while block := packed.read(BLOCK):
                plain.write(block)
                refuse_bomb(size, plain.tell(), display, limits)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise IngestError(
            f"a .gz file must be complete; found {display} cut off or damaged ({error}); copy or export it again"
        ) from error
    return copy


class _Undecodable(Exception):  # noqa: N818 - it tells `open_text` to try the next encoding
    """A byte that an encoding does not have, and the physical line in which it stands."""

    def __init__(self, byte: int, line: int) -> None:
        super().__init__()
        self.byte = f"byte 0x{byte:02X}"
        self.line = line


class _Implausible(Exception):  # noqa: N818 - it tells `open_text` to try the next encoding
    """A text that hardly anybody has written; an example of it."""


def _refuse_implausible(text: str) -> None:
    """Nothing, or _Implausible where most characters are not among those that Chinese is written with.

    Nearly every text in another encoding of one or two bytes can be decoded as GB18030, to rare characters.
    """
    wide = [sign for sign in text if sign > "\x7f"][:EXAMINED]
    leads = [sign.encode("gb2312", errors="ignore")[:1] for sign in wide]
    if sum(b"\xa1" <= lead <= b"\xd7" for lead in leads) < COMMON * len(leads):
        place = text.index(next(sign for sign, lead in zip(wide, leads, strict=True) if not b"\xa1" <= lead <= b"\xd7"))
        raise _Implausible(text[max(0, place - 8) : place + 8].replace("\n", " "))


def _decode(plain: Path, encoding: str, copy: Path | None) -> TextFile:
    """Decode the file as a whole; write it as UTF-8 to `copy` where one is wanted."""
    decoder = codecs.getincrementaldecoder(encoding)()
    newlines = 0
    judged = encoding == "utf-8"
    start = b""
    with plain.open("rb") as source, (copy or Path(os.devnull)).open("wb") as target:
        for block in _blocks(source):
            start = start or block[: len(codecs.BOM_UTF8)]
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].count(b"\n")
                raise _Undecodable(error.object[error.start], newlines + before + 1) from error
            if not judged and not text.isascii():
                _refuse_implausible(text)
                judged = True
            newlines += block.count(b"\n")
            if copy is not None:
                target.write(text.encode("utf-8"))
    has_bom = encoding == "utf-8" and start == codecs.BOM_UTF8
    return TextFile(copy or plain, f"{encoding} with BOM" if has_bom else encoding)


def _blocks(source: BinaryIO) -> Iterator[bytes]:
    """Blocks of the file, then b"" once, so that a character cut off at the end is noticed."""
    while block := source.read(BLOCK):
        yield block
    yield b""
