"""A workspace: settings, store and catalogue joined; the one object that notebooks and the command line use."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from itsq_analysis.errors import IndicatorError, IngestError, SettingsError
from itsq_analysis.settings import find_workspace, load_settings
from itsq_analysis.settings.init import write_text
from itsq_analysis.workspace.exploring import Explored
from itsq_analysis.workspace.introduction import as_html, as_text, catalogue_frame, facts_of
from itsq_analysis.workspace.kept_open import kept_open
from itsq_analysis.workspace.sources import in_force, input_of, inputs_of

if TYPE_CHECKING:
    from itsq_analysis.ingest.load import Input
    from itsq_analysis.ingest.pulling.pull import Pulled
    from itsq_analysis.workspace.mapping_files import Mapped


def open_workspace(path: str | Path | None = None, snapshot: int | None = None, services: Sequence[str] = ()) -> Workspace:
    """Open a workspace.

    Args:
        path: its folder or its itsq.toml; None takes the nearest itsq.toml upward from the working directory, else the environment
            variable ITSQ_WORKSPACE.
        snapshot: number of an older snapshot; its settings are then in force, not those of today's itsq.toml.
        services: only these services; () is all of them.

    Raises:
        SettingsError: there is no itsq.toml, or it is wrong.
        StoreError: there is no such snapshot.

    >>> ws = open_workspace("data/sample")  # doctest: +SKIP
    >>> ws.values(["incidents_opened"], period="2026-10")  # doctest: +SKIP
    """
    folder = find_workspace() if path is None else Path(path)
    if folder.name == "itsq.toml":
        folder = folder.parent
    if not (folder / "itsq.toml").is_file():
        raise SettingsError(f"a workspace must hold itsq.toml; found none in {folder}; run: itsq init {folder}")
    return Workspace(folder.resolve(), load_settings(folder), snapshot=snapshot, services=services)


def given_workspace(
    workspace: Workspace | str | Path | None, *, snapshot: int | None = None, services: Sequence[str] = ()
) -> Workspace:
    """The workspace that a report is made of: one that is given is used as it is, narrowed to `services` if any are named.

    Raises:
        SettingsError: there is no workspace.
    """
    if not isinstance(workspace, Workspace):
        opened = open_workspace(workspace, snapshot=snapshot, services=services)
        return opened if snapshot is None else kept_open(opened)
    if snapshot is None and not services:
        return workspace
    kept = workspace.asked_snapshot if snapshot is None else snapshot
    return open_workspace(workspace.path, snapshot=kept, services=services or workspace.services)


# What the rooms further along need of a workspace. An analyst has no use for it, so completion does not offer it.
PLUMBING = {
    *(
        "asked_snapshot",
        "cache",
        "calendar",
        "check_services",
        "connection",
        "definitions",
        "engine",
        "history",
        "horizon",
        "in_force",
    ),
    *(
        "known_services",
        "known_until",
        "limits",
        "metric_series",
        "moment",
        "refresh",
        "rows",
        "scope_at",
        "scopes",
        "special_days",
        "store",
    ),
}


class Workspace(Explored):
    """A folder with itsq.toml, exports and a store. Open it with `open_workspace`.

    Attributes:
        path: the folder.
        settings: in force: those of itsq.toml, or of the snapshot that was asked for.
        store: the store of the folder.
    """

    def __dir__(self) -> list[str]:
        """What completion offers."""
        return [name for name in super().__dir__() if name not in PLUMBING]

    @property
    def catalogue(self) -> pd.DataFrame:
        """The indicators: id (the index), section, title, unit, kind, better, population, reference_target; in its own language.

        >>> open_workspace("data/sample").catalogue.query("unit == 'h'")  # doctest: +SKIP
        """
        return catalogue_frame(self.definitions.values(), self.settings.organisation.language)

    def __repr__(self) -> str:
        """What there is, and what to try next."""
        return as_text(f"Workspace {self.path.name}", facts_of(self))

    def _repr_html_(self) -> str:
        return as_html(f"Workspace {self.path.name}", facts_of(self))

    def map(
        self, *files: str | Path, table: str | None = None, write: bool = False, answers: Mapping[str, str] | None = None
    ) -> list[Mapped]:
        """Propose how exports of any tool are read; one proposal for each kind of file. Nothing is loaded.

        Args:
            files: paths, folders or globs.
            table: what they hold; None leaves it to the files.
            write: whether to write the mappings and their [[source]] entries, as `itsq map --yes` does; what is open stays missing.
            answers: by column ("opened_at": "Created"), by column and word ("state.Feedback": "on_hold"), and "day_first",
                "timezone", "encoding".

        Raises:
            IngestError: there is no such file, or it cannot be read.

        >>> open_workspace().map("exports/jira.csv", answers={"state.Feedback": "on_hold"})  # doctest: +SKIP
        """
        from itsq_analysis.workspace.mapping_files import map_files, write_mapped

        proposals = map_files(self.path, self.settings, files, datetime.now(UTC), table=table, answers=answers)
        for mapped in proposals if write else ():
            write_mapped(self.path, mapped)
        if write:
            self.settings = load_settings(self.path)
        return proposals

    def define(self, text: str, *, write: bool = False) -> str:
        """Try an indicator: from now on this workspace knows it, as if it stood in its catalogue.

        Args:
            text: TOML with one `[[indicator]]`, as in README.md; the same id again replaces what was tried before.
            write: whether to write it into the workspace's folder, as `catalogue/ID.toml`.

        Returns:
            Its id, for `values`, `plot`, `tickets`, `tree` and all others.

        Raises:
            IndicatorError: the definition is not as it must be, or its id is that of another indicator.

        >>> name = open_workspace("data/sample").define(PORTAL_SHARE)  # doctest: +SKIP
        """
        from itsq_analysis.indicators.catalogue import OWN, with_entry

        if self._number is not None:
            raise IndicatorError(
                f"a definition goes into today's catalogue; found snapshot={self._number}; open it without snapshot"
            )
        definitions, name = with_entry(self.definitions, text)
        if write:
            write_text(self.path / OWN / f"{name}.toml", text.strip() + "\n")
        self._forget()
        self.definitions = definitions
        return name

    def pull(
        self,
        ids: Sequence[str] = (),
        *,
        at: datetime | None = None,
        progress: Callable[[str, int], None] | None = None,
    ) -> list[Pulled]:
        """Fetch what is new for the [[pull]] entries of itsq.toml, as files of the folder `pulled`; a load reads them.

        Args:
            ids: of the entries; () is all.
            at: up to when measurements are fetched (aware); None is now.
            progress: told the entry and the rows so far.

        Raises:
            SettingsError: there is no such entry, or a reference has no value.
            IngestError: a source cannot be read; what was fetched before is kept, and the next pull goes on.
        """
        from itsq_analysis.ingest.pulling.pull import pull_one

        known = {entry.id: entry for entry in self.settings.pulls}
        for name in ids:
            if name not in known:
                listed = ", ".join(known) or "none"
                raise SettingsError(f"a pull must be a [[pull]] of itsq.toml; found {name!r}; itsq.toml has {listed}")
        chosen = [known[name] for name in ids or known]
        zone, moment = self.settings.organisation.zone, at or datetime.now(UTC)
        return [pull_one(entry, self.path, zone, moment, progress=progress) for entry in chosen]

    def load(
        self,
        file: str | Path | None = None,
        *,
        mapping: str | None = None,
        table: str | None = None,
        without: Sequence[str] = (),
        waiting: Callable[[str], None] | None = None,
        progress: Callable[[str, int, float], None] | None = None,
    ) -> pd.DataFrame:
        """Load the sources of itsq.toml, or one file, and return the ledger: one row per file.

        read = inserted + updated + unchanged + quarantined, in every row. Loading the same files again changes nothing. Where a
        file cannot be read, none is loaded. `attrs["doubts"]` of the ledger is what is hard to believe in the data.

        Args:
            file: one export; without `mapping` the source of itsq.toml whose glob matches it tells how to read it.
            mapping: name of a mapping, such as "servicenow_event_log".
            table: which table, where the mapping has several.
            without: files that the sources name and that are left out, by their path inside the workspace.
            waiting: told who holds the store when another load is running.
            progress: told what has been done, the rows read so far, and the share of the work that is done.

        Raises:
            IngestError: a file cannot be read as its mapping says, or there is no room for the load; the store is then untouched.
        """
        if self._number is not None:
            raise IngestError(f"a load goes on from the newest snapshot; found snapshot={self._number}; open it without snapshot")
        sources = (self.settings, self.path)
        inputs = inputs_of(*sources, without) if file is None else [input_of(*sources, Path(file), mapping, table)]
        if not inputs and not self.settings.services:
            raise IngestError(
                "a load must find at least one file; found none for the [[source]] entries of itsq.toml; run: itsq check"
            )
        return self._load(inputs, waiting, progress)

    def refresh(self, waiting: Callable[[str], None] | None = None) -> bool:
        """Record today's itsq.toml, catalogue and calendars as a snapshot, without loading files; False if nothing differs.

        Derived columns follow changed calendars and SLA rules. A report is made after this, so that the snapshot that it names
        holds what it used.
        """
        if self.in_force():
            return False
        self._load([], waiting)
        return True

    def _load(
        self,
        inputs: list[Input],
        waiting: Callable[[str], None] | None,
        progress: Callable[[str, int, float], None] | None = None,
    ) -> pd.DataFrame:
        from itsq_analysis.ingest.load import load

        texts = {source_file.source.mapping: source_file.mapping.source_text for source_file in inputs}
        before = self.store.snapshots()[-1:]
        ledger = load(
            self.settings,
            self.path,
            self.store,
            inputs,
            resolved=in_force(self.settings, self.definitions, self.path, texts),
            loaded_at=datetime.now(UTC),
            waiting=waiting,
            progress=progress,
        )
        self._forget()
        privacy = self.snapshot.resolved["settings"]["privacy"]
        if self.cache and before and before[0].resolved["settings"].get("privacy") != privacy:
            self.cache.empty()  # what was worked out may hold what must now be kept nowhere
        return ledger

    def in_force(self) -> bool:
        """Whether the snapshot was made under the settings, catalogue and calendars that are in the folder now."""
        now = in_force(self.settings, self.definitions, self.path, {})
        recorded = self.snapshot.resolved
        return all(
            json.dumps(now[key], sort_keys=True, default=str) == json.dumps(recorded[key], sort_keys=True, default=str)
            for key in ("settings", "catalogue", "calendar")
        )

    def _forget(self) -> None:
        for name in ("snapshot", "connection", "engine", "special_days", "_calendars", "scopes", "definitions"):
            self.__dict__.pop(name, None)
