"""A forecast as a table to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from itsq_analysis.cli.output import show

if TYPE_CHECKING:
    import pandas as pd


def show_forecast(frame: pd.DataFrame) -> None:
    """Print a forecast: one line per series and step, ranges as "12 - 30", each model as "12 (25%)" with its weight."""
    levels = [str(name).removeprefix("lo-") for name in frame if str(name).startswith("lo-")]
    components = [str(name).removeprefix("weight-") for name in frame if str(name).startswith("weight-")]
    header = ["series", "from", "mean", "median", *(f"{level} % between" for level in levels), *components]
    rows = []
    for record in frame.to_dict("records"):
        ranges = [f"{number(record[f'lo-{level}'])} - {number(record[f'hi-{level}'])}" for level in levels]
        parts = [
            "" if record[name] != record[name] else f"{number(record[name])} ({record[f'weight-{name}']:.0%})"
            for name in components
        ]
        rows.append(
            [record["unique_id"], _moment(record["ds"]), f"{record['mean']:,.1f}", number(record["median"]), *ranges, *parts]
        )
    show(header, rows, right=header[2:])


def number(value: float) -> str:
    """Whole numbers without decimals, others with two.

    >>> number(1742.0), number(0.25)
    ('1,742', '0.25')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _moment(stamp: Any) -> str:
    """A day, or the minute where the step is shorter."""
    day = stamp.time().isoformat() == "00:00:00" and stamp.tzinfo is None
    return str(stamp.date()) if day else stamp.strftime("%Y-%m-%d %H:%M")
