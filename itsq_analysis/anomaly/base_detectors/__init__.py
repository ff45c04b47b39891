"""Base detectors: each looks at a series in one way and says how far it is from what was expected; one kind per file.

A detector is causal: its error at a row is made of that row and earlier ones alone. None knows how large an error is unusual;
that is judged afterwards, for every detector by its own past. Detectors of one kind see the same thing: a spike that excites the
step and three moving means counts once.
"""

from itsq_analysis.anomaly.base_detectors.base import BaseDetector
from itsq_analysis.anomaly.base_detectors.level import Level
from itsq_analysis.anomaly.base_detectors.level_shift import LevelShift
from itsq_analysis.anomaly.base_detectors.moving_mean import MovingMean
from itsq_analysis.anomaly.base_detectors.roughness import Roughness
from itsq_analysis.anomaly.base_detectors.seasonal import Seasonal
from itsq_analysis.anomaly.base_detectors.spread import Spread
from itsq_analysis.anomaly.base_detectors.step_change import StepChange

__all__ = ["ALL", "BaseDetector", "Level", "LevelShift", "MovingMean", "Roughness", "Seasonal", "Spread", "StepChange"]

ALL: tuple[BaseDetector, ...] = (
    StepChange(),
    *(MovingMean(width) for width in (12, 48, 200)),
    *(LevelShift(width, before) for width, before in ((6, 30), (12, 100), (24, 200), (48, 400))),
    Spread(30),
    Roughness(12),
    *(Level(width) for width in (1, 6, 24)),
    *(Seasonal("day", width) for width in (1, 3, 6, 24)),
    *(Seasonal("week", width) for width in (1, 6)),
)
