"""The value cube: every value that a report needs, computed in one pass over the tables and judged once.

What is told is the value after approved exemptions; where they change it, the value before them stands beside it. Everything that a
page, sheet, finding or decision says of an indicator is a cell of this cube, so that one number is never told in two ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.exemptions import approved, without
from itsq_analysis.indicators.query import Key, Query, asked_keys, dimensions
from itsq_analysis.indicators.value import Value
from itsq_analysis.indicators.values import COLUMNS, evaluate
from itsq_analysis.periods import Period

PERIODS = 25  # the named one and 24 before it: what process limits look back on
BEFORE = (
    "value",
    "numerator",
    "denominator",
    "n",
    "lower",
    "upper",
    "status",
    "certainty",
    "reason",
)  # also told before exemptions
FIELDS = ("value", "numerator", "denominator", "n", "lower", "upper", "target")
Place = tuple[str, str, str | None, str | None]  # indicator, period, dimension, member


class Cube:
    """The values of one scope.

    Cells are wanted first, then computed all together at the first question; what was not wanted is computed when it is asked for.
    `passes` counts how often the tables were read.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.periods = scope.history(PERIODS)
        self.passes = 0
        self._wanted: dict[Key, None] = {}
        self._frames: dict[Key, pd.DataFrame] = {}
        self._values: dict[Place, Value] = {}

    def want(self, ids: Iterable[str], by: str | Sequence[str] | None = None) -> None:
        """Cells that will be asked for: these indicators, whole or by dimensions, over the 25 periods.

        Raises:
            IndicatorError: an unknown indicator or dimension.
        """
        self._wanted |= dict.fromkeys(asked_keys(self.scope.catalogue, list(ids), dimensions(by)))

    def frame(self, ids: Iterable[str], by: str | None = None, history: int = 1) -> pd.DataFrame:
        """The value frame of the last periods, the named one last, in the order of the ids.

        Columns as of `ws.values`, and those of BEFORE with the suffix `_before`: the value before approved exemptions.
        """
        names = list(dict.fromkeys(ids))
        keys = asked_keys(self.scope.catalogue, names, (by,))
        self._compute(keys)
        labels = {period.label for period in self.periods[-history:]}
        parts = [part[part["period"].isin(labels)] for part in (self._frames[key] for key in keys)]
        if not parts:
            return pd.DataFrame(columns=[*COLUMNS, *(f"{name}_before" for name in BEFORE)])
        return pd.concat(parts, ignore_index=True)

    def values(self, indicator: str, by: str, period: Period | None = None) -> tuple[Value, ...]:
        """The values of a dimension's members in a period, None the reporting one; ascending, the unknown member last."""
        label = (period or self.scope.period).label
        self._compute([(indicator, by)])
        frame = self._frames[indicator, by]
        members = frame.loc[frame["period"] == label, "member"]
        return tuple(self.value(indicator, by, _text(member), label) for member in members)

    def value(
        self, indicator: str, dimension: str | None = None, member: str | None = None, period: str | Period | None = None
    ) -> Value:
        """One value; not measurable where nothing was counted of the member. The same object for the same question."""
        about = period or self.scope.period
        label = about if isinstance(about, str) else about.label
        place = (indicator, label, dimension, member)
        if place not in self._values:
            self._compute([(indicator, dimension)])
            frame = self._frames[indicator, dimension]
            rows = frame[frame["period"] == label]
            if dimension is not None:
                rows = rows[rows["member"].isna() if member is None else rows["member"] == member]
            if rows.empty:
                self._values[place] = self._unmeasured(indicator, label, dimension, member)
            else:
                self._values[place] = value_of(rows.iloc[0])
        return self._values[place]

    def course(self, value: Value, count: int) -> tuple[Value, ...]:
        """The values of the same indicator and member over the last periods, oldest first, the reporting one last."""
        return tuple(self.value(value.indicator, value.dimension, value.member, period) for period in self.periods[-count:])

    def at(self, ids: Sequence[str], period: Period, moment: datetime | None = None) -> dict[str, Value]:
        """Whole values of any period, also one that is none of the 25, by indicator; as of another moment where one is given."""
        query = self._query((period,), moment or self.scope.moment)
        rows = self._judged(query, [(name, None) for name in dict.fromkeys(ids)])
        values = {str(row["indicator"]): value_of(row) for _, row in rows.iterrows()}
        return values if moment is None else {name: replace(value, as_of=moment) for name, value in values.items()}

    def _unmeasured(self, indicator: str, label: str, dimension: str | None, member: str | None) -> Value:
        """The value of a member of whom nothing was counted: it is not measurable, and keeps its target."""
        period = next(period for period in self.periods if period.label == label)
        target = self.scope.settings.target_for(indicator, dimension, member, period.start)
        known = {} if target is None else {"target": float(target.value), "target_kind": target.kind}
        place = (indicator, label, period.start, period.end, dimension, member)
        return Value(*place, reason="empty_population", **known)  # type: ignore[arg-type] # of the two fields above

    def _compute(self, keys: Sequence[Key]) -> None:
        """Everything that is wanted and not there yet, in one pass."""
        if all(key in self._frames for key in keys):
            return
        missing = [key for key in dict.fromkeys([*self._wanted, *keys]) if key not in self._frames]
        frame = self._judged(self._query(tuple(self.periods), self.scope.moment), missing)
        dimension = frame["dimension"].fillna("")
        parts = dict(iter(frame.groupby([frame["indicator"], dimension], sort=False)))
        for name, by in missing:
            part = parts.get((name, by or ""))
            self._frames[name, by] = frame.iloc[:0] if part is None else part.reset_index(drop=True)
        self._wanted.clear()

    def _query(self, periods: tuple[Period, ...], moment: datetime) -> Query:
        scope = self.scope
        connection, calendars = scope.workspace.connection, scope.workspace.calendar
        return Query(connection, scope.catalogue, scope.settings, periods, moment.astimezone(UTC), calendars)

    def _judged(self, query: Query, keys: Sequence[Key]) -> pd.DataFrame:
        """The value frame of these cells, after exemptions, with the values before them beside."""
        self.passes += 1
        before = evaluate(query, keys)
        exempted = approved(self.scope)
        after = [before[~before["indicator"].isin(exempted)]]
        for name, tickets in exempted.items():
            own = [key for key in keys if key[0] == name]
            if own:
                with without(self.scope.workspace.connection, tickets):
                    after.append(evaluate(query, own))
        frame = pd.concat(after, ignore_index=True) if len(after) > 1 else before
        if self.scope.services:
            before, frame = without_promises_of_the_whole(before), without_promises_of_the_whole(frame)
        place = ["indicator", "period", "dimension", "member"]
        beside = before[[*place, *BEFORE]].rename(columns={name: f"{name}_before" for name in BEFORE})
        return frame.merge(beside, on=place, how="left") if len(after) > 1 else frame.assign(**beside.drop(columns=place))


