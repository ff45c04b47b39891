"""Tickets made for tests of explanations: known rates, known members, known excess."""

import numpy as np
import pandas as pd

WEEK = np.array([1.2, 1.1, 1.0, 1.0, 0.95, 0.25, 0.15])
DAYS = pd.date_range("2025-06-02", periods=300, freq="D")


def noise(seed: int, daily: float = 80, services: int = 8) -> pd.DataFrame:
    """Tickets of 300 days with a week, days that are busy as a whole, and no event: group follows service, the rest is chance."""
    rng = np.random.default_rng(seed)
    busy = rng.normal(1, 0.06, len(DAYS)).clip(0.5)
    share = rng.dirichlet(np.ones(services) * 2)
    rate = (daily * WEEK[DAYS.day_of_week] * busy)[:, None] * share * rng.normal(1, 0.1, (len(DAYS), services)).clip(0.4)
    counts = rng.poisson(rate)
    day = np.repeat(np.repeat(np.arange(len(DAYS)), services), counts.ravel())
    service = np.repeat(np.tile(np.arange(services), len(DAYS)), counts.ravel())
    n = len(day)
    return pd.DataFrame(
        {
            "ds": DAYS[day],
            "service": np.char.add("s", service.astype(str)),
            "group": np.char.add("g", ((service // 2 + (rng.random(n) < 0.2)) % 4).astype(str)),
            "category": rng.choice(["net", "disk", "login", "print"], n),
            "priority": rng.choice(["1", "2", "3", "4"], n, p=[0.02, 0.08, 0.5, 0.4]),
        }
    )


def with_more(tickets: pd.DataFrame, days: list[int], each: int, **members: str) -> pd.DataFrame:
    """So many tickets more on each of some days, of the members named and else drawn as theirs are."""
    rng = np.random.default_rng(1)
    alike = np.logical_and.reduce([tickets[name] == member for name, member in members.items()])
    drawn = tickets[alike] if alike.any() else tickets
    more = drawn.iloc[rng.integers(0, len(drawn), each * len(days))].copy()
    more["ds"] = np.repeat(DAYS[days], each)
    for name, member in members.items():
        more[name] = member
    return pd.concat([tickets, more], ignore_index=True)


def moments(seed: int = 0) -> pd.Series:
    """When the tickets of one service of `noise` were opened: between 8 and 18 o'clock."""
    tickets = noise(seed)
    day = tickets.loc[tickets["service"] == "s0", "ds"]
    minute = np.random.default_rng(seed).integers(8 * 60, 18 * 60, len(day))
    return (day + pd.to_timedelta(minute, unit="min")).reset_index(drop=True)


def daily(seed: int, factors: dict[int, float], level: float = 40) -> pd.DataFrame:
    """Poisson counts with a week; from a day on at another level."""
    rate = level * WEEK[DAYS.day_of_week]
    for day, factor in factors.items():
        rate = np.where(np.arange(len(DAYS)) >= day, level * factor * WEEK[DAYS.day_of_week], rate)
    return pd.DataFrame({"unique_id": "mail", "ds": DAYS, "y": np.random.default_rng(seed).poisson(rate).astype(float)})
