"""What has changed: values that their own past does not explain, over everything that is looked at together.

Dozens of series are looked at every month; each alone would signal now and then while nothing changes. Those are told whose chance
stays below 5 % for even one false alarm among all of them (Holm 1979), so that quiet months stay quiet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from itsq_analysis.facts import Finding, Scope, Sentence, fact
from itsq_analysis.facts.sentence import Amount, Measure, Number, PeriodName
from itsq_analysis.indicators.attainment import attainment, headline
from itsq_analysis.indicators.chance import kept_by_holm
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.processes import process, usual_level
from itsq_analysis.indicators.standouts import FEWEST
from itsq_analysis.indicators.trends import Trend, trend
from itsq_analysis.indicators.value import Value
from itsq_analysis.process import Process

DIMENSIONS = ("group", "service", "priority")
URGENT = ("1", "2")  # priorities that are never drowned in a total
VOLUME = "incidents_opened"
TOLD_ELSEWHERE = ("availability", "major_incidents", "failed_changes", "longest_outage", VOLUME)
GOOD = 0.5  # what a case of good news weighs, and one more or fewer of what is neither good nor bad


class Volume(Protocol):
    """Incidents of the period, what the calendar lets expect, and the chance of the difference while nothing changes."""

    @property
    def opened(self) -> float:
        """Incidents."""

    @property
    def expected(self) -> float:
        """By the days of the period."""

    @property
    def chance(self) -> float:
        """Of so large a difference."""


@dataclass(frozen=True)
class Shift:
    """A value that its own past does not explain."""

    value: Value
    process: Process


@dataclass(frozen=True)
class Shifts:
    """What has changed, whatever else is looked at taken into account.

    Attributes:
        values: that signal, the least likely first.
        trends: values that move steadily in one direction.
        volume: the number of incidents, where the calendar does not explain it; else None.
    """

    values: tuple[Shift, ...]
    trends: tuple[Trend, ...]
    volume: Volume | None

    def of(self, value: Value) -> Shift | None:
        """The shift of a value, if it is one."""
        return next((shift for shift in self.values if _place(shift.value) == _place(value)), None)

    def trend_of(self, value: Value) -> Trend | None:
        """The trend of a value, if it has one."""
        return next((steady for steady in self.trends if _place(steady.value) == _place(value)), None)


@fact
def shifts(scope: Scope, volume: Volume | None) -> Shifts:
    """Headline numbers, attainment by member, and the number of incidents: what of it has changed by more than chance.

    Args:
        scope: what the report is about.
        volume: the period's incidents against its calendar; None where that cannot be told.
    """
    judged = [Shift(value, process(scope, value)) for value in _looked_at(scope)]
    steady = [found for name in _whole(scope) if (found := trend(scope, name)) is not None]
    tested: list[tuple[float, Shift | Trend | Volume]] = [
        (finding.process.chance, finding) for finding in judged if _known(finding.process)
    ]
    tested += [(tendency.chance, tendency) for tendency in steady]
    opened = process(scope, cube(scope).value(VOLUME))
    if volume is not None and _known(opened):
        tested.append((max(volume.chance, opened.chance), volume))
    tested.sort(key=lambda pair: pair[0])
    kept = [tested[place][1] for place in sorted(kept_by_holm([chance for chance, _ in tested]))]
    return Shifts(
        tuple(finding for finding in kept if isinstance(finding, Shift) and finding.process.signal),
        tuple(finding for finding in kept if isinstance(finding, Trend)),
        volume if volume in kept else None,
    )


def shift_findings(scope: Scope, volume: Volume | None) -> Iterator[Finding]:
    """The findings worded as a change: headline numbers, members, the number of incidents."""
    changed = shifts(scope, volume)
    yield from (_shifted(scope, shift) for shift in changed.values)
    yield from (_steady(scope, tendency) for tendency in changed.trends)
    if changed.volume:
        more = changed.volume.opened > changed.volume.expected
        facts = {"n": Number(changed.volume.opened), "expected": Number(changed.volume.expected)}
        size = abs(changed.volume.opened - changed.volume.expected) * GOOD
        yield Finding(
            Sentence("finding_more" if more else "finding_fewer", facts), size, 1.0, change=True, cause=VOLUME, section="demand"
        )


def cause_of(scope: Scope, value: Value) -> str:
    """What a finding about this value is about: attainment is one cause, whichever way it is cut, but for P1 and P2."""
    if value.indicator != attainment(scope):
        return ":".join(part for part in _place(value) if part)
    return "urgent" if value.dimension == "priority" and value.member in URGENT else "attainment"


def before(scope: Scope, shift: Shift) -> Amount:
    """The level of the periods before, in the indicator's unit."""
    return Amount(shift.value.indicator, usual_level(scope, shift.value))


def _whole(scope: Scope) -> list[str]:
    return list(dict.fromkeys([*(name for name in headline(scope) if name not in TOLD_ELSEWHERE), attainment(scope)]))


def _looked_at(scope: Scope) -> Iterator[Value]:
    """Headline numbers as a whole; attainment by member, where there are enough cases."""
    yield from (value for name in _whole(scope) if (value := cube(scope).value(name)).known)
    for dimension in DIMENSIONS:
        members = cube(scope).values(attainment(scope), dimension)
        yield from (value for value in members if value.member is not None and value.population >= FEWEST)


def _known(judged: Process) -> bool:
    """Whether the periods before allow a judgement at all."""
    return judged.chance < 1 or (judged.periods > 0 and judged.reason != "few_periods")


def _place(value: Value) -> tuple[str, str | None, str | None]:
    return value.indicator, value.dimension, value.member


def _shifted(scope: Scope, shift: Shift) -> Finding:
    value, judged = shift.value, shift.process
    facts = {
        "title": Measure(value, "scoped"),
        "value": Measure(value),
        "before": before(scope, shift),
        "n": Number(judged.periods),
    }
    key = f"finding_{judged.direction}"
    if not judged.outside:
        key, facts = f"finding_run_{judged.direction}", facts | {"since": PeriodName(str(judged.since))}
    return _finding(scope, value, Sentence(key, facts), usual_level(scope, value), str(judged.direction))


def _steady(scope: Scope, tendency: Trend) -> Finding:
    facts = {"title": Measure(tendency.value, "scoped"), "value": Measure(tendency.value), "before": Measure(tendency.first)}
    sentence = Sentence(f"finding_trend_{tendency.direction}", facts | {"since": PeriodName(tendency.first.period)})
    return _finding(scope, tendency.value, sentence, tendency.first.value, tendency.direction)


def _finding(scope: Scope, value: Value, sentence: Sentence, level: float, direction: str) -> Finding:
    """Its size is how many cases differ: of shares exactly; of other numbers the cases times the relative difference."""
    if scope.catalogue[value.indicator].unit == "%":
        size = abs(value.value - level) * value.population
    else:
        size = value.population * (min(1.0, abs(value.value / level - 1)) if level else 1.0)
    bad = {"up": "lower", "down": "higher"}[direction] == scope.catalogue[value.indicator].better
    section = "missed_targets" if value.indicator == attainment(scope) else "scorecard"
    return Finding(sentence, size * (1.0 if bad else GOOD), 1.0, change=True, cause=cause_of(scope, value), section=section)
