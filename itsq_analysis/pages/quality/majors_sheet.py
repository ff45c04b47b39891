"""The sheet of major incidents: every one, also those that the page counts only."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from itsq_analysis.page.cells import cell_rows, headings, yes
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.spreadsheet import Kind, Sheet
from itsq_analysis.pages.quality.majors import Major, majors, review_days_over
from itsq_analysis.pages.quality.majors_table import majors_answer

KINDS: dict[str, Kind] = {
    **{"number": "text", "service": "text", "started_at": "time", "detected_at": "time", "restored_at": "time", "restored": "text"},
    **{"hours": "hours", "users_affected": "count", "user_hours": "number", "cause": "text", "problem": "text", "change": "text"},
    **{"action": "text", "reviewed_on": "date", "review_days_over": "count"},
}
NAMES = {"started": "started_at", "detected": "detected_at", "users": "users_affected"}


def majors_sheet(context: ReportContext) -> Sheet:
    """One row per major incident; an empty cell is not recorded."""
    rows = [asdict(one) | {"review_days_over": review_days_over(context, one)} for one in majors(context)]
    frame = pd.DataFrame(rows, columns=[*Major.__dataclass_fields__, "review_days_over"], dtype=object).rename(columns=NAMES)
    empty = " ".join(majors_answer(context)) or context.term("none")
    return Sheet(
        context.term("majors"), headings(context, KINDS, "outages"), cell_rows(frame, KINDS, restored=yes(context)), empty, fixed=1
    )
