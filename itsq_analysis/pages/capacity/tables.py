"""The columns of the report's tables, declared once: the page takes some of them, the workbook its own choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from markupsafe import Markup

from itsq_analysis.capacity.figures import Figures
from itsq_analysis.capacity.options import Option
from itsq_analysis.capacity.orders import End
from itsq_analysis.capacity.outlook import HORIZONS, CapacityOutlook
from itsq_analysis.capacity.statements import likely_day, option_title, quantity
from itsq_analysis.facts.sentence import Day, Days, Money, Months, Sentence, Term
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.table import Column, Source
from itsq_analysis.pages.capacity.words import part
from itsq_analysis.text import formats

Columns = Mapping[str, Column[Any]]


def keyed(*columns: Column[Any]) -> dict[str, Column[Any]]:
    """Columns by their keys."""
    return {column.key: column for column in columns}


def pick(columns: Columns, *keys: str) -> list[Column[Any]]:
    """Some of the columns, in this order."""
    return [columns[key] for key in keys]


def reason(row: Figures) -> Sentence | None:
    """Why nothing can be said of a resource; None where something can."""
    return Sentence(f"cap_why_{row.reason}", {"day": Day(row.last) if row.last else formats.MISSING}) if row.reason else None


def dash(text: str) -> str | None:
    """A text of a register; the page shows a dash where there is none."""
    return text or None


# Of `capacity.figures`, in the order of the workbook and of the CSV beside the page.
FIGURES: Columns = keyed(
    Column("cap_key", lambda row: row.key),
    Column("cap_resource", lambda row: row.name),
    Column("cap_kind", lambda row: Term(f"cap_kind_{row.kind}")),
    Column("service", lambda row: row.service, text=lambda row: dash(row.service)),
    Column("owner", lambda row: row.owner, text=lambda row: dash(row.owner)),
    Column("supplier", lambda row: row.supplier),
    Column("cap_unit", lambda row: row.unit),
    Column("cap_whole", lambda row: row.capacity, "number"),
    Column("chart_warning", lambda row: row.warning, "share"),
    Column("chart_critical", lambda row: row.limit, "share"),
    Column("cap_now", lambda row: row.now, "share"),
    Column("cap_busy_hour", lambda row: row.busy_hour, "share"),
    Column("cap_peak", lambda row: row.peak, "share"),
    Column("cap_after_loss", lambda row: row.after_loss, "share"),
    Column("cap_hours", lambda row: row.hours, "count"),
    Column("cap_coverage", lambda row: row.coverage, "share"),
    Column("cap_earliest", lambda row: row.earliest, "date", lambda row: likely_day(row.earliest)),
    Column("cap_likely", lambda row: row.likely, "date", lambda row: likely_day(row.likely)),
    Column("cap_latest", lambda row: row.latest, "date", lambda row: likely_day(row.latest)),
    Column("cap_lead", lambda row: row.lead_days, "count"),
    Column("cap_order_by_day", lambda row: row.order_by, "date", lambda row: likely_day(row.order_by)),
    Column("cap_even_day", lambda row: row.even_by, "date", lambda row: likely_day(row.even_by)),
    *(Column(f"cap_risk_{days}", attrgetter(f"risk_{days}"), "share") for days in HORIZONS),
    Column("remark", reason),
)
OF_FIGURES: Source[Figures] = Source("capacity.figures", lambda row: row.key)
LIMIT: Column[Any] = Column("cap_limit", lambda row: row.limit, "share")
WHY: Column[Any] = Column("cap_why", reason)

ENDS: Columns = keyed(
    Column[End]("cap_resource", lambda end: end.resource.label),
    Column[End]("cap_kind", lambda end: Term(f"cap_kind_{end.what}")),
    Column[End]("cap_end", lambda end: end.day, "date"),
    Column[End]("cap_act_by", lambda end: end.act, "date"),
    Column[End]("cap_yearly", lambda end: end.resource.yearly_cost, "number", lambda end: cost(end.resource.yearly_cost)),
    Column[End]("supplier", lambda end: end.resource.supplier, text=lambda end: dash(end.resource.supplier)),
    Column[End]("owner", lambda end: end.resource.owner, text=lambda end: dash(end.resource.owner)),
)
OF_ENDS: Source[End] = Source("capacity.ends", lambda end: f"{end.resource.key}/{end.what}")


def cost(amount: float | None) -> Money | None:
    """What a resource costs; the page shows a dash where the register does not say."""
    return None if amount is None else Money(amount)


OptionRow = tuple[CapacityOutlook, Option]
OF_OPTIONS: Source[OptionRow] = Source("capacity.options", lambda row: f"{row[0].resource.key}/{row[1].option}/{row[1].title}")


def option_columns(context: ReportContext) -> Columns:
    """The columns of options, each beside the outlook of its resource; of doing nothing only what applies to it is told."""

    def title(row: OptionRow) -> Markup:
        outlook, option = row
        unnamed = option.option == "accept" and not option.title
        aside = "" if unnamed else context.aside(part(context, option_title(outlook.resource, option)))
        note = Markup('<span class="note">{}</span>').format(option.note) if option.note else ""
        return Markup("{}{}").format(context.term(f"cap_option_{option.option}") + aside, note)

    def unless_accepted(told: Callable[[OptionRow], Any]) -> Callable[[OptionRow], Any]:
        return lambda row: "" if row[1].option == "accept" else told(row)

    def price(row: OptionRow) -> Any:
        return "" if row[1].option == "accept" and row[1].price is None else Money(row[1].price)

    def decide_by(row: OptionRow) -> Any:
        late = row[1].by is not None and row[1].by < context.scope.today
        return Sentence("cap_past", {"day": Day(row[1].by)}) if late else likely_day(row[1].by)

    def then(row: OptionRow) -> Any:
        outlook, option = row
        if option.option == "accept":
            return context.say("cap_already") if outlook.crossed else likely_day(outlook.forecast.likely)
        return None if option.months is None else Day(option.likely, "cap_not_within_two")

    def gained(row: OptionRow) -> Any:
        months = Months(max(row[1].months or 0.0, 0.0))
        told = Sentence("cap_months_least", {"months": months}) if row[1].at_least else months
        return Sentence("cap_gain_unknown", {}) if row[1].months is None else told

    return keyed(
        Column("cap_resource", lambda row: row[0].resource.label),
        Column("cap_kind", lambda row: Term(f"cap_option_{row[1].option}")),
        Column("cap_option", lambda row: option_title(row[0].resource, row[1]), text=title),
        Column(
            "cap_gain_size", lambda row: row[1].size, "number", unless_accepted(lambda row: quantity(row[0].resource, row[1].size))
        ),
        Column("cap_unit", lambda row: row[0].resource.unit),
        Column("cap_price", lambda row: row[1].price, "number", price),
        Column("cap_lead", lambda row: row[1].lead_days, "count", unless_accepted(lambda row: Days(row[1].lead_days))),
        Column("cap_decide_by", lambda row: row[1].by, "date", unless_accepted(decide_by)),
        Column("cap_limit_then", lambda row: row[1].likely, "date", then),
        Column("cap_months_gained", lambda row: row[1].months, "number", unless_accepted(gained)),
        Column("owner", lambda row: row[1].owner, text=lambda row: dash(row[1].owner)),
        Column("remark", lambda row: row[1].note),
    )
