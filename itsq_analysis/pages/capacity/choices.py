"""What can be done about a resource that runs out: each option with its price, until when it can wait and what it gains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from itsq_analysis.capacity import extend, order_by
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.capacity.estate import last_whole_day, options
from itsq_analysis.pages.capacity.outlook import RISKS, Outlook, long_frame, manner
from itsq_analysis.pages.capacity.words import quantity

LOOK = 730  # days ahead at which options are compared
MONTH = 365.25 / 12


@dataclass(frozen=True)
class Choice:
    """One option.

    Attributes:
        by: the last day to decide for it with a risk of being late of 10 %; None where that is not within 12 months.
        likely: when the limit is most likely reached after it; None = not within 24 months.
        months: gained; at least so many where `likely` is None; None where it gains nothing that can be computed.
    """

    option: str
    title: str
    size: float | None
    price: float | None
    lead_days: int
    owner: str
    note: str
    by: date | None
    likely: date | None
    months: float | None

    @property
    def at_least(self) -> bool:
        """Whether `months` is what it gains at the least."""
        return self.likely is None


def choices(context: ReportContext, one: Outlook) -> list[Choice]:
    """The open options of a resource, the largest gain first; the register's step where no extension is named."""
    key = ("choices", one.resource.key)
    if key not in context.kept:
        context.kept[key] = _choices(context, one)
    return list(context.kept[key])


def _choices(context: ReportContext, one: Outlook) -> list[Choice]:
    frame = options(context)
    rows: list[dict[Any, Any]] = frame[frame["resource"] == one.resource.key].to_dict("records")
    resource = one.resource
    if resource.step_size and not any(row["option"] == "extend" for row in rows):
        title = context.say("cap_step", size=quantity(context, resource, resource.step_size))
        rows.append({"option": "extend", "title": title, "size": resource.step_size, "price": resource.step_price})
    sizes = [_raised(one, row) for row in rows]
    after = _gains(context, one, [size for size in sizes if size])
    found = [_choice(one, row, after.get(size) if size else None) for row, size in zip(rows, sizes, strict=True)]
    return sorted(found, key=lambda choice: (-(choice.months or 0.0), choice.price or 0.0, choice.title))


def _raised(one: Outlook, row: dict[Any, Any]) -> float | None:
    """By how much the option moves the limit away from the use, in the metric's unit; None where it names no size."""
    size = row.get("size")
    if size is None or pd.isna(size) or not size:
        return None
    return float(size) * (one.resource.critical if row["option"] == "extend" else 1.0)


def _gains(context: ReportContext, one: Outlook, sizes: list[float]) -> dict[float, tuple[date | None, float | None]]:
    """Size -> when the limit is most likely reached after it, and the months gained."""
    if not sizes:
        return {}
    key, last = one.resource.key, last_whole_day(context)
    different = sorted(set(sizes))
    table = extend(
        long_frame({key: one.daily}, [one.resource], last),
        one.resource.limit,
        different,
        horizon=LOOK,
        changes={key: one.changes},
        holidays=context.workspace.special_days,
        as_of=last,
        **manner(one.resource),
    )
    before = table.iloc[0]["likely"]
    if before is None or pd.isna(before):
        return {}
    edge = last + timedelta(days=LOOK)
    found: dict[float, tuple[date | None, float | None]] = {}
    for row in table.iloc[1:].to_dict("records"):
        likely = None if row["likely"] is None or pd.isna(row["likely"]) else row["likely"]
        found[float(row["size"])] = (likely, ((likely or edge) - before).days / MONTH)
    return found


def _choice(one: Outlook, row: dict[Any, Any], gain: tuple[date | None, float | None] | None) -> Choice:
    def known(name: str) -> Any:
        value = row.get(name)
        return None if value is None or pd.isna(value) else value

    lead = known("lead_time_days")
    days = one.resource.lead_days if lead is None else int(lead)
    likely, months = gain or (one.crossing.likely, None)
    return Choice(
        option=str(row["option"]),
        title=str(row["title"]),
        size=known("size"),
        price=known("price"),
        lead_days=days,
        owner=str(known("owner") or one.resource.owner),
        note=str(known("note") or ""),
        by=order_by(one.crossing, days, RISKS[:1])[0].by,
        likely=likely,
        months=months,
    )
