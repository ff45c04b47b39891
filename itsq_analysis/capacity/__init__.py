"""Capacity: how much is used, when a limit is reached (a distribution), when to order, what if, what is idle.

The models take frames. The facts of a workspace are functions of `metrics_scope(ws.scope())`:

resource_register  what there is, registered options, demand
days, use, plans   up to when, how much was used, what is planned
outlook            forecasts: capacity_outlooks, at_risk, what_if_outcomes, unmeasured
orders, options    what must be ordered or renewed by when, and what each option gains
margins            busy hour, loss of a member, what is overprovisioned
demand, energy     month by month
record             earlier forecasts and decisions, and what became of them
figures            one row a resource: `ws.capacity()`
statements, decisions  what there is to say of it, without words
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from itsq_analysis.capacity.change import Change
from itsq_analysis.capacity.idle import Idle, idle
from itsq_analysis.capacity.order import OrderBy, order_by
from itsq_analysis.capacity.scenario import Scenario
from itsq_analysis.capacity.threshold_forecast import Note, ThresholdForecast, ThresholdForecasts, risk
from itsq_analysis.capacity.utilisation import Utilisation, after_loss, utilisation

if TYPE_CHECKING:
    from itsq_analysis.capacity.scenarios import extend, months_gained, what_if
    from itsq_analysis.capacity.threshold import time_to_threshold

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

# What simulates is imported when it is first used: facts that are kept need none of it.
_SIMULATING = {"extend": "scenarios", "months_gained": "scenarios", "what_if": "scenarios", "time_to_threshold": "threshold"}


def __getattr__(name: str) -> Any:
    if name not in _SIMULATING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_SIMULATING[name]}"), name)
