"""The catalogue: every indicator is an entry of a TOML file, checked against the contracts when it is loaded."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.entry import check_parts, read_entry
from itsq_analysis.indicators.expression import parse_expression
from itsq_analysis.indicators.indicator import Indicator, Words

OWN = "catalogue"  # the folder of a workspace's own definitions


def load_catalogue(extra_dir: Path | None = None) -> dict[str, Indicator]:
    """All indicators by id: those of itsq, in the order of the standard, then those of a folder's `*.toml`.

    Raises:
        IndicatorError: an entry is not as it must be, or an id stands in two files.

    >>> load_catalogue()["change_success_rate"].title["zh"]
    '变更成功率'
    """
    if extra_dir is None or not extra_dir.is_dir():
        return dict(_shipped())
    extra = sorted((path for path in extra_dir.iterdir() if path.suffix == ".toml"), key=lambda path: path.name)
    return _loaded(extra, _shipped(), f"{extra_dir.name}/")


def with_entry(known: Mapping[str, Indicator], text: str) -> tuple[dict[str, Indicator], str]:
    """A catalogue with one more definition, or another of its own file, and the id.

    Args:
        known: the catalogue.
        text: TOML with one `[[indicator]]`; its file is `catalogue/ID.toml`.

    Raises:
        IndicatorError: it is not as it must be, or its id stands in another file.
    """
    try:
        entries = _entries(tomllib.loads(text), "the definition")
    except tomllib.TOMLDecodeError as error:
        raise IndicatorError(f"a definition must be TOML; found: {error}; correct it") from error
    if len(entries) != 1:
        raise IndicatorError(f"a definition must hold one [[indicator]]; found {len(entries)}; give them one by one")
    name = read_entry(entries[0], "the definition").id
    file = f"{name}.toml"
    others = {key: indicator for key, indicator in known.items() if indicator.file != f"{OWN}/{file}"}
    return _loaded([Text(file, text)], others, f"{OWN}/"), name


@dataclass(frozen=True)
class Text:
    """A text that is read as if it stood in a file."""

    name: str
    content: str

    def read_text(self, encoding: str = "utf-8") -> str:  # noqa: ARG002 (a file's signature)
        """The text."""
        return self.content


def recorded_catalogue(definitions: Iterable[Mapping[str, Any]]) -> dict[str, Indicator]:
    """The catalogue that a snapshot recorded, from the results of `describe`, whatever the files say today.

    >>> from itsq_analysis.indicators import describe
    >>> recorded_catalogue(map(describe, load_catalogue().values())) == load_catalogue()
    True
    """
    return {raw["id"]: _recorded(raw) for raw in definitions}


def _recorded(raw: Mapping[str, Any]) -> Indicator:
    at, stock = f"{raw['file']}, {raw['id']}", "until" in raw
    known = {field.name: raw[field.name] for field in fields(Indicator) if field.name in raw}
    parsed = {key: parse_expression(raw[key], raw["table"], f"{at}, {key}", stock) for key in ("where", "of", "over") if key in raw}
    return Indicator(**{**known, **parsed, "requires": tuple(raw.get("requires", ()))})


@cache
def sections() -> dict[str, dict[str, Words]]:
    """The chapters of the standard that have indicators: {"1": {"1": title, "1.1": title, …}, …}."""
    parts = {}
    for file in _shipped_files():
        raw = _read(file, "")
        number = file.name.removeprefix("ch").removesuffix(".toml")
        parts[number] = {number: raw["chapter"]} | raw["sections"]
    return parts


def _shipped_files() -> list[Traversable]:
    return sorted((files(__package__) / "catalogue").iterdir(), key=lambda file: file.name)


@cache
def _shipped() -> dict[str, Indicator]:
    return _loaded(_shipped_files(), {}, "")


def _loaded(sources: list[Any], known: dict[str, Indicator], folder: str) -> dict[str, Indicator]:
    indicators = dict(known)
    for source in sources:
        for raw in _entries(_read(source, folder), folder + source.name):
            indicator = read_entry(raw, folder + source.name)
            if indicator.id in indicators:
                other = indicators[indicator.id].file
                raise IndicatorError(
                    f"an id must stand once; found {indicator.id!r} in {other} and in {indicator.file}; rename one"
                )
            indicators[indicator.id] = indicator
    check_parts(indicators)
    return indicators


def _read(source: Any, folder: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IndicatorError(f"{folder}{source.name}: must be TOML in UTF-8; found: {error}; correct it") from error


def _entries(raw: dict[str, Any], file: str) -> list[dict[str, Any]]:
    entries = raw.get("indicator", [])
    unknown = set(raw) - {"indicator", "chapter", "sections"}
    if unknown or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        found = ", ".join(sorted(unknown)) or "indicator of another form"
        raise IndicatorError(f"{file}: must hold [[indicator]] entries; found {found}; write [[indicator]] above each entry")
    return entries
