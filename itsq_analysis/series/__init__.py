"""From a table or from measurements to regular long series: `unique_id, ds, y`, one row per series and bucket of time."""

from itsq_analysis.series.buckets import Buckets, known_frequency
from itsq_analysis.series.frames import AGGREGATES, UNKNOWN, How, metric_series, series

__all__ = ["AGGREGATES", "UNKNOWN", "Buckets", "How", "known_frequency", "metric_series", "series"]
