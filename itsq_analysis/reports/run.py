"""One report: parameters checked, notebook executed, page written; a run that fails leaves the last good report in place.

WORKSPACE/reports/quality-2026-10-en.html                 the page
WORKSPACE/reports/runs/quality-2026-10-en/notebook.ipynb  executed, with outputs
                                          manifest.json   what it was made of
                                          run.log
                                          failed.*        of the newest run, if that one failed
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from itsq_analysis.errors import ReportError, SettingsError
from itsq_analysis.reports.failure import one_line, tracebacks, why
from itsq_analysis.reports.manifest import manifest
from itsq_analysis.reports.notebooks import find_notebook, read_json
from itsq_analysis.reports.parameters import Parameters, parameter_model, resolve
from itsq_analysis.reports.source import Source, read_source

TIME_LIMIT = 3600.0  # seconds for the whole notebook
FILE_PART = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._-]{0,78}[0-9A-Za-z])?")


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
    """

    name: str
    workspace: Path
    notebook: Path
    values: dict[str, Any]
    source: Source | None
    label: str

    @property
    def folder(self) -> Path:
        """Where the run's own files are."""
        return self.workspace / "reports" / "runs" / self.label

    def html(self, out: Path | None) -> Path:
        """Where the page is: `out` if that is a file's name, in `out` if it is a folder, else in the workspace."""
        if out is None:
            out = self.workspace / "reports"
        return out if out.suffix.lower() in (".html", ".htm") and not out.is_dir() else out / f"{self.label}.html"


def run_report(
    name: str,
    workspace: Path,
    parameters: Mapping[str, Any],
    *,
    out: Path | None = None,
    snapshot: int | None = None,
    language: str | None = None,
    time_limit: float = TIME_LIMIT,
) -> Path:
    """Make a report and return the path of its page.

    Args:
        name: "quality" runs `quality_report.ipynb`, the workspace's own in `notebooks/` or the shipped one.
        workspace: a folder with itsq.toml, or that file.
        parameters: name → value of the notebook's parameter cell, typed or as text.
        out: the page's file or folder; default `WORKSPACE/reports`.
        snapshot: make it from this older snapshot.
        language: of a notebook that has this parameter, where `parameters` names none; None is the notebook's default.
        time_limit: seconds for the whole notebook.

    Raises:
        ReportError: wrong parameters (no kernel was started), or the run failed: one line why, and where the log is. The last
            good report is untouched.
        ItsqError: the workspace has no settings, store or period as asked for.

    >>> run_report("quality", Path("nowhere"), {"period": "2026-10", "language": "zh"})
    Traceback (most recent call last):
    itsq_analysis.errors.SettingsError: a workspace must hold itsq.toml; found none in nowhere; run: itsq init nowhere
    """
    run = prepare(name, workspace, parameters, snapshot, language)
    run.folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(run.folder / ".lock", timeout=0):
            return _make(run, run.html(out), time_limit)
    except Timeout:
        raise ReportError(
            f"a report is made once at a time; found another process making {run.label}; wait for it and try again"
        ) from None


def prepare(
    name: str, workspace: Path, parameters: Mapping[str, Any], snapshot: int | None = None, language: str | None = None
) -> Run:
    """Check everything that can be checked before a kernel starts; arguments and errors as for `run_report`."""
    folder = workspace.parent if workspace.name == "itsq.toml" else workspace
    if not (folder / "itsq.toml").is_file():
        raise SettingsError(f"a workspace must hold itsq.toml; found none in {folder}; run: itsq init {folder}")
    folder = folder.resolve()
    file = find_notebook(name, folder)
    if "workspace" in parameters:
        raise ReportError("the workspace is an argument of the run; found it among the parameters; leave it out there")
    notebook = read_json(file)
    given = {**parameters, **({} if snapshot is None else {"snapshot": snapshot})}
    if language is not None and "language" in parameter_model(notebook, file.name).model_fields:
        given = {"language": language, **given}
    found = resolve(notebook, given, file.name)
    values = found.json_values()
    if "workspace" in values:
        values["workspace"] = "."
    source = None
    if "snapshot" in values:
        source = read_source(folder, values["snapshot"])
        values["snapshot"] = source.snapshot.id
        if "period" in values:
            values["period"] = source.period(values["period"], getattr(found, "as_of", None))
    return Run(name, folder, file, values, source, _label(name, found, values, source))


