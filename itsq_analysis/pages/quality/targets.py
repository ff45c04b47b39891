"""What was agreed: the reporting period's row of every agreed target, after approved exemptions or before them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.left_out import values_after
from itsq_analysis.settings import Target

Values = Callable[[ReportContext, list[str], str | None], pd.DataFrame]
Place = tuple[str, str | None, str | None]  # indicator, dimension, member


def agreed(context: ReportContext) -> pd.DataFrame:
    """One row of a value frame for every agreed target in force, whole or of one member, in the order of itsq.toml.

    What is judged is the value after approved exemptions. A member of whom nothing was counted is not measurable; it does not drop
    out of the count. A report of some services has the targets of these services.
    """
    return _judged(context, values_after)


def agreed_before(context: ReportContext) -> pd.DataFrame:
    """The rows of `agreed`, judged as if nothing had been exempted."""
    return _judged(context, ReportContext.values)


def _judged(context: ReportContext, values: Values) -> pd.DataFrame:
    wanted = {_place(target): target for target in context.workspace.settings.targets if _is_agreed(context, target)}
    rows = _rows(context, wanted, values)
    frame = context.values(["incidents_opened"]).iloc[:0]
    found = [rows[place] if place in rows else _unmeasured(place, target) for place, target in wanted.items()]
    return pd.DataFrame(found, columns=frame.columns).reset_index(drop=True) if found else frame


def _is_agreed(context: ReportContext, target: Target) -> bool:
    """Whether this target is the one in force at the period's start, agreed, and of this report's services."""
    _, dimension, member = _place(target)
    in_force = context.workspace.settings.target_for(target.indicator, dimension, member, context.period.start)
    services = context.workspace.services
    here = not services or (dimension == "service" and member in services)
    return target == in_force and target.kind == "agreed" and here


def _place(target: Target) -> Place:
    dimension, member = next(iter(target.scope.items()), (None, None))
    return target.indicator, dimension, None if member is None else str(member)


def _rows(context: ReportContext, wanted: dict[Place, Target], values: Values) -> dict[Place, pd.Series]:
    rows: dict[Place, pd.Series] = {}
    for dimension in dict.fromkeys(dimension for _, dimension, _ in wanted):
        ids = list(dict.fromkeys(indicator for indicator, own, _ in wanted if own == dimension))
        for _, row in values(context, ids, dimension).iterrows():
            rows[row["indicator"], dimension, None if pd.isna(row["member"]) else str(row["member"])] = row
    return rows


def _unmeasured(place: Place, target: Target) -> pd.Series:
    """The row of a member that the data do not know in this period."""
    indicator, dimension, member = place
    facts = {"target": target.value, "target_kind": "agreed", "status": "not measurable", "reason": "empty_population"}
    return pd.Series({"indicator": indicator, "dimension": dimension, "member": member, "certainty_n": 0, **facts}, dtype=object)
