"""Where the change of a number comes from: the dimension whose members moved most unlike each other, and again within a member."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import erfc, nan, sqrt

import pandas as pd

from itsq_analysis.errors import IndicatorError
from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.case_mix import Cases, decompose
from itsq_analysis.indicators.chance import ALPHA
from itsq_analysis.indicators.evidence.evidence import rows_of
from itsq_analysis.indicators.processes import days, exposure
from itsq_analysis.indicators.query import dimensions_of, known_name
from itsq_analysis.periods import Period
from itsq_analysis.process.exact import fisher

COUNTED = ("count", "stock")
SHARED = ("proportion", "mean")
UNKNOWN = ""  # the member that is not known, in a frame that groups by it
DRIVES = 0.1  # share of the change from which a member is looked at
LEAST = 5  # rows of a member from which it is asked whether it moved unlike the others


Path = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Branch:
    """A member in both periods, and what it adds to the change of the whole.

    Attributes:
        depth: 0 is the whole.
        path: dimension and member of every branch above, and its own.
        before, now: its value; of counts the earlier one by the days of the later period.
        contribution: to the change of the whole, in its unit; of counts, those of one parent add up to its own.
        chance: that it moved so unlike the others of its parent while all moved alike, allowing for all members and dimensions
            that were looked at; NaN of the whole.
        n_before, n_now: its rows.
        followed: whether the next branches are its own.
    """

    depth: int
    path: Path
    before: float
    now: float
    contribution: float
    chance: float
    n_before: int
    n_now: int
    followed: bool = False


@fact
def change_tree(scope: Scope, name: str, before: Period, depth: int = 3) -> tuple[Branch, ...]:
    """The change of an indicator from `before` to the scope's period, drill by drill, each branch before its own branches.

    At each step every dimension is looked at, and the one taken that has the member which moved least like the others: of counts
    by Fisher's exact test, of shares and means by how far the member's change lies from that of the others. It goes on into that
    member while the chance, times the members that were looked at (Bonferroni), stays below 5 %. Both periods are as known today.

    Raises:
        IndicatorError: an unknown indicator, or one that does not add up over members.
    """
    known_name(name, scope.catalogue, "an indicator")
    indicator = scope.catalogue[name]
    if indicator.kind not in (*COUNTED, *SHARED):
        own = ", ".join(other.id for other in scope.catalogue.values() if other.table == indicator.table and other.kind in SHARED)
        raise IndicatorError(f"a tree takes apart counts, shares and means; found {name}, a {indicator.kind}; use one of {own}")
    known = dimensions_of(indicator, scope.catalogue)
    rows = _rows(scope, name, before, known)
    drill = _Drill(indicator.kind, known, _scale(scope, name, before), depth)
    whole = drill.branch(rows, (), nan)
    below = drill.below(rows, (), 1.0)
    return (replace(whole, contribution=whole.now - whole.before, followed=bool(below)), *below)


@dataclass(frozen=True)
class _Drill:
    """How an indicator is taken apart: its kind, its dimensions, how many days the later period has per day of the earlier."""

    kind: str
    dimensions: tuple[str, ...]
    scale: float
    depth: int

    def below(self, rows: pd.DataFrame, path: Path, weight: float) -> list[Branch]:
        """The branches of a member whose rows these are; `weight` is what its own change counts in the whole."""
        left = [dimension for dimension in self.dimensions if dimension not in dict(path)]
        if len(path) >= self.depth or not left:
            return []
        parts = {dimension: self.parts(rows, dimension, weight) for dimension in left}
        unlike = {dimension: self.unlike(rows, dimension, parts[dimension]) for dimension in left}
        count = sum(map(len, parts.values()))
        dimension = min(left, key=lambda name: min(unlike[name].values(), default=1.0))
        follow, least = min(unlike[dimension].items(), key=lambda share: share[1], default=(UNKNOWN, 1.0))
        stands_out = least * count < ALPHA
        if path and not stands_out:
            return []
        branches = []
        for part in parts[dimension]:
            own, place = rows[rows[dimension] == part.member], (*path, (dimension, part.member or None))
            chance = min(1.0, unlike[dimension].get(part.member, 1.0) * count)
            more = self.below(own, place, weight * part.weight) if stands_out and part.member == follow else []
            branch = self.branch(own, place, chance)
            branches += [replace(branch, contribution=part.contribution, followed=bool(more)), *more]
        return branches

    def parts(self, rows: pd.DataFrame, dimension: str, weight: float) -> list[_Part]:
        """Every member's contribution, the largest first."""
        sums = rows.groupby([dimension, "later"])["numerator"].agg(["sum", "size"]).to_dict("index")
        nothing = {"sum": 0.0, "size": 0}
        counts = {
            str(member): [float(sums.get((member, later), nothing)[what]) for what in ("sum", "size") for later in (False, True)]
            for member in sorted(rows[dimension].unique())
        }
        if self.kind in COUNTED:
            parts = [_Part(member, row[1] - row[0] * self.scale, 1.0) for member, row in counts.items()]
        else:
            cases = [Cases(member, row[0], row[2], row[1], row[3]) for member, row in counts.items()]
            told = decompose(cases) if all(sum(row[place] for row in counts.values()) for place in (2, 3)) else ()
            parts = [
                _Part(
                    str(effect.member), (effect.mix + effect.performance) * weight, (effect.weight_before + effect.weight_now) / 2
                )
                for effect in told
            ]
        return sorted(parts, key=lambda part: -abs(part.contribution))

    def unlike(self, rows: pd.DataFrame, dimension: str, parts: list[_Part]) -> dict[str, float]:
        """How likely each change is, did all members change alike; of members that drive the change of all."""
        total = sum(part.contribution for part in parts)
        driving = {part.member for part in parts if total and part.contribution / total >= DRIVES}
        whole = [rows[rows["later"] == later]["numerator"] for later in (False, True)]
        chances = {}
        for member, own in rows[rows[dimension].isin(driving)].groupby(dimension):
            mine = [own[own["later"] == later]["numerator"] for later in (False, True)]
            if self.kind in COUNTED:
                chances[str(member)] = (
                    fisher(len(mine[1]), len(whole[1]), len(mine[0]), len(whole[0])) if len(own) < len(rows) else 1.0
                )
            else:
                rest = [every.drop(part.index) for every, part in zip(whole, mine, strict=True)]
                chances[str(member)] = _apart(mine, rest)
        return chances

    def branch(self, own: pd.DataFrame, path: Path, chance: float) -> Branch:
        """A branch without its contribution."""
        earlier, later = (own[own["later"] == when]["numerator"] for when in (False, True))
        counted = self.kind in COUNTED
        values = (earlier.sum() * self.scale, later.sum()) if counted else (earlier.mean(), later.mean())
        return Branch(len(path), path, float(values[0]), float(values[1]), nan, chance, len(earlier), len(later))


