"""Anomaly detection: a long frame -> expected values, bands, scores and alarms by a budget; events."""

from itsq_analysis.anomaly.detect import detect
from itsq_analysis.anomaly.events import to_events

__all__ = ["detect", "to_events"]
