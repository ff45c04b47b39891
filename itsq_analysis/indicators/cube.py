"""The value cube: every value that a report needs, computed in one pass over the tables and judged once.

What is told is the value after approved exemptions; where they change it, the value before them stands beside it. Everything that a
page, sheet, finding or decision says of an indicator is a cell of this cube, so that one number is never told in two ways.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from itsq_analysis.facts import Scope, fact, keep
from itsq_analysis.facts.keeping import origin
from itsq_analysis.indicators.exemptions import approved, without
from itsq_analysis.indicators.indicator import describe
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
Periods = tuple[Period, ...]  # that are computed together
Row = Mapping[Any, Any]  # of the value frame
Cells = dict[tuple[str, str | None], Row]  # by period and member


class Cube:
    """The values of one scope.

    Cells are wanted first, then computed all together at the first question; what was not wanted is computed when it is asked for.
    `passes` counts how often the tables were read.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.periods = tuple(scope.history(PERIODS))
        self.passes = 0
        self._wanted: dict[Periods, dict[Key, None]] = {self.periods: {}}
        self._frames: dict[tuple[Periods, Key], pd.DataFrame] = {}
        self._cells: dict[tuple[Periods, Key], Cells] = {}
        self._values: dict[Place, Value] = {}

    def want(self, ids: Iterable[str], by: str | Sequence[str] | None = None, periods: Iterable[Period] | None = None) -> None:
        """Cells that will be asked for: these indicators, whole or by dimensions.

        Args:
            ids: of the catalogue.
            by: dimensions; None is the whole.
            periods: any periods, which are computed together in one pass of their own; None are the 25.

        Raises:
            IndicatorError: an unknown indicator or dimension.
        """
        keys = dict.fromkeys(asked_keys(self.scope.catalogue, list(ids), dimensions(by)))
        asked = self.periods if periods is None else tuple(dict.fromkeys(periods))
        others = tuple(period for period in asked if period not in self.periods)
        for group in filter(None, (self.periods if len(others) < len(asked) else (), others)):
            self._wanted[group] = self._wanted.get(group, {}) | keys

    def frame(self, ids: Iterable[str], by: str | None = None, history: int = 1) -> pd.DataFrame:
        """The value frame of the last periods, the named one last, in the order of the ids.

        Columns as of `ws.values`, and those of BEFORE with the suffix `_before`: the value before approved exemptions.
        """
        return self.table([(tuple(dict.fromkeys(ids)), by)], history)

    def table(self, blocks: Iterable[tuple[Sequence[str], str | None]], history: int = 1) -> pd.DataFrame:
        """The value frames of several blocks, each of some ids whole or by a dimension, one beneath the other."""
        keys = [key for ids, by in blocks for key in asked_keys(self.scope.catalogue, ids, (by,))]
        self._compute(self.periods, keys)
        labels = {period.label for period in self.periods[-history:]}
        parts = [part[part["period"].isin(labels)] for part in (self._frames[self.periods, key] for key in keys)]
        if not parts:
            return pd.DataFrame(columns=[*COLUMNS, *(f"{name}_before" for name in BEFORE)])
        return pd.concat(parts, ignore_index=True)

    def judged(self, ids: Sequence[str] | None, by: str | Sequence[str] | None, periods: Sequence[Period]) -> pd.DataFrame:
        """The frame of any periods, in one pass: indicators, periods and dimensions as they are asked, then members.

        Args:
            ids: None is the whole catalogue.
            by: dimensions, each on its own; None is the whole organisation.
            periods: any, also overlapping ones.
        """
        keys = asked_keys(self.scope.catalogue, ids, dimensions(by))
        frame = self._judged(self._query(tuple(periods)), keys)
        order = {name: place for place, name in enumerate(dict.fromkeys(name for name, _ in keys))}
        return frame.sort_values("indicator", key=lambda names: names.map(order), kind="stable", ignore_index=True)

    def values(self, indicator: str, by: str, period: Period | None = None) -> tuple[Value, ...]:
        """The values of a dimension's members in a period, None the reporting one; ascending, the unknown member last."""
        about = period or self.scope.period
        members = [member for label, member in self._cells_of((indicator, by), about) if label == about.label]
        return tuple(self.value(indicator, by, member, about) for member in members)

    def value(self, indicator: str, dimension: str | None = None, member: str | None = None, period: Period | None = None) -> Value:
        """One value of any period; not measurable where nothing was counted of the member. The same object for the same question.

        A period that is none of the 25 is computed with those that it was wanted with.
        """
        about = period or self.scope.period
        place = (indicator, about.label, dimension, member)
        if place not in self._values:
            row = self._cells_of((indicator, dimension), about).get((about.label, member))
            self._values[place] = value_of(row) if row else self._unmeasured(about, indicator, dimension, member)
        return self._values[place]

    def course(self, value: Value, count: int) -> tuple[Value, ...]:
        """The values of the same indicator and member over the last periods, oldest first, the reporting one last."""
        return tuple(self.value(value.indicator, value.dimension, value.member, period) for period in self.periods[-count:])

    def known_at(self, indicator: str, moments: Sequence[datetime]) -> tuple[Value, ...]:
        """Whole values of the last periods, each as it was known at a moment of its own, oldest first, in one pass.

        Args:
            indicator: a share, count or other aggregate of one table, placed by one time.
            moments: of as many periods, the reporting one last; none before its period's end, none after the scope's moment.
        """
        query = self._query(self.periods[-len(moments) :], tuple(moment.astimezone(UTC) for moment in moments))
        rows = self._judged(query, [(indicator, None)]).to_dict("records")
        return tuple(replace(value_of(row), as_of=moment) for row, moment in zip(rows, moments, strict=True))

    def _unmeasured(self, period: Period, indicator: str, dimension: str | None, member: str | None) -> Value:
        """The value of a member of whom nothing was counted: it is not measurable, and keeps its target."""
        target = self.scope.settings.target_for(indicator, dimension, member, period.start)
        value = None if target is None else target.value  # a relative one has no value without its baseline
        agreed = {} if target is None or value is None else {"target": float(value), "target_kind": target.kind}
        place = (indicator, period.label, period.start, period.end, dimension, member)
        return Value(*place, reason="empty_population", **agreed)  # type: ignore[arg-type] # of the two fields above

    def _cells_of(self, key: Key, period: Period) -> Cells:
        """The cells that were computed with one: of the 25 periods, else of those that it was wanted with, else of it alone."""
        groups = [
            periods for periods, keys in self._wanted.items() if period in periods and (periods == self.periods or key in keys)
        ]
        periods = groups[0] if groups else (period,)
        if (periods, key) not in self._cells:
            self._compute(periods, [key])
            frame = self._frames[periods, key]
            columns = [frame[name].tolist() for name in frame.columns]  # many times faster than `to_dict`, of many small frames
            rows = (dict(zip(frame.columns, cells, strict=True)) for cells in zip(*columns, strict=True))
            self._cells[periods, key] = {(str(row["period"]), _text(row["member"])): row for row in rows}
        return self._cells[periods, key]

    def _compute(self, periods: Periods, keys: Sequence[Key]) -> None:
        """Everything that is wanted of these periods and not there yet, in one pass."""
        if all((periods, key) in self._frames for key in keys):
            return
        wanted = self._wanted.setdefault(periods, {})
        wanted |= dict.fromkeys(keys)
        missing = [key for key in wanted if (periods, key) not in self._frames]
        frame = self._judged(self._query(periods), missing)
        dimension = frame["dimension"].fillna("")
        parts = dict(iter(frame.groupby([frame["indicator"], dimension], sort=False)))
        for name, by in missing:
            part = parts.get((name, by or ""))
            self._frames[periods, (name, by)] = frame.iloc[:0] if part is None else part.reset_index(drop=True)

    def _query(self, periods: Periods, known_at: tuple[datetime, ...] = ()) -> Query:
        scope, moment = self.scope, self.scope.moment.astimezone(UTC)
        engine, calendars = scope.workspace.engine, scope.workspace.calendar
        return Query(engine, scope.catalogue, scope.settings, periods, moment, calendars, known_at)

    def _judged(self, query: Query, keys: Sequence[Key]) -> pd.DataFrame:
        """The value frame of these cells, after exemptions, with the values before them beside; kept with the dear facts."""
        self.passes += 1
        # An analyst changes a definition between two loads; the snapshot does not know of it.
        names = dict.fromkeys(name for key in keys for name in (key[0], *self.scope.catalogue[key[0]].parts))
        defined = json.dumps([describe(self.scope.catalogue[name]) for name in names], sort_keys=True)
        made_of = ("value cube", tuple(keys), defined, query.periods, query.known_at, *origin(self.scope))
        return keep(self.scope.cache, made_of, lambda: self._evaluated(query, keys))

    def _evaluated(self, query: Query, keys: Sequence[Key]) -> pd.DataFrame:
        query = replace(query, baselines=self._baselines(query, keys))
        before = evaluate(query, keys)
        frame = self._after_exemptions(query, keys, before)
        changed = frame is not before
        if self.scope.services:
            before, frame = without_promises_of_the_whole(before), without_promises_of_the_whole(frame)
        place = ["indicator", "period", "dimension", "member"]
        beside = before[[*place, *BEFORE]].rename(columns={name: f"{name}_before" for name in BEFORE})
        return frame.merge(beside, on=place, how="left") if changed else frame.assign(**beside.drop(columns=place))

    def _after_exemptions(self, query: Query, keys: Sequence[Key], before: pd.DataFrame) -> pd.DataFrame:
        """The frame with the indicators that approved exemptions are about measured without these tickets; else the same frame."""
        exempted = approved(self.scope)
        own = {name: places for name in exempted if (places := [key for key in keys if key[0] == name])}
        if not own:
            return before
        after = [before[~before["indicator"].isin(own)]]
        for name, places in own.items():
            with without(self.scope.workspace.engine, exempted[name]):
                after.append(evaluate(query, places))
        return pd.concat(after, ignore_index=True)

    def _baselines(self, query: Query, keys: Sequence[Key]) -> dict[tuple[str, str | None, str | None, str], float]:
        """The values, after exemptions, of the earlier periods that targets of these cells are relative to."""
        starts_on = self.scope.settings.period.month_starts_on
        wanted: dict[Key, None] = {}
        periods: dict[Period, None] = {}
        for target in self.scope.settings.targets:
            key, change = (target.indicator, next(iter(target.scope), None)), target.relative
            if change is not None and key in keys:
                wanted[key] = None
                periods |= dict.fromkeys(change.period(period, starts_on) for period in query.periods)
        if not wanted:
            return {}
        earlier = replace(query, periods=tuple(periods), known_at=())
        frame = self._after_exemptions(earlier, list(wanted), evaluate(earlier, list(wanted)))
        rows = frame[["indicator", "dimension", "member", "period", "value"]].itertuples(index=False, name=None)
        return {(name, _text(by), _text(member), label): value for name, by, member, label, value in rows}


@fact
def cube(scope: Scope) -> Cube:
    """The cube of a scope."""
    return Cube(scope)


def value_of(row: Row) -> Value:
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


def _before(row: Row) -> dict[str, Any] | None:
    if "value_before" not in row or _text(row["status_before"]) is None:
        return None
    before: dict[str, Any] = {name: _number(row[f"{name}_before"]) for name in BEFORE if name in FIELDS}
    return before | {name: _text(row[f"{name}_before"]) for name in BEFORE if name not in FIELDS}


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
