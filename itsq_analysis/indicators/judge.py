"""From numbers to judgement: target, status, certainty, whether a value is provisional, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from itsq_analysis.indicators.indicator import Indicator

if TYPE_CHECKING:
    from itsq_analysis.indicators.measure import Measured
    from itsq_analysis.periods import Period
    from itsq_analysis.settings import Settings, Target

Texts = NDArray[np.object_]
Baselines = Mapping[tuple[str, str | None, str | None, str], float]  # see `Query`
CERTAINTY = {"certain": 1.0, "could be chance": 0.4, "too few to tell": 0.15}  # what it weighs among findings


def judge(
    indicator: Indicator,
    measured: Measured,
    dimension: str | None,
    periods: Sequence[Period],
    ends: Sequence[datetime],
    settings: Settings,
    as_of: datetime,
    baselines: Baselines,
) -> dict[str, Any]:
    """The columns of the value frame from target to reason, as arrays (periods × members).

    status is what was agreed, from the value alone; certainty is what the interval proves. `ends` are the periods' ends (UTC,
    exclusive, not clipped); `baselines` see `Query`.
    """
    target, kind = _targets(indicator, measured, dimension, periods, settings, baselines)
    over = np.array([[as_of >= end] for end in ends])
    settled = np.array([[as_of >= end + timedelta(days=indicator.followup_days)] for end in ends])
    status = _status(indicator, measured, target, kind)
    certainty = _certainty(indicator, measured, target)
    certainty[(status != "met") & (status != "missed")] = None
    return {
        "target": target,
        "target_kind": kind,
        "status": status,
        "certainty": certainty,
        "provisional": np.broadcast_to(~settled, target.shape),
        "reason": _reason(indicator, measured, over, settled),
    }


def _targets(
    indicator: Indicator,
    measured: Measured,
    dimension: str | None,
    periods: Sequence[Period],
    settings: Settings,
    baselines: Baselines,
) -> tuple[NDArray[np.float64], Texts]:
    """The workspace's target in force at the period's start, else the catalogue's reference target."""
    shape = measured.value.shape
    reference = indicator.reference_target
    target = np.full(shape, np.nan if reference is None else reference)
    kind = np.full(shape, None if reference is None else "reference", dtype=object)
    if any(entry.indicator == indicator.id for entry in settings.targets):
        for row, period in enumerate(periods):
            for column, member in enumerate(measured.members):
                agreed = settings.target_for(indicator.id, dimension, member, period.start)
                if agreed is not None:
                    place = (indicator.id, dimension, member)
                    wanted = target_value(agreed, place, period, settings.period.month_starts_on, baselines)
                    target[row, column], kind[row, column] = wanted, agreed.kind if wanted == wanted else None
    return target, kind


def target_value(
    target: Target, place: tuple[str, str | None, str | None], period: Period, month_starts_on: int, baselines: Baselines
) -> float:
    """What is to be reached in a period; NaN where it is relative to a value that is not known: then nothing is judged."""
    relative = target.relative
    if relative is None:
        return float(target.value or 0.0)
    return relative.target(baselines.get((*place, relative.period(period, month_starts_on).label), float("nan")))


def _status(indicator: Indicator, measured: Measured, target: NDArray[np.float64], kind: Texts) -> Texts:
    """met or missed only against an agreed target, and where the indicator says which direction is better."""
    met = measured.value >= target if indicator.better == "higher" else measured.value <= target
    status = np.where(met, "met", "missed").astype(object)
    status[(kind != "agreed") | (indicator.better == "none")] = "no target"
    status[np.isnan(measured.value)] = "not measurable"
    return status


def _certainty(indicator: Indicator, measured: Measured, target: NDArray[np.float64]) -> Texts:
    """certain: the whole interval lies on the value's side of the target. A limit that is missing proves nothing."""
    with np.errstate(invalid="ignore"):
        if indicator.better == "higher":
            proven = np.where(measured.value >= target, measured.lower >= target, measured.upper < target)
        else:
            proven = np.where(measured.value <= target, measured.upper <= target, measured.lower > target)
    few = _few(indicator, measured) | (np.isnan(measured.lower) & np.isnan(measured.upper))
    return np.where(few, "too few to tell", np.where(proven, "certain", "could be chance")).astype(object)


def _few(indicator: Indicator, measured: Measured) -> NDArray[np.bool_]:
    return np.nan_to_num(measured.n) < indicator.judged_from


def _reason(indicator: Indicator, measured: Measured, over: NDArray[np.bool_], settled: NDArray[np.bool_]) -> Texts:
    """Why there is no value; beside a value, why it must be read with care (several codes are joined with "; ")."""
    cares = ["period_incomplete", "followup_incomplete", "too_few"]
    care = np.select([~over, ~settled, _few(indicator, measured)], cares, default="").astype(object)
    care[np.isnan(measured.value)] = ""
    both = (care != "") & (measured.reason != "")
    reason: Texts = care + np.where(both, "; ", "").astype(object) + measured.reason
    reason[reason == ""] = None
    return reason
