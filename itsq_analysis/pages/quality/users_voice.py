"""What do users say, and how many spoke? Real answers only."""

from __future__ import annotations

from itsq_analysis.briefing.changed import changed
from itsq_analysis.charts import diverging_bars
from itsq_analysis.indicators.surveys import answers
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import indicator_table
from itsq_analysis.page.section import Part, Section, paragraph
from itsq_analysis.text import paragraph as sentences

AUTOMATIC = "survey_automatic_answers"
TOLD = ("csat", "csat_score", "nps", "survey_response_rate")
IDS = (*TOLD, AUTOMATIC)


def users_voice(context: ReportContext) -> Section:
    """Satisfaction with the number of answers beside it; automatic answers are left out and counted."""
    title = context.term("users_voice")
    if not context.has("surveys"):
        return Section("users_voice", title, context.say("users_no_data"))
    values = [context.cube.value(name) for name in TOLD]
    automatic = context.cube.value(AUTOMATIC).value
    notes = [paragraph(context.say("users_automatic", n=context.number(automatic)))] if automatic > 0 else []
    notes += [paragraph(context.say("users_counted"))] if all(value.known for value in (values[0], values[-1])) else []
    return Section("users_voice", title, _answer(context), (*_picture(context), indicator_table(context, values), *notes))


def _answer(context: ReportContext) -> str:
    satisfied, answered = context.cube.value("csat"), context.cube.value("survey_response_rate")
    key = "users" if satisfied.known else "users_none"
    told = [context.say(key, period=context.period_name, measured=context.measured(satisfied))]
    if trend := changed(context.scope).trend_of(satisfied):
        facts = {"first": context.shown(trend.first), "now": context.shown(satisfied)}
        told.append(context.say(f"users_{trend.direction}", since=context.wording.period_label(trend.first.period), **facts))
    if answered.known:
        told.append(context.say("users_sent", measured=context.measured(answered)))
    return sentences(told, context.language)


def _picture(context: ReportContext) -> list[Part]:
    """Answers by service and score."""
    given = answers(context.scope)
    if not given:
        return []
    rows = [
        {
            "member": context.plain.member("service", one.service),
            "negative": one.negative,
            "neutral": one.neutral,
            "positive": one.positive,
        }
        for one in given
    ]
    counts = {"negative": sum(one.negative for one in given), "answered": sum(one.n for one in given)}
    summary = context.say("users_picture", **{name: context.number(count) for name, count in counts.items()})
    return [diverging_bars(rows, title=context.say("users_chart"), summary=summary, language=context.language)]
