"""What happened before an event: changes, deployments and outages, by how unusual it is that they lie before it.

Nearness proves little: on a service that is changed ten times a day, a change lies before everything. So of each happening two
things are asked of the past. How often does one of its kind lie so near by chance? And how often did those of its kind bring so
large an excess, against any other day? Kinds that are rare, or that brought such excesses before, come first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from itsq_analysis.anomaly.explain.expectation import Array, Expected
from itsq_analysis.errors import ForecastError

BEFORE = 3  # days before the event that are looked at
FOLLOWS = 3  # days in which an excess follows a happening
SO_LARGE = 0.5  # of the event's size in standard deviations, at least LEAST: that is so large an excess
LEAST = 2.5
BORROWED = 4.0  # happenings of the wider kind that weigh as much as one kind's own
HARDLY = 0.002  # of happenings of any kind that nothing is known of, the share that brings so large an excess
ALPHA = 0.05
COLUMNS = (
    "kind", "id", "at", "service", "what", "outcome", "days_before",
    "alike", "per_month", "followed", "usually", "chance", "weight", "unusual",
)  # fmt: skip
NEEDED = ("kind", "id", "at", "service", "what", "outcome")


@dataclass(frozen=True)
class Courses:
    """The series of the services: days, names, and what was expected of them before the event.

    Attributes:
        days: of the rows.
        names: of the columns: services; "" is the whole.
        expected: counts and means, days x services.
        first: row of the event's first day.
    """

    days: pd.DatetimeIndex
    names: tuple[str, ...]
    expected: Expected
    first: int

    def deviation(self) -> Array:
        """Standard deviations by which the largest mean of 1 to 3 days from each day on lies above expectation."""
        spread = self.expected.spread(self.first, 1)
        counts, mean = self.expected.counts, self.expected.mean
        best = np.full(counts.shape, -np.inf)
        for width in range(1, FOLLOWS + 1):
            sums = _ahead(counts - mean, width)
            scale = np.sqrt(np.maximum(_ahead(mean, width), 0.5) * spread)
            best = np.fmax(best, sums / scale)
        best[: self.expected.known_from] = np.nan
        return best


def precedents(
    happenings: pd.DataFrame, courses: Courses, services: tuple[str, ...], end: pd.Timestamp, *, size: float, alpha: float = ALPHA
) -> pd.DataFrame:
    """Happenings in the days before an event's end, the most telling first.

    Args:
        happenings: kind ("change", "outage", ...), id, at (naive local time at which it took effect), service (missing: the whole),
            what (such as the type of a change), outcome (missing = plain); all that are known, older ones too: the base rate.
        courses: daily counts of the services with what was expected; the event begins at `courses.first`.
        services: those affected; () is all.
        end: last day of the event that something may lie before: its first day, or its peak's.
        size: standard deviations by which the event lies above expectation.
        alpha: of `unusual`, over all kinds of happenings in the window (Bonferroni).

    Returns:
        kind, id, at, service, what, outcome, days_before (whole days to the event's first day, 0 = the same); alike (earlier
        ones of the same kind: same service, what and outcome), per_month (how often), followed (how many of them were followed by
        so large an excess within 3 days), usually (share of all days of that service that are), chance (that one of its kind lies
        so near by chance), weight (share of the belief that it brought the event, 0-1, given that one of these or none did),
        unusual (the chance is small even over all kinds looked at).

    Raises:
        ForecastError: happenings lack a column.
    """
    missing = [name for name in NEEDED if name not in happenings]
    if missing:
        raise ForecastError(f"happenings must have the columns {', '.join(NEEDED)}; found no {', '.join(missing)}; add them")
    start = courses.days[courses.first]
    known = happenings[happenings["at"].notna() & (happenings["at"] < end.normalize() + pd.Timedelta(days=1))].copy()
    known["day"], known["service"] = known["at"].dt.normalize(), known["service"].fillna("")
    known["class"] = _classes(known)
    near = known["day"] >= start - pd.Timedelta(days=BEFORE)
    near &= known["service"].isin(services) | (len(services) == 0)
    earlier = _judged(known[known["day"] < start - pd.Timedelta(days=BEFORE)], courses, max(LEAST, SO_LARGE * size))
    rows = [_row(happening, earlier, start) for _, happening in known[near].iterrows()]
    return _ranked(rows, alpha)


@dataclass(frozen=True)
class _Earlier:
    """Earlier happenings, whether a large excess followed each, how often one follows any day, and the days looked back over."""

    rows: pd.DataFrame
    usually: dict[str, float]
    days: int

    def propensity(self, happening: pd.Series) -> float:
        """Share of such happenings that bring a large excess, beyond what any day does; borrowed from wider kinds where few."""
        believed = HARDLY
        same = self.rows["kind"] == happening["kind"]
        for columns in ((), ("outcome",), ("what", "outcome"), ("what", "outcome", "service")):
            chosen = same.copy()
            for column in columns:
                chosen &= _text(self.rows[column]) == ("" if pd.isna(happening[column]) else str(happening[column]))
            part = self.rows[chosen]
            brought = float((part["followed"] - part["usually"]).sum())
            believed = max((brought + BORROWED * believed) / (len(part) + BORROWED), HARDLY * BORROWED / (len(part) + BORROWED))
        return believed


def _judged(earlier: pd.DataFrame, courses: Courses, threshold: float) -> _Earlier:
    large = courses.deviation() >= threshold
    known = ~np.isnan(courses.deviation()[:, 0]) & (np.arange(len(courses.days)) <= courses.first - FOLLOWS)
    share = large[known].mean(axis=0) if known.any() else np.zeros(len(courses.names))
    usually = dict(zip(courses.names, share.tolist(), strict=True))
    row = courses.days.get_indexer(pd.DatetimeIndex(earlier["day"]).as_unit("us"))
    column = np.array(
        [courses.names.index(name) if name in courses.names else -1 for name in earlier["service"].astype("str")], dtype=int
    )
    inside = (row >= 0) & (column >= 0)
    inside[inside] &= known[row[inside]]
    rows = earlier[inside].assign(followed=large[row[inside], column[inside]])
    rows["usually"] = [usually[name] for name in rows["service"].astype("str")]
    return _Earlier(rows, usually, int(known.sum()))


def _row(happening: pd.Series, earlier: _Earlier, start: pd.Timestamp) -> dict[str, object]:
    alike = earlier.rows[earlier.rows["class"] == happening["class"]]
    gap = max((start - happening["day"]).days, 0)
    rate = (len(alike) + 0.5) / max(earlier.days, 1)
    return {
        "kind": happening["kind"],
        "id": happening["id"],
        "at": happening["at"],
        "service": happening["service"],
        "what": happening["what"],
        "outcome": happening["outcome"],
        "days_before": gap,
        "alike": len(alike),
        "per_month": 30.0 * len(alike) / max(earlier.days, 1),
        "followed": int(alike["followed"].sum()),
        "usually": earlier.usually.get(str(happening["service"]), np.nan),
        "chance": float(-np.expm1(-rate * (gap + 1))),
        "weight": earlier.propensity(happening),
    }


def _ranked(rows: list[dict[str, object]], alpha: float) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "unusual"])
    kinds = len(set(_classes(frame)))
    base = frame["usually"].fillna(0.0).mean() / FOLLOWS if len(frame) else 0.0
    total = float(frame["weight"].sum()) + max(float(base), HARDLY)
    frame["weight"] = frame["weight"].astype(float) / total
    frame["unusual"] = frame["chance"].astype(float) <= alpha / max(kinds, 1)
    return frame.sort_values(["weight", "chance", "id"], ascending=[False, True, True], kind="stable", ignore_index=True)[
        list(COLUMNS)
    ]


def _classes(happenings: pd.DataFrame) -> list[tuple[str, ...]]:
    """What makes two happenings the same kind of thing."""
    return list(zip(*(_text(happenings[name]) for name in ("kind", "service", "what", "outcome")), strict=True))


def _text(values: pd.Series) -> pd.Series:
    """As text; what is missing is alike, and plain."""
    return values.astype("str").fillna("")


def _ahead(values: Array, width: int) -> Array:
    """Sums of so many rows from each on; fewer at the end."""
    padded = np.vstack([values, np.zeros((width - 1, values.shape[1]))])
    total = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(padded, axis=0)])
    return np.asarray(total[width:] - total[:-width])
