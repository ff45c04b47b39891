"""What every member brings: all in one picture with their ranges, a sentence for each that moves, the largest day by day."""

from __future__ import annotations

from datetime import date

from itsq_analysis.charts import Chart, fan, intervals
from itsq_analysis.facts.sentence import Dates
from itsq_analysis.forecasting.outlook import ALL, ForecastOutlook
from itsq_analysis.forecasting.statements import expected, level_of, member_statement, name_of, things
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, beside, bullets, folded, paragraph, table
from itsq_analysis.page.table import frame_of
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

SENTENCES, SHOWN = 12, 20  # told before the fold, drawn together
PICTURES = 8
PAST = 8  # weeks of it in a picture


def members(context: ReportContext, outlook: ForecastOutlook) -> Section:
    """All members with their ranges and as many days before; in words those that move and those discontinued."""
    title = context.say("fc_members_title", by=dimension_name(context, outlook))
    changes = {series: outlook.change(series) for series in outlook.members}
    told = [context.wording.sentence(member_statement(outlook, series)) for series, how in changes.items() if how != "same"]
    told += [_discontinued(context, outlook, series, last) for series, last in outlook.discontinued.items()]
    if not changes and not told:
        return Section("fc_members", title, context.say("fc_members_none"))
    moved = [series for series, how in changes.items() if how in ("more", "fewer")]
    facts = {"n": len(outlook.members), "moved": len(moved), "ended": len(outlook.discontinued), "horizon": outlook.asked.horizon}
    answer = [context.say("fc_members_moved" if moved else "fc_members_same", **facts)]
    answer += [context.say("fc_members_ended", **facts)] if outlook.discontinued else []
    parts: list[Part] = [_together(context, outlook)] if changes else []
    parts += [bullets(told[:SENTENCES])] if told else []
    if len(told) > SENTENCES:
        parts.append(folded(context.say("fc_members_more", n=len(told) - SENTENCES), bullets(told[SENTENCES:])))
    ahead, behind = outlook.working_days
    note = context.say("fc_members_note", ahead=ahead, behind=behind) if ahead else context.say("fc_members_plain")
    return Section("fc_members", title, answer[0], (*parts, paragraph(note)), sentences(answer[1:], context.language))


def _together(context: ReportContext, outlook: ForecastOutlook) -> Chart:
    """The largest members below one another: forecast, range, and what as many days before brought."""
    part, level = context.wording.part, outlook.asked.level
    totals = [outlook.total(series) for series in outlook.members[:SHOWN]]
    ends = [row.range(level) for row in totals]
    rows = [
        {"member": part(name_of(outlook, row.series)), "value": row.mean, "lower": low, "upper": high}
        | {"target": outlook.before(row.series)}
        for row, (low, high) in zip(totals, ends, strict=True)
    ]
    whole = expected(outlook.total(outlook.whole), level)["mean"]
    facts = expected(totals[0], level) | {"name": name_of(outlook, totals[0].series), "whole": whole}
    horizon = outlook.asked.horizon
    return intervals(
        frame_of(rows),
        title=context.say("fc_members_chart", things=part(things(outlook.asked.table)), horizon=horizon),
        summary=context.say("fc_members_picture", **{key: part(fact) for key, fact in facts.items()}),
        language=context.language,
        unit="count",
        value_name=context.term("fc_forecast"),
        interval_name=context.say("fc_range_named", level=part(level_of(level))),
        target_name=context.say("fc_members_before", horizon=horizon),
    )


def dimension_name(context: ReportContext, outlook: ForecastOutlook) -> str:
    """What the members are: services, groups and so on."""
    return context.term(outlook.asked.by or "fc_whole")


def _discontinued(context: ReportContext, outlook: ForecastOutlook, series: str, last: date | None) -> str:
    name = context.wording.part(name_of(outlook, series))
    if last is None:
        return context.say("fc_member_never", name=name)
    return context.say("fc_member_ended", name=name, day=formats.day(last, context.language))


def pictures(context: ReportContext, outlook: ForecastOutlook) -> Section:
    """The past weeks and the fan of the days ahead, whole and of the largest members; every member and week in a table."""
    whole, *largest = ([_picture(context, outlook, series)] for series in outlook.series[: PICTURES + 1])
    parts: list[Part] = [*whole, *beside(*largest)]
    parts.append(folded(context.say("fc_weeks_fold"), _weeks(context, outlook)))
    facts = {"level": context.wording.part(level_of(outlook.asked.level)), "n": min(len(outlook.members), PICTURES)}
    answer = [context.say("fc_pictures_answer" if outlook.members else "fc_pictures_whole", **facts)]
    hidden = len(outlook.members) - PICTURES
    answer += [context.say("fc_pictures_more", n=hidden)] if hidden > 0 else []
    return context.section("fc_pictures", answer, parts)


def _picture(context: ReportContext, outlook: ForecastOutlook, series: str) -> Chart:
    part, level = context.wording.part, outlook.asked.level
    facts = expected(outlook.total(series), level) | {"name": name_of(outlook, series), "days": Dates(outlook.start, outlook.end)}
    facts["things"] = things(outlook.asked.table)
    told = {key: part(fact) for key, fact in facts.items()}
    return fan(
        outlook.course(series, PAST),
        title=context.say("fc_chart", name=told["name"], things=told["things"]),
        summary=context.say("fc_picture", **told),
        language=context.language,
        unit="count",
        band_name=context.say("fc_range_day", level=told["level"]),
    )


def _weeks(context: ReportContext, outlook: ForecastOutlook) -> Html:
    """One row a series: the sums of the weeks with their ranges."""
    part = context.wording.part
    columns = {"name": dimension_name(context, outlook)}
    columns |= {week.name: part(Dates(week.start, week.end)) for week in outlook.weeks} | {ALL: context.term("fc_together")}
    rows = []
    for series in outlook.series:
        row = {"name": part(name_of(outlook, series))}
        for span in [*(week.name for week in outlook.weeks), ALL]:
            facts = expected(outlook.total(series, span), outlook.asked.level)
            row[span] = part(facts["mean"]) + context.aside(part(facts["range"]))
        rows.append(row)
    return table(columns, rows, numeric=set(columns) - {"name"})
