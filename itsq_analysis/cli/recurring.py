"""`itsq recurring`: what keeps coming back."""

from __future__ import annotations

from typing import Annotated

import typer

from itsq_analysis.cli.commands import (
    AsOfOption,
    FormatOption,
    RawOption,
    ServicesOption,
    SnapshotOption,
    WorkspaceOption,
    _open,
    app,
)
from itsq_analysis.cli.output import missing, say, show, write_frame

SHOWN = ("name", "n", "before", "trend", "hours", "candidate", "read")


@app.command()
def recurring(
    period: Annotated[str, typer.Option(metavar="PERIOD", help="Such as 2026-10, 2026-Q4.")] = "last-month",
    as_of: AsOfOption = None,
    services: ServicesOption = None,
    snapshot: SnapshotOption = None,
    workspace: WorkspaceOption = None,
    format: FormatOption = "table",  # noqa: A002
    raw: RawOption = False,
) -> None:
    """Tell which causes keep coming back.

    Groups of incidents by what they say: how many, whether that is more than noise, working hours to resolve them, what is missing
    (a problem record, a known error), and tickets to read. A storm is one event that many reported within hours.
    """
    frame = _open(workspace, snapshot=snapshot, services=tuple(services or ())).recurring(period, as_of)
    if format != "table":
        write_frame(frame, format, raw=raw)
        return
    if frame.empty:
        say("no cause came back five times or more")
        return
    rows = [
        (
            row["name"],
            row["n"],
            "" if missing(row["before"]) else f"{row['before']:.1f}",
            "storm" if row["storm"] else "" if missing(row["trend"]) else row["trend"],
            f"{row['hours']:.0f}",
            "" if missing(row["candidate"]) else row["candidate"].replace("_", " "),
            " ".join(row["cited"][:2]),
        )
        for row in frame.to_dict("records")
    ]
    show(SHOWN, rows, right=("n", "before", "hours"))
    say(f"{frame.attrs['grouped']:,} of {frame.attrs['tickets']:,} incidents are in a group")
