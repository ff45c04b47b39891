"""One value of the cube with all that it rests on: definition, statement, rows, what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from math import isclose, isnan
from typing import Any

import pandas as pd

from itsq_analysis.facts import Scope
from itsq_analysis.indicators.compile import Window
from itsq_analysis.indicators.computed_scope import ComputedScope
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.evidence.computed import EVIDENCE
from itsq_analysis.indicators.evidence.recompute import recomputed
from itsq_analysis.indicators.evidence.repr import as_html, as_text
from itsq_analysis.indicators.evidence.statement import rows_sql
from itsq_analysis.indicators.exemptions import Exemption, approved, exemptions, without
from itsq_analysis.indicators.indicator import Indicator
from itsq_analysis.indicators.query import asked_keys, known_name
from itsq_analysis.indicators.value import Value
from itsq_analysis.tables import contract

FIRST = ("part", "key", "member", "counts", "numerator", "denominator", "left_out")  # columns of `rows`, before the tables' own
EXEMPTED = "exempted"


@dataclass(frozen=True, repr=False)
class Evidence:
    """One value and the rows behind it.

    Attributes:
        indicator: its definition.
        value: as the cube tells it, after approved exemptions.
        rows: every row of its tables that lies in the period (and of the member): part (the table, or the number of a ratio or
            difference that the row belongs to), key (its number), member, counts (whether it is in the value), numerator and
            denominator (what it adds to each), left_out (why it is not counted, a code of the catalogue's reasons), then the
            columns that the definition names. Times in the workspace's zone.
        exempted: the approved exemptions of tickets among the rows.
        sql: the statements that read the rows, in DuckDB's dialect; () of an indicator that Python computes.
    """

    indicator: Indicator
    value: Value
    rows: pd.DataFrame
    exempted: tuple[Exemption, ...]
    sql: tuple[str, ...]

    @property
    def recomputed(self) -> float:
        """The value, worked out from `rows` alone; NaN where nothing counts."""
        return recomputed(self.indicator, self.rows)

    @property
    def agrees(self) -> bool:
        """Whether the rows give the value that is told."""
        again, told = self.recomputed, self.value.value
        return isnan(told) or isclose(again, told, rel_tol=1e-9, abs_tol=1e-9)

    @property
    def left_out(self) -> Mapping[str, int]:
        """Why rows are not counted, and how many each, most first."""
        return {str(reason): int(count) for reason, count in self.rows["left_out"].value_counts().items()}

    def __repr__(self) -> str:
        """What the value is and what it rests on."""
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)


def evidence(scope: Scope, name: str, by: str | None = None, member: str | None = None) -> Evidence:
    """A value of the scope's period with the rows behind it.

    Args:
        scope: of the value.
        name: id of the indicator.
        by: dimension; None is the whole.
        member: of the dimension; None is the one that is not known.

    Raises:
        IndicatorError: an unknown indicator, dimension or member.
    """
    asked_keys(scope.catalogue, [name], (by,))
    indicator = scope.catalogue[name]
    if by and member is not None:
        known_name(member, [value.member for value in cube(scope).values(name, by) if value.member], f"a member of {by}")
    value = cube(scope).value(name, by, member)
    rows = rows_of(scope, name, by)
    if by:
        rows = rows[rows["member"].isna() if member is None else rows["member"] == member].reset_index(drop=True)
    tickets = set(rows.loc[rows["left_out"] == EXEMPTED, "key"])
    registered = tuple(
        exemption
        for exemption in exemptions(scope)
        if exemption.approved and exemption.indicator == name and exemption.ticket in tickets
    )
    return Evidence(indicator, value, rows, registered, _statements(scope, indicator, by))


def rows_of(scope: Scope, name: str, by: str | None = None) -> pd.DataFrame:
    """The rows behind an indicator in the scope's period, of all members of a dimension; see `Evidence.rows`."""
    key = ("evidence", name, by)
    if key not in scope.memory:
        every, hidden = _read(scope, scope.catalogue[name], by), approved(scope).get(name, ())
        if hidden:
            with without(scope.workspace.connection, hidden):
                every = _with_exempted(every, _read(scope, scope.catalogue[name], by))
        scope.memory[key] = every
    rows: pd.DataFrame = scope.memory[key]
    return rows


def _with_exempted(every: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """What counts after exemptions, then the rows that they took out."""
    left = set(zip(counted["part"], counted["key"], strict=True))
    taken = every[[place not in left for place in zip(every["part"], every["key"], strict=True)]]
    taken = taken.assign(counts=False, left_out=taken["left_out"].where(~taken["counts"], EXEMPTED))
    return pd.concat([counted, taken], ignore_index=True) if len(taken) else counted


def _read(scope: Scope, indicator: Indicator, by: str | None) -> pd.DataFrame:
    """The rows as the connection shows them now."""
    parts = [scope.catalogue[part] for part in indicator.parts] or [indicator]
    frames = [_computed(scope, part, by) if part.function else _counted(scope, part, by) for part in parts]
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    return frame[[*FIRST, *(column for column in frame.columns if column not in FIRST)]]


def _window(scope: Scope) -> Window | None:
    start, end = scope.period.bounds(scope.settings.organisation.zone)
    moment = scope.moment.astimezone(UTC)
    return Window(0, start, min(end, moment)) if start < moment else None


def _statements(scope: Scope, indicator: Indicator, by: str | None) -> tuple[str, ...]:
    window, moment = _window(scope), scope.moment.astimezone(UTC)
    parts = [scope.catalogue[part] for part in indicator.parts] or [indicator]
    zone = scope.settings.organisation.timezone
    return tuple(rows_sql(part, by, window, moment, zone) for part in parts if window and part.time)


def _counted(scope: Scope, indicator: Indicator, by: str | None) -> pd.DataFrame:
    """Rows of an indicator that SQL measures."""
    statements, key = _statements(scope, indicator, by), list(contract(str(indicator.table)).key)
    if not statements:
        return pd.DataFrame(columns=[*FIRST]).astype({"counts": bool})
    rows = scope.workspace.rows(statements[0], {})
    belongs = rows.pop("_belongs").astype("boolean")
    silent = rows["denominator"].isna()
    reasons = pd.Series(None, index=rows.index, dtype="object")
    reasons = reasons.mask(silent, "value_unknown").mask(belongs.isna(), "population_unknown")
    reasons = reasons.mask(~belongs.fillna(True).astype(bool), "not_in_population")
    counts = reasons.isna()
    numbers = {name: rows[name].astype("float64").where(counts) for name in ("numerator", "denominator")}
    parts = rows[key].itertuples(index=False, name=None)
    names = (
        rows[key[0]] if len(key) == 1 else pd.Series([" · ".join(map(str, part)) for part in parts], index=rows.index, dtype="str")
    )
    told: dict[str, Any] = {"part": indicator.id, "key": names, "counts": counts, "left_out": reasons, **numbers}
    return rows.drop(columns=["numerator", "denominator", *(["number"] if key == ["number"] else [])]).assign(**told)


def _computed(scope: Scope, indicator: Indicator, by: str | None) -> pd.DataFrame:
    """Rows of an indicator that Python computes."""
    known_name(str(indicator.function), EVIDENCE, f"{indicator.id}: a function that names its rows")
    window = _window(scope)
    if window is None:
        return pd.DataFrame(columns=[*FIRST]).astype({"counts": bool})
    made = ComputedScope(
        connection=scope.workspace.connection,
        settings=scope.settings,
        calendars=scope.workspace.calendar,
        periods=(scope.period,),
        starts=(window.start,),
        ends=(window.end,),
        dimension=by,
        as_of=scope.moment.astimezone(UTC),
    )
    rows = EVIDENCE[str(indicator.function)](made)
    numbers: dict[str, Any] = {name: rows[name].astype("float64") for name in ("numerator", "denominator")}
    reasons = rows["left_out"].astype("object").where(rows["left_out"].notna(), None)
    zone = scope.settings.organisation.timezone
    at = pd.to_datetime(rows["at"], utc=True).dt.tz_convert(zone)
    return rows.assign(**numbers, left_out=reasons, counts=reasons.isna(), at=at)
