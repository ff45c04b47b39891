"""The log of one run, without secrets."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from itsq_analysis.reports.secrets import hidden


def log_streams(notebook: Mapping[str, Any], logger: logging.Logger) -> None:
    """What cells wrote to stderr is kept in the log; the page does not show it."""
    for number, cell in enumerate(notebook["cells"], start=1):
        for output in cell.get("outputs", []):
            if output["output_type"] == "stream" and output["name"] == "stderr":
                logger.info("cell %s, stderr: %s", number, output["text"].rstrip())


@contextmanager
def run_log(path: Path, secrets: tuple[str, ...]) -> Iterator[logging.Logger]:
    """A logger of its own that writes to a file, without secrets; other runs of this process have theirs."""
    logger = logging.Logger("itsq", logging.INFO)
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(_Discreet("%(asctime)s %(levelname)s %(message)s", secrets))
    logger.addHandler(handler)
    try:
        yield logger
    finally:
        handler.close()


class _Discreet(logging.Formatter):
    """A formatter that hides secrets."""

    def __init__(self, pattern: str, secrets: tuple[str, ...]) -> None:
        super().__init__(pattern)
        self.secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """The line without secrets."""
        return hidden(super().format(record), self.secrets)
