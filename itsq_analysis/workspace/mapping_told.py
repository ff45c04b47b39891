"""A proposal in words: what is sure, what was judged, what a trial gave, what is asked; on the command line and in JupyterLab."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from itsq_analysis.ingest.recognition.proposal import Question, Trial
    from itsq_analysis.workspace.mapping_files import Mapped

COLUMNS = ("column", "header", "why", "samples")
SHOWN = 12  # words of a column, and rules, that are listed
FILES = 5
SAMPLE = 24  # characters of a sample


def heading(mapped: Mapped) -> str:
    """Which files, written by which tool, are read as what."""
    proposal = mapped.proposal
    how = f"mapping {proposal.mapping}" if proposal.mapping else proposal.tool or "known by headers and content"
    return f"{', '.join(proposal.files[:FILES])}{' …' if len(proposal.files) > FILES else ''}: {how}, read as {proposal.table}"


def bound(mapped: Mapped) -> list[tuple[str, str, str, str]]:
    """The rows of the table of columns; see `COLUMNS`."""
    return [
        (column.column, column.header, column.why or "header", " | ".join(text[:SAMPLE] for text in column.samples))
        for column in mapped.proposal.bound
    ]


def lines(mapped: Mapped) -> Iterator[str]:
    """What else is told, one line each."""
    proposal = mapped.proposal
    for column, words in proposal.words.items():
        shown = ", ".join(f"{word} {rows:,} -> {'?' if value is None else value}" for word, rows, value in words[:SHOWN])
        yield f"{column}: {shown}{' …' if len(words) > SHOWN else ''}"
    for path, copy in mapped.copies.items():
        yield f"note: {path} is copied to {copy.parent.name}/{copy.name}, so that the workspace has its exports"
    for note in proposal.notes:
        yield f"note: {note}"
    if proposal.unused:
        yield f"not used: {', '.join(proposal.unused)}"
    if proposal.trial:
        yield from _trial(proposal.trial)
    for question in proposal.questions:
        yield f"asked: {_question(question)}"


def as_html(mapped: Mapped) -> str:
    """The proposal for JupyterLab; texts of the export are escaped."""
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in bound(mapped))
    items = "".join(f"<li>{escape(line)}</li>" for line in lines(mapped))
    return f"<p>{escape(heading(mapped))}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><ul>{items}</ul>"


def _question(question: Question) -> str:
    if question.kind == "word":
        which = f"what {question.subject} is {question.word!r} ({question.rows:,} rows)?"
        return f"{which} {question.answer}, or another of {', '.join(question.options)}"
    return "every date can be read day first and month first: which holds? --answer day_first=true, or false"


def _trial(trial: Trial) -> Iterator[str]:
    yield f"trial: {trial.read:,} rows read, {trial.refused:,} refused"
    for rule, (rows, value) in [*trial.rules.items()][:SHOWN]:
        yield f"  refused: {rows:,} by {rule}{f', such as {value!r}' if value else ''}"
    for column, words in trial.unread.items():
        yield f"  not read in {column}, so missing: {', '.join(f'{word!r} ({rows:,})' for word, rows in [*words.items()][:SHOWN])}"
    if trial.months:
        months = [f"{month} {rows:,}" for month, rows in trial.months.items()]
        yield f"  by month: {', '.join([*months[:3], '…', *months[-3:]] if len(months) > 6 else months)}"
    if trial.median_hours is not None:
        yield f"  median from opening to end: {trial.median_hours:,.1f} h"
    if trial.without_state:
        yield f"  without a state: {trial.without_state:.1%}"
