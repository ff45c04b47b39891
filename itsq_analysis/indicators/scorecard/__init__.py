"""The scorecard: indicator → section → chapter → overall, and by quality characteristic."""

from __future__ import annotations

from itsq_analysis.indicators.scorecard.scorecard import Scorecard, scorecard
from itsq_analysis.indicators.scorecard.scores import Score, Scored

__all__ = ["Score", "Scorecard", "Scored", "scorecard"]
