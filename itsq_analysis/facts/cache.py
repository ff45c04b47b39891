"""The cache of a workspace: one file a fact, written under a temporary name and renamed; safe to delete at any time.

A file's name is the digest of all that its fact is made of, so that nothing is ever read for another input, calendar, setting or
version. A cache that cannot be read or written costs time only: the fact is computed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

R = TypeVar("R")
LIMIT = 512 * 2**20  # bytes
ENDING, TEMPORARY = ".fact", ".tmp"
LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn", "statsmodels")


class Cache:
    """The facts of one workspace on disk.

    Args:
        folder: made by the first fact; the workspace's folder must exist.
        limit: bytes; beyond it, those not read for longest go.
    """

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self.folder = folder
        self.limit = limit

    def get(self, parts: tuple[Any, ...], compute: Callable[[], R]) -> R:
        """The fact that is made of these parts: read, or computed and written.

        What is returned has always been through the form on disk, so that a computed fact and one that was read are the same.
        """
        from itsq_analysis.facts.codec import decode, encode  # brings pandas, which `itsq run` itself does without

        file = self._file(parts)
        with suppress(OSError, ValueError, KeyError, LookupError):  # not there, or not whole: it is computed and written anew
            value: R = decode(file.read_bytes())
            with suppress(OSError):
                os.utime(file)
            return value
        content = encode(compute())
        self._write(file, content)
        computed: R = decode(content)
        return computed

    def holds(self, parts: tuple[Any, ...]) -> bool:
        """Whether there is a file for the fact that is made of these parts."""
        return self._file(parts).is_file()

    def _file(self, parts: tuple[Any, ...]) -> Path:
        from itsq_analysis.facts.codec import digest

        return self.folder / f"{digest(made_by(), parts)}{ENDING}"

    def _write(self, file: Path, content: bytes) -> None:
        temporary = file.with_name(f".{file.stem}.{uuid4().hex}{TEMPORARY}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(content)
            temporary.replace(file)
            self._shrink()
        except OSError:  # no room, no right to write, or another process holds the file: the fact is there, only not kept
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def files(self) -> list[Path]:
        """Everything in the cache, leftovers of killed processes too."""
        if not self.folder.is_dir():
            return []
        return [file for file in self.folder.iterdir() if file.suffix in (ENDING, TEMPORARY)]

    def size(self) -> int:
        """Bytes on disk."""
        return sum(size for _, size, _ in self._ages())

    def empty(self) -> int:
        """Remove all facts; returns how many files went."""
        files = self.files()
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def _ages(self) -> list[tuple[float, int, Path]]:
        entries = []
        for file in self.files():
            with suppress(OSError):  # removed by another process meanwhile
                status = file.stat()
                entries.append((status.st_mtime, status.st_size, file))
        return sorted(entries)

    def _shrink(self) -> None:
        """Remove what was not read for longest until the limit is kept."""
        ages = self._ages()
        total = sum(size for _, size, _ in ages)
        for _, size, file in ages:
            if total <= self.limit:
                return
            with suppress(OSError):
                file.unlink()
            total -= size


@cache
def made_by() -> tuple[str, ...]:
    """The package's source and the versions of the libraries that compute."""
    source = sha256()
    package = Path(__file__).parent.parent
    for file in sorted(file for ending in ("*.py", "*.toml") for file in package.rglob(ending)):
        source.update(file.relative_to(package).as_posix().encode("utf-8"))
        source.update(file.read_bytes())
    return source.hexdigest(), *(version(library) for library in LIBRARIES)
