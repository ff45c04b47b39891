"""What do users say, and how many spoke? Which supplier keeps what was agreed?"""

from __future__ import annotations

from itsq_analysis.briefing.changed import changed
from itsq_analysis.charts import diverging_bars
from itsq_analysis.indicators.surveys import answers
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import indicator_table
from itsq_analysis.page.section import Part, Section, beside
from itsq_analysis.pages.quality.suppliers import supplier_answer, supplier_picture, supplier_table

AUTOMATIC = "survey_automatic_answers"
TOLD = ("csat", "csat_score", "nps", "survey_response_rate")
IDS = (*TOLD, AUTOMATIC)
SHOWN = 9  # services in the picture


def users_voice(context: ReportContext) -> Section:
    """Satisfaction with the number of answers beside it; suppliers against what was agreed with them."""
    asked = context.has("surveys")
    told = voice_answer(context) if asked else [context.say("users_no_data")]
    values = [context.cube.value(name) for name in TOLD]
    numbers = [indicator_table(context, values, "users_voice_values")] if asked else []
    parts = (*beside(voice_picture(context), [*numbers, *supplier_picture(context)]), *supplier_table(context))
    return context.section("users_voice", [*told, *supplier_answer(context)], parts)


def voice_answer(context: ReportContext) -> list[str]:
    """How many were satisfied, since when that moves, and how many spoke; automatic answers are left out and counted."""
    satisfied, answered = context.cube.value("csat"), context.cube.value("survey_response_rate")
    key = "users" if satisfied.known else "users_none"
    told = [context.say(key, period=context.period_name, measured=context.measured(satisfied))]
    if trend := changed(context.scope).trend_of(satisfied):
        facts = {"first": context.shown(trend.first), "now": context.measured(satisfied)}
        told = [context.say(f"users_{trend.direction}", since=context.wording.period_label(trend.first.period), **facts)]
    if answered.known:
        told.append(context.say("users_sent", measured=context.measured(answered)))
    automatic = context.cube.value(AUTOMATIC).value
    return [*told, *([context.say("users_automatic", n=context.number(automatic))] if automatic > 0 else [])]


def voice_picture(context: ReportContext) -> list[Part]:
    """Answers by service and score."""
    given = sorted(answers(context.scope), key=lambda one: (-one.negative, -one.n))
    if not given:
        return []
    rows = [
        {
            "member": context.plain.member("service", one.service),
            "negative": one.negative,
            "neutral": one.neutral,
            "positive": one.positive,
        }
        for one in given[:SHOWN]
    ]
    counts = {"n": sum(one.negative for one in given), "answered": sum(one.n for one in given)}
    facts = {name: context.number(count) for name, count in counts.items()}
    key = "users_picture" if counts["n"] else "users_picture_none"
    summary = context.say(key, service=context.plain.member("service", given[0].service), **facts)
    return [diverging_bars(rows, title=context.say("users_chart"), summary=summary, language=context.language)]
