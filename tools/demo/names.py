"""What pages call things in English and Chinese: columns that registers carry beside the names in the data, from names.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from tools.demo.files import Frame


@cache
def written() -> dict[str, dict[str, str]]:
    """By language what each text is called; a text without an entry has no other name."""
    return tomllib.loads(files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))


def named(frame: Frame, column: str, **headers: str) -> Frame:
    """A register with a column a language: `headers` are their headings.

    >>> named({"service": ["E-mail"]}, "service", name_zh="zh")["name_zh"]
    ['电子邮件']
    """
    return frame | {header: _called(frame[column], language) for header, language in headers.items()}


def _called(texts: Iterable[str], language: str) -> list[str]:
    return [written()[language].get(text, "") for text in texts]
