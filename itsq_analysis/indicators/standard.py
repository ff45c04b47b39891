"""The sections of the standard: what each has of indicators, and which table or column one lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itsq_analysis.errors import IndicatorError
from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.catalogue import sections
from itsq_analysis.indicators.indicator import Indicator, Words
from itsq_analysis.store import quoted


@dataclass(frozen=True)
class Lacking:
    """A table that holds no row (`columns` is then empty), or columns of it that say nothing in any row."""

    table: str
    columns: tuple[str, ...] = ()


def section_titles() -> dict[str, Words]:
    """Number -> title of the 32 sections of the standard, in its order.

    >>> section_titles()["4.3"]["zh"]
    '信息技术服务的应急预案与响应'
    """
    return {number: title for titles in sections().values() for number, title in titles.items() if "." in number}


def chosen_sections(text: str) -> tuple[str, ...]:
    """The sections that a text asks for, each once, in the order of the standard: "4" is the whole chapter.

    Raises:
        IndicatorError: the standard has no such section.

    >>> chosen_sections("7.2, 5")
    ('5.1', '5.2', '5.3', '5.4', '7.2')
    """
    known = section_titles()
    asked = [part for part in re.split(r"[,\s\N{FULLWIDTH COMMA}\N{IDEOGRAPHIC COMMA}]+", text) if part]
    for part in asked:
        if part not in known and not any(number.startswith(f"{part}.") for number in known):
            raise IndicatorError(f"a section must be of the standard, 1 to 8 or 1.1 to 8.4; found {part!r:.40}; use one of these")
    return tuple(number for number in known if any(number == part or number.startswith(f"{part}.") for part in asked))


def of_section(catalogue: Mapping[str, Indicator], numbers: Sequence[str]) -> list[str]:
    """The ids of the indicators of these sections, in the catalogue's order."""
    return [name for name, indicator in catalogue.items() if indicator.section in numbers]


def found_by(indicator: Indicator, word: str) -> bool:
    """Whether a word, in any case, stands in an indicator's id, or in its title, population or meaning in either language."""
    texts = (indicator.id, *indicator.title.values(), *indicator.population.values(), *indicator.meaning.values())
    return any(word.casefold() in text.casefold() for text in texts)


@fact
def lacking(scope: Scope, name: str) -> tuple[Lacking, ...]:
    """What an indicator would need to be measured, for each table that it counts; () where all is there."""
    needs: dict[str, Lacking] = {}
    for part in [scope.catalogue[part_name] for part_name in scope.catalogue[name].parts] or [scope.catalogue[name]]:
        if part.table:
            columns = [*filter(None, (part.time,)), *part.requires]
            counts = ", ".join(["count(*)", *(f"count({quoted(column)})" for column in columns)])
            [(rows, *known)] = scope.query(f'SELECT {counts} FROM "{part.table}"').to_numpy().tolist()
            silent = tuple(column for column, count in zip(columns, known, strict=True) if not count)
            if not rows or silent:
                needs[part.table] = Lacking(part.table, silent if rows else ())
    return tuple(needs.values())
