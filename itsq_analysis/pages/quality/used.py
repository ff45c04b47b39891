"""The values that a report is made of: of the whole organisation and of the parts that its sections look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from itsq_analysis.facts import Scope
from itsq_analysis.indicators.attainment import ENDED, FLAGGED, RECOMPUTED, attainment
from itsq_analysis.indicators.comparisons import want_beside
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.flow import IDS as FLOW
from itsq_analysis.indicators.outages import AVAILABILITY
from itsq_analysis.indicators.shifts import DIMENSIONS
from itsq_analysis.indicators.standouts import REOPENED
from itsq_analysis.indicators.suppliers import supplier_targets, suppliers
from itsq_analysis.indicators.values import COLUMNS
from itsq_analysis.indicators.workload import IDS as WORKLOAD
from itsq_analysis.page.context import PERIODS, ReportContext
from itsq_analysis.pages.quality import (
    changes,
    demand,
    speed,
    users_voice,
)

if TYPE_CHECKING:
    import pandas as pd

VOLUMES = ("incidents_opened", "incidents_resolved", "incident_backlog", "incidents_ended")
RESOLVED = (RECOMPUTED, FLAGGED, ENDED)
ANY = ("sla_response_met", *RESOLVED, speed.LATE)  # before it is known which of them tells what is resolved in time


def want_cells(scope: Scope, further: Sequence[str] = ()) -> None:
    """Declare all cells that the report's sections read, before the first of them is: they are computed in one pass.

    `further` are ids that are asked for on demand.
    """
    settings, cells = scope.settings, cube(scope)
    cells.want([*settings.report.headline, *_told(scope, ANY), *further])
    want_beside(scope, further)
    for dimension in DIMENSIONS:
        cells.want(RESOLVED, dimension)
    for dimension, ids in _parts(scope, ANY).items():
        cells.want(ids, dimension)
    if targets := supplier_targets(scope):
        cells.want({target.indicator for target in targets}, "supplier")
    want_beside(scope, [*_volumes(scope), *settings.report.headline, *RESOLVED, *(target.indicator for target in settings.targets)])
    want_beside(scope, RESOLVED, "priority")
    for target in settings.targets:
        for dimension in target.scope:
            want_beside(scope, [target.indicator], dimension)


def used_indicators(scope: Scope) -> list[str]:
    """The ids of all indicators of the page: the headline, those with targets, then in the order of the sections."""
    return list(dict.fromkeys([*scope.settings.report.headline, *_told(scope, speed.asked(scope)), attainment(scope)]))


def _told(scope: Scope, resolved: Sequence[str]) -> list[str]:
    """The indicators with targets, and those of the sections; `resolved` are those of service levels."""
    return [
        *(target.indicator for target in scope.settings.targets),
        *resolved,
        *AVAILABILITY,
        *FLOW,
        *_volumes(scope),
        *VOLUMES,
        *speed.IDS,
        *(speed.CALLS if scope.has("contacts") else ()),
        *speed.RIGHT,
        *changes.IDS,
        *users_voice.IDS,
        *WORKLOAD,
    ]


def _volumes(scope: Scope) -> list[str]:
    """The indicators of volume that are told beside other periods."""
    return [name for table, names in demand.BESIDE.items() if scope.has(table) for name in names]


def _parts(scope: Scope, resolved: Sequence[str]) -> dict[str, list[str]]:
    """Dimension -> ids of the indicators that a section or a target tells by it."""
    ids = {
        "priority": [*speed.IDS, *resolved],
        "service": [*AVAILABILITY, REOPENED],
        "group": [REOPENED, *WORKLOAD],
    }
    for target in scope.settings.targets:
        for dimension in target.scope:
            ids.setdefault(dimension, []).append(target.indicator)
    return ids


def breakdowns(scope: Scope) -> dict[str, list[str]]:
    """Dimension -> ids of the indicators that the page tells by it."""
    ids = _parts(scope, speed.asked(scope)) | {"supplier": [one.indicator for one in suppliers(scope)]}
    for dimension in ("group", "service"):
        ids[dimension] = [*ids[dimension], attainment(scope)]
    return {dimension: list(dict.fromkeys(names)) for dimension, names in ids.items() if names}


def report_values(context: ReportContext, further: Sequence[str] = ()) -> pd.DataFrame:
    """The value frame of all of these over the periods that the page shows, the reporting period last; first without parts."""
    used = list(dict.fromkeys([*used_indicators(context.scope), *further]))
    blocks = [(used, None), *((ids, dimension) for dimension, ids in breakdowns(context.scope).items())]
    return context.cube.table(blocks, PERIODS)[[*COLUMNS]]
