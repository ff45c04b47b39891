"""Which columns of a file hold nothing but plain texts, asked once, so that rare cases cost nothing where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from itsq_analysis.store import literal, quoted

_ISO = r"[12]\d{3}[-/]\d{2}[-/]\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"


@dataclass(frozen=True)
class PlainTexts:
    """What is plain in a file, by position of the column.

    Attributes:
        iso: every text is a date or time year first, in digits: none is odd, marks a missing time, or leaves day and month open.
        ascii: every text is ASCII: none has accents to compose or blanks that are not the keyboard's.
        years: the first and the last year of the times, where all columns of times are `iso`.
    """

    iso: frozenset[int] = frozenset()
    ascii: frozenset[int] = frozenset()
    years: tuple[int, int] | None = None


def plain_texts(connection: duckdb.DuckDBPyConnection, relation: str, times: Sequence[int], texts: Sequence[int]) -> PlainTexts:
    """Ask one scan of a relation's columns c0, c1, …

    Args:
        times: positions of the columns of dates and times.
        texts: positions of the columns whose texts are kept.
    """
    is_iso = [f"bool_and(c{place} = '' OR regexp_full_match(c{place}, {literal(_ISO)}))" for place in times]
    is_ascii = [f"bool_and(strlen(c{place}) = length(c{place}))" for place in texts]
    edges = [f"{edge}(c{place})" for edge in ("min", "max") for place in times]
    asked = [*is_iso, *is_ascii, *edges]
    if not asked:
        return PlainTexts()
    [row] = connection.execute(f"SELECT {', '.join(asked)} FROM {quoted(relation)}").fetchall()
    iso = frozenset(place for place, found in zip(times, row, strict=False) if found is not False)  # NULL: no text at all
    ascii_only = frozenset(place for place, found in zip(texts, row[len(times) :], strict=False) if found is not False)
    found = [text[:4] for text in row[len(is_iso) + len(is_ascii) :] if text is not None] if len(iso) == len(times) else []
    years = (int(min(found)), int(max(found))) if found and "" not in found else None
    return PlainTexts(iso, ascii_only, years)
