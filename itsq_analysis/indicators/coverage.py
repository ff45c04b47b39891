"""What a year leaves as evidence: of every section of the standard what is measured, in which clauses, and from which rows."""

from __future__ import annotations

from dataclasses import dataclass

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.indicator import Indicator
from itsq_analysis.indicators.scorecard import scorecard
from itsq_analysis.indicators.scorecard.scores import Score, Scored
from itsq_analysis.indicators.standard import section_titles
from itsq_analysis.tables import contract


@dataclass(frozen=True)
class Covered:
    """A section of the standard in a period.

    Attributes:
        section: its number.
        score: sums of its indicators' weights.
        scored: its indicators.
        clauses: of ISO/IEC 20000-1 that its indicators name, ascending.
        evidence: table and its rows of the period, of each table that its indicators count; the fullest first.
    """

    section: str
    score: Score
    scored: tuple[Scored, ...]
    clauses: tuple[str, ...]
    evidence: tuple[tuple[str, int], ...]

    @property
    def unmeasured(self) -> tuple[Scored, ...]:
        """Its indicators without a value."""
        return tuple(row for row in self.scored if not row.value.known)


@fact
def coverage(scope: Scope) -> tuple[Covered, ...]:
    """The 32 sections of the standard in its order."""
    card = scorecard(scope)
    scores = {part.key: part for part in card.scores if part.level == "section"}
    return tuple(
        _covered(scope, number, scores[number], tuple(row for row in card.scored if row.section == number))
        for number in section_titles()
    )


def _covered(scope: Scope, number: str, score: Score, scored: tuple[Scored, ...]) -> Covered:
    own = [scope.catalogue[row.value.indicator] for row in scored]
    clauses = sorted({one.clause for one in own if one.clause}, key=lambda clause: [int(part) for part in clause.split(".")])
    tables = dict.fromkeys(table for one in own for table in _tables(scope, one))
    rows = sorted(((table, rows_within(scope, table)) for table in tables), key=lambda pair: (-pair[1], pair[0]))
    return Covered(number, score, scored, tuple(clauses), tuple(rows))


def _tables(scope: Scope, indicator: Indicator) -> list[str]:
    parts = [scope.catalogue[name] for name in indicator.parts] or [indicator]
    return [part.table for part in parts if part.table]


@fact
def rows_within(scope: Scope, table: str) -> int:
    """Rows that a table's indicators place in the period; those there by its end where all of them tell how it then stands."""
    own = [one for one in scope.catalogue.values() if one.table == table and one.time]
    flowing = [one for one in own if not one.until]
    named = (flowing or own)[0].time if own else None
    column = contract(table).all_columns[named] if named else None
    if column is None:
        return int(scope.query(f'SELECT count(*) AS n FROM "{table}"')["n"].iloc[0])
    moment = column.moment_sql(scope.settings.organisation.timezone)
    begun = f"{moment} >= $start AND " if flowing else ""
    return int(scope.query(f'SELECT count(*) AS n FROM "{table}" WHERE {begun}{moment} < $end')["n"].iloc[0])
