"""Daily series of real services, and anomalies planted in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.forecasting.data import SHARED, uci_daily

PLANTINGS = 200
PIECES = (("2011-01-01", "2012-12-31"), ("2013-01-01", "2014-12-31"), ("2015-01-01", "2016-12-31"), ("2017-01-01", "2018-12-31"))
LEARN = 28  # days at the start that are left alone and not judged
KINDS = ("spike", "dip", "shift up", "shift down")


@dataclass(frozen=True)
class Planted:
    """Series with anomalies.

    Attributes:
        frame: unique_id, ds, y.
        truth: unique_id, kind, start, end (first and last day that was changed), size.
        holidays: unique_id -> frame of ds and name, the real ones and the planted ones.
        clean: the same series before anything was planted.
    """

    frame: pd.DataFrame
    truth: pd.DataFrame
    holidays: dict[str, pd.DataFrame]
    clean: pd.DataFrame


def carriers() -> dict[str, tuple[pd.DataFrame, str]]:
    """name -> a regular daily series (ds, y) and its country."""
    found = {
        f"UCI {name}": (part[["ds", "y"]].reset_index(drop=True), "BR") for name, part in uci_daily().frame.groupby("unique_id")
    }
    rows = pd.read_csv(SHARED / "vancouver_311_contact_centre.csv", sep=";", encoding="utf-8-sig", parse_dates=["Date"])
    rows = rows.set_index("Date").sort_index()
    for column in ("CallsOffered", "CallsHandled"):
        for first, last in PIECES:
            part = rows.loc[first:last, column].asfreq("D").rename("y").rename_axis("ds").reset_index()
            found[f"Vancouver {column} {first[:4]}"] = (part, "CA-BC")
    return found


def plant(seed: int = 0) -> Planted:
    """200 anomalies of 1.3× to 5×: half of them lasting one or two days, half shifts of 7 to 14 days; and holidays."""
    generator = np.random.default_rng(seed)
    sources = carriers()
    names = sorted(sources)
    frames, clean, truth, holidays = [], [], [], {}
    count = 0
    copy = 0
    while count < PLANTINGS:
        name = names[copy % len(names)]
        series, country = sources[name]
        unique = f"{name} #{copy // len(names)}"
        each = min(2 if len(series) < 200 else 6, PLANTINGS - count)
        y, marks, days = _one(series, each, generator)
        truth += [{"unique_id": unique, **mark} for mark in marks]
        frames.append(pd.DataFrame({"unique_id": unique, "ds": series["ds"], "y": y}))
        clean.append(pd.DataFrame({"unique_id": unique, "ds": series["ds"], "y": series["y"]}))
        holidays[unique] = _calendar(country, series, days)
        count += each
        copy += 1
    return Planted(pd.concat(frames, ignore_index=True), pd.DataFrame(truth), holidays, pd.concat(clean, ignore_index=True))


def _one(series: pd.DataFrame, each: int, generator: np.random.Generator) -> tuple[np.ndarray, list[dict], list[pd.Timestamp]]:
    """A copy with so many anomalies, each in its own stretch, and one planted holiday in a stretch of its own."""
    y = series["y"].to_numpy(dtype=float).copy()
    bounds = np.linspace(LEARN, len(y), each + 2).astype(int)
    parts = generator.permutation(each + 1)
    marks = []
    for place in parts[:each]:
        kind = KINDS[generator.integers(4)]
        length = int(generator.integers(7, 15)) if kind.startswith("shift") else int(generator.integers(1, 3))
        low, high = bounds[place], bounds[place + 1] - length - 3
        start = int(generator.integers(low, max(high, low + 1)))
        size = float(np.exp(generator.uniform(np.log(1.3), np.log(5))))
        factor = size if kind in ("spike", "shift up") else 1 / size
        span = slice(start, start + length)
        y[span] = np.rint(y[span] * factor)
        last = min(start + length, len(y)) - 1
        marks.append({"kind": kind, "start": series["ds"].iloc[start], "end": series["ds"].iloc[last], "size": size})
    low, high = bounds[parts[-1]], bounds[parts[-1] + 1]
    weekdays = [day for day in range(low, high) if series["ds"].iloc[day].dayofweek < 5]
    day = int(generator.choice(weekdays))
    y[day] = np.rint(0.2 * y[day])
    return y, marks, [series["ds"].iloc[day]]


def _calendar(country: str, series: pd.DataFrame, planted: list[pd.Timestamp]) -> pd.DataFrame:
    from itsq_analysis.forecasting.calendar import special_days

    first, last = series["ds"].iloc[0].date(), series["ds"].iloc[-1].date()
    known = {
        day: name for day, (kind, name) in special_days(country, first, last, last).days.items() if kind in ("public", "optional")
    }
    known |= {day.date(): "planted holiday" for day in planted}
    return pd.DataFrame({"ds": pd.to_datetime(sorted(known)), "name": [known[day] for day in sorted(known)]})
