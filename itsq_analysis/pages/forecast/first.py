"""What to expect in the next weeks, where it is unusual, and whether to believe it: the first screen."""

from __future__ import annotations

from collections.abc import Iterator

from itsq_analysis.facts import Decision, Sentence
from itsq_analysis.facts.sentence import Name, Number, Part, Term
from itsq_analysis.forecasting.outlook import ForecastOutlook
from itsq_analysis.forecasting.statements import findings, trust, verdict
from itsq_analysis.forecasting.track_record import TrackRecord
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.first_screen import FirstScreen, Opening, block
from itsq_analysis.pages.staffing.words import clock
from itsq_analysis.staffing.balance import balances
from itsq_analysis.staffing.shortage import Stretch


def first_screen(context: ReportContext, outlook: ForecastOutlook, record: TrackRecord) -> FirstScreen:
    """One sentence on the number, decisions about people, what stands out, and how far to trust it."""
    answer = verdict(outlook)
    screen = block(context, Opening(answer, list(people_decisions(context)), findings(outlook), trust(record)))
    return FirstScreen("verdict", context.term("verdict"), context.brief.part(answer), block=screen)


def people_decisions(context: ReportContext) -> Iterator[Decision]:
    """Shifts to move from hours that have people to spare, else more people, for the hours of each desk that lack most."""
    if context.scope.services:
        return
    for desk in balances(context.scope):
        for stretch in desk.repeated[:1]:
            team: Part = Name(desk.team) if desk.team else Term("desk_unnamed")
            facts: dict[str, Part] = {"team": team, "n": Number(stretch.people), **_hours(stretch)}
            spare = next((one for one in desk.spare if one.people >= stretch.people), None)
            moved = {f"from_{name}": part for name, part in _hours(spare).items()} if spare else {}
            what = Sentence("fc_people_move" if spare else "fc_people_what", facts | moved)
            number = Sentence("fc_people_number", {"weeks": Number(len(stretch.days)), "of": Number(stretch.of)})
            yield Decision(what, number, stretch.days[0], desk.team, Sentence("fc_people_rule", {}))


def _hours(stretch: Stretch) -> dict[str, Part]:
    return {"weekday": Term(f"weekdays_{stretch.weekday}"), "hours": clock(stretch.start, stretch.end)}
