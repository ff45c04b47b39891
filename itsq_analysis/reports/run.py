"""One report: parameters checked, notebook executed, page written; a run that fails leaves the last good report in place.

WORKSPACE/reports/quality-2026-10-en.html                 the page
                  quality-2026-10-en.values.csv           its numbers; also .xlsx and .charts.zip
WORKSPACE/reports/runs/quality-2026-10-en/notebook.ipynb  executed, with outputs
                                          manifest.json   what it was made of
                                          *.values.csv    of the earlier report that it was compared with
                                          run.log
                                          failed.*        of the newest run, if that one failed
WORKSPACE/forecasts/incidents-all-month/*.csv             forecasts, kept until the truth is known
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from itsq_analysis.errors import ReportError
from itsq_analysis.page.files import FOLDER, Kept
from itsq_analysis.reports.beside import CHARTS, charts, keep_forecasts, take_files, write_together
from itsq_analysis.reports.failure import one_line, tracebacks, why
from itsq_analysis.reports.manifest import manifest
from itsq_analysis.reports.notebooks import read_json
from itsq_analysis.reports.prepare import Run, prepare

if TYPE_CHECKING:
    from itsq_analysis.reports.render import Page

TIME_LIMIT = 3600.0  # seconds for the whole notebook


def run_report(
    name: str,
    workspace: Path,
    parameters: Mapping[str, Any],
    *,
    out: Path | None = None,
    snapshot: int | None = None,
    language: str | None = None,
    time_limit: float = TIME_LIMIT,
    beside: Callable[[Path], None] | None = None,
) -> Path:
    """Make a report and return the path of its page.

    A notebook with a parameter `previous` is told the values of the newest earlier report in the page's folder, if none is named.

    Args:
        name: "quality" runs `quality_report.ipynb`, the workspace's own in `notebooks/` or the shipped one.
        workspace: a folder with itsq.toml, or that file.
        parameters: name → value of the notebook's parameter cell, typed or as text.
        out: the page's file or folder; default `WORKSPACE/reports`.
        snapshot: make it from this older snapshot.
        language: of a notebook that has this parameter, where `parameters` names none; None is the notebook's default.
        time_limit: seconds for the whole notebook.
        beside: told the path of each file that was written beside the page.

    Raises:
        ReportError: wrong parameters (no kernel was started), or the run failed: one line why, and where the log is. The last
            good report is untouched.
        ItsqError: the workspace has no settings, store or period as asked for.

    >>> run_report("quality", Path("nowhere"), {"period": "2026-10", "language": "zh"})
    Traceback (most recent call last):
    itsq_analysis.errors.SettingsError: a workspace must hold itsq.toml; found none in nowhere; run: itsq init nowhere
    """
    run = prepare(name, workspace, parameters, snapshot, language, out)
    run.folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(run.folder / ".lock", timeout=0):
            page, *others = _make(run, run.html(out), time_limit)
    except Timeout:
        raise ReportError(
            f"a report is made once at a time; found another process making {run.label}; wait for it and try again"
        ) from None
    if beside:
        for file in others:
            beside(file)
    return page


def _make(run: Run, target: Path, time_limit: float) -> list[Path]:
    """Execute and write; returns the page and the files beside it. Those of the last good report stay unless all went well."""
    log, failed = run.folder / "failed.log", run.folder / "failed.ipynb"
    failed.unlink(missing_ok=True)
    earlier = {run.previous.name: run.previous.read_bytes()} if run.previous else {}
    write_together({run.folder / name: content for name, content in earlier.items()})
    with _log(log) as logger, light_imports():
        if run.source is not None and run.source.outdated:
            logger.warning("itsq.toml has changed since snapshot %s; run: itsq load", run.source.snapshot.id)
        notebook = _executed(run, failed, log, time_limit, logger)
        page, files, kept = _rendered(notebook, logger)
        beside = {target.with_name(target.stem + ending): content for ending, content in files.items()}
        named = {path.name: content for path, content in beside.items()}
        record = manifest(
            *(run.name, run.workspace, read_json(run.notebook), run.values, run.source, page.html, page.left_out),
            files=named,
            previous=earlier,
            kept=kept,
        )
        # The page is the last: where a file beside it cannot be replaced, the last good page stays too.
        _written({**beside, target: page.html}, logger)
        _written({run.folder / "notebook.ipynb": _json(notebook), run.folder / "manifest.json": _json(record)}, logger)
        keep_forecasts(run.workspace / FOLDER, kept)
    failed.unlink()
    log.replace(run.folder / "run.log")
    return [target, *beside]


def _rendered(notebook: Any, logger: logging.Logger) -> tuple[Page, dict[str, bytes], Kept]:
    """The page, by their endings the files beside it, and the forecasts to keep; these are taken out of the notebook."""
    from itsq_analysis.reports.render import render

    files, kept = take_files(notebook)
    page = render(notebook)
    for sentence in page.left_out:
        logger.warning("not shown in the page: %s", sentence)
    pictures = charts(notebook)
    return page, files | ({CHARTS: pictures} if pictures else {}), kept


def _written(contents: Mapping[Path, bytes], logger: logging.Logger) -> None:
    try:
        write_together(contents)
    except ReportError as error:
        logger.error("%s", error)
        raise


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


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
        failed.write_bytes(_json(notebook))
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
