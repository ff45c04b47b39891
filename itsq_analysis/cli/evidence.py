"""Commands that lead from a number to what it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

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
from itsq_analysis.cli.output import Format, say, show, write_frame

if TYPE_CHECKING:
    from itsq_analysis.workspace import Workspace

BookFormat = Literal["table", "csv", "json", "xlsx"]


@app.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="INDICATOR|TICKET", help="An indicator's id, or a ticket's number.")],
    period: Annotated[
        str | None,
        typer.Option(metavar="PERIOD", help="Such as 2026-10; default: the last complete month, of a ticket all of its months."),
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="DIMENSION", help="Such as service.")] = None,
    member: Annotated[str | None, typer.Option(metavar="MEMBER", help="Of the dimension; default: the unknown one.")] = None,
    rows: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the rows, as .csv or .xlsx.")] = None,
    as_of: AsOfOption = None,
    services: ServicesOption = None,
    snapshot: SnapshotOption = None,
    workspace: WorkspaceOption = None,
    format: FormatOption = "table",  # noqa: A002
    raw: RawOption = False,
) -> None:
    """Lead from a number to its rows, or from a ticket to numbers.

    Of an indicator: definition, counts, interval, what was left out and why, exemptions, SQL, and the rows. Of a ticket: in which
    indicators of its months it counts, and why.
    """
    opened = _open(workspace, snapshot=snapshot, services=tuple(services or ()))
    if name in opened.definitions:
        _explain_value(opened, name, period, by, member, as_of, rows, format, raw)
        return
    frame = opened.explain_ticket(name, period, as_of)
    if format != "table":
        write_frame(frame, format, raw=raw)
    else:
        from itsq_analysis.indicators.indicator import reason_text

        frame["reason"] = frame["reason"].map(lambda code: reason_text(code, "en"), na_action="ignore")
        for name in ("numerator", "denominator"):
            frame[name] = frame[name].map("{:.4g}".format, na_action="ignore")
        show([*frame.columns], frame.itertuples(index=False, name=None), right=("numerator", "denominator"))


@app.command()
def scorecard(
    period: Annotated[str, typer.Option(metavar="PERIOD", help="Such as 2026-10, 2026-Q4, 2026.")] = "last-month",
    indicators: Annotated[bool, typer.Option("--indicators", help="One row an indicator instead of a sum.")] = False,
    language: Annotated[
        Literal["en", "zh"] | None, typer.Option("--language", "--lang", help="Of titles; default: the workspace's.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The workbook that --format xlsx writes.")] = None,
    as_of: AsOfOption = None,
    services: ServicesOption = None,
    snapshot: SnapshotOption = None,
    workspace: WorkspaceOption = None,
    format: Annotated[BookFormat, typer.Option(help="csv and json write nothing but the data.")] = "table",  # noqa: A002
) -> None:
    """Sum the indicators up by section, chapter and characteristic.

    Of each: the share of the weights met, what can be measured, missed critical targets, what has changed beyond noise, what is
    needed. Weights, and grades where they are wanted, stand in [scorecard] of itsq.toml.
    """
    opened = _open(workspace, snapshot=snapshot, services=tuple(services or ()))
    card = opened.scorecard(period, as_of, language)
    if format == "xlsx":
        from itsq_analysis.cli.rows_file import write_frames

        file = out or Path(f"scorecard-{card.period}.xlsx")
        write_frames({"scorecard": card.table, "indicators": card.indicators}, file, f"Scorecard {card.period}", card.language)
        say(f"written: {file}")
    elif format != "table":
        write_frame(card.indicators if indicators else card.table, format)
    elif indicators:
        show([*card.indicators.columns], card.indicators.itertuples(index=False, name=None))
    else:
        from itsq_analysis.indicators.scorecard.repr import HEADER, rows

        show(HEADER, rows(card))


@app.command()
def slo(
    months: Annotated[bool, typer.Option("--months", help="Month by month instead of the rolling window.")] = False,
    as_of: AsOfOption = None,
    services: ServicesOption = None,
    snapshot: SnapshotOption = None,
    workspace: WorkspaceOption = None,
    format: FormatOption = "table",  # noqa: A002
) -> None:
    """Show error budgets, how fast they burn, when they are gone.

    Objectives are the [[slo]] of itsq.toml. Availability and measurements are counted in time slices, ticket promises in
    occurrences.
    """
    opened = _open(workspace, snapshot=snapshot, services=tuple(services or ()))
    frame = opened.slos(months=months, as_of=as_of)
    if format != "table":
        write_frame(frame, format)
    elif frame.empty:
        say("no objectives yet; write an [[slo]] into itsq.toml, such as the commented one of itsq init")
    else:
        from itsq_analysis.cli.values import amount

        for name in frame.columns.intersection(["objective", "share", "left"]):
            frame[name] = [amount(value, "%") for value in frame[name]]
        for number in frame.select_dtypes("number").columns:
            frame[number] = frame[number].map("{:.4g}".format, na_action="ignore")
        show([*frame.columns], frame.itertuples(index=False, name=None))


def _explain_value(
    opened: Workspace,
    name: str,
    period: str | None,
    by: str | None,
    member: str | None,
    as_of: str | None,
    rows: Path | None,
    format: Format,  # noqa: A002
    raw: bool,
) -> None:
    evidence = opened.explain_value(name, period or "last-month", by, member, as_of)
    if format != "table":
        write_frame(evidence.rows, format, raw=raw)
    else:
        for line in repr(evidence).splitlines():
            say(line)
        for statement in evidence.sql:
            say("  SQL:")
            for line in statement.splitlines():
                say(f"    {line}")
    if rows is not None:
        from itsq_analysis.cli.rows_file import write_rows

        write_rows(evidence, rows, opened.settings.organisation.language)
        if format == "table":
            say(f"written: {rows}")
