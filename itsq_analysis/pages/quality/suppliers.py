"""Which supplier keeps what was agreed? Every supplier against its targets, over the last twelve periods."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from itsq_analysis.charts import heat_grid
from itsq_analysis.indicators.suppliers import EXACT, LATELY, PERIODS, Supplied, suppliers
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import judgement
from itsq_analysis.page.section import Part, lines, paragraph
from itsq_analysis.page.table import Column, html_table
from itsq_analysis.text import formats

SHOWN = 8  # rows of the table and the picture, those that missed most often


def supplier_answer(context: ReportContext) -> list[str]:
    """Who missed what was agreed most often, or that nothing has been agreed; nothing where no supplier can be judged."""
    supplied = suppliers(context.scope)
    if not supplied:
        return []
    first = supplied[0]
    missed, of = first.missed(PERIODS)
    if not first.own:
        return [context.say("supplier_none", n=len({one.supplier for one in supplied}))]
    facts = {"supplier": first.supplier, "title": context.title(first.indicator), "n": missed, "of": of}
    return [context.say("supplier_missed" if missed else "supplier_kept", **facts)]


def supplier_table(context: ReportContext) -> list[Part]:
    """One row per supplier and target."""
    supplied = suppliers(context.scope)
    columns: list[Column[Supplied]] = [
        Column("supplier", lambda one: lines(one.supplier, *([] if one.own else [context.term("not_agreed_with")]))),
        Column("missed_of_12", lambda one: _missed(context, one, PERIODS), "number"),
        Column("value", lambda one: context.measured(one.values[-1]) if one.values[-1].known else context.term("no_cases")),
        Column("judgement", lambda one: _judged(context, one)),
        Column("target", lambda one: lines(context.title(one.indicator), formats.share(one.target))),
        Column("missed_of_6", lambda one: _missed(context, one, LATELY), "number"),
    ]
    listed = html_table(context, context.wording, columns, supplied[:SHOWN], context.term("suppliers"))
    more = [paragraph(context.say("supplier_more", n=len(supplied) - SHOWN))] if len(supplied) > SHOWN else []
    return [listed, *more] if supplied else []


def _judged(context: ReportContext, one: Supplied) -> str:
    value = one.values[-1]
    return judgement(context, value) if value.known and one.own else context.term("no_target")


def _missed(context: ReportContext, one: Supplied, periods: int) -> str:
    missed, of = one.missed(periods)
    return context.say("missed_of", n=missed, of=of)


def supplier_picture(context: ReportContext) -> list[Part]:
    """The grid of periods."""
    supplied = suppliers(context.scope)[:SHOWN]
    return [_picture(context, supplied)] if supplied else []


def _picture(context: ReportContext, supplied: Sequence[Supplied]) -> Part:
    """Percentage points below the target, rounded up, supplier × period."""
    names = [one.supplier for one in supplied]
    rows = [
        {"member": _name(context, one, names), "period": value.period, "value": None if short is None else ceil(short - EXACT)}
        for one in supplied
        for value, short in zip(one.values, one.short, strict=True)
    ]
    worst = max(supplied, key=lambda one: one.missed(PERIODS)[0])
    missed, of = worst.missed(PERIODS)
    key = "supplier_picture" if missed else "supplier_picture_none"
    summary = context.say(key, supplier=_name(context, worst, names), n=missed, of=of)
    return heat_grid(rows, title=context.say("supplier_chart"), summary=summary, language=context.language, unit="count")


def _name(context: ReportContext, one: Supplied, names: Sequence[str]) -> str:
    """A supplier, with the indicator where it has several targets."""
    title = context.title(one.indicator)
    return context.say("labelled", label=one.supplier, text=title) if names.count(one.supplier) > 1 else one.supplier
