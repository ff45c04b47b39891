"""Values after approved exemptions: an indicator evaluated over tables without the tickets that were exempted from it.

The exempted rows are hidden by temporary views of the same names, for one evaluation; the tables behind them stay as they are. An
exempted outage is down time that does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from itsq_analysis.sections.registers import day, indicator_id, known_day, text
from itsq_analysis.sections.scene import Scene
from itsq_analysis.store import literal, quoted
from itsq_analysis.tables import contracts

NAMES = ("number", "ticket")  # columns by which a row is a ticket's, or a survey about one


@dataclass(frozen=True)
class Exemption:
    """One row of the register.

    Attributes:
        indicator: its id; what the register says where no indicator is called so (`known` is then false).
        approved: by somebody, on a day that the report knows; only then the ticket is left out.
    """

    ticket: str
    indicator: str
    reason: str
    approved_by: str
    approved_on: date | None
    approved: bool
    known: bool = True


def exemptions(scene: Scene) -> list[Exemption]:
    """Every row of the register, by ticket and indicator; worked out once for a scene."""
    if "exemptions" not in scene.kept:
        rows = scene.query('SELECT * FROM "exemptions" ORDER BY ticket, indicator')
        scene.kept["exemptions"] = [_exemption(scene, row) for _, row in rows.iterrows()]
    return list(scene.kept["exemptions"])


def _exemption(scene: Scene, row: pd.Series) -> Exemption:
    by, on, found = text(row["approved_by"]), day(row["approved_on"]), indicator_id(scene, row["indicator"])
    return Exemption(
        ticket=row["ticket"],
        indicator=found or row["indicator"],
        reason=text(row["reason"]),
        approved_by=by,
        approved_on=on,
        approved=bool(by) and on is not None and on <= known_day(scene),
        known=found is not None,
    )


def approved(scene: Scene) -> dict[str, list[str]]:
    """Indicator -> tickets that are left out of it."""
    found: dict[str, list[str]] = {}
    for one in exemptions(scene):
        if one.approved and one.known:
            found.setdefault(one.indicator, []).append(one.ticket)
    return found


def values_after(scene: Scene, ids: Sequence[str], by: str | None = None) -> pd.DataFrame:
    """The value frame of the reporting period after approved exemptions, as `Scene.values` gives it before them."""
    left_out = approved(scene)
    plain = [name for name in ids if name not in left_out]
    frames = [scene.values(plain, by=by)] if plain else []
    frames += [_after(scene, name, by, left_out[name]) for name in ids if name in left_out]
    order = {name: place for place, name in enumerate(ids)}
    return pd.concat(frames, ignore_index=True).sort_values(
        "indicator", key=lambda names: names.map(order), kind="stable", ignore_index=True
    )


def _after(scene: Scene, name: str, by: str | None, tickets: Sequence[str]) -> pd.DataFrame:
    """One indicator's values without the tickets; worked out once for a scene."""
    key = ("values after", name, by)
    if key not in scene.kept:
        with without(scene, tickets) as narrowed:
            scene.kept[key] = narrowed.values([name], by=by)
    found: pd.DataFrame = scene.kept[key]
    return found.copy()


@contextmanager
def without(scene: Scene, tickets: Sequence[str]) -> Iterator[Scene]:
    """The scene over tables that do not show these tickets; it must be asked within the block.

    A view of the connection's own temporary schema goes before the table of the same name.
    """
    connection = scene.workspace.connection
    [(database, schema)] = connection.execute("SELECT current_database(), current_schema()").fetchall()
    hidden = f"({', '.join(literal(ticket) for ticket in tickets)})"
    made: list[str] = []
    try:
        for name, table in contracts().items():
            columns = [column for column in NAMES if column in table.columns and name not in ("notes", "exemptions")]
            if columns:
                kept = " AND ".join(f"({quoted(column)} IS NULL OR {quoted(column)} NOT IN {hidden})" for column in columns)
                source = ".".join(quoted(part) for part in (database, schema, name))
                connection.execute(f"CREATE TEMP VIEW {quoted(name)} AS SELECT * FROM {source} WHERE {kept}")
                made.append(name)
        yield replace(scene)  # with nothing kept from before
    finally:
        for name in made:
            connection.execute(f"DROP VIEW temp.{quoted(name)}")
