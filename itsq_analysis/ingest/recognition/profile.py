"""What the columns of an export hold: how many texts, how many different ones, whether times, numbers or words."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import numpy as np
from numpy.typing import NDArray

from itsq_analysis.ingest.durations import is_duration_sql
from itsq_analysis.ingest.time_texts import oddities, tidied
from itsq_analysis.ingest.times import FIRST_YEAR, epoch_micros, local_micros, usual_formats, zoned_micros
from itsq_analysis.store import literal, quoted

WORDS = 60  # different texts of a column that are kept
SAMPLE = 20_000  # rows whose times are compared
DATED = r"\d{1,4}[^\d]{1,12}\d{1,4}|\d{8}|\d{1,2}[^\d]+\d{4}"  # what stands in every date
LONGEST = 45  # characters of a date
FEW = 0.05
MOSTLY = 0.8  # share of a column's texts that are of its kind
DAY = 86_400e6
YEAR = 365.25 * DAY


@dataclass(frozen=True)
class Profile:
    """A column of an export.

    Attributes:
        place: position in the file.
        header: its name there.
        filled: rows with a text.
        distinct: different texts.
        words: the commonest texts -> rows.
        kind: "time", "epoch", "serial", "clock" (a time of day), "duration", "number", "text" or "empty".
        times: microseconds since 1970 of the first rows, NaN where there is none; day first, and month first.
        open_order: whether a text can be read day first and month first.
    """

    place: int
    header: str
    filled: int
    distinct: int
    words: dict[str, int]
    kind: str
    times: tuple[NDArray[np.float64], NDArray[np.float64]] = field(default=(np.empty(0), np.empty(0)), repr=False)

    @property
    def is_day(self) -> bool:
        """Whether its times are days, without a time of day."""
        known = self.times[0][~np.isnan(self.times[0])]
        return self.kind == "time" and known.size > 0 and bool(np.all(known % DAY == 0))

    @property
    def is_time(self) -> bool:
        """Whether its texts are times, of whatever form."""
        return self.kind in ("time", "epoch", "serial")


def profiles(
    connection: duckdb.DuckDBPyConnection, relation: str, headers: tuple[str, ...], missing: tuple[str, ...]
) -> list[Profile]:
    """The profiles of a relation's columns c0, c1, …; `missing` texts count as none."""
    marks = ", ".join(
        "'" + mark.replace("'", "''") + "'" for mark in ("", "-", "--", "?", "NULL", "null", "None", "N/A", "nan", *missing)
    )
    found = []
    for place, header in enumerate(headers):
        text = f"CASE WHEN trim(c{place}) NOT IN ({marks}) THEN trim(c{place}) END"
        view = quoted(f"profiled {place}")
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {text} AS t, _row FROM {quoted(relation)}")
        [(filled, distinct)] = connection.execute(f"SELECT count(t), count(DISTINCT t) FROM {view}").fetchall()
        words = dict(
            connection.execute(
                f"SELECT t, count(*) FROM {view} WHERE t IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {WORDS}"
            ).fetchall()
        )
        kind, times = _kind(connection, f"profiled {place}") if filled else ("empty", (np.empty(0), np.empty(0)))
        found.append(Profile(place, header, int(filled), int(distinct), words, kind, times))
    return found


def _kind(connection: duckdb.DuckDBPyConnection, view: str) -> tuple[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    name = quoted(view)
    [(filled, clocks, numbers, epochs, zeros, serials, stamps, durations, dated)] = connection.execute(
        "SELECT count(t), count(*) FILTER (regexp_full_match(t, '[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?')), "
        "count(*) FILTER (regexp_full_match(t, '[+-]?[0-9]+([.,][0-9]+)*%?')), "
        "count(*) FILTER (regexp_full_match(t, '1[0-9]{9}([.][0-9]+)?|1[0-9]{12}')), count(*) FILTER (t = '0'), "
        "count(*) FILTER (regexp_full_match(t, '[34][0-9]{4}([.][0-9]+)?')), "
        "count(*) FILTER (regexp_full_match(t, '(19|20)[0-9]{6}([0-9]{4,6})?')), "
        f"count(*) FILTER ({is_duration_sql('t')}), "
        f"count(*) FILTER (regexp_matches(t, {literal(DATED)}) AND length(t) < {LONGEST}) "
        f"FROM (SELECT t FROM {name} WHERE t IS NOT NULL LIMIT {SAMPLE})"
    ).fetchall()
    if clocks >= MOSTLY * filled:
        return "clock", (np.empty(0), np.empty(0))
    if epochs + zeros >= MOSTLY * filled and epochs > FEW * filled:
        return "epoch", _both(connection, name, f"{epoch_micros('t')}")
    if serials >= MOSTLY * filled:
        return "serial", _both(connection, name, local_micros("t", (), serials=True))
    if numbers >= MOSTLY * filled and stamps < MOSTLY * filled:
        return "number", (np.empty(0), np.empty(0))
    if durations >= MOSTLY * filled:
        return "duration", (np.empty(0), np.empty(0))
    if dated < 0.5 * filled:
        return "text", (np.empty(0), np.empty(0))
    odd = oddities(connection, view, "t")
    text = tidied("t", odd)
    read = []
    for day_first in (True, False):
        formats = usual_formats(day_first)
        wall = local_micros("u", formats.local, serials=False)
        moment = zoned_micros("u", formats.zoned)
        parsed = f"SELECT {text} AS u, _row FROM {name} ORDER BY _row LIMIT {SAMPLE}"
        read.append(_micros(connection, f"SELECT coalesce({wall}, {moment})::DOUBLE FROM ({parsed})"))
    [(present,)] = connection.execute(f"SELECT count(t) FROM (FROM {name} ORDER BY _row LIMIT {SAMPLE})").fetchall()
    plausible = [times[times > (FIRST_YEAR - 1970) * YEAR].size for times in read]
    if present and max(plausible) >= 0.6 * present:
        return "time", (read[0], read[1])
    return "text", (np.empty(0), np.empty(0))


def _both(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    times = _micros(connection, f"SELECT ({sql})::DOUBLE FROM (FROM {name} ORDER BY _row LIMIT {SAMPLE})")
    return times, times


def _micros(connection: duckdb.DuckDBPyConnection, query: str) -> NDArray[np.float64]:
    """The one column of a query, NaN where it is NULL."""
    column = connection.sql(query).to_arrow_table().column(0)
    return np.asarray(column.to_numpy(), np.float64)
