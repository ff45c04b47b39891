"""From a number to the rows that it counts, and from a ticket to the numbers that count it."""

from __future__ import annotations

from itsq_analysis.indicators.evidence.evidence import Evidence, evidence
from itsq_analysis.indicators.evidence.ticket import ticket_frame

__all__ = ["Evidence", "evidence", "ticket_frame"]
