"""Findings about incidents in time: the whole with where it went wrong, P1 and P2 as counts, and members that stand out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import isnan

import pandas as pd

from itsq_analysis.facts import Finding, Scope, Sentence, fact
from itsq_analysis.facts.sentence import Day, Listed, Measure, Member, Number, Part, PeriodName, Share, Title
from itsq_analysis.indicators.attainment import RECOMPUTED, attainment
from itsq_analysis.indicators.case_mix import CaseMix, case_mix
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.judge import CERTAINTY
from itsq_analysis.indicators.processes import process, usual_level
from itsq_analysis.indicators.shifts import GOOD, URGENT, Shift, Shifts, Volume, before, shifts
from itsq_analysis.indicators.standouts import Standout, worse_members
from itsq_analysis.indicators.targets import agreed_targets
from itsq_analysis.indicators.value import Value
from itsq_analysis.periods import Period

WEIGHT = {"1": 10.0, "2": 5.0}  # what a case of P1 or P2 counts, where another counts one
SELDOM = 0.2  # a share of P1 and P2 in time that is "almost never"
CLEAR = 0.05  # by so much attainment must move where few periods lie before: they do not tell how much it usually does
FEWEST = 5  # cases of a priority from which "almost never" is said
COLUMNS = {"group": "assignment_group", "service": "service"}


@dataclass(frozen=True)
class Late:
    """What is looked at: what has changed, and since when the worst member's attainment fell."""

    scope: Scope
    shifts: Shifts
    onset: date | None

    @property
    def whole(self) -> Value:
        """Attainment as a whole."""
        return cube(self.scope).value(attainment(self.scope))


def late_findings(scope: Scope, volume: Volume | None, onset: date | None) -> Iterator[Finding]:
    """All about incidents resolved in time, or late.

    Args:
        scope: of the report.
        volume: the period's incidents against its calendar, as `shifts` takes it.
        onset: the day from which on the attainment of `worst_member` is lower; None where no week stands out.
    """
    late = Late(scope, shifts(scope, volume), onset)
    whole = list(_whole(late))
    yield from whole or _moved(late)
    yield from _urgent_targets(scope)
    yield from _seldom(scope)
    worst, is_told = worst_member(scope), any("late where" in finding.tells for finding in whole)
    if worst and not is_told:
        sentence, change = _lay_with(late, worst)
        yield Finding(sentence, worst.cases, 1.0, change, cause="late where", section="missed_targets")


@fact
def worst_member(scope: Scope) -> Standout | None:
    """The group or service that stands out most by late incidents."""
    return next((member for member in worse_members(scope).worse if member.value.indicator.startswith("sla_")), None)


def fallen(scope: Scope, volume: Volume | None) -> Shift | None:
    """How the worst member's attainment fell beyond chance; None where it did not."""
    worst = worst_member(scope)
    shift = shifts(scope, volume).of(worst.value) if worst else None
    return shift if shift and shift.process.direction == "down" else None


@fact
def daily_attainment(scope: Scope, value: Value) -> pd.DataFrame:
    """Columns hits, n by local day of opening (a DatetimeIndex): a group's or service's incidents resolved in the period."""
    flag = RECOMPUTED if value.indicator == RECOMPUTED else "made_sla"
    rows = scope.query(
        f'SELECT (opened_at AT TIME ZONE $zone)::DATE AS day, count(*) FILTER ("{flag}") AS hits, count("{flag}") AS n '
        f"FROM incidents WHERE {COLUMNS[str(value.dimension)]} = $member AND resolved_at >= $start AND resolved_at < $end "
        "AND state IS DISTINCT FROM 'canceled' GROUP BY 1 ORDER BY 1",
        zone=scope.settings.organisation.timezone,
        member=str(value.member),
    )
    return pd.DataFrame({"hits": rows["hits"].astype(float), "n": rows["n"].astype(float)}).set_index(pd.to_datetime(rows["day"]))


def _whole(late: Late) -> Iterator[Finding]:
    """Attainment as a whole, where it missed its agreed target for certain or fell beyond chance: with where that happened."""
    value, shift, worst = late.whole, late.shifts.of(late.whole), worst_member(late.scope)
    fell = shift if shift and shift.process.direction == "down" else None
    missed = value.missed and value.certainty == "certain"
    if not (missed or fell) or (not missed and worst is None):
        return
    facts: dict[str, Part] = {"title": Measure(value, "scoped"), "value": Measure(value), "target": Measure(value, "target")}
    facts |= {"before": before(late.scope, fell)} if fell else {}
    key = "finding_missed_certain" if missed else "finding_down"
    sentence, change = Sentence(f"{key}_fell" if missed and fell else key, facts), fell is not None
    if worst:
        second, since = _lay_with(late, worst)
        sentence, change = _both(sentence, second), change or since
    levels = [value.target] * missed + ([usual_level(late.scope, value)] if fell else [])
    tells = frozenset({"late where"} if worst else ())
    size = abs(value.value - max(levels)) * value.denominator
    yield Finding(sentence, size, 1.0, change, "attainment", tells, "missed_targets")


def _both(first: Sentence, second: Sentence) -> Sentence:
    """Two sentences; where there is no room the second one shorter, then the first alone."""
    alone = _both(first, second.shorter) if second.shorter else first
    return Sentence("both", {"first": first, "second": second}, alone)


