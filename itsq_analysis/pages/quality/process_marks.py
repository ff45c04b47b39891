"""The process as a mark: a shape, a word, and what is usual."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from markupsafe import Markup

from itsq_analysis.briefing.changed import changed
from itsq_analysis.indicators.processes import per_day, process, usual_range
from itsq_analysis.indicators.value import Value
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.comparisons import amount
from itsq_analysis.text import formats

MARKS = {
    "keeps": ("process-keeps", "\N{BLACK SQUARE}"),
    "keeps missing": ("process-missing", "\N{BLACK DOWN-POINTING TRIANGLE}"),
    "hit and miss": ("process-hit", "\N{WHITE DIAMOND}"),
}


def process_mark(context: ReportContext, value: Value) -> Markup:
    """The process mark of a value: "◇ hit and miss", beneath it the usual range and what signals a change, or why there is none."""
    word, notes = process(context.scope, value).word, [*process_notes(context, value)]
    note = Markup(' <span class="note">{}</span>').format(context.wording.joined(notes, "commas"))
    if word is None:
        return note if notes else Markup("{}").format(formats.MISSING)
    css, mark = MARKS[word]
    term = context.term(word.replace(" ", "_"))
    return Markup('<span class="{}"><span class="mark" aria-hidden="true">{}</span> {}</span>{}').format(css, mark, term, note)


def process_notes(context: ReportContext, value: Value) -> Iterator[str]:
    """What is usual and what is not; without limits, why."""
    judged = process(context.scope, value)
    if not judged.word and judged.reason != "no_target":
        if value.known:
            yield context.say(f"process_{judged.reason}", n=judged.periods)
        return
    usual = context.say("process_usual", range=range_text(context, value))
    if judged.centre == judged.sigma == 0:
        yield context.say("process_never", n=judged.periods)
    elif judged.outside:
        yield context.say(f"process_{judged.direction}", range=range_text(context, value))
    elif judged.signal:
        since = context.wording.period_label(str(judged.since))
        yield from (context.say(f"process_run_{judged.direction}", n=judged.run, since=since), usual)
    else:
        yield usual
    if trend := changed(context.scope).trend_of(value):
        facts = {"first": context.shown(trend.first), "since": context.wording.period_label(trend.first.period)}
        yield context.say(f"process_trend_{trend.direction}", **facts)
    if value.provisional:
        yield context.say("process_age")


def range_text(context: ReportContext, value: Value) -> str:
    """The process limits as a range, per day for volumes; a dash without limits."""
    low, high = usual_range(context.scope, value)
    if isnan(low):
        return formats.MISSING
    basis = per_day(context.scope, value.indicator)
    facts = {"low": amount(context, value.indicator, low), "high": amount(context, value.indicator, high)}
    return context.say(f"process_range_{basis}" if basis else "process_range", **facts)
