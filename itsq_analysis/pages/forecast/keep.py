"""Kept forecasts: what a report foretold, as small files that are never changed, read back when the truth is known.

A file is named after table, dimension, step, the day of the cutoff and the snapshot, never after what an export holds. It keeps
what a reader was told before anybody could know better: a forecast whose first span was over in the snapshot is not kept.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from itsq_analysis.errors import ReportError
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.files import FOLDER, Kept
from itsq_analysis.tables.plain_text import clean, inert

KEYS = ("unique_id", "span", "start", "end")
FACTS = ("snapshot", "hash", "known_until", "model", "made")
RANGES = ("lo-80", "hi-80", "lo-95", "hi-95")
NUMBERS = ("mean", "median", *RANGES)
COLUMNS = (*FACTS, *KEYS, *NUMBERS)
FILE = re.compile(r"(\d{4}-\d{2}-\d{2})-[0-9a-f]{12}\.csv")
PLAIN = re.compile(r"[a-z][a-z0-9_]{0,39}")


def kept_of(context: ReportContext) -> Kept:
    """The kept forecasts of a context's report."""
    found: Kept = context.kept.setdefault("kept forecasts", Kept())
    return found


def folder_name(context: ReportContext, table: str, dimension: str, step: str) -> str:
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
    services = context.workspace.services
    mark = [sha256("\n".join(sorted(services)).encode("utf-8")).hexdigest()[:8]] if services else []
    return "-".join([*parts, *mark])


def keep(context: ReportContext, folder: str, rows: pd.DataFrame) -> None:
    """Have the run of the report store a forecast.

    Args:
        context: the report's.
        folder: as `folder_name` gives it.
        rows: of one cutoff, as `sums` gives them.
    """
    snapshot = context.workspace.snapshot
    if not len(rows) or snapshot.horizon is None:
        return
    zone = context.workspace.settings.organisation.zone
    if snapshot.horizon.astimezone(zone).date() >= min(rows["end"]):
        return
    made = rows["made"].iloc[0]
    facts = (
        snapshot.id,
        snapshot.hash,
        snapshot.horizon.astimezone(zone).isoformat(),
        f"itsq {version('itsq-analysis')} auto",
        made,
    )
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows.to_dict("records"):
        numbers = [f"{float(row[name]) + 0.0:.12g}" for name in NUMBERS]
        writer.writerow([*facts, inert(clean(row["unique_id"])), row["span"], row["start"], row["end"], *numbers])
    kept_of(context).new[f"{folder}/{made}-{snapshot.hash[:12]}.csv"] = text.getvalue().encode("utf-8")


def kept_rows(context: ReportContext, folder: str, before: date, spans: Sequence[str]) -> pd.DataFrame:
    """The rows of the whole in forecasts kept at cutoffs before a day, oldest first; of several of one day the one made first.

    Returns:
        As `sums` gives them, without y and errors.

    Raises:
        ReportError: a file in the folder that is no kept forecast.
    """
    place = context.workspace.path / FOLDER / folder
    found: dict[date, tuple[datetime, str, bytes, pd.DataFrame]] = {}
    for file in sorted(place.glob("*.csv")) if place.is_dir() else []:
        named = FILE.fullmatch(file.name)
        if not named or date.fromisoformat(named[1]) >= before:
            continue
        content = file.read_bytes()
        rows = _parsed(content, file)
        known = datetime.fromisoformat(str(rows["known_until"].iloc[0]))
        made = rows["made"].iloc[0]
        if made not in found or (known, file.name) < found[made][:2]:
            found[made] = (known, file.name, content, rows)
    kept_of(context).read |= {f"{folder}/{name}": sha256(content).hexdigest() for _, name, content, _ in found.values()}
    parts = [rows for *_, rows in (found[made] for made in sorted(found))]
    if not parts:
        return pd.DataFrame(columns=["unique_id", "made", "span", "start", "end", *NUMBERS])
    joined = pd.concat(parts, ignore_index=True)
    whole = folder.partition("-")[0]
    chosen = (joined["unique_id"] == whole) & joined["span"].isin(spans)
    return joined.loc[chosen, ["unique_id", "made", "span", "start", "end", *NUMBERS]].reset_index(drop=True)


def _parsed(content: bytes, file: Path) -> pd.DataFrame:
    """The rows of a kept forecast's file."""
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
