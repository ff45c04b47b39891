"""A proposal for reading exports: the mapping and the source's entry, what is sure, what is asked, and a trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from itsq_analysis.ingest.recognition.words import Value


@dataclass(frozen=True)
class Question:
    """Something that the export does not tell.

    Attributes:
        kind: "word" or "day_first".
        subject: the canonical column.
        word: the text whose meaning is not known; "" for the other kinds.
        rows: how many rows it concerns.
        options: possible answers.
        answer: how it is answered on the command line.
    """

    kind: str
    subject: str
    word: str = ""
    rows: int = 0
    options: tuple[str, ...] = ()
    answer: str = ""


@dataclass(frozen=True)
class Bound:
    """A canonical column and the header that means it; `why` where no header told so, `samples` are texts of the file."""

    column: str
    header: str
    why: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """What the files became when they were read as proposed, without loading them.

    Attributes:
        read: records; refused: those that a rule refused.
        rules: rule and column -> rows and an example.
        months: month -> rows that began in it.
        median_hours: from opening to resolution; None where no row has both.
        without_state: share of the rows without a state; None where the table has none.
        unread: column -> words that become missing -> rows.
    """

    read: int
    refused: int
    rules: dict[str, tuple[int, str]]
    months: dict[str, int]
    median_hours: float | None
    without_state: float | None
    unread: dict[str, dict[str, int]]


@dataclass
class Proposal:
    """How files are to be read.

    Attributes:
        name: of the mapping.
        files: as they are called.
        table: the canonical table.
        tool: title of the tool; "" where the content alone told.
        mapping: a shipped mapping's name, or "" where `columns` and `values` make one.
        source: further keys of the source's entry.
        top: keys at the top of the mapping's TOML.
        columns: canonical column -> headers.
        values: canonical column -> word -> value.
        by_time: whether the rows are events without a version number.
        bound, unused, notes, questions: what a person is told.
        trial: None until it was tried.
    """

    name: str
    files: tuple[str, ...]
    table: str
    tool: str = ""
    mapping: str = ""
    source: dict[str, Any] = field(default_factory=dict)
    top: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, dict[str, Value]] = field(default_factory=dict)
    by_time: bool = False
    bound: list[Bound] = field(default_factory=list)
    words: dict[str, list[tuple[str, int, Value | None]]] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    trial: Trial | None = None

    def record(self) -> dict[str, Any]:
        """The proposal as JSON values."""
        return asdict(self)


def answers_of(pairs: Mapping[str, str]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Answers by column, and by column and word: "opened_at": "Created", "state.Feedback": "on_hold".

    >>> answers_of({"opened_at": "Created", "state.Feedback": "on_hold"})
    ({'opened_at': 'Created'}, {'state': {'Feedback': 'on_hold'}})
    """
    plain: dict[str, str] = {}
    words: dict[str, dict[str, str]] = {}
    for key, value in pairs.items():
        column, dot, word = key.partition(".")
        if dot:
            words.setdefault(column, {})[word] = value
        else:
            plain[key] = value
    return plain, words
