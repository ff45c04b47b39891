"""What interrupted services in the period, as stretches of time: outages, maintenance, and major tickets without an outage."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.major_incidents import major_incidents
from itsq_analysis.indicators.outages import outages

COLUMNS = ["service", "start", "end", "kind", "label"]


@fact
def interruptions(scope: Scope) -> pd.DataFrame:
    """One row a stretch: service (missing where not known), start, end (missing while it lasts), kind, label (its number).

    `kind` is "outage", "major" or "maintenance". A major incident that the register of outages does not hold runs from its ticket's
    opening to its resolution.
    """
    register = [
        (outage.service, outage.started_at, outage.restored_at, "major" if outage.major else name, outage.number)
        for name, kind in (("outage", "unplanned"), ("maintenance", "maintenance"))
        for outage in outages(scope, kind=kind)
    ]
    alone = [
        (major.service, major.detected, major.restored_at, "major", major.number)
        for major in major_incidents(scope)
        if major.started is None and major.detected is not None
    ]
    return pd.DataFrame([*register, *alone], columns=COLUMNS)
