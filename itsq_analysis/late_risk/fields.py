"""Fields that are filled when a ticket is closed: in a ticket that is open they are empty, so they tell nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsq_analysis.late_risk.tickets import OPENING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FEWEST = 20  # open tickets from which on a field is judged
FILLED = 0.2  # of the tickets that ended: a field that is emptier is hardly used at all
FALLS = 0.5  # times that share or less of the open ones: the field is filled later

_SHARES = "SELECT ended_at IS NULL AS open, count(*) AS n, {counts} FROM incidents GROUP BY 1"


def filled_at_closing(connection: DuckDBPyConnection) -> tuple[str, ...]:
    """The fields of `OPENING` that are mostly empty in open tickets and mostly filled in those that ended.

    An export holds a ticket as it is now: only the tickets that are open in the newest one show what a field is like while a ticket
    is open. Whether a field is used is a matter of the tool, so it is judged by them also for a moment that is past.

    Args:
        connection: over the contract tables.
    """
    counts = ", ".join(f"count({name})::DOUBLE AS {name}" for name in OPENING)
    rows = connection.sql(_SHARES.format(counts=counts)).to_arrow_table().to_pylist()
    by_open = {row["open"]: row for row in rows}
    if len(by_open) < 2 or by_open[True]["n"] < FEWEST:
        return ()
    is_open, ended = ({name: row[name] / row["n"] for name in OPENING} for row in (by_open[True], by_open[False]))
    return tuple(name for name in OPENING if ended[name] >= FILLED and is_open[name] <= FALLS * ended[name])
