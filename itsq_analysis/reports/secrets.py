"""Secrets of a run: a parameter "env:NAME" is a reference, which the notebook looks up; its value is kept out of all files.

token: str = "env:CMDB_TOKEN"                          # in the parameter cell; this text is all that files ever hold
key = os.environ[token.removeprefix("env:")]           # in the notebook, where it is used
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from itsq_analysis.errors import ReportError

REFERENCE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
HIDDEN = "•••"
SHORTEST = 4  # characters: less is no secret, and hiding it would garble every page


def secret_values(values: Any) -> tuple[str, ...]:
    """The values of all references among parameters, the longest first.

    Raises:
        ReportError: a variable is not set, or too short to be a secret.
    """
    found = set()
    for name in _references(values):
        value = os.environ.get(name, "")
        if len(value) < SHORTEST:
            raise ReportError(
                f"a secret must stand in the environment, {SHORTEST} characters or more; found "
                f"{'nothing' if not value else 'a shorter one'} in {name}; set it where the run is started"
            )
        found.add(value)
    return tuple(sorted(found, key=lambda value: (-len(value), value)))


def _references(values: Any) -> Iterable[str]:
    if isinstance(values, str) and (match := REFERENCE.fullmatch(values)):
        yield match[1]
    elif isinstance(values, Mapping):
        yield from (name for value in values.values() for name in _references(value))
    elif isinstance(values, list | tuple):
        yield from (name for value in values for name in _references(value))


def hidden(text: str, secrets: Iterable[str]) -> str:
    """A text without secrets.

    >>> hidden("Bearer s3cret!", ["s3cret!"])
    'Bearer •••'
    """
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def hide(part: Any, secrets: tuple[str, ...]) -> Any:
    """A notebook, or a part of one, with secrets hidden in every text, in place."""
    if isinstance(part, str):
        return hidden(part, secrets)
    if isinstance(part, dict):
        for key in part:
            part[key] = hide(part[key], secrets)
    elif isinstance(part, list):
        part[:] = [hide(item, secrets) for item in part]
    return part


def refuse_secrets(files: Mapping[str, bytes], secrets: Iterable[str]) -> None:
    """Refuse files that hold a secret, also inside a workbook or another ZIP file.

    Raises:
        ReportError: one does; the message does not repeat it.
    """
    for name, content in files.items():
        if any(secret.encode("utf-8") in inner for secret in secrets for inner in _contents(content)):
            raise ReportError(f"a file beside the page must hold no secret; found one in {name}; leave it out in the notebook")


def _contents(content: bytes) -> Iterable[bytes]:
    yield content
    try:
        with ZipFile(BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    except BadZipFile:
        return
