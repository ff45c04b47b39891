"""Which supplier keeps what was agreed? Every supplier against its targets, over the last twelve periods."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from markupsafe import Markup

from itsq_analysis.charts import heat_grid
from itsq_analysis.indicators.suppliers import EXACT, LATELY, PERIODS, Supplied, suppliers
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import judgement
from itsq_analysis.page.section import Part, lines, paragraph, subheading, table
from itsq_analysis.text import formats

SHOWN = 15  # rows of the table and the picture, those that missed most often


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


def supplier_parts(context: ReportContext) -> list[Part]:
    """The grid of periods, and one row per supplier and target."""
    supplied = suppliers(context.scope)
    if not supplied:
        return []
    columns = {key: context.term(key) for key in ("supplier", "target", "value", "judgement", "missed_of_6", "missed_of_12")}
    listed = table(columns, [_row(context, one) for one in supplied[:SHOWN]], numeric={"missed_of_6", "missed_of_12"})
    more = [paragraph(context.say("supplier_more", n=len(supplied) - SHOWN))] if len(supplied) > SHOWN else []
    notes = [paragraph(context.say("supplier_whole"))]
    return [_picture(context, supplied[:SHOWN]), subheading(context.say("supplier_list")), listed, *more, *notes]


def _row(context: ReportContext, one: Supplied) -> dict[str, str | Markup]:
    value = one.values[-1]
    of = {key: one.missed(periods) for key, periods in (("missed_of_6", LATELY), ("missed_of_12", PERIODS))}
    return {
        "supplier": lines(one.supplier, *([] if one.own else [context.term("not_agreed_with")])),
        "target": lines(context.title(one.indicator), formats.share(one.target)),
        "value": context.measured(value) if value.known else context.term("no_cases"),
        "judgement": judgement(context, value) if value.known and one.own else context.term("no_target"),
        **{key: context.say("missed_of", n=missed, of=count) for key, (missed, count) in of.items()},
    }


def _picture(context: ReportContext, supplied: Sequence[Supplied]) -> Part:
    """Percentage points below the target, rounded up, supplier × period."""
    names = [one.supplier for one in supplied]
    rows = [
        {"member": _name(context, one, names), "period": value.period, "value": None if short is None else ceil(short - EXACT)}
        for one in supplied
        for value, short in zip(one.values, one.short, strict=True)
    ]
    counts = [one.missed(PERIODS) for one in supplied]
    summary = context.say("supplier_picture", n=sum(missed for missed, _ in counts), of=sum(of for _, of in counts))
    return heat_grid(rows, title=context.say("supplier_chart"), summary=summary, language=context.language, unit="count")


def _name(context: ReportContext, one: Supplied, names: Sequence[str]) -> str:
    """A supplier, with the indicator where it has several targets."""
    title = context.title(one.indicator)
    return context.say("labelled", label=one.supplier, text=title) if names.count(one.supplier) > 1 else one.supplier
