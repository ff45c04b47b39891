"""Where the errors lie: ordinary days against public holidays and the days beside them, and near against far."""

from __future__ import annotations

import holidays
import pandas as pd

from bench.forecasting.datasets import Dataset
from bench.forecasting.tables import Results, joined


def split(data: Dataset, results: Results) -> pd.DataFrame:
    """WAPE per model on ordinary days, on public or optional holidays, on bridge days, in the first and last third of the horizon."""
    truth = data.truth()
    kinds = _kinds(data, truth["ds"])
    step = truth.groupby(["unique_id", "cutoff"]).cumcount() / data.horizon
    parts = {"ordinary days": kinds == "ordinary", "holidays": kinds == "holiday", "bridge days": kinds == "bridge"}
    parts |= {"first third": step < 1 / 3, "last third": step >= 2 / 3}
    naive = results["SeasonalNaive"][0] if "SeasonalNaive" in results else None
    rows = {}
    for name, (found, _) in results.items():
        both = joined(truth, found, naive)
        error = (both["y"] - both["median"]).abs()
        rows[name] = {part: error[chosen].sum() / both["y"].abs()[chosen].sum() for part, chosen in parts.items() if chosen.any()}
    return pd.DataFrame(rows).T


def _kinds(data: Dataset, stamps: pd.Series) -> pd.Series:
    """ "holiday", "bridge" (a single weekday between a holiday and a weekend or another holiday) or "ordinary" per timestamp."""
    days = stamps.dt.normalize()
    if data.country is None:
        return pd.Series("ordinary", index=stamps.index)
    code, _, part = data.country.partition("-")
    kind = holidays.country_holidays(code).supported_categories
    wanted = tuple(one for one in ("public", "optional", "government", "bank") if one in kind)[:2]
    years = range(days.min().year, days.max().year + 1)
    off = {pd.Timestamp(day) for day in holidays.country_holidays(code, subdiv=part or None, years=years, categories=wanted)}
    free = lambda day: day in off or day.weekday() >= 5  # noqa: E731 - one line, used twice below
    near = pd.Timedelta(days=1)
    named = {}
    for day in pd.DatetimeIndex(days.unique()):
        beside = free(day - near) and free(day + near) and (day - near in off or day + near in off)
        named[day] = "holiday" if day in off else "bridge" if beside and not free(day) else "ordinary"
    return days.map(named)


def markdown(table: pd.DataFrame) -> str:
    lines = ["| WAPE | " + " | ".join(table.columns) + " |", "|---|" + "--:|" * len(table.columns)]
    lines += [f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |" for name, row in table.iterrows()]
    return "\n".join(lines)
