"""The record of earlier forecasts of the report's whole: kept ones, and made again as of then for times before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from itsq_analysis.charts import ranges
from itsq_analysis.charts.labels import day as short_day
from itsq_analysis.page.brief import days_named
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, Section, folded, paragraph, table
from itsq_analysis.pages.forecast.outlook import ALL, WEEK, Outlook
from itsq_analysis.pages.forecast.track import FEWEST, Score, score, span_sum
from itsq_analysis.pages.forecast.words import percent, reach, things
from itsq_analysis.text import paragraph as sentences


@dataclass(frozen=True)
class Record:
    """Earlier forecasts of the whole, oldest first, with their score.

    Attributes:
        rows: as `sums` gives them, with `naive` (as many days before the cutoff) and `kept` (False = recomputed).
        score: of those whose truth is known.
        fewest: forecasts from which something is said.
    """

    rows: pd.DataFrame
    score: Score
    fewest: int = FEWEST


def record_of(found: Outlook, kept: pd.DataFrame | None = None) -> Record:
    """The record.

    Args:
        found: the outlook.
        kept: rows of kept forecasts, as `kept_rows` gives them; they stand instead of those recomputed less than a week apart.
    """
    again = found.earlier[(found.earlier["unique_id"] == found.whole) & (found.earlier["span"] == ALL)].assign(kept=False)
    history = found.history[found.history["unique_id"] == found.whole]
    if kept is not None and len(kept):
        days = pd.to_datetime(again["made"])
        near = [bool((abs(pd.to_datetime(kept["made"]) - day) < timedelta(days=WEEK)).any()) for day in days]
        came = [span_sum(history, start, end) for start, end in zip(kept["start"], kept["end"], strict=True)]
        rows = pd.concat([again[[not one for one in near]], kept.assign(y=came, kept=True)], ignore_index=True)
    else:
        rows = again
    rows = rows.sort_values("made", kind="stable").reset_index(drop=True)
    before = [span_sum(history, start - (end - start), start) for start, end in zip(rows["start"], rows["end"], strict=True)]
    naive = pd.Series(before, index=rows.index, dtype=float)
    return Record(rows.assign(naive=naive), score(rows, naive, found.asked.level))


def track_record(context: ReportContext, found: Outlook, record: Record) -> Section:
    """Earlier ranges against the truth."""
    title = context.term("fc_record")
    worth = record.score
    if worth.n < record.fewest:
        return Section("fc_record", title, context.say("fc_trust_none"))
    told = record.rows[record.rows["y"].notna()]
    facts = {"n": worth.n, "inside": worth.inside, "level": f"{found.asked.level:g}%", "error": percent(worth.error)}
    facts |= {"naive": percent(worth.naive), "horizon": found.asked.horizon}
    fair = context.say(
        "fc_record_fair", out=round(worth.n * (1 - found.asked.level / 100)), n=worth.n, level=f"{found.asked.level:g}%"
    )
    answer = sentences(
        [context.say("fc_record_no_better" if worth.no_better else "fc_record_answer", **facts), fair], context.language
    )
    again = int((~told["kept"].astype(bool)).sum())
    key = "fc_recomputed_all" if again == worth.n else "fc_recomputed"
    notes = [paragraph(context.say(key, n=again, of=worth.n)), paragraph(context.say("fc_record_overlap"))] if again else []
    rows = [_row(context, found, row) for _, row in record.rows.iloc[::-1].iterrows()]
    keys = ("fc_made", "fc_days", "fc_range", "fc_forecast", "fc_came", "fc_off", "fc_source")
    every = folded(context.term("show_table"), table({key: context.term(key) for key in keys}, rows, numeric=set(keys[2:6])))
    return Section("fc_record", title, answer, (_picture(context, found, record), *notes, every))


def _picture(context: ReportContext, found: Outlook, record: Record) -> Part:
    level = f"{found.asked.level:g}"
    now = found.total(found.whole)
    rows = pd.concat([record.rows, now.to_frame().T], ignore_index=True)
    frame = pd.DataFrame(
        {
            "period": [short_day(day, context.language) for day in rows["made"]],
            "y": pd.to_numeric(rows["y"]),
            "median": pd.to_numeric(rows["median"]),
            "lower": pd.to_numeric(rows[f"lo-{level}"]),
            "upper": pd.to_numeric(rows[f"hi-{level}"]),
        }
    )
    summary = context.say("fc_record_picture", n=record.score.n - record.score.inside, of=record.score.n)
    names = (context.term("fc_came"), context.term("fc_forecast"), context.say("fc_range_named", level=f"{level}%"))
    title = context.say("fc_record_chart", things=things(context, found.asked.table), horizon=found.asked.horizon)
    return ranges(frame, title=title, summary=summary, names=names, language=context.language)


def _row(context: ReportContext, found: Outlook, row: pd.Series) -> dict[str, str]:
    return {
        "fc_made": short_day(row["made"], context.language),
        "fc_days": days_named(context, row["start"], row["end"]),
        "fc_range": reach(context, row, found.asked.level),
        "fc_forecast": context.number(row["median"]),
        "fc_came": context.number(row["y"]),
        "fc_off": percent((row["median"] - row["y"]) / row["y"] if row["y"] else float("nan")),
        "fc_source": context.term("fc_kept" if row["kept"] else "fc_again"),
    }
