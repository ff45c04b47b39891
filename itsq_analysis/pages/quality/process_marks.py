"""The process as a mark: a shape, a word, and what is usual."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor

import pandas as pd
from markupsafe import Markup

from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.comparisons import amount
from itsq_analysis.pages.quality.processes import days, exposure, per_day, process
from itsq_analysis.periods import parse_period
from itsq_analysis.process import Process
from itsq_analysis.text import formats

CLOSE = 1e-9
MARKS = {
    "keeps": ("process-keeps", "\N{BLACK SQUARE}"),
    "keeps missing": ("process-missing", "\N{BLACK DOWN-POINTING TRIANGLE}"),
    "hit and miss": ("process-hit", "\N{WHITE DIAMOND}"),
}


def process_mark(context: ReportContext, row: pd.Series) -> Markup:
    """The process mark of a row: "◇ hit and miss", beneath it the usual range and what signals a change, or why there is none."""
    found = process(context, row)
    notes = [*process_notes(context, row, found)]
    note = Markup(' <span class="note">{}</span>').format((", " if context.language == "en" else "\N{FULLWIDTH COMMA}").join(notes))
    if found.word is None:
        return note if notes else Markup("{}").format(formats.MISSING)
    css, mark = MARKS[found.word]
    word = context.term(found.word.replace(" ", "_"))
    return Markup('<span class="{}"><span class="mark" aria-hidden="true">{}</span> {}</span>{}').format(css, mark, word, note)


def process_notes(context: ReportContext, row: pd.Series, found: Process) -> Iterator[str]:
    """What is usual and what is not; without limits, why."""
    if not found.word and found.reason != "no_target":
        if pd.notna(row["value"]):
            yield context.say(f"process_{found.reason}", n=found.periods)
        return
    usual = range_text(context, row, found)
    if found.upper == found.lower == 0:
        yield context.say("process_never", n=found.periods)
    elif not found.signal:
        yield context.say("process_usual", range=usual)
    elif found.outside:
        yield context.say(f"process_{found.direction}", range=usual)
    else:
        yield from (run_text(context, found), context.say("process_usual", range=usual))
    if row["provisional"]:
        yield context.say("process_age")


def range_text(context: ReportContext, row: pd.Series, found: Process) -> str:
    """The process limits as a range, per day for volumes."""
    low, high = usual_range(context, row, found)
    basis = per_day(context, context.workspace.catalogue[row["indicator"]])
    facts = {"low": amount(context, row, low), "high": amount(context, row, high)}
    return context.say(f"process_range_{basis}" if basis else "process_range", **facts)


def usual_range(context: ReportContext, row: pd.Series, found: Process) -> tuple[float, float]:
    """The process limits in the unit in which the value is told: unwanted events as whole numbers of a period of this length."""
    indicator = context.workspace.catalogue[row["indicator"]]
    basis = exposure(context, indicator)
    if basis is None or per_day(context, indicator):
        return found.lower, found.upper
    number = days(context, context.period, basis)
    return float(ceil(found.lower * number - CLOSE)), float(floor(found.upper * number + CLOSE))


def run_text(context: ReportContext, found: Process) -> str:
    """So many periods in a row on one side of the mean, since when."""
    period = parse_period(str(found.since), context.workspace.settings.period.month_starts_on)
    return context.say(f"process_run_{found.direction}", n=found.run, since=formats.period_label(period, context.language))
