"""How far the system of indicators itself has come: targets agreed, tables kept."""

from __future__ import annotations

from datetime import date

import pandas as pd

from itsq_analysis.indicators.computed.result import EMPTY, Key, Result, results
from itsq_analysis.indicators.computed_scope import ComputedScope, microseconds
from itsq_analysis.tables import contract


def targets_agreed(scope: ComputedScope) -> pd.DataFrame:
    """Share of the headline indicators for which a target, of the whole or of a part, was in force on the period's first day."""
    headline = scope.settings.report.headline
    measured: dict[Key, Result] = {}
    for place, period in enumerate(scope.periods):
        agreed = {target.indicator for target in scope.settings.targets if (target.valid_from or date.min) <= period.start}
        measured[place, None] = _of_all(sum(name in agreed for name in headline), len(headline))
    return results(scope, measured, EMPTY)


def registers_kept(scope: ComputedScope) -> pd.DataFrame:
    """Share of the tables that the shipped catalogue counts which hold a row from before the end of the period."""
    from itsq_analysis.indicators.catalogue import load_catalogue  # here: the catalogue is checked against these functions

    tables = sorted({indicator.table for indicator in load_catalogue().values() if indicator.table})
    zone = scope.settings.organisation.timezone
    firsts = ", ".join(f'(SELECT epoch_us(min({contract(table).since.moment_sql(zone)})) FROM "{table}")' for table in tables)
    [first] = scope.connection.execute(f"SELECT {firsts}").fetchall()
    measured: dict[Key, Result] = {}
    for place, end in enumerate(scope.ends):
        kept = sum(moment is not None and moment < microseconds(end) for moment in first)
        measured[place, None] = _of_all(kept, len(tables))
    return results(scope, measured, EMPTY)


def _of_all(part: int, whole: int) -> Result:
    """A share of all there are: no chance is in it, so that its limits are the value itself."""
    if not whole:
        return EMPTY
    return Result(part / whole, part, whole, whole, part / whole, part / whole)
