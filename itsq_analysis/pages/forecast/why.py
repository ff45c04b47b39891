"""Why the forecast is what it is: trend, week, year, holidays, which models had weight, and the backtest of each series."""

from __future__ import annotations

from itsq_analysis.facts.sentence import Growth
from itsq_analysis.forecasting.outlook import ForecastOutlook
from itsq_analysis.forecasting.reasons import Backtest, HolidayEffect, Reasons
from itsq_analysis.forecasting.statements import name_of, percent
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, beside, bullets, folded
from itsq_analysis.page.table import Column, html_table

FLAT = 0.02  # of the level: a smaller trend is none


def why(context: ReportContext, outlook: ForecastOutlook, reasons: Reasons) -> Section:
    """Explanation of the whole, and for which series the forecast beats the plain one."""
    wording = context.wording
    holidays: list[Part] = []
    if reasons.holidays:
        columns = [
            Column[HolidayEffect]("fc_holiday", lambda holiday: _day(context, holiday)),
            Column[HolidayEffect]("fc_effect", lambda holiday: Growth(holiday.effect), "share"),
        ]
        holidays = [html_table(context, wording, columns, reasons.holidays, context.term("fc_holiday_effects"))]
    models = [
        Column[tuple[str, float]]("fc_model", lambda model: context.term(f"fc_model_{model[0].replace('-', '_')}")),
        Column[tuple[str, float]]("fc_weight", lambda model: percent(model[1]), "share"),
    ]
    weights = html_table(context, wording, models, reasons.weights, context.term("fc_weights"))
    told = bullets([_trend(context, outlook, reasons), *_week(context, reasons)])
    parts: list[Part] = [told, *beside(holidays, [weights])]
    better = {None: "", True: context.term("fc_not_better"), False: context.term("fc_is_better")}
    backtests = [
        Column[Backtest]("fc_series", lambda row: name_of(outlook, row.series)),
        Column[Backtest]("fc_mae", lambda row: row.error, "number", lambda row: context.number(row.error, 1)),
        Column[Backtest]("fc_naive_mae", lambda row: row.naive, "number", lambda row: context.number(row.naive, 1)),
        Column[Backtest]("fc_better", lambda row: better[row.no_better]),
    ]
    parts.append(folded(context.say("fc_backtest_fold"), html_table(context, wording, backtests, reasons.backtests)))
    return Section("fc_why", context.term("fc_why"), _answer(context, outlook, reasons), tuple(parts))


def _answer(context: ReportContext, outlook: ForecastOutlook, reasons: Reasons) -> str:
    judged = [backtest for backtest in reasons.backtests if backtest.no_better is not None]
    no_better = [context.wording.part(name_of(outlook, backtest.series)) for backtest in judged if backtest.no_better]
    if not judged:
        return context.say("fc_why_unknown")
    if no_better:
        return context.say("fc_why_some", n=len(no_better), of=len(judged), list=context.listed(no_better))
    return context.say("fc_why_all", n=len(judged))


def _trend(context: ReportContext, outlook: ForecastOutlook, reasons: Reasons) -> str:
    """Level and trend of the whole."""
    share = reasons.trend / reasons.level if reasons.level else 0.0
    kind = "flat" if abs(share) < FLAT else "up" if share > 0 else "down"
    facts = {"level": context.number(reasons.level), "share": context.wording.part(percent(abs(share)))}
    return context.say(f"fc_trend_{kind}", horizon=outlook.asked.horizon, **facts)


def _week(context: ReportContext, reasons: Reasons) -> list[str]:
    """The strongest and weakest weekday, and the season of the year where two years are known."""
    if not reasons.week:
        return []
    (least, low), (most, high) = reasons.week[0], reasons.week[-1]
    facts = {"most": context.term(f"weekdays_{most}"), "least": context.term(f"weekdays_{least}")}
    shares = {"high": context.wording.part(percent(high)), "low": context.wording.part(percent(low))}
    return [context.say("fc_week", **facts, **shares), context.say("fc_year" if reasons.yearly else "fc_no_year")]


def _day(context: ReportContext, holiday: HolidayEffect) -> str:
    name = context.wording.part(holiday.name)
    return context.say("fc_day_after", name=name) if holiday.after else name
