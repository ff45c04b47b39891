"""What approved exemptions do to the period's values, and every exemption that the period's values would count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.dimensions import dimension_sql, from_sql
from itsq_analysis.indicators.exemptions import Exemption, approved, exemptions
from itsq_analysis.indicators.indicator import Indicator
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value

DOWN = ("services", "outages")  # tables whose indicators are about outages


@dataclass(frozen=True)
class Exempted:
    """A value of the reporting period that approved exemptions are about.

    Attributes:
        value: after them; what it was before stands in `value.before`.
        n: tickets of it that were left out.
        reasons: each named once.
    """

    value: Value
    n: int
    reasons: tuple[str, ...]

    @property
    def before(self) -> Value:
        """The value before exemptions."""
        return self.value.before or self.value


@fact
def exempted(scope: Scope) -> tuple[Exempted, ...]:
    """The values that approved exemptions are about: of each indicator the whole, then the members with an agreed target.

    A ticket that the period's value does not count changes nothing and is not among the `n`.
    """
    whole = [cube(scope).value(name) for name in sorted(approved(scope))]
    members = [value for value in agreed_targets(scope) if value.dimension and value.indicator in approved(scope)]
    return tuple(_exempted(scope, [*whole, *members]))


@fact
def listed_exemptions(scope: Scope) -> tuple[Exemption, ...]:
    """The exemptions of tickets that the period's values count, approved or not, by indicator and ticket."""
    known = sorted({exemption.indicator for exemption in exemptions(scope) if exemption.known})
    here = {name: set(_counted(scope, name, every=True)["ticket"]) for name in known}
    listed = [exemption for exemption in exemptions(scope) if exemption.known and exemption.ticket in here[exemption.indicator]]
    return tuple(sorted(listed, key=lambda exemption: (exemption.indicator, exemption.ticket)))


def _exempted(scope: Scope, values: list[Value]) -> Iterator[Exempted]:
    for value in values:
        counted = _counted(scope, value.indicator, value.dimension)
        if value.dimension:
            counted = counted[counted["member"] == value.member]
        if counted.empty:
            continue
        tickets = counted["ticket"].unique()
        reasons = {
            exemption.ticket: exemption.reason
            for exemption in exemptions(scope)
            if exemption.approved and exemption.indicator == value.indicator
        }
        yield Exempted(value, len(tickets), tuple(dict.fromkeys(reasons[ticket] for ticket in tickets)))


def _counted(scope: Scope, name: str, dimension: str | None = None, *, every: bool = False) -> pd.DataFrame:
    """Columns ticket, member: the exempted tickets that the period's value counts; `every`: also those not approved."""
    tickets = {exemption.ticket for exemption in exemptions(scope) if exemption.indicator == name and (every or exemption.approved)}
    parts = [scope.catalogue[part] for part in scope.catalogue[name].parts] or [scope.catalogue[name]]
    rows = pd.concat([_placed(scope, part, dimension) for part in parts], ignore_index=True)
    return rows[rows["ticket"].isin(tickets)]


def _placed(scope: Scope, indicator: Indicator, dimension: str | None) -> pd.DataFrame:
    """Columns ticket, member: the rows of the register's tickets that lie in the period of an indicator."""
    source = "outages" if indicator.table in DOWN else str(indicator.table)
    member = (dimension and dimension_sql(source, dimension)) or "CAST(NULL AS VARCHAR)"
    ticket = "coalesce(nullif(t.ticket, ''), t.number)" if source == "surveys" else "t.number"
    register = 'SELECT ticket FROM "exemptions"'
    own = f"({ticket} IN ({register}) OR t.number IN ({register}))"
    shown = f"CASE WHEN t.number IN ({register}) THEN t.number ELSE {ticket} END"
    return scope.query(
        f"SELECT {shown} AS ticket, {member} AS member {from_sql(source, [dimension], _population(indicator))} "
        f"WHERE {own} AND {_in_period(indicator)}"
    )


def _population(indicator: Indicator) -> str | None:
    """SQL: the rows that an indicator counts; stocks also name the moment, so theirs are taken by time alone."""
    if indicator.until or indicator.kind == "computed":
        return None
    known = [f"({indicator.where.sql()})"] if indicator.where else []
    known += [f"({indicator.of.sql()}) IS NOT NULL"] if indicator.of else []
    return " AND ".join(known) or None


def _in_period(indicator: Indicator) -> str:
    if indicator.table in DOWN:
        return "t.started_at < $end AND coalesce(t.restored_at, $end) > $start"
    if indicator.until:
        return f't."{indicator.time}" < $end AND (t."{indicator.until}" IS NULL OR t."{indicator.until}" >= $end)'
    time = indicator.time or ("answered_at" if indicator.table == "surveys" else "resolved_at")
    return f't."{time}" >= $start AND t."{time}" < $end'
