"""Mapping files into a workspace: find them, propose, try, and write mapping and source, all or nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from itsq_analysis.errors import IngestError
from itsq_analysis.settings import Settings, SourceSettings
from itsq_analysis.settings.init import write_text
from itsq_analysis.tables import toml_text
from itsq_analysis.workspace.mapping_told import as_html

if TYPE_CHECKING:
    from itsq_analysis.ingest.recognition.opening import Export
    from itsq_analysis.ingest.recognition.proposal import Proposal

FOLDER, EXPORTS = "mappings", "exports"
SOURCE = re.compile(r"^\[\[\s*source\s*\]\]", re.MULTILINE)


@dataclass(frozen=True)
class Mapped:
    """What mapping some files came to.

    Attributes:
        proposal: how they are read, with its trial.
        glob: that names them in the source's entry.
        mapping: a shipped mapping's name, or the path of the new one inside the workspace.
        copies: files from elsewhere -> where they are copied to in the workspace.
        source: the text of the [[source]] entry.
        document: the text of the mapping; "" where a shipped one is used.
        paths: of the files.
    """

    proposal: Proposal
    glob: str
    mapping: str
    copies: Mapping[Path, Path]
    source: str
    document: str
    paths: Sequence[Path] = field(default=())

    def _repr_html_(self) -> str:
        return as_html(self)


def map_files(
    folder: Path,
    settings: Settings,
    files: Sequence[str | Path],
    clock: datetime,
    *,
    table: str | None = None,
    answers: Mapping[str, str] | None = None,
) -> list[Mapped]:
    """Propose how files are read, and try it, kind by kind; nothing is written.

    Args:
        folder: the workspace's.
        settings: of the workspace.
        files: paths, folders or globs; files whose headers have little in common are of different kinds.
        clock: now (aware); what has happened cannot lie after it.
        table: the canonical table; None leaves it to the files.
        answers: what a person says, by column or "column.word".

    Raises:
        IngestError: there are no such files, or they cannot be read.
    """
    paths = _found(files)
    kinds = _kinds(paths, settings, (answers or {}).get("encoding")) if len(paths) > 1 else [paths]
    return [_mapped(folder, settings, kind, clock, table, answers) for kind in kinds]


def _kinds(paths: Sequence[Path], settings: Settings, encoding: str | None) -> list[list[Path]]:
    """Files whose headers are mostly the same, together."""
    import duckdb

    from itsq_analysis.ingest.containers import members
    from itsq_analysis.ingest.header import normal
    from itsq_analysis.ingest.read import read_file
    from itsq_analysis.ingest.recognition.opening import looks_like_header

    kinds: list[tuple[set[str], list[Path]]] = []
    with duckdb.connect() as connection:
        for path in paths:
            member = next(iter(members(path)), "")
            raw = read_file(connection, path, path.name, looks_like_header, settings.load, member=member, encoding=encoding)
            keys = set(map(normal, raw.headers))
            raw.drop(connection)
            same = next((kind for kind in kinds if len(keys & kind[0]) > 0.5 * len(keys | kind[0])), None)
            if same:
                same[1].append(path)
            else:
                kinds.append((keys, [path]))
    return [kind for _, kind in kinds]


def _mapped(
    folder: Path,
    settings: Settings,
    paths: Sequence[Path],
    clock: datetime,
    table: str | None,
    answers: Mapping[str, str] | None,
) -> Mapped:
    import duckdb

    from itsq_analysis.ingest.recognition.document import mapping_text, source_text
    from itsq_analysis.ingest.recognition.recognise import propose
    from itsq_analysis.ingest.recognition.trial import try_out

    copies = _copies(folder, paths)
    exports = [export for path in paths for export in _exports(path, copies.get(path, path), folder)]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone='UTC'")
        proposal = propose(connection, exports, settings.load, table=table, answers=answers)
        glob = _glob([copies.get(path, path) for path in paths], folder)
        proposal.name = _free_name(folder, proposal, {source.mapping for source in settings.sources if source.glob == glob})
        mapping = proposal.mapping or f"{FOLDER}/{proposal.name}.toml"
        entry = SourceSettings(glob=glob, mapping=mapping, table=proposal.table, **proposal.source)
        if not any(question.kind == "day_first" for question in proposal.questions):
            proposal.trial = try_out(connection, proposal, exports, entry, settings, clock)
    document = "" if proposal.mapping else mapping_text(proposal)
    return Mapped(proposal, glob, mapping, copies, source_text(proposal, glob, mapping), document, paths)


def write_mapped(folder: Path, mapped: Mapped) -> list[Path]:
    """Copy files from elsewhere, write the mapping, and put the source's entry before all others; itsq.toml last, atomically."""
    written = []
    for path, copy in mapped.copies.items():
        copy.parent.mkdir(parents=True, exist_ok=True)
        unfinished = copy.with_name(f".{copy.name}.unfinished")
        shutil.copyfile(path, unfinished)
        unfinished.replace(copy)
        written.append(copy)
    if mapped.document:
        written.append(write_text(folder / mapped.mapping, mapped.document))
    file = folder / "itsq.toml"
    text = _without(file.read_text(encoding="utf-8-sig"), mapped.glob)
    match = SOURCE.search(text)
    place = match.start() if match else len(text)
    before = text[:place] + ("" if match or text.endswith("\n\n") else "\n")
    written.append(write_text(file, before + mapped.source + text[place:]))
    return written


