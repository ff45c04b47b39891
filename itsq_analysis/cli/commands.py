"""The commands. What a command needs is imported when it runs, so that `itsq --help` answers at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from itsq_analysis.cli import completions
from itsq_analysis.cli.output import Format, Status, count, say, shell_word, show, survive_any_encoding, warn, write_frame
from itsq_analysis.errors import ItsqError, ReportError, SettingsError

if TYPE_CHECKING:
    from itsq_analysis.workspace import Workspace

FIRST = ("init", "map", "check", "load")  # in the order in which a beginner needs them


class InOrder(typer.core.TyperGroup):
    """The commands, the first ones of a workspace at the head."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names as help and completion list them."""
        return [*FIRST, *(name for name in super().list_commands(ctx) if name not in FIRST)]


app = typer.Typer(
    name="itsq",
    cls=InOrder,
    help="IT service quality: from exports to numbers that management can check.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

STORAGE = ("duckdb", "_duckdb", "deltalake", "_internal", "pyarrow")  # modules whose errors tell of damaged or unwritable files
Language = Literal["en", "zh"]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", metavar="DIR", help="Folder with itsq.toml; default: the nearest upward, else ITSQ_WORKSPACE."
    ),
]
SnapshotOption = Annotated[int | None, typer.Option(metavar="N", help="An older snapshot (see: itsq snapshots).")]
ServicesOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Only this service; may be repeated.", autocompletion=completions.services),
]
AsOfOption = Annotated[str | None, typer.Option(metavar="DATE", help="Numbers as of the end of this day.")]
FormatOption = Annotated[Format, typer.Option(help="csv, json and markdown write nothing but the data.")]
RawOption = Annotated[bool, typer.Option("--raw", help="Texts in csv as they were loaded, also such as a spreadsheet would run.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; what a user can put right ends as a message on stderr and exit code 2."""
    if arguments is None and sys.argv[1:2] == ["run"]:
        from itsq_analysis.reports.forking import start_anew

        start_anew()
    survive_any_encoding()
    try:
        app(args=arguments, prog_name="itsq")
    except ItsqError as error:
        warn(f"itsq: {error}")
        sys.exit(2)
    except OSError as error:
        warn(f"itsq: a file or folder cannot be used: {error}; check its path, its permissions and the free space")
        sys.exit(2)
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in STORAGE:
            raise
        warn(f"itsq: the store cannot be read or written: {(str(error).splitlines() or [''])[0]}; check free space and permissions")
        sys.exit(2)


def _open(workspace: Path | None, **options: Any) -> Workspace:
    from itsq_analysis.workspace import open_workspace

    return open_workspace(workspace, **options)


def _folder(workspace: Path | None) -> Path:
    from itsq_analysis.settings import find_workspace
    from itsq_analysis.settings.reading import settings_file

    return find_workspace() if workspace is None else settings_file(workspace).parent


def _parameters(pairs: Sequence[str]) -> dict[str, Any]:
    """Parameters of a notebook from NAME=VALUE pairs.

    Raises:
        ReportError: a text is no such pair.
    """
    parameters: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise ReportError(f"--set takes NAME=VALUE; found {pair[:60]!r}; write for example --set table=requests")
        parameters[name.strip()] = value
    return parameters


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"itsq {version('itsq-analysis')}")
        raise typer.Exit


@app.callback()
def _itsq(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """IT service quality: from exports to numbers that management can check."""


@app.command()
def check(workspace: WorkspaceOption = None) -> None:
    """Say all that is wrong with a workspace.

    The exit code is 1 if there are errors, 0 if there are only warnings or nothing.
    """
    from itsq_analysis.cli.checking import workspace_findings

    folder = _folder(workspace)
    findings = workspace_findings(folder)
    for finding in findings:
        say(f"{finding.level}: {finding}")
    errors = sum(finding.level == "error" for finding in findings)
    say(f"{folder}: errors {errors}, warnings {len(findings) - errors}")
    if errors:
        raise typer.Exit(1)


@app.command()
def load(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="One export; default: all sources of itsq.toml.")] = None,
    mapping: Annotated[str | None, typer.Option(metavar="NAME", help="How FILE is read, such as servicenow_event_log.")] = None,
    table: Annotated[str | None, typer.Option(metavar="TABLE", help="What FILE holds, where the mapping leaves it open.")] = None,
    without: Annotated[list[str] | None, typer.Option(metavar="FILE", help="Leave this file out; may be repeated.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Load exports and say what became of every row.

    One file that cannot be read stops the load of all. The exit code is 1 where less of a file is kept than itsq.toml asks for.
    """
    from itsq_analysis.cli.ledger import lines
    from itsq_analysis.ingest.ledger import poorly_kept

    opened, status = _open(workspace), Status(monotonic)
    try:
        ledger = opened.load(file, mapping=mapping, table=table, without=without or (), waiting=warn, progress=status)
    finally:
        status.end()
    for line in lines(ledger):
        say(line)
    poor = [*poorly_kept(ledger, opened.settings.load.keep_at_least)]
    for line in poor:
        warn(f"itsq: {line}")
    if poor:
        raise typer.Exit(1)


@app.command()
def snapshots(workspace: WorkspaceOption = None, format: FormatOption = "table") -> None:  # noqa: A002
    """List the snapshots.

    There is one for every load that changed something.
    """
    frame = _open(workspace).snapshots()
    if format != "table":
        write_frame(frame, format)
        return
    numbers = [name for name in ("id", "files", "read") if name in frame]
    show([*frame.columns], frame.itertuples(index=False, name=None), right=numbers)


@app.command()
def quarantine(
    action: Annotated[
        Literal["export", "reload"] | None, typer.Argument(help="Write the rows to be repaired, or load them again.")
    ] = None,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The workbook, such as refused.xlsx.")] = None,
    rule: Annotated[str | None, typer.Option(metavar="RULE", help="Only rows that this rule refused, one by one.")] = None,
    workspace: WorkspaceOption = None,
    snapshot: SnapshotOption = None,
    format: FormatOption = "table",  # noqa: A002
    raw: RawOption = False,
) -> None:
    """Show the rows that were refused, and repair them.

    How many by rule, or one by one with --rule. `export FILE.xlsx` writes a workbook with the reasons, `reload FILE.xlsx` loads the
    rows that were repaired in it.
    """
    from itsq_analysis.cli.quarantine import by_rule, exported, one_by_one, reloaded

    opened = _open(workspace, snapshot=snapshot)
    if action is not None:
        for line in exported(opened, file, rule) if action == "export" else reloaded(opened, file):
            say(line)
        return
    rows = opened.quarantine(rule)
    if format != "table":
        write_frame(rows, format, raw=raw)
    elif rows.empty:
        say("no row is in quarantine" if rule is None else f"no row is in quarantine for the rule {rule}")
    elif rule is None:
        by_rule(rows)
    else:
        one_by_one(rows)


@app.command()
def values(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID", help="Indicators; default: all.", show_default=False, autocompletion=completions.indicators),
    ] = None,
    period: Annotated[
        str,
        typer.Option(metavar="PERIOD", help="Such as 2026-10, 2026-Q4, 2026-W41, FROM..TO.", autocompletion=completions.periods),
    ] = "last-month",
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="DIMENSION", help="Such as service; may be repeated.", autocompletion=completions.dimensions),
    ] = None,
    history: Annotated[int, typer.Option(metavar="K", min=1, help="That period and the K-1 before it.")] = 1,
    as_of: AsOfOption = None,
    services: ServicesOption = None,
    snapshot: SnapshotOption = None,
    workspace: WorkspaceOption = None,
    format: FormatOption = "table",  # noqa: A002
    raw: RawOption = False,
) -> None:
    """Print the values of indicators.

    With numerator, denominator, interval, target and verdict; shares are 0 to 1 and durations hours in csv and json.
    """
    from itsq_analysis.cli.ledger import unknown_states

    opened = _open(workspace, snapshot=snapshot, services=tuple(services or ()))
    frame = opened.values(ids or None, period=period, by=by or None, history=history, as_of=as_of)
    for line in unknown_states(opened.snapshot):
        warn(line)
    if format != "table":
        write_frame(frame, format, raw=raw)
        return
    from itsq_analysis.cli.values import show_values

    show_values(frame, {name: indicator.unit for name, indicator in opened.definitions.items()})


@app.command()
def forecast(
    table: Annotated[
        str, typer.Argument(metavar="TABLE", help="Such as incidents, requests, changes.", autocompletion=completions.tables)
    ],
    horizon: Annotated[int, typer.Argument(metavar="STEPS", help="How many steps ahead.")] = 28,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="DIMENSION", help="Such as service; may be repeated.", autocompletion=completions.dimensions),
    ] = None,
    freq: Annotated[str, typer.Option(metavar="STEP", help="5min, 15min, 30min, h, D, W, MS, QS or YS.")] = "D",
    time: Annotated[str, typer.Option(metavar="COLUMN", help="When a row counts.")] = "opened_at",
    level: Annotated[list[float] | None, typer.Option(metavar="PERCENT", help="Of an interval; default: 80 and 95.")] = None,
    model: Annotated[str, typer.Option(metavar="NAME", help="One model instead of their combination.")] = "auto",
    components: Annotated[bool, typer.Option("--components", help="Each model's own median and weight too.")] = False,
    as_of: AsOfOption = None,
    services: ServicesOption = None,
    snapshot: SnapshotOption = None,
    workspace: WorkspaceOption = None,
    format: FormatOption = "table",  # noqa: A002
    raw: RawOption = False,
) -> None:
    """Forecast how many tickets will come.

    The mean (it adds up), the median and the ranges in which that share of the steps should lie; what has ended is named.
    """
    opened = _open(workspace, snapshot=snapshot, services=tuple(services or ()))
    levels = tuple(level or (80, 95))
    frame = opened.forecast(
        table, horizon, by=by or None, freq=freq, time=time, levels=levels, as_of=as_of, model=model, components=components
    )
    for note in frame.attrs["notes"]:
        warn(note)
    if format != "table":
        write_frame(frame, format, raw=raw)
        return
    from itsq_analysis.cli.forecasts import show_forecast

    show_forecast(frame)


@app.command()
def run(
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME", help="The report, such as quality, or several.", autocompletion=completions.reports),
    ],
    period: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD", help="Such as 2026-10; default: the last complete month.", autocompletion=completions.periods
        ),
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option("--lang", "--language", metavar="en|zh|en,zh", help="Language, or both; default: the workspace's."),
    ] = None,
    services: ServicesOption = None,
    as_of: AsOfOption = None,
    snapshot: SnapshotOption = None,
    previous: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Say what was restated since this NAME.facts.json; default: the newest earlier one."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="Another parameter of the notebook, such as table=requests; may be repeated."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Folder, or of one page an .html file; default: WORKSPACE/reports.")
    ] = None,
    png: Annotated[bool, typer.Option("--png", help="Draw the charts as PNG too (.charts.zip).")] = False,
    slides: Annotated[bool, typer.Option("--slides", help="Verdict, scorecard and pictures as slides too (.pptx).")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print the page as PDF too, by Chromium, Chrome or Edge.")] = False,
    files: Annotated[bool, typer.Option("--files", help="Print the paths of the files beside the page too.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Make reports and print the paths of their pages.

    Beside a page stand its values (.values.csv), a workbook (.xlsx) and its facts (.facts.json). Several reports and languages are
    made by one process; one that fails does not stop the others, and the exit code is 2.
    """
    from itsq_analysis.reports.forking import preloaded
    from itsq_analysis.reports.notebooks import find_notebook
    from itsq_analysis.reports.run import run_reports
    from itsq_analysis.reports.source import refresh

    folder = _folder(workspace)
    for name in names:  # before anything is recorded
        find_notebook(name, folder)
    with preloaded(names):
        languages = [part.strip() for part in lang.split(",")] if lang else []
        language = languages[0] if len(languages) == 1 else None
        given = {"period": period, "language": language, "services": services or None, "as_of": as_of, "previous": previous}
        parameters = _parameters(set_ or []) | {key: value for key, value in given.items() if value is not None}
        options: dict[str, Any] = {"languages": languages or _language_of(folder), "out": out, "snapshot": snapshot}
        options |= {"pictures": png, "pdf": pdf, "slides": slides}
        if snapshot is None and (number := refresh(folder, waiting=warn)):
            warn(f"itsq.toml, catalogue/ or calendar/ has changed since the last load; snapshot {number} records it")
        failed = 0
        for report in run_reports(names, folder, parameters, **options):
            for path in (report.page, *report.beside) if files else (report.page,):
                if path:
                    say(str(path))
            if report.error:
                failed += 1
                warn(f"itsq: {report.error}")
    if failed:
        raise typer.Exit(2)


def _language_of(folder: Path) -> list[str]:
    from itsq_analysis.settings import load_settings

    return [load_settings(folder).organisation.language]


@app.command()
def template(
    table: Annotated[
        str, typer.Argument(metavar="TABLE", help="Such as outages, services, groups, surveys.", autocompletion=completions.tables)
    ],
    language: Annotated[
        Language | None, typer.Option("--language", "--lang", help="Of the headers; default: the workspace's.")
    ] = None,
    format: Annotated[Literal["csv", "xlsx"], typer.Option(help="Kind of file.")] = "xlsx",  # noqa: A002
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Default: registers/template_TABLE in the workspace.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write an empty register to keep by hand.

    It has the headers of a table and one example row.
    """
    from itsq_analysis.settings import load_settings
    from itsq_analysis.tables import contract
    from itsq_analysis.tables.template import template as write_template

    name = f"template_{contract(table).name}.{format}"
    folder = None
    try:
        folder = _folder(workspace)
    except SettingsError:
        if workspace is not None:
            raise
    chosen: Language = language or (load_settings(folder).organisation.language if folder else "en")
    path = write_template(table, chosen, format, out or (folder / "registers" / name if folder else Path(name)))
    say(f"written: {path}")
    say(f"next: replace the example row, save it as {table}.{format}, and name it in a [[source]] of itsq.toml")


@app.command()
def notebooks(directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the copies go.")]) -> None:
    """Copy the notebooks for editing."""
    from itsq_analysis.reports.notebooks import copy_notebooks

    for path in copy_notebooks(directory):
        say(f"written: {path}")


@app.command()
def cache(workspace: WorkspaceOption = None, empty: Annotated[bool, typer.Option("--empty", help="Remove it.")] = False) -> None:
    """Show how much the kept facts take.

    Forecasts, plans and other results that are dear to compute are kept in the workspace's folder `cache`. It may be removed at any
    time: what is needed is computed again.
    """
    kept = _open(workspace).cache
    files, size = (len(kept.files()), kept.size()) if kept else (0, 0)
    if kept and empty:
        kept.empty()
    say(f"{'removed' if empty else 'kept'}: {count(files)} facts, {size / 2**20:.1f} MB")


@app.command()
def demo(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The new folder of the demo workspace.")] = Path("itsq-demo"),
) -> None:
    """Copy the demo workspace.

    It holds the exports of a made-up organisation over two years.
    """
    from itsq_analysis.cli.demo import copy_demo

    copy_demo(directory)
    shown = shell_word(directory)
    say(f"written: {directory}")
    say(f"next: itsq load -w {shown}, then: itsq run quality -w {shown}")
