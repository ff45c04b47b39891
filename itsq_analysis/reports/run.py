"""Reports: parameters checked, notebooks executed, pages written; a run that fails leaves the last good report in place.

WORKSPACE/reports/quality-2026-10-en.html                 the page
                  quality-2026-10-en.values.csv           its numbers; also .xlsx, .facts.json; .charts.zip, .pptx, .pdf on request
WORKSPACE/reports/runs/quality-2026-10-en/notebook.ipynb  executed, with outputs
                                          manifest.json   what it was made of
                                          *.facts.json    of the earlier report that it was compared with
                                          run.log
                                          failed.*        of the newest run, if that one failed
WORKSPACE/forecasts/incidents-all-month/*.csv             forecasts, kept until the truth is known
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from itsq_analysis.errors import ItsqError, ReportError
from itsq_analysis.page.files import FOLDER, Kept
from itsq_analysis.reports.beside import CHARTS, OFFERED, charts, take_files
from itsq_analysis.reports.failure import one_line, tracebacks, why
from itsq_analysis.reports.log import log_streams, run_log
from itsq_analysis.reports.manifest import manifest
from itsq_analysis.reports.notebooks import read_json
from itsq_analysis.reports.pdf import PDF, find_browser, to_pdf
from itsq_analysis.reports.prepare import Run, prepare, shared
from itsq_analysis.reports.publish import LOCK, publish, settle
from itsq_analysis.reports.secrets import hide, refuse_secrets, secret_values
from itsq_analysis.reports.slides import SLIDES, check, slides
from itsq_analysis.resources import folder

if TYPE_CHECKING:
    from itsq_analysis.reports.engine import Kernel
    from itsq_analysis.reports.render import Page

TIME_LIMIT = 3600.0  # seconds for the whole notebook


@dataclass(frozen=True)
class Options:
    """How a report is made: seconds for a whole notebook, and whether charts as PNG, the page as PDF and slides are made too."""

    time_limit: float = TIME_LIMIT
    pictures: bool = False
    pdf: bool = False
    slides: bool = False


@dataclass(frozen=True)
class Made:
    """What became of one report: its page and the files beside it, or the error for which there is none."""

    label: str
    page: Path | None = None
    beside: tuple[Path, ...] = ()
    error: ItsqError | OSError | None = None


def run_report(name: str, workspace: Path, parameters: Mapping[str, Any], **options: Any) -> Path:
    """Make one report and return the path of its page; arguments and errors as for `run_reports`.

    >>> run_report("quality", Path("nowhere"), {"period": "2026-10", "language": "zh"})
    Traceback (most recent call last):
    itsq_analysis.errors.SettingsError: a workspace must hold itsq.toml; found none in nowhere; run: itsq init nowhere
    """
    (made,) = run_reports([name], workspace, parameters, **options)
    if made.error is not None:
        raise made.error
    assert made.page is not None  # noqa: S101 - one of the two
    return made.page


def run_reports(
    names: Sequence[str],
    workspace: Path,
    parameters: Mapping[str, Any],
    *,
    languages: Sequence[str | None] = (),
    out: Path | None = None,
    snapshot: int | None = None,
    time_limit: float = TIME_LIMIT,
    pictures: bool = False,
    pdf: bool = False,
    slides: bool = False,
) -> Iterator[Made]:
    """Make reports, each in every language, one after another in one kernel; one that fails does not stop the others.

    A notebook with a parameter `previous` is told the values of the newest earlier report in the page's folder, if none is named.

    Args:
        names: "quality" runs `quality_report.ipynb`, the workspace's own in `notebooks/` or the shipped one.
        workspace: a folder with itsq.toml, or that file.
        parameters: name → value of the notebooks' parameter cells, typed or as text; each report gets those that it has.
        languages: of notebooks that have this parameter, where `parameters` names none; empty is the notebook's default.
        out: the folder of the pages, or of one report the page's file; default `WORKSPACE/reports`.
        snapshot: make them from this older snapshot.
        time_limit: seconds for a whole notebook.
        pictures: draw the charts as PNG too, into NAME.charts.zip.
        pdf: print the page as PDF too, into NAME.pdf.
        slides: verdict, scorecard and pictures as slides too, into NAME.pptx.

    Yields:
        a report as soon as it is made or has failed: the run failed (one line why, and where the log is), or another process is
        making it. The last good report is untouched then.

    Raises:
        ReportError: wrong names or parameters; nothing was written or started.
        ItsqError: the workspace has no settings, store or period as asked for.
    """
    given = shared(names, workspace, parameters)
    tongues = [*languages] or [None]
    asked = [prepare(name, workspace, given[name], snapshot, language, out) for name in names for language in tongues]
    runs = list({run.label: run for run in asked}.values())  # a notebook without languages is run once
    if len({run.html(out) for run in runs}) < len(runs):
        raise ReportError(f"several reports need a folder; found the file {out}; leave its name out of --out")
    with kernel_for_reports(runs[0].workspace) as kernel:
        for run in runs:
            yield make(run, kernel, out, Options(time_limit, pictures, pdf, slides))


@contextmanager
def kernel_for_reports(workspace: Path) -> Iterator[Kernel]:
    """A kernel that makes reports one after another; what killed runs have left is put right first."""
    settle(workspace / "reports" / "runs")
    with light_imports():
        from itsq_analysis.reports.engine import Kernel

        with Kernel() as kernel:
            yield kernel


def make(run: Run, kernel: Kernel, out: Path | None = None, options: Options = Options()) -> Made:
    """Make one report that is prepared; its errors are told, not raised."""
    own = run.notebook.parent != folder("notebooks")
    if own:  # what it does to its process is its own affair
        kernel.end()
    made = _made(run, run.html(out), kernel, options)
    if own or made.error:
        kernel.end()
    return made


def _made(run: Run, target: Path, kernel: Kernel, options: Options) -> Made:
    try:
        if options.pdf:
            find_browser()  # before minutes are spent
        if options.slides:
            check()
        run.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(run.folder / LOCK, timeout=0):
            return Made(run.label, target, tuple(_make(run, target, kernel, options)))
    except Timeout:
        taken = f"a report is made once at a time; found another process making {run.label}; wait for it and try again"
        return Made(run.label, error=ReportError(taken))
    except (ItsqError, OSError) as error:
        return Made(run.label, error=error)


def _make(run: Run, target: Path, kernel: Kernel, options: Options) -> list[Path]:
    """Execute and write; returns the files beside the page. Those of the last good report stay unless all went well."""
    log, failed = run.folder / "failed.log", run.folder / "failed.ipynb"
    failed.unlink(missing_ok=True)
    earlier = {run.previous.name: run.previous.read_bytes()} if run.previous else {}
    for name, content in earlier.items():  # the notebook reads it here
        (run.folder / name).write_bytes(content)
    secrets = secret_values(run.values)
    with run_log(log, secrets) as logger:
        if run.source is not None and run.source.outdated:
            logger.warning("itsq.toml has changed since snapshot %s; run: itsq load", run.source.snapshot.id)
        notebook = _executed(run, failed, log, options.time_limit, kernel, logger, secrets)
        page, files, kept = _rendered(notebook, options, logger)
        files |= {PDF: to_pdf(page.html)} if options.pdf else {}
        refuse_secrets(files | kept.new, secrets)
        beside = {target.with_name(target.stem + ending): content for ending, content in files.items()}
        record = manifest(
            *(run.name, run.workspace, read_json(run.notebook), run.values, run.source, page.html, page.left_out),
            files={path.name: content for path, content in beside.items()},
            previous=earlier,
            kept=kept,
            header=page.header,
        )
        forecasts = {run.workspace / FOLDER / name: content for name, content in kept.new.items()}
        contents = {
            **beside,  # first, because another program may have one of them open
            target: page.html,
            **{path: content for path, content in forecasts.items() if not path.exists()},  # what is there is never changed
            run.folder / "notebook.ipynb": _json(notebook),
            run.folder / "manifest.json": _json(record, indent=1),
        }
        _published(run, contents, _outdated(run, target, contents), logger)
    failed.unlink()
    log.replace(run.folder / "run.log")
    return [*beside]


def _outdated(run: Run, target: Path, contents: Mapping[Path, bytes]) -> list[Path]:
    """Files beside the page that the last report had and this one has not."""
    record = run.folder / "manifest.json"
    known = json.loads(record.read_text(encoding="utf-8"))["files"] if record.is_file() else {}
    before = [target.with_name(target.stem + ending) for ending in (*OFFERED, CHARTS, SLIDES, PDF)]
    return [path for path in before if path.name in known and path not in contents and path.is_file()]


def _rendered(notebook: Any, options: Options, logger: logging.Logger) -> tuple[Page, dict[str, bytes], Kept]:
    """The page, by their endings the files beside it, and the forecasts to keep; these are taken out of the notebook."""
    from itsq_analysis.reports.render import render

    files, kept = take_files(notebook)
    page = render(notebook)
    for sentence in page.left_out:
        logger.warning("not shown in the page: %s", sentence)
    drawn = charts(notebook) if options.pictures else None
    files |= {SLIDES: slides(notebook)} if options.slides else {}
    return page, files | ({CHARTS: drawn} if drawn else {}), kept


def _published(run: Run, contents: Mapping[Path, bytes], removed: Sequence[Path], logger: logging.Logger) -> None:
    try:
        publish(run.folder, contents, removed)
    except ReportError as error:
        logger.error("%s", error)
        raise


def _json(content: Any, indent: int | None = None) -> bytes:
    """JSON as bytes; without indentation Python writes it ten times as fast."""
    return (json.dumps(content, indent=indent, ensure_ascii=False) + "\n").encode("utf-8")


def _executed(
    run: Run, failed: Path, log: Path, time_limit: float, kernel: Kernel, logger: logging.Logger, secrets: tuple[str, ...]
) -> Any:
    """The executed notebook, also saved at `failed`.

    Raises:
        ReportError: a cell failed, the time was over, or the kernel died.
    """
    from nbclient.exceptions import CellTimeoutError
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    from itsq_analysis.reports.engine import NAME, ItsqEngine

    notebook = parameterize_notebook(load_notebook_node(str(run.notebook)), run.values, kernel_name=NAME, language="python")
    reason = None
    try:
        ItsqEngine.execute_notebook(
            notebook,
            NAME,
            input_path=run.notebook.name,
            progress_bar=False,
            time_limit=time_limit,
            kernel_cwd=run.workspace,
            kernel=kernel,
            logger=logger,
        )
    except CellTimeoutError:
        reason = f"it took longer than the {time_limit:g} seconds it may take"
    except (RuntimeError, OSError) as error:  # DeadKernelError is a RuntimeError, as is a kernel that does not start
        reason = f"its kernel died or did not start ({one_line(str(error))}); most often memory is short"
    finally:
        failed.write_bytes(_json(hide(notebook, secrets) if secrets else notebook))
    log_streams(notebook, logger)
    reason = reason or why(notebook)
    if reason:
        logger.error("%s\n%s", reason, tracebacks(notebook))
        raise ReportError(
            f"{run.label} was not made: {reason} | full traceback: {log.relative_to(run.workspace).as_posix()} in "
            f"{run.workspace.name} | the last good report, if there is one, is untouched"
        )
    return notebook


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
