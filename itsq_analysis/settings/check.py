"""`itsq check`: what is wrong with a workspace, all of it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from itsq_analysis.errors import SettingsError
from itsq_analysis.settings.fields import nearest
from itsq_analysis.settings.findings import Examined, Finding, examine, proposal, shown
from itsq_analysis.settings.model import SourceSettings
from itsq_analysis.settings.reading import read_text, settings_file

if TYPE_CHECKING:
    from itsq_analysis.tables import Contract

TRIAL_YEAR = 2025  # holiday countries are tried on one year; any will do


def check_settings(path: Path, indicators: Collection[str] = (), mappings: Collection[str] = ()) -> list[Finding]:
    """Every problem of a workspace: its itsq.toml, the files that its sources name, its calendar files.

    Args:
        path: itsq.toml or its folder.
        indicators: ids of the catalogue; targets and headline are compared with them when given.
        mappings: names of the shipped mappings; sources are compared with them when given (names ending in .toml are files).

    Returns:
        Findings in the order of the file; empty when nothing is wrong. "error": itsq refuses to work so; "warning": it works, but
        perhaps not as meant.
    """
    try:
        file = settings_file(Path(path))
        text = read_text(file)
    except SettingsError as error:
        return [Finding(str(path), "", "no settings", str(error))]
    examined = examine(text, file.name)
    findings = [
        *examined.findings,
        *_sources(examined, file.parent, mappings),
        *_names(examined, indicators),
        *_holidays(examined),
        *_calendar_files(file.parent / "calendar"),
    ]
    return sorted(findings, key=lambda finding: (finding.file != file.name, finding.file, finding.line or 0))


def source_files(source: SourceSettings, folder: Path) -> list[Path]:
    """The files that a source names in a workspace's folder, sorted; hidden ones and Excel's lock files are left out."""
    return sorted(path for path in folder.glob(source.glob) if path.is_file() and not path.name.startswith(("~$", ".")))


def _sources(examined: Examined, folder: Path, mappings: Collection[str]) -> Iterator[Finding]:
    from itsq_analysis.tables import contracts

    taken: dict[tuple[str, Path], int] = {}
    for position, source in enumerate(examined.settings.sources):
        loc = ("source", position)
        if source.mapping.endswith(".toml"):
            if not (folder / source.mapping).is_file():
                yield examined.finding((*loc, "mapping"), source.mapping, "must be a file in the workspace; correct the path")
        elif mappings and source.mapping not in mappings:
            yield examined.finding(
                (*loc, "mapping"), source.mapping, f"must be a mapping; {proposal(source.mapping, sorted(mappings))}"
            )
        if source.table in contracts():
            yield from _aliases(examined, position, source, contracts()[source.table])
        else:
            yield examined.finding((*loc, "table"), source.table, f"must be a table; {proposal(source.table, contracts())}")
        files = source_files(source, folder)
        if not files:
            yield examined.finding(
                (*loc, "glob"), source.glob, "names no file yet; put the export there, or correct the path", "warning"
            )
        for path in files:
            earlier = taken.setdefault((source.table, path), position)
            if earlier != position:
                remedy = f"source[{earlier + 1}] of the same table names {path.name} too; make the patterns differ"
                yield examined.finding((*loc, "glob"), source.glob, remedy)
                break


def _aliases(examined: Examined, position: int, source: SourceSettings, table: Contract) -> Iterator[Finding]:
    """Columns that the table has not, and canonical values that a column does not allow."""
    from itsq_analysis.tables import VERSION_NUMBER

    for part, names in (("columns", source.columns), ("values", source.values), ("stated", source.stated)):
        for name in names:
            if name not in table.columns and not (part == "columns" and name == VERSION_NUMBER and "state" in table.columns):
                remedy = f"must be a column of {table.name}; {proposal(name, table.columns)}"
                yield examined.finding(("source", position, part, name), name, remedy)
    if source.wide is not None and not {source.wide, "value"} <= table.columns.keys():
        remedy = f"must be a column of a table of values (metrics: resource or metric); found table {table.name}"
        yield examined.finding(("source", position, "wide"), source.wide, remedy)
    for name, texts in source.values.items():
        allowed = table.columns[name].values if name in table.columns else ()
        for text, value in texts.items():
            if allowed and value not in allowed:
                remedy = f"must be one of {', '.join(allowed)}"
                yield examined.finding(("source", position, "values", name, text), value, remedy)


def _names(examined: Examined, indicators: Collection[str]) -> Iterator[Finding]:
    """Indicators that the catalogue has not, and services that are not declared."""
    settings = examined.settings
    used: list[tuple[tuple[str | int, ...], str]] = [
        (("target", position, "indicator"), target.indicator) for position, target in enumerate(settings.targets)
    ]
    used += [(("scorecard", "weights", name), name) for name in settings.scorecard.weights]
    if "headline" in settings.report.model_fields_set:
        used += [(("report", "headline", position), name) for position, name in enumerate(settings.report.headline)]
    for loc, name in used if indicators else ():
        if name not in indicators:
            near = nearest(name, indicators)
            hint = f'; write "{near}"' if near else "; itsq values lists them"
            yield examined.finding(loc, name, f"must be the id of an indicator{hint}")
    services = [service.service for service in settings.services]
    for position, rule in enumerate(settings.sla):
        if services and rule.service and rule.service not in services:
            remedy = f"no [[service]] has this name; {proposal(rule.service, services)}, or leave it if a register lists it"
            yield examined.finding(("sla", position, "service"), rule.service, remedy, "warning")


def _holidays(examined: Examined) -> Iterator[Finding]:
    """Holiday countries that the table in hand does not know."""
    from itsq_analysis.worktime import country_days

    settings = examined.settings
    named: list[tuple[tuple[str | int, ...], str]] = [(("organisation", "holidays"), settings.organisation.holidays)]
    for position, calendar in enumerate(settings.calendars):
        if calendar.holidays != settings.organisation.holidays:
            named.append((("calendar", position, "holidays"), calendar.holidays))
    for loc, code in named:
        try:
            country_days(code, TRIAL_YEAR, TRIAL_YEAR)
        except SettingsError as error:
            yield examined.finding(loc, code, str(error))


def _calendar_files(folder: Path) -> Iterator[Finding]:
    """Rows of calendar/YYYY.csv that are wrong, and files that nobody reads."""
    from itsq_analysis.worktime import override_files, override_problems

    for problem in override_problems(folder):
        yield Finding(f"{folder.name}/{problem.file}", problem.column, shown(problem.found), problem.remedy, line=problem.row)
    for file in sorted(set(folder.glob("*.csv")) - set(override_files(folder))):
        remedy = "the file is not read; name it after its year, such as 2026.csv"
        yield Finding(f"{folder.name}/{file.name}", "", shown(file.name), remedy, "warning")
