"""Explanations: each planted cause of the demo, and how often explanations are right or told of noise in simulated tickets.

Run: `python -m bench explanations`.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.results import aim
from itsq_analysis import Workspace, open_workspace, to_events
from itsq_analysis.anomaly.explain.change_points import change_points
from itsq_analysis.anomaly.explain.contributions import contributions
from itsq_analysis.anomaly.explain.impact import impact
from tests.anomaly.explain.made import DAYS, WEEK, noise, with_more

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
PLANTED, QUIET = 100, 200
FACTORS = (1.5, 2.0, 3.0, 5.0)
NONE = "–"
PLACED, ONLY = "place and cause", "the only change of level of the year"
NOISE, LEVEL = "where: told of 1 to 5 days of noise", "level: a change is told of noise"
MOST = {NOISE: 0.05, LEVEL: 0.01}
Row = tuple[str, str, str, str, str]  # planted, where, named first, planted size, told size


def measure() -> str:
    """Both tables."""
    demo = list(_demo())
    simulated = {name: (of, share) for made in (_where(), _noise(), _impacts(), _levels()) for name, of, share in made}
    lines = ["## Explanations", "", "### Planted causes of the demo", ""]
    lines += ["| planted | where | named first | planted size | told size (95 %) |", "|---|---|---|--:|--:|"]
    lines += [f"| {' | '.join(row)} |" for row in demo]
    lines += ["", "### Simulated tickets", "", "80 a day with a week, busy days and overdispersed services; 300 days.", ""]
    lines += ["| what | of | share |", "|---|--:|--:|"]
    lines += [f"| {name} | {of} | {share:.1%} |" for name, (of, share) in simulated.items()]
    told = {name: share for name, (_, share) in simulated.items()}
    return "\n".join([*lines, "", *_aims(demo, told)])


def _aims(demo: list[Row], told: dict[str, float]) -> Iterator[str]:
    causes = [named for _, _, named, _, _ in demo if named != NONE]
    first = sum(named in (PLACED, ONLY) for named in causes)
    yield aim(f"each planted cause in first place, found {first} of {len(causes)}", reached=first == len(causes))
    for name, most in MOST.items():
        yield "\n" + aim(f"{name}: at most {most:.0%}, found {told[name]:.1%}", reached=told[name] <= most)


def _demo() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "demo"
        shutil.copytree(SAMPLE, target, ignore=shutil.ignore_patterns("store", "reports"))
        workspace = open_workspace(target)
        workspace.load()
        planted = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["planted"]
        events = {by: to_events(workspace.detect("incidents", by=by, alarms_per_month=1 / 12)) for by in ("service", "group")}
        for one in planted["bad_changes"]:
            days = one["days"]
            yield _event(workspace, events, one, "change", one["ended_at"], days, one["extra_incidents"])
            found = workspace.impact(one["number"], days=days)
            told = f"{found.excess:.0f} ({found.lower:.0f}–{found.upper:.0f})"
            yield f"impact of {one['number']}", one["service"], NONE, str(one["extra_incidents"]), told
        outage = planted["outage"]
        yield _event(workspace, events, outage, "outage", outage["started_at"], 0, outage["incidents"])
        yield _shift(workspace, planted["level_shift"])


def _event(
    workspace: Workspace, events: dict[str, pd.DataFrame], one: dict[str, Any], kind: str, at: str, days: int, size: int
) -> Row:
    """The strongest alarm after a planted cause: whether its place and its cause come first."""
    first = pd.Timestamp(at).normalize()
    last = first + pd.Timedelta(days=days)
    near = [(by, row) for by, frame in events.items() for _, row in frame[frame["peak"].between(first, last)].iterrows()]
    if not near:
        return f"{kind} {one['number']}", one["service"], "no alarm", str(size), NONE
    by, strongest = max(near, key=lambda pair: pair[1]["score"])
    found = workspace.explain_event(strongest, by=by, together=False)
    if found is None or found.where.empty or found.before.empty:
        return f"{kind} {one['number']}", one["service"], "not explained", str(size), NONE
    line = found.where.iloc[0]
    named = {found.series, line["first_member"], line["second_member"], *line["also"].values()}
    places = "place" if one["service"] in named else "another place"
    cause = "cause" if found.before.iloc[0]["id"] == one["number"] else "another cause"
    told = f"{found.excess.size:.0f} ({found.excess.lower:.0f}–{found.excess.upper:.0f})"
    return f"{kind} {one['number']}", one["service"], f"{places} and {cause}", str(size), told


def _shift(workspace: Workspace, one: dict[str, Any]) -> Row:
    frame = workspace.series("incidents", by="service")
    frame = frame[(frame["ds"] >= "2025-11-01") & (frame["ds"] < "2026-10-31")]
    found = change_points(frame, holidays="CN", alpha=0.05 / frame["unique_id"].nunique())
    row = found.iloc[0]
    only = ONLY if len(found) == 1 else f"one of {len(found)}"
    days = f"{row['earliest']:%d %b} to {row['latest']:%d %b %Y}"
    told = f"{row['after'] / row['before']:.1f}, dated {row['at']:%d %b} ({days})"
    return f"level from {one['from'][:10]}", row["unique_id"], only, f"× {one['factor']}", f"× {told}"


def _where() -> Iterator[tuple[str, int, float]]:
    """An excess in one pair of group and category, 3 days, by its factor."""
    for factor in FACTORS:
        right = 0
        for seed in range(PLANTED):
            tickets = noise(seed)
            usual = len(tickets[(tickets["group"] == "g1") & (tickets["category"] == "login")]) / len(DAYS)
            more = with_more(tickets, [280, 281, 282], max(round(usual * (factor - 1)), 1), group="g1", category="login")
            found = contributions(more, DAYS[280], DAYS[282])
            first = set(found.iloc[0][["first_member", "second_member"]].dropna()) if len(found) else set()
            right += first == {"g1", "login"}
        yield f"where: a pair at {factor} times its usual rate is named first, exactly", PLANTED, right / PLANTED


def _noise() -> Iterator[tuple[str, int, float]]:
    told = [
        len(contributions(noise(1000 + seed), DAYS[240 + seed % 50], DAYS[240 + seed % 50 + seed % 5])) > 0 for seed in range(QUIET)
    ]
    yield NOISE, QUIET, float(np.mean(told))


def _impacts() -> Iterator[tuple[str, int, float]]:
    held = []
    for seed in range(QUIET):
        tickets = noise(2000 + seed)
        rng = np.random.default_rng(seed)
        day = tickets.loc[tickets["service"] == "s0", "ds"]
        moments = day + pd.to_timedelta(rng.integers(8 * 60, 18 * 60, len(day)), unit="min")
        found = impact(moments, DAYS[int(rng.integers(100, 290))] + pd.Timedelta(hours=int(rng.integers(24))), until=DAYS[-1])
        held.append(found.lower <= 0 <= found.upper)
    yield "impact: the 95 % interval holds 0 where nothing was changed", QUIET, float(np.mean(held))


def _levels() -> Iterator[tuple[str, int, float]]:
    told = [len(change_points(_daily(3000 + seed, 1.0))) > 0 for seed in range(QUIET)]
    yield LEVEL, QUIET, float(np.mean(told))
    found = [change_points(_daily(4000 + seed, 1.3)) for seed in range(PLANTED)]
    held = [bool(((one["earliest"] <= DAYS[150]) & (DAYS[150] <= one["latest"])).any()) for one in found if len(one)]
    yield "level: a rise by 30 % is found", PLANTED, float(np.mean([len(one) > 0 for one in found]))
    yield "level: its 95 % interval of dates holds the day", len(held), float(np.mean(held))


def _daily(seed: int, factor: float) -> pd.DataFrame:
    """Counts with a week, from day 150 on at so many times the level."""
    rate = 40 * WEEK[DAYS.day_of_week] * np.where(np.arange(len(DAYS)) >= 150, factor, 1.0)
    return pd.DataFrame({"unique_id": "mail", "ds": DAYS, "y": np.random.default_rng(seed).poisson(rate).astype(float)})
