"""An earlier report: the facts beside its page, read back; of a report older than these its values."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pandas as pd

from itsq_analysis.errors import ReportError
from itsq_analysis.page.facts_file import values_of
from itsq_analysis.page.files import FACTS
from itsq_analysis.page.values_csv import from_csv


@dataclass(frozen=True)
class Earlier:
    """The values of an earlier report: its file's name and hash, and what it holds."""

    name: str
    sha256: str
    values: pd.DataFrame

    @property
    def label(self) -> str:
        """The label of the period that the report was about, the newest one."""
        return str(self.values.sort_values(["end", "start"], kind="stable")["period"].iloc[-1])


def read_earlier(path: Path) -> Earlier:
    """The values file of an earlier report.

    Raises:
        ReportError: there is no such file, or it is another one.
    """
    if not path.is_file():
        raise ReportError(f"an earlier report's values must be a file; found none at {path}; name the NAME{FACTS} beside its page")
    content = path.read_bytes()
    values = values_of(content, path.name) if path.name.endswith(FACTS) else from_csv(content, path.name)
    if values.empty:
        raise ReportError(f"an earlier report's values must have rows; found none in {path.name}; name another file")
    return Earlier(path.name, sha256(content).hexdigest(), values)