def _moved(late: Late) -> Iterator[Finding]:
    """Attainment against the period before, where it moved by more than chance: by other work, or by another mix."""
    scope, value, mix = late.scope, late.whole, case_mix(late.scope)
    few = process(scope, value).reason == "few_periods"
    if mix is None or (abs(mix.points) < CLEAR if few else not late.shifts.of(value)):
        return
    sentence = _mix_sentence(scope, mix, value)
    if sentence:
        size = abs(mix.points) * value.denominator * (1.0 if mix.points < 0 else GOOD)
        yield Finding(sentence, size, 1.0, change=True, cause="attainment", section="missed_targets")


def _mix_sentence(scope: Scope, mix: CaseMix, value: Value) -> Sentence | None:
    """From what to what, and whether the cases or the work were others; None where the part that moved was not there before."""
    by_mix = abs(mix.mix) > abs(mix.performance)
    first, last = (mix.most.weight_before, mix.most.weight_now) if by_mix else (mix.most.rate_before, mix.most.rate_now)
    if isnan(first) or isnan(last):
        return None
    facts: dict[str, Part] = {
        "title": Measure(value, "scoped"),
        "value": Measure(value),
        "before": Measure(cube(scope).value(value.indicator, period=scope.period.previous())),
        "period": PeriodName(scope.period.previous().label),
        "member": Member("priority", mix.most.member),
        "first": Share(first),
        "last": Share(last),
    }
    return Sentence(f"finding_{'mix' if by_mix else 'work'}_{'up' if mix.points > 0 else 'down'}", facts)


def _lay_with(late: Late, worst: Standout) -> tuple[Sentence, bool]:
    """With whom the late incidents lay, and whether that is told as a change.

    Of a fall with an onset both shares are of the period's days, those since it and those before it.
    """
    value, total = worst.value, late.whole
    key = "finding_where" if value.dimension == "group" else "finding_where_service"
    facts: dict[str, Part] = {
        "late": Number(value.denominator - value.numerator),
        "all": Number(total.denominator - total.numerator),
        "member": Member(str(value.dimension), value.member, named=True),
        "value": Measure(value),
        "rest": Share(worst.rest),
    }
    shorter = Sentence(f"{key}_short", {name: facts[name] for name in ("late", "all", "member")})
    shift = late.shifts.of(value)
    if shift is None or shift.process.direction != "down":
        return Sentence(key, facts, shorter), False
    parts = _parts(late, value)
    if parts is None:
        return Sentence(f"{key}_fell", facts | {"before": before(late.scope, shift)}, shorter), True
    shares = {"value": Measure(parts[1]), "before": Measure(parts[0]), "day": Day(late.onset)}
    return Sentence(f"{key}_fell_since", facts | shares, shorter), True


def _parts(late: Late, value: Value) -> tuple[Value, Value] | None:
    """A value of the period's days before the onset, and of those since it; None where one of them cannot be measured."""
    if late.onset is None:
        return None
    days = (value.start, late.onset, value.end)
    periods = [Period(f"{first}..{end - timedelta(days=1)}", first, end, "range") for first, end in pairwise(days)]
    cells = cube(late.scope)
    cells.want([value.indicator], value.dimension, periods)
    first, second = (cells.value(value.indicator, value.dimension, value.member, period) for period in periods)
    return (first, second) if first.known and second.known else None


def _urgent_targets(scope: Scope) -> Iterator[Finding]:
    """Missed agreed targets of P1 and P2, as counts, in one sentence."""
    missed = [value for value in agreed_targets(scope) if value.dimension == "priority" and value.member in URGENT and value.missed]
    for name in dict.fromkeys(value.indicator for value in missed):
        values = sorted((value for value in missed if value.indicator == name), key=lambda value: str(value.member))
        surest = max((str(value.certainty) for value in values), key=lambda word: CERTAINTY[word])
        size = sum(abs(value.target - value.value) * value.population * WEIGHT[str(value.member)] for value in values)
        title: Part = Sentence("finding_in_time", {}) if name == attainment(scope) else Title(name)
        facts = {"title": title, "list": Listed(tuple(map(_count, values)), "commas")}
        cause = "urgent" if name == attainment(scope) else f"urgent {name}"
        key = f"finding_urgent_{surest.replace(' ', '_')}"
        yield Finding(Sentence(key, facts), size, CERTAINTY[surest], cause=cause, section="missed_targets")


def _seldom(scope: Scope) -> Iterator[Finding]:
    """P1 and P2 as counts, where almost none was in time and no target says what should have been."""
    name = attainment(scope)
    promised = {value.member for value in agreed_targets(scope) if value.indicator == name and value.dimension == "priority"}
    members = sorted(set(URGENT) - promised)
    values = [value for member in members if (value := cube(scope).value(name, "priority", member)).known]
    seldom = [value for value in values if value.denominator >= FEWEST and value.value <= SELDOM]
    if seldom:
        size = sum((value.denominator - value.numerator) * WEIGHT[str(value.member)] for value in seldom)
        key = "finding_urgent" if name == RECOMPUTED else "finding_urgent_flag"
        sentence = Sentence(key, {"list": Listed(tuple(map(_count, seldom)), "commas")})
        yield Finding(sentence, size, 1.0, cause="urgent", section="missed_targets")


def _count(value: Value) -> Sentence:
    """A priority as a count: "P1 11 of 13"."""
    facts = {"member": Member("priority", value.member), "hits": Number(value.numerator), "n": Number(value.denominator)}
    return Sentence("finding_urgent_item", facts)
