"""What tickets say, as words: without markup, personal data and form letters; Chinese is cut into whole words."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 2000  # characters of a text that are read: what it is about stands at its beginning
FEWEST, RESTS, HALF = (
    10,
    8,
    0.5,
)  # a form letter: in so many tickets, beside so many different texts, no context with more than half
EVERYWHERE = 0.02  # where all tickets are of one context: share of all texts
HAN = "\u3400-\u9fff"
TAG = re.compile(r"<[^<>]{0,300}>")
# Personal data and what differs from ticket to ticket. Masked here, in one place, before anything is counted or named.
MASKED = re.compile(
    r"https?://\S+|www\.\S+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])"  # identity card
    r"|(?<![\dA-Za-z])\+?\d[\d ()-]{5,}\d(?![\dA-Za-z])"  # telephone, account, date
)
NEEDED = re.compile(r"[@\d]|://|www\.")
ENDS = str.maketrans(dict.fromkeys("，。；：！？、（）【】", "\n"))  # of Chinese clauses, before their marks become Latin ones
CLAUSE = re.compile(r"[!?;\n\r()\[\]|]+|[.,:](?=\s|$)|\s[-–—]+\s")
WORD = re.compile(rf"(?:(?![{HAN}_])\w)+(?:[-_.'/](?:(?![{HAN}_])\w)+)*|[{HAN}]+")
ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:[-_.'/][A-Za-z0-9]+)*")
DIGITS = re.compile(r"[\d.,:/'_-]+")
ENDING = re.compile(r"(?:ing|ed|es|s)$")

Cut = Callable[[str], list[str]]
Clauses = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Ticket:
    """One ticket as grouping sees it.

    Attributes:
        clauses: its words as written, clause by clause.
        context: what it belongs to (service, category, configuration item), None where it is not known.
    """

    clauses: Clauses
    context: tuple[str | None, ...] = ()


def masked(text: str) -> str:
    """A text without markup, addresses, telephone, identity-card and other long numbers.

    >>> masked("<b>Call</b> 138 0013 8000 or zhang@example.com: VPN error 691")
    ' Call    or  : VPN error 691'
    """
    plain = text[:LONGEST]
    if "<" in plain or "&" in plain:
        plain = html.unescape(TAG.sub(" ", plain))
    plain = unicodedata.normalize("NFKC", plain.translate(ENDS))
    return MASKED.sub(" ", plain) if NEEDED.search(plain) else plain


def words_by(names: Iterable[str]) -> Cut:
    """What cuts a text into words: Latin words as written, Chinese ones by dictionary.

    Args:
        names: of the workspace's own systems; their Chinese parts are words.

    >>> words_by(["手持终端"])("WMS 手持终端无法扫码")
    ['WMS', '手持终端', '无法', '扫码']
    """
    from rjieba import Jieba  # builds its dictionary, which takes a fifth of a second

    segmenter = Jieba()
    for system in sorted({part for name in names for part in re.findall(rf"[{HAN}]{{2,8}}", name)}):
        segmenter.add_word(system, None, None)

    @lru_cache(maxsize=100_000)
    def cut(text: str) -> list[str]:
        if text.isascii():
            return ASCII_WORD.findall(text)
        pieces = (segmenter.cut(run) if "\u3400" <= run[0] <= "\u9fff" else [run] for run in WORD.findall(text))
        return [word for piece in pieces for word in piece]

    return cut


def clauses_of(text: str, cut: Cut) -> Clauses:
    """The clauses of a text with any word in them.

    >>> clauses_of("您好，VPN error 691!", str.split)
    (('您好',), ('VPN', 'error', '691'))
    """
    parts = (tuple(cut(part)) for part in CLAUSE.split(masked(text)) if part)
    return tuple(part for part in parts if part)


@lru_cache(maxsize=200_000)
def term(word: str) -> str:
    """The form under which a word is counted; "" for what says nothing: numbers other than short codes, single letters.

    >>> [term(word) for word in ("Printers", "printing", "691", "2026-10-05", "x", "无")]
    ['printer', 'print', '691', '', '', '无']
    """
    plain = word.casefold()
    if DIGITS.fullmatch(plain):
        return plain if plain.isdigit() and 3 <= len(plain) <= 5 else ""
    if plain.isascii():
        return "" if len(plain) < 2 else ENDING.sub("", plain) if len(plain) > 5 and plain.isalpha() else plain
    return plain


@lru_cache(maxsize=200_000)
def is_code(counted: str) -> bool:
    """Whether a term looks like the code of an error or a system: it joins languages.

    >>> [is_code(word) for word in ("ora-12154", "691", "err_cert", "printer")]
    [True, True, True, False]
    """
    return "_" in counted or any(letter.isdigit() for letter in counted)


@lru_cache(maxsize=200_000)
def said(clause: tuple[str, ...]) -> tuple[str, ...]:
    """A clause without case, endings and numbers: the form in which form letters are compared."""
    return tuple(counted for word in clause if (counted := term(word)) and not counted.isdigit())


class FormLetters:
    """Clauses that stand beside otherwise different texts: greetings, signatures, places. Learnt as tickets come."""

    def __init__(self) -> None:
        self.tickets = 0
        self.contexts: Counter[str | None] = Counter()
        self.count: Counter[tuple[str, ...]] = Counter()
        self.rests: defaultdict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
        self.within: defaultdict[tuple[str, ...], Counter[str | None]] = defaultdict(Counter)

    def learn(self, tickets: Iterable[Ticket]) -> None:
        """Count what stands beside what."""
        for ticket in tickets:
            parts = [said(clause) for clause in ticket.clauses]
            first = ticket.context[0] if ticket.context else None
            self.tickets += 1
            self.contexts[first] += 1
            for place, part in enumerate(parts):
                rest = max((other for number, other in enumerate(parts) if number != place), key=len, default=())
                self.count[part] += 1
                self.within[part][first] += 1
                if rest and len(self.rests[part]) < 10 * RESTS:
                    self.rests[part].add(rest)

    def found(self, clause: tuple[str, ...]) -> bool:
        """Whether a clause is one of them: it says nothing of the cause."""
        part = said(clause)
        if not part:
            return True
        count = self.count[part]
        if count < FEWEST or len(self.rests[part]) < RESTS:
            return False
        if max(self.contexts.values()) > HALF * self.tickets:
            return count >= EVERYWHERE * self.tickets and len(self.rests[part]) >= 2 * RESTS
        return max(self.within[part].values()) <= HALF * count

    def without(self, ticket: Ticket) -> Clauses:
        """What a ticket says beside them; all of it where that would be nothing."""
        kept = tuple(clause for clause in ticket.clauses if not self.found(clause))
        return kept or ticket.clauses
