"""What do users say, and how many spoke? Real answers only."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import diverging_bars
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.sections.judgement import indicator_table
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, Section, paragraph

IDS = ("csat", "csat_score", "nps", "survey_response_rate")
SCORES = (1, 2, 3, 4, 5)


def users_voice(scene: Scene) -> Section:
    """Satisfaction with the number of answers beside it; automatic answers are left out and counted."""
    title = scene.term("users_voice")
    if not scene.has("surveys"):
        return Section("users_voice", title, scene.say("users_no_data"))
    now = scene.now(IDS)
    answer = _answer(scene, now)
    counted = scene.query("SELECT count(*) AS n FROM surveys WHERE automatic AND answered_at >= $start AND answered_at < $end")
    automatic = int(counted["n"].iloc[0])
    notes = [paragraph(scene.say("users_automatic", n=scene.number(automatic)))] if automatic else []
    return Section("users_voice", title, answer, (*_picture(scene), indicator_table(scene, now), *notes))


def _answer(scene: Scene, now: dict[str, pd.Series]) -> str:
    csat, answered = now["csat"], now["survey_response_rate"]
    told = [scene.say("users_none" if pd.isna(csat["value"]) else "users", period=scene.period_name, measured=scene.measured(csat))]
    if pd.notna(answered["value"]):
        told.append(scene.say("users_sent", measured=scene.measured(answered)))
    return sentences(told, scene.language)


def _picture(scene: Scene) -> list[Part]:
    """Answers by service and score, with answered of sent."""
    found = scene.query(
        "SELECT coalesce(service, $unknown) AS name, count(*) AS sent, "
        "count(*) FILTER (answered_at < $end AND automatic IS NOT true) AS answered, "
        + ", ".join(
            f"count(*) FILTER (score = {score} AND answered_at < $end AND automatic IS NOT true) AS s{score}" for score in SCORES
        )
        + " FROM surveys WHERE sent_at >= $start AND sent_at < $end GROUP BY 1 ORDER BY 1",
        unknown=scene.term("unknown"),
    )
    if found.empty or not found["answered"].sum():
        return []
    frame = pd.DataFrame(
        {
            "member": found["name"],
            "negative": found["s1"] + found["s2"],
            "neutral": found["s3"],
            "positive": found["s4"] + found["s5"],
            "sent": found["sent"],
        }
    )
    counts = frame[["negative", "neutral", "positive"]].sum()
    summary = scene.say("users_picture", negative=scene.number(counts["negative"]), answered=scene.number(counts.sum()))
    return [diverging_bars(frame, title=scene.say("users_chart"), summary=summary, language=scene.language)]
