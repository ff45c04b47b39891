"""What to expect in the next weeks, where it is unusual, and whether to believe it: the first screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.narrative.length import shortened
from itsq_analysis.sections.brief import days_named, spaced, tight
from itsq_analysis.sections.decision import Decision
from itsq_analysis.sections.finding import Finding
from itsq_analysis.sections.first_screen import OWNER, FirstScreen, block
from itsq_analysis.sections.forecast.outlook import Outlook
from itsq_analysis.sections.forecast.record import Record
from itsq_analysis.sections.forecast.words import (
    change,
    expected,
    name_of,
    percent,
    reach,
    specials,
    things,
    weekday,
    working_days,
)
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.staffing.plan import clock, plan_of, team_name
from itsq_analysis.staffing.shortage import stretches, too_few

UNUSUAL = 2  # members told
NAME = 26  # columns
ALIKE = 0.97  # of the busiest day: days of the same weekday that bring so much are told together


def first_screen(scene: Scene, found: Outlook, record: Record) -> FirstScreen:
    """One sentence on the number, decisions about people, what stands out, and how far to trust it."""
    answer = _verdict(scene, found)
    told = [*_members(scene, found), _busiest(scene, found)]
    screen = block(scene, answer, list(_decisions(scene)), told, trust(scene, found, record))
    return FirstScreen("verdict", scene.term("verdict"), answer, (), screen)


def _verdict(scene: Scene, found: Outlook) -> str:
    """How many to expect, against as many days before."""
    row, before = found.total(found.whole), found.before(found.whole)
    facts = expected(scene, row, found.asked.level) | {
        "things": things(scene, found.asked.table),
        "days": days_named(scene, found.start, found.end),
        "horizon": str(found.asked.horizon),
        "before": scene.number(before),
    }
    ahead = working_days(scene, found.start, found.end)
    behind = working_days(scene, found.start - timedelta(days=found.asked.horizon), found.start)
    judged = scene.say(f"fc_verdict_{change(row, before)}", **facts)
    calendar = [scene.say("fc_verdict_days", n=ahead, behind=behind)] if ahead and ahead != behind else []
    return sentences([scene.say("fc_verdict", **facts), judged, *calendar], scene.language)


def _members(scene: Scene, found: Outlook) -> list[Finding]:
    """Members that move otherwise than the whole does, which follows the calendar: beyond their 95 % range."""
    whole, before = float(found.total(found.whole)["mean"]), found.before(found.whole)
    if not before > 0:
        return []
    told = []
    for series in found.members:
        row, own = found.total(series), found.before(series)
        plain = own * whole / before
        verdict = change(row, plain)
        if verdict not in ("more", "fewer"):
            continue
        name = spaced(scene, shortened(name_of(scene, found.asked, series), NAME))
        facts = {"name": name, "mean": scene.number(row["mean"]), "before": scene.number(own)}
        told.append(Finding(tight(scene.say(f"fc_unusual_{verdict}", **facts)), abs(float(row["mean"]) - plain), 1.0))
    return sorted(told, key=lambda one: -one.weight)[:UNUSUAL]


def _busiest(scene: Scene, found: Outlook) -> Finding:
    """The busiest day; holidays that fall into the days ahead."""
    rows = found.days[found.days["unique_id"] == found.whole]
    peak = rows.iloc[int(rows["mean"].to_numpy().argmax())]
    alike = rows[(rows["ds"].dt.day_of_week == peak["ds"].weekday()) & (rows["mean"] >= ALIKE * peak["mean"])]
    days = f"weekdays_{peak['ds'].weekday()}"
    named = scene.term(days) if len(alike) > 1 else weekday(scene, peak["ds"].date())
    facts = {"day": named, "mean": scene.number(peak["mean"]), "range": reach(scene, peak, found.asked.level)}
    text = scene.say("fc_busiest_days" if len(alike) > 1 else "fc_busiest", **facts)
    free = specials(scene, found)
    names = list(dict.fromkeys(free.values()))
    told = [text, scene.say("fc_holidays", list=scene.listed(names[:2]), n=len(free))] if names else [text]
    return Finding(sentences(told, scene.language), 0.0, 1.0)


def trust(scene: Scene, found: Outlook, record: Record) -> str:
    """How earlier forecasts did, against the plain comparison with as many days before."""
    worth = record.score
    if worth.n < record.fewest:
        return scene.say("fc_trust_none")
    facts = {"inside": worth.inside, "n": worth.n, "error": percent(worth.error), "naive": percent(worth.naive)}
    key = "fc_trust_no_better" if worth.no_better else "fc_trust"
    return scene.say(key, level=f"{found.asked.level:g}%", **facts)


def _decisions(scene: Scene) -> Iterator[Decision]:
    """More people in hours that lack them on the roster, the worst hours of each desk."""
    if scene.workspace.services:
        return
    for desk in plan_of(scene).desks:
        if desk.handling is None or desk.hours["gap"].isna().all():
            continue
        for one in stretches(desk.hours, too_few(desk.hours))[:1]:
            facts = {"weekday": scene.term(f"weekdays_{one.weekday}"), "hours": clock(one.start, one.end)}
            what = scene.say("fc_people_what", team=shortened(team_name(scene, desk), NAME), n=one.people, **facts)
            number = scene.say("fc_people_number", weeks=len(one.days), of=one.of)
            yield Decision(what, number, one.days[0], shortened(desk.team or "", OWNER), scene.say("fc_people_rule"))
