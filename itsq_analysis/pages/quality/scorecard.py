"""The headline indicators: value, target, this period's mark and the process's, comparisons, and how the last 13 periods went."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from itsq_analysis.charts import sparkline
from itsq_analysis.charts.labels import Unit
from itsq_analysis.indicators.attainment import RECOMPUTED, attainment, closed_unresolved, headline
from itsq_analysis.page.context import FEW, PERIODS, URGENT, ReportContext, chart_unit
from itsq_analysis.page.judgement import interval_cell, judgement, target_cell, value_cell
from itsq_analysis.page.notes import notes_below
from itsq_analysis.page.section import Section, paragraph, table
from itsq_analysis.pages.quality.comparisons import amount, comparison_lines, volume
from itsq_analysis.pages.quality.exemptions import before_exemptions, exempted_at
from itsq_analysis.pages.quality.process_marks import process_mark, usual_range
from itsq_analysis.pages.quality.processes import complete, days, member_course, per_day, process
from itsq_analysis.process import FEWEST, MOST
from itsq_analysis.text import formats

TOGETHER = 12  # periods that are added up for a small population
COLUMNS = {
    "indicator": "indicator",
    "value": "value",
    "target": "target",
    "judgement": "this_period",
    "process": "process",
    "beside": "beside",
    "trend": "trend",
}


def scorecard(context: ReportContext) -> Section:
    """At most ten indicators, chosen in the workspace; P1 and P2 resolved in time stand before them, as counts."""
    now = context.values(headline(context.scope))
    shown = [*_urgent(context), *[row for _, row in now.iterrows()]]
    columns = {key: context.term(word) for key, word in COLUMNS.items()}
    drawn = table(columns, [_row(context, row) for row in shown], numeric={"value", "target"})
    notes = [paragraph(text) for text in (*_consequences(context, shown), *_notes(context, now))]
    return Section(
        "scorecard",
        context.term("scorecard"),
        _answer(context, now),
        (drawn, *notes_below(context, shown), *notes),
    )


def _urgent(context: ReportContext) -> list[pd.Series]:
    """P1 and P2 of the share resolved in time, where it is a headline and there were any."""
    name = attainment(context.scope)
    if name not in headline(context.scope):
        return []
    rows = context.values([name], by="priority")
    return [row for _, row in rows.iterrows() if row["member"] in URGENT and pd.notna(row["value"])]


def _row(context: ReportContext, row: pd.Series) -> dict[str, str | Markup]:
    """One line. What was agreed is judged after approved exemptions; the course of the periods is told before them."""
    whole = pd.isna(row["dimension"])
    exempt = exempted_at(context, row)
    judged = row
    member = context.member("priority", row["member"])
    return {
        "indicator": context.title(row["indicator"]) if whole else context.say("scorecard_urgent", member=member),
        "value": _value(context, judged) if whole else _counted(context, judged),
        "target": target_cell(context, row),
        "judgement": judgement(context, judged) + (before_exemptions(context, exempt) if exempt else Markup("")),
        "process": process_mark(context, row),
        "beside": comparison_lines(context, row) if whole else _before(context, row),
        "trend": _sparkline(context, row),
    }


def _value(context: ReportContext, row: pd.Series) -> Markup:
    """The value, and beneath it the count and the 95 % interval, or how many that is per day; a count is what it is."""
    if pd.isna(row["value"]):
        return value_cell(context, row)
    indicator = context.workspace.catalogue[row["indicator"]]
    basis = per_day(context, indicator)
    facts = [context.of(row)] if indicator.unit != "count" and row["certainty_n"] >= FEW else []
    if basis:
        rate = volume(context, indicator.id, context.period)
        facts += [] if pd.isna(rate) else [context.say(f"per_{basis}", rate=amount(context, row, rate))]
    elif indicator.unit != "count" and (pd.notna(row["lower"]) or pd.notna(row["upper"])):
        facts.append(interval_cell(context, row))
    if indicator.kind == "proportion" and row["certainty_n"] < FEW:
        facts += together(context, row)
    return _with_notes(value_cell(context, row), facts)


def _counted(context: ReportContext, row: pd.Series) -> Markup:
    """A count of urgent incidents; of few ones with the last 12 periods together."""
    facts = together(context, row) if row["certainty_n"] < FEW else [context.shown(row)]
    return _with_notes(Markup("{}").format(context.of(row)), facts)


def _with_notes(value: Markup, facts: list[str]) -> Markup:
    """A value with smaller lines beneath it."""
    return value + Markup("").join(Markup(' <span class="note">{}</span>').format(fact) for fact in facts)


def _before(context: ReportContext, row: pd.Series) -> Markup:
    """The count of the period before, as it is: too few cases for more."""
    before = member_course(context, row).iloc[-2]
    if not before["denominator"] > 0 or not complete(context, "incidents", context.period.previous()):
        return Markup("{}").format(formats.MISSING)
    counts = pd.concat([row[["indicator"]], before[["numerator", "denominator", "n"]]])
    return Markup('<span class="note compared">{}</span>').format(context.say("compare_count", then=context.of(counts)))


def together(context: ReportContext, row: pd.Series) -> list[str]:
    """The last 12 periods of a small population as one count; nothing where there is one period only."""
    past = member_course(context, row).tail(TOGETHER)
    counted = past[past["denominator"] > 0]
    if len(counted) < 2:
        return []
    sums = counted[["numerator", "denominator", "n"]].sum()
    return [context.say("scorecard_together", n=len(counted), together=context.of(pd.concat([row[["indicator"]], sums])))]


def _consequences(context: ReportContext, rows: list[pd.Series]) -> Iterator[str]:
    """What follows from a process that does not keep its target."""
    for word, sentence in (("keeps missing", "consequence_missing"), ("hit and miss", "consequence_hit")):
        names = [str(_row_name(context, row)) for row in rows if process(context, row).word == word]
        if names:
            yield context.say(sentence, list=context.listed(names))


def _row_name(context: ReportContext, row: pd.Series) -> str:
    if pd.isna(row["dimension"]):
        return context.title(row["indicator"])
    return context.say("scorecard_urgent", member=context.member("priority", row["member"]))


def _notes(context: ReportContext, now: pd.DataFrame) -> Iterator[str]:
    """Which number stands for attainment, what is provisional, and how the usual range is made."""
    if RECOMPUTED in context.workspace.settings.report.headline and attainment(context.scope) != RECOMPUTED:
        yield context.say("scorecard_flagged")
        if count := closed_unresolved(context.scope):
            yield context.say("scorecard_unresolved", n=context.number(count))
    if (now["provisional"] & now["value"].notna()).any():
        yield context.say("provisional_note")
    if any(process(context, row).periods >= FEWEST for _, row in now.iterrows()):
        yield context.say("process_method", fewest=FEWEST, most=MOST)


def _answer(context: ReportContext, now: pd.DataFrame) -> str:
    judged = now[now["status"].isin(["met", "missed"])]
    if judged.empty:
        return context.say("scorecard_no_targets")
    certain = judged[(judged["status"] == "missed") & (judged["certainty"] == "certain")]
    names = context.listed(context.title(name) for name in certain["indicator"]) or context.term("none")
    return context.say("scorecard", list=names)


def _sparkline(context: ReportContext, row: pd.Series) -> Markup:
    """The last 13 periods with the target and the usual range; counts per day, what can still change hollow."""
    indicator = context.workspace.catalogue[row["indicator"]]
    course, target, unit = _drawn(context, row)
    first, last = course["value"].iloc[0], course["value"].iloc[-1]
    told = [context.term("none") if pd.isna(value) else amount(context, row, float(value)) for value in (first, last)]
    name = _row_name(context, row)
    found = process(context, row)
    drawn = sparkline(
        course[["period", "value", "provisional"]],
        title=name,
        summary=context.say("sparkline_summary", title=name, n=len(course), first=told[0], last=told[1]),
        language=context.language,
        unit=unit or chart_unit(indicator.unit),
        target=target,
        band=None if pd.isna(found.lower) else usual_range(context, row, found),
    )
    svg = Markup(drawn.svg())  # noqa: S704 - made by our charts, which escape their texts
    return Markup('<span class="sparkcell">{}</span>').format(svg)


def _drawn(context: ReportContext, row: pd.Series) -> tuple[pd.DataFrame, float | None, Unit | None]:
    """Period, value and provisional of 13 periods, the target, and the unit if it is another than the indicator's."""
    indicator = context.workspace.catalogue[row["indicator"]]
    course = member_course(context, row).tail(PERIODS)
    course["provisional"] = course["provisional"].fillna(False).astype(bool)
    target = None if pd.isna(row["target"]) else float(row["target"])
    basis = per_day(context, indicator)
    if not basis:
        return course, target, None
    periods = context.workspace.history(context.period, PERIODS)
    numbers = pd.Series([days(context, one, basis) for one in periods], index=course.index, dtype=float)
    rates = course["value"] / numbers.where(numbers > 0)
    return course.assign(value=rates), target and target / numbers.iloc[-1], "score"
