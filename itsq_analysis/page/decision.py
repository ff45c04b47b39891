"""A decision needed: what a report asks its reader to decide, by when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Decision:
    """One decision needed.

    Attributes:
        what: is to be decided, as a question where a rule proposes it.
        number: the one number that it is about.
        by: until when; None if a note names no day.
        owner: of the note, the service or the group; "" if nobody is named.
        rule: that proposes it, in words; "" where a person asks for it.
    """

    what: str
    number: str
    by: date | None
    owner: str
    rule: str
