"""How far the system of indicators itself has come: targets agreed, tables kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from itsq_analysis.indicators.computed.result import EMPTY, Result, results
from itsq_analysis.indicators.computed_scope import ComputedScope, microseconds
from itsq_analysis.tables import contract


def targets_agreed(scope: ComputedScope) -> pd.DataFrame:
    """Share of the headline indicators for which a target, of the whole or of a part, was in force on the period's first day."""
    return results(scope, {(place, None): _of_all(flags) for place, flags in enumerate(with_target(scope))}, EMPTY)


def with_target(scope: ComputedScope) -> list[dict[str, bool]]:
    """Per period: whether each headline indicator has a target."""
    every = []
    for period in scope.periods:
        agreed = {target.indicator for target in scope.settings.targets if (target.valid_from or date.min) <= period.start}
        every.append({name: name in agreed for name in scope.settings.report.headline})
    return every


def registers_kept(scope: ComputedScope) -> pd.DataFrame:
    """Share of the tables that the shipped catalogue counts which hold a row from before the end of the period."""
    return results(scope, {(place, None): _of_all(flags) for place, flags in enumerate(with_rows(scope))}, EMPTY)


def with_rows(scope: ComputedScope) -> list[dict[str, bool]]:
    """Per period: whether each table held a row by its end."""
    from itsq_analysis.indicators.catalogue import load_catalogue  # here: the catalogue is checked against these functions

    tables = sorted({indicator.table for indicator in load_catalogue().values() if indicator.table})
    zone = scope.settings.organisation.timezone
    firsts = ", ".join(f'(SELECT epoch_us(min({contract(table).since.moment_sql(zone)})) FROM "{table}")' for table in tables)
    [first] = scope.connection.sql(f"SELECT {firsts}").fetchall()
    begun = dict(zip(tables, first, strict=True))
    ends = map(microseconds, scope.ends)
    return [{name: moment is not None and moment < end for name, moment in begun.items()} for end in ends]


def _of_all(flags: Mapping[str, bool]) -> Result:
    """A share of all there are: no chance is in it, so that its limits are the value itself."""
    part, whole = sum(flags.values()), len(flags)
    return Result(part / whole, part, whole, whole, part / whole, part / whole) if whole else EMPTY
