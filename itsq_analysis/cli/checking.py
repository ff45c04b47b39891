"""`itsq check`: settings, catalogue and mappings of a workspace looked at together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from itsq_analysis.errors import IngestError, ItsqError, ReportError, SettingsError, StoreError
from itsq_analysis.indicators.catalogue import load_catalogue
from itsq_analysis.ingest.checks import CLOCKS_DIFFER
from itsq_analysis.ingest.mapping import load_mapping, shipped_mappings
from itsq_analysis.ingest.plausibility import sentence
from itsq_analysis.settings import Finding, check_settings
from itsq_analysis.settings.findings import examine
from itsq_analysis.settings.reading import load_settings, read_text, settings_file
from itsq_analysis.store import Store
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
    findings = [*check_settings(folder, indicators, shipped_mappings()), *_mappings(folder), *_loaded(folder), *_jobs(folder)]
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


def _jobs(folder: Path) -> Iterator[Finding]:
    """Jobs whose report, parameters or services are not there."""
    try:
        file = settings_file(folder)
        examined = examine(read_text(file), file.name)
    except SettingsError:
        return  # check_settings has said it
    from itsq_analysis.jobs.workspace_jobs import WorkspaceJobs

    jobs = WorkspaceJobs(folder, examined.settings)
    for position, job in enumerate(examined.settings.jobs):
        try:
            names = jobs.names(job)
        except ReportError as error:
            yield examined.finding(("job", position, "report"), str(job.report), str(error))
            continue
        for part in job.for_each:
            wanted = "services" if part == "service" else part
            if wanted not in names:
                remedy = f"the report {job.report} has no parameter {wanted}; leave it out"
                yield examined.finding(("job", position, "for_each"), part, remedy)
        try:
            jobs.check_parameters(job)
        except ItsqError as error:
            yield examined.finding(("job", position, "parameters"), dict(job.parameters), str(error))


def _loaded(folder: Path) -> Iterator[Finding]:
    """What the last load found hard to believe, and how late a source says its export was made."""
    try:
        settings = load_settings(folder)
    except SettingsError:
        return  # check_settings has said it
    try:
        snapshots = Store(folder / settings.store.path).snapshots()
    except StoreError as error:
        yield Finding("store", "", "a store that cannot be used", str(error))
        return
    for doubt in snapshots[-1].resolved.get("doubts", ()) if snapshots else ():
        yield Finding("store", doubt["table"], doubt["kind"].replace("_", " "), sentence(doubt), "warning")
    file = settings_file(folder)
    examined = examine(read_text(file), file.name)
    now = datetime.now(UTC)
    for position, source in enumerate(examined.settings.sources):
        zone = ZoneInfo(source.timezone or settings.organisation.timezone)
        stated = source.extracted_at
        if stated is not None and (stated if stated.tzinfo else stated.replace(tzinfo=zone)) > now + CLOCKS_DIFFER:
            remedy = "must not lie in the future; correct it, or remove it"
            yield examined.finding(("source", position, "extracted_at"), str(stated), remedy)
