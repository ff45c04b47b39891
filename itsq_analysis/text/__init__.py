"""Facts to sentences, in English and Chinese: by rule, without randomness.

Words stand in `terms.toml`, sentences in `sentences.toml`; both are looked up by id. Facts are put in as text, so whatever an
export holds stays text; the page escapes it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from itsq_analysis.text.formats import Language
from itsq_analysis.text.marks import plain

__all__ = ["LANGUAGES", "Language", "aside", "clauses", "listed", "paragraph", "say", "term", "term_ids"]


LANGUAGES: tuple[Language, ...] = ("en", "zh")


@cache
def _texts(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def term(id: str, language: Language) -> str:  # noqa: A002 - the key's name in terms.toml
    """A word or short label of the page.

    Raises:
        KeyError: `terms.toml` has no such id; a defect of the program.

    >>> term("missed", "en"), term("missed", "zh")
    ('missed', '未达标')
    """
    words: str = _texts("terms.toml")[id][language]
    return words


def term_ids(prefix: str) -> frozenset[str]:
    """The ids in `terms.toml` that begin with a prefix, without it.

    >>> "backlog" in term_ids("chart_")
    True
    """
    return frozenset(key.removeprefix(prefix) for key in _texts("terms.toml") if key.startswith(prefix))


def say(id: str, language: Language, **facts: Any) -> str:  # noqa: A002 - the key's name in sentences.toml
    """A sentence with its facts put in.

    A fact `n` of 1, with or without the marks of a printed fact, takes the sentence `id_one` where there is one.

    >>> say("outages_none", "en", period="October 2026")
    'No service was interrupted in October 2026.'
    """
    sentences = _texts("sentences.toml")
    key = f"{id}_one" if plain(str(facts.get("n"))) == "1" and f"{id}_one" in sentences else id
    sentence: str = sentences[key][language]
    return sentence.format(**facts)


def listed(items: Iterable[str], language: Language) -> str:
    """Names one after the other.

    >>> listed(["E-mail", "ERP"], "en"), listed(["E-mail", "ERP"], "zh")
    ('E-mail, ERP', 'E-mail、ERP')
    """
    return (", " if language == "en" else "、").join(items)


def clauses(items: Iterable[str], language: Language) -> str:
    """Parts of a sentence that hold commas themselves.

    >>> clauses(["A, 1", "B, 2"], "en"), clauses(["A，1", "B，2"], "zh")
    ('A, 1; B, 2', 'A，1；B，2')
    """
    return ("; " if language == "en" else "；").join(items)


def aside(text: str, language: Language) -> str:
    """What stands in brackets after a word; the space before it is the English one.

    >>> "OUT1" + aside("major", "en"), "OUT1" + aside("重大", "zh")
    ('OUT1 (major)', 'OUT1（重大）')
    """
    return f" ({text})" if language == "en" else f"（{text}）"


def paragraph(sentences: Iterable[str], language: Language) -> str:
    """Sentences one after the other.

    >>> paragraph(["One.", "Two."], "en"), paragraph(["一。", "二。"], "zh")
    ('One. Two.', '一。二。')
    """
    return (" " if language == "en" else "").join(sentences)
