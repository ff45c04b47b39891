"""What if: demand grows more, a limit is raised, a project is late; and what an extension of a given size gains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from itsq_analysis.capacity.change import Change
from itsq_analysis.capacity.scenario import BASE, BASELINE, MONTH, Scenario
from itsq_analysis.capacity.threshold import Question, forecast_thresholds
from itsq_analysis.capacity.threshold_forecast import LIKELY, ThresholdForecast

OUTCOME = ["earliest", "likely", "latest", "probability"]


def what_if(
    frame: pd.DataFrame,
    limit: float | Mapping[str, float],
    scenarios: Sequence[Scenario],
    *,
    changes: Sequence[Change] | Mapping[str, Sequence[Change]] = (),
    growth: float = 0.0,
    **options: Any,
) -> pd.DataFrame:
    """When the limits are reached in each scenario, with the same simulated noise in all of them.

    Args:
        frame, limit, changes, growth, options: as for `time_to_threshold`; they are the base.
        scenarios: each is compared with the base.

    Returns:
        One row per series and scenario, the base first (scenario ""): `unique_id, scenario, earliest, likely, latest, probability,
        months_gained` (of the likely date against the base; missing where either is not within the horizon).

    >>> import numpy as np
    >>> disk = pd.DataFrame({"unique_id": "disk", "ds": pd.date_range("2026-01-01", periods=100), "y": np.arange(100.0)})
    >>> table = what_if(disk, 200, [Scenario("more", growth=1.0), Scenario("larger", add_limit=100)])
    >>> [(one - pd.Timestamp("2026-04-10").date()).days for one in table["likely"]]
    [101, 51, 201]
    """
    compared = compare_scenarios(frame, limit, scenarios, changes=changes, growth=growth, **options)
    rows = []
    for name, forecasts in compared.items():
        base = forecasts[BASE]
        for scenario, forecast in forecasts.items():
            gained = None if scenario == BASE else months_gained(base, forecast)
            rows.append((name, scenario, forecast.earliest, forecast.likely, forecast.latest, forecast.probability, gained))
    return pd.DataFrame(rows, columns=["unique_id", "scenario", *OUTCOME, "months_gained"])


def compare_scenarios(
    frame: pd.DataFrame,
    limit: float | Mapping[str, float],
    scenarios: Sequence[Scenario] | Mapping[str, Sequence[Scenario]],
    *,
    changes: Sequence[Change] | Mapping[str, Sequence[Change]] = (),
    growth: float = 0.0,
    **options: Any,
) -> dict[str, dict[str, ThresholdForecast]]:
    """Each series' forecast in each scenario, the base first (""), from one simulation of its futures.

    Args:
        frame, limit, changes, growth, options: as for `time_to_threshold`; they are the base.
        scenarios: for all series, or by unique_id.
    """
    asked, names = {}, sorted(frame["unique_id"].astype("str").unique())
    chosen = {name: (BASELINE, *(scenarios.get(name, ()) if isinstance(scenarios, Mapping) else scenarios)) for name in names}
    for name in names:
        planned = tuple(changes.get(name, ()) if isinstance(changes, Mapping) else changes)
        line = limit[name] if isinstance(limit, Mapping) else limit
        asked[name] = [_question(line, planned, growth, scenario) for scenario in chosen[name]]
    answered = forecast_thresholds(frame, asked, **options)
    return {name: {scenario.name: answer for scenario, answer in zip(chosen[name], answered[name], strict=True)} for name in names}


def _question(limit: float, planned: tuple[Change, ...], growth: float, scenario: Scenario) -> Question:
    more = (1 + growth) * (1 + scenario.growth) - 1 if scenario.growth else growth
    return Question(limit * scenario.limit_factor + scenario.add_limit, _moved(planned, scenario), more)


def _moved(changes: Sequence[Change], scenario: Scenario) -> tuple[Change, ...]:
    """The planned changes of a scenario; its limits move as the limit itself does."""
    kept = [change.later(scenario.delay_days) for change in changes if not (change.name and change.name in scenario.without)]
    return tuple(
        change if change.limit is None else replace(change, limit=change.limit * scenario.limit_factor + scenario.add_limit)
        for change in kept
    ) + tuple(scenario.changes)


def months_gained(before: ThresholdForecast, after: ThresholdForecast) -> float | None:
    """Months between the likely dates; None where either is not within the horizon."""
    first, second = before.step_at(LIKELY), after.step_at(LIKELY)
    if first is None or second is None:
        return None
    return (second - first) / (24 if before.freq == "h" else 1) / MONTH


def extend(frame: pd.DataFrame, limit: float | Mapping[str, float], sizes: Sequence[float], **options: Any) -> pd.DataFrame:
    """What a larger limit (or less use, as after cleaning) of some sizes gains.

    Args:
        frame, limit, options: as for `time_to_threshold`.
        sizes: what is gained at once, in the metric's unit; for direction "below" what is freed as well.

    Returns:
        One row per series and size, 0 first: `unique_id, size, earliest, likely, latest, holds` (probability that it is enough for
        the horizon), `months_gained` (of the likely date; missing where it lies beyond the horizon).

    >>> import numpy as np
    >>> disk = pd.DataFrame({"unique_id": "disk", "ds": pd.date_range("2026-01-01", periods=100), "y": np.arange(100.0)})
    >>> extend(disk, 150, [61, 900])[["size", "holds"]].values.tolist()
    [[0.0, 0.0], [61.0, 0.0], [900.0, 1.0]]
    """
    away = -1.0 if options.get("direction") == "below" else 1.0
    scenarios = [Scenario(str(place), add_limit=away * float(size)) for place, size in enumerate(sizes)]
    table = what_if(frame, limit, scenarios, **options)
    table["size"] = [0.0 if name == BASE else float(sizes[int(name)]) for name in table["scenario"]]
    table["holds"] = 1.0 - table["probability"].astype(float)
    return table[["unique_id", "size", "earliest", "likely", "latest", "holds", "months_gained"]]
