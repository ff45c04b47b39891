"""`itsq check`: settings, catalogue and mappings of a workspace looked at together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from itsq_analysis.errors import IngestError, ItsqError, SettingsError
from itsq_analysis.indicators.catalogue import load_catalogue
from itsq_analysis.ingest.mapping import load_mapping, shipped_mappings
from itsq_analysis.settings import Finding, check_settings
from itsq_analysis.settings.findings import examine
from itsq_analysis.settings.reading import read_text, settings_file
from itsq_analysis.tables import contracts


def workspace_findings(folder: Path) -> list[Finding]:
    """Every problem of a workspace; a catalogue of its own that cannot be read is one of them.

    Findings in itsq.toml come first, in the order of its lines.
    """
    broken = []
    try:
        indicators = [*load_catalogue(folder / "catalogue")]
    except ItsqError as error:
        broken = [Finding("catalogue", "", "a definition that is wrong", str(error))]
        indicators = []
    findings = [*check_settings(folder, indicators, shipped_mappings()), *_mappings(folder)]
    ranked = sorted(findings, key=lambda finding: (finding.file != "itsq.toml", finding.file, finding.line or 0))
    return ranked + broken


def _mappings(folder: Path) -> Iterator[Finding]:
    """Mappings of the workspace's own that are wrong, and sources whose table their mapping does not read."""
    try:
        file = settings_file(folder)
        examined = examine(read_text(file), file.name)
    except SettingsError:
        return  # check_settings has said it
    for position, source in enumerate(examined.settings.sources):
        known = source.mapping in shipped_mappings() or (folder / source.mapping).is_file()
        if known and source.table in contracts():
            try:
                load_mapping(source.mapping, folder).table(source.table)
            except IngestError as error:
                yield examined.finding(("source", position, "mapping"), source.mapping, str(error))
