"""Incidents as they were known at a moment: what had ended then and was reopened later is ended, as its log says."""

from __future__ import annotations

from itsq_analysis.tables import contract

OVER = "state IN ('resolved', 'closed', 'canceled')"
UNKNOWN = ("sla_resolution_met", "working_seconds", "paused_seconds", "elapsed_seconds")  # told of the last resolution only


def known_sql(table: str, as_of: str) -> str:
    """The rows of a table as they were known at a moment: its name, or for incidents a subquery.

    A row tells of the last resolution only. Of a ticket that ended later, or not yet, the log says whether it had ended at the
    moment: then its times and state are those of that end, and what was measured of the last one is missing.

    Args:
        table: of the contracts.
        as_of: SQL of the moment; the log at or after it is not known.

    >>> known_sql("changes", "$moment")
    '"changes"'
    """
    if table != "incidents":
        return f'"{table}"'
    ended = f"""
        WITH later AS (SELECT DISTINCT number FROM state_log WHERE ticket_table = 'incidents' AND "at" >= {as_of}),
        past AS (
            SELECT l.number, l.state, l."at", (epoch_us(l."at"), l.seq) AS place FROM state_log l JOIN later USING (number)
            WHERE l.ticket_table = 'incidents' AND l."at" < {as_of}),
        lasting AS (SELECT number, max(place) FILTER (NOT coalesce({OVER}, false)) AS last_open FROM past GROUP BY number)
        SELECT number, min("at") AS ended_at, min("at") FILTER (state = 'resolved') AS resolved_at,
               min("at") FILTER (state = 'closed') AS closed_at, arg_max(state, place) AS state
        FROM past JOIN lasting USING (number) WHERE last_open IS NULL OR place > last_open GROUP BY number"""
    then = {name: f"coalesce(o.{name}, i.{name})" for name in ("ended_at", "state")}
    then |= {name: f"CASE WHEN o.number IS NULL THEN i.{name} ELSE o.{name} END" for name in ("resolved_at", "closed_at")}
    then |= {name: f"CASE WHEN o.number IS NULL THEN i.{name} END" for name in UNKNOWN}
    columns = ", ".join(f"{then.get(name, f'i.{name}')} AS {name}" for name in contract(table).all_columns)
    return (
        f'(SELECT {columns} FROM "incidents" i LEFT JOIN ({ended}) o '
        f"ON o.number = i.number AND coalesce(i.ended_at >= {as_of}, true))"
    )
