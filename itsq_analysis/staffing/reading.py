"""What staffing reads from the tables: contacts by hour, tickets by day and team, the roster; all as of a moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from duckdb import DuckDBPyConnection

WAITING = ("phone", "chat", "walk_in")  # channels on which people wait to be answered
TICKETS = """SELECT 'incidents' AS kind, assignment_group AS team, opened_at, ended_at AS ended FROM incidents
    UNION ALL SELECT 'requests', assignment_group, opened_at, closed_at FROM requests
    WHERE closed_at IS NOT NULL OR state IS NULL OR state IN ('open', 'in_progress', 'on_hold')"""


def contact_hours(connection: DuckDBPyConnection, zone: ZoneInfo, end: datetime) -> pd.DataFrame:
    """Contacts that waited to be answered, by team and local hour.

    Rows that last longer than an hour cannot be placed in one and are left out; hours without a row are not in the frame.

    Args:
        connection: holds the contract tables.
        zone: where hours are counted.
        end: what began later is not known yet (aware).

    Returns:
        `team` (None where no group is known), `ds` (naive local hour), `offered`, and of the rows that know both `handled`
        (contacts answered) and `handle_seconds`.
    """
    names = ", ".join(f"'{channel}'" for channel in WAITING)
    return _frame(
        connection,
        f"""SELECT assignment_group AS team, date_trunc('hour', start AT TIME ZONE '{zone.key}') AS ds,
                sum(offered)::DOUBLE AS offered,
                coalesce(sum(answered) FILTER (WHERE handle_seconds IS NOT NULL), 0)::DOUBLE AS handled,
                coalesce(sum(handle_seconds ORDER BY number) FILTER (WHERE answered IS NOT NULL), 0)::DOUBLE AS handle_seconds
            FROM contacts WHERE (channel IS NULL OR channel IN ({names})) AND minutes <= 60 AND start < $moment
            GROUP BY ALL ORDER BY team NULLS FIRST, ds""",
        moment=end,
    )


def ticket_days(connection: DuckDBPyConnection, zone: ZoneInfo, end: datetime) -> pd.DataFrame:
    """Incidents and requests by team and local day: `team`, `ds` (naive midnight), `opened`, `ended`; days without any lack."""
    return _frame(
        connection,
        f"""WITH tickets AS ({TICKETS}), days AS (
                SELECT team, date_trunc('day', opened_at AT TIME ZONE '{zone.key}') AS ds, 1 AS opened, 0 AS ended
                FROM tickets WHERE opened_at < $moment
                UNION ALL SELECT team, date_trunc('day', ended AT TIME ZONE '{zone.key}'), 0, 1
                FROM tickets WHERE ended < $moment)
            SELECT team, CAST(ds AS TIMESTAMP) AS ds, sum(opened)::DOUBLE AS opened, sum(ended)::DOUBLE AS ended
            FROM days WHERE team IS NOT NULL GROUP BY ALL ORDER BY team, ds""",
        moment=end,
    )


def open_tickets(connection: DuckDBPyConnection, end: datetime) -> dict[str, dict[str, int]]:
    """Tickets open at a moment: team -> "incidents" and "requests" -> how many."""
    rows = _frame(
        connection,
        f"""SELECT team, kind, count(*) AS n FROM ({TICKETS})
            WHERE team IS NOT NULL AND opened_at < $moment AND (ended IS NULL OR ended >= $moment)
            GROUP BY ALL ORDER BY team, kind""",
        moment=end,
    )
    counts: dict[str, dict[str, int]] = {}
    for team, kind, count in rows.itertuples(index=False, name=None):
        counts.setdefault(team, {})[kind] = int(count)
    return counts


def kinds_of_tickets(connection: DuckDBPyConnection, since: datetime, end: datetime) -> dict[str, dict[str, int]]:
    """Tickets opened in a time: team -> "incidents" and "requests" -> how many."""
    rows = _frame(
        connection,
        f"""SELECT team, kind, count(*) AS n FROM ({TICKETS})
            WHERE team IS NOT NULL AND opened_at >= $since AND opened_at < $moment GROUP BY ALL ORDER BY team, kind""",
        since=since,
        moment=end,
    )
    counts: dict[str, dict[str, int]] = {}
    for team, kind, count in rows.itertuples(index=False, name=None):
        counts.setdefault(team, {})[kind] = int(count)
    return counts


def roster_rows(connection: DuckDBPyConnection, first: date, last: date) -> pd.DataFrame:
    """The shifts that begin on the days from `first` to `last`: team, date, shift_start, shift_end, people."""
    return _frame(
        connection,
        """SELECT team, date, shift_start, shift_end, people::DOUBLE AS people FROM roster
            WHERE date BETWEEN $first AND $last ORDER BY team, date, shift_start""",
        first=first,
        last=last,
    )


def first_lines(connection: DuckDBPyConnection) -> set[str]:
    """The groups that the register calls first line."""
    return set(_frame(connection, "SELECT assignment_group FROM groups WHERE level = 1")["assignment_group"])


def teams_of_groups(connection: DuckDBPyConnection) -> dict[str, str]:
    """Assignment group -> the team that it belongs to in the register of groups."""
    rows = _frame(connection, "SELECT assignment_group, team FROM groups WHERE team IS NOT NULL")
    return dict(zip(rows["assignment_group"], rows["team"], strict=True))


def _frame(connection: DuckDBPyConnection, query: str, **values: Any) -> pd.DataFrame:
    frame: pd.DataFrame = connection.sql(query, params=values or None).to_arrow_table().to_pandas()
    return frame
