"""The week at a glance: by weekday and hour, people too few and too many; without a roster, people needed."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import gap_grid, heat_grid
from itsq_analysis.charts.chart import Chart
from itsq_analysis.charts.gap_grid import NOTHING
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.staffing.plan import day_name, plan_of, team_name
from itsq_analysis.staffing.desk import Desk
from itsq_analysis.staffing.need import weekday_grid


def need_grid(context: ReportContext, desk: Desk) -> Chart:
    """Need against roster on ordinary days, the mean of the weeks; holidays and the like are left out."""
    ordinary = desk.hours[desk.hours["special"].isna()]
    against = bool(ordinary["gap"].notna().any())
    values = -weekday_grid(ordinary.astype({"gap": float}), "gap") if against else weekday_grid(ordinary, "needed")
    shown = values.dropna(how="all", axis=0).dropna(how="all", axis=1)
    frame = pd.DataFrame(
        [
            {"member": context.term(f"weekday_{weekday}"), "column": f"{hour:02d}", "value": amount}
            for weekday, row in shown.iterrows()
            for hour, amount in row.items()
        ],
        columns=["member", "column", "value"],
    )
    facts = {"team": team_name(context, desk), "last": day_name(context, plan_of(context).weeks.last)}
    if not against:
        return heat_grid(
            frame.rename(columns={"column": "period"}),
            title=context.say("people_need_title", **facts),
            summary=context.say("people_need_summary", most=_spot(context, frame, int(frame["value"].argmax()))),
            language=context.language,
            unit="count",
        )
    return gap_grid(
        frame,
        title=context.say("people_grid_title", **facts),
        summary=_summary(context, frame),
        language=context.language,
        names=(context.term("too_few"), context.term("too_many")),
    )


def _summary(context: ReportContext, frame: pd.DataFrame) -> str:
    """The worst hour on either side."""
    none = context.say("people_grid_none")
    few, many = frame["value"].min() <= -NOTHING, frame["value"].max() >= NOTHING
    worst = _spot(context, frame, int(frame["value"].argmin())) if few else none
    return context.say(
        "people_grid_summary", worst=worst, spare=_spot(context, frame, int(frame["value"].argmax())) if many else none
    )


def _spot(context: ReportContext, frame: pd.DataFrame, place: int) -> str:
    row = frame.iloc[place]
    hour = f"{row['column']}:00"
    return context.say("people_grid_spot", weekday=row["member"], hour=hour, people=context.number(abs(row["value"]), 1))
