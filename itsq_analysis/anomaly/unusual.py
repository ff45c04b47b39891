"""The unusual events of a scope: alarms on all series together, the same thing told once, each with its explanation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from itsq_analysis.anomaly.alarms import alarms
from itsq_analysis.anomaly.explain.explanation import Excess
from itsq_analysis.facts import Scope, fact

ALARMS = 1.0  # false alarms a month that a report allows itself, over all its series together
WEEKS = 13  # looked back over, at least the period
BY = ("service", "group")  # whose members are looked at besides the whole


@dataclass(frozen=True)
class Part:
    """A part of the tickets that carries an event.

    Attributes:
        members: (dimension, member), one or two; () where the whole rose or fell alike.
        also: members of other dimensions that hold nearly all of these tickets.
        counted, expected: in the days of the excess.
        lower, upper: 95 % interval of the difference.
        chance: of it, over all parts looked at.
    """

    members: tuple[tuple[str, str], ...]
    also: tuple[tuple[str, str], ...]
    counted: float
    expected: float
    lower: float
    upper: float
    chance: float


@dataclass(frozen=True)
class Precedent:
    """A change or an outage before an event.

    Attributes:
        kind: "change" or "outage".
        id: its number.
        at: when it took effect (naive local time).
        service: "" where none is named.
        what: such as the type of a change; "" where it is not known.
        outcome: "" where it is not known.
        alike: earlier ones of the same kind on that service.
        per_month: how often these came.
        unusual: one of its kind seldom lies so near by chance, over all kinds looked at.
    """

    kind: str
    id: str
    at: pd.Timestamp
    service: str
    what: str
    outcome: str
    alike: int
    per_month: float
    unusual: bool


@dataclass(frozen=True)
class Event:
    """An unusual event with its explanation.

    Attributes:
        table: what it counts: incidents or requests.
        dimension, series: the member; "" and the table's name for the whole.
        up: more than expected, or fewer.
        peak: the day of the highest score.
        score: of the alarm, 0-1.
        excess: the days that differ most from expectation, and by how much.
        parts: where it lies.
        tested: parts that were looked at.
        before: changes and outages before it, the most telling first.
        also: other series that raised an alarm over the same tickets, as (dimension, member).
        certain: chance does not explain it, whichever of the series and days is looked at.
    """

    table: str
    dimension: str
    series: str
    up: bool
    peak: pd.Timestamp
    score: float
    excess: Excess
    parts: tuple[Part, ...]
    tested: int
    before: tuple[Precedent, ...]
    also: tuple[tuple[str, str], ...]
    certain: bool

    @property
    def first(self) -> date:
        """First day of the excess."""
        return self.excess.start.date()

    @property
    def last(self) -> date:
        """Its last day."""
        return self.excess.end.date()

    @property
    def size(self) -> float:
        """Tickets more or fewer than expected, without a sign."""
        return abs(self.excess.size)

    @property
    def suspects(self) -> tuple[Precedent, ...]:
        """What lies before it and seldom does."""
        return tuple(precedent for precedent in self.before if precedent.unusual)

    @property
    def alike(self) -> bool:
        """Whether the whole rose or fell alike."""
        return any(not part.members for part in self.parts)

    @property
    def spread(self) -> bool:
        """Whether it could not be laid to a service, so that what happened on any of them was looked at."""
        return len({precedent.service for precedent in self.before}) > 1


@dataclass(frozen=True)
class Unusual:
    """What was looked at and what was unusual, oldest first; `series`: how many could be judged, 0 with too little history."""

    start: date
    end: date
    series: int
    events: tuple[Event, ...]

    def within(self, first: date, end: date) -> list[Event]:
        """Events with a day from `first` on and before `end`."""
        return [event for event in self.events if event.first < end and event.last >= first]


@fact(disk=True)
def unusual_events(scope: Scope) -> Unusual:
    """The events of the last thirteen weeks up to the end of the period, or of the period where that is longer."""
    from itsq_analysis.anomaly.explained import explained

    start, end = window(scope)
    raised = alarms(scope, "incidents", ("", *BY), ALARMS)
    inside = raised.rows[(raised.rows["end"] >= pd.Timestamp(start)) & (raised.rows["start"] < pd.Timestamp(end))]
    events = explained(scope, inside, "incidents", raised.judged, ALARMS, days=(end - start).days) if len(inside) else ()
    return Unusual(start, end, raised.judged, tuple(event for event in events if event.last >= start and event.first < end))


def window(scope: Scope) -> tuple[date, date]:
    """The days that are looked back over: from the first to the one before the second."""
    end = min(scope.period.end, scope.moment.astimezone(scope.settings.organisation.zone).date())
    monday = end - timedelta(days=(end - timedelta(days=1)).weekday() + 1 + 7 * (WEEKS - 1))
    return min(monday, scope.period.start), end


@fact
def first_tickets(scope: Scope, event: Event, most: int = 3) -> tuple[str, ...]:
    """Numbers of the first tickets that carry an event."""
    from itsq_analysis.indicators.dimensions import dimension_sql

    chosen = dict([(event.dimension, event.series)] if event.dimension else [])
    chosen |= dict(event.parts[0].members if event.parts else ())
    columns = ["t.ci" if name == "ci" else dimension_sql(event.table, name) for name in chosen]
    conditions = [f"CAST({column} AS VARCHAR) = $member{place}" for place, column in enumerate(columns)]
    zone = scope.settings.organisation.zone
    rows = scope.query(
        f'SELECT t.number FROM "{event.table}" t '
        f"WHERE {' AND '.join([*conditions, 't.opened_at >= $first AND t.opened_at < $last'])} "
        f"ORDER BY t.opened_at, t.number LIMIT {most}",
        first=event.excess.start.tz_localize(zone).to_pydatetime(),
        last=(event.excess.end + pd.Timedelta(days=1)).tz_localize(zone).to_pydatetime(),
        **{f"member{place}": member for place, member in enumerate(chosen.values())},
    )
    return tuple(rows["number"])


def unusual_days(start: date, end: date, events: tuple[Event, ...]) -> pd.DataFrame:
    """One row per day from the start to the day before the end: `ds`, `value` (counted - expected of the largest event, missing
    on usual days) and `events` (places of its events, the largest first)."""
    days = pd.date_range(start, end - timedelta(days=1), freq="D")
    values: dict[pd.Timestamp, float] = {}
    places: dict[pd.Timestamp, list[int]] = {day: [] for day in days}
    for place, event in sorted(enumerate(events), key=lambda pair: pair[1].size):
        for day, value in zip(pd.date_range(event.excess.start, event.excess.end, freq="D"), event.excess.by_day, strict=True):
            if day in places:
                values[day] = value
                places[day].insert(0, place)
    return pd.DataFrame({"ds": days, "value": [values.get(day, float("nan")) for day in days], "events": list(places.values())})