@dataclass(frozen=True)
class _Part:
    member: str
    contribution: float
    weight: float


def _rows(scope: Scope, name: str, before: Period, known: tuple[str, ...]) -> pd.DataFrame:
    """What counts in both periods: numerator, later (bool), and a column for each dimension."""
    frames = []
    for later, about in ((False, scope.workspace.scope_at(before, scope.moment)), (True, scope)):
        # Rows stand in the order of their keys, whatever the dimension.
        members = {dimension: rows_of(about, name, dimension)["member"].to_numpy() for dimension in known}
        rows = rows_of(about, name).assign(**members, later=later)
        frames.append(rows.loc[rows["counts"].astype(bool), ["numerator", "later", *known]])
    joined = pd.concat(frames, ignore_index=True)
    if joined.empty:
        raise IndicatorError(f"a tree needs rows in one of the two periods; found none of {name}; choose others")
    return joined.assign(**{dimension: joined[dimension].astype("object").fillna(UNKNOWN) for dimension in known})


def _scale(scope: Scope, name: str, before: Period) -> float:
    """Days of the later period per day of the earlier one, of counts; 1 elsewhere."""
    basis = exposure(scope, name)
    return days(scope, scope.period, basis) / days(scope, before, basis) if basis else 1.0


def _apart(mine: list[pd.Series], rest: list[pd.Series]) -> float:
    """How likely two changes of means lie so far apart by chance; 1 where too few rows tell how much they spread."""
    if min(map(len, (*mine, *rest))) < LEAST:
        return 1.0
    errors = sqrt(sum(max(float(rows.var()), 1 / (len(rows) + 1) ** 2) / len(rows) for rows in (*mine, *rest)))
    distance = (mine[1].mean() - mine[0].mean()) - (rest[1].mean() - rest[0].mean())
    return erfc(abs(float(distance)) / errors / sqrt(2))
