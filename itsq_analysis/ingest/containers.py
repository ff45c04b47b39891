"""What an export is packed in: gzip and zip, one in another too, within the limits of `[load]`."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from itsq_analysis.errors import IngestError

if TYPE_CHECKING:
    from itsq_analysis.settings import LoadSettings

BLOCK = MEGABYTE = 1 << 20
HARMLESS = 64 * MEGABYTE  # what is smaller may be packed as tightly as it likes
DEPTH = 3  # containers one in another
GZIP, ZIP, OLE, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"
WORKBOOK_PARTS = ("[Content_Types].xml", "mimetype")
EXPORTS = (
    ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".xml", ".xes", ".html",
    ".htm", ".parquet", ".gz", ".log",
)  # fmt: skip


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


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook by its content: an OLE file, or a zip with the parts of one."""
    with path.open("rb") as file:
        start = file.read(4)
    if start != ZIP:
        return start == OLE
    try:
        with zipfile.ZipFile(path) as packed:
            return any(part in packed.namelist() for part in WORKBOOK_PARTS)
    except (zipfile.BadZipFile, NotImplementedError):
        return True  # calamine says what is wrong with it


def refuse_misnamed(path: Path, plain: Path, display: str) -> None:
    """Nothing, or an IngestError where a file is called a workbook of the zipped kind and is none."""
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods") and not is_workbook(plain):
        raise IngestError(f"a workbook must be readable by Excel; found {display} damaged; save it again as .xlsx")


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet."""
    with path.open("rb") as file:
        return file.read(4) == PARQUET


def members(path: Path) -> list[str]:
    """Names of the exports in a zip, sorted; [] for every other file."""
    with path.open("rb") as file:
        if file.read(4) != ZIP:
            return []
    if is_workbook(path):
        return []
    with zipfile.ZipFile(path) as packed:
        parts = [PurePosixPath(part.filename) for part in packed.infolist() if not part.is_dir()]
    shown = [part for part in parts if "__MACOSX" not in part.parts and not part.name.startswith((".", "~$"))]
    return sorted(str(part) for part in shown if part.suffix.lower() in EXPORTS) or sorted(map(str, shown))


def unpack(path: Path, display: str, folder: Path, limits: LoadSettings, member: str = "") -> Path:
    """The export itself: a packed file is unpacked into `folder`, any other one is used where it lies.

    Args:
        path: the file.
        display: its name in messages.
        folder: an existing folder for copies.
        limits: to size and ratio of what is packed.
        member: which file of a zip; "" where it holds one.

    Raises:
        IngestError: the container is damaged, cut off, protected, beyond the limits, or holds no or several exports.
    """
    size = path.stat().st_size
    refuse_bomb(size, size, display, limits)
    for depth in range(DEPTH + 1):
        with path.open("rb") as file:
            start = file.read(4)
        if start[:2] == GZIP:
            copy = folder / f"unpacked {depth}"
            _copy_gzip(path, copy, size, display, limits)
        elif start == ZIP and not is_workbook(path):
            copy = folder / f"unpacked {depth}"
            _copy_member(path, copy, size, display, limits, member)
        else:
            return path
        path, member = copy, ""
    raise IngestError(f"an export must be packed at most {DEPTH} times; found more in {display}; unpack it")


def _copy_gzip(path: Path, copy: Path, size: int, display: str, limits: LoadSettings) -> None:
    try:
        with gzip.open(path, "rb") as packed:
            _copy(packed, copy, size, display, limits)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise IngestError(
            f"a .gz file must be complete; found {display} cut off or damaged ({error}); copy or export it again"
        ) from error


def _copy_member(path: Path, copy: Path, size: int, display: str, limits: LoadSettings, member: str) -> None:
    found = members(path)
    chosen = member or (found[0] if len(found) == 1 else "")
    if chosen not in found:
        listed = ", ".join(found[:5]) or "none"
        raise IngestError(f"a .zip file must hold one export; found {listed} in {display}; unpack it beside itsq.toml")
    try:
        with zipfile.ZipFile(path) as archive, archive.open(chosen) as packed:
            _copy(packed, copy, size, display, limits)
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError) as error:
        raise IngestError(
            f"a .zip file must be complete; found {display} cut off or damaged ({error}); copy or export it again"
        ) from error
    except RuntimeError as error:
        raise IngestError(f"a .zip file must open without a password; found {display} protected; unpack it") from error


def _copy(packed: gzip.GzipFile | IO[bytes], copy: Path, size: int, display: str, limits: LoadSettings) -> None:
    with copy.open("wb") as plain:
        while block := packed.read(BLOCK):
            plain.write(block)
            refuse_bomb(size, plain.tell(), display, limits)
