"""Sentences without words: an id of sentences.toml and the facts that go into it. `text/wording.py` says them in a language.

Findings and decisions are made of these, so that every language tells the same, and `NAME.facts.json` holds them once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from itsq_analysis.indicators.value import Value

Part: TypeAlias = Any  # one of the classes below, or a text of an export, which is said as it is


@dataclass(frozen=True)
class Sentence:
    """A sentence of sentences.toml.

    Attributes:
        id: its key.
        facts: placeholder -> part.
        shorter: what is said where there is no room for it.
    """

    id: str
    facts: Mapping[str, Part]
    shorter: Sentence | None = None


@dataclass(frozen=True)
class Term:
    """A word of terms.toml."""

    id: str


@dataclass(frozen=True)
class Number:
    """A plain number; a missing one (NaN) is a dash."""

    value: float
    decimals: int = 0


@dataclass(frozen=True)
class Share:
    """A share, 0 to 1, as a percentage; `whole` without decimals, for what is not measured that exactly."""

    value: float
    whole: bool = False


@dataclass(frozen=True)
class Duration:
    """A length of time in hours."""

    hours: float


@dataclass(frozen=True)
class Amount:
    """A number in an indicator's unit that is no value of its own, such as a usual level."""

    indicator: str
    value: float


@dataclass(frozen=True)
class Money:
    """An amount in the workspace's currency; None is "no price"."""

    amount: float | None


@dataclass(frozen=True)
class Quantity:
    """An amount in a unit of an export, such as GiB."""

    value: float | None
    unit: str


@dataclass(frozen=True)
class Chance:
    """A simulated probability in whole per cent: never 0 or 100 %, but "less than 1%"."""

    probability: float


@dataclass(frozen=True)
class Growth:
    """A share by which something changes, with its sign: "+30%"."""

    share: float


@dataclass(frozen=True)
class Days:
    """A number of days: "30 days"."""

    count: int


@dataclass(frozen=True)
class Months:
    """A number of months, with a decimal where there are few: "1.5 months"."""

    count: float


@dataclass(frozen=True)
class Ago:
    """How long a day is past: "4 days ago"."""

    day: date
    today: date


@dataclass(frozen=True)
class Day:
    """A local day; None is said by the term `otherwise`."""

    day: date | None
    otherwise: str = "none"


@dataclass(frozen=True)
class Dates:
    """Days from the first to the one before `end`: "3–30 Nov"."""

    start: date
    end: date


@dataclass(frozen=True)
class DayOfWeek:
    """A day with its weekday: "Mon 9 Nov"."""

    day: date


@dataclass(frozen=True)
class Range:
    """The range in which a number should lie: "1,837–2,174"."""

    low: float
    high: float


@dataclass(frozen=True)
class PeriodName:
    """A period by its label, such as "2026-10"."""

    label: str


@dataclass(frozen=True)
class Title:
    """An indicator's name."""

    indicator: str


@dataclass(frozen=True)
class Member:
    """A member of a dimension; `named` with what it is ("group A"), else its bare name."""

    dimension: str
    member: str | None
    named: bool = False


@dataclass(frozen=True)
class Name:
    """A name from an export, cut where there is little room.

    Attributes:
        width: columns that it has in brief, a wide character taking two; 0 is as many as it needs.
    """

    text: str
    width: int = 48


@dataclass(frozen=True)
class Translated:
    """A name that is known in both languages, such as a holiday's."""

    en: str
    zh: str


@dataclass(frozen=True)
class Measure:
    """A number of a value in its indicator's unit.

    Attributes:
        value: of the value cube.
        form: shown "92.3%", measured "92.3% (1,649 of 1,787)", of "1,649 of 1,787", target, scoped: title and member.
    """

    value: Value
    form: Literal["shown", "measured", "of", "target", "scoped"] = "shown"


@dataclass(frozen=True)
class Aside:
    """A part in brackets after a word."""

    part: Part


@dataclass(frozen=True)
class Listed:
    """Parts one after the other: names (", " / "、"), commas (", " / "，"), clauses ("; " / "；") or whole sentences."""

    parts: tuple[Part, ...]
    by: Literal["names", "commas", "clauses", "sentences"] = "names"


@dataclass(frozen=True)
class Finding:
    """One sentence of the first screen, with its size and its certainty.

    Attributes:
        sentence: without words.
        size: cases that went otherwise than agreed or than usual; a P1 counts ten times, a P2 five times, good news half.
        certainty: 1 what chance does not explain, less for what it may.
        change: whether the sentence says that something has changed since earlier periods.
        cause: what it is about; of two findings about the same, only the weightier is told.
        tells: other causes that the sentence tells as well.
        section: anchor of the section that has more.
    """

    sentence: Sentence
    size: float
    certainty: float
    change: bool = False
    cause: str = ""
    tells: frozenset[str] = frozenset()
    section: str = ""

    @property
    def weight(self) -> float:
        """Size × certainty; by it findings are ranked."""
        return self.size * self.certainty


@dataclass(frozen=True)
class Decision:
    """One decision needed.

    Attributes:
        what: is to be decided, as a question where a rule proposes it; a text where a person asks for it.
        number: the one number that it is about; None if there is none.
        by: until when; None if a note names no day.
        owner: of the note, the service or the group; "" if nobody is named.
        rule: that proposes it; None where a person asks for it.
        details: what a card of its own report tells of it, beginning with what is the case and until when it can wait.
    """

    what: Sentence | Name
    number: Sentence | None
    by: date | None
    owner: str
    rule: Sentence | None
    details: tuple[Sentence, ...] = ()
