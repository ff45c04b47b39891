"""What analysts said of alarms: labels.csv beside the workspace, and what it says of the alarm budget.

One row per judgement: series ("service=E-mail", or the table's name), start and end (first and last day), label (confirmed or
false) and a note. UTF-8 with a byte order mark, so that Excel shows Chinese; no cell is a formula, whatever a name holds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from itsq_analysis.errors import ReportError
from itsq_analysis.tables.plain_text import csv_text

FILE = "labels.csv"
COLUMNS = ("series", "start", "end", "label", "note")
LABELS = ("confirmed", "false")
BUDGETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)  # alarms a month


def read_labels(path: Path) -> pd.DataFrame:
    """The judgements: series, start, end (days), label, note; no rows where there is no file yet.

    Raises:
        ReportError: the file is not such a table.
    """
    if not path.is_file():
        return pd.DataFrame({name: pd.Series(dtype="datetime64[us]" if name in ("start", "end") else "str") for name in COLUMNS})
    try:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        if tuple(frame.columns) != COLUMNS:
            raise ValueError(f"the columns {', '.join(map(str, frame.columns))[:200]}")
        wrong = frame.loc[~frame["label"].isin(LABELS), "label"]
        if len(wrong):
            raise ValueError(f"the label {wrong.iloc[0][:60]!r} in row {wrong.index[0] + 2}")
        written = {name: frame[name].str.replace("/", "-") for name in ("start", "end")}  # as a Chinese Excel saves days
        days = {name: pd.to_datetime(texts, format="%Y-%m-%d").dt.as_unit("us") for name, texts in written.items()}
    except (ValueError, OSError) as error:  # of the encoding, of pandas' parser, of a day, of the rows
        raise ReportError(
            f"{path.name} must have the columns {', '.join(COLUMNS)}, days such as 2026-10-31 and labels {' or '.join(LABELS)}; "
            f"found {' '.join(str(error).split())[:200]}; correct that row, or move the file away"
        ) from None
    return frame.assign(**days)


def write_label(path: Path, series: str, start: date, end: date, label: str, note: str = "") -> pd.DataFrame:
    """Add a judgement, or change the one of the same series and days; the file is replaced whole or not at all.

    Returns:
        All judgements.

    Raises:
        ReportError: an unknown label, an end before the start, or a file that is not such a table.
    """
    if label not in LABELS or end < start:
        raise ReportError(
            f"a label must be {' or '.join(LABELS)} and end no sooner than it starts; found {label!r} from {start} to {end}; "
            "write one of the two"
        )
    known = read_labels(path)
    days = {"start": pd.Timestamp(start), "end": pd.Timestamp(end)}
    row = {"series": plain(series), "label": label, "note": plain(note)} | days
    same = (known["series"] == row["series"]) & (known["start"] == days["start"]) & (known["end"] == days["end"])
    kept = pd.concat([known[~same], pd.DataFrame([row])[list(COLUMNS)]], ignore_index=True)
    kept = kept.sort_values(["start", "series", "end"], kind="stable", ignore_index=True)
    _replace(path, _content(kept))
    return kept


def _content(frame: pd.DataFrame) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for _, row in frame.iterrows():
        writer.writerow(
            [plain(row["series"]), f"{row['start']:%Y-%m-%d}", f"{row['end']:%Y-%m-%d}", row["label"], plain(row["note"])]
        )
    return text.getvalue().encode("utf-8-sig")


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def plain(text: object) -> str:
    """A text as a cell holds it: one line, no control characters, no formula in it or in a piece of it; "" stays.

    >>> plain("=1+1"), plain("'=1+1"), plain("a,=b"), plain("")
    ("'=1+1", "'=1+1", "a,'=b", '')
    """
    return csv_text(text) if str(text) else ""


def labelled(events: pd.DataFrame, labels: pd.DataFrame) -> pd.Series:
    """The label of each event (rows with series, start, end): that of the judgement of its series whose days meet it; "" for none.

    Of several the newest row counts.
    """
    judged = []
    for _, event in events.iterrows():
        same = labels["series"] == plain(event["series"])
        met = labels[same & (labels["start"] <= event["end"]) & (labels["end"] >= event["start"])]
        judged.append(str(met["label"].iloc[-1]) if len(met) else "")
    return pd.Series(judged, index=events.index, dtype="str")


def precision(events: pd.DataFrame, budgets: Sequence[float] = BUDGETS) -> pd.DataFrame:
    """What the judgements say of alarm budgets: how many alarms each would have raised, and how many of the judged ones were right.

    Args:
        events: score and label ("confirmed", "false" or "" where nobody judged it), raised under a budget at least as large.
        budgets: alarms per series and month while nothing is wrong.

    Returns:
        One row per budget: alarms_per_month, score (from which an alarm is raised), alarms, confirmed, false, unjudged, precision
        (confirmed / judged; missing where none was), lower, upper (95 %, Wilson), kept (of all confirmed events, the share raised).

    >>> events = pd.DataFrame({"score": [0.95, 0.8, 0.6], "label": ["confirmed", "", "false"]})
    >>> precision(events, [0.1, 1.0])[["alarms", "confirmed", "false", "precision"]].values.tolist()
    [[1.0, 1.0, 0.0, 1.0], [3.0, 1.0, 1.0, 0.5]]
    """
    from itsq_analysis.indicators.intervals import wilson

    rows = []
    confirmed_at_all = max(int((events["label"] == "confirmed").sum()), 1)
    for budget in sorted(budgets):
        threshold = 1.0 / (1.0 + budget)
        raised = events[events["score"] >= threshold]
        words = {"confirmed": "confirmed", "false": "false", "unjudged": ""}
        counts = {name: int((raised["label"] == word).sum()) for name, word in words.items()}
        judged = counts["confirmed"] + counts["false"]
        lower, upper = (float(bound[0]) for bound in wilson([counts["confirmed"]], [judged]))
        share = counts["confirmed"] / judged if judged else float("nan")
        facts = {"alarms_per_month": budget, "score": threshold, "alarms": len(raised), **counts}
        rows.append(facts | {"precision": share, "lower": lower, "upper": upper, "kept": counts["confirmed"] / confirmed_at_all})
    return pd.DataFrame(rows)
