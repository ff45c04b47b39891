"""Running the command line inside a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from itsq_analysis.cli import main


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code and what it wrote."""

    code: int
    out: str
    err: str


def itsq(capsys: pytest.CaptureFixture[str], *arguments: object) -> Ended:
    """Run `itsq ARGUMENTS`."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    written = capsys.readouterr()
    code: Any = ended.value.code
    return Ended(code or 0, written.out, written.err)
