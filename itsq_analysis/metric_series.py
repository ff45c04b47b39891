"""From measurements to long series: `unique_id, ds, y, n`, one row per resource and step of time in which something was measured.

A step without a value has no row: what was not measured is not zero. The step that is not over yet is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pandas as pd
from duckdb import DuckDBPyConnection

from itsq_analysis.errors import IndicatorError
from itsq_analysis.series import Buckets, known_frequency

How = Literal["p95", "mean", "max", "min"]
EVERY = "*"
# Sums of doubles depend on their order, so it is given: the same snapshot always makes the same figures.
AGGREGATES: Mapping[str, str] = {
    "p95": "quantile_cont(value, 0.95)",
    "mean": "sum(value * weight ORDER BY time, metric) / nullif(sum(weight), 0)",
    "max": "max(highest)",
    "min": "min(lowest)",
}


def metric_series(
    connection: DuckDBPyConnection,
    *,
    resource: str | Sequence[str] | None = None,
    metric: str | Sequence[str] | None = None,
    freq: str = "h",
    how: How = "p95",
    zone: ZoneInfo,
    end: datetime,
    registered_only: bool = False,
) -> pd.DataFrame:
    """Measurements per resource and step of time, in one SQL statement.

    Args:
        connection: holds the contract tables.
        resource: one, several, or None for all that were measured.
        metric: its name, or several; "*" is every one. None takes of each resource the metric by which the register judges it, or
            its only one, and tells what is used: where the metric tells what is free, capacity minus value.
        freq: the step: "5min", "15min", "30min", "h", "D", "W", "MS", "QS" or "YS".
        how: of the values of a step: "p95" (interpolated), "mean" (weighted by `points`), "max" or "min" (of `value_max` and
            `value_min` where the tool keeps them).
        zone: where days and hours are counted.
        end: up to when the data are complete (aware); the step in which it lies is left out.
        registered_only: only resources of the register.

    Returns:
        `unique_id` (text): the resource; with several metrics "resource · metric". `ds`: start of the step, naive local time for
        days and longer, in `zone` for shorter ones. `y` (float64), in the metric's unit. `n` (int64): rows with a value.

    Raises:
        IndicatorError: unknown step or aggregate.

    >>> import duckdb
    >>> connection = duckdb.connect()
    >>> columns = "time TIMESTAMPTZ, resource TEXT, metric TEXT, value DOUBLE, value_min DOUBLE, value_max DOUBLE, points BIGINT"
    >>> _ = connection.execute(f"CREATE TABLE metrics ({columns})")
    >>> _ = connection.execute("CREATE TABLE resources (resource TEXT, metric TEXT, measured TEXT, capacity DOUBLE)")
    >>> minutes = "SELECT TIMESTAMPTZ '2026-10-05 01:00+00' + i * INTERVAL 20 MINUTE, 'disk', 'used', i FROM range(6) t(i)"
    >>> _ = connection.execute(f"INSERT INTO metrics (time, resource, metric, value) {minutes}")
    >>> end = datetime.fromisoformat("2026-10-05T03:00+00:00")
    >>> metric_series(connection, how="max", zone=ZoneInfo("UTC"), end=end)[["y", "n"]].values.tolist()
    [[2.0, 3.0], [5.0, 3.0]]
    """
    if how not in AGGREGATES:
        raise IndicatorError(f"how must be one of {', '.join(AGGREGATES)}; found {how!r}; use one of these")
    buckets = Buckets(known_frequency(freq), zone, end, 1)
    metrics = _listed(metric)
    named = "m.resource || ' · ' || m.metric" if metrics is not None and (len(metrics) != 1 or metrics == [EVERY]) else "m.resource"
    conditions, parameters = _conditions(_listed(resource), metrics, registered_only)
    lowest, highest = "coalesce(m.value_min, m.value)", "coalesce(m.value_max, m.value)"
    used = {"value": "m.value", "lowest": lowest, "highest": highest}
    if metrics is None:  # where much is free, little is used
        free = {"value": "m.value", "lowest": highest, "highest": lowest}
        used = {name: f"if(r.measured = 'free', r.capacity - {free[name]}, {text})" for name, text in used.items()}
    rows = connection.sql(
        f"""WITH single AS (SELECT resource, min(metric) AS metric FROM metrics GROUP BY 1 HAVING min(metric) = max(metric)),
            chosen AS (
              SELECT {named} AS unique_id, m.time, m.metric, coalesce(m.points, 1) AS weight,
                {", ".join(f"{text} AS {name}" for name, text in used.items())}
              FROM metrics m LEFT JOIN resources r ON r.resource = m.resource LEFT JOIN single s ON s.resource = m.resource
              WHERE m.value IS NOT NULL AND m.time < $end AND {" AND ".join(conditions)})
            SELECT unique_id, {buckets.sql("time")} AS ds, {AGGREGATES[how]} AS y, count(*) AS n FROM chosen GROUP BY ALL
            HAVING y IS NOT NULL ORDER BY unique_id, ds""",
        params={"end": end, **parameters},
    )
    frame = pd.DataFrame(rows.to_arrow_table().to_pandas())
    whole = buckets.is_over(pd.DatetimeIndex(frame["ds"]))
    frame = frame[whole].reset_index(drop=True)
    frame["ds"] = buckets.shown(pd.DatetimeIndex(frame["ds"]))
    return frame.astype({"unique_id": "str", "y": "float64", "n": "int64"})


def _listed(given: str | Sequence[str] | None) -> list[str] | None:
    return None if given is None else [given] if isinstance(given, str) else list(given)


def _conditions(resources: list[str] | None, metrics: list[str] | None, registered_only: bool) -> tuple[list[str], dict[str, Any]]:
    """SQL conditions on m (metrics), r (resources) and s (a resource's only metric), with their parameters."""
    conditions, parameters = ["true"], {}
    if resources is not None:
        conditions.append("list_contains($resources::VARCHAR[], m.resource)")
        parameters["resources"] = resources
    if metrics is None:
        conditions.append("m.metric = coalesce(r.metric, s.metric)")
    elif metrics != [EVERY]:
        conditions.append("list_contains($metrics::VARCHAR[], m.metric)")
        parameters["metrics"] = metrics
    if registered_only:
        conditions.append("r.resource IS NOT NULL")
    return conditions, parameters
