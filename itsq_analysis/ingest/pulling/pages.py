"""What a source of tickets gives: pages of records, oldest change first, each with the place from which the next one is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.pulling.api import Api
from itsq_analysis.ingest.pulling.progress import Cursor
from itsq_analysis.settings import PullSettings


@dataclass(frozen=True)
class Page:
    """Records as the tool has answered them, where to go on, and the newest time of change among them, as its text."""

    records: list[dict[str, Any]]
    cursor: Cursor
    reached: str | None


class Pages(Protocol):
    """A source of tickets: asks a tool for all rows changed since a moment, or goes on at a cursor."""

    def __call__(self, api: Api, pull: PullSettings, since: datetime | None, cursor: Cursor | None) -> Iterator[Page]:
        """Pages until there is none; rows that change meanwhile may come twice, none is left out."""
        ...


def listed(content: Any, name: str, pull: PullSettings) -> list[dict[str, Any]]:
    """The objects of an answer.

    Raises:
        IngestError: it has none under that name.
    """
    records = content.get(name) if isinstance(content, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise IngestError(
            f"pull {pull.id}: {pull.kind} must answer a list of objects under {name!r}; found another answer; "
            "check kind, url and table"
        )
    return records
