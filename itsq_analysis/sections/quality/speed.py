"""How long do people wait? Acknowledgement and resolution by priority."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import intervals
from itsq_analysis.narrative import formats
from itsq_analysis.sections.quality.calls import calls
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, table

IDS = (
    "ack_time_median",
    "resolve_time_median",
    "resolve_time_p90",
    "resolve_time_mean",
    "resolve_work_time_median",
    "resolve_time_km_median",
)


def speed(scene: Scene) -> Section:
    """Medians and 90 % points, so that one long ticket does not rule the number."""
    whole = scene.values(IDS)
    parts = scene.values(IDS, by="priority")
    cells = {(row["member"], row["indicator"]): scene.shown(row) for _, row in parts.iterrows()}
    counts = parts[parts["indicator"] == "resolve_time_median"].set_index("member")["n"]
    total = {row["indicator"]: row for _, row in whole.iterrows()}
    members = [member for member in parts["member"].drop_duplicates() if pd.notna(member)]
    columns = {"priority": scene.term("priority"), "count": scene.term("count_n")} | {name: scene.title(name) for name in IDS}
    rows = [
        {"priority": scene.term("all_priorities"), "count": scene.number(total["resolve_time_median"]["n"])}
        | {name: scene.shown(total[name]) for name in IDS}
    ]
    rows += [
        {"priority": scene.member("priority", member), "count": scene.number(counts.get(member, 0))}
        | {name: cells.get((member, name), formats.MISSING) for name in IDS}
        for member in members
    ]
    answer = _answer(scene, total)
    drawn = parts[parts["indicator"].isin(["resolve_time_median", "resolve_time_p90"]) & parts["member"].notna()]
    return Section(
        "speed",
        scene.term("speed"),
        answer,
        (
            *_picture(scene, drawn),
            table(columns, rows, numeric=set(columns) - {"priority"}, caption=scene.term("by_priority")),
            *calls(scene),
        ),
    )


def _answer(scene: Scene, total: dict[str, pd.Series]) -> str:
    median, p90 = total["resolve_time_median"], total["resolve_time_p90"]
    if pd.isna(median["value"]):
        return scene.say("speed_none", period=scene.period_name)
    facts = {"median": scene.shown(median), "p90": scene.shown(p90), "period": scene.period_name}
    return scene.say("speed", n=scene.number(median["n"]), **facts)


def _picture(scene: Scene, drawn: pd.DataFrame) -> list[Part]:
    if drawn["value"].isna().all():
        return []
    median = drawn[drawn["indicator"] == "resolve_time_median"].set_index("member")["value"]
    p90 = drawn[drawn["indicator"] == "resolve_time_p90"].set_index("member")["value"]
    frame = pd.DataFrame(
        {
            "member": [scene.member("priority", member) for member in median.index],
            "value": median.to_numpy(),
            "lower": median.to_numpy(),
            "upper": p90.reindex(median.index).to_numpy(),
        }
    )
    return [
        intervals(frame, title=scene.say("speed_chart"), summary=scene.say("speed_picture"), language=scene.language, unit="hours")
    ]
