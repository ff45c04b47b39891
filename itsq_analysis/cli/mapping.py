"""`itsq map`: how exports are read, proposed and told before anything is written."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from itsq_analysis.cli.commands import WorkspaceOption, app
from itsq_analysis.cli.output import say, shell_word, show, warn
from itsq_analysis.errors import IngestError, SettingsError

if TYPE_CHECKING:
    from itsq_analysis.workspace.mapping_files import Mapped


@app.command("map")
def map_(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Exports of one kind: files, folders or globs.")],
    table: Annotated[str | None, typer.Option("--as", metavar="TABLE", help="What they hold, such as changes.")] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=ANSWER", help='Such as opened_at=Created, "state.Feedback=on_hold", day_first=true, timezone=UTC.'
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write what is proposed; what is open stays missing and is told.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the proposal as JSON.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Recognise exports of any tool and write how they are read.

    Nothing is loaded. The mapping is a TOML file of the workspace, to be edited. Without --yes and with open questions nothing is
    written where nobody can be asked, and the exit code is 1.
    """
    from itsq_analysis.workspace import open_workspace
    from itsq_analysis.workspace.mapping_files import write_mapped

    answers = _pairs(answer or [])
    folder = _workspace(workspace, yes=yes or as_json)
    opened = open_workspace(folder)
    code = 0
    for mapped in opened.map(*files, table=table, answers=answers):
        asks = not (yes or as_json) and sys.stdin.isatty()
        if not as_json:
            tell(mapped)
        if asks and mapped.proposal.questions:
            [mapped] = opened.map(*mapped.paths, table=table, answers=answers | _asked(mapped))
            tell(mapped)
        unclear = [question for question in mapped.proposal.questions if question.kind == "day_first" or not yes]
        written = [] if unclear and not asks else write_mapped(folder, mapped)
        if as_json:
            say(json.dumps(_record(mapped, written), ensure_ascii=True, default=str))
        elif written:
            say("written: " + ", ".join(path.relative_to(folder.resolve()).as_posix() for path in written))
            say("next: itsq load" if workspace is None else f"next: itsq load -w {shell_word(workspace)}")
        else:
            must = any(question.kind == "day_first" for question in unclear)  # which no proposal settles
            other = "" if must else ", or accept the proposal with --yes"
            warn(f"itsq: nothing is written while a question is open; answer it as shown{other}")
        code = code if written else 1
    if code:
        raise typer.Exit(code)


def _pairs(answers: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in answers:
        name, equals, value = text.rpartition("=") if text.partition("=")[0].count(".") else text.partition("=")
        if not equals or not name.strip():
            raise IngestError(f"--answer takes COLUMN=ANSWER; found {text[:60]!r}; write for example --answer opened_at=Created")
        pairs[name.strip()] = value
    return pairs


def _workspace(workspace: Path | None, *, yes: bool) -> Path:
    """The workspace; in a folder without one, a new one where that is wished."""
    from itsq_analysis.settings import Settings, find_workspace, write_workspace
    from itsq_analysis.settings.reading import settings_file

    try:
        return (find_workspace() if workspace is None else settings_file(workspace).parent).resolve()
    except SettingsError:
        folder = Path() if workspace is None else workspace
        if not yes and not (sys.stdin.isatty() and typer.confirm(f"There is no workspace in {folder.resolve()}. Make one?")):
            raise
        file = write_workspace(folder)
        default = Settings().organisation
        warn(
            f"written: {file}, with timezone {default.timezone} and holidays {default.holidays}; correct them there, "
            "or make it yourself with: itsq init"
        )
        return file.parent.resolve()


def _asked(mapped: Mapped) -> dict[str, str]:
    """Answers to the open questions, asked one by one; an empty one leaves it open."""
    answers = {}
    for question in mapped.proposal.questions:
        key = f"{question.subject}.{question.word}" if question.word else question.subject
        options = f" ({', '.join(question.options)})" if question.options else ""
        if given := typer.prompt(f"{key}{options}", default="", show_default=False).strip():
            answers[key] = given
    return answers


def tell(mapped: Mapped) -> None:
    """Print a proposal: what is sure, what was judged, what a trial gave, what is asked."""
    from itsq_analysis.workspace.mapping_told import COLUMNS, bound, heading, lines

    say(heading(mapped))
    if rows := bound(mapped):
        show(COLUMNS, rows)
    for line in lines(mapped):
        say(line)


def _record(mapped: Mapped, written: Sequence[Path]) -> dict[str, Any]:
    return mapped.proposal.record() | {
        "source_entry": mapped.source,
        "document": mapped.document,
        "copies": {str(path): str(copy) for path, copy in mapped.copies.items()},
        "written": [str(path) for path in written],
    }
