"""What the shell offers after Tab: ids, services, periods, jobs. It never fails and never waits for a model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from itsq_analysis.workspace import Workspace

PERIODS = 13


def offered(names: Callable[[Workspace], Iterable[str]]) -> Callable[[typer.Context, list[str], str], list[str]]:
    """A completion from what the workspace of the command line, or the nearest one, holds; nothing where there is none."""

    def complete(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:  # noqa: ARG001 (typer's names)
        try:
            from itsq_analysis.workspace import open_workspace

            given = ctx.params.get("workspace")
            return [name for name in names(open_workspace(Path(given) if given else None)) if name.startswith(incomplete)]
        except Exception:  # a message in the middle of a line that is typed would be worse than no offer
            if os.environ.get("ITSQ_DEBUG"):
                raise
            return []

    return complete


def _indicators(workspace: Workspace) -> Iterable[str]:
    return workspace.definitions


def _services(workspace: Workspace) -> Iterable[str]:
    return workspace.known_services()


def _periods(workspace: Workspace) -> Iterable[str]:
    last = workspace.period()
    return ["last-month", *(period.label for period in reversed(workspace.history(last, PERIODS)))]


def _dimensions(workspace: Workspace) -> Iterable[str]:  # noqa: ARG001 (all offers alike)
    from itsq_analysis.indicators.dimensions import DIMENSIONS

    return DIMENSIONS


def _jobs(workspace: Workspace) -> Iterable[str]:
    return [job.id for job in workspace.settings.jobs]


def _reports(workspace: Workspace) -> Iterable[str]:
    from itsq_analysis.reports.notebooks import report_notebooks

    return report_notebooks(workspace.path)


def _tables(workspace: Workspace) -> Iterable[str]:  # noqa: ARG001 (all offers alike)
    from itsq_analysis.tables import contracts

    return contracts()


indicators, services, periods = offered(_indicators), offered(_services), offered(_periods)
dimensions, jobs, reports, tables = offered(_dimensions), offered(_jobs), offered(_reports), offered(_tables)
