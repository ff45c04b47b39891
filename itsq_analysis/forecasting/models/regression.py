"""Calendar regression: trend, weekday and time of year as smooth waves, all series at once.

Counts of a day and shorter are fitted twice: as counts (quasi-Poisson with a log link, so that effects multiply) and on the
square-root scale, where their spread does not depend on their level (effects lie between adding and multiplying, and a median may
be turned back as it is). On longer steps, where the trend is what matters, a log link would let it grow without bounds.
Other values that are never negative are fitted on the square-root scale alone, those below zero as they are. Old values are
forgotten slowly. What the last weeks lay above the fit is carried on in part. Which scale, how many waves and how much is carried
on is weighed by what would have forecast the last origins best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from itsq_analysis.forecasting.models.contract import Task
from itsq_analysis.forecasting.models.count_regression import fit_counts, median_of
from itsq_analysis.forecasting.models.design import Basis, Products, season_of, steps_per_year, told_by
from itsq_analysis.forecasting.origins import weigh
from itsq_analysis.forecasting.panel import Array, Bools, right_aligned
from itsq_analysis.forecasting.steps import DAY

WAVES = (0, 2, 5)  # of the year
FOLLOW = ((0.0, 1), (0.6, 28), (1.0, 14))  # share that is carried on, and the steps over which the departure is averaged
LONGEST_FOLLOW = 28
FITS = 5  # times, at least, at which counts are fitted for the earlier origins
CELLS = 2_000_000  # series × columns × fits up to which there are more of them
FEWEST_YEARS = 1.1  # of history before the time of year is told
LEAST = 0.02  # ridge on trend and waves, as a share of the history
LEAST_SLOT = 0.3  # ridge on the slots of the season, as so many values
CHUNK = 5_000_000  # cells of a block


def predict_each(tasks: Sequence[Task], _seed: int = 0, /) -> list[Array]:
    """Medians of every task, offsets × series × horizon."""
    counting = [_counts(task) for task in tasks]
    chosen = [place for place, counts in enumerate(counting) if counts.any()]
    counted = dict(
        zip(
            chosen,
            _counted([replace(tasks[place], panel=tasks[place].panel.rows(counting[place])) for place in chosen]),
            strict=True,
        )
    )
    answers = []
    for place, (task, variants) in enumerate(zip(tasks, _squared(tasks), strict=True)):
        for offset, paths in counted.get(place, {}).items():
            beside = variants[offset].copy()
            beside[:, counting[place]] = paths
            variants[offset] = np.concatenate([variants[offset], beside])
        answers.append(weigh(task.panel, task.horizon, task.offsets, variants))
    return answers


def _counts(task: Task) -> Bools:
    """Which series are fitted as counts."""
    panel = task.panel
    return panel.counts if 0 < panel.grid.step.minutes <= DAY else np.zeros(panel.n, dtype=bool)


def _ridge(basis: Basis) -> Array:
    """Columns × 2: as a share of the history, and as so many values."""
    ridge = np.tile([LEAST, 1e-9], (basis.width, 1))
    ridge[0, 0] = 1e-9
    ridge[2 : basis.width - 2 * basis.waves] = (0.0, LEAST_SLOT)
    return ridge


# on the square-root scale ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Origin:
    """The series of a task up to an origin."""

    task: Task
    place: int
    offset: int

    @property
    def length(self) -> int:
        return self.task.panel.length - self.offset

    @cached_property
    def bases(self) -> list[Basis]:
        """One for each number of waves; a short history has none of them."""
        per_year = steps_per_year(self.task.panel)
        long_enough = per_year > 0 and self.length >= FEWEST_YEARS * per_year
        season = season_of(self.task.panel, self.length)
        return [Basis(season, waves if long_enough else 0, per_year) for waves in WAVES]


def _squared(tasks: Sequence[Task]) -> list[dict[int, Array]]:
    """Offset -> variants × series × horizon, one dictionary a task; values below zero are fitted as they are."""
    bent = [np.where(task.panel.negative[:, None], task.panel.y, np.sqrt(np.maximum(task.panel.y, 0.0))) for task in tasks]
    origins = [_Origin(task, place, offset) for place, task in enumerate(tasks) for offset in task.wanted]
    paths: dict[tuple[int, int, Basis], Array] = {}
    for basis in dict.fromkeys(basis for origin in origins for basis in origin.bases):
        for chunk in _chunks([origin for origin in origins if basis in origin.bases]):
            for origin, path in zip(chunk, _least_squares(chunk, bent, basis), strict=True):
                paths[origin.place, origin.offset, basis] = path
    result: list[dict[int, Array]] = [{} for _ in tasks]
    for origin in origins:
        variants = np.concatenate([paths[origin.place, origin.offset, basis] for basis in origin.bases])
        keep = origin.task.panel.negative[None, :, None]
        result[origin.place][origin.offset] = np.where(keep, variants, np.maximum(variants, 0.0) ** 2)
    return result


def _chunks(origins: Sequence[_Origin]) -> Iterator[list[_Origin]]:
    """Origins as many at once as a block holds."""
    longest = max((origin.length for origin in origins), default=1)
    chunk: list[_Origin] = []
    series = 0
    for origin in origins:
        series += origin.task.panel.n
        if chunk and series * longest > CHUNK:
            yield chunk
            chunk, series = [], origin.task.panel.n
        chunk.append(origin)
    if chunk:
        yield chunk


def _least_squares(origins: Sequence[_Origin], bent: Sequence[Array], basis: Basis) -> list[Array]:
    """FOLLOW × series × horizon of each origin: least squares with forgetting and a little ridge on all but the constant."""
    length, horizon = max(origin.length for origin in origins), max(origin.task.horizon for origin in origins)
    y = np.concatenate([right_aligned(bent[origin.place][:, : origin.length], length) for origin in origins])
    sizes = [origin.task.panel.n for origin in origins]
    lengths = np.repeat([float(origin.length) for origin in origins], sizes)
    columns = basis.columns(1 - length, horizon)
    coefficients = _solved(y, columns[:length], basis, lengths)
    recent = min(length, LONGEST_FOLLOW)
    rest = y[:, -recent:] - coefficients @ columns[length - recent : length].T
    ahead = told_by(columns[length:], np.arange(1.0, horizon + 1), coefficients, lengths)
    paths = np.stack([ahead + share * _recent(rest, span)[:, None] for share, span in FOLLOW])
    ends = np.cumsum(sizes)
    return [
        paths[:, end - size : end, : origin.task.horizon] for origin, size, end in zip(origins, sizes, ends.tolist(), strict=True)
    ]


def _solved(y: Array, design: Array, basis: Basis, lengths: Array) -> Array:
    """Coefficients of the basis, series × columns. Series whose values are known at the same times share their equations."""
    forget = basis.forget(len(design))
    known = ~np.isnan(y)
    scale = np.ones((len(y), basis.width))
    scale[:, 1] = 1.0 / np.maximum(lengths, 1.0)
    right = ((np.where(known, y, 0.0) * forget) @ design) * scale
    share, least = _ridge(basis).T
    pattern = np.column_stack([np.packbits(known, axis=1), lengths.view("uint8").reshape(len(y), -1)])
    _, first, which = np.unique(pattern, axis=0, return_index=True, return_inverse=True)
    mass = known[first] * forget
    left = Products(design).weighted(mass) * scale[first, :, None] * scale[first, None, :]
    left = left + mass.sum(axis=1)[:, None, None] * np.diag(share) + np.diag(least)
    return np.asarray(np.linalg.solve(left[which.ravel()], right[..., None])[..., 0] * scale)


def _recent(rest: Array, span: int) -> Array:
    """Mean of the last departures that are known, 0 where none is."""
    last = rest[:, -span:]
    known = ~np.isnan(last)
    return np.asarray(np.where(known, last, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


# as counts ---------------------------------------------------------------------------------------------------------------


@dataclass
class _Chain:
    """The fits of a task, from its oldest origins to the present: each goes on from the one before it.

    Neighbouring origins share the fit of the oldest of them.
    """

    task: Task
    groups: list[list[int]]
    paths: dict[int, list[Array]]
    begin: Array | None = None

    def basis(self, place: int, waves: int) -> Basis:
        """Of its fit at a place of the chain."""
        panel, length = self.task.panel, self.task.panel.length - self.groups[place][-1]
        per_year = steps_per_year(panel)
        long_enough = per_year > 0 and length >= FEWEST_YEARS * per_year
        return Basis(season_of(panel, length), waves if long_enough else 0, per_year)


def _chain(task: Task) -> _Chain:
    newest, *earlier = task.wanted
    panel = task.panel
    fits = min(max(CELLS // max(panel.n * panel.length, 1), FITS), len(earlier))
    parts = [part.tolist() for part in np.array_split(np.array(earlier, dtype=int), fits)] if earlier else []
    return _Chain(task, [[newest], *parts][::-1], {offset: [] for offset in task.wanted})


def _counted(tasks: Sequence[Task]) -> list[dict[int, Array]]:
    """Offset -> variants × series × horizon of tasks whose series are counts, one dictionary a task."""
    chains = [_chain(task) for task in tasks]
    for waves in WAVES:
        for chain in chains:
            chain.begin = None
        for place in range(max((len(chain.groups) for chain in chains), default=0)):
            together: dict[tuple[Basis, bool], list[_Chain]] = {}
            for chain in chains:
                if place < len(chain.groups):
                    basis = chain.basis(place, waves)
                    goes_on = chain.begin is not None and chain.begin.shape[1] == basis.width
                    together.setdefault((basis, goes_on), []).append(chain)
            for (basis, goes_on), same in together.items():
                _fit_next(same, place, basis, goes_on=goes_on)
    return [{offset: np.stack(paths) for offset, paths in chain.paths.items()} for chain in chains]


def _fit_next(chains: Sequence[_Chain], place: int, basis: Basis, *, goes_on: bool) -> None:
    """Fit the origins at a place of several chains at once, and tell what each of them says."""
    oldest = [chain.groups[place][-1] for chain in chains]
    seen = [chain.task.panel.length - offset for chain, offset in zip(chains, oldest, strict=True)]
    sizes, length = [chain.task.panel.n for chain in chains], max(seen)
    y = np.concatenate([right_aligned(chain.task.panel.y[:, :own], length) for chain, own in zip(chains, seen, strict=True)])
    turn = np.repeat(np.stack([basis.turn(own, offset) for own, offset in zip(seen, oldest, strict=True)]), sizes, axis=0)
    begin = np.concatenate([chain.begin for chain in chains if chain.begin is not None]) if goes_on else None
    horizon = max(chain.task.horizon + offset - chain.groups[place][0] for chain, offset in zip(chains, oldest, strict=True))
    columns = basis.columns(1 - max(length, LONGEST_FOLLOW), horizon)
    past = columns[len(columns) - horizon - length : len(columns) - horizon]
    fitted, dispersion = fit_counts(y, past, basis.forget(length), _ridge(basis), begin, turn)
    clock = np.arange(1.0 - LONGEST_FOLLOW, horizon + 1)
    coefficients = np.einsum("nij,nj->ni", turn, fitted)
    logs = told_by(columns[-len(clock) :], clock, coefficients, np.repeat(np.array(seen, dtype=float), sizes))
    mean = np.exp(np.clip(logs, -30.0, 30.0))
    end = 0
    for chain, offset, size in zip(chains, oldest, sizes, strict=True):
        rows = slice(end, end + size)
        end += size
        chain.begin = fitted[rows]
        for origin in chain.groups[place]:
            now = LONGEST_FOLLOW + offset - origin
            ahead = mean[rows, now : now + chain.task.horizon]
            chain.paths[origin] += _followed(chain.task, origin, mean[rows, now - LONGEST_FOLLOW : now], ahead, dispersion[rows])


def _followed(task: Task, origin: int, past: Array, ahead: Array, dispersion: Array) -> list[Array]:
    """Medians ahead, at the level that the last steps had over what was fitted to them."""
    length = task.panel.length - origin
    y = right_aligned(task.panel.y[:, max(length - LONGEST_FOLLOW, 0) : length], LONGEST_FOLLOW)
    known = ~np.isnan(y)
    seen, fitted = np.where(known, y, 0.0), np.where(known, past, 0.0)
    paths = []
    for share, span in FOLLOW:
        above, below = seen[:, -span:].sum(axis=1), fitted[:, -span:].sum(axis=1)
        lift = ((above + dispersion + 1e-9) / (below + dispersion + 1e-9)) ** share
        paths.append(median_of(ahead * lift[:, None], dispersion))
    return paths
