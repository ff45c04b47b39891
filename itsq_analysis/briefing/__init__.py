"""What a director must know of a period: findings ranked by size and certainty, and decisions needed.

This room joins what the rooms before it know; it computes nothing of its own.
"""

from itsq_analysis.briefing.decisions import decisions
from itsq_analysis.briefing.findings import findings

__all__ = ["decisions", "findings"]
