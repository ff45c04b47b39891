"""Which indicators of a scorecard have changed: beyond noise, with the false discoveries of all its comparisons controlled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.completeness import counted_table
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.processes import SKEWED, process
from itsq_analysis.indicators.trends import trend

Direction = Literal["up", "down"]


@dataclass(frozen=True)
class Change:
    """A change of an indicator that chance does not explain.

    Attributes:
        kind: "level" (against the periods before) or "trend" (steadily over the periods).
        direction: of the value.
        better: whether that is good; None where no direction is better.
        since: label of the period in which it began.
        periods: that it lasts.
        chance: of as much while nothing changes (two-sided), before the other comparisons are allowed for.
    """

    kind: Literal["level", "trend"]
    direction: Direction
    better: bool | None
    since: str
    periods: int
    chance: float


@fact
def changes(scope: Scope) -> Mapping[str, tuple[Change, ...]]:
    """Indicator -> its changes; over all indicators of the catalogue, whole, levels and trends together.

    Of those named, on average at most `[scorecard] false_changes` are none (Benjamini & Hochberg 1995, Journal of the Royal
    Statistical Society B 57:289); where nothing at all changes, so many scorecards at most name any.
    """
    cube(scope).want(scope.catalogue)
    candidates: list[tuple[str, Change]] = []
    tested: list[float] = []
    for name in scope.catalogue:
        value = cube(scope).value(name)
        if not value.known or value.n < scope.catalogue[name].judged_from or counted_table(scope, name) in SKEWED:
            continue  # single outages are told one by one
        judged = process(scope, value)
        if judged.periods and judged.reason != "few_periods":
            tested.append(judged.chance if judged.signal else 1.0)
            if judged.signal:
                since = judged.since or value.period
                candidates.append((name, _change(scope, name, "level", judged.direction, since, max(1, judged.run), judged.chance)))
        steady = trend(scope, name)
        if steady is not None:
            tested.append(steady.chance)
            candidates.append(
                (name, _change(scope, name, "trend", steady.direction, steady.first.period, steady.periods, steady.chance))
            )
    limit = discovery_limit(tested, scope.settings.scorecard.false_changes)
    by_name: dict[str, tuple[Change, ...]] = {}
    for name, change in candidates:
        if change.chance <= limit:
            by_name[name] = (*by_name.get(name, ()), change)
    return by_name


def discovery_limit(chances: Sequence[float], rate: float) -> float:
    """The greatest chance (p-value) that is still a discovery, by Benjamini and Hochberg's step-up; below 0 where none is.

    >>> discovery_limit([0.001, 0.02, 0.03, 0.5], 0.05)
    0.03
    >>> discovery_limit([0.04, 0.5, 0.6], 0.05)
    -1.0
    """
    ordered = sorted(chances)
    kept = [chance for rank, chance in enumerate(ordered, start=1) if chance <= rate * rank / len(ordered)]
    return kept[-1] if kept else -1.0


def _change(
    scope: Scope, name: str, kind: Literal["level", "trend"], direction: Direction | None, since: str, periods: int, chance: float
) -> Change:
    wanted = scope.catalogue[name].better
    moved: Direction = direction or "up"
    better = None if wanted == "none" else (moved == "up") == (wanted == "higher")
    return Change(kind, moved, better, since, periods, chance)
