"""What a page tells of open tickets: the likeliest to be late with why and what would help, and how many will be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import isnan
from typing import TYPE_CHECKING, Any

from itsq_analysis.facts import Scope, Sentence, fact
from itsq_analysis.facts.sentence import Number, Term
from itsq_analysis.late_risk.by_day import count_range
from itsq_analysis.late_risk.risk import at_risk

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RiskyTicket:
    """An open incident within its promise; hours are working hours of its rule.

    Attributes:
        number: of the ticket.
        service, group, priority: None where not known.
        due_at: when its promise runs out if its clock runs on (workspace's zone).
        left: hours until then, on its clock.
        probability: of missing its promise.
        soon: of missing it within five working days.
        remaining: hours until it ends, the median; None where it was never seen.
        state, in_state: what it waits for, and for how many hours; None without a log, as of the next two.
        handovers, group_open: how often it was passed on; how many its group has open.
        reasons: ids, the weightiest first.
        help: id of what would help.
    """

    number: str
    service: str | None
    group: str | None
    priority: int | None
    due_at: datetime
    left: float
    probability: float
    soon: float
    remaining: float | None
    state: str | None
    in_state: float | None
    handovers: int | None
    group_open: int | None
    reasons: tuple[str, ...]
    help: str


@dataclass(frozen=True)
class LateCount:
    """How many of some open tickets become late: the expected number and its 80 % range; `day` None is five working days."""

    group: str | None
    day: date | None
    expected: float
    low: int
    high: int


@dataclass(frozen=True)
class LateOutlook:
    """Open tickets as of the scope's moment.

    Attributes:
        tickets: within their promise, the likeliest to miss it first.
        late: how many have missed it already.
        whole: how many become late within five working days.
        groups: the same by group, most first.
        days: by group and day, only where any is expected.
    """

    tickets: tuple[RiskyTicket, ...]
    late: int
    whole: LateCount
    groups: tuple[LateCount, ...]
    days: tuple[LateCount, ...]

    def on(self, group: str | None, day: date) -> LateCount | None:
        """What a group expects of a day; None is nothing."""
        return next((count for count in self.days if (count.group, count.day) == (group, day)), None)


@fact
def late_outlook(scope: Scope) -> LateOutlook | None:
    """`at_risk` as a page tells it; None where nothing can be said (no promise, or too few tickets have ended)."""
    known = at_risk(scope)
    if known.reason:
        return None
    within = known.tickets[known.tickets["left"] > 0]
    tickets = tuple(_ticket(row) for row in within.to_dict("records"))
    late = int((known.tickets["left"] <= 0).sum())
    groups = [_count(part["soon"], group) for group, part in within.groupby(within["group"].astype(object), dropna=False)]
    ordered = sorted(groups, key=lambda count: (-count.expected, count.group or ""))
    return LateOutlook(tickets, late, _count(within["soon"], None), tuple(ordered), tuple(_days(known.days)))


def because(ticket: RiskyTicket) -> Iterator[Sentence]:
    """Why a ticket is likelier to be late than others, the weightiest reason first."""
    for reason in ticket.reasons:
        match reason:
            case "time":
                yield Sentence("risk_time", {"hours": Number(ticket.left, 1)})
            case "state" if ticket.state and ticket.in_state is not None:
                yield Sentence("risk_state", {"state": Term(ticket.state), "hours": Number(ticket.in_state, 0)})
            case "handovers" if ticket.handovers:
                yield Sentence("risk_handovers", {"n": Number(ticket.handovers)})
            case "load" if ticket.group_open is not None:
                yield Sentence("risk_load", {"n": Number(ticket.group_open)})
            case "reopened" | "kind":
                yield Sentence(f"risk_{reason}", {})


def helps(ticket: RiskyTicket) -> Sentence:
    """What would help."""
    return Sentence(f"risk_help_{ticket.help}", {})


def _days(days: pd.DataFrame) -> Iterator[LateCount]:
    for row in days[days["expected"] > 0].to_dict("records"):
        yield LateCount(_known(row["group"]), row["day"], row["expected"], row["low"], row["high"])


def _count(chances: pd.Series, group: Any) -> LateCount:
    low, high = count_range(chances)
    return LateCount(_known(group), None, float(chances.sum()), low, high)


def _known(value: Any) -> Any:
    """A cell, None where it is missing."""
    return None if value is None or value != value else value


def _ticket(row: dict[Any, Any]) -> RiskyTicket:
    known = {name: _known(row[name]) for name in ("service", "group", "remaining", "in_state")}
    state = None if row["state"] == "nan" else _known(row["state"])
    priority, moves, load = (
        None if row[name] is None or isnan(float(row[name])) else int(row[name]) for name in ("priority", "handovers", "group_open")
    )
    return RiskyTicket(
        number=row["number"],
        priority=priority,
        due_at=row["due_at"].to_pydatetime(),
        left=row["left"],
        probability=row["probability"],
        soon=row["soon"],
        state=state,
        handovers=moves,
        group_open=load,
        reasons=tuple(row["reasons"].split(", ")) if row["reasons"] else (),
        help=row["help"],
        **known,
    )
