"""What to expect in the next weeks, where it is unusual, and whether to believe it: the first screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from itsq_analysis.page.brief import days_named, spaced, tight
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.decision import Decision
from itsq_analysis.page.finding import Finding
from itsq_analysis.page.first_screen import OWNER, FirstScreen, block
from itsq_analysis.pages.forecast.outlook import Outlook
from itsq_analysis.pages.forecast.record import Record
from itsq_analysis.pages.forecast.words import (
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
from itsq_analysis.pages.staffing.words import clock, team_name
from itsq_analysis.staffing.balance import balances
from itsq_analysis.text import paragraph as sentences
from itsq_analysis.text.length import shortened

UNUSUAL = 2  # members told
NAME = 26  # columns
ALIKE = 0.97  # of the busiest day: days of the same weekday that bring so much are told together


def first_screen(context: ReportContext, found: Outlook, record: Record) -> FirstScreen:
    """One sentence on the number, decisions about people, what stands out, and how far to trust it."""
    answer = _verdict(context, found)
    told = [*_members(context, found), _busiest(context, found)]
    screen = block(context, answer, list(_decisions(context)), told, trust(context, found, record))
    return FirstScreen("verdict", context.term("verdict"), answer, (), screen)


def _verdict(context: ReportContext, found: Outlook) -> str:
    """How many to expect, against as many days before."""
    row, before = found.total(found.whole), found.before(found.whole)
    facts = expected(context, row, found.asked.level) | {
        "things": things(context, found.asked.table),
        "days": days_named(context, found.start, found.end),
        "horizon": str(found.asked.horizon),
        "before": context.number(before),
    }
    ahead = working_days(context, found.start, found.end)
    behind = working_days(context, found.start - timedelta(days=found.asked.horizon), found.start)
    judged = context.say(f"fc_verdict_{change(row, before)}", **facts)
    calendar = [context.say("fc_verdict_days", n=ahead, behind=behind)] if ahead and ahead != behind else []
    return sentences([context.say("fc_verdict", **facts), judged, *calendar], context.language)


def _members(context: ReportContext, found: Outlook) -> list[Finding]:
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
        name = spaced(context, shortened(name_of(context, found.asked, series), NAME))
        facts = {"name": name, "mean": context.number(row["mean"]), "before": context.number(own)}
        told.append(Finding(tight(context.say(f"fc_unusual_{verdict}", **facts)), abs(float(row["mean"]) - plain), 1.0))
    return sorted(told, key=lambda one: -one.weight)[:UNUSUAL]


def _busiest(context: ReportContext, found: Outlook) -> Finding:
    """The busiest day; holidays that fall into the days ahead."""
    rows = found.days[found.days["unique_id"] == found.whole]
    peak = rows.iloc[int(rows["mean"].to_numpy().argmax())]
    alike = rows[(rows["ds"].dt.day_of_week == peak["ds"].weekday()) & (rows["mean"] >= ALIKE * peak["mean"])]
    days = f"weekdays_{peak['ds'].weekday()}"
    named = context.term(days) if len(alike) > 1 else weekday(context, peak["ds"].date())
    facts = {"day": named, "mean": context.number(peak["mean"]), "range": reach(context, peak, found.asked.level)}
    text = context.say("fc_busiest_days" if len(alike) > 1 else "fc_busiest", **facts)
    free = specials(context, found)
    names = list(dict.fromkeys(free.values()))
    told = [text, context.say("fc_holidays", list=context.listed(names[:2]), n=len(free))] if names else [text]
    return Finding(sentences(told, context.language), 0.0, 1.0)


def trust(context: ReportContext, found: Outlook, record: Record) -> str:
    """How earlier forecasts did, against the plain comparison with as many days before."""
    worth = record.score
    if worth.n < record.fewest:
        return context.say("fc_trust_none")
    facts = {"inside": worth.inside, "n": worth.n, "error": percent(worth.error), "naive": percent(worth.naive)}
    key = "fc_trust_no_better" if worth.no_better else "fc_trust"
    return context.say(key, level=f"{found.asked.level:g}%", **facts)


def _decisions(context: ReportContext) -> Iterator[Decision]:
    """More people in hours that lack them on the roster, the worst hours of each desk."""
    if context.workspace.services:
        return
    for desk in balances(context.scope):
        for one in desk.repeated[:1]:
            facts = {"weekday": context.term(f"weekdays_{one.weekday}"), "hours": clock(one.start, one.end)}
            what = context.say("fc_people_what", team=shortened(team_name(context, desk.team), NAME), n=one.people, **facts)
            number = context.say("fc_people_number", weeks=len(one.days), of=one.of)
            yield Decision(what, number, one.days[0], shortened(desk.team or "", OWNER), context.say("fc_people_rule"))
