"""Indicators: a catalogue of definitions, one SQL scan per table, and values with intervals."""

from itsq_analysis.indicators.catalogue import load_catalogue, recorded_catalogue, sections
from itsq_analysis.indicators.indicator import Indicator, describe, reason_text, words
from itsq_analysis.indicators.query import dimensions_of

__all__ = [
    "Indicator",
    "describe",
    "dimensions_of",
    "load_catalogue",
    "reason_text",
    "recorded_catalogue",
    "sections",
    "words",
]
