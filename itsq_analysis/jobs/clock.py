"""The one place of this room that reads the clock."""

from datetime import UTC, datetime


def present() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)