def _label(name: str, found: Parameters, values: Mapping[str, Any], source: Source | None) -> str:
    """NAME-PERIOD-LANGUAGE; other parameters and an older snapshot add to it, so that they replace no other report."""
    parts = [name, *(str(values[key]) for key in ("period", "language") if values.get(key) is not None)]
    if source is not None and not source.newest:
        parts.append(f"snapshot{source.snapshot.id}")
    defaults = type(found)().json_values()
    named = {"period", "language", "workspace", "snapshot"}
    others = {key: value for key, value in values.items() if key not in named and value != defaults[key]}
    if others:
        parts.append(sha256(json.dumps(others, sort_keys=True).encode("utf-8")).hexdigest()[:8])
    for part in parts:
        if not FILE_PART.fullmatch(part):
            raise ReportError(
                "period and language must be of letters, digits, '.', '_' and '-', since the report's file is named after them; "
                f"found {part[:60]!r}; write the period like 2026-10"
            )
    return "-".join(parts)


def _make(run: Run, target: Path, time_limit: float) -> Path:
    """Execute and write; the run's files of the last good report are replaced only when all went well."""
    log, failed = run.folder / "failed.log", run.folder / "failed.ipynb"
    failed.unlink(missing_ok=True)
    with _log(log) as logger, light_imports():
        if run.source is not None and run.source.outdated:
            logger.warning("itsq.toml has changed since snapshot %s; run: itsq load", run.source.snapshot.id)
        notebook = _executed(run, failed, log, time_limit, logger)
        from itsq_analysis.reports.render import render

        page = render(notebook)
        for sentence in page.left_out:
            logger.warning("not shown in the page: %s", sentence)
        record = manifest(run.name, run.workspace, read_json(run.notebook), run.values, run.source, page.html, page.left_out)
    _write(run.folder / "manifest.json", (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))
    failed.replace(run.folder / "notebook.ipynb")
    log.replace(run.folder / "run.log")
    target.parent.mkdir(parents=True, exist_ok=True)
    _write(target, page.html)
    return target


def _executed(run: Run, failed: Path, log: Path, time_limit: float, logger: logging.Logger) -> Any:
    """The executed notebook, also saved at `failed`.

    Raises:
        ReportError: a cell failed, the time was over, or the kernel died.
    """
    from nbclient.exceptions import CellTimeoutError
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    from itsq_analysis.reports.engine import KERNEL, ItsqEngine

    notebook = parameterize_notebook(load_notebook_node(str(run.notebook)), run.values, kernel_name=KERNEL, language="python")
    reason = None
    try:
        ItsqEngine.execute_notebook(
            notebook,
            KERNEL,
            input_path=run.notebook.name,
            progress_bar=False,
            time_limit=time_limit,
            kernel_cwd=run.workspace,
            logger=logger,
        )
    except CellTimeoutError:
        reason = f"it took longer than the {time_limit:g} seconds it may take"
    except (RuntimeError, OSError) as error:  # DeadKernelError is a RuntimeError, as is a kernel that does not start
        reason = f"its kernel died or did not start ({one_line(str(error))}); most often memory is short"
    finally:
        failed.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    _log_streams(notebook, logger)
    reason = reason or why(notebook)
    if reason:
        logger.error("%s\n%s", reason, tracebacks(notebook))
        raise ReportError(
            f"{run.label} was not made: {reason} | full traceback: {log.relative_to(run.workspace).as_posix()} in "
            f"{run.workspace.name} | the last good report, if there is one, is untouched"
        )
    return notebook


def _log_streams(notebook: Mapping[str, Any], logger: logging.Logger) -> None:
    """What cells wrote to stderr is kept in the log; the page does not show it."""
    for number, cell in enumerate(notebook["cells"], start=1):
        for output in cell.get("outputs", []):
            if output["output_type"] == "stream" and output["name"] == "stderr":
                logger.info("cell %s, stderr: %s", number, output["text"].rstrip())


def _write(path: Path, content: bytes) -> None:
    """Replace a file in one step: readers see the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _log(path: Path) -> Iterator[logging.Logger]:
    """A logger of its own that writes to a file; other runs of this process have theirs."""
    logger = logging.Logger("itsq", logging.INFO)
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    try:
        yield logger
    finally:
        handler.close()


@contextmanager
def light_imports() -> Iterator[None]:
    """Import papermill or nbformat inside this block to save 2.4 seconds of processor time.

    Both import jsonschema, which imports `rfc3987_syntax` where it is installed (JupyterLab brings it), which builds 35 parsers.
    jsonschema uses it for one format, "iri", that no notebook schema has, and does without where the import fails.

    >>> with light_imports():
    ...     "rfc3987_syntax" in sys.modules
    True
    """
    absent = "rfc3987_syntax" not in sys.modules
    if absent:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            sys.modules.pop("rfc3987_syntax", None)
