"""`itsq pull`: fetch exports from databases and APIs."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Annotated

import typer

from itsq_analysis.cli.commands import WorkspaceOption, _open, app
from itsq_analysis.cli.output import count, say
from itsq_analysis.errors import SettingsError


@app.command()
def pull(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Entries of [[pull]]; default: all.", show_default=False)
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Fetch what is new from databases and APIs.

    It becomes files of the folder `pulled`, which `itsq load` reads. A pull that was interrupted goes on where it stopped.
    """
    opened = _open(workspace)
    if not opened.settings.pulls:
        raise SettingsError(
            "a pull needs an entry [[pull]] in itsq.toml; found none; write one, such as the commented one that itsq init writes"
        )
    unread = []
    for name in ids or [entry.id for entry in opened.settings.pulls]:
        [pulled] = opened.pull([name])
        say(f"{pulled.id}: {count(pulled.rows)} rows or days, files {len(pulled.files)}")
        paths = [path.relative_to(opened.path).as_posix() for path in pulled.files]
        unread += [path for path in paths if not any(fnmatch(path, source.glob) for source in opened.settings.sources)][:1]
    for path in unread:
        glob = f"{PurePosixPath(path).parent}/*"
        say(f'next: no [[source]] names {path}; have one written, and let its glob be "{glob}": itsq map {path}')
    if not unread:
        say("next: itsq load")
