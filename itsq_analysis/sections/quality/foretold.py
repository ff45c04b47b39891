"""Was the period foretold, and what comes? The last forecast against what happened, the record before it, the next periods."""

from __future__ import annotations

from math import isnan
from typing import NamedTuple

import pandas as pd

from itsq_analysis.charts import ranges
from itsq_analysis.narrative import clauses, formats
from itsq_analysis.narrative import paragraph as sentences
from itsq_analysis.periods import Period, history
from itsq_analysis.sections.forecast.keep import folder_name, kept_rows
from itsq_analysis.sections.forecast.next_periods import NextPeriods, next_periods
from itsq_analysis.sections.forecast.track import FEWEST, Score, score, span_sum
from itsq_analysis.sections.forecast.words import percent, reach, working_days
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.section import Part, paragraph, subheading

TABLE = "incidents"
LEVEL = 80.0  # per cent, of the range that is told
SIDES = ("mean", "median", "lo-80", "hi-80", "lo-95", "hi-95")


class Record(NamedTuple):
    """Forecasts made one period ahead, oldest first, with what came and the plain comparison; and their score."""

    rows: pd.DataFrame
    score: Score
    plain: str  # "year": the same period a year ago; "before": the period before


def kept_folder(scene: Scene) -> str:
    """Where the forecasts of the whole by periods of this length are kept."""
    return folder_name(scene, TABLE, "", scene.period.grain)


def foretold(scene: Scene) -> tuple[Part, ...]:
    """The forecast of the period and those to come, in words and as one picture; nothing where the history is too short."""
    found = next_periods(scene, TABLE)
    if found is None:
        return ()
    record = earlier(scene, found)
    told = [*_past(scene, record), _coming(scene, found)]
    again = int((~record.rows["kept"].astype(bool)).sum()) if len(record.rows) else 0
    key = "foretold_again_all" if again == len(record.rows) else "foretold_again"
    notes = [paragraph(scene.say(key, n=again, of=len(record.rows)))] if again else []
    text = sentences(told, scene.language)
    return (subheading(scene.term("foretold")), paragraph(text, "told"), _picture(scene, found, record), *notes)


def earlier(scene: Scene, found: NextPeriods) -> Record:
    """The record: kept forecasts where there are, else those made again as of then."""
    kept = kept_rows(scene, kept_folder(scene), scene.period.end, ["1"])
    keys = ["made", "end"]
    told = found.earlier.merge(kept[[*keys, *SIDES]], on=keys, how="left", suffixes=("", " kept")) if len(kept) else found.earlier
    again = found.earlier.assign(kept=told["mean kept"].notna() if len(kept) else False)
    for side in SIDES if len(kept) else ():
        again[side] = told[f"{side} kept"].where(again["kept"], again[side])
    daily = found.daily
    periods = history(scene.period, len(again)) if len(again) else []
    year = [span_sum(daily, one.start, one.end) for one in map(Period.same_period_last_year, periods)]
    before = [span_sum(daily, one.start, one.end) for one in map(Period.previous, periods)]
    plain = "before" if any(map(isnan, year)) else "year"
    naive = pd.Series(year if plain == "year" else before, index=again.index, dtype=float)
    return Record(again, score(again, naive, LEVEL), plain)


def _past(scene: Scene, record: Record) -> list[str]:
    """The period against its forecast, and how the ones before did."""
    if not len(record.rows) or record.rows["end"].iloc[-1] != scene.period.end:
        return []
    row = record.rows.iloc[-1]
    facts = {"period": scene.period_name, "n": scene.number(row["y"]), "median": scene.number(row["median"])}
    told = [scene.say(f"foretold_{_verdict(row)}", range=reach(scene, row, LEVEL), **facts)]
    worth = record.score
    if worth.n >= FEWEST:
        kind = f"{'no_better_' if worth.no_better else ''}{record.plain}" if not isnan(worth.naive) else "alone"
        errors = {"error": percent(worth.error), "naive": percent(worth.naive)}
        told.append(scene.say(f"foretold_record_{kind}", inside=worth.inside, n=worth.n, **errors))
    return told


def _verdict(row: pd.Series) -> str:
    """As expected within the 80 % range; beyond it one period in five lies by chance, beyond the 95 % range one in twenty."""
    if row["lo-80"] <= row["y"] <= row["hi-80"]:
        return "as_expected"
    side = "more" if row["y"] > row["hi-80"] else "fewer"
    return side if row["lo-95"] <= row["y"] <= row["hi-95"] else f"far_{side}"


def _coming(scene: Scene, found: NextPeriods) -> str:
    """The next period with its working days, then the two after it."""
    rows = {str(row["span"]): row for _, row in found.rows.iterrows()}
    first, *later = found.periods
    ahead, now = working_days(scene, first.start, first.end), working_days(scene, scene.period.start, scene.period.end)
    facts = {"period": formats.period_label(first, scene.language), "mean": scene.number(rows["1"]["mean"])}
    facts |= {"range": reach(scene, rows["1"], LEVEL), "before": formats.period_label(scene.period, scene.language)}
    items = [
        f"{formats.period_label(one, scene.language)} {scene.number(rows[str(place)]['mean'])}"
        + scene.aside(reach(scene, rows[str(place)], LEVEL))
        for place, one in enumerate(later, 2)
    ]
    key = "foretold_coming" if ahead and now and scene.period.grain != "day" else "foretold_coming_plain"
    return scene.say(key, ahead=ahead, now=now, later=clauses(items, scene.language), **facts)


def _picture(scene: Scene, found: NextPeriods, record: Record) -> Part:
    coming = found.rows.assign(label=[one.label for one in found.periods])
    past = record.rows.assign(label=[one.label for one in history(scene.period, len(record.rows))] if len(record.rows) else [])
    parts = [part for part in (past, coming) if len(part)]
    rows = pd.concat([part[["label", "y", "median", "lo-80", "hi-80"]].astype({"y": float}) for part in parts], ignore_index=True)
    frame = rows.rename(columns={"label": "period", "lo-80": "lower", "hi-80": "upper"})
    outside = int((past["y"] < past["lo-80"]).sum() + (past["y"] > past["hi-80"]).sum())
    record_of = scene.say("foretold_picture", n=outside, of=len(past)) if len(past) else scene.say("foretold_picture_ahead")
    names = (scene.term("fc_came"), scene.term("fc_forecast"), scene.say("fc_range_named", level=f"{LEVEL:g}%"))
    return ranges(frame, title=scene.say("foretold_chart"), summary=record_of, names=names, language=scene.language)
