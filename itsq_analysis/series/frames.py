"""Rows of a table, or measurements, as long series.

Rows of a table are counted, true zeros written; a bucket counts only if the data cover it: the first and the last are dropped where
they are partial, so that a month of ten days is never taken for a quiet one. Of measurements a bucket without a value has no row:
what was not measured is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.dimensions import dimension_sql, from_sql
from itsq_analysis.indicators.expression import parse_expression
from itsq_analysis.series.buckets import Buckets, known_frequency
from itsq_analysis.tables import contract

UNKNOWN = "(unknown)"
How = Literal["p95", "mean", "max", "min"]
EVERY = "*"
# Sums of doubles depend on their order, so it is given: the same snapshot always makes the same figures.
AGGREGATES: Mapping[str, str] = {
    "p95": "quantile_cont(value, 0.95)",
    "mean": "sum(value * weight ORDER BY time, metric) / nullif(sum(weight), 0)",
    "max": "max(highest)",
    "min": "min(lowest)",
}


def series(
    connection: DuckDBPyConnection,
    table: str,
    *,
    time: str,
    freq: str,
    by: str | Sequence[str] | None = None,
    zone: ZoneInfo,
    end: datetime,
    start: datetime | None = None,
    where: str | None = None,
    month_starts_on: int = 1,
) -> pd.DataFrame:
    """Count the rows of a table per bucket of time.

    Args:
        connection: holds the contract tables.
        table: name of a contract table.
        time: the column that places a row; rows without it do not count.
        freq: "5min", "15min", "30min", "h", "D", "W" (from Monday), "MS", "QS" or "YS" ("H", "M", "Q", "Y" are accepted).
        by: a dimension, or several, each on its own; None counts the whole table.
        zone: where days and hours are counted.
        end: up to when the data are complete (aware); later buckets, and the one it lies in, are dropped.
        start: from when they are (aware); None is the midnight before the first row. Buckets that began earlier are dropped.
        where: a condition on the table's columns, as in the catalogue.
        month_starts_on: day on which months (and quarters, years) start, 1 to 28; 26 begins October on 26 September.

    Returns:
        `unique_id` (text): the member, "(unknown)" where it is not known; with several dimensions "service=E-mail"; without any
        the table's name. `ds`: the start of the bucket, naive local time for days and longer, in `zone` for shorter ones. `y`
        (int64): rows, 0 where there were none between the member's first row and the common end.

    Raises:
        IndicatorError: unknown frequency, time column or dimension, or a refused condition.

    >>> import duckdb
    >>> rows = "SELECT unnest([TIMESTAMPTZ '2026-10-01 09:00+00', TIMESTAMPTZ '2026-10-03 10:00+00']) AS opened_at"
    >>> connection = duckdb.connect()
    >>> _ = connection.execute(f"CREATE TABLE incidents AS {rows}")
    >>> end = datetime(2026, 10, 4, tzinfo=UTC)
    >>> series(connection, "incidents", time="opened_at", freq="D", zone=ZoneInfo("UTC"), end=end).y.tolist()
    [1, 0, 1]
    """
    dimensions: list[str | None] = [by] if isinstance(by, str) else [*(by or [])] or [None]
    buckets = Buckets(known_frequency(freq), zone, end, month_starts_on)
    counted = _count(connection, table, _known_time(table, time), dimensions, where, buckets)
    if counted.empty:
        return _frame("", buckets.shown(pd.DatetimeIndex([], dtype="datetime64[us]")), np.array([], dtype="int64"))
    covered_from = buckets.edge(start) if start else buckets.midnight(datetime.fromtimestamp(counted["first"].min() / 1e6, UTC))
    grid = buckets.grid(counted["bucket"].min(), covered_from)
    frames = [_filled(group, grid, buckets) for _, group in counted.groupby(["place", "unique_id"], sort=True)]
    return pd.concat(frames, ignore_index=True)


def _known_time(table: str, time: str) -> str:
    known = [column.name for column in contract(table).all_columns.values() if column.type == "time"]
    if time not in known:
        raise IndicatorError(f"time must be a column of {table} that holds moments: {', '.join(known)}; found {time!r}; use one")
    return time


def _count(
    connection: DuckDBPyConnection, table: str, time: str, dimensions: Sequence[str | None], where: str | None, buckets: Buckets
) -> pd.DataFrame:
    """Rows per series and bucket, in one scan: unique_id, bucket, y, first (the first row's moment, microseconds UTC)."""
    condition = parse_expression(where, table, "series, where").sql() if where else None
    names = [f"{{'place': {place}, 'name': {_name_sql(table, by, len(dimensions) > 1)}}}" for place, by in enumerate(dimensions)]
    moment = f't."{time}"'
    rows = connection.sql(
        f"""SELECT d.place, d.name AS unique_id, {buckets.sql(moment)} AS bucket, count(*) AS y, min(epoch_us({moment})) AS first
            {from_sql(table, dimensions, condition)} CROSS JOIN LATERAL unnest([{", ".join(names)}]) AS u(d)
            WHERE {moment} IS NOT NULL GROUP BY ALL"""
    )
    return pd.DataFrame(rows.to_arrow_table().to_pandas())


def _name_sql(table: str, dimension: str | None, several: bool) -> str:
    """What a row's series is called."""
    if dimension is None:
        return f"'{table}'"
    member = dimension_sql(table, dimension)
    if member is None:
        raise IndicatorError(f"by must be a dimension that {table} has; found {dimension!r}; leave it out")
    prefix = f"'{dimension}=' || " if several else ""
    return f"{prefix}coalesce({member}, '{UNKNOWN}')"


def _filled(counted: pd.DataFrame, grid: pd.DatetimeIndex, buckets: Buckets) -> pd.DataFrame:
    """One series on the grid, from its own first bucket on."""
    own = grid[grid >= counted["bucket"].min()]
    y = counted.set_index("bucket")["y"].reindex(own, fill_value=0).to_numpy(dtype="int64")
    return _frame(counted["unique_id"].iloc[0], buckets.shown(own), y)


def _frame(name: str, ds: pd.DatetimeIndex, y: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": pd.Series([name] * len(ds), dtype="str"), "ds": ds, "y": y})


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
