"""Views: each looks at a series in one way and says how far it is from what was expected; one kind per file.

A view is causal: its error at a row is made of that row and earlier ones alone. Views do not know how large an error is
unusual; that is judged afterwards, for every view by its own past.
Views of one kind see the same thing: a spike that excites the step and three moving means has one witness.
"""

from itsq_analysis.anomaly.views.level import Level
from itsq_analysis.anomaly.views.level_shift import LevelShift
from itsq_analysis.anomaly.views.moving_mean import MovingMean
from itsq_analysis.anomaly.views.roughness import Roughness
from itsq_analysis.anomaly.views.seasonal import Seasonal
from itsq_analysis.anomaly.views.spread import Spread
from itsq_analysis.anomaly.views.step_change import StepChange
from itsq_analysis.anomaly.views.view import View

__all__ = ["ALL", "Level", "LevelShift", "MovingMean", "Roughness", "Seasonal", "Spread", "StepChange", "View"]

ALL: tuple[View, ...] = (
    StepChange(),
    *(MovingMean(width) for width in (12, 48, 200)),
    *(LevelShift(width, before) for width, before in ((6, 30), (12, 100), (24, 200), (48, 400))),
    Spread(30),
    Roughness(12),
    *(Level(width) for width in (1, 6, 24)),
    *(Seasonal("day", width) for width in (1, 3, 6, 24)),
    *(Seasonal("week", width) for width in (1, 6)),
)
