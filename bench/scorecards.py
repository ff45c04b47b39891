"""How often a scorecard calls an indicator changed while nothing changes.

Run: `python -m bench scorecards`. The drawn scorecards are of 40 indicators over 25 months each: shares of 20 to 2,000 cases, whose level
also differs between months, volumes per day, and medians of durations. The organisations are those of tests/page/quiet.py, whose
scorecards are worked out from their tables.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.results import aim
from itsq_analysis.indicators.scorecard.changed import changes, discovery_limit
from itsq_analysis.indicators.trends import LONG, SHORT, mann_kendall
from itsq_analysis.process import Kind, judge_process
from itsq_analysis.settings.scorecard import ScorecardSettings
from tests.page.quiet import Plant, quiet

DRAWN, INDICATORS, MONTHS = 1000, 40, 25
QUIET, PLANTED = 100, 20  # organisations
RATE = ScorecardSettings().false_changes
PLANTS = {"half as much work again in the last month": Plant(volume=1.5)}


def measure() -> str:
    """A table: what was planted, scorecards, those that call any indicator changed, and indicators called changed on average."""
    drawn = [drawn_changes(seed) for seed in range(DRAWN)]
    nothing = [_called(seed) for seed in range(QUIET)]
    rows = [_row(f"nothing, {INDICATORS} indicators drawn", drawn), _row("nothing, organisations", nothing)]
    rows += [_row(f"{name}, organisations", [_called(seed, plant) for seed in range(PLANTED)]) for name, plant in PLANTS.items()]
    head = "| planted | scorecards | with a change | indicators called changed, mean |\n|---|--:|--:|--:|"
    shares = [sum(called > 0 for called in one) / len(one) for one in (drawn, nothing)]
    text = f"of the scorecards in which nothing changes, at most {RATE:.0%} call anything changed, found {shares[0]:.1%} of those drawn and"
    text += f" {shares[1]:.1%} of the organisations"
    return "\n".join(["## Scorecards in which nothing changes", "", head, *rows, "", aim(text, reached=max(shares) <= RATE)])


def drawn_changes(seed: int, indicators: int = INDICATORS) -> int:
    """Indicators called changed on one scorecard of drawn numbers in which nothing changes."""
    draw = np.random.default_rng(seed)
    tested: list[float] = []
    for place in range(indicators):
        kind, frame = _drawn(draw, place)
        judged = judge_process(frame[:-1], frame.iloc[-1], target=None, better="none", kind=kind, floor=0.0)
        tested.append(judged.chance if judged.signal else 1.0)
        values = frame["value"].to_list()
        tested.append(min(1.0, 2 * min(mann_kendall(values[-SHORT:])[1], mann_kendall(values[-max(LONG, MONTHS) :])[1])))
    limit = discovery_limit(tested, RATE)
    return sum(min(tested[place : place + 2]) <= limit for place in range(0, len(tested), 2))


def _drawn(draw: np.random.Generator, place: int) -> tuple[Kind, pd.DataFrame]:
    labels = [f"{month:02}" for month in range(MONTHS)]
    if place % 3 == 0:
        n = draw.poisson(np.exp(draw.uniform(np.log(20), np.log(2000))), MONTHS) + 1
        share, spread = draw.uniform(0.02, 0.98), draw.choice([0.0, 0.02])
        level = np.clip(draw.normal(share, spread, MONTHS), 0.001, 0.999)
        return "proportion", pd.DataFrame({"period": labels, "value": draw.binomial(n, level) / n, "n": n.astype(float)})
    if place % 3 == 1:
        days = draw.integers(18, 24, MONTHS).astype(float)
        spread = float(draw.choice([0.0, 0.1]))
        rate = np.exp(draw.uniform(np.log(0.2), np.log(80))) * (draw.gamma(1 / spread**2, spread**2, MONTHS) if spread else 1.0)
        return "rate", pd.DataFrame({"period": labels, "value": draw.poisson(rate * days) / days, "n": days})
    cases, sigma = int(np.exp(draw.uniform(np.log(20), np.log(500)))), draw.uniform(0.5, 1.5)
    medians = np.median(draw.lognormal(1.0, sigma, (MONTHS, cases)), axis=1)
    return "individuals", pd.DataFrame({"period": labels, "value": medians, "n": float(cases)})


def _called(seed: int, plant: Plant | None = None) -> int:
    return len(changes(quiet(seed, plant, MONTHS).scope))


def _row(name: str, called: list[int]) -> str:
    some = sum(number > 0 for number in called)
    return f"| {name} | {len(called):,} | {some} ({some / len(called):.1%}) | {sum(called) / len(called):.2f} |"
