"""Rows that are refused for what stands around them: a second header above, the rest of the row below."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from itsq_analysis.ingest.binding import Binder, Binding
from itsq_analysis.ingest.checks import Check
from itsq_analysis.ingest.header import names, normal
from itsq_analysis.ingest.read import RawTable
from itsq_analysis.ingest.typed import Typed
from itsq_analysis.store import quoted

EXAMINED = 1000  # refused rows of which each could be a header


def refuse_cut_short(connection: duckdb.DuckDBPyConnection, raw: RawTable, typed: Typed) -> Typed:
    """Refuse the rows that may go on in a malformed line below them."""
    if not raw.cut_short:
        return typed
    lines = ", ".join(map(str, sorted(raw.cut_short)))
    connection.execute(
        f"UPDATE {quoted(typed.relation)} SET _check = {len(typed.checks)} WHERE _line IN ({lines}) AND _check IS NULL"
    )
    return replace(typed, checks=[*typed.checks, Check("cut_short", "", "false")])


def refuse_below_header(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, typed: Typed, binder: Binder, binding: Binding
) -> Typed:
    """Refuse the rows below a second header that differs from the first; the same one again, as joined files have it, is harmless.

    A header is never a sound row, so that only rows that are refused already need a look.
    """
    [(is_sound,)] = connection.execute(f"SELECT count(_check) = 0 FROM {quoted(typed.relation)}").fetchall()
    if is_sound:
        return typed
    columns = ", ".join(f"r.c{place}" for place in range(len(raw.headers)))
    place = binding.columns[binder.required[-1]] if binder.required else 0
    known = {alias for aliases in (*binder.own.values(), *binder.aliases.values()) for alias in aliases}
    rows = connection.execute(
        f"SELECT r._line, {columns} FROM {quoted(typed.relation)} t JOIN {quoted(raw.relation)} r ON r._row = t._order "
        f"WHERE t._check IS NOT NULL AND NOT regexp_matches(r.c{place}, '[0-9]') ORDER BY r._line LIMIT {EXAMINED}"
    ).fetchall()
    own = [normal(name) for name in raw.headers]
    for line, *values in rows:
        keys = [normal(name) for name in names([value or "" for value in values])]
        if keys != own and sum(key in known for key in keys) > 1:
            connection.execute(
                f"UPDATE {quoted(typed.relation)} SET _check = {len(typed.checks)} WHERE _line > {line} AND _check IS NULL"
            )
            return replace(typed, checks=[*typed.checks, Check("another_header", binder.required[-1], "false")])
    return typed
