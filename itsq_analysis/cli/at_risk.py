"""`itsq at-risk`: which open tickets will be late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

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
from itsq_analysis.cli.output import say, show, write_frame

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ["number", "group", "priority", "due", "probability", "hours left", "still takes (80 %)", "reasons", "help"]


@app.command("at-risk")
def at_risk(
    group: Annotated[str | None, typer.Option(metavar="GROUP", help="Only what this group holds.")] = None,
    days: Annotated[bool, typer.Option("--days", help="How many become late, by group and day, instead of the tickets.")] = False,
    as_of: AsOfOption = None,
    services: ServicesOption = None,
    snapshot: SnapshotOption = None,
    workspace: WorkspaceOption = None,
    format: FormatOption = "table",  # noqa: A002
    raw: RawOption = False,
) -> None:
    """Tell which open incidents will miss their promise.

    With the probability, the working hours that they still take, why, and what would help; those that are late already at the end.
    """
    from itsq_analysis.indicators.query import known_name

    opened = _open(workspace, snapshot=snapshot, services=tuple(services or ()))
    frame = opened.at_risk("group" if days else None, as_of=as_of)
    if group is not None:
        held = sorted(opened.at_risk(as_of=as_of)["group"].dropna().unique())
        known_name(group, held, "a group with open incidents")
        frame = frame.loc[frame["group"] == group].reset_index(drop=True)
    if format != "table":
        write_frame(frame, format, raw=raw)
    elif frame.empty:
        say("no incident is open")
    elif days:
        rows = [
            (row["group"], row["day"], f"{row['expected']:.1f}", f"{row['low']} - {row['high']}")
            for row in frame.to_dict("records")
            if row["expected"] >= 0.05
        ]
        show(["group", "day", "become late", "80 % between"], rows, right=("become late", "80 % between"))
    else:
        show(SHOWN, [_shown(row) for row in frame.to_dict("records")], right=("probability", "hours left"))
        show_total(frame)


def show_total(frame: pd.DataFrame) -> None:
    """How many are late, and how many are expected to be."""
    late, within = int((frame["left"] <= 0).sum()), frame.loc[frame["left"] > 0, "probability"].sum()
    say(f"open {len(frame):,}; late already {late:,}; expected to become late {within:.1f}")


def _shown(row: dict[Any, Any]) -> list[object]:
    due = "" if row["due_at"] != row["due_at"] else row["due_at"].strftime("%Y-%m-%d %H:%M")
    chance = "" if row["probability"] != row["probability"] else "late" if row["left"] <= 0 else f"{row['probability']:.0%}"
    hours = [f"{row[name]:,.0f}" if row[name] == row[name] else "?" for name in ("remaining_low", "remaining_high")]
    left = "" if row["left"] != row["left"] else f"{row['left']:,.1f}"
    return [row["number"], row["group"], row["priority"], due, chance, left, " - ".join(hours), row["reasons"], row["help"]]
