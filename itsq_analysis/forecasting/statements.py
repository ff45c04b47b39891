"""What the forecast report tells first: sentences without words, each from the facts that it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import isnan

from itsq_analysis.facts import Finding, Sentence
from itsq_analysis.facts.sentence import Dates, DayOfWeek, Growth, Listed, Member, Name, Number, Part, Range, Share, Term
from itsq_analysis.forecasting.outlook import CountedEvent, ForecastOutlook
from itsq_analysis.forecasting.track_record import FEWEST, Expectation, Score, TrackRecord
from itsq_analysis.series import UNKNOWN

UNUSUAL = 2  # members told
HOLIDAYS = 2  # named
FAIR = 10  # forecasts of which it is told how many should lie outside


def things(table: str) -> Term:
    """What a table counts, in the plural."""
    return Term(f"fc_table_{table}")


def name_of(outlook: ForecastOutlook, series: str) -> Part:
    """A series as a line or row calls it."""
    if series == outlook.whole:
        return Term("fc_whole")
    member = series.removeprefix(f"{outlook.asked.by}=")
    return Member(outlook.asked.by, None if member == UNKNOWN else member)


def level_of(level: float) -> Share:
    """A level in per cent."""
    return Share(level / 100, whole=True)


def expected(row: Expectation, level: float) -> dict[str, Part]:
    """A mean, its range and the level of that."""
    return {"mean": Number(row.mean), "range": Range(*row.range(level)), "level": level_of(level)}


def verdict(outlook: ForecastOutlook) -> Part:
    """How many to expect, against as many days before, and whether the calendar differs."""
    asked, row = outlook.asked, outlook.total(outlook.whole)
    facts = expected(row, asked.level) | {"things": things(asked.table), "days": Dates(outlook.start, outlook.end)}
    facts |= {"horizon": Number(asked.horizon), "before": Number(outlook.before(outlook.whole))}
    sentences = [Sentence("fc_verdict", facts), Sentence(f"fc_verdict_{outlook.change(outlook.whole)}", facts)]
    ahead, behind = outlook.working_days
    if ahead and ahead != behind:
        sentences.append(Sentence("fc_verdict_days", {"n": Number(ahead), "behind": Number(behind)}))
    return Listed(tuple(sentences), "sentences")


def findings(outlook: ForecastOutlook) -> list[Finding]:
    """Members that move otherwise than the whole, the largest planned event, the busiest day and holidays."""
    unusual = [_unusual(outlook, *item) for item in outlook.unusual()[:UNUSUAL]]
    events = [event_finding(outlook, event) for event in outlook.events if event.series == outlook.whole]
    return [*unusual, *sorted(events, key=lambda finding: -finding.weight)[:1], _busiest(outlook)]


def _unusual(outlook: ForecastOutlook, series: str, change: str, plain: float) -> Finding:
    row = outlook.total(series)
    facts = {"name": name_of(outlook, series), "mean": Number(row.mean), "before": Number(outlook.before(series))}
    return Finding(Sentence(f"fc_unusual_{change}", facts), abs(row.mean - plain), 1.0, section="fc_members")


def _busiest(outlook: ForecastOutlook) -> Finding:
    """The busiest day; holidays that fall into the days ahead."""
    peak, alike = outlook.busiest()
    day = Term(f"weekdays_{peak.start.weekday()}") if alike else DayOfWeek(peak.start)
    facts = expected(peak, outlook.asked.level) | {"day": day}
    sentence = Sentence("fc_busiest_days" if alike else "fc_busiest", facts)
    names = tuple(dict.fromkeys(name for _, name in outlook.holidays))
    if names:
        holidays = Sentence("fc_holidays", {"list": Listed(names[:HOLIDAYS]), "n": Number(len(outlook.holidays))})
        sentence = Sentence("two_sentences", {"first": sentence, "second": holidays}, shorter=sentence)
    return Finding(sentence, 0.0, 1.0, section="fc_calendar")


def event_finding(outlook: ForecastOutlook, event: CountedEvent) -> Finding:
    """A planned event that is counted: how much more or fewer tickets it brings."""
    more = event_tickets(outlook, event)
    facts: dict[str, Part] = {
        "event": Name(event.name),
        "days": Dates(event.first, following(event.last)),
        "growth": Growth(event.effect),
    }
    facts |= {"more": Number(abs(more)), "things": things(outlook.asked.table)}
    key = "fc_event_more" if more >= 0 else "fc_event_fewer"
    return Finding(Sentence(key, facts), abs(more), 1.0, section="fc_calendar")


def event_tickets(outlook: ForecastOutlook, event: CountedEvent) -> float:
    """Tickets that an event adds to its days."""
    days = [day.mean for day in outlook.days_of(event.series) if event.first <= day.start <= event.last]
    return sum(days) * event.effect / (1 + event.effect)


def following(day: date) -> date:
    """The day after."""
    return date.fromordinal(day.toordinal() + 1)


def member_statement(outlook: ForecastOutlook, series: str) -> Sentence:
    """What a member brings, against as many days before."""
    facts = expected(outlook.total(series), outlook.asked.level) | {"name": name_of(outlook, series)}
    facts |= {"before": Number(outlook.before(series)), "horizon": Number(outlook.asked.horizon)}
    return Sentence(f"fc_member_{outlook.change(series)}", facts)


def trust(record: TrackRecord) -> Part:
    """How earlier forecasts did: those that were told, and apart from them those that are recomputed."""
    sentences = tuple(_worth(record, "fc_trust"))
    return Listed(sentences, "sentences") if sentences else Sentence("fc_trust_none", {})


def record_answer(record: TrackRecord, horizon: int) -> Part:
    """The same at length, with what is fair to expect."""
    sentences = [Sentence(worth.id, dict(worth.facts) | {"horizon": Number(horizon)}) for worth in _worth(record, "fc_record")]
    if not sentences:
        return Sentence("fc_trust_none", {})
    outside = {"of": Number(FAIR), "out": Number(round(FAIR * (1 - record.level / 100))), "level": level_of(record.level)}
    return Listed((*sentences, Sentence("fc_record_fair", outside)), "sentences")


def _worth(record: TrackRecord, prefix: str) -> Iterator[Sentence]:
    """What told and recomputed forecasts were worth; nothing where all together are too few."""
    if record.all.n < FEWEST:
        return
    for kind, score in (("told", record.told), ("recomputed", record.recomputed)):
        if score.n:
            yield Sentence(f"{prefix}_{kind}{_no_better(score)}", score_facts(score, record.level))


def _no_better(score: Score) -> str:
    return "_alone" if isnan(score.naive) else "_no_better" if score.no_better and score.n >= FEWEST else ""


def score_facts(score: Score, level: float) -> dict[str, Part]:
    """How many of how many held, and the errors."""
    counts: dict[str, Part] = {"inside": Number(score.inside), "of": Number(score.n), "level": level_of(level)}
    return counts | {"error": percent(score.error), "naive": percent(score.naive)}


def percent(share: float) -> Part:
    """A share without decimals; a small one with one."""
    return Share(share, whole=True) if isnan(share) or abs(share) >= 0.01 else Share(round(share, 3))
