"""Late incidents one by one: who held them when their time ran out, and on what their working hours went."""

from itsq_analysis.indicators.late.stretches import KINDS
from itsq_analysis.indicators.late.tickets import SOON_DAYS, kept_by_pauses, late_tickets, soon_until

__all__ = ["KINDS", "SOON_DAYS", "kept_by_pauses", "late_tickets", "soon_until"]
