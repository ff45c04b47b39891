"""How far a pull has come: the state of its folder, and the file that grows page by page until it is whole.

`pulled/ID/.state.json` names the newest time that is had (`watermark`) and, while a file is unfinished, where to go on (`cursor`),
the newest time in it (`reached`), its name and how many of its bytes count. A pull that was killed goes on there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from itsq_analysis.errors import IngestError

STATE = ".state.json"
Cursor = dict[str, Any]


@dataclass
class Progress:
    """The state of one pull's folder, written whole after each page."""

    folder: Path
    watermark: str | None = None
    file: str = ""
    size: int = 0
    rows: int = 0
    cursor: Cursor | None = None
    reached: str | None = None

    @classmethod
    def of(cls, folder: Path) -> Progress:
        """The state that the last pull has left; a new one where there was none.

        Raises:
            IngestError: it cannot be read.
        """
        folder.mkdir(parents=True, exist_ok=True)
        try:
            known = json.loads((folder / STATE).read_text(encoding="utf-8"))
            progress = cls(folder, **known)
        except FileNotFoundError:
            return cls(folder)
        except (ValueError, TypeError) as error:
            raise IngestError(
                f"pulled/{folder.name}/{STATE} must be as itsq pull wrote it; found it damaged ({error}); remove the file: "
                "the next pull fetches everything"
            ) from error
        if progress.file and not progress.part.exists():  # killed after its file was whole
            progress.done()
        return progress

    @property
    def part(self) -> Path:
        """The unfinished file; a load passes it over, as all whose names begin with a point."""
        return self.folder / f".{self.file}.part"

    def begin(self, file: str) -> None:
        """Begin a file, or go on with the one that is unfinished: what stands in it after its last whole page goes."""
        if self.file:
            with self.part.open("r+b") as unfinished:
                unfinished.truncate(self.size)
            return
        self.file = file
        self.part.write_bytes(b"")

    def add(self, records: Sequence[Any], cursor: Cursor, reached: str | None) -> None:
        """Write a page of records, and note from where the next one is asked."""
        if records:
            lines = ",\n".join(json.dumps(record, ensure_ascii=False) for record in records)
            data = (",\n" if self.rows else "[\n") + lines
            with self.part.open("ab") as unfinished:
                unfinished.write(data.encode("utf-8", "backslashreplace"))
        self.size = self.part.stat().st_size
        self.rows += len(records)
        self.cursor, self.reached = cursor, max(filter(None, (self.reached, reached)), default=None)
        self.save()

    def finish(self) -> Path | None:
        """The file is whole: it gets its name, the newest time in it counts. None where it holds nothing."""
        path, part = self.folder / self.file, self.part
        if self.rows:
            with part.open("ab") as unfinished:
                unfinished.write(b"\n]\n")
            part.replace(path)
        else:
            part.unlink()
        rows = self.rows
        self.done()
        return path if rows else None

    def done(self) -> None:
        """Nothing is unfinished any more."""
        self.watermark = max(filter(None, (self.watermark, self.reached)), default=None)
        self.file, self.size, self.rows, self.cursor, self.reached = "", 0, 0, None, None
        self.save()

    def save(self) -> None:
        """Write the state, at once as a whole."""
        known = {name: value for name, value in asdict(self).items() if name != "folder"}
        unfinished = self.folder / f"{STATE}.new"
        unfinished.write_text(json.dumps(known), encoding="utf-8")
        unfinished.replace(self.folder / STATE)
