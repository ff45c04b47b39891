"""Was the period as forecast, and what comes? The last forecast against what came, the record before it, the next periods."""

from __future__ import annotations

from math import isnan

from itsq_analysis.charts import ranges
from itsq_analysis.facts.sentence import Range
from itsq_analysis.forecasting.statements import level_of, score_facts
from itsq_analysis.forecasting.track_record import FEWEST, Expectation, Score, TrackRecord, course
from itsq_analysis.forecasting.vs_actual import LEVEL, ForecastVsActual, forecast_vs_actual, verdict
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, paragraph
from itsq_analysis.periods import history
from itsq_analysis.text import clauses, formats
from itsq_analysis.text import paragraph as sentences


def forecast_told(context: ReportContext) -> list[Part]:
    """The forecast of the period and those to come, in words; nothing where the history is too short."""
    judged = forecast_vs_actual(context.scope)
    if judged is None:
        return []
    return [paragraph(sentences([*_past(context, judged.record), _coming(context, judged)], context.language), "told")]


def forecast_picture(context: ReportContext) -> list[Part]:
    """Earlier forecasts, what came, and what to expect."""
    judged = forecast_vs_actual(context.scope)
    return [] if judged is None else [_picture(context, judged)]


def _reach(context: ReportContext, row: Expectation) -> str:
    return context.wording.part(Range(*row.range(LEVEL)))


def _past(context: ReportContext, record: TrackRecord) -> list[str]:
    """The period against its forecast, and how the ones before did: told at the time, and recomputed."""
    if not record.rows or record.rows[-1].end != context.period.end:
        return []
    row = record.rows[-1]
    facts = {"period": context.period_name, "n": context.number(row.came), "median": context.number(row.median)}
    told = [context.say(f"vs_actual_{verdict(row)}", range=_reach(context, row), **facts)]
    if record.all.n >= FEWEST:
        scores = (("told", record.told), ("recomputed", record.recomputed))
        told += [_worth(context, kind, score, record.plain) for kind, score in scores if score.n]
    return told


def _worth(context: ReportContext, kind: str, score: Score, plain: str) -> str:
    no_better = "no_better_" if score.no_better and score.n >= FEWEST else ""
    ending = "alone" if isnan(score.naive) else f"{no_better}{plain}"
    facts = {name: context.wording.part(part) for name, part in score_facts(score, LEVEL).items()}
    return context.say(f"vs_actual_{kind}_{ending}", **facts)


def _coming(context: ReportContext, judged: ForecastVsActual) -> str:
    """The next period with its working days, then the two after it."""
    (first, row), *later = judged.ahead
    ahead, now = (context.scope.working_days_between(period.start, period.end) for period in (first, context.period))
    facts = {"period": formats.period_label(first, context.language), "mean": context.number(row.mean)}
    facts |= {"range": _reach(context, row), "before": formats.period_label(context.period, context.language)}
    items = [
        f"{formats.period_label(period, context.language)} {context.number(row.mean)}" + context.aside(_reach(context, row))
        for period, row in later
    ]
    key = "vs_actual_coming" if ahead and now and context.period.grain != "day" else "vs_actual_coming_plain"
    return context.say(key, ahead=ahead, now=now, later=clauses(items, context.language), **facts)


def _picture(context: ReportContext, judged: ForecastVsActual) -> Part:
    past = judged.record.rows
    labels = [period.label for period in history(context.period, len(past))] if past else []
    frame = course([*past, *(row for _, row in judged.ahead)], LEVEL, [*labels, *(period.label for period, _ in judged.ahead)])
    told, again = judged.record.told, judged.record.recomputed
    period, row = judged.ahead[0]
    coming = {
        "period": formats.period_label(period, context.language),
        "mean": context.number(row.mean),
        "range": _reach(context, row),
    }
    n, inside = told.n + again.n, told.inside + again.inside
    summary = context.say("vs_actual_picture" if past else "vs_actual_picture_ahead", n=n, out=n - inside, again=again.n, **coming)
    level = context.wording.part(level_of(LEVEL))
    names = (context.term("fc_came"), context.term("fc_forecast"), context.say("fc_range_named", level=level))
    return ranges(frame, title=context.say("vs_actual_chart"), summary=summary, names=names, language=context.language)
