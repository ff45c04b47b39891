"""What a report hands to the run that makes its page: the files that stand beside it."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FILES_MIME = "application/vnd.itsq.files+json"
VALUES, WORKBOOK = ".values.csv", ".xlsx"


@dataclass(frozen=True)
class Files:
    """Files by what their names end in, such as ".xlsx".

    Displayed in a notebook that `itsq run` executes, they are written beside the page and leave no trace in notebook or page.

    >>> bundle = Files({".values.csv": b"a"})._repr_mimebundle_()
    >>> bundle["text/plain"], sorted(bundle[FILES_MIME])
    ('.values.csv: 1 byte', ['.values.csv'])
    """

    contents: Mapping[str, bytes]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:  # noqa: ARG002 - IPython's protocol
        packed = {ending: b64encode(zlib.compress(content, 9)).decode("ascii") for ending, content in self.contents.items()}
        sizes = [f"{ending}: {len(content):,} byte{'s' if len(content) != 1 else ''}" for ending, content in self.contents.items()]
        return {FILES_MIME: packed, "text/plain": ", ".join(sizes)}
