"""What do users say, and how many spoke? Real answers only."""

from __future__ import annotations

import pandas as pd

from itsq_analysis.charts import diverging_bars
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import indicator_table
from itsq_analysis.page.section import Part, Section, paragraph
from itsq_analysis.text import paragraph as sentences

IDS = ("csat", "csat_score", "nps", "survey_response_rate")
SCORES = (1, 2, 3, 4, 5)


def users_voice(context: ReportContext) -> Section:
    """Satisfaction with the number of answers beside it; automatic answers are left out and counted."""
    title = context.term("users_voice")
    if not context.has("surveys"):
        return Section("users_voice", title, context.say("users_no_data"))
    now = context.now(IDS)
    answer = _answer(context, now)
    counted = context.query("SELECT count(*) AS n FROM surveys WHERE automatic AND answered_at >= $start AND answered_at < $end")
    automatic = int(counted["n"].iloc[0])
    notes = [paragraph(context.say("users_automatic", n=context.number(automatic)))] if automatic else []
    return Section("users_voice", title, answer, (*_picture(context), indicator_table(context, now), *notes))


def _answer(context: ReportContext, now: dict[str, pd.Series]) -> str:
    csat, answered = now["csat"], now["survey_response_rate"]
    told = [
        context.say(
            "users_none" if pd.isna(csat["value"]) else "users", period=context.period_name, measured=context.measured(csat)
        )
    ]
    if pd.notna(answered["value"]):
        told.append(context.say("users_sent", measured=context.measured(answered)))
    return sentences(told, context.language)


def _picture(context: ReportContext) -> list[Part]:
    """Answers by service and score, with answered of sent."""
    found = context.query(
        "SELECT coalesce(service, $unknown) AS name, count(*) AS sent, "
        "count(*) FILTER (answered_at < $end AND automatic IS NOT true) AS answered, "
        + ", ".join(
            f"count(*) FILTER (score = {score} AND answered_at < $end AND automatic IS NOT true) AS s{score}" for score in SCORES
        )
        + " FROM surveys WHERE sent_at >= $start AND sent_at < $end GROUP BY 1 ORDER BY 1",
        unknown=context.term("unknown"),
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
    summary = context.say("users_picture", negative=context.number(counts["negative"]), answered=context.number(counts.sum()))
    return [diverging_bars(frame, title=context.say("users_chart"), summary=summary, language=context.language)]
