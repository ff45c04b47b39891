"""What every member brings: a plain sentence for each, pictures of the largest, a table of all."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from itsq_analysis.charts import Chart, fan
from itsq_analysis.narrative import formats
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.sections.brief import days_named
from itsq_analysis.sections.forecast.outlook import WEEK, Outlook
from itsq_analysis.sections.forecast.words import change, expected, name_of, reach, things, working_days
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Html, Part, Section, bullets, folded, paragraph, table

SENTENCES = 12  # told before the fold
PICTURES = 8
PAST = 8  # weeks of it in a picture


def members(scene: Scene, found: Outlook) -> Section:
    """A sentence per member: volume, against as many days before, beyond noise or not; ended ones say so."""
    title = scene.say("fc_members_title", by=dimension_name(scene, found))
    told = [_sentence(scene, found, series) for series in found.members]
    told += [_ended(scene, found, series, last) for series, last in found.ended.items()]
    if not told:
        return Section("fc_members", title, scene.say("fc_members_none"))
    moved = [series for series in found.members if change(found.total(series), found.before(series)) in ("more", "fewer")]
    facts = {"n": len(found.members), "moved": len(moved), "ended": len(found.ended), "horizon": found.asked.horizon}
    key = "fc_members_moved" if moved else "fc_members_same"
    answer = sentences(
        [scene.say(key, **facts), *([scene.say("fc_members_ended", **facts)] if found.ended else [])], scene.language
    )
    parts: list[Part] = [bullets(told[:SENTENCES])]
    if len(told) > SENTENCES:
        parts.append(folded(scene.say("fc_members_more", n=len(told) - SENTENCES), bullets(told[SENTENCES:])))
    ahead = working_days(scene, found.start, found.end)
    behind = working_days(scene, found.start - timedelta(days=found.asked.horizon), found.start)
    parts.append(paragraph(scene.say("fc_members_note", ahead=ahead, behind=behind) if ahead else scene.say("fc_members_plain")))
    return Section("fc_members", title, answer, tuple(parts))


def dimension_name(scene: Scene, found: Outlook) -> str:
    """What the members are: services, groups and so on."""
    return scene.term(found.asked.dimension) if found.asked.dimension else scene.term("fc_whole")


def _sentence(scene: Scene, found: Outlook, series: str) -> str:
    row, before = found.total(series), found.before(series)
    facts = expected(scene, row, found.asked.level) | {"name": name_of(scene, found.asked, series)}
    return scene.say(f"fc_member_{change(row, before)}", before=scene.number(before), horizon=found.asked.horizon, **facts)


def _ended(scene: Scene, found: Outlook, series: str, last: date | None) -> str:
    name = name_of(scene, found.asked, series)
    if last is None:
        return scene.say("fc_member_never", name=name)
    return scene.say("fc_member_ended", name=name, day=formats.day(last, scene.language))


def pictures(scene: Scene, found: Outlook) -> Section:
    """The past weeks and the fan of the days ahead, whole and of the largest members; every member and week in a table."""
    shown = [found.whole, *found.members[:PICTURES]]
    parts: list[Part] = [_picture(scene, found, series) for series in shown]
    parts.append(folded(scene.say("fc_weeks_fold"), _weeks(scene, found)))
    hidden = len(found.members) - PICTURES
    facts = {"level": f"{found.asked.level:g}%", "n": min(len(found.members), PICTURES)}
    answer = scene.say("fc_pictures_answer" if found.members else "fc_pictures_whole", **facts)
    if hidden > 0:
        answer = sentences([answer, scene.say("fc_pictures_more", n=hidden)], scene.language)
    return Section("fc_pictures", scene.term("fc_pictures"), answer, tuple(parts))


def _picture(scene: Scene, found: Outlook, series: str) -> Chart:
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
    name = name_of(scene, found.asked, series)
    days = days_named(scene, found.start, found.end)
    summary = scene.say("fc_picture", name=name, days=days, **expected(scene, row, found.asked.level))
    band = scene.say("fc_range_day", level=f"{level}%")
    title = scene.say("fc_chart", name=name, things=things(scene, found.asked.table))
    return fan(frame, title=title, summary=summary, language=scene.language, unit="count", band_name=band)


def _weeks(scene: Scene, found: Outlook) -> Html:
    """One row a series: the sums of the weeks with their ranges."""
    columns = {"name": dimension_name(scene, found)}
    columns |= {week.name: days_named(scene, week.start, week.end) for week in found.weeks}
    columns["all"] = scene.term("fc_together")
    rows = []
    for series in [found.whole, *found.members]:
        row = {"name": name_of(scene, found.asked, series)}
        for span in [*(week.name for week in found.weeks), "all"]:
            one = found.total(series, span)
            row[span] = scene.number(one["mean"]) + scene.aside(reach(scene, one, found.asked.level))
        rows.append(row)
    return table(columns, rows, numeric=set(columns) - {"name"})
