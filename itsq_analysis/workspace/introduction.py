"""What a workspace and its catalogue say of themselves, in a notebook and in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from itsq_analysis.errors import ItsqError
from itsq_analysis.tables import contract, contracts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from itsq_analysis.indicators import Indicator
    from itsq_analysis.workspace.workspace import Workspace

NEXT = (
    *("ws.catalogue", "ws.values()", 'ws.plot("resolve_time_median", by="service")', 'ws.compare("2026-09", "2026-10")'),
    *('ws.table("incidents")', 'ws.plot(ws.forecast("incidents", 28))', "quality_report(ws)"),
)
BEGINS = ("opened_at", "started_at", "time", "at", "start")  # columns that place a row, the first one that a table has


def catalogue_frame(definitions: Iterable[Indicator], language: str) -> pd.DataFrame:
    """One row an indicator: id (the index), section, title, unit, kind, better, population, reference_target."""
    rows = [
        {
            "id": indicator.id,
            "section": indicator.section,
            "title": indicator.title[language],
            "unit": indicator.unit,
            "kind": indicator.kind,
            "better": indicator.better,
            "population": indicator.population[language],
            "reference_target": indicator.reference_target,
        }
        for indicator in definitions
    ]
    return pd.DataFrame(rows).astype({"reference_target": "float64"}).set_index("id")


def facts_of(workspace: Workspace) -> list[tuple[str, str]]:
    """What there is: organisation, snapshot, data, tables with their rows, agreed targets, what to try next."""
    settings = workspace.settings
    facts = [("organisation", settings.organisation.name or workspace.path.name)]
    facts += [("services", ", ".join(workspace.services))] if workspace.services else []
    try:
        snapshot = workspace.snapshot
        rows = workspace.rows(" UNION ALL ".join(map(_held, contracts())), {})
        held = rows[rows["n"] > 0]
        began = f"{held['began'].min():%Y-%m-%d} to " if held["began"].notna().any() else "until "
        if snapshot.horizon:
            facts.append(("data", f"{began}{workspace.horizon:%Y-%m-%d %H:%M}, {settings.organisation.timezone}"))
        facts.append(("tables", ", ".join(f"{row.name_} {row.n:,}" for row in held.itertuples()) or "no rows"))
        facts.append(
            ("snapshot", f"{snapshot.id}, committed {snapshot.committed_at.astimezone(settings.organisation.zone):%Y-%m-%d %H:%M}")
        )
    except ItsqError as error:  # nothing was loaded yet, or the store cannot be read
        return [*facts, ("store", str(error))]
    agreed = [target for target in settings.targets if target.kind == "agreed"]
    names = ", ".join(dict.fromkeys(target.indicator for target in agreed))
    facts.append(("agreed targets", f"{len(agreed)}: {names}" if agreed else "none; a [[target]] of itsq.toml is one"))
    return [*facts, ("try", " · ".join(NEXT))]


def _held(table: str) -> str:
    """How many rows a table has, and when the first of them happened (local time)."""
    times = [name for name in BEGINS if name in contract(table).columns]
    began = f'min("{times[0]}")' if times else "CAST(NULL AS TIMESTAMPTZ)"
    return f"SELECT '{table}' AS name_, count(*) AS n, {began} AS began FROM \"{table}\""


def as_text(name: str, facts: list[tuple[str, str]]) -> str:
    """Lines for a terminal."""
    return "\n".join([name, *(f"  {key}: {text}" for key, text in facts)])


def as_html(name: str, facts: list[tuple[str, str]]) -> str:
    """A small table for a notebook; names come from exports and are escaped. What to try is code, one line each."""
    left = "text-align:left;vertical-align:top"
    rows = Markup("").join(
        Markup('<tr><th style="{}">{}</th><td style="{}">{}</td></tr>').format(left, key, left, _shown(key, text))
        for key, text in facts
    )
    return str(Markup('<table><caption style="text-align:left"><b>{}</b></caption>{}</table>').format(name, rows))


def _shown(key: str, text: str) -> Markup:
    if key != "try":
        return Markup("{}").format(text)
    return Markup("<br>").join(Markup("<code>{}</code>").format(line) for line in text.split(" · "))
