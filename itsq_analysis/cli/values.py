"""The value frame as a table to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from itsq_analysis.cli.output import count, missing, show
from itsq_analysis.indicators.indicator import reason_text

if TYPE_CHECKING:
    import pandas as pd


def show_values(frame: pd.DataFrame, units: Mapping[str, str]) -> None:
    """Print a value frame: shares as percentages, durations in hours; without a value, the reason.

    Args:
        frame: as `Workspace.values` returns it.
        units: indicator id -> "%", "h", "count" or another unit.
    """
    parts = ["dimension", "member"] if frame["dimension"].notna().any() else []
    header = ["indicator", "period", *parts, "value", "of", "likely between", "target", "judgement"]
    records = [{str(key): value for key, value in record.items()} for record in frame.to_dict("records")]
    rows = [_row(record, parts, units.get(record["indicator"], "")) for record in records]
    show(header, rows, right=("value", "of", "likely between", "target"))


def _row(record: dict[str, Any], parts: list[str], unit: str) -> list[object]:
    interval = f"{amount(record['lower'], unit)} - {amount(record['upper'], unit)}"
    return [
        record["indicator"],
        record["period"],
        *(record[part] for part in parts),
        amount(record["value"], unit),
        _of(record, unit),
        "" if missing(record["lower"]) or missing(record["upper"]) else interval,
        amount(record["target"], unit),
        _judgement(record),
    ]


def amount(value: Any, unit: str) -> str:
    """A value in its unit: 0.912 of "%" is 91.2 %; hours with two decimals; whole numbers without.

    >>> amount(0.912, "%"), amount(5.934, "h"), amount(1742.0, "count"), amount(None, "%")
    ('91.2 %', '5.93 h', '1,742', '')
    """
    if missing(value):
        return ""
    if unit == "%":
        return f"{100 * value:.1f} %"
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return f"{number} h" if unit == "h" else number


def _of(record: dict[str, Any], unit: str) -> str:
    if missing(record["denominator"]) or unit != "%":
        return "" if missing(record["n"]) else f"n = {count(record['n'])}"
    return f"{record['numerator']:,.10g} of {record['denominator']:,.10g}"


def _judgement(record: dict[str, Any]) -> str:
    """ "missed, could be chance"; "provisional" is added, and the reason where there is no value."""
    provisional = not missing(record["provisional"]) and bool(record["provisional"])
    reason = None if missing(record["reason"]) else reason_text(record["reason"], "en")
    said = [record["status"], record["certainty"], "provisional" if provisional else None, reason]
    return ", ".join(str(part) for part in said if not missing(part))
