"""What a load reads: the files that itsq.toml names, or one that is given, and what is in force while they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itsq_analysis.errors import IngestError
from itsq_analysis.settings import Settings, SourceSettings
from itsq_analysis.worktime import override_text

if TYPE_CHECKING:
    from itsq_analysis.indicators import Indicator
    from itsq_analysis.ingest.load import Input


def inputs_of(settings: Settings, folder: Path, without: Sequence[str] = ()) -> list[Input]:
    """The files of the [[source]] entries but for those `without`; one that several name belongs to the first.

    Raises:
        IngestError: a mapping is wrong, or no source names a file that is to be left out.
    """
    from itsq_analysis.ingest.load import Input
    from itsq_analysis.ingest.mapping import load_mapping
    from itsq_analysis.ingest.repairs import FOLDER

    found: dict[tuple[Path, str], Input] = {}
    for source in settings.sources:
        mapping = load_mapping(source.mapping, folder)
        for path in sorted(folder.glob(source.glob)):
            if path.is_file() and not path.name.startswith(("~$", ".")) and path.relative_to(folder).parts[0] != FOLDER:
                for member in _members(path):
                    display = "/".join(filter(None, (path.relative_to(folder).as_posix(), member)))
                    found.setdefault((path, member), Input(path, display, source, mapping, member))
    inputs = [*found.values(), *_repaired_inputs(settings, folder, list(found.values()))]
    names = [source_file.display for source_file in inputs]
    for name in without:
        if name not in names:
            near = get_close_matches(name, names, n=1, cutoff=0.5)
            advice = f"write {near[0]}" if near else f"use one of {', '.join(names)}"
            raise IngestError(f"a file to leave out must be one that a [[source]] of itsq.toml names; found {name!r}; {advice}")
    return [source_file for source_file in inputs if source_file.display not in without]


def _repaired_inputs(settings: Settings, folder: Path, found: Sequence[Input]) -> list[Input]:
    """The files of repaired rows, each read as the file whose rows it repairs, also where that is there no more."""
    from itsq_analysis.ingest.load import Input
    from itsq_analysis.ingest.mapping import load_mapping
    from itsq_analysis.ingest.repairs import FOLDER, original_of

    sources = {one.display: one.source for one in found}
    inputs = []
    for path in sorted((folder / FOLDER).rglob("*.csv")):
        display = path.relative_to(folder).as_posix()
        original = original_of(display)
        source = sources.get(original) or next((one for one in settings.sources if fnmatch(original, one.glob)), None)
        if source is not None:
            inputs.append(Input(path, display, _plain(source), load_mapping(source.mapping, folder), repairs=original))
    return inputs


def _plain(source: SourceSettings) -> SourceSettings:
    """A source's entry for its repaired rows: UTF-8, and what stood in the header of a wide file has a column."""
    from itsq_analysis.ingest.binding import VALUE

    if not source.wide:
        return source if source.encoding is None else source.model_copy(update={"encoding": None})
    columns = source.columns | {source.wide: (source.wide,), VALUE: (VALUE,)}
    return source.model_copy(update={"wide": None, "encoding": None, "columns": columns})


def repaired_input(settings: Settings, folder: Path, path: Path, read: Mapping[str, Any]) -> Input:
    """A file of repaired rows, read as the ledger says that its original was.

    Args:
        settings: of the workspace.
        folder: of the workspace.
        path: the file.
        read: the ledger's row of the original.
    """
    from itsq_analysis.ingest.load import Input
    from itsq_analysis.ingest.mapping import load_mapping

    known = next((one for one in inputs_of(settings, folder) if one.path == path), None)
    if known is None:
        mapping = load_mapping(read["mapping"], folder)
        source = SourceSettings(glob=read["file"], mapping=read["mapping"], table=read["table"])
        known = Input(path, path.relative_to(folder).as_posix(), source, mapping, repairs=read["file"])
    if read["day_first"] is None:
        return known
    return replace(known, source=known.source.model_copy(update={"day_first": read["day_first"]}))


def _members(path: Path) -> list[str]:
    """The exports in a zip of several; [""] for every other file, the whole of which is one export."""
    from itsq_analysis.ingest.containers import members

    listed = members(path)
    return listed if len(listed) > 1 else [""]


def input_of(settings: Settings, folder: Path, path: Path, mapping: str | None, table: str | None) -> Input:
    """One file; without a mapping, the source of itsq.toml whose glob matches it tells how to read it.

    Raises:
        IngestError: there is no such file, or nothing tells how to read it.
    """
    from itsq_analysis.ingest.load import Input
    from itsq_analysis.ingest.mapping import load_mapping

    if not path.is_file():
        raise IngestError(f"a file to load must exist; found none at {path}; check the path")
    inside = path.resolve().is_relative_to(folder)
    display = path.resolve().relative_to(folder).as_posix() if inside else path.name
    if mapping is None:
        for source_file in inputs_of(settings, folder):
            if source_file.path.samefile(path):
                return source_file
        raise IngestError(f"a file that no [[source]] of itsq.toml names needs a mapping; found {path.name}; add --mapping NAME")
    known = load_mapping(mapping, folder)
    tables = known.tables
    if table is None and len(tables) != 1:
        raise IngestError(
            f"mapping {mapping!r} has several tables; found no table for {path.name}; add --table, one of {', '.join(tables)}"
        )
    return Input(path, display, SourceSettings(glob=display, mapping=mapping, table=table or next(iter(tables))), known)


def in_force(settings: Settings, catalogue: Mapping[str, Indicator], folder: Path, mappings: Mapping[str, str]) -> dict[str, Any]:
    """What a snapshot records as being in force, as JSON values: settings, catalogue, mappings and own calendars."""
    from itsq_analysis.indicators import describe

    calendars = sorted((folder / "calendar").glob("*.csv"))
    return {
        "settings": settings.model_dump(mode="json"),
        "catalogue": [describe(indicator) for indicator in catalogue.values()],
        "mappings": dict(sorted(mappings.items())),
        "calendar": {file.name: override_text(file) for file in calendars},
    }
