"""The values that a report is made of: of the whole organisation and of the parts that its sections look at."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.indicators.values import COLUMNS
from itsq_analysis.page.context import PERIODS, ReportContext
from itsq_analysis.pages.quality import (
    availability,
    calls,
    changes,
    demand,
    differences,
    right_first_time,
    service_levels,
    speed,
    teams,
    users_voice,
    verdict,
)
from itsq_analysis.pages.quality.suppliers import suppliers


def used_indicators(context: ReportContext) -> list[str]:
    """The ids of all indicators of the page: the headline, those with targets, then in the order of the sections."""
    settings = context.workspace.settings
    used = [
        *settings.report.headline,
        *[target.indicator for target in settings.targets],
        *service_levels.asked(context),
        *availability.IDS,
        *demand.IDS,
        *verdict.IDS,
        *speed.IDS,
        *calls.asked(context),
        *right_first_time.IDS,
        *changes.IDS,
        *users_voice.IDS,
        *teams.IDS,
        *differences.asked(context),
    ]
    return list(dict.fromkeys(used))


def breakdowns(context: ReportContext) -> dict[str, list[str]]:
    """Dimension -> ids of the indicators that a section or a target tells by it."""
    ids = {
        "priority": [*speed.IDS, *service_levels.asked(context)],
        "service": [*availability.IDS],
        "group": [differences.REOPENED, *teams.IDS],
        "supplier": list(dict.fromkeys(one.indicator for one in suppliers(context))),
    }
    for dimension in differences.DIMENSIONS:
        ids[dimension] += differences.asked(context)
    for target in context.workspace.settings.targets:
        for dimension in target.scope:
            ids.setdefault(dimension, []).append(target.indicator)
    return {dimension: list(dict.fromkeys(names)) for dimension, names in ids.items() if names}


def report_values(context: ReportContext) -> pd.DataFrame:
    """The value frame of all of these over the periods that the page shows, the reporting period last; first without parts."""
    whole = context.values(used_indicators(context), history=PERIODS)
    parts = [context.values(ids, by=dimension, history=PERIODS) for dimension, ids in breakdowns(context).items()]
    return pd.concat([whole, *parts], ignore_index=True)[[*COLUMNS]]
