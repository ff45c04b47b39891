"""Why a series was unusual: pure functions on frames.

- `contributions`: where - which members, alone or in pairs, carry the excess of an event.
- `precedents`: what happened before, by how unusual the co-occurrence is.
- `moved_together`: other series that were unusual too, earlier or later.
- `impact`: what came after one moment, against the forecast made of what lay before it.
- `change_points`: changes of level, each dated with an interval.

Nothing here proves a cause: a coincidence in time stays one, however unusual.
"""

from itsq_analysis.anomaly.explain.change_points import change_points
from itsq_analysis.anomaly.explain.contributions import contributions
from itsq_analysis.anomaly.explain.explanation import Explanation
from itsq_analysis.anomaly.explain.impact import Impact, impact, impact_on_values
from itsq_analysis.anomaly.explain.onset import narrow
from itsq_analysis.anomaly.explain.precedents import precedents
from itsq_analysis.anomaly.explain.together import moved_together

__all__ = [
    "Explanation",
    "Impact",
    "change_points",
    "contributions",
    "impact",
    "impact_on_values",
    "moved_together",
    "narrow",
    "precedents",
]
