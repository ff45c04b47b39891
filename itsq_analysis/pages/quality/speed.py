"""How long do people wait? Acknowledgement and resolution by priority."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import intervals
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, table
from itsq_analysis.pages.quality.calls import calls
from itsq_analysis.text import formats

IDS = (
    "ack_time_median",
    "resolve_time_median",
    "resolve_time_p90",
    "resolve_time_mean",
    "resolve_work_time_median",
    "resolve_time_km_median",
)


def speed(context: ReportContext) -> Section:
    """Medians and 90 % points, so that one long ticket does not rule the number."""
    whole = context.values(IDS)
    parts = context.values(IDS, by="priority")
    cells = {(row["member"], row["indicator"]): context.shown(row) for _, row in parts.iterrows()}
    counts = parts[parts["indicator"] == "resolve_time_median"].set_index("member")["n"]
    total = {row["indicator"]: row for _, row in whole.iterrows()}
    members = [member for member in parts["member"].drop_duplicates() if pd.notna(member)]
    columns = {"priority": context.term("priority"), "count": context.term("count_n")} | {name: context.title(name) for name in IDS}
    rows = [
        {"priority": context.term("all_priorities"), "count": context.number(total["resolve_time_median"]["n"])}
        | {name: context.shown(total[name]) for name in IDS}
    ]
    rows += [
        {"priority": context.member("priority", member), "count": context.number(counts.get(member, 0))}
        | {name: cells.get((member, name), formats.MISSING) for name in IDS}
        for member in members
    ]
    answer = _answer(context, total)
    drawn = parts[parts["indicator"].isin(["resolve_time_median", "resolve_time_p90"]) & parts["member"].notna()]
    return Section(
        "speed",
        context.term("speed"),
        answer,
        (
            *_picture(context, drawn),
            table(columns, rows, numeric=set(columns) - {"priority"}, caption=context.term("by_priority")),
            *calls(context),
        ),
    )


def _answer(context: ReportContext, total: dict[str, pd.Series]) -> str:
    median, p90 = total["resolve_time_median"], total["resolve_time_p90"]
    if pd.isna(median["value"]):
        return context.say("speed_none", period=context.period_name)
    facts = {"median": context.shown(median), "p90": context.shown(p90), "period": context.period_name}
    return context.say("speed", n=context.number(median["n"]), **facts)


def _picture(context: ReportContext, drawn: pd.DataFrame) -> list[Part]:
    if drawn["value"].isna().all():
        return []
    median = drawn[drawn["indicator"] == "resolve_time_median"].set_index("member")["value"]
    p90 = drawn[drawn["indicator"] == "resolve_time_p90"].set_index("member")["value"]
    frame = pd.DataFrame(
        {
            "member": [context.member("priority", member) for member in median.index],
            "value": median.to_numpy(),
            "lower": median.to_numpy(),
            "upper": p90.reindex(median.index).to_numpy(),
        }
    )
    return [
        intervals(
            frame, title=context.say("speed_chart"), summary=context.say("speed_picture"), language=context.language, unit="hours"
        )
    ]
