"""Was the period foretold, and what comes? The last forecast against what happened, the record before it, the next periods."""

from __future__ import annotations

from math import isnan
from typing import NamedTuple

import pandas as pd

from itsq_analysis.charts import ranges
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Part, paragraph, subheading
from itsq_analysis.pages.forecast.keep import folder_name, kept_rows
from itsq_analysis.pages.forecast.next_periods import NextPeriods, next_periods
from itsq_analysis.pages.forecast.track import FEWEST, Score, score, span_sum
from itsq_analysis.pages.forecast.words import percent, reach, working_days
from itsq_analysis.periods import Period, history
from itsq_analysis.text import clauses, formats
from itsq_analysis.text import paragraph as sentences

TABLE = "incidents"
LEVEL = 80.0  # per cent, of the range that is told
SIDES = ("mean", "median", "lo-80", "hi-80", "lo-95", "hi-95")


class Record(NamedTuple):
    """Forecasts made one period ahead, oldest first, with what came and the plain comparison; and their score."""

    rows: pd.DataFrame
    score: Score
    plain: str  # "year": the same period a year ago; "before": the period before


def kept_folder(context: ReportContext) -> str:
    """Where the forecasts of the whole by periods of this length are kept."""
    return folder_name(context, TABLE, "", context.period.grain)


def foretold(context: ReportContext) -> tuple[Part, ...]:
    """The forecast of the period and those to come, in words and as one picture; nothing where the history is too short."""
    found = next_periods(context, TABLE)
    if found is None:
        return ()
    record = earlier(context, found)
    told = [*_past(context, record), _coming(context, found)]
    again = int((~record.rows["kept"].astype(bool)).sum()) if len(record.rows) else 0
    key = "foretold_again_all" if again == len(record.rows) else "foretold_again"
    notes = [paragraph(context.say(key, n=again, of=len(record.rows)))] if again else []
    text = sentences(told, context.language)
    return (subheading(context.term("foretold")), paragraph(text, "told"), _picture(context, found, record), *notes)


def earlier(context: ReportContext, found: NextPeriods) -> Record:
    """The record: kept forecasts where there are, else those made again as of then."""
    kept = kept_rows(context, kept_folder(context), context.period.end, ["1"])
    keys = ["made", "end"]
    told = found.earlier.merge(kept[[*keys, *SIDES]], on=keys, how="left", suffixes=("", " kept")) if len(kept) else found.earlier
    again = found.earlier.assign(kept=told["mean kept"].notna() if len(kept) else False)
    for side in SIDES if len(kept) else ():
        again[side] = told[f"{side} kept"].where(again["kept"], again[side])
    daily = found.daily
    periods = history(context.period, len(again)) if len(again) else []
    year = [span_sum(daily, one.start, one.end) for one in map(Period.same_period_last_year, periods)]
    before = [span_sum(daily, one.start, one.end) for one in map(Period.previous, periods)]
    plain = "before" if any(map(isnan, year)) else "year"
    naive = pd.Series(year if plain == "year" else before, index=again.index, dtype=float)
    return Record(again, score(again, naive, LEVEL), plain)


def _past(context: ReportContext, record: Record) -> list[str]:
    """The period against its forecast, and how the ones before did."""
    if not len(record.rows) or record.rows["end"].iloc[-1] != context.period.end:
        return []
    row = record.rows.iloc[-1]
    facts = {"period": context.period_name, "n": context.number(row["y"]), "median": context.number(row["median"])}
    told = [context.say(f"foretold_{_verdict(row)}", range=reach(context, row, LEVEL), **facts)]
    worth = record.score
    if worth.n >= FEWEST:
        kind = f"{'no_better_' if worth.no_better else ''}{record.plain}" if not isnan(worth.naive) else "alone"
        errors = {"error": percent(worth.error), "naive": percent(worth.naive)}
        told.append(context.say(f"foretold_record_{kind}", inside=worth.inside, n=worth.n, **errors))
    return told


def _verdict(row: pd.Series) -> str:
    """As expected within the 80 % range; beyond it one period in five lies by chance, beyond the 95 % range one in twenty."""
    if row["lo-80"] <= row["y"] <= row["hi-80"]:
        return "as_expected"
    side = "more" if row["y"] > row["hi-80"] else "fewer"
    return side if row["lo-95"] <= row["y"] <= row["hi-95"] else f"far_{side}"


def _coming(context: ReportContext, found: NextPeriods) -> str:
    """The next period with its working days, then the two after it."""
    rows = {str(row["span"]): row for _, row in found.rows.iterrows()}
    first, *later = found.periods
    ahead, now = working_days(context, first.start, first.end), working_days(context, context.period.start, context.period.end)
    facts = {"period": formats.period_label(first, context.language), "mean": context.number(rows["1"]["mean"])}
    facts |= {"range": reach(context, rows["1"], LEVEL), "before": formats.period_label(context.period, context.language)}
    items = [
        f"{formats.period_label(one, context.language)} {context.number(rows[str(place)]['mean'])}"
        + context.aside(reach(context, rows[str(place)], LEVEL))
        for place, one in enumerate(later, 2)
    ]
    key = "foretold_coming" if ahead and now and context.period.grain != "day" else "foretold_coming_plain"
    return context.say(key, ahead=ahead, now=now, later=clauses(items, context.language), **facts)


def _picture(context: ReportContext, found: NextPeriods, record: Record) -> Part:
    coming = found.rows.assign(label=[one.label for one in found.periods])
    past = record.rows.assign(label=[one.label for one in history(context.period, len(record.rows))] if len(record.rows) else [])
    parts = [part for part in (past, coming) if len(part)]
    rows = pd.concat([part[["label", "y", "median", "lo-80", "hi-80"]].astype({"y": float}) for part in parts], ignore_index=True)
    frame = rows.rename(columns={"label": "period", "lo-80": "lower", "hi-80": "upper"})
    outside = int((past["y"] < past["lo-80"]).sum() + (past["y"] > past["hi-80"]).sum())
    record_of = context.say("foretold_picture", n=outside, of=len(past)) if len(past) else context.say("foretold_picture_ahead")
    names = (context.term("fc_came"), context.term("fc_forecast"), context.say("fc_range_named", level=f"{LEVEL:g}%"))
    return ranges(frame, title=context.say("foretold_chart"), summary=record_of, names=names, language=context.language)
