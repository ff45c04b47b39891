"""What a load reads: the files that itsq.toml names, or one that is given, and what is in force while they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
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

    found: dict[tuple[Path, str], Input] = {}
    for source in settings.sources:
        mapping = load_mapping(source.mapping, folder)
        for path in sorted(folder.glob(source.glob)):
            if path.is_file() and not path.name.startswith(("~$", ".")):
                for member in _members(path):
                    display = "/".join(filter(None, (path.relative_to(folder).as_posix(), member)))
                    found.setdefault((path, member), Input(path, display, source, mapping, member))
    inputs = list(found.values())
    names = [source_file.display for source_file in inputs]
    for name in without:
        if name not in names:
            near = get_close_matches(name, names, n=1, cutoff=0.5)
            advice = f"write {near[0]}" if near else f"use one of {', '.join(names)}"
            raise IngestError(f"a file to leave out must be one that a [[source]] of itsq.toml names; found {name!r}; {advice}")
    return [source_file for source_file in inputs if source_file.display not in without]


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
