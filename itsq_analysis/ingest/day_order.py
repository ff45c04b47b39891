"""Whether 3/4/2016 is 3 April or 4 March: stated, or proved by the rows of a file, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.read import RawTable
from itsq_analysis.ingest.time_texts import tidied
from itsq_analysis.store import quoted

_PARTS = r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}"


class OpenOrder(IngestError):  # noqa: N818 - it tells the load to ask the other files
    """Every date of a file can be read both ways; another file of its source may decide."""


@dataclass(frozen=True)
class _Evidence:
    """The first line with a date that is possible day first only, month first only, or both ways with different meanings."""

    day_first: int | None
    month_first: int | None
    open: int | None


def decide_day_first(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, odd: Mapping[int, frozenset[str]], stated: bool | None, display: str
) -> bool | None:
    """The order of day and month in a file's date columns; None where no date needs one.

    Args:
        odd: positions of the date and time columns in the file -> what is odd in their texts.
        stated: by the source or the mapping; None is left to the rows.

    Raises:
        IngestError: the rows contradict what is stated, contradict each other, or allow both orders.
    """
    found = _evidence(connection, raw, odd)
    if stated is not None:
        against, for_it = (found.month_first, found.day_first) if stated else (found.day_first, found.month_first)
        if against is not None and for_it is None:
            raise IngestError(
                f"dates must be written {_name(stated)}, as day_first = {str(stated).lower()} says; found only {_name(not stated)} "
                f"ones, such as in line {against} of {display}; set day_first = {str(not stated).lower()}"
            )
        return stated
    if found.day_first is not None and found.month_first is not None:
        raise IngestError(
            f"dates of a file must be written in one order; found day first in line {found.day_first} and month first in line "
            f"{found.month_first} of {display}; correct the rows, or say which order holds with day_first = true or false in the "
            "source's entry of itsq.toml (the other rows then go to quarantine)"
        )
    if found.day_first is None and found.month_first is None and found.open is not None:
        raise OpenOrder(
            f"the order of day and month must be known; found only dates that allow both, such as in line {found.open} of "
            f"{display}; set day_first = true or false in the source's entry of itsq.toml"
        )
    return None if found == _Evidence(None, None, None) else found.day_first is not None


def _name(day_first: bool) -> str:
    return "day first" if day_first else "month first"


def _evidence(connection: duckdb.DuckDBPyConnection, raw: RawTable, odd: Mapping[int, frozenset[str]]) -> _Evidence:
    if not odd:
        return _Evidence(None, None, None)
    texts = " UNION ALL ".join(
        f"SELECT _line, regexp_extract(t, '{_PARTS}', ['a', 'b']) AS part FROM "
        f"(SELECT _line, {tidied(f'c{position}', found)} AS t FROM {quoted(raw.relation)}) WHERE regexp_matches(t, '{_PARTS}')"
        for position, found in odd.items()
    )
    [row] = connection.execute(
        "SELECT min(_line) FILTER (a BETWEEN 13 AND 31 AND b <= 12), min(_line) FILTER (a <= 12 AND b BETWEEN 13 AND 31), "
        "min(_line) FILTER (a <= 12 AND b <= 12 AND a <> b) "
        f"FROM (SELECT _line, part.a::INTEGER AS a, part.b::INTEGER AS b FROM ({texts}))"
    ).fetchall()
    return _Evidence(*row)
