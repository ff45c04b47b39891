"""The process as a mark: a shape, a word, and what is usual."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from itsq_analysis.narrative import formats
from itsq_analysis.periods import parse_period
from itsq_analysis.process import Process
from itsq_analysis.sections.comparisons import amount
from itsq_analysis.sections.processes import per_day, process
from itsq_analysis.sections.scene import Scene

MARKS = {
    "keeps": ("process-keeps", "\N{BLACK SQUARE}"),
    "keeps missing": ("process-missing", "\N{BLACK DOWN-POINTING TRIANGLE}"),
    "hit and miss": ("process-hit", "\N{WHITE DIAMOND}"),
}


def process_mark(scene: Scene, row: pd.Series) -> Markup:
    """The process mark of a row: "◇ hit and miss", beneath it the usual range and what signals a change, or why there is none."""
    found = process(scene, row)
    notes = [*process_notes(scene, row, found)]
    note = Markup(' <span class="note">{}</span>').format((", " if scene.language == "en" else "\N{FULLWIDTH COMMA}").join(notes))
    if found.word is None:
        return note if notes else Markup("{}").format(formats.MISSING)
    css, mark = MARKS[found.word]
    word = scene.term(found.word.replace(" ", "_"))
    return Markup('<span class="{}"><span class="mark" aria-hidden="true">{}</span> {}</span>{}').format(css, mark, word, note)


def process_notes(scene: Scene, row: pd.Series, found: Process) -> Iterator[str]:
    """What is usual and what is not; without limits, why."""
    if not found.word and found.reason != "no_target":
        yield scene.say(f"process_{found.reason}", n=found.periods)
        return
    if found.signal:
        yield signal_text(scene, found)
    yield usual_text(scene, row, found)
    if row["provisional"]:
        yield scene.say("process_age")


def usual_text(scene: Scene, row: pd.Series, found: Process) -> str:
    """The process limits as a range, per day for counts."""
    basis = per_day(scene, scene.workspace.catalogue[row["indicator"]])
    facts = {"low": amount(scene, row, found.lower), "high": amount(scene, row, found.upper)}
    return scene.say(f"process_usual_{basis}" if basis else "process_usual", **facts)


def signal_text(scene: Scene, found: Process) -> str:
    """How the newest value says that the process has changed: outside its range, or so many in a row on one side."""
    if found.outside or found.since is None:
        return scene.say(f"process_{found.direction}")
    period = parse_period(found.since, scene.workspace.settings.period.month_starts_on)
    since = formats.period_label(period, scene.language)
    return scene.say(f"process_run_{found.direction}", n=found.run, since=since)
