"""What a workspace and its catalogue say of themselves, in a notebook and in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from itsq_analysis.errors import ItsqError
from itsq_analysis.tables import contracts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from itsq_analysis.indicators import Indicator
    from itsq_analysis.workspace.workspace import Workspace

NEXT = ("ws.values()", "ws.catalogue", 'ws.table("incidents")', 'ws.forecast("incidents", 28)', "quality_report(ws)")


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
    told = [("organisation", settings.organisation.name or workspace.path.name)]
    told += [("services", ", ".join(workspace.services))] if workspace.services else []
    try:
        snapshot = workspace.snapshot
        rows = workspace.rows(
            " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS n FROM \"{name}\"" for name in contracts()), {}
        )
        held = [f"{name} {count:,}" for name, count in zip(rows["name"], rows["n"], strict=True) if count]
        until = f", data until {workspace.horizon:%Y-%m-%d %H:%M}" if snapshot.horizon else ""
        told += [("snapshot", f"{snapshot.id}{until}"), ("tables", ", ".join(held) or "no rows")]
    except ItsqError as error:  # nothing was loaded yet, or the store cannot be read
        return [*told, ("store", str(error))]
    agreed = sum(target.kind == "agreed" for target in settings.targets)
    return [*told, ("agreed targets", str(agreed)), ("try", " · ".join(NEXT))]


def as_text(name: str, facts: list[tuple[str, str]]) -> str:
    """Lines for a terminal."""
    return "\n".join([name, *(f"  {key}: {text}" for key, text in facts)])


def as_html(name: str, facts: list[tuple[str, str]]) -> str:
    """A small table for a notebook; names come from exports and are escaped."""
    rows = Markup("").join(Markup("<tr><th>{}</th><td>{}</td></tr>").format(key, text) for key, text in facts)
    return str(Markup("<table><caption>{}</caption>{}</table>").format(name, rows))
