"""What every member brings: a plain sentence for each, pictures of the largest, a table of all."""

from __future__ import annotations

from datetime import date

from itsq_analysis.charts import Chart, fan
from itsq_analysis.facts.sentence import Dates
from itsq_analysis.forecasting.outlook import ALL, ForecastOutlook
from itsq_analysis.forecasting.statements import expected, level_of, member_statement, name_of, things
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, beside, bullets, folded, paragraph, table
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

SENTENCES = 12  # told before the fold
PICTURES = 8
PAST = 8  # weeks of it in a picture


def members(context: ReportContext, outlook: ForecastOutlook) -> Section:
    """A sentence per member: volume, against as many days before, beyond noise or not; discontinued ones say so."""
    title = context.say("fc_members_title", by=dimension_name(context, outlook))
    told = [context.wording.sentence(member_statement(outlook, series)) for series in outlook.members]
    told += [_discontinued(context, outlook, series, last) for series, last in outlook.discontinued.items()]
    if not told:
        return Section("fc_members", title, context.say("fc_members_none"))
    moved = [series for series in outlook.members if outlook.change(series) in ("more", "fewer")]
    facts = {"n": len(outlook.members), "moved": len(moved), "ended": len(outlook.discontinued), "horizon": outlook.asked.horizon}
    answer = [context.say("fc_members_moved" if moved else "fc_members_same", **facts)]
    answer += [context.say("fc_members_ended", **facts)] if outlook.discontinued else []
    parts: list[Part] = [bullets(told[:SENTENCES])]
    if len(told) > SENTENCES:
        parts.append(folded(context.say("fc_members_more", n=len(told) - SENTENCES), bullets(told[SENTENCES:])))
    ahead, behind = outlook.working_days
    note = context.say("fc_members_note", ahead=ahead, behind=behind) if ahead else context.say("fc_members_plain")
    return Section("fc_members", title, answer[0], (*parts, paragraph(note)), sentences(answer[1:], context.language))


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
