"""What keeps coming back: groups of incidents with the same cause by what they say, with their size, trend, cost and next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import pairwise
from math import nan
from typing import TYPE_CHECKING, Literal

from itsq_analysis.facts import Scope, fact
from itsq_analysis.periods import Period

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from itsq_analysis.recurring.texts import Ticket

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

PERIODS = 25  # the period and those before it, by which a trend is judged
CITED = 5  # tickets
LINKED = 13  # newest periods, whose links to problems count
WEEKS = 3  # different ones in which a cause was seen, before a problem record is proposed
FEWEST = 5  # tickets in the period, for any proposal
SURE = 0.05  # of a trend, over all groups together
Trend = Literal["up", "down", "new"]
Candidate = Literal["problem", "known_error"]


@dataclass(frozen=True)
class RecurringCause:
    """A group of incidents with one cause, or one storm (an event that many reported within hours).

    Attributes:
        id: number of the ticket that first said so; it stays the same in later periods.
        name: of its own words; "" for none.
        name_en, name_zh: of its tickets in that language; None where there are too few.
        storm: one event; its tickets are in no other group.
        numbers: its tickets of the period, the oldest first.
        counts: tickets per period, the period itself last.
        trend: "up" or "down" where the period differs from those before beyond noise, "new" where none came before; else None.
        hours: working hours from opened to resolved, of its tickets of the period that are resolved.
        open: its tickets of the period that are not resolved; their hours are not known yet.
        users: affected by the outages that name its tickets; None if none does.
        services: most tickets first.
        first_seen, last_seen: of all its tickets up to the period's end.
        cited: five of its tickets, the newest first.
        problems: that tickets of these periods are linked to.
        candidate: "problem" where a problem record is missing, "known_error" where its problem is open and not yet a known error.
    """

    id: str
    name: str
    name_en: str | None
    name_zh: str | None
    storm: bool
    numbers: tuple[str, ...]
    counts: tuple[int, ...]
    trend: Trend | None
    hours: float
    open: int
    users: int | None
    services: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    cited: tuple[str, ...]
    problems: tuple[str, ...]
    candidate: Candidate | None

    @property
    def n(self) -> int:
        """Tickets of the period."""
        return self.counts[-1]

    @property
    def before(self) -> float:
        """Mean of the periods before, from the first in which it was seen; NaN without any."""
        begin = next(place for place, count in enumerate(self.counts) if count)
        earlier = self.counts[begin:-1]
        return sum(earlier) / len(earlier) if earlier else nan


@dataclass(frozen=True)
class Recurring:
    """What keeps coming back in a period.

    Attributes:
        causes: that had a ticket in the period, those that cost most hours first.
        tickets: of the period that say anything.
        grouped: of them, those in any group.
    """

    causes: tuple[RecurringCause, ...]
    tickets: int
    grouped: int


@fact(disk=True)
def recurring(scope: Scope) -> Recurring:
    """Groups of incidents with the same cause, as known at the scope's moment, from all incidents up to the period's end.

    A ticket joins the group that it resembles by its short description, and by service, category and configuration item; see
    `itsq_analysis.recurring.grouping`. What a later load adds changes no group of an earlier month.
    """
    rows = _rows(scope)
    if not rows["short_description"].notna().any():
        return Recurring((), 0, 0)
    rows = _grouped(scope, rows)
    start, _ = scope.period.bounds(scope.settings.organisation.zone)
    within = rows[rows["opened_at"] >= start]
    groups = [members for _, members in rows[rows["cause"] != ""].groupby("cause") if members["opened_at"].iloc[-1] >= start]
    periods = [period for period in scope.history(PERIODS) if period.end > rows["opened_at"].iloc[0].date()]
    judged = [_cause(scope, members, periods, len(groups)) for members in groups]
    ordered = sorted(judged, key=lambda cause: (-cause.hours, -cause.n, cause.id))
    return Recurring(tuple(ordered), int(within["short_description"].notna().sum()), int((within["cause"] != "").sum()))


def _rows(scope: Scope) -> pd.DataFrame:
    """Incidents up to the period's end, the oldest first; resolutions and problems as known at the moment."""
    return scope.query(
        "SELECT i.number, i.opened_at, i.service, i.category, i.subcategory, i.ci, i.short_description, i.problem, "
        "CASE WHEN i.resolved_at <= $moment THEN i.working_seconds END AS working_seconds, "
        "coalesce(i.ended_at <= $moment, false) AS ended, o.users, "
        "coalesce(p.resolved_at <= $moment, false) AS solved, coalesce(p.known_error_at <= $moment, false) AS known "
        "FROM incidents i LEFT JOIN problems p ON p.number = i.problem "
        "LEFT JOIN (SELECT incident, sum(users_affected) AS users FROM outages GROUP BY 1) o ON o.incident = i.number "
        "WHERE i.opened_at < $end ORDER BY i.opened_at, i.number"
    )


