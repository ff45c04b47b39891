"""An earlier report: the facts beside its page, read back; of a report older than these its values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from itsq_analysis.errors import ReportError
from itsq_analysis.page.facts_file import values_of
from itsq_analysis.page.files import FACTS
from itsq_analysis.page.values_csv import from_csv


@dataclass(frozen=True)
class Earlier:
    """An earlier report: its file's name and hash, its values, and all that its facts file holds; empty for one that had none."""

    name: str
    sha256: str
    values: pd.DataFrame
    told: Mapping[str, Any] = field(default_factory=dict)

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
    facts = path.name.endswith(FACTS)
    values = values_of(content, path.name) if facts else from_csv(content, path.name)
    if values.empty:
        raise ReportError(f"an earlier report's values must have rows; found none in {path.name}; name another file")
    return Earlier(path.name, sha256(content).hexdigest(), values, json.loads(content) if facts else {})
