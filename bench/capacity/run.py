"""`python -m bench capacity`: time to threshold on simulated disks and data-centre traces, against peers in the same run."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import version

import numpy as np
import pandas as pd

from bench.capacity.cases import disk_cases, trace_cases
from bench.capacity.methods import Array, Method, ours, peers
from bench.capacity.oracle import oracle
from bench.capacity.scores import Case, covered, difference, pinball, quantiles_of
from itsq_analysis.capacity import time_to_threshold

DEVELOPMENT, TEST = (1, 11, 12, 13, 14), (2,)  # seeds of disks; what was chosen was chosen on the first
COUNT = 500  # disks a seed
TURNS = 1  # origins of a disk, going round from disk to disk
OURS = "itsq"
ORACLE = "an oracle that knows each disk's process (a bound, no peer)"
WORKERS = 2
TRACES = (
    "The traces have no development half, and the cases are alike: a few columns, each with four limits on origins whose histories and "
    "futures overlap. The interval therefore draws whole columns."
)


def measure() -> str:
    """The block of RESULTS.md."""
    title = "Data-centre traces, hourly maxima, limits at the 95th and 99th percentile of the past, its maximum, and beyond"
    return "\n\n".join(
        [f"## Time to threshold\n\n{legend()}", disks(TEST, "test"), section(title, trace_cases(), "h", TRACES), _speed()]
    )


def legend() -> str:
    """What the tables say."""
    return (
        f"statsmodels {version('statsmodels')}; {os.cpu_count()} cores. The limit is reached at the first step whose "
        "value is at or beyond it; T is that step, or the horizon + 1. Pinball loss: mean over the 10, 50 and 90 % quantiles of T, in "
        'steps. Coverage of the 80 % interval: by the probability integral transform, which counts lumps (such as "not within the '
        'horizon") in proportion; `bench/capacity/scores.py` defines both. Every setting of a peer is shown; skill is against the '
        "best of them, whose own share of luck in being the best is not taken off."
    )


def disks(seeds: Sequence[int], which: str, count: int = COUNT) -> str:
    """The section of simulated disks of some seeds."""
    title = f"{count * len(seeds)} simulated disks ({which} seeds), daily, {TURNS} of five origins each in turn, 180 days ahead"
    return section(title, [case for seed in seeds for case in disk_cases(seed, count, TURNS)], "D", bound=partial(oracle))


def section(title: str, cases: Sequence[Case], freq: str, note: str = "", bound: Method | None = None) -> str:
    """A set of cases: every method, ours against the best peer by kind, and a bound that no method can reach."""
    methods: dict[str, Method] = {
        OURS: partial(ours, freq=freq),
        **peers(freq, (28, 90, 10_000) if freq == "D" else (24, 72, 10_000)),
    }
    scores = {name: _scores(cases, _shared(method, cases)) for name, method in methods.items()}
    best = min((name for name in scores if name != OURS), key=lambda name: scores[name]["loss"].mean())
    target = scores[best]["loss"].mean()
    if bound is not None:
        scores[ORACLE] = _scores(cases, _shared(bound, cases))
    rows = [
        f"| {name} | {found['loss'].mean():.2f} | {1 - found['loss'].mean() / target:+.1%} | {found['covered'].mean():.1%} | {found['plain'].mean():.1%} |"
        for name, found in scores.items()
    ]
    kinds = pd.DataFrame(
        {
            "cases": scores[OURS].groupby("kind").size(),
            "reached": scores[OURS].groupby("kind")["reached"].mean(),
            "itsq": scores[OURS].groupby("kind")["loss"].mean(),
            "best": scores[best].groupby("kind")["loss"].mean(),
            "covered": scores[OURS].groupby("kind")["covered"].mean(),
        }
    )
    lines = [
        f"| {kind} | {row.cases:.0f} | {row.reached:.0%} | {row.itsq:.2f} | {row.best:.2f} | {row.covered:.0%} |"
        for kind, row in kinds.iterrows()
    ]
    return "\n".join(
        [
            *(
                f"### {title}",
                "",
                f"{len(cases)} cases, in {scores[OURS]['reached'].mean():.0%} of them the limit was reached.",
                "",
            ),
            *((note, "") if note else ()),
            *("| | pinball loss | against the best peer | coverage of 80 % | q10 ≤ T ≤ q90 |", "|---|--:|--:|--:|--:|", *rows, ""),
            difference(scores[OURS]["loss"], scores[best]["loss"], [_unit(case) for case in cases]),
            "",
            *(f"| | cases | reached | itsq | {best} | coverage of itsq |", "|---|--:|--:|--:|--:|--:|", *lines),
        ]
    )


def _unit(case: Case) -> str:
    """What chance draws as one: a disk, or a column of a trace."""
    return "-".join(case.series.split("-")[:2])


def _shared(method: Method, cases: Sequence[Case]) -> list[Array]:
    """A method over all cases, in a few processes where it can be sent to them."""
    if not isinstance(method, partial):
        return method(cases)
    halves = [cases[start::WORKERS] for start in range(WORKERS)]
    with ProcessPoolExecutor(WORKERS) as pool:
        found = list(pool.map(method, halves))
    return [found[place % WORKERS][place // WORKERS] for place in range(len(cases))]


def _scores(cases: Sequence[Case], reached: Sequence[Array]) -> pd.DataFrame:
    rows = []
    for case, one in zip(cases, reached, strict=True):
        quantiles = quantiles_of(one)
        plain = quantiles[0] <= case.truth <= quantiles[2]
        rows.append((case.kind, pinball(quantiles, case.truth), covered(one, case.truth), plain, case.truth <= case.horizon))
    return pd.DataFrame(rows, columns=["kind", "loss", "covered", "plain", "reached"])


def _speed(series: int = 100, days: int = 730) -> str:
    rng = np.random.default_rng(0)
    stamps = pd.date_range("2024-01-01", periods=days)
    frame = pd.concat(
        [
            pd.DataFrame({"unique_id": str(one), "ds": stamps, "y": 100 + np.cumsum(rng.normal(0.1, 1, days))})
            for one in range(series)
        ]
    )
    started = time.process_time()
    time_to_threshold(frame, 250.0, horizon=365)
    each = (time.process_time() - started) / series
    return (
        f"### Speed\n\n{series} series of {days} days, 365 days ahead, 500 paths, one core: {each * 1000:.0f} ms of CPU a series."
    )