def _grouped(scope: Scope, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the group of each (`cause`: the number of its first ticket, "" for none), and what is told of a group."""
    import pandas as pd

    from itsq_analysis.recurring.grouping import grouped

    tickets = _tickets(scope, rows)
    months = rows["opened_at"].dt.strftime("%Y-%m")
    found = grouped([[tickets[place] for place in places] for _, places in months.groupby(months, sort=True).indices.items()])
    group, storm = _storms_apart(rows, found.group)
    numbers = rows["number"].to_numpy()
    told = rows.assign(cause=[numbers[place] if place >= 0 else "" for place in group], storm=storm)
    return told.assign(said=pd.Series(found.clauses, index=told.index, dtype=object))


def _tickets(scope: Scope, rows: pd.DataFrame) -> list[Ticket]:
    """The texts of the rows as words, and what each belongs to; an item counts from its fifth ticket on."""
    from itsq_analysis.recurring.texts import Ticket, clauses_of, words_by

    systems = scope.query(
        "SELECT service AS name FROM services UNION SELECT resource FROM resources UNION SELECT ci FROM incidents"
    )
    cut = words_by(systems["name"].dropna())
    plain = rows.astype(object).where(rows.notna(), None)
    item = plain["ci"].where(rows.groupby("ci").cumcount() >= FEWEST - 1, None)
    category = plain["category"].str.cat(plain["subcategory"].fillna(""), sep="/")
    contexts = zip(plain["service"], category.where(category.notna(), None), item, strict=True)
    return [
        Ticket(clauses_of(text or "", cut), context) for text, context in zip(plain["short_description"], contexts, strict=True)
    ]


def _storms_apart(rows: pd.DataFrame, group: Ints) -> tuple[Ints, Bools]:
    """The groups, each storm of one a group of its own."""
    from itsq_analysis.recurring.storms import storms

    apart, storm = group.copy(), group < -1
    seconds = rows["opened_at"].dt.as_unit("us").astype("int64").to_numpy() / 1e6
    for exemplar in sorted(set(group[group >= 0].tolist())):
        members = (group == exemplar).nonzero()[0]
        for first, last in storms(seconds[members]):
            apart[members[first:last]] = members[first]
            storm[members[first:last]] = True
    return apart, storm


def _cause(scope: Scope, members: pd.DataFrame, periods: Sequence[Period], groups: int) -> RecurringCause:
    """One group: `members` are its tickets up to the period's end, the oldest first."""
    import pandas as pd

    from itsq_analysis.recurring.naming import names_of

    zone = scope.settings.organisation.zone
    starts = [period.bounds(zone)[0] for period in periods]
    first = [int(members["opened_at"].searchsorted(pd.Timestamp(start))) for start in starts]
    now, recent = members.iloc[first[-1] :], members.iloc[first[-LINKED:][0] :]
    storm = bool(members["storm"].iloc[0])
    name, english, chinese = names_of(members["said"].tolist())
    users = now["users"].dropna()
    return RecurringCause(
        id=str(members["cause"].iloc[0]),
        name=name,
        name_en=english,
        name_zh=chinese,
        storm=storm,
        numbers=tuple(now["number"]),
        counts=(counts := tuple(end - begin for begin, end in pairwise([*first, len(members)]))),
        trend=None if storm else _trend(scope, periods, counts, groups),
        hours=float(now["working_seconds"].dropna().sum()) / 3600,
        open=int((~now["ended"]).sum()),
        users=int(users.sum()) if len(users) else None,
        services=tuple(str(service) for service in members["service"].dropna().value_counts().index),
        first_seen=members["opened_at"].iloc[0].to_pydatetime(),
        last_seen=members["opened_at"].iloc[-1].to_pydatetime(),
        cited=tuple(now["number"].iloc[::-1][:CITED]),
        problems=tuple(dict.fromkeys(recent["problem"].dropna())),
        candidate=_candidate(now, recent, storm),
    )


def _trend(scope: Scope, periods: Sequence[Period], counts: Sequence[int], groups: int) -> Trend | None:
    """Whether the period's tickets a working day differ beyond noise from those of the periods since the cause was first seen.

    By natural limits where there are a dozen of them, else by the exact chance of the count; over all groups together (Bonferroni).
    """
    import pandas as pd

    from itsq_analysis.process.judgement import judge_process, tail_chance

    begin = next(place for place, count in enumerate(counts) if count)
    if begin == len(counts) - 1:
        return "new" if begin else None
    days = [max(scope.working_days(period), 1) for period in periods[begin:]]
    course = pd.DataFrame({"period": [period.label for period in periods[begin:]], "value": counts[begin:], "n": days})
    course["value"] = course["value"] / course["n"]
    judged = judge_process(course.iloc[:-1], course.iloc[-1], target=None, better="none", kind="rate")
    if judged.reason != "few_periods":
        return judged.direction if judged.signal and judged.chance * groups <= SURE else None
    before = sum(counts[begin:-1]) / sum(days[:-1])
    sure = tail_chance(course["value"], days, "rate") * groups <= SURE
    return ("up" if course["value"].iloc[-1] > before else "down") if sure else None


def _candidate(now: pd.DataFrame, recent: pd.DataFrame, storm: bool) -> Candidate | None:
    """What a person should look at next."""
    weeks = recent["opened_at"].dt.as_unit("s").astype("int64").floordiv(7 * 86400).nunique()
    if storm or len(now) < FEWEST or weeks < WEEKS:
        return None
    linked = recent["problem"].notna()
    if not linked.any():
        return "problem"
    unsolved = recent[linked & ~recent["solved"]]
    restored = int(now["working_seconds"].notna().sum())
    return "known_error" if len(unsolved) and not unsolved["known"].any() and restored >= FEWEST else None


def recurring_frame(found: Recurring) -> pd.DataFrame:
    """The causes as a frame, one row each; see `Workspace.recurring`."""
    import pandas as pd

    columns = [field.name for field in fields(RecurringCause)]
    columns[columns.index("counts")] = "before"
    columns.insert(columns.index("before"), "n")
    columns.append(columns.pop(columns.index("numbers")))
    frame = pd.DataFrame([{name: getattr(cause, name) for name in columns} for cause in found.causes], columns=columns)
    frame.attrs = {"tickets": found.tickets, "grouped": found.grouped}
    return frame
