"""What every member brings: a plain sentence for each, pictures of the largest, a table of all."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from itsq_analysis.charts import Chart, fan
from itsq_analysis.page.brief import days_named
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, bullets, folded, paragraph, table
from itsq_analysis.pages.forecast.outlook import WEEK, Outlook
from itsq_analysis.pages.forecast.words import change, expected, name_of, reach, things, working_days
from itsq_analysis.text import formats
from itsq_analysis.text import paragraph as sentences

SENTENCES = 12  # told before the fold
PICTURES = 8
PAST = 8  # weeks of it in a picture


def members(context: ReportContext, found: Outlook) -> Section:
    """A sentence per member: volume, against as many days before, beyond noise or not; ended ones say so."""
    title = context.say("fc_members_title", by=dimension_name(context, found))
    told = [_sentence(context, found, series) for series in found.members]
    told += [_ended(context, found, series, last) for series, last in found.ended.items()]
    if not told:
        return Section("fc_members", title, context.say("fc_members_none"))
    moved = [series for series in found.members if change(found.total(series), found.before(series)) in ("more", "fewer")]
    facts = {"n": len(found.members), "moved": len(moved), "ended": len(found.ended), "horizon": found.asked.horizon}
    key = "fc_members_moved" if moved else "fc_members_same"
    answer = sentences(
        [context.say(key, **facts), *([context.say("fc_members_ended", **facts)] if found.ended else [])], context.language
    )
    parts: list[Part] = [bullets(told[:SENTENCES])]
    if len(told) > SENTENCES:
        parts.append(folded(context.say("fc_members_more", n=len(told) - SENTENCES), bullets(told[SENTENCES:])))
    ahead = working_days(context, found.start, found.end)
    behind = working_days(context, found.start - timedelta(days=found.asked.horizon), found.start)
    parts.append(
        paragraph(context.say("fc_members_note", ahead=ahead, behind=behind) if ahead else context.say("fc_members_plain"))
    )
    return Section("fc_members", title, answer, tuple(parts))


def dimension_name(context: ReportContext, found: Outlook) -> str:
    """What the members are: services, groups and so on."""
    return context.term(found.asked.dimension) if found.asked.dimension else context.term("fc_whole")


def _sentence(context: ReportContext, found: Outlook, series: str) -> str:
    row, before = found.total(series), found.before(series)
    facts = expected(context, row, found.asked.level) | {"name": name_of(context, found.asked, series)}
    return context.say(f"fc_member_{change(row, before)}", before=context.number(before), horizon=found.asked.horizon, **facts)


def _ended(context: ReportContext, found: Outlook, series: str, last: date | None) -> str:
    name = name_of(context, found.asked, series)
    if last is None:
        return context.say("fc_member_never", name=name)
    return context.say("fc_member_ended", name=name, day=formats.day(last, context.language))


def pictures(context: ReportContext, found: Outlook) -> Section:
    """The past weeks and the fan of the days ahead, whole and of the largest members; every member and week in a table."""
    shown = [found.whole, *found.members[:PICTURES]]
    parts: list[Part] = [_picture(context, found, series) for series in shown]
    parts.append(folded(context.say("fc_weeks_fold"), _weeks(context, found)))
    hidden = len(found.members) - PICTURES
    facts = {"level": f"{found.asked.level:g}%", "n": min(len(found.members), PICTURES)}
    answer = context.say("fc_pictures_answer" if found.members else "fc_pictures_whole", **facts)
    if hidden > 0:
        answer = sentences([answer, context.say("fc_pictures_more", n=hidden)], context.language)
    return Section("fc_pictures", context.term("fc_pictures"), answer, tuple(parts))


def _picture(context: ReportContext, found: Outlook, series: str) -> Chart:
    level = f"{found.asked.level:g}"
    past = found.history[(found.history["unique_id"] == series)].tail(PAST * WEEK)
    ahead = found.days[found.days["unique_id"] == series]
    frame = pd.concat(
        [
            pd.DataFrame({"ds": past["ds"], "y": past["y"].astype(float)}),
            pd.DataFrame(
                {"ds": ahead["ds"], "median": ahead["mean"], "lower": ahead[f"lo-{level}"], "upper": ahead[f"hi-{level}"]}
            ),
        ],
        ignore_index=True,
    )
    row = found.total(series)
    name = name_of(context, found.asked, series)
    days = days_named(context, found.start, found.end)
    summary = context.say("fc_picture", name=name, days=days, **expected(context, row, found.asked.level))
    band = context.say("fc_range_day", level=f"{level}%")
    title = context.say("fc_chart", name=name, things=things(context, found.asked.table))
    return fan(frame, title=title, summary=summary, language=context.language, unit="count", band_name=band)


def _weeks(context: ReportContext, found: Outlook) -> Html:
    """One row a series: the sums of the weeks with their ranges."""
    columns = {"name": dimension_name(context, found)}
    columns |= {week.name: days_named(context, week.start, week.end) for week in found.weeks}
    columns["all"] = context.term("fc_together")
    rows = []
    for series in [found.whole, *found.members]:
        row = {"name": name_of(context, found.asked, series)}
        for span in [*(week.name for week in found.weeks), "all"]:
            one = found.total(series, span)
            row[span] = context.number(one["mean"]) + context.aside(reach(context, one, found.asked.level))
        rows.append(row)
    return table(columns, rows, numeric=set(columns) - {"name"})
