"""What a report hands to the run that makes its page: the files that stand beside it."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from itsq_analysis.facts.record import FOLDER as FOLDER

FILES_MIME = "application/vnd.itsq.files+json"
KEPT_MIME = "application/vnd.itsq.kept+json"
FACTS, VALUES, WORKBOOK = ".facts.json", ".values.csv", ".xlsx"


@dataclass
class Kept:
    """Forecasts that the workspace keeps, in its folder `forecasts`, for the day when the truth is known.

    Attributes:
        read: file name -> SHA-256, of those that the report has read.
        new: file name -> content, of those that the report hands over to be kept.
    """

    read: dict[str, str] = field(default_factory=dict)
    new: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Files:
    """Files by what their names end in, such as ".xlsx", and the forecasts to keep.

    Displayed in a notebook that `itsq run` executes, they are written beside the page (kept forecasts into the workspace) and leave
    no trace in notebook or page. Displayed anywhere else, nothing is written.

    >>> bundle = Files({".values.csv": b"a"})._repr_mimebundle_()
    >>> bundle["text/plain"], sorted(bundle[FILES_MIME])
    ('.values.csv: 1 byte', ['.values.csv'])
    """

    contents: Mapping[str, bytes]
    kept: Kept | None = None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:  # noqa: ARG002 - IPython's protocol
        packed = _packed(self.contents)
        sizes = [f"{ending}: {len(content):,} byte{'s' if len(content) != 1 else ''}" for ending, content in self.contents.items()]
        kept = {KEPT_MIME: {"read": self.kept.read, "new": _packed(self.kept.new)}} if self.kept else {}
        return {FILES_MIME: packed, **kept, "text/plain": ", ".join(sizes)}


def _packed(contents: Mapping[str, bytes]) -> dict[str, str]:
    return {name: b64encode(zlib.compress(content, 9)).decode("ascii") for name, content in contents.items()}
