"""Capacity: how much is used, when a limit is reached (a distribution), when to order, what if, what is idle."""

from itsq_analysis.capacity.change import Change
from itsq_analysis.capacity.idle import Idle, idle
from itsq_analysis.capacity.order import OrderBy, order_by
from itsq_analysis.capacity.scenarios import Scenario, extend, months_gained, what_if
from itsq_analysis.capacity.threshold import time_to_threshold
from itsq_analysis.capacity.threshold_forecast import Note, ThresholdForecast, ThresholdForecasts, risk
from itsq_analysis.capacity.utilisation import Utilisation, after_loss, utilisation

__all__ = [
    "Change",
    "Idle",
    "Note",
    "OrderBy",
    "Scenario",
    "ThresholdForecast",
    "ThresholdForecasts",
    "Utilisation",
    "after_loss",
    "extend",
    "idle",
    "months_gained",
    "order_by",
    "risk",
    "time_to_threshold",
    "utilisation",
    "what_if",
]