def _without(text: str, glob: str) -> str:
    """The settings without the entries of exactly these files, which are mapped anew."""
    entries = re.compile(r"^\[\[source\]\]\n(?:[a-z_]+ = .*\n)+\n?", re.MULTILINE)
    return entries.sub(lambda entry: "" if f"glob = {toml_text(glob)}\n" in entry[0] else entry[0], text)


def _found(files: Sequence[str | Path]) -> list[Path]:
    """The files that paths, folders and globs name.

    Raises:
        IngestError: one names none.
    """
    found: dict[Path, None] = {}
    for given in files:
        path = Path(given)
        if path.is_dir():
            inside = sorted(part for part in path.rglob("*") if part.is_file())
        elif path.is_file():
            inside = [path]
        else:
            inside = sorted(part for part in path.parent.glob(path.name) if part.is_file()) if path.parent.is_dir() else []
        shown = [part for part in inside if not part.name.startswith((".", "~$"))]
        if not shown:
            raise IngestError(f"a file to map must exist; found none at {given}; check the path")
        found |= dict.fromkeys(part.resolve() for part in shown)
    return [*found]


def _copies(folder: Path, paths: Sequence[Path]) -> dict[Path, Path]:
    """Where files from outside the workspace are copied to; one that has the name of another gets a number."""
    copies: dict[Path, Path] = {}
    for path in paths:
        if path.is_relative_to(folder.resolve()):
            continue
        parent = folder.resolve() / EXPORTS if len(paths) == 1 else folder.resolve() / EXPORTS / path.parent.name
        copy, number = parent / path.name, 1
        while copy in copies.values() or (copy.exists() and copy.read_bytes() != path.read_bytes()):
            number += 1
            copy = parent / f"{path.stem}-{number}{path.suffix}"
        copies[path] = copy
    return copies


def _exports(path: Path, copy: Path, folder: Path) -> list[Export]:
    from itsq_analysis.ingest.containers import members
    from itsq_analysis.ingest.recognition.opening import Export

    display = copy.relative_to(folder.resolve()).as_posix()
    listed = members(path)
    if len(listed) < 2:
        return [Export(path, display)]
    return [Export(path, f"{display}/{member}", member) for member in listed]


def _glob(paths: Sequence[Path], folder: Path) -> str:
    """One pattern for all files: the name of one, else what their names begin and end with."""
    names = [path.relative_to(folder.resolve()).as_posix() for path in paths]
    if len(names) == 1:
        return re.sub(r"([*?\[])", r"[\1]", names[0])
    parents = {path.parent for path in paths}
    if len(parents) > 1:
        return f"{Path(_common(names)).as_posix().rpartition('/')[0] or '.'}/**/*"
    stem = _common(names)
    ending = _common([name[::-1] for name in names])[::-1]
    ending = ending if "." in ending else ""
    return re.sub(r"([?\[])", r"[\1]", stem) + "*" + ending[ending.rfind(".") :]


def _common(names: Sequence[str]) -> str:
    first, last = min(names), max(names)
    length = next((place for place, (letter, other) in enumerate(zip(first, last, strict=False)) if letter != other), len(first))
    return first[:length]


def _free_name(folder: Path, proposal: Proposal, replaced: Collection[str]) -> str:
    """A name under which no other mapping of the workspace stands, but those that are replaced."""
    base = re.sub(r"[^\w-]+", "-", proposal.name).strip("-").lower() or "export"
    base = base if proposal.table == "incidents" or proposal.mapping else f"{base}-{proposal.table}"
    name, number = base, 1
    while f"{FOLDER}/{name}.toml" not in replaced and (folder / FOLDER / f"{name}.toml").exists() and not proposal.mapping:
        number += 1
        name = f"{base}-{number}"
    return name
