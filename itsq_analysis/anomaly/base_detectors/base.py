"""What a detector is."""

from __future__ import annotations

from abc import ABC, abstractmethod

from itsq_analysis.anomaly.histories import Histories
from itsq_analysis.anomaly.windows import Array


class BaseDetector(ABC):
    """One way to look at series.

    Attributes:
        name: of the detector with its window, such as "moving mean 48".
        kind: what it sees; detectors of one kind see the same thing at different widths.
    """

    name: str
    kind: str

    @abstractmethod
    def errors(self, histories: Histories) -> Array:
        """Distances from what was expected, series × row, never negative; NaN where the detector has nothing to say.

        The errors of the first k rows are those of a history that ends there.
        """
