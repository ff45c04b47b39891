"""Facts to sentences, in English and Chinese: by rule, without randomness.

Words stand in `terms.toml`, sentences in `sentences.toml`; both are looked up by id. Facts are put in as text, so whatever an
export holds stays text; the page escapes it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from itsq_analysis.narrative.formats import Language

__all__ = ["Language", "say", "term"]


@cache
def _texts(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def term(id: str, language: Language) -> str:  # noqa: A002 - the key's name in terms.toml
    """A word or short label of the page.

    Raises:
        KeyError: `terms.toml` has no such id; a defect of the program.

    >>> term("missed", "en"), term("missed", "zh")
    ('missed', '未达标')
    """
    return _texts("terms.toml")[id][language]


def say(id: str, language: Language, **facts: Any) -> str:  # noqa: A002 - the key's name in sentences.toml
    """A sentence with its facts put in.

    A fact `n` of 1 takes the sentence `id_one` where there is one.

    >>> say("outages_none", "en", period="October 2026")
    'No service was interrupted in October 2026.'
    """
    sentences = _texts("sentences.toml")
    key = f"{id}_one" if facts.get("n") in (1, "1") and f"{id}_one" in sentences else id
    return sentences[key][language].format(**facts)
