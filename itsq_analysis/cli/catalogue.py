"""The command that lists what can be measured."""

from __future__ import annotations

from typing import Annotated

import typer

from itsq_analysis.cli.commands import FormatOption, Language, WorkspaceOption, app
from itsq_analysis.cli.output import show, write_frame

HEADER = ("section", "id", "title", "kind", "unit", "better", "reference_target", "clause", "table")


@app.command()
def indicators(
    section: Annotated[str | None, typer.Option(metavar="NUMBER", help="Of the standard, such as 3.4, or 4 for a chapter.")] = None,
    search: Annotated[str | None, typer.Option(metavar="WORD", help="In id, title or definition, of either language.")] = None,
    language: Annotated[Language, typer.Option("--language", "--lang", help="Of the titles.")] = "en",
    workspace: WorkspaceOption = None,
    format: FormatOption = "table",  # noqa: A002
) -> None:
    """List the indicators by section of the standard.

    With those of the workspace's own catalogue, where one is found.
    """
    import pandas as pd

    from itsq_analysis.cli.commands import _folder
    from itsq_analysis.errors import SettingsError
    from itsq_analysis.indicators.catalogue import load_catalogue
    from itsq_analysis.indicators.standard import chosen_sections, found_by, section_titles

    try:
        known = load_catalogue(_folder(workspace) / "catalogue")
    except SettingsError:
        if workspace is not None:
            raise
        known = load_catalogue()
    numbers = chosen_sections(section) if section else tuple(section_titles())
    chosen = [
        indicator
        for number in numbers
        for indicator in known.values()
        if indicator.section == number and found_by(indicator, search or "")
    ]
    rows = [
        (
            indicator.section,
            indicator.id,
            indicator.title[language],
            indicator.kind,
            indicator.unit,
            indicator.better,
            indicator.reference_target,
            indicator.clause,
            indicator.table,
        )
        for indicator in chosen
    ]
    if format != "table":
        write_frame(pd.DataFrame(rows, columns=list(HEADER)), format)
        return
    show(HEADER, rows, right=("reference_target",))
