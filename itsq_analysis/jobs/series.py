"""Which runs follow one another: those of one job about the same services, in the same language, of other periods."""

from __future__ import annotations

import json
from dataclasses import dataclass

from itsq_analysis.jobs.asked import canonical
from itsq_analysis.jobs.ledger import Ledger, RunRow, text

ABOUT_TIME = ("period", "as_of")  # parameters in which the runs of one series differ


def series_of(row: RunRow) -> tuple[str, str]:
    """The series of a run: its job, and its parameters without the period."""
    parameters = json.loads(row.parameters)
    return row.job, canonical({name: value for name, value in parameters.items() if name not in ABOUT_TIME})


def before(ledger: Ledger, row: RunRow) -> RunRow | None:
    """The run before one in its series whose report is another; None where it is the first."""
    earlier = ledger.rows("job = ? AND state = 'done' AND scheduled_for < ?", [row.job, text(row.scheduled_for)])
    own = [other for other in earlier if series_of(other) == series_of(row) and other.page and other.page != row.page]
    return own[-1] if own else None


@dataclass(frozen=True)
class Stale:
    """A series whose newest run failed: that run, and the last good one."""

    failed: RunRow
    last: RunRow | None


def all_series(ledger: Ledger) -> dict[tuple[str, str], list[RunRow]]:
    """All runs by their series, the earliest due first."""
    by_key: dict[tuple[str, str], list[RunRow]] = {}
    for row in ledger.rows():
        by_key.setdefault(series_of(row), []).append(row)
    return by_key


def stale(rows: list[RunRow]) -> Stale | None:
    """Whether the newest run of a series that came to an end failed."""
    ended = [row for row in rows if row.state in ("done", "failed")]
    if not ended or ended[-1].state == "done":
        return None
    good = [row for row in ended if row.state == "done"]
    return Stale(ended[-1], good[-1] if good else None)
