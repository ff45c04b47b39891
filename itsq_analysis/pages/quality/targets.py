"""What was agreed, as rows of a value frame."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import ReportContext


def agreed(context: ReportContext) -> pd.DataFrame:
    """One row for every agreed target, after approved exemptions."""
    return frame_of(context, agreed_targets(context.scope))


def agreed_before(context: ReportContext) -> pd.DataFrame:
    """The rows of `agreed`, judged as if nothing had been exempted."""
    return frame_of(context, [value.before or value for value in agreed_targets(context.scope)])


def frame_of(context: ReportContext, values: list[Value] | tuple[Value, ...]) -> pd.DataFrame:
    """Values as rows."""
    frame = context.values(["incidents_opened"]).iloc[:0]
    rows = [asdict(value) | {"certainty_n": value.population} for value in values]
    return (
        pd.DataFrame(rows, columns=frame.columns).astype({"dimension": "str", "member": "str", "certainty": "str"})
        if rows
        else frame
    )
