"""Late incidents one by one: who held them when their time ran out, and on what their working hours went."""

from itsq_analysis.indicators.late.incidents import (
    GroupHours,
    LateIncident,
    hours_by_kind,
    hours_of,
    late_frame,
    late_hours,
    late_incidents,
    longest_kinds,
    soon_late_until,
)
from itsq_analysis.indicators.late.stretches import KINDS
from itsq_analysis.indicators.late.tickets import SOON_DAYS, kept_by_pauses, late_tickets, soon_until

__all__ = [
    "KINDS",
    "SOON_DAYS",
    "GroupHours",
    "LateIncident",
    "hours_by_kind",
    "hours_of",
    "kept_by_pauses",
    "late_frame",
    "late_hours",
    "late_incidents",
    "late_tickets",
    "longest_kinds",
    "soon_late_until",
    "soon_until",
]
