"""How sure is it, what are the options, what if nothing is done? One sheet for each decision."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from markupsafe import Markup

from itsq_analysis.capacity.days import next_report
from itsq_analysis.capacity.figures import figures
from itsq_analysis.capacity.options import Option, options
from itsq_analysis.capacity.orders import later_orders, orders
from itsq_analysis.capacity.outlook import CapacityOutlook
from itsq_analysis.capacity.resource_register import resource_register
from itsq_analysis.capacity.statements import in_time, latest_day, likely_day, otherwise, recurring, remarks, statement
from itsq_analysis.charts import fan
from itsq_analysis.facts.sentence import Day, Name, Sentence, Share
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.section import Html, Part, Section, paragraph, subheading
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.pages.capacity.tables import FIGURES, OF_FIGURES, OF_OPTIONS, cost, option_columns, pick
from itsq_analysis.pages.capacity.words import part, said, say, wording

SHEETS = 6  # with a picture of their own; the others stand in the table
PAST = 150  # days of the picture before today
STEP = 3  # days from one point of the fan to the next
AFTER = 45  # days shown after the latest day
LEAST, YEAR = 120, 365


def sheets(context: ReportContext) -> Section:
    """A sheet for each decision needed, then what must be ordered later."""
    title, scope = context.term("cap_sheets"), context.scope
    asked, coming = orders(scope), later_orders(scope)
    day = part(context, Day(next_report(scope)))
    if not asked and not coming:
        return Section("sheets", title, context.say("cap_sheets_none", day=day))
    answer = context.say("cap_sheets_answer", n=len(asked), day=day, later=len(coming))
    parts = [part for place, one in enumerate(asked[:SHEETS], 1) for part in _sheet(context, one, place)]
    rest = [*asked[SHEETS:], *coming]
    if rest:
        rows = {row.key: row for row in figures(scope)}
        prices = {one.key: one.step_price for one in resource_register(scope)}
        price: Column[Any] = Column("cap_price", lambda row: prices[row.key], text=lambda row: cost(prices[row.key]))
        resource, *keys = pick(FIGURES, "cap_resource", "cap_risk_365", "cap_likely", "service")
        columns = [resource, _ordered_by(context), *keys, price, FIGURES["owner"]]
        table = html_table(context, wording(context), columns, [rows[one.resource.key] for one in rest], source=OF_FIGURES)
        risk = part(context, Share(scope.settings.capacity.order_risk, whole=True))
        parts += [subheading(context.say("cap_later", n=len(rest))), table, paragraph(context.say("cap_later_note", risk=risk))]
    return Section("sheets", title, answer, tuple(parts))


def _ordered_by(context: ReportContext) -> Column[Any]:
    """The day to order; one that has passed for what most likely does not happen is none."""

    def told(row: Any) -> Any:
        past = row.order_by is not None and row.order_by < context.scope.today
        return Sentence("cap_below_risk", {}) if past else likely_day(row.order_by)

    return Column("cap_order_by_day", lambda row: row.order_by, "date", told)


def _sheet(context: ReportContext, outlook: CapacityOutlook, place: int) -> list[Part]:
    resource = outlook.resource
    owner = {"owner": Name(resource.owner, 0)}
    asked = Sentence("cap_decision", owner) if resource.owner else Sentence("cap_decision_nobody", {})
    told = [*statement(context.scope, outlook), *in_time(context.scope, outlook), otherwise(outlook), asked]
    facts = [said(context, [sentence]) for sentence in (*recurring(outlook), *remarks(outlook))]
    return [
        Html(Markup('<h3 id="sheet-{}">{}</h3>').format(place, context.called(resource.label))),
        paragraph(said(context, told), "statement"),
        _picture(context, outlook),
        _options(context, outlook),
        *(paragraph(text) for text in (*facts, resource.note) if text),
    ]


def _picture(context: ReportContext, outlook: CapacityOutlook) -> Part:
    """The past, the fan up to a while after the latest day, limits, and the days to act."""
    forecast, resource = outlook.forecast, outlook.resource
    last, reach = forecast.as_of.date(), forecast.latest or forecast.likely
    year = last + timedelta(days=YEAR)
    end = min(max(reach, last + timedelta(days=LEAST)) + timedelta(days=AFTER), year) if reach else year
    days = {"cap_mark_safe": outlook.safe.by, "cap_mark_even": outlook.even.by, "cap_mark_likely": forecast.likely}
    key = "cap_fan_picture_crossed" if outlook.crossed else "cap_fan_picture" if forecast.likely else "cap_fan_picture_may"
    summary = say(
        context,
        key,
        share=Share(outlook.share, whole=True),
        limit=Share(resource.critical, whole=True),
        likely=likely_day(forecast.likely),
        earliest=likely_day(forecast.earliest),
        latest=latest_day(forecast.latest),
    )
    return fan(
        outlook.history_and_ahead(PAST, end, STEP),
        title=say(context, "cap_fan_chart", name=Name(resource.label, 0)),
        summary=summary,
        language=context.language,
        limits={context.term("chart_critical"): resource.critical, context.term("chart_warning"): resource.warning},
        marks={context.term(name): day for name, day in days.items() if day is not None},
        band_name=context.term("cap_band"),
    )


def _options(context: ReportContext, outlook: CapacityOutlook) -> Part:
    """Every option beside doing nothing: price, until when, what it gains; to do nothing is an option too."""
    known = options(context.scope).get(outlook.resource.key, ())
    rows = [option for option in known if option.option != "accept"]
    rows += [option for option in known if option.option == "accept"] or [_nothing(outlook)]
    keys = ("cap_option", "cap_gain_size", "cap_price", "cap_lead", "cap_decide_by", "cap_limit_then", "cap_months_gained", "owner")
    columns = pick(option_columns(context), *keys)
    chosen, caption = [(outlook, option) for option in rows], context.term("cap_options")
    return html_table(context, wording(context), columns, chosen, caption, source=OF_OPTIONS)


def _nothing(outlook: CapacityOutlook) -> Option:
    return Option("accept", "", None, None, 0, outlook.resource.owner, "", None, outlook.forecast.likely, None)
