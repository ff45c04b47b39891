"""A name for a group of tickets, made of its own words: those that most of them say, as the text has them that says them best."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from itsq_analysis.recurring.texts import HAN, Clauses, term

SHARED = 0.6  # of the tickets that say a word of the name
WORDS, WIDTH = 8, 48  # at most; columns of a line, a Chinese character takes two
EXTRA = 0.15  # what a word that others do not say costs a text as a name
OPEN = frozenset(re.findall(r"\w+", "a an and at by for from in no not of on or than the to with 的 和 与 在 从 向 后 时"))
SAMPLE = 400  # different texts that are read for a name
FEWEST = 3  # tickets in a language, for a name in it


def is_chinese(clauses: Clauses) -> bool:
    """Whether a text is written in Chinese.

    >>> is_chinese((("VPN", "断线"),)), is_chinese((("VPN", "drops"),))
    (True, False)
    """
    return any(HAN[0] <= word[0] <= HAN[-1] for clause in clauses for word in clause)


def names_of(texts: Sequence[Clauses]) -> tuple[str, str | None, str | None]:
    """The name of a group, and its names in English and in Chinese; None where too few tickets are written in a language.

    Args:
        texts: what each ticket says, beside form letters.

    >>> names_of([(("Printer", "jams", "again"),), (("Printer", "jams"),), (("My", "printer", "jams"),)])
    ('Printer jams', 'Printer jams', None)
    """
    chinese = [text for text in texts if is_chinese(text)]
    other = [text for text in texts if not is_chinese(text)]
    english, local = (name_of(part) if len(part) >= FEWEST else None for part in (other, chinese))
    return (local if len(chinese) > len(other) else english) or name_of(texts), english, local


def name_of(texts: Sequence[Clauses]) -> str:
    """The name of texts that say the same; "" of none."""
    often = Counter(texts)
    read = sorted(often, key=lambda text: -often[text])[:SAMPLE]
    said = Counter[str]()
    for text in read:
        said.update(dict.fromkeys(_terms(text), often[text]))
    least = min(SHARED * sum(often[text] for text in read), max(said.values(), default=0))
    shared = {counted: times for counted, times in said.items() if times >= least}

    def worth(text: Clauses) -> float:
        terms = _terms(text)
        extra = sum(found not in shared and found not in OPEN for found in terms)
        return sum(shared[found] for found in terms if found in shared) - EXTRA * least / SHARED * extra

    return joined(_fitting(max(read, key=worth, default=()), shared))


def _terms(text: Clauses) -> set[str]:
    return {found for clause in text for word in clause if (found := term(word))}


def _fitting(text: Clauses, shared: dict[str, int]) -> list[list[str]]:
    """The shared words of a text by clause, as many as fit; none ends in a word whose next one is left out."""
    width = count = 0
    kept: list[list[str]] = []
    for clause in text:
        words: list[str] = []
        for place, word in enumerate(clause):
            after = clause[place + 1 : place + 2]
            links = word.casefold() in OPEN and words and words[-1] == clause[place - 1] and after and term(after[0]) in shared
            if term(word) not in shared and not links:
                continue
            width, count = width + _width(word), count + 1
            if width > WIDTH or count > WORDS:
                return kept or [_closed(words)]
            words.append(word)
        words = words if words and words[-1] == clause[-1] else _closed(words)
        kept += [words] if words else []
    return kept


def _closed(words: list[str]) -> list[str]:
    """Words without those at the end that ask for another."""
    while words and words[-1].casefold() in OPEN:
        words = words[:-1]
    return words


def _width(word: str) -> int:
    return sum(2 if HAN[0] <= letter <= HAN[-1] else 1 for letter in word) + 1


def joined(clauses: Iterable[Sequence[str]]) -> str:
    """Clauses as a line: Chinese words without spaces.

    >>> joined([["WMS", "接口", "积压"], ["报错", "691"]])
    'WMS 接口积压 报错 691'
    """
    lines = []
    for clause in clauses:
        line = ""
        for word in clause:
            both_chinese = line and HAN[0] <= line[-1] <= HAN[-1] and HAN[0] <= word[0] <= HAN[-1]
            line += word if both_chinese or not line else f" {word}"
        lines.append(line)
    return " ".join(lines)
