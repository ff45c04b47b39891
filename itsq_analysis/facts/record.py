"""The record: what readers were told to expect, as small files that are never changed, read back when the truth is known.

A file is named after table, dimension, step, the day of the cutoff and the snapshot, never after what an export holds. It keeps
what a reader was told before anybody could know better: a forecast whose first span was over in the snapshot is not kept. The
record is no cache: nothing but its owner deletes it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from itsq_analysis.errors import ReportError
from itsq_analysis.tables.plain_text import clean, inert

if TYPE_CHECKING:
    import pandas as pd

    from itsq_analysis.facts.scope import Scope

FOLDER = "forecasts"  # of the workspace
KEYS = ("unique_id", "span", "start", "end")
FACTS = ("snapshot", "hash", "known_until", "model", "made")
RANGES = ("lo-80", "hi-80", "lo-95", "hi-95")
NUMBERS = ("mean", "median", *RANGES)
COLUMNS = (*FACTS, *KEYS, *NUMBERS)
FILE = re.compile(r"(\d{4}-\d{2}-\d{2})-[0-9a-f]{12}\.csv")
PLAIN = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Told:
    """Forecasts of the whole that readers were told.

    Attributes:
        rows: unique_id, made, span, start, end, mean, median, lo-80, hi-80, lo-95, hi-95; oldest first.
        files: name and SHA-256 of the files that were read.
    """

    rows: pd.DataFrame
    files: tuple[tuple[str, str], ...]


def record_name(scope: Scope, table: str, dimension: str, step: str) -> str:
    """Where the forecasts of a table are kept: "incidents-all-month"; a report of some services has a mark of theirs.

    Raises:
        ReportError: a table or dimension that is no plain name.
    """
    parts = [table, dimension or "all", step]
    for part in parts:
        if not PLAIN.fullmatch(part):
            raise ReportError(
                f"a kept forecast is named after plain names; found {part[:40]!r}; use a table and a dimension of itsq"
            )
    mark = [sha256("\n".join(sorted(scope.services)).encode("utf-8")).hexdigest()[:8]] if scope.services else []
    return "-".join([*parts, *mark])


def to_record(scope: Scope, name: str, rows: pd.DataFrame) -> dict[str, bytes]:
    """File name -> content of a forecast that readers are told now; nothing where its first span was over in the snapshot.

    Args:
        scope: the report's.
        name: as `record_name` gives it.
        rows: of one cutoff, as `sums` gives them.
    """
    snapshot, zone = scope.workspace.snapshot, scope.settings.organisation.zone
    if not len(rows) or snapshot.horizon is None or snapshot.horizon.astimezone(zone).date() >= min(rows["end"]):
        return {}
    made = rows["made"].iloc[0]
    known_until = snapshot.horizon.astimezone(zone).isoformat()
    facts = (snapshot.id, snapshot.hash, known_until, f"itsq {version('itsq-analysis')} auto", made)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows.to_dict("records"):
        numbers = [f"{float(row[column]) + 0.0:.12g}" for column in NUMBERS]
        writer.writerow([*facts, inert(clean(row["unique_id"])), row["span"], row["start"], row["end"], *numbers])
    return {f"{name}/{made}-{snapshot.hash[:12]}.csv": text.getvalue().encode("utf-8")}


def told_before(scope: Scope, name: str, before: date, spans: Sequence[str]) -> Told:
    """The forecasts of the whole that readers were told at cutoffs before a day; of several of one day the one made first.

    Raises:
        ReportError: a file in the folder that is no kept forecast.
    """
    import pandas as pd  # `itsq run` itself, which knows only this folder's name, does without

    place = scope.workspace.path / FOLDER / name
    first: dict[date, tuple[datetime, str, bytes, pd.DataFrame]] = {}
    for file in sorted(place.glob("*.csv")) if place.is_dir() else []:
        named = FILE.fullmatch(file.name)
        if not named or date.fromisoformat(named[1]) >= before:
            continue
        content = file.read_bytes()
        rows = _parsed(content, file)
        known = datetime.fromisoformat(str(rows["known_until"].iloc[0]))
        made = rows["made"].iloc[0]
        if made not in first or (known, file.name) < first[made][:2]:
            first[made] = (known, file.name, content, rows)
    files = tuple(sorted((f"{name}/{file}", sha256(content).hexdigest()) for _, file, content, _ in first.values()))
    columns = ["unique_id", "made", "span", "start", "end", *NUMBERS]
    if not first:
        return Told(pd.DataFrame(columns=columns), ())
    joined = pd.concat([first[made][3] for made in sorted(first)], ignore_index=True)
    chosen = (joined["unique_id"] == name.partition("-")[0]) & joined["span"].isin(spans)
    return Told(joined.loc[chosen, columns].reset_index(drop=True), files)


def _parsed(content: bytes, file: Path) -> pd.DataFrame:
    """The rows of a kept forecast's file."""
    import pandas as pd

    try:
        frame = pd.read_csv(io.BytesIO(content), dtype=dict.fromkeys((*FACTS, *KEYS), "str"), keep_default_na=False)
        if tuple(frame.columns) != COLUMNS or frame.empty:
            raise ValueError(f"columns {', '.join(map(str, frame.columns))[:80]} and {len(frame)} rows")
        frame = frame.astype(dict.fromkeys(NUMBERS, "float64"))
        datetime.fromisoformat(frame["known_until"].iloc[0])
        for name in ("made", "start", "end"):
            frame[name] = [date.fromisoformat(text) for text in frame[name]]
    except ValueError as error:  # of Unicode, of pandas' parser, of a number or a day
        reason = " ".join(str(error).split())[:160]
        raise ReportError(
            f"a kept forecast must be as itsq run wrote it; found {reason} in {FOLDER}/{file.parent.name}/{file.name}; "
            "put it back from a backup, or move it away"
        ) from None
    return frame
