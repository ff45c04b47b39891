"""The first commands of a workspace: `itsq init`, `itsq services`, `itsq doctor`."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from itsq_analysis.cli.commands import FormatOption, Language, SnapshotOption, WorkspaceOption, _folder, _open, app
from itsq_analysis.cli.output import say, show, warn, write_frame
from itsq_analysis.errors import ItsqError, ReportError, SettingsError

FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC")  # as the charts ask for them
LIBRARIES = (
    "pandas",
    "numpy",
    "duckdb",
    "deltalake",
    "pyarrow",
    "scikit-learn",
    "statsmodels",
    "papermill",
    "nbconvert",
    "jupyterlab",
)


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The new workspace's folder.")],
    timezone: Annotated[str | None, typer.Option(metavar="ZONE", help="IANA name, such as America/Sao_Paulo.")] = None,
    holidays: Annotated[str | None, typer.Option(metavar="CODE", help='Country of the holidays, such as BR; "" for none.')] = None,
    language: Annotated[Language | None, typer.Option("--language", "--lang", help="Language of reports.")] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the organisation; default: the folder's.")] = None,
    source: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="FILE", help="Exports to begin with: files, folders, globs; may be repeated."),
    ] = None,
) -> None:
    """Make a workspace with a commented itsq.toml.

    On a terminal it asks for what is not given. With --from it writes how the exports are read, as itsq map proposes it.
    """
    from itsq_analysis.settings import write_workspace

    if sys.stdin.isatty() and not (directory / "itsq.toml").exists():
        name = name if name is not None else typer.prompt("Name of the organisation", default=directory.resolve().name)
        timezone = timezone or typer.prompt("Time zone", default=system_zone() or "UTC")
        holidays = (
            holidays if holidays is not None else typer.prompt("Country of the holidays (a code, empty for none)", default="")
        )
        language = language or typer.prompt("Language of reports (en, zh)", default="en")
    file = write_workspace(directory, timezone=timezone, holidays=holidays, language=language, name=name)
    say(f"written: {file}")
    if not source:
        say(f"next: put exports into {file.parent / 'exports'}, adapt itsq.toml, then run: itsq check, itsq load")
        return
    from itsq_analysis.cli.mapping import map_

    map_(source, yes=not sys.stdin.isatty(), workspace=directory)


def system_zone() -> str | None:
    """The machine's time zone by its IANA name; None where it does not tell one, as on Windows."""
    from zoneinfo import available_timezones

    link = Path("/etc/localtime")
    candidates = [os.environ.get("TZ", "").removeprefix(":")]
    candidates += [str(link.resolve()).partition("zoneinfo/")[2]] if link.exists() else []
    return next((name for name in candidates if name in available_timezones()), None)


@app.command()
def services(workspace: WorkspaceOption = None, snapshot: SnapshotOption = None, format: FormatOption = "table") -> None:  # noqa: A002
    """List the services that anything names, with their tickets."""
    opened = _open(workspace, snapshot=snapshot)
    tables = ("incidents", "requests", "changes")
    counts = {
        table: dict(
            opened.rows(f'SELECT service, count(*) AS n FROM "{table}" GROUP BY service', {}).itertuples(index=False, name=None)
        )
        for table in tables
    }
    import pandas as pd

    rows = [{"service": name} | {table: int(counts[table].get(name, 0)) for table in tables} for name in opened.known_services()]
    frame = pd.DataFrame(rows, columns=["service", *tables])
    if format != "table":
        write_frame(frame, format)
    elif frame.empty:
        say("nothing that is loaded names a service")
    else:
        show([*frame.columns], frame.itertuples(index=False, name=None), right=tables)


@app.command()
def doctor(workspace: WorkspaceOption = None) -> None:
    """Say what is installed and whether the workspace is right.

    Send what it prints with a report of a bug: it holds no secrets, no data and no names of your organisation.
    """
    for key, text in [*_installation(), *_workspace(workspace)]:
        say(f"{key}: {text}")


def _installation() -> Iterator[tuple[str, str]]:
    from importlib.metadata import PackageNotFoundError, version

    yield "itsq", version("itsq-analysis")
    yield "python", f"{platform.python_version()} ({platform.python_implementation()}), {platform.system()} {platform.release()}"
    yield "machine", f"{platform.machine()}, {os.cpu_count()} processors"
    yield "console", f"encoding {sys.stdout.encoding}, {'a terminal' if sys.stdout.isatty() else 'a file or pipe'}"
    yield "time zone", system_zone() or "not told by the machine"
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "not installed"
    yield "browser", _browser()
    yield "Chinese font", _font()


def _browser() -> str:
    """The browser that prints PDF."""
    from itsq_analysis.reports.pdf import find_browser

    try:
        return find_browser().name
    except ReportError:
        return "none; pages are made without, PDF needs Chromium, Chrome or Edge"


def _font() -> str:
    """Whether Chinese in PNG and PDF can be drawn, as far as the machine's font list tells."""
    import shutil
    import subprocess

    lister = shutil.which("fc-list")
    if lister is None:
        return "not looked for (no fc-list); Windows and macOS bring one"
    command = [lister, ":lang=zh", "family"]
    listed = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False).stdout  # noqa: S603 - of the path
    font_file = next((font for font in FONTS if font in listed), listed.strip().partition("\n")[0])
    return font_file or "none; install one, such as fonts-noto-cjk, for Chinese in PNG and PDF"


def _workspace(workspace: Path | None) -> Iterator[tuple[str, str]]:
    from itsq_analysis.cli.checking import workspace_findings

    try:
        folder = _folder(workspace)
    except SettingsError:
        yield "workspace", "none here; make one with: itsq init DIR, or copy the demo with: itsq demo"
        return
    try:
        opened = _open(folder)
        snapshot = opened.snapshot
        yield "store", f"snapshot {snapshot.id}, {len(snapshot.versions)} tables, data until {snapshot.horizon:%Y-%m-%d}"
        kept = opened.cache
        yield "cache", f"{len(kept.files())} facts, {kept.size() / 2**20:.1f} MB" if kept else "none"
    except ItsqError as error:
        warn(f"itsq: {error}")
        yield "store", "cannot be read, see above"
    findings = workspace_findings(folder)
    counts = {level: sum(finding.level == level for finding in findings) for level in ("error", "warning")}
    yield "workspace", f"errors {counts['error']}, warnings {counts['warning']}"