@fact
def cube(scope: Scope) -> Cube:
    """The cube of a scope."""
    return Cube(scope)


def value_of(row: pd.Series) -> Value:
    """A row of the cube's frame as a value."""
    facts: dict[str, Any] = {name: _text(row[name]) for name in ("dimension", "member", "target_kind", "certainty", "reason")}
    facts |= {name: _number(row[name]) for name in FIELDS}
    facts |= {name: row[name] for name in ("indicator", "period", "start", "end", "status")} | {
        "provisional": bool(row["provisional"])
    }
    before = _before(row)
    if before is not None and any(before[name] != facts[name] and not _both_missing(before[name], facts[name]) for name in BEFORE):
        return Value(**facts, before=Value(**(facts | before), basis="before exemptions"))
    return Value(**facts)


def _before(row: pd.Series) -> dict[str, Any] | None:
    if "value_before" not in row or _text(row["status_before"]) is None:
        return None
    told: dict[str, Any] = {name: _number(row[f"{name}_before"]) for name in BEFORE if name in FIELDS}
    return told | {name: _text(row[f"{name}_before"]) for name in BEFORE if name not in FIELDS}


def _both_missing(first: Any, second: Any) -> bool:
    return bool(first != first and second != second)


def without_promises_of_the_whole(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame judged by agreed targets of services only: what was agreed for the whole is no promise about a part."""
    dropped = (frame["target_kind"] == "agreed") & (frame["dimension"] != "service")
    judged = dropped & (frame["status"] != "not measurable")
    return frame.assign(
        target=frame["target"].mask(dropped),
        target_kind=frame["target_kind"].mask(dropped),
        status=frame["status"].mask(judged, "no target"),
        certainty=frame["certainty"].mask(dropped),
    )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _number(value: Any) -> float:
    return float("nan") if pd.isna(value) else float(value)
