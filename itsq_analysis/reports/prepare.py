"""A report about to be made: its notebook, parameters, snapshot and name settled and checked, nothing written or started."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeGuard

from itsq_analysis.errors import ReportError, SettingsError
from itsq_analysis.page.files import FACTS, VALUES
from itsq_analysis.periods import parse_period
from itsq_analysis.reports.earlier import newest_earlier
from itsq_analysis.reports.notebooks import find_notebook, read_json
from itsq_analysis.reports.parameters import Parameters, parameter_model, resolve
from itsq_analysis.reports.source import Source, read_source

FILE_PART = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._-]{0,78}[0-9A-Za-z])?")
NAMED = ("period", "language", "workspace", "snapshot", "previous")  # parameters that a report's label does not add as a mark


@dataclass(frozen=True)
class Run:
    """A report about to be made: everything is checked, nothing is written.

    Attributes:
        name: of the report.
        workspace: its folder.
        notebook: the notebook file.
        values: all parameters as JSON values; the notebook runs in the workspace's folder, which is therefore ".".
        source: the snapshot, where the notebook takes one.
        label: what the report's files are called.
        previous: the values of an earlier report, where the notebook compares with one. It reads a copy in the run's folder.
    """

    name: str
    workspace: Path
    notebook: Path
    values: dict[str, Any]
    source: Source | None
    label: str
    previous: Path | None = None

    @property
    def folder(self) -> Path:
        """Where the run's own files are."""
        return self.workspace / "reports" / "runs" / self.label

    def html(self, out: Path | None) -> Path:
        """Where the page is: `out` if that is a file's name, in `out` if it is a folder, else in the workspace."""
        return out if _is_page(out) else _pages(self.workspace, out) / f"{self.label}.html"


def _is_page(out: Path | None) -> TypeGuard[Path]:
    return out is not None and out.suffix.lower() in (".html", ".htm") and not out.is_dir()


def _pages(workspace: Path, out: Path | None) -> Path:
    """The folder that a page is written to."""
    if out is None:
        return workspace / "reports"
    return out.parent if _is_page(out) else out


def prepare(
    name: str,
    workspace: Path,
    parameters: Mapping[str, Any],
    snapshot: int | None = None,
    language: str | None = None,
    out: Path | None = None,
    notebook: Path | None = None,
) -> Run:
    """Check everything that can be checked before a kernel starts; arguments and errors as for `run_reports`.

    `notebook` is a file that stands elsewhere; else it is found by the report's name.
    """
    folder = _folder(workspace)
    file = notebook or find_notebook(name, folder)
    if "workspace" in parameters:
        raise ReportError("the workspace is an argument of the run; found it among the parameters; leave it out there")
    content = read_json(file)
    given = {**parameters, **({} if snapshot is None else {"snapshot": snapshot})}
    if language is not None and "language" in parameter_model(content, file.name).model_fields:
        given = {"language": language, **given}
    found = resolve(content, given, file.name)
    values = found.json_values()
    if "workspace" in values:
        values["workspace"] = "."
    source = None
    if "snapshot" in values:
        source = read_source(folder, values["snapshot"])
        values["snapshot"] = source.snapshot.id
        if "period" in values:
            values["period"] = source.period(values["period"], getattr(found, "as_of", None))
    label, previous = _label(name, found, values, source), None
    if "previous" in values:
        previous = _previous(name, found, values, source, _pages(folder, out))
        values["previous"] = previous and f"reports/runs/{label}/{previous.name}"
    return Run(name, folder, file, values, source, label, previous)


def shared(names: Sequence[str], workspace: Path, parameters: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Which of the parameters each report gets: those that it has; what none has is left for `prepare` to refuse."""
    files = {name: find_notebook(name, _folder(workspace)) for name in names}
    if len(files) == 1:
        return dict.fromkeys(files, parameters)
    known = {name: set(parameter_model(read_json(file), file.name).model_fields) for name, file in files.items()}
    unknown = set(parameters).difference(*known.values())
    return {name: {key: parameters[key] for key in parameters if key in known[name] | unknown} for name in files}


def _folder(workspace: Path) -> Path:
    folder = workspace.parent if workspace.name == "itsq.toml" else workspace
    if not (folder / "itsq.toml").is_file():
        raise SettingsError(f"a workspace must hold itsq.toml; found none in {folder}; run: itsq init {folder}")
    return folder.resolve()


def _previous(name: str, found: Parameters, values: Mapping[str, Any], source: Source | None, pages: Path) -> Path | None:
    """The values of the earlier report to compare with: those named, or the newest beside the page."""
    stated = values["previous"]
    if stated is not None:
        path = Path(stated).resolve()
        if not path.is_file() or not path.name.endswith((FACTS, VALUES)):
            raise ReportError(
                f"previous must be the NAME{FACTS} beside an earlier report's page; "
                f"found {'no file' if not path.is_file() else 'another'} at {stated}; "
                "name that file, or leave it out for the newest one"
            )
        return path
    if source is None or "period" not in values:
        return None
    starts_on = source.settings.period.month_starts_on
    period = parse_period(values["period"], starts_on)
    return newest_earlier(pages, name, period, values.get("language"), _mark(found, values), starts_on)


def _label(name: str, found: Parameters, values: Mapping[str, Any], source: Source | None) -> str:
    """NAME-PERIOD-LANGUAGE; other parameters and an older snapshot add to it, so that they replace no other report.

    A report without a period, which looks ahead from `as_of`, is called after the day up to which it knows the data.
    """
    parts = [name, *(str(values[key]) for key in ("period", "language") if values.get(key) is not None)]
    if _by_day(values) and source is not None and source.snapshot.horizon is not None:
        parts.insert(1, source.day(getattr(found, "as_of", None)).isoformat())
    if source is not None and not source.newest:
        parts.append(f"snapshot{source.snapshot.id}")
    if mark := _mark(found, values):
        parts.append(mark)
    for part in parts:
        if not FILE_PART.fullmatch(part):
            raise ReportError(
                "period and language must be of letters, digits, '.', '_' and '-', since the report's file is named after them; "
                f"found {part[:60]!r}; write the period like 2026-10"
            )
    return "-".join(parts)


def _mark(found: Parameters, values: Mapping[str, Any]) -> str:
    """What tells a report apart whose other parameters are not the notebook's own; "" if they are."""
    defaults = type(found)().json_values()
    named = (*NAMED, "as_of") if _by_day(values) else NAMED
    others = {key: value for key, value in values.items() if key not in named and value != defaults[key]}
    return sha256(json.dumps(others, sort_keys=True).encode("utf-8")).hexdigest()[:8] if others else ""


def _by_day(values: Mapping[str, Any]) -> bool:
    """Whether a report tells of no period but of a day."""
    return "as_of" in values and "period" not in values
